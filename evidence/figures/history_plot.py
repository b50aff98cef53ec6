"""The history of an estimate: what each version of a review says of an outcome, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass

from .. import display
from ..updates.history import History
from ..updates.inclusion import End
from .change_rows import RowWords, frame_of, write_axis, write_heads, write_row
from .figure import Figure
from .marks import key
from .page import Line, Page, Shape, rectangle, round_shape
from .pen import Pen
from .plot import Plot
from .scales import Scale, whole_proportion
from .style import DEFAULT, Style, style_named

#: Half the side of the square of an estimate, and radius of the ring of an observed share, in mm.
HALF, RING = 1.1, 0.95
#: Width of an axis in mm below which it has three ticks.
NARROW = 40.0
FEW_TICKS = ((0.0, "0"), (0.5, "50"), (1.0, "100"))
NONE = "no estimate"
HEADS = ("Estimate (limits)",)


@dataclass(frozen=True, slots=True)
class HistoryLayout:
    """A history placed.

    Attributes:
        page: Everything to draw. history: What is shown.
        row_y: Middle of each version in mm from the top. plot: Its axis.
        alt: Description for those who can't see it. pages: Of a file, where it is taller than paper.
    """

    page: Page
    history: History
    row_y: tuple[float, ...]
    plot: Plot
    alt: str
    pages: tuple[Page, ...] = ()


def history(found: History, *, style: str | Style = "default") -> Figure[HistoryLayout]:
    """The estimates of one outcome with their limits over all versions of the review.

    Args:
        found: The versions. style: A style or its name.

    Raises:
        UsageError: an unknown style.
    """
    return Figure(layout_history(found, style_named(style) if isinstance(style, str) else style))


def layout_history(found: History, style: Style = DEFAULT) -> HistoryLayout:
    """Place the history."""
    pen = Pen(style)
    pen.title(f"{found.title}: what each version says")
    if found.banner:
        pen.banner(found.banner)
    pen.y += 1.5
    rows = [RowWords(_version(end.label), counted(end), (_estimate(end),)) for end in found.ends]
    frame = frame_of(rows, HEADS, style)
    head = pen.y
    write_heads(pen, frame, "Version, observed count", HEADS)
    top = pen.y
    pen.breaks.heads(head, top)
    middles = []
    for row in rows:
        middles.append(write_row(pen, frame, row))
        pen.breaks.row(pen.y)
    narrow = frame.axis[1] - frame.axis[0] < NARROW
    scale = Scale(0.0, 1.0, ticks=FEW_TICKS) if narrow else whole_proportion()
    plot = write_axis(pen, frame, top, scale, f"{_capital(found.what)}, %")
    for end, y in zip(found.ends, middles, strict=True):
        _draw(pen, plot, end, y)
    key(pen, _samples(found, style))
    pen.feet(_feet(found))
    return HistoryLayout(pen.page(), found, tuple(middles), plot, _alt(found), pen.pages())


def _version(label: str) -> str:
    return "Now" if label == "now" else label


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def counted(end: End) -> str:
    """The observed count of a version: ``10/11 in 6 studies``."""
    if not end.n:
        return f"no {end.unit} counted"
    return f"{display.count(end.events, end.n)} in {display.plural(end.k, 'study', 'studies')}"


def _estimate(end: End) -> str:
    if end.value is None:
        return NONE
    limits = f" ({display.percent_interval(end.ci.lower, end.ci.upper).removesuffix(' %')})" if end.ci else ""
    return f"{display.percent(end.value)}{limits}"


def _draw(pen: Pen, plot: Plot, end: End, y: float) -> None:
    """The observed share as a ring; the estimate as a square on the line between its limits, where there is one."""
    style = pen.style
    if end.value is not None:
        if end.ci is not None:
            left, right = (plot.at_x(min(max(v, 0.0), 1.0)) for v in _ends(end))
            pen.lines.append(Line(left, y, right, y, style.study, 1.0))
        x = plot.at_x(end.value)
        pen.shapes.append(Shape(rectangle(x - HALF, y - HALF, x + HALF, y + HALF), style.study, role="estimate"))
    if end.n:
        x = plot.at_x(end.events / end.n)
        pen.shapes.append(Shape(round_shape(x, y, RING), "white", style.pooled, 0.8, "observed"))


def _ends(end: End) -> tuple[float, float]:
    assert end.ci is not None
    lower, upper = end.ci.lower, end.ci.upper
    return (0.0 if lower is None else lower), (1.0 if upper is None else upper)


def _samples(found: History, style: Style) -> list[tuple[Shape, str]]:
    samples: list[tuple[Shape, str]] = []
    if any(end.value is not None for end in found.ends):
        square = Shape(rectangle(-HALF, -HALF, HALF, HALF), style.study)
        samples.append((square, f"{found.what} with limits"))
    if any(end.n for end in found.ends):
        samples.append((Shape(round_shape(0, 0, RING), "white", style.pooled, 0.8), "observed share"))
    return samples


def _feet(found: History) -> list[str]:
    """How the estimates were made, and why a version has none."""
    none = [f"{_version(end.label)}: {end.reason}" for end in found.ends if end.value is None and end.reason]
    return [*([found.method] if found.method else []), *none]


def _alt(found: History) -> str:
    said = [f"{_version(end.label)}: {_said(end)}." for end in found.ends]
    return " ".join([f"{found.title} over the versions of the review.", *said])


def _said(end: End) -> str:
    if end.value is None:
        return f"{NONE}, {counted(end)}"
    limits = f" ({display.percent_interval(end.ci.lower, end.ci.upper)})" if end.ci else ""
    return f"{display.percent(end.value)}{limits}, {counted(end)}"
