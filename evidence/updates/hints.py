"""Where no recipe gives the published numbers: what else would, and what speaks against the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import display
from ..counts import Counts
from .computing import Values, compute, stack_of
from .matching import compare
from .published import Published
from .recipe import Recipe

#: Families that are quick enough to try on many variants of the data.
_QUICK = ("normal", "totals", "unweighted")
#: More studies are not left out one by one (J).
MOST_STUDIES = 150
#: More variants that match say nothing: with few printed digits they do by chance (J).
MOST_VARIANTS = 3
#: Levels that are tried beside the published one.
_LEVELS = (0.9, 0.95, 0.99)
#: Printed numbers that a variant must meet: fewer are met by chance.
FEWEST_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that would explain why nothing matches.

    Attributes:
        code: data, unit, left-out, non-events, level, by-study or many. text: A sentence.
        recipes: Keys that match then.
    """

    code: str
    text: str
    recipes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"code": self.code, "text": self.text, "recipes": list(self.recipes)}


def find_hints(counts: Counts, published: Published, recipes: Sequence[Recipe]) -> tuple[Hint, ...]:
    """What differs from what was printed of the data, and which change of the data would give the published numbers.

    Args:
        counts: One analysis. published: What was printed. recipes: Those that were tried; only closed forms are here.
    """
    there = counts.present()
    found = list(_of_data(there, published))
    if len(published.parts) < FEWEST_NUMBERS:
        return tuple(found)
    quick = [recipe for recipe in recipes if recipe.family in _QUICK]

    def gives(data: Counts, wanted: Published, row: int = 0) -> tuple[str, ...]:
        same = stack_of(data, wanted.level)
        fits = (compare(recipe, compute(recipe, same), wanted, row) for recipe in quick)
        return tuple(fit.recipe.key for fit in fits if fit.matches)

    found += _non_events(there, published, gives)
    found += _other_levels(there, published, gives)
    if there.shares_studies:
        keys = gives(there.by_study(), published)
        found += [Hint("by-study", f"With the arms of each study summed, {_give(keys)}.", keys)] if keys else []
    return tuple(found + _left_out(there, published, quick))


def _of_data(counts: Counts, published: Published) -> Iterator[Hint]:
    n = int(counts.n.sum())
    if published.studies is not None and published.studies != counts.k:
        says = f"{display.plural(published.studies, 'study', 'studies')} were published, these data have {counts.k}."
        yield Hint("data", says)
    if published.units is not None and published.units != n:
        yield Hint("data", f"n = {published.units:,} was published, these data have {n:,} {counts.units}.")
    upper = published.upper
    if upper is not None and upper.value > 1 and published.per == 1:
        yield Hint("unit", "The numbers were read as fractions, with a limit above 1. If percent is meant, add %.")


_Gives = Callable[..., tuple[str, ...]]


def _non_events(counts: Counts, published: Published, gives: _Gives) -> list[Hint]:
    keys = gives(Counts(counts.n - counts.events, counts.n), published)
    if not keys:
        return []
    return [Hint("non-events", f"With events and non-events exchanged, {_give(keys)}.", keys)]


def _other_levels(counts: Counts, published: Published, gives: _Gives) -> list[Hint]:
    from dataclasses import replace

    found = []
    for level in _LEVELS:
        if abs(level - published.level) > 1e-9:
            keys = gives(counts, replace(published, level=level))
            found += [Hint("level", f"As {level:.0%} limits, {_give(keys)}.", keys)] if keys else []
    return found


def _left_out(counts: Counts, published: Published, quick: Sequence[Recipe]) -> list[Hint]:
    """Each study left out once, all in one stack."""
    if not 3 <= counts.k <= MOST_STUDIES:
        return []
    keep = ~np.eye(counts.k, dtype=bool)
    stack = stack_of(Counts(np.where(keep, counts.events, 0), np.where(keep, counts.n, 0)), published.level)
    matching: dict[int, list[str]] = {}
    for recipe in quick:
        values = compute(recipe, stack)
        for row in _close(values, published):
            if compare(recipe, values, published, row).matches:
                matching.setdefault(row, []).append(recipe.key)
    if len(matching) > MOST_VARIANTS:
        says = (
            f"Leaving out any one of {len(matching)} studies gives the published numbers: that is chance, not a cause."
        )
        return [Hint("many", says)]
    return [
        Hint("left-out", f"Without {counts.labels[row]} ({_count(counts, row)}), {_give(tuple(keys))}.", tuple(keys))
        for row, keys in matching.items()
    ]


def _close(values: Values, published: Published) -> list[int]:
    """Rows whose estimate (or lower limit) is within a unit of the last printed digit: only these can match."""
    name, printed = next(iter(published.parts.items()))
    found = np.clip(getattr(values, name), 0.0, 1.0) if 0 <= printed.value <= 1 else getattr(values, name)
    with np.errstate(invalid="ignore"):
        return [int(row) for row in np.flatnonzero(np.abs(found - printed.value) * 10.0**printed.digits <= 1)]


def _count(counts: Counts, row: int) -> str:
    return display.count(int(counts.events[row]), int(counts.n[row]))


def _give(keys: tuple[str, ...]) -> str:
    first = ", ".join(keys[:3])
    rest = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
    return f"{first}{rest} {'gives' if len(keys) == 1 else 'give'} the published numbers"
