"""Blocks beside the rows of a forest plot: risk-of-bias lights, and how far the units of each arm responded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Protocol

from .. import display
from ..errors import usage
from ..response_extents import EXTENTS, Extent, Responses
from ..review.appraisal_tools import TOOLS
from .forest_rows import Row
from .forest_view import View, check_word
from .lights import LEVELS, LIGHTS, MISSING, draw_light
from .marks import lighter
from .page import Line, Shape, Text, rectangle
from .pen import Pen
from .style import NARROW_MM, Style
from .text import MM_PER_POINT, width_mm

Place = tuple[float, float]

#: Distance and radius of lights in mm.
LIGHT_STEP, LIGHT_RADIUS = 4.3, 1.55
#: Letters in the longest code of an item that stands over its lights, and the size of codes.
CODE_MOST, HEAD_PT = 3, 5.5
#: Width of a stacked bar: on a wide page, there with small letters, and on a narrow page, in mm.
STACK_MM, STACK_CLOSE_MM, STACK_NARROW_MM, SMALL_PT = 34.0, 22.0, 18.0, 7.0
#: Half its height, and distance of its hatching, in mm.
STACK_HALF, HATCH_MM = 1.25, 1.1
UNREAD = ("response-unread", "none-unread", "unread")


class Block(Protocol):
    """Something drawn beside the rows."""

    @property
    def heading(self) -> str:
        """What stands over it."""

    def width(self, style: Style) -> float:
        """Its width in mm."""

    def heads(self, pen: Pen, place: Place, y: float) -> None:
        """Words over its parts, on a baseline."""

    def draw(self, pen: Pen, row: Row, y: float, place: Place) -> None:
        """What it shows of one row."""

    def foot(self, pen: Pen, place: Place, y: float) -> None:
        """What stands below the last row."""

    def notes(self, rows: tuple[Row, ...]) -> list[str]:
        """What it says below the figure."""

    def key(self, pen: Pen) -> None:
        """What its colours mean, on the lines after the axis."""


@dataclass(frozen=True, slots=True)
class Lights:
    """Risk-of-bias judgements: study -> item -> a word of ``lights.py``; ``items`` in order, with ``texts``."""

    judged: Mapping[str, Mapping[str, str]]
    items: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        """What stands over it."""
        return "Risk of bias"

    def width(self, style: Style) -> float:
        """One step for each item."""
        return LIGHT_STEP * len(self.items)

    def heads(self, pen: Pen, place: Place, y: float) -> None:
        """The code of each item, or a letter where it is none."""
        style = pen.style
        for i, head in enumerate(self._heads()):
            x = place[0] + (i + 0.5) * LIGHT_STEP
            pen.texts.append(Text(x, y, head, HEAD_PT if len(head) > 1 else style.font_pt, style.ink, "center", True))

    def _heads(self) -> tuple[str, ...]:
        coded = all(len(item) <= CODE_MOST for item in self.items)
        return self.items if coded else tuple(ascii_uppercase[: len(self.items)])

    def draw(self, pen: Pen, row: Row, y: float, place: Place) -> None:
        """A circle with its sign; a dash where the item was not judged."""
        if row.kind != "study":
            return
        found = self.judged.get(row.study, {})
        for i, item in enumerate(self.items):
            draw_light(pen, found.get(item, MISSING), place[0] + (i + 0.5) * LIGHT_STEP, y, LIGHT_RADIUS)

    def foot(self, pen: Pen, place: Place, y: float) -> None:
        """Nothing."""

    def notes(self, rows: tuple[Row, ...]) -> list[str]:
        """Which letter is which item, and what the signs mean; items of a known tool with their text."""
        texts = {item.code: item.text for tool in TOOLS.values() for item in tool.items} | dict(self.texts)
        heads = zip(self._heads(), self.items, strict=True)
        letters = "; ".join(f"{head} {texts.get(item, item if item != head else '')}".rstrip() for head, item in heads)
        shown = {row.study for row in rows if row.kind == "study"}
        used = {self.judged.get(study, {}).get(item, MISSING) for study in shown for item in self.items}
        known = [(name, light) for name, light in {**LEVELS, **LIGHTS}.items() if name in used]
        words = {MISSING: "not judged by these items"}
        signs = ", ".join(f"{light.sign} {words.get(name, light.word)}" for name, light in known)
        return [f"Risk of bias: {letters}. {signs}."]

    def key(self, pen: Pen) -> None:
        """Nothing: the notes tell it."""


@dataclass(frozen=True, slots=True)
class Stacks:
    """A stacked bar of the responses of each arm."""

    responses: Responses

    @property
    def heading(self) -> str:
        """What stands over it."""
        return "Response"

    def width(self, style: Style) -> float:
        """The same for any number of arms; closer where the letters are small."""
        if style.width_mm < NARROW_MM:
            return STACK_NARROW_MM
        return STACK_MM if style.font_pt > SMALL_PT else STACK_CLOSE_MM

    def heads(self, pen: Pen, place: Place, y: float) -> None:
        """Nothing: its parts have a key."""

    def draw(self, pen: Pen, row: Row, y: float, place: Place) -> None:
        """The bar of an arm: as much of it as its share, and the units where there is room."""
        arm = next((arm for arm in self.responses.arms if arm.key == row.key), None)
        if row.kind != "study" or arm is None:
            return
        x, style = place[0], pen.style
        for extent, units in arm.extents:
            end = x + units / arm.n * (place[1] - place[0])
            _segment(pen, extent, (x, end), (y - STACK_HALF, y + STACK_HALF))
            words = str(units)
            wide = width_mm(words, style.note_pt)
            if extent not in UNREAD and end - x > wide + 1.0:
                ink = "#ffffff" if extent in ("complete", "worse") else style.ink
                if extent == "worse":
                    # No hatching behind the number.
                    middle, half = 0.5 * (x + end), 0.5 * wide + 0.3
                    plain = rectangle(middle - half, y - STACK_HALF + 0.15, middle + half, y + STACK_HALF - 0.15)
                    pen.shapes.append(Shape(plain, style.accent, role="plain"))
                baseline = y + 0.36 * style.note_pt * MM_PER_POINT
                pen.texts.append(Text(0.5 * (x + end), baseline, words, style.note_pt, ink, "center"))
            x = end

    def foot(self, pen: Pen, place: Place, y: float) -> None:
        """Its own axis."""
        style = pen.style
        pen.lines.append(Line(place[0], y, place[1], y, style.ink, 0.7))
        for share, align in ((0.0, "left"), (1.0, "right")):
            x = place[0] + share * (place[1] - place[0])
            pen.lines.append(Line(x, y, x, y + 0.9, style.ink, 0.7))
            word = f"{100 * share:g}"
            pen.texts.append(Text(x, y + 3.8, word, style.note_pt, style.ink, "left" if align == "left" else "right"))
        middle = 0.5 * (place[0] + place[1])
        pen.texts.append(Text(middle, y + 7.1, "Percent", style.note_pt, style.muted, "center"))

    def notes(self, rows: tuple[Row, ...]) -> list[str]:
        """What the bars are, and that nothing was inferred."""
        told = {arm.key for arm in self.responses.arms}
        lacking = sum(row.kind == "study" and row.key not in told for row in rows)
        without = f" {display.plural(lacking, 'arm has', 'arms have')} no count of it." if lacking else ""
        hatched = any(extent in UNREAD for arm in self.responses.arms for extent, _ in arm.extents)
        unread = " Hatched: the extent was not read, and is not guessed." if hatched else ""
        return [f"Bars: {self.responses.unit}s of each arm by extent, as recorded.{unread}{without}"]

    def key(self, pen: Pen) -> None:
        """A sample of every extent that occurs."""
        style, there = pen.style, {extent for arm in self.responses.arms for extent, _ in arm.extents}
        shown = [extent for extent in EXTENTS if extent in there]
        x = style.margin_mm
        pen.y += style.line_mm if shown else 0.0
        for extent in shown:
            words = self.responses.words[extent]
            needed = 6.0 + width_mm(words, style.note_pt)
            if x > style.margin_mm and x + needed > style.width_mm - style.margin_mm:
                x = style.margin_mm
                pen.y += style.line_mm
            _segment(pen, extent, (x, x + 4.5), (pen.y - 2.0, pen.y + 0.1), "key")
            pen.texts.append(Text(x + 6.0, pen.y, words, style.note_pt, style.ink))
            x += needed + 4.0
        pen.y += 1.0


def _segment(pen: Pen, extent: Extent, across: Place, down: Place, role: str = "stack") -> None:
    """A part of a bar: dark to light from complete to none, hatched where nobody read how far."""
    style = pen.style
    fills = {
        "complete": style.study,
        "partial": lighter(style.study, 0.5),
        "response-unread": lighter(style.study, 0.78),
        "none": lighter(style.muted, 0.8),
        "none-unread": lighter(style.muted, 0.8),
        "worse": style.accent,
        "unread": "#ffffff",
    }
    box = rectangle(across[0], down[0], across[1], down[1])
    pen.shapes.append(Shape(box, fills[extent], style.ink, 0.3, role))
    if extent in (*UNREAD, "worse"):
        colour = "#ffffff" if extent == "worse" else style.muted
        for line in _hatching(across, down):
            pen.shapes.append(Shape(line, None, colour, 0.5, "hatch"))


def _hatching(across: Place, down: Place) -> Iterator[tuple[tuple[float, float], ...]]:
    """Slanted lines over a box, each ending at its border."""
    high = down[1] - down[0]
    start = across[0] - high + HATCH_MM
    while start < across[1]:
        x0, x1 = max(start, across[0]), min(start + high, across[1])
        if x1 - x0 > 0.2:
            yield (x0, down[1] - (x0 - start)), (x1, down[1] - (x1 - start)), (x0, down[1] - (x0 - start))
        start += HATCH_MM


def blocks_of(view: View) -> tuple[Block, ...]:
    """The blocks that a view asks for.

    Raises:
        UsageError: a judgement that is not known, or more items than letters.
    """
    found: list[Block] = []
    if view.responses is not None:
        found.append(Stacks(view.responses))
    if view.lights is not None:
        found.append(_lights(view.lights, view.light_texts or {}))
    return tuple(found)


def _lights(judged: Mapping[str, Mapping[str, str]], texts: Mapping[str, str]) -> Lights:
    items = tuple(dict.fromkeys(item for of_study in judged.values() for item in of_study))
    words = {word for of_study in judged.values() for word in of_study.values()}
    for word in sorted(words):
        check_word("judgement", word, (*LEVELS, *LIGHTS))
    if words & set(LEVELS) and words & {"yes", "no"}:
        mend = "draw one tool at a time: low, some and high, or yes and no"
        raise usage("judgements of two kinds of tools can't stand side by side", mend, "lights")
    if not items or len(items) > len(ascii_uppercase):
        mend = "give each study its judgements by item, at most 26 items"
        raise usage(f"{len(items)} items of risk of bias can't be drawn", mend, "lights")
    return Lights(judged, items, texts)
