"""A figure as plain shapes on a page in millimetres: what a layout returns and a drawing puts to ink."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; y is its baseline, measured from the top."""

    x: float
    y: float
    text: str
    size_pt: float
    colour: str
    align: Align = "left"
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x0: float
    y0: float
    x1: float
    y1: float
    colour: str
    width_pt: float = 0.6
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled polygon. ``role`` says what it stands for: study, part, pooled, median, prediction, banner, stripe,
    band, field, point.
    """

    points: tuple[tuple[float, float], ...]
    fill: str | None
    edge: str | None = None
    width_pt: float = 0.6
    role: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through several points; ``dashes`` are lengths of ink and gap in widths of the line, none: unbroken."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width_pt: float = 0.9
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A place that stands for one study; ``key`` is its arm. It leaves no ink: a page of the web can answer to it."""

    x0: float
    y0: float
    x1: float
    y1: float
    key: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on a page: stripes and bands, lines, fields, strokes, other shapes, texts; the lowest come first.

    ``font`` is a file with a font for letters that DejaVu Sans lacks, or empty.
    ``areas`` lie over all of it and are not seen.
    """

    width: float
    height: float
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    texts: tuple[Text, ...]
    strokes: tuple[Stroke, ...] = ()
    areas: tuple[Area, ...] = ()
    font: str = ""


def rectangle(x0: float, y0: float, x1: float, y1: float) -> tuple[tuple[float, float], ...]:
    """Corners of a rectangle."""
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def diamond(left: float, middle: float, right: float, y: float, half: float) -> tuple[tuple[float, float], ...]:
    """A diamond from left to right with its peak over the middle."""
    return ((left, y), (middle, y - half), (right, y), (middle, y + half))


def round_shape(x: float, y: float, radius: float) -> tuple[tuple[float, float], ...]:
    """Corners of a polygon that looks round at this size."""
    corners = 12 if radius < 0.8 else 24
    turns = [2 * pi * i / corners for i in range(corners)]
    return tuple((x + radius * cos(turn), y + radius * sin(turn)) for turn in turns)
