"""Small round marks that are more or less filled: a share without colour."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

from .page import Shape, round_shape

#: How much of its mark each of the codebook's own words for a response fills; a review's own words by their order.
FILLED = {"complete": 1.0, "partial": 0.5, "none": 0.0}
WORSE = "worse"


def sector(x: float, y: float, radius: float, share: float) -> tuple[tuple[float, float], ...]:
    """Corners of the part of a circle that begins at the top and turns clockwise, ``share`` of it."""
    steps = max(2, round(48 * share))
    turns = [2 * pi * share * i / steps - pi / 2 for i in range(steps + 1)]
    return ((x, y), *((x + radius * cos(turn), y + radius * sin(turn)) for turn in turns))


def filled_circle(x: float, y: float, radius: float, share: float, dark: str, light: str) -> list[Shape]:
    """A circle of which ``share`` is dark."""
    circle = round_shape(x, y, radius)
    if share >= 1:
        return [Shape(circle, dark, dark, 0.6, "circle")]
    shapes = [Shape(circle, light, dark, 0.6, "circle")]
    if share > 0:
        shapes.append(Shape(sector(x, y, radius, share), dark, None, role="sector"))
    return shapes


def filled_share(term: str, terms: Sequence[str]) -> float | None:
    """How much of its mark a response fills: all for the first of the terms, nothing for the last; None for worse."""
    if term == WORSE:
        return None
    if term in FILLED:
        return FILLED[term]
    others = [one for one in terms if one != WORSE]
    return 1.0 if len(others) < 2 else 1.0 - others.index(term) / (len(others) - 1)


def response_mark(term: str, terms: Sequence[str], x: float, y: float, colour: str) -> list[Shape]:
    """The mark of a response: a circle more or less filled, a triangle that points down for worse."""
    share = filled_share(term, terms)
    if share is None:
        points = ((x - 1.15, y - 0.85), (x + 1.15, y - 0.85), (x, y + 1.15))
        return [Shape(points, "white", colour, 0.8, "worse")]
    return filled_circle(x, y, 1.05, share, colour, "white")
