"""A scatter: points with the names that stand out, lines, and a density where the points are too many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..sensitivity.pictures import Points
from .density import Cells, cells_of, draw_cells, hexagon, shade
from .labels import Name, place_names
from .marginals import ROOM, draw_marginals
from .marks import Look, key
from .page import Line, Shape, Stroke, Text, rectangle, round_shape
from .pen import Pen
from .picture_words import LETTERS
from .plot import Frame, Plot, Point, open_plot, rule
from .scales import Scale, scale_of
from .size_key import size_key
from .text import MM_PER_POINT, width_mm

#: More points than this are drawn as a density.
MOST_POINTS = 400
#: Without flags, up to this many points have their names.
ALL_NAMED = 14
#: Radius in mm of a point, and of the smallest and the largest where sizes are given.
RADIUS, SMALLEST, LARGEST = 0.85, 0.55, 3.4
LINES = (
    Look("#1a1a1a"),
    Look("#5a5a5a", (5, 2)),
    Look("#5a5a5a", (1.2, 1.6)),
    Look("#8a8a8a", (6, 2, 1.2, 2)),
)


def points_layout(pen: Pen, picture: Points, frame: Frame | None = None) -> Plot:
    """Draw the points, their box within ``frame``; the pen then stands below them."""
    x = axis_of(picture.x, picture.x_proportion, picture.log_x, picture.vertical)
    y = axis_of(picture.y, picture.y_proportion, picture.log_y)
    names = tuple(
        f"{name}, %" if proportion else name
        for name, proportion in (
            (picture.x_label, picture.x_proportion),
            (picture.y_label, picture.y_proportion),
        )
    )
    many = len(picture.x) > MOST_POINTS
    edged = many and frame is None
    if edged:
        pen.y += ROOM
    base = pen.y
    plot = open_plot(pen, (x, y), (names[0], names[1]), ROOM if edged else 0.0, height=70.0, frame=frame)
    first = len(pen.strokes)
    rule(pen, plot, x=picture.vertical)
    _lines(pen, plot, picture)
    drawn = [stroke.points for stroke in pen.strokes[first:]]
    said = _density(pen, plot, picture) if many else _scatter(pen, plot, picture, drawn)
    if edged:
        flags = np.array(picture.flagged or (False,) * len(picture.x))
        places = np.array([plot.at(x, y) for x, y in zip(picture.x, picture.y, strict=True)])
        draw_marginals(pen, plot, places, flags, base)
        said.append(
            "Bars at the edges: how many points lie there" + (", dark those that stand out." if flags.any() else ".")
        )
    if picture.size and not many:
        size_key(pen, max(picture.size), (SMALLEST, LARGEST))
    pen.feet([*said, *([picture.remark] if picture.remark else [])])
    return plot


def axis_of(values: Sequence[float], proportion: bool, log: bool, further: float | None = None) -> Scale:
    """An axis for all values; not logarithmic where one of them has no logarithm; of years no halves."""
    whole = not proportion and all(float(value).is_integer() for value in values)
    return scale_of([*values, further], proportion, log and min(values, default=1.0) > 0, 0.06, 1.0 if whole else 0.0)


def radii(picture: Points) -> list[float]:
    """Radius of each point in mm: areas in proportion to the sizes, the smallest kept visible."""
    if not picture.size:
        return [RADIUS] * len(picture.x)
    largest = max(max(picture.size), 1e-300)
    return [max(SMALLEST, LARGEST * max(size / largest, 0.0) ** 0.5) for size in picture.size]


def _lines(pen: Pen, plot: Plot, picture: Points) -> None:
    """Lines with a key; one without a name belongs to the one before it and looks like it."""
    entries: dict[str, Look] = {}
    look = LINES[0]
    for xs, ys, label in picture.lines:
        if label:
            look = entries.setdefault(label, LINES[len(entries) % len(LINES)])
        there = [(x, y) for x, y in zip(xs, ys, strict=True) if _has_place(plot, x, y)]
        for run in plot.inside([plot.at(x, y) for x, y in there]):
            pen.strokes.append(Stroke(run, look.colour, 0.9, look.dashes))
    _line_key(pen, entries)


def _has_place(plot: Plot, x: float, y: float) -> bool:
    return not (plot.x.log and x <= 0) and not (plot.y.log and y <= 0)


def _line_key(pen: Pen, entries: dict[str, Look]) -> None:
    """Samples of the lines with their words, without the points that other keys have."""
    before = len(pen.shapes)
    key(pen, [(look, label) for label, look in entries.items()])
    del pen.shapes[before:]


def _scatter(pen: Pen, plot: Plot, picture: Points, drawn: Sequence[Sequence[Point]]) -> list[str]:
    style = pen.style
    flagged = picture.flagged or (False,) * len(picture.x)
    places = [plot.at(x, y) for x, y in zip(picture.x, picture.y, strict=True)]
    circles = [(*place, radius) for place, radius in zip(places, radii(picture), strict=True)]
    # The largest first, so that a small point is never hidden; those that stand out last.
    for i in sorted(range(len(circles)), key=lambda i: (flagged[i], -circles[i][2])):
        colour = style.pooled if flagged[i] else style.study
        role, edge, width = ("flagged", style.ink, 0.9) if flagged[i] else ("point", "white", 0.4)
        pen.shapes.append(Shape(round_shape(*circles[i]), colour, edge, width, role))
    spots = spots_of(picture, places)
    frame = (plot.left, plot.top - 1.5, pen.style.width_mm - style.margin_mm, plot.bottom)
    written = [(spot.index, spot.text) for spot in spots]
    placed, left_over = place_names(written, circles, frame, style, drawn)
    _write_names(pen, placed, places, flagged)
    return list(_words(picture, spots, [spot for spot in spots if spot.index in left_over]))


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where one point lies, or several.

    Attributes:
        index: Of the largest point there. text: What stands beside it: a name, or how many lie there and a letter.
        letter: Of the footnote with the names, or empty. names: Of the points there that have one to be read.
    """

    index: int
    text: str
    letter: str = ""
    names: tuple[str, ...] = ()


def spots_of(picture: Points, places: Sequence[Point]) -> list[Spot]:
    """What is written beside points, the largest first: names of those that stand out, or of all where they are few."""
    found: dict[Point, list[int]] = {}
    for i, (x, y) in enumerate(places):
        found.setdefault((round(x, 1), round(y, 1)), []).append(i)
    sizes = picture.size or (0.0,) * len(places)
    named = _named(picture)
    spots: list[Spot] = []
    for members in sorted(found.values(), key=lambda members: -max(sizes[i] for i in members)):
        largest = max(members, key=lambda i: sizes[i])
        names = tuple(picture.labels[i] for i in members if named[i] and picture.labels[i])
        if len(members) == 1 and names:
            spots.append(Spot(largest, names[0], names=names))
        elif len(members) > 1:
            letter = LETTERS[sum(bool(spot.letter) for spot in spots) % len(LETTERS)] if names else ""
            spots.append(Spot(largest, f"×{len(members)} ({letter})" if letter else f"×{len(members)}", letter, names))
    return spots


def _named(picture: Points) -> list[bool]:
    """Which points have their names: those that stand out and the largest; without any that stand out all, if few."""
    largest = max(picture.size, default=None)
    if not any(picture.flagged) and len(picture.x) <= ALL_NAMED:
        return [True] * len(picture.x)
    flagged = picture.flagged or (False,) * len(picture.x)
    only = sum(size == largest for size in picture.size) == 1
    return [flag or (only and picture.size[i] == largest) for i, flag in enumerate(flagged)]


def _write_names(pen: Pen, placed: Sequence[Name], places: Sequence[Point], flagged: Sequence[bool]) -> None:
    """Names with a line to their point where they are not beside it; on a drawn line they have a white ground."""
    style = pen.style
    high = style.note_pt * MM_PER_POINT
    for name in placed:
        if name.line is not None:
            pen.lines.append(Line(*places[name.index], *name.line, style.muted, 0.35))
        if name.covers:
            right = name.x + width_mm(name.text, style.note_pt)
            ground = rectangle(name.x - 0.4, name.y - 0.76 * high, right + 0.4, name.y + 0.24 * high)
            pen.shapes.append(Shape(ground, "white", role="label"))
        colour = style.pooled if flagged[name.index] else style.ink
        pen.texts.append(Text(name.x, name.y, name.text, style.note_pt, colour))


def _words(picture: Points, spots: Sequence[Spot], unwritten: Sequence[Spot]) -> Iterator[str]:
    parts = []
    if picture.size:
        parts.append("Areas of the points are in proportion to their size, the smallest kept visible.")
    if any(picture.flagged):
        named = any(flag and label for flag, label in zip(picture.flagged, picture.labels, strict=True))
        parts.append(f"Ringed{' and named' if named else ''}: points that stand out.")
    if picture.vertical is not None:
        parts.append("Dashed upright line: all data together.")
    if any(spot.text.startswith("×") for spot in spots):
        parts.append("×: so many points lie on each other.")
    if parts:
        yield " ".join(parts)
    for spot in spots:
        if spot.letter:
            yield f"({spot.letter}) {'; '.join(spot.names)}."
    alone = [name for spot in unwritten if not spot.letter for name in spot.names]
    if alone:
        yield f"Without room for their names: {'; '.join(alone)}."


def _density(pen: Pen, plot: Plot, picture: Points) -> list[str]:
    style = pen.style
    places = np.array([plot.at(x, y) for x, y in zip(picture.x, picture.y, strict=True)])
    flags = np.array(picture.flagged or (False,) * len(picture.x))
    found = cells_of(places[:, 0], places[:, 1], flags)
    fields, dots = draw_cells(found, plot, style.study, style.ink)
    pen.shapes += [*fields, *dots]
    key(pen, list(_shades(found, style.study)))
    text = f"{len(picture.x):,} points, counted in cells: the darker, the more."
    if flags.any():
        text += f" A dot: most points of the cell are among the {int(flags.sum()):,} that stand out."
    if picture.vertical is not None:
        text += " Dashed upright line: all data together."
    return [text]


def _shades(found: Cells, colour: str) -> Iterator[tuple[Shape, str]]:
    """A sample of each shade with the amounts that it stands for."""
    low = 1
    for step, high in enumerate(found.edges):
        words = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        yield Shape(hexagon(0.0, 0.0), shade(colour, step, len(found.edges)), role="key"), words
        low = high + 1
