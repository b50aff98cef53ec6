"""The swimmer plot: one row for each patient who is described individually."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .. import display
from ..courses import SORTS, Course, Courses, patient_courses
from ..errors import usage
from .figure import Figure
from .glyphs import filled_share, response_mark
from .grid import baselines, sample_key
from .marks import lighter
from .page import Line, Page, Shape, Text, diamond, rectangle, round_shape
from .pen import Pen
from .scales import Scale, linear_ticks
from .style import DEFAULT, Style, style_named
from .swimmer_words import alt_text, feet, nobody, span_words
from .text import width_mm, wrapped

if TYPE_CHECKING:
    from ..review.review import Review

#: Option -> what it takes.
ACCEPTS = {"by": ("COLUMN",), "sort": SORTS, "duration": ("COLUMN",), "response_time": ("COLUMN",)}
#: From this width in mm on, age, sex and the words of response and recurrence have columns.
WIDE_FROM = 120.0
#: With more patients than this the rows are lower.
DENSE_FROM = 60
#: Widest and least width of a patient's label, least and greatest length of the axis, half height of a bar, in mm.
LABEL_MOST, LABEL_LEAST, AXIS_LEAST, AXIS_MOST, BAR_HALF = 52.0, 22.0, 14.0, 90.0, 1.05
#: Heading of the column of responses, and room in mm for the mark before its words.
RESPONSE, MARK = "Response", 3.4
NOT_REPORTED = "not reported"
TREATMENT = "treatment: the better the response, the darker; white: none, worse or not known"


@dataclass(frozen=True, slots=True)
class Swimmers:
    """A swimmer plot placed.

    Attributes:
        page: Everything to draw.
        courses: What is shown. row_y: Middle of each patient's row in mm from the top.
        axis: Left and right end of the axis in mm. scale: Months along it; None where no duration is known.
        alt: Description for those who can't see it.
        pages: Of a file, where it is taller than paper.
    """

    page: Page
    courses: Courses
    row_y: tuple[float, ...]
    axis: tuple[float, float]
    scale: Scale | None
    alt: str
    pages: tuple[Page, ...] = ()

    def x(self, value: float) -> float:
        """Place of so many months."""
        return _at(self.axis, self.scale, value)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of words."""

    heading: str
    cells: tuple[str, ...]
    x: float = 0.0
    width: float = 0.0
    align: str = "left"


def swimmer(
    review: Review,
    *,
    style: str | Style = "default",
    by: str = "",
    sort: str = "response",
    duration: str = "",
    response_time: str = "",
) -> Figure[Swimmers]:
    """The patients of a review who are described individually: treatment, follow-up, response, recurrence.

    Args:
        review: The review. style: A style or its name.
        by, sort, duration, response_time: As of ``evidence.patient_courses``.

    Raises:
        UsageError: an unknown column, order or style, or a page too narrow.
    """
    chosen = style_named(style) if isinstance(style, str) else style
    return Figure(layout_swimmer(patient_courses(review, by, sort, duration, response_time), chosen))


def layout_swimmer(courses: Courses, style: Style = DEFAULT) -> Swimmers:
    """Place the plot.

    Raises:
        UsageError: the page is too narrow.
    """
    pen = Pen(style)
    pen.title("Patients described individually")
    if courses.banner:
        pen.banner(courses.banner)
    if not courses.patients:
        pen.y += 1.5
        pen.paragraph(nobody(courses), style.margin_mm, pen.width, style.font_pt, style.ink)
        return Swimmers(pen.page(), courses, (), (style.margin_mm,) * 2, None, nobody(courses))
    dense = len(courses.patients) > DENSE_FROM
    small = replace(style, font_pt=style.note_pt, line_mm=2.9, row_pad_mm=0.3) if dense else style
    if style.width_mm < WIDE_FROM:
        small = replace(small, gap_mm=min(style.gap_mm, 2.2))
    pen.style = small
    scale = _scale(courses, style)
    label, columns, axis = _columns(courses, small)
    pen.y += 1.5
    head = pen.y
    _heads(pen, columns, axis, small)
    pen.breaks.heads(head, pen.y)
    middles = _rows(pen, courses, label, columns, axis, scale)
    rows_end = pen.y
    _axis(pen, axis, scale)
    pen.breaks.foot(rows_end, pen.y)
    pen.style = style
    entries = list(_key(courses, style))
    sample_key(pen, entries)
    pen.feet(feet(courses, style.width_mm >= WIDE_FROM))
    return Swimmers(pen.page(), courses, tuple(middles), axis, scale, alt_text(courses), pen.pages())


def _scale(courses: Courses, style: Style) -> Scale | None:
    known = [value for one in courses.patients for value in _spans(one) if value is not None]
    if not known:
        return None
    high = max(known) or 1.0
    return Scale(0.0, high, ticks=linear_ticks(0.0, high, 6 if style.width_mm >= WIDE_FROM else 3))


def _spans(one: Course) -> tuple[float | None, ...]:
    return one.treated, one.followed, one.responded


def _at(axis: tuple[float, float], scale: Scale | None, value: float) -> float:
    return axis[0] if scale is None else axis[0] + scale.fraction(value) * (axis[1] - axis[0])


def _columns(courses: Courses, style: Style) -> tuple[float, list[_Column], tuple[float, float]]:
    """Width of the labels, the columns (the last one right of the axis), and the ends of the axis."""
    found = _wide(courses) if style.width_mm >= WIDE_FROM else _narrow(courses)
    sized = [replace(one, width=_width(one, style)) for one in found]
    room = style.width_mm - 2 * style.margin_mm - sum(one.width + style.gap_mm for one in sized) - style.gap_mm
    labels = [one.label for one in courses.patients]
    wanted = max(width_mm(label, style.font_pt) for label in labels) + 0.1
    word = max(width_mm(word, style.font_pt) for label in labels for word in label.split()) + 0.1
    label = min(wanted, LABEL_MOST, max(LABEL_LEAST, min(word, room - AXIS_LEAST), 0.55 * room))
    long = min(room - label, AXIS_MOST)
    if long < AXIS_LEAST:
        raise usage(
            f"the columns leave {max(long, 0.0):.0f} mm for the axis, on a page {style.width_mm:g} mm wide",
            "choose a wider style",
            "too-narrow",
        )
    x, placed = style.margin_mm + label + style.gap_mm, []
    for one in sized[:-1]:
        placed.append(replace(one, x=x))
        x += one.width + style.gap_mm
    axis = (x, x + long)
    placed.append(replace(sized[-1], x=axis[1] + style.gap_mm))
    return label, placed, axis


def _width(one: _Column, style: Style) -> float:
    head = max(width_mm(word, style.font_pt, True) for word in one.heading.split())
    mark = MARK if one.heading == RESPONSE else 0.0
    return max(head, mark + max(width_mm(cell, style.font_pt) for cell in one.cells)) + 0.1


def _wide(courses: Courses) -> list[_Column]:
    people = courses.patients
    return [
        _Column("Age, sex", tuple(_person(one) for one in people)),
        _Column(RESPONSE, tuple(_word(one.response) for one in people)),
        _Column("Recurrence", tuple(_word(one.recurrence) for one in people)),
        _Column("Treated / followed, months", tuple(span_words(one) for one in people)),
    ]


def _narrow(courses: Courses) -> list[_Column]:
    people = courses.patients
    return [
        _Column(RESPONSE, tuple(_short(one) for one in people)),
        _Column("Treated / followed, months", tuple(span_words(one) for one in people)),
    ]


def _person(one: Course) -> str:
    known = [f"{one.age:g}" if one.age is not None else "", one.sex or ""]
    return ", ".join(part for part in known if part) or display.DASH


def _word(term: str | None) -> str:
    return NOT_REPORTED if term is None else term.replace("_", " ")


def _short(one: Course) -> str:
    return {"yes": "R+", "no": "R−"}.get(one.recurrence or "", "" if one.response else display.DASH)


def _heads(pen: Pen, columns: Sequence[_Column], axis: tuple[float, float], style: Style) -> None:
    lines = [wrapped(one.heading, one.width + 0.01, style.font_pt, True) for one in columns]
    bottom = pen.y + max(len(pieces) for pieces in lines) * style.line_mm
    pen.texts.append(Text(style.margin_mm, bottom - 0.8, "Patient", style.font_pt, style.ink, bold=True))
    for one, pieces in zip(columns, lines, strict=True):
        for i, piece in enumerate(pieces):
            y = bottom - 0.8 - (len(pieces) - 1 - i) * style.line_mm
            pen.texts.append(Text(one.x, y, piece, style.font_pt, style.ink, bold=True))
    pen.y = bottom + 0.5
    pen.lines.append(Line(style.margin_mm, pen.y, columns[-1].x + columns[-1].width, pen.y, style.ink, 0.7))
    pen.y += 0.5


def _rows(
    pen: Pen,
    courses: Courses,
    label: float,
    columns: Sequence[_Column],
    axis: tuple[float, float],
    scale: Scale | None,
) -> list[float]:
    style, middles, group = pen.style, [], ""
    striped = False
    for i, one in enumerate(courses.patients):
        if one.group and one.group != group:
            amount = sum(other.group == one.group for other in courses.patients)
            heading = f"{courses.heading}: {one.group} ({display.plural(amount, 'patient')})"
            pen.y += 0.8
            pen.paragraph(heading, style.margin_mm, pen.width, style.font_pt, style.ink, bold=True)
            pen.y += 0.5
            group, striped = one.group, False
        lines = wrapped(one.label, label, style.font_pt)
        high = max(len(lines) * style.line_mm, 2 * BAR_HALF) + 2 * style.row_pad_mm
        top, middle = pen.y, pen.y + 0.5 * high
        striped = style.stripe is not None and not striped
        if striped:
            band = rectangle(style.margin_mm, top, columns[-1].x + columns[-1].width, top + high)
            pen.shapes.append(Shape(band, style.stripe, role="stripe"))
        for line, y in baselines(lines, middle, style.line_mm, style.font_pt):
            pen.texts.append(Text(style.margin_mm, y, line, style.font_pt, style.ink))
        _cells(pen, courses, i, columns, middle)
        _grid(pen, axis, scale, top, top + high)
        _course(pen, courses, one, axis, scale, middle)
        middles.append(middle)
        pen.y += high
        goes_on = courses.patients[i + 1 : i + 2] and courses.patients[i + 1].group == one.group and one.group
        pen.breaks.row(pen.y, f"{courses.heading}: {one.group}" if goes_on else "")
    return middles


def _grid(pen: Pen, axis: tuple[float, float], scale: Scale | None, top: float, bottom: float) -> None:
    """The axis' upright lines beside one row; headings stay free of them."""
    style = pen.style
    places = [_at(axis, scale, value) for value, _ in scale.ticks if value] if scale else []
    pen.lines += [Line(x, top, x, bottom, style.faint, 0.4) for x in places]
    pen.lines.append(Line(axis[0], top, axis[0], bottom, style.muted, 0.5))


def _cells(pen: Pen, courses: Courses, i: int, columns: Sequence[_Column], middle: float) -> None:
    style, one = pen.style, courses.patients[i]
    ((_, y),) = baselines([""], middle, style.line_mm, style.font_pt)
    for column in columns:
        x, text = column.x, column.cells[i]
        missing = text in (NOT_REPORTED, display.DASH)
        if column.heading == RESPONSE and one.response is not None:
            pen.shapes += response_mark(one.response, courses.responses, x + 1.2, middle, style.study)
        if column.heading == RESPONSE and not missing:
            x += MARK
        if text:
            pen.texts.append(Text(x, y, text, style.font_pt, style.muted if missing else style.ink))


def _course(pen: Pen, courses: Courses, one: Course, axis: tuple[float, float], scale: Scale | None, y: float) -> None:
    """A bar as long as the treatment and a line as long as the follow-up, or the words that neither is known."""
    style = pen.style
    if all(value is None for value in _spans(one)):
        if width_mm(NOT_REPORTED, style.note_pt) <= axis[1] - axis[0]:
            ((_, base),) = baselines([""], y, style.line_mm, style.note_pt)
            pen.texts.append(Text(axis[0] + 0.8, base, NOT_REPORTED, style.note_pt, style.muted))
        return
    if one.followed is not None:
        end = _at(axis, scale, one.followed)
        pen.shapes.append(Shape(rectangle(axis[0], y - 0.18, end, y + 0.18), style.ink, role="follow-up"))
    if one.treated is not None:
        end = _at(axis, scale, one.treated)
        bar = rectangle(axis[0], y - BAR_HALF, end, y + BAR_HALF)
        pen.shapes.append(Shape(bar, _fill(one, courses, style), style.study, 0.6, "treatment"))
    if one.followed is not None:
        dot = round_shape(_at(axis, scale, one.followed), y, 0.75)
        pen.shapes.append(Shape(dot, style.ink, "white", 0.4, "follow-up-end"))
    if one.responded is not None:
        x = _at(axis, scale, one.responded)
        pen.shapes.append(Shape(diamond(x - 1.1, x, x + 1.1, y, 1.1), style.pooled, "white", 0.5, "response-time"))


def _fill(one: Course, courses: Courses, style: Style) -> str:
    """The better the response, the darker; nothing where there was none, where it got worse or where it isn't known."""
    share = None if one.response is None else filled_share(one.response, courses.responses)
    return "white" if not share else lighter(style.study, 0.85 * (1 - share))


def _axis(pen: Pen, axis: tuple[float, float], scale: Scale | None) -> None:
    style, bottom = pen.style, pen.y + 0.5
    pen.lines.append(Line(axis[0], bottom, axis[1], bottom, style.ink, 0.7))
    pen.y = bottom + 1.0
    if scale is None:
        return
    for value, words in scale.ticks:
        x = _at(axis, scale, value)
        pen.lines.append(Line(x, bottom, x, bottom + 0.9, style.ink, 0.7))
        pen.texts.append(Text(x, bottom + 3.8, words, style.note_pt, style.ink, "center"))
    pen.texts.append(Text(0.5 * sum(axis), bottom + 7.1, "Months", style.note_pt, style.muted, "center"))
    pen.y = bottom + 8.0


def _key(courses: Courses, style: Style) -> Iterator[tuple[list[Shape], str]]:
    people = courses.patients
    for term in courses.responses:
        if any(one.response == term for one in people):
            yield response_mark(term, courses.responses, 0.0, 0.0, style.study), f"response: {_word(term)}"
    if any(one.treated is not None for one in people):
        box = rectangle(-2.2, -BAR_HALF, 2.2, BAR_HALF)
        yield (
            [Shape(box, lighter(style.study, 0.425), style.study, 0.6)],
            TREATMENT,
        )
    if any(one.responded is not None for one in people):
        yield [Shape(diamond(-1.1, 0.0, 1.1, 0.0, 1.1), style.pooled)], "response seen"
    if any(one.followed is not None for one in people):
        line = Shape(rectangle(-2.2, -0.18, 1.6, 0.18), style.ink)
        yield [line, Shape(round_shape(1.6, 0.0, 0.75), style.ink, "white", 0.4)], "follow-up and its end"
