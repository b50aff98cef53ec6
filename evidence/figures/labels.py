"""Names beside points: each at a place where it covers no point, no other name and no border."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin

from .style import Style
from .text import MM_PER_POINT, width_mm

Box = tuple[float, float, float, float]

#: Distances from the point's edge in mm that are tried, and directions in turns of a full circle.
DISTANCES = (0.7, 2.5, 5.0, 8.0, 12.0, 17.0)
DIRECTIONS = (0.0, 0.5, 0.75, 0.25, 0.875, 0.625, 0.125, 0.375, 0.94, 0.56, 0.06, 0.44)
#: A name further away than this has a line to its point.
LINE_FROM = 1.0


@dataclass(frozen=True, slots=True)
class Name:
    """A name that found a place: left end and baseline in mm, where its line to the point begins, or None, and whether
    it covers a drawn line.
    """

    index: int
    text: str
    x: float
    y: float
    line: tuple[float, float] | None
    covers: bool = False


def place_names(
    names: Sequence[tuple[int, str]],
    points: Sequence[tuple[float, float, float]],
    frame: Box,
    style: Style,
    lines: Sequence[Sequence[tuple[float, float]]] = (),
) -> tuple[tuple[Name, ...], tuple[int, ...]]:
    """Places for names.

    Args:
        names: Index of the point and its name, the most important first.
        points: Centre and radius of every point in mm. frame: Left, top, right, bottom.
        lines: Lines in mm; a name covers one only where there is no other place.

    Returns:
        The names that found a place, and the indices of those that did not.
    """
    taken: list[Box] = [(x - r, y - r, x + r, y + r) for x, y, r in points]
    drawn = [spot for line in lines for a, b in pairwise(line) for spot in _spots(a, b)]
    written: list[Box] = []
    placed, left_over = [], []
    for index, text in names:
        candidates = [(box, far) for box, far in _candidates(points[index], text, style) if _inside(box, frame)]
        for obstacles in (drawn, []) if drawn else ([],):
            found = _first_free(candidates, points[index], taken[index], ([*taken, *obstacles], written))
            if found is not None:
                break
        if found is None:
            left_over.append(index)
            continue
        box, line = found
        taken += [box, *(_spots(points[index][:2], line) if line else ())]
        written.append(box)
        covers = any(_touch(box, spot) for spot in drawn)
        placed.append(Name(index, text, box[0], box[3] - 0.24 * (box[3] - box[1]), line, covers))
    return tuple(placed), tuple(left_over)


def _inside(box: Box, frame: Box) -> bool:
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]


def _first_free(
    candidates: Sequence[tuple[Box, bool]],
    point: tuple[float, float, float],
    own: Box,
    obstacles: tuple[Sequence[Box], Sequence[Box]],
) -> tuple[Box, tuple[float, float] | None] | None:
    """The first place that touches none of ``obstacles``, and whose line to the point crosses no name (the second)."""
    taken, written = obstacles
    for box, far in candidates:
        if any(_touch(box, other) for other in taken if far or other is not own):
            continue
        line = _nearest(point, box) if far else None
        way = list(_spots(point[:2], line)) if line else []
        if not any(_touch(spot, other) for spot in way for other in written):
            return box, line
    return None


def _spots(a: tuple[float, float], b: tuple[float, float]) -> Iterator[Box]:
    """Small boxes along a line."""
    steps = max(int(max(abs(b[0] - a[0]), abs(b[1] - a[1]))), 1)
    for i in range(steps + 1):
        x, y = (start + (end - start) * i / steps for start, end in zip(a, b, strict=True))
        yield x - 0.1, y - 0.1, x + 0.1, y + 0.1


def _candidates(point: tuple[float, float, float], text: str, style: Style) -> Iterator[tuple[Box, bool]]:
    x, y, radius = point
    wide, high = width_mm(text, style.note_pt), style.note_pt * MM_PER_POINT
    for distance in DISTANCES:
        for turn in DIRECTIONS:
            away = radius + distance
            dx, dy = cos(2 * pi * turn), sin(2 * pi * turn)
            middle = x + away * dx + 0.5 * wide * _sign(dx), y + away * dy + 0.5 * high * _sign(dy)
            box = (middle[0] - wide / 2, middle[1] - high / 2, middle[0] + wide / 2, middle[1] + high / 2)
            yield box, distance > LINE_FROM


def _sign(value: float) -> float:
    return 0.0 if abs(value) < 0.1 else 1.0 if value > 0 else -1.0


def _touch(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def _nearest(point: tuple[float, float, float], box: Box) -> tuple[float, float]:
    """Where the line from a name to its point begins."""
    return min(max(point[0], box[0]), box[2]), min(max(point[1], box[1]), box[3])
