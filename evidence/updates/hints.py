"""Where no recipe gives the published numbers: what else would, and what speaks against the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .. import display
from ..counts import Counts
from .computing import Stack, Values, compute, stack_of
from .matching import compare
from .published import Published
from .recipe import NO_LIMITS, Recipe
from .variants import Variant, near_variants, remote_variants

#: Families that are quick enough to try on many variants of the data.
_QUICK = ("normal", "totals", "unweighted")
#: What most papers do: these alone are tried on variants that are far-fetched.
_USUAL = ("logit", "raw", "raw-meta", "raw-dropped", "arcsine", "ft-harmonic", "ft-variance")
_USUAL_LIMITS = ("wald", "hk", "ivhet", "clopper-pearson", "simple")
_USUAL_TAU2 = ("DL", "REML", "common", None)
#: GLMMs to the last digit tell which variants are worth the fit with few nodes that software makes.
_EXACT = {"glmm/wald": "glmm-7/wald", "glmm/t": "glmm-7/t"}
#: Units of the last digit within which a GLMM to the last digit is near enough to look again (J).
_GLMM_NEAR = 5.0
_AGAIN = 6
#: More studies are not left out one by one (J).
MOST_STUDIES = 150
#: More variants that match say nothing: with few printed digits they do by chance (J).
MOST_VARIANTS = 3
#: So many of them are named then.
_NAMED = 5
#: A GLMM moves at most so many times as far as totals or plain means do where a study is left out or counted twice (J).
_REACH = 3.0
#: Fewer variants are all fitted.
_MANY_VARIANTS = 20
#: Levels that are tried beside the published one.
_LEVELS = (0.9, 0.95, 0.99)
#: Printed numbers that a variant must meet: fewer are met by chance.
FEWEST_NUMBERS = 3
#: Decimals of a fraction that they must have for what is far-fetched.
_FEWEST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that would explain why nothing matches.

    Attributes:
        code: data, unit, non-events, level or by-study; of guesses left-out, dropped, twice, slip, pair or many.
        text: A sentence.
        recipes: Keys that match then.
    """

    code: str
    text: str
    recipes: tuple[str, ...] = ()

    @property
    def guess(self) -> bool:
        """Whether it is about a table that nobody has seen."""
        return self.code in ("left-out", "dropped", "twice", "slip", "pair", "many")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"code": self.code, "text": self.text, "guess": self.guess, "recipes": list(self.recipes)}


def find_hints(counts: Counts, published: Published, recipes: Sequence[Recipe]) -> tuple[Hint, ...]:
    """What differs from what was printed of the data, and which change of the data would give the published numbers.

    Args:
        counts: One analysis. published: What was printed. recipes: Those that were tried; only closed forms and GLMMs
            with 7 nodes are here.
    """
    there = counts.present()
    found = list(differences(there, published))
    if len(published.parts) < FEWEST_NUMBERS:
        return tuple(found)
    quick = [recipe for recipe in recipes if recipe.family in _QUICK]

    # Effects and tau2 don't depend on the level.
    known: dict[tuple[str, ...], Any] = {}

    def gives(data: Counts, wanted: Published) -> tuple[str, ...]:
        same = stack_of(data, wanted.level, wanted.predicts)
        same = replace(same, known=known) if data is there else same
        fits = (compare(recipe, compute(recipe, same), wanted) for recipe in quick)
        return tuple(fit.recipe.key for fit in fits if fit.matches)

    found += _non_events(there, published, gives)
    found += _other_levels(there, published, gives)
    if there.shares_studies:
        keys = gives(there.by_study(), published)
        found += [Hint("by-study", f"With the arms of each study summed, {_give(keys)}.", keys)] if keys else []
    return tuple(found + _guesses(there, published, recipes))


def differences(counts: Counts, published: Published) -> Iterator[Hint]:
    """What was printed of the data that these data contradict."""
    n, events = int(counts.n.sum()), int(counts.events.sum())
    if published.studies is not None and published.studies != counts.k:
        says = f"{display.plural(published.studies, 'study', 'studies')} were published, these data have {counts.k}."
        yield Hint("data", says)
    if published.units is not None and published.units != n:
        yield Hint("data", f"n = {published.units:,} was published, these data have {n:,} {counts.units}.")
    if published.events is not None and published.events != events:
        yield Hint("data", f"{published.events:,} events were published, these data have {events:,}.")
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
    found = []
    for level in _LEVELS:
        if abs(level - published.level) > 1e-9:
            keys = gives(counts, replace(published, level=level))
            found += [Hint("level", f"As {level:.0%} limits, {_give(keys)}.", keys)] if keys else []
    return found


def _guesses(counts: Counts, published: Published, recipes: Sequence[Recipe]) -> list[Hint]:
    """Tables that differ a little and give the numbers: the likely ones, and only if there are none the far-fetched."""
    if not 2 < counts.k <= MOST_STUDIES:
        return []
    quick = [recipe for recipe in recipes if recipe.family in _QUICK and recipe.limits not in NO_LIMITS]
    near = list(near_variants(counts))
    matching = _matching(near, published, quick) | _glmm_matching(near, counts, published, recipes)
    found = _told(near, matching)
    digits = [part.digits for name, part in published.parts.items() if name in ("estimate", "lower", "upper")]
    if found or len(digits) < FEWEST_NUMBERS or min(digits) < _FEWEST_DIGITS:
        return found
    remote = list(remote_variants(counts))
    return _told(remote, _matching(remote, published, [recipe for recipe in quick if _usual(recipe)]))


def _usual(recipe: Recipe) -> bool:
    scale = recipe.scale is None or recipe.scale in _USUAL
    return scale and recipe.limits in _USUAL_LIMITS and recipe.tau2 in _USUAL_TAU2


def _told(variants: Sequence[Variant], matching: dict[int, tuple[str, ...]]) -> list[Hint]:
    """A sentence for each variant that matches, of each kind only if few do."""
    found = []
    for code in dict.fromkeys(variant.code for variant in variants):
        rows = [row for row in sorted(matching) if variants[row].code == code]
        if len(rows) > MOST_VARIANTS:
            keys = tuple(dict.fromkeys(key for row in rows for key in matching[row]))
            names = "; ".join(variants[row].name for row in rows[:_NAMED])
            more = "; ..." if len(rows) > _NAMED else ""
            what = _MANY[code].format(len(rows))
            says = f"{what} gives the published numbers ({names}{more}): most of that is chance, not a cause."
            found.append(Hint("many", says, keys))
        else:
            found += [Hint(code, f"{variants[row].text}, {_give(matching[row])}.", matching[row]) for row in rows]
    return found


_MANY = {
    "left-out": "Leaving out any one of {} studies",
    "dropped": "Leaving out studies at 0 % or 100 % in {} ways",
    "twice": "Counting any one of {} studies twice",
    "slip": "Any of {} slips of the pen",
    "pair": "Leaving out any of {} pairs of studies",
}


def _stack(variants: Sequence[Variant], published: Published) -> Stack:
    events, n = np.stack([one.events for one in variants]), np.stack([one.n for one in variants])
    return stack_of(Counts(events, n), published.level, published.predicts)


def _matching(
    variants: Sequence[Variant], published: Published, recipes: Sequence[Recipe]
) -> dict[int, tuple[str, ...]]:
    """Row -> keys of the recipes that give the published numbers of it."""
    stack = _stack(variants, published)
    found: dict[int, tuple[str, ...]] = {}
    for recipe in recipes:
        values = compute(recipe, stack)
        for row in _close(values, published, 1.0):
            if compare(recipe, values, published, row).matches:
                found[row] = (*found.get(row, ()), recipe.key)
    return found


def _glmm_matching(
    variants: Sequence[Variant], counts: Counts, published: Published, recipes: Sequence[Recipe]
) -> dict[int, tuple[str, ...]]:
    """The same of GLMMs with 7 nodes, which are fitted only where the exact ones come near."""
    by_key = {recipe.key: recipe for recipe in recipes}
    rows = _within_reach(variants, counts, published, by_key["glmm/wald"]) if "glmm/wald" in by_key else []
    if not rows:
        return {}
    stack = _stack([variants[row] for row in rows], published)
    found: dict[int, tuple[str, ...]] = {}
    for exact, key in _EXACT.items():
        if exact not in by_key or key not in by_key:
            continue
        values = compute(by_key[exact], stack)
        for at in sorted(_close(values, published, _GLMM_NEAR), key=lambda row: _off(values, published, row))[:_AGAIN]:
            row = rows[at]
            alone = _stack([variants[row]], published)
            if compare(by_key[key], compute(by_key[key], alone), published).matches:
                found[row] = (*found.get(row, ()), key)
    return found


def _within_reach(variants: Sequence[Variant], counts: Counts, published: Published, glmm: Recipe) -> list[int]:
    """Variants that a GLMM may give the published estimate of; all of a few.

    The totals say how far a variant moves an estimate, about: a GLMM of the table as it is says from where.
    """
    if len(variants) < _MANY_VARIANTS or published.estimate is None:
        return list(range(len(variants)))
    start = float(compute(glmm, stack_of(counts, published.level)).estimate[0])
    stack, total = _stack(variants, published), float(counts.events.sum() / counts.n.sum())
    shares = np.where(stack.n > 0, stack.events / np.maximum(stack.n, 1.0), 0.0)
    of_totals = stack.events.sum(-1) / stack.n.sum(-1) - total
    usual = float(np.mean(counts.events / counts.n))
    of_means = shares.sum(-1) / (stack.n > 0).sum(-1) - usual
    slack = _REACH * np.maximum(np.abs(of_totals), np.abs(of_means)) + _GLMM_NEAR / 10.0**published.estimate.digits
    return [int(row) for row in np.flatnonzero(np.abs(start - published.estimate.value) <= slack)]


def _close(values: Values, published: Published, units: float) -> list[int]:
    """Rows of which every proportion and limit is within so many units of its last printed digit."""
    near = np.ones(values.estimate.shape, dtype=bool)
    for name in ("estimate", "lower", "upper"):
        printed = published.parts.get(name)
        if printed is None:
            continue
        given = getattr(values, name)
        given = np.clip(given, 0.0, 1.0) if 0 <= printed.value <= 1 else given
        with np.errstate(invalid="ignore"):
            near &= np.abs(given - printed.value) * 10.0**printed.digits <= units
    return [int(row) for row in np.flatnonzero(near)]


def _off(values: Values, published: Published, row: int) -> float:
    """The largest distance of a proportion or a limit from what was printed, in units of its last digit."""
    parts = ((name, part) for name, part in published.parts.items() if name in ("estimate", "lower", "upper"))
    return max(part.apart(float(getattr(values, name)[row])) for name, part in parts)


def _give(keys: tuple[str, ...]) -> str:
    first = ", ".join(keys[:3])
    rest = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
    return f"{first}{rest} {'gives' if len(keys) == 1 else 'give'} the published numbers"
