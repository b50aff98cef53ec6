"""Risk of bias item by item: how many studies met it, as a bar of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..display import plural
from ..review.appraisal_tools import OWN_TOOL, TOOLS, Item
from .appraised import Bias, Group, footnotes, group_head, heading, opened
from .figure import Figure
from .lights import EDGE, LIGHTS, light_key
from .not_done import NotDone
from .page import Align, Line, Page, Shape, Text, rectangle
from .pen import Pen
from .style import Style
from .text import MM_PER_POINT, width_mm, wrapped

if TYPE_CHECKING:
    from ..review.review import Review

#: Option -> what it takes.
ACCEPTS = {"tool": (*TOOLS, OWN_TOOL)}
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
        pages: Of a file, where it is taller than paper.
    """

    page: Page
    parts: tuple[Part, ...]
    alt: str
    pages: tuple[Page, ...] = ()


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
    page = opened(review, tool, TITLE, style)
    if isinstance(page, Figure):
        return page
    pen, found = page
    parts: list[Part] = []
    for group in found.groups:
        parts += _group(pen, group)
    light_key(pen, [part.judgement for part in parts], RADIUS)
    pen.feet(tuple(footnotes(found)))
    return Figure(BarsLayout(pen.page(), tuple(parts), _alt(found), pen.pages()))


def _group(pen: Pen, group: Group) -> list[Part]:
    style, head = pen.style, pen.y
    group_head(pen, group)
    pen.y += 1.0
    pen.breaks.heads(head, pen.y)
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
        pen.breaks.row(pen.y)
    bottom = pen.y
    for tick in TICKS:
        x = left + (right - left) * tick / 100
        pen.lines.append(Line(x, pen.y, x, pen.y + 1.0, style.muted, 0.5))
        pen.texts.append(Text(x, pen.y + 3.6, str(tick), style.note_pt, style.muted, _align(tick)))
    pen.lines.append(Line(left, pen.y, right, pen.y, style.muted, 0.5))
    pen.y += 4.2
    words = f"Percent of {plural(len(group.studies), 'study', 'studies')}"
    pen.paragraph(words, left, right - left, style.note_pt, style.muted)
    pen.breaks.foot(bottom, pen.y)
    return parts


def _align(tick: int) -> Align:
    return "left" if tick == 0 else "center"


def _bar(pen: Pen, group: Group, item: Item, span: tuple[float, float]) -> list[Part]:
    """The text of an item, its bar and the numbers."""
    style, left = pen.style, span[0]
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
    parts = _parts(group, item, span)
    for part in parts:
        box = rectangle(part.left, pen.y, part.right, pen.y + BAR_MM)
        pen.shapes.append(Shape(box, LIGHTS[part.judgement].fill, EDGE, 0.5, "part"))
    pen.y += BAR_MM
    _numbers(pen, parts, span)
    pen.y = max(pen.y, below) + 1.4
    return parts


def _parts(group: Group, item: Item, span: tuple[float, float]) -> list[Part]:
    """The parts of a bar that are there, from left to right."""
    (left, right), total, counts = span, len(group.studies), group.counts(item.code)
    x, parts = left, []
    for judgement in LIGHTS:
        if n := counts.get(judgement, 0):
            end = x + (right - left) * n / total
            parts.append(Part(item.code, judgement, n, total, x, end))
            x = end
    return parts


def _numbers(pen: Pen, parts: list[Part], span: tuple[float, float]) -> None:
    """Sign and number in each part, with the percentage where it fits; all of them below a bar if one does not fit."""
    style = pen.style
    baseline = pen.y - BAR_MM / 2 + 0.36 * style.note_pt * MM_PER_POINT
    below = False
    for part in parts:
        light = LIGHTS[part.judgement]
        short = f"{light.sign}\u00a0{part.studies}"
        room = part.right - part.left - 0.8
        fitting = [words for words in (_told(part), short, light.sign) if width_mm(words, style.note_pt) <= room]
        below = below or not {_told(part), short} & set(fitting)
        if fitting:
            middle = (part.left + part.right) / 2
            pen.texts.append(Text(middle, baseline, fitting[0], style.note_pt, light.ink, "center"))
    if below:
        for line in wrapped("   ".join(map(_told, parts)), span[1] - span[0], style.note_pt):
            pen.y += style.note_pt * MM_PER_POINT * 1.3
            pen.texts.append(Text(span[0], pen.y - 0.5, line, style.note_pt, style.muted))


def _told(part: Part) -> str:
    """``+ 8 (67 %)`` in one piece."""
    return f"{LIGHTS[part.judgement].sign}\u00a0{part.studies}\u00a0({_percent(part)})"


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
