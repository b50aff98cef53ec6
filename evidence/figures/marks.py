"""Looks of lines and points that are told apart without colour: dashes, shapes, filled or open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from .page import Shape, Stroke, Text, round_shape
from .pen import Pen
from .style import Style
from .text import width_mm


@dataclass(frozen=True, slots=True)
class Look:
    """How one line looks: colour, dashes (none: unbroken), corners of its points (0: round), filled or open."""

    colour: str
    dashes: tuple[float, ...] = ()
    corners: int = 0
    filled: bool = True


def looks(style: Style) -> tuple[Look, ...]:
    """For the first line, the second, ...: dark and light alternate, and no two have dashes and points in common."""
    third, fourth, fifth, sixth, seventh, eighth = style.series
    return (
        Look(style.study),
        Look(style.pooled, (5, 2), 4),
        Look(third, (1.2, 1.6), 3, filled=False),
        Look(fourth, (6, 2, 1.2, 2), 5),
        Look(fifth, (2.5, 1.5), 0, filled=False),
        Look(sixth, (8, 2.5), 4, filled=False),
        Look(seventh, (5, 1.5, 1, 1.5, 1, 1.5), 3),
        Look(eighth, (), 5, filled=False),
    )


def mark(look: Look, x: float, y: float, radius: float = 0.85) -> Shape:
    """A point of a line."""
    points = round_shape(x, y, radius) if not look.corners else _corners(x, y, 1.25 * radius, look.corners)
    return Shape(points, look.colour if look.filled else "white", look.colour, 0.7, "point")


def _corners(x: float, y: float, radius: float, corners: int) -> tuple[tuple[float, float], ...]:
    turns = [2 * pi * i / corners - pi / 2 + (pi / 4 if corners == 4 else 0) for i in range(corners)]
    return tuple((x + radius * cos(turn), y + radius * sin(turn)) for turn in turns)


def lighter(colour: str, share: float) -> str:
    """A colour mixed with white: 0 leaves it, 1 is white."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in parts)


def key(pen: Pen, entries: Sequence[tuple[Look | Shape, str]], gap: float = 5.0) -> None:
    """Lines or shapes with their words below a box, side by side as far as there is room.

    A shape is a sample that is centred on (0, 0).
    """
    style = pen.style
    if not entries:
        return
    x = style.margin_mm
    pen.y += style.line_mm
    for sample, words in entries:
        wide = 9.0 if isinstance(sample, Look) else 4.0
        needed = wide + 1.5 + width_mm(words, style.note_pt)
        if x > style.margin_mm and x + needed > style.width_mm - style.margin_mm:
            x = style.margin_mm
            pen.y += style.line_mm
        _sample(pen, sample, x, pen.y - 0.85)
        pen.texts.append(Text(x + wide + 1.5, pen.y, words, style.note_pt, style.ink))
        x += needed + gap
    pen.y += 1.0


def _sample(pen: Pen, sample: Look | Shape, x: float, y: float) -> None:
    if isinstance(sample, Look):
        pen.strokes.append(Stroke(((x, y), (x + 9.0, y)), sample.colour, 1.1, sample.dashes))
        pen.shapes.append(mark(sample, x + 4.5, y))
        return
    points = tuple((px + x + 2.0, py + y) for px, py in sample.points)
    pen.shapes.append(Shape(points, sample.fill, sample.edge, sample.width_pt, "key"))
