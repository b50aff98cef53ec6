"""The figure of an answer: its picture under the question, whatever its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import usage
from ..sensitivity.answer import Answer
from ..sensitivity.pictures import Contour, Curves, Intervals, Panels, Picture, Points
from ..sensitivity.questions import QUESTIONS, title_of
from .contour_layout import contour_layout
from .curves_layout import curves_layout
from .figure import Figure
from .intervals_layout import Columns, PlacedRows, columns_of, intervals_layout
from .page import Page
from .pen import Pen
from .picture_words import alt_text
from .plot import Frame, Plot
from .points_layout import points_layout
from .specification_layout import Specifications, specification_layout
from .strips_layout import PlacedStrips, strips_layout
from .style import Style, style_named

Part = PlacedRows | PlacedStrips | Specifications | Plot


@dataclass(frozen=True, slots=True)
class PictureLayout:
    """A picture placed.

    Attributes:
        page: Everything to draw.
        pages: Of a file, where it is taller than paper.
        parts: Where the values of each picture stand: one, or one for each panel.
        alt: Description for those who can't see it.
    """

    page: Page
    parts: tuple[Part, ...]
    alt: str
    pages: tuple[Page, ...] = ()


def answer_figure(
    answer: Answer, style: str | Style = "default", title: str = "", banner: str | None = None
) -> Figure[PictureLayout]:
    """The figure of an answer.

    Args:
        answer: Of a question. style: A style or its name.
        title: Above the figure; the question itself if not given. banner: A sentence that every output must carry.

    Raises:
        UsageError: an unknown style, or an answer that has nothing to draw.
    """
    picture = answer.picture()
    if picture is None:
        raise usage(f"{answer.question}: there is nothing to draw", "read its sentence and its numbers", "no-picture")
    above = title or (title_of(answer.question, answer) if answer.question in QUESTIONS else answer.question)
    return picture_figure(picture, above, style, banner, str(answer))


def picture_figure(
    picture: Picture,
    title: str,
    style: str | Style = "default",
    banner: str | None = None,
    sentence: str = "",
) -> Figure[PictureLayout]:
    """The figure of a picture; ``sentence`` is said to those who can't see it, before what it shows.

    Raises:
        UsageError: an unknown style.
    """
    pen = Pen(style_named(style) if isinstance(style, str) else style)
    pen.title(title)
    if banner:
        pen.banner(banner)
    parts = _placed(pen, picture)
    alt = " ".join(words for words in (_ended(title), sentence, alt_text(picture)) if words)
    return Figure(PictureLayout(pen.page(), tuple(parts), alt, pen.pages()))


Single = Intervals | Curves | Points | Contour


def _placed(pen: Pen, picture: Picture) -> list[Part]:
    """Draw a picture, or each of several below a heading, their axes between the same ends."""
    if not isinstance(picture, Panels):
        return [_draw(pen, picture, Ends())]
    inner = [one for _, one in picture.pictures]
    ends = _ends_of(inner, pen.style)
    parts = []
    for (heading, one), end in zip(picture.pictures, ends, strict=True):
        start = pen.y
        pen.y += 2.5
        pen.paragraph(heading, pen.style.margin_mm, pen.width, pen.style.font_pt + 1, pen.style.ink, bold=True)
        parts.append(_draw(pen, one, end))
        pen.breaks.block(start, pen.y)
    return parts


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a picture's columns stand, or its box, if others above or below it decide."""

    columns: Columns | None = None
    frame: Frame | None = None


def _ends_of(pictures: Sequence[Single], style: Style) -> list[Ends]:
    """Pictures of rows with the same headings share their columns; boxes of plots have the width of the narrowest."""
    rows = [one for one in pictures if isinstance(one, Intervals) and not one.specification]
    if len(rows) == len(pictures) and len({(one.heads, one.proportion) for one in rows}) == 1:
        return [Ends(columns) for columns in columns_of(rows, style)]
    drawn = [_draw(Pen(style), one, Ends()) for one in pictures]
    boxes = [(part.left, part.right) for part in drawn if isinstance(part, Plot)]
    frame = (max(left for left, _ in boxes), min(right for _, right in boxes)) if boxes else None
    return [Ends(frame=frame)] * len(pictures)


def _draw(pen: Pen, picture: Single, ends: Ends) -> Part:
    match picture:
        case Intervals(strips=strips) if strips:
            return strips_layout(pen, picture)
        case Intervals(specification=True):
            return specification_layout(pen, picture)
        case Intervals():
            return intervals_layout(pen, picture, ends.columns)
        case Curves():
            return curves_layout(pen, picture, ends.frame)
        case Points():
            return points_layout(pen, picture, ends.frame)
        case Contour():
            return contour_layout(pen, picture, ends.frame)


def _ended(text: str) -> str:
    return text if text.endswith(("?", ".", "!")) else f"{text}."
