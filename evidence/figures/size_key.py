"""What the areas of points stand for: a few of them with their sizes."""

from __future__ import annotations

from math import floor, log10

from .page import Shape, Text, round_shape
from .pen import Pen
from .text import width_mm

#: Sizes in the key, as shares of the largest.
SHARES = (1.0, 0.25, 0.05)


def sizes_of(largest: float) -> tuple[float, ...]:
    """Round sizes from the largest downwards, each once; whole numbers from 1 on."""
    found = []
    for share in SHARES:
        wanted = share * largest
        unit = 10.0 ** floor(log10(wanted))
        size = max(factor * unit for factor in (1, 2, 5) if factor * unit <= wanted * (1 + 1e-9))
        if largest >= 1:
            size = max(1.0, size)
        if size not in found:
            found.append(size)
    return tuple(found)


def size_key(pen: Pen, largest: float, reach: tuple[float, float]) -> None:
    """Circles with their sizes below a box; ``reach`` are the least radius in mm and that of the ``largest``."""
    style = pen.style
    if largest <= 0:
        return
    sizes = sizes_of(largest)
    radii = [max(reach[0], reach[1] * (size / largest) ** 0.5) for size in sizes]
    x = style.margin_mm
    pen.y += 2 * radii[0] + 0.6
    middle = pen.y - radii[0]
    lead = "Size:"
    pen.texts.append(Text(x, middle + 0.85, lead, style.note_pt, style.ink))
    x += width_mm(lead, style.note_pt) + 2.0
    for size, radius in zip(sizes, radii, strict=True):
        pen.shapes.append(Shape(round_shape(x + radius, middle, radius), style.study, "white", 0.4, "key"))
        words = f"{size:,g}"
        pen.texts.append(Text(x + 2 * radius + 1.0, middle + 0.85, words, style.note_pt, style.ink))
        x += 2 * radius + 1.0 + width_mm(words, style.note_pt) + 4.0
    pen.y += 0.6
