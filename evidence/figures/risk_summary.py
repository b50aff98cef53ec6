"""Risk of bias item by item: how many studies met it, as a bar of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..display import plural
from ..review.appraisal import NOT_DONE
from ..review.appraisal_tools import Item
from .appraised import Bias, Group, bias, footnotes, heading
from .figure import Figure
from .lights import EDGE, LIGHTS, SIGN_MM, light_key, sign_at
from .not_done import NotDone, not_done
from .page import Align, Line, Page, Shape, Text, rectangle
from .pen import Pen
from .style import Style, style_named
from .text import MM_PER_POINT, wrapped

if TYPE_CHECKING:
    from ..review.review import Review

TITLE = "Risk of bias by item"
BAR_MM, RADIUS = 3.8, 1.55
TICKS = (0, 25, 50, 75, 100)
#: From this width on the texts of items stand beside the bars, else above them.
WIDE = 120.0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar: code of the item, judgement, studies, of how many, left and right end in mm."""

    item: str
    judgement: str
    studies: int
    of: int
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class BarsLayout:
    """The bars placed.

    Attributes:
        page: Everything to draw.
        parts: Every part of every bar, from left to right.
        alt: Description for those who can't see it.
    """

    page: Page
    parts: tuple[Part, ...]
    alt: str


def risk_of_bias_summary(
    review: Review, *, style: str | Style = "default", tool: str = ""
) -> Figure[BarsLayout] | Figure[NotDone]:
    """A bar for each item: the share of studies with each judgement, and their number. Each study counts once.

    Args:
        review: Its appraisals; where there are none, the figure says so and how to add them.
        style: A style or its name. tool: Name of the one tool to show; all of them if empty.

    Raises:
        UsageError: an unknown style or tool.
    """
    look = style_named(style) if isinstance(style, str) else style
    found = bias(review, tool)
    banner = review.settings.banner
    if not found.groups:
        return not_done(TITLE, NOT_DONE, look, banner)
    pen = Pen(look)
    pen.title(TITLE)
    if banner:
        pen.banner(banner)
    parts: list[Part] = []
    for group in found.groups:
        parts += _group(pen, group)
    light_key(pen, [part.judgement for part in parts], RADIUS)
    pen.feet(tuple(footnotes(found)))
    return Figure(BarsLayout(pen.page(), tuple(parts), _alt(found)))


def _group(pen: Pen, group: Group) -> list[Part]:
    style = pen.style
    pen.y += 2.0
    pen.paragraph(heading(group), style.margin_mm, pen.width, style.font_pt + 1, style.ink, bold=True)
    pen.y += 1.0
    beside = pen.width >= WIDE
    left = style.margin_mm + (0.40 * pen.width if beside else 0.0)
    # The last number of the axis is centred on its end.
    right = style.width_mm - style.margin_mm - 3.0
    parts: list[Part] = []
    domain = ""
    for item in group.tool.items:
        if item.domain != domain:
            domain = item.domain
            pen.y += 0.8
            pen.paragraph(domain, style.margin_mm, pen.width, style.font_pt, style.muted, bold=True)
            pen.y += 0.4
        parts += _bar(pen, group, item, (left, right))
    for tick in TICKS:
        x = left + (right - left) * tick / 100
        pen.lines.append(Line(x, pen.y, x, pen.y + 1.0, style.muted, 0.5))
        pen.texts.append(Text(x, pen.y + 3.6, str(tick), style.note_pt, style.muted, _align(tick)))
    pen.lines.append(Line(left, pen.y, right, pen.y, style.muted, 0.5))
    pen.y += 4.2
    words = f"Percent of {plural(len(group.studies), 'study', 'studies')}"
    pen.paragraph(words, left, right - left, style.note_pt, style.muted)
    return parts


def _align(tick: int) -> Align:
    return "left" if tick == 0 else "center"


def _bar(pen: Pen, group: Group, item: Item, span: tuple[float, float]) -> list[Part]:
    """The text of an item, its bar, and under it the numbers."""
    style, (left, right) = pen.style, span
    words = f"{item.code} {item.text}"
    beside = left > style.margin_mm
    start = pen.y
    if beside:
        pen.paragraph(words, style.margin_mm, left - style.margin_mm - style.gap_mm, style.font_pt, style.ink)
        below, pen.y = pen.y, start + 0.3
    else:
        pen.paragraph(words, left, pen.width, style.font_pt, style.ink)
        pen.y += 0.5
        below = pen.y
    total, counts = len(group.studies), group.counts(item.code)
    x, parts = left, []
    for judgement, light in LIGHTS.items():
        n = counts.get(judgement, 0)
        if not n:
            continue
        end = x + (right - left) * n / total
        box = rectangle(x, pen.y, end, pen.y + BAR_MM)
        pen.shapes.append(Shape(box, light.fill, EDGE, 0.5, "part"))
        if end - x >= SIGN_MM:
            sign_at(pen, light, (x + end) / 2, pen.y + BAR_MM / 2, RADIUS)
        parts.append(Part(item.code, judgement, n, total, x, end))
        x = end
    pen.y += BAR_MM
    told = [f"{LIGHTS[part.judgement].sign}\u00a0{part.studies}\u00a0({_percent(part)})" for part in parts]
    for line in wrapped("   ".join(told), right - left, style.note_pt):
        pen.y += style.note_pt * MM_PER_POINT * 1.3
        pen.texts.append(Text(left, pen.y - 0.5, line, style.note_pt, style.muted))
    pen.y = max(pen.y, below) + 1.4
    return parts


def _percent(part: Part) -> str:
    return f"{100 * part.studies / part.of:.0f}\u00a0%"


def _alt(found: Bias) -> str:
    parts = [f"{TITLE}, percent of studies; each study counts once."]
    for group in found.groups:
        total = len(group.studies)
        parts.append(f"{heading(group)}.")
        for item in group.tool.items:
            counts = group.counts(item.code)
            told = [f"{LIGHTS[name].word} {counts[name]} of {total}" for name in LIGHTS if name in counts]
            parts.append(f"{item.code} {item.text}: {', '.join(told)}.")
    return " ".join(parts)
