"""Boxes with text and arrows between them: placed in mm, drawn with a pen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .page import Line, Shape, Text, rectangle
from .pen import Pen
from .text import MM_PER_POINT, wrapped

PAD_MM = 1.3
STEP_MM = 1.8
HEAD_MM = 1.5
LEADING = 1.3


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box: left, top, right and bottom in mm, and its lines as they are drawn, each with how far it is set in."""

    left: float
    top: float
    right: float
    bottom: float
    lines: tuple[tuple[float, str], ...]
    title: bool = False

    @property
    def middle(self) -> float:
        """Half way from left to right."""
        return (self.left + self.right) / 2


def lines_of(
    paragraphs: Sequence[tuple[str, int]], width: float, size: float, bold: bool = False
) -> tuple[tuple[float, str], ...]:
    """The lines of paragraphs in a box of a width; each paragraph is text and steps, its further lines set in more."""
    found: list[tuple[float, str]] = []
    for text, steps in paragraphs:
        first = steps * STEP_MM
        # Broken to the narrower room of the further lines, which are set in by half a step.
        for i, line in enumerate(wrapped(text, width - 2 * PAD_MM - first - STEP_MM / 2, size, bold)):
            found.append((first + (STEP_MM / 2 if i else 0.0), line))
    return tuple(found)


def height_of(lines: Sequence[tuple[float, str]], size: float) -> float:
    """Height of a box that holds so many lines."""
    return len(lines) * size * MM_PER_POINT * LEADING + 2 * PAD_MM


def draw_box(pen: Pen, box: PlacedBox, size: float, fill: str = "white") -> None:
    """The box, its lines in the middle of its height."""
    style = pen.style
    edge = style.study if box.title else style.muted
    corners = rectangle(box.left, box.top, box.right, box.bottom)
    pen.shapes.append(Shape(corners, fill, edge, 0.6, "title" if box.title else "box"))
    leading = size * MM_PER_POINT * LEADING
    y = (box.top + box.bottom - len(box.lines) * leading) / 2
    for inset, line in box.lines:
        y += leading
        x = box.left + PAD_MM + inset
        pen.texts.append(Text(x, y - leading * 0.27, line, size, style.ink, bold=box.title))


def arrow(pen: Pen, *points: tuple[float, float]) -> None:
    """A line through points, upright and level only, with a head at the last."""
    colour = pen.style.ink
    (x0, y0), (x1, y1) = points[-2], points[-1]
    dx, dy = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
    neck = (x1 - dx * HEAD_MM, y1 - dy * HEAD_MM)
    for (ax, ay), (bx, by) in zip(points[:-1], (*points[1:-1], neck), strict=True):
        pen.lines.append(Line(ax, ay, bx, by, colour, 0.7))
    half = HEAD_MM * 0.45
    head = ((x1, y1), (neck[0] - dy * half, neck[1] - dx * half), (neck[0] + dy * half, neck[1] + dx * half))
    pen.shapes.append(Shape(head, colour, role="arrow"))
