"""Risk of bias study by study: a light for each item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ..display import plural
from ..review.appraisal_tools import OWN_TOOL, TOOLS
from .appraised import Bias, Group, agreement_notes, footnotes, group_head, heading, item_key, opened
from .figure import Figure
from .lights import LIGHTS, draw_light, light_key
from .not_done import NotDone
from .page import Line, Page, Shape, Text, rectangle
from .pen import Pen
from .style import Style
from .text import MM_PER_POINT, width_mm, wrapped

if TYPE_CHECKING:
    from ..review.review import Review

#: Option -> what it takes.
ACCEPTS = {"tool": (*TOOLS, OWN_TOOL)}
TITLE = "Risk of bias in each study"
RADIUS, SMALL_RADIUS = 1.75, 1.55
#: Room for one light, in mm: with names of domains over them, without, and at least.
PITCH_NAMED, PITCH, CLOSE = 10.0, 8.0, 4.1
#: From this room on the meanings of the codes stand beside the lights.
KEY_MM = 40.0


@dataclass(frozen=True, slots=True)
class PlacedLight:
    """One light: label of its study, code of its item, judgement, middle in mm."""

    study: str
    item: str
    judgement: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class LightsLayout:
    """The lights placed.

    Attributes:
        page: Everything to draw.
        lights: Every light, row by row; a judgement that is missing has its sign.
        alt: Description for those who can't see it.
        pages: Of a file, where it is taller than paper.
    """

    page: Page
    lights: tuple[PlacedLight, ...]
    alt: str
    pages: tuple[Page, ...] = ()


def risk_of_bias(
    review: Review, *, style: str | Style = "default", tool: str = ""
) -> Figure[LightsLayout] | Figure[NotDone]:
    """A row for each study and a light for each item, grouped by tool.

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
    lights: list[PlacedLight] = []
    for group in found.groups:
        lights += _group(pen, group)
    light_key(pen, [light.judgement for light in lights], SMALL_RADIUS)
    pen.feet((*footnotes(found), *agreement_notes(found)))
    return Figure(LightsLayout(pen.page(), tuple(lights), _alt(found), pen.pages()))


def _group(pen: Pen, group: Group) -> list[PlacedLight]:
    style, items, head = pen.style, group.tool.items, pen.y
    group_head(pen, group)
    longest = max(width_mm(label, style.font_pt) for label, _ in group.studies)
    most = PITCH_NAMED if items[0].domain else PITCH
    pitch = min(max((pen.width - longest - style.gap_mm) / len(items), CLOSE), most)
    width = min(longest, pen.width - pitch * len(items) - style.gap_mm)
    left = style.margin_mm + width + style.gap_mm
    places = [left + (i + 0.5) * pitch for i in range(len(items))]
    _domains(pen, group, places, pitch)
    pen.y += style.line_mm + 0.6
    for item, x in zip(items, places, strict=True):
        pen.texts.append(Text(x, pen.y, item.code, style.note_pt, style.muted, "center", bold=True))
    pen.y += 1.2
    right = left + pitch * len(items)
    pen.lines.append(Line(style.margin_mm, pen.y, right, pen.y, style.muted))
    top = pen.y
    pen.breaks.heads(head, top)
    radius = RADIUS if pitch >= 2 * RADIUS + 0.6 else SMALL_RADIUS
    lights: list[PlacedLight] = []
    for i, (label, judged) in enumerate(group.studies):
        lines = wrapped(label, width, style.font_pt)
        height = max(len(lines) * style.line_mm + 2 * style.row_pad_mm, 2 * radius + 0.9)
        if style.stripe and i % 2:
            band = rectangle(style.margin_mm, pen.y, right, pen.y + height)
            pen.shapes.append(Shape(band, style.stripe, role="stripe"))
        middle = pen.y + height / 2
        _label(pen, lines, middle)
        for item, x in zip(items, places, strict=True):
            draw_light(pen, judged[item.code], x, middle, radius)
            lights.append(PlacedLight(label, item.code, judged[item.code], x, middle))
        pen.y += height
        pen.breaks.row(pen.y)
    pen.breaks.foot(pen.y, pen.y)
    pen.lines.append(Line(style.margin_mm, pen.y, right, pen.y, style.faint))
    _key(pen, group, top, right)
    return lights


def _key(pen: Pen, group: Group, top: float, right: float) -> None:
    """What the codes mean: beside the lights where there is room, from the first row down, else below them."""
    left, bottom = right + 2 * pen.style.gap_mm, pen.y
    room = pen.style.width_mm - pen.style.margin_mm - left
    if room >= KEY_MM:
        pen.y = top + 1.0
        item_key(pen, group, left, room)
        pen.y = max(pen.y, bottom)
    else:
        pen.y += 1.0
        item_key(pen, group, pen.style.margin_mm, pen.width)


def _label(pen: Pen, lines: list[str], middle: float) -> None:
    style = pen.style
    first = middle - (len(lines) - 1) * style.line_mm / 2 + 0.36 * style.font_pt * MM_PER_POINT
    for i, line in enumerate(lines):
        pen.texts.append(Text(style.margin_mm, first + i * style.line_mm, line, style.font_pt, style.ink))


def _domains(pen: Pen, group: Group, places: list[float], pitch: float) -> None:
    """A line over the items of each domain with its name, where the names have room."""
    style = pen.style
    members: dict[str, list[float]] = {}
    for item, x in zip(group.tool.items, places, strict=True):
        if item.domain:
            members.setdefault(item.domain, []).append(x)
    if not members:
        return
    names = _fitting({domain: sum(xs) / len(xs) for domain, xs in members.items()}, style)
    pen.y += style.line_mm + 0.6 if names else 0.6
    for name, x in names:
        pen.texts.append(Text(x, pen.y, name, style.note_pt, style.muted, "center"))
    for xs in members.values():
        pen.lines.append(Line(xs[0] - pitch * 0.42, pen.y + 1.0, xs[-1] + pitch * 0.42, pen.y + 1.0, style.muted, 0.5))
    pen.y += 0.8


def _fitting(names: Mapping[str, float], style: Style) -> list[tuple[str, float]]:
    """The names with their middles if they stand clear of each other and of the border, else none: the key has them."""
    ends = [(x - width_mm(name, style.note_pt) / 2, x + width_mm(name, style.note_pt) / 2) for name, x in names.items()]
    clear = all(first[1] + 0.4 <= second[0] for first, second in pairwise(ends))
    inside = ends[-1][1] <= style.width_mm - style.margin_mm
    return list(names.items()) if clear and inside else []


def _alt(found: Bias) -> str:
    parts = [f"{TITLE}."]
    for group in found.groups:
        parts.append(f"{heading(group)}.")
        for item in group.tool.items:
            counts = group.counts(item.code)
            told = ", ".join(f"{LIGHTS[name].word} {counts[name]}" for name in LIGHTS if name in counts)
            parts.append(f"{item.code} {item.text}: {told}.")
    if found.silent:
        parts.append(f"{plural(len(found.silent), 'study', 'studies')} not appraised here.")
    return " ".join(parts)
