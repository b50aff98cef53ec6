"""What can be asked of a forest plot beside its columns: scale, axis, prediction interval, pages, further blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from ..errors import Problem, UsageError, unknown, usage
from ..response_extents import Responses
from .style import LEAST_MM, MOST_MM, WIDTHS, Style, of_width, style_named

SCALES = ("percent", "per-1000", "proportion")
PREDICTIONS = ("bar", "shade", "density", "none")
SORTS = ("given", "label", "year", "size", "estimate")
#: A page of print is broken where it has more studies than this.
BREAK_FROM = 60


@dataclass(frozen=True, slots=True)
class View:
    """How a forest plot shows its result.

    Attributes:
        scale: percent, per-1000 or proportion; the style's own if empty.
        decimals: Of estimates and limits; the style's own if None.
        axis: Its ends as proportions (of rates: events per unit of time), e.g. ``(0, 0.5)``; all of it if empty.
        references: Where further lines stand, as proportions or rates.
        prediction_as: How a prediction interval is drawn: bar, shade (through all rows), density or none.
        spans: Heading over neighbouring columns -> their names.
        page_rows: Most rows on a page. If None, one tall page; of a named width, pages of print from 61 studies on.
        lights: Study -> item -> judgement, drawn beside the rows: low, some, high and unclear; or yes, no, unclear,
            not_applicable and open, as ``judgements`` of the appraisals has them.
        light_texts: Item -> what it asks, of items that are of no tool of ours.
        responses: How far every arm responded, drawn as a stacked bar beside the rows.

    Raises:
        UsageError: a word that is not one of these, or a number out of place.
    """

    scale: str = ""
    decimals: int | None = None
    axis: tuple[float, ...] = ()
    references: tuple[float, ...] = ()
    prediction_as: str = "bar"
    spans: Mapping[str, Sequence[str]] = field(default_factory=dict, metadata={"object": True})
    page_rows: int | None = None
    lights: Mapping[str, Mapping[str, str]] | None = field(default=None, metadata={"object": True})
    light_texts: Mapping[str, str] | None = field(default=None, metadata={"object": True})
    responses: Responses | None = field(default=None, metadata={"object": True})

    def __post_init__(self) -> None:
        if self.scale:
            check_word("scale", self.scale, SCALES)
        check_word("prediction_as", self.prediction_as, PREDICTIONS)
        object.__setattr__(self, "axis", _numbers("axis", self.axis))
        object.__setattr__(self, "references", _numbers("references", self.references))
        object.__setattr__(self, "decimals", _whole("decimals", self.decimals, 0, 6))
        object.__setattr__(self, "page_rows", _whole("page_rows", self.page_rows, 5, 1000))
        if self.axis and (len(self.axis) != 2 or not 0 <= self.axis[0] < self.axis[1]):
            found = ", ".join(f"{end:g}" for end in self.axis)
            raise usage(f"the axis ({found}) has no two ends", "write a lower and an upper end, as 0,0.5", "axis")


def check_word(name: str, word: str, known: Sequence[str]) -> None:
    """Refuse a word that is not known.

    Raises:
        UsageError: as said; the near ones are listed.
    """
    if word not in known:
        raise unknown(name, word, known)


def _numbers(name: str, values: Sequence[Any]) -> tuple[float, ...]:
    try:
        found = tuple(float(value) for value in values)
    except (TypeError, ValueError):
        raise usage(
            f"{name} has {values!r}, which is no number", f"write {name} as proportions, as 0.5", name
        ) from None
    if not all(isfinite(value) and value >= 0 for value in found):
        raise usage(
            f"{name} has a value that is not possible: {values!r}", f"write {name} as proportions, as 0.5", name
        )
    return found


def _whole(name: str, value: Any, least: int, most: int) -> int | None:
    if value is None:
        return None
    try:
        found = int(value)
    except (TypeError, ValueError):
        found = least - 1
    if isinstance(value, bool) or not least <= found <= most or found != float(value):
        raise usage(f"{name} = {value} is not possible", f"write a whole number from {least} to {most}", name)
    return found


def sort_key(sort: str) -> tuple[str, bool]:
    """What rows are sorted by, and whether backwards (``-year``).

    Raises:
        UsageError: an unknown word.
    """
    word, backwards = sort.removeprefix("-"), sort.startswith("-")
    check_word("sort", word, SORTS)
    return word, backwards


def sized_style(style: str | Style, width: str | float | None) -> tuple[Style, float | None]:
    """The style at a width, and the height of a printed page where the width has a name: a width in mm is of no paper.

    Raises:
        UsageError: an unknown style or width.
    """
    chosen = style_named(style) if isinstance(style, str) else style
    if width is None:
        return chosen, None
    if isinstance(width, str) and width in WIDTHS:
        wide, high = WIDTHS[width]
        return replace(of_width(chosen, wide), page_mm=high), high
    return replace(of_width(chosen, _millimetres(width)), page_mm=None), None


_WIDTH_MEND = (
    f"write a number of millimetres from {LEAST_MM:g} to {MOST_MM:g} without the unit, as {WIDTHS['column'][0]:g},"
    f" or one of {', '.join(WIDTHS)}"
)


def _millimetres(width: str | float) -> float:
    try:
        found = float(width)
    except ValueError:
        raise UsageError([Problem("unknown-width", f"unknown width {width!r}", _WIDTH_MEND)]) from None
    if not LEAST_MM <= found <= MOST_MM:
        raise usage(f"width {found:g} is not possible", _WIDTH_MEND, "width")
    return found


#: Nothing asked for.
PLAIN = View()
