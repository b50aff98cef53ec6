"""A published pooled proportion computed again: which recipes give it, and what the primary model says of the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .. import display
from ..counts import Counts
from ..errors import ComputeError, Problem
from ..outcomes import Selection
from ..pooling import model, pool
from ..pooling.headline import pooled_number
from ..pooling.result import Interval, Pooled
from ..pooling.subgroups import Subgroups
from .carried import not_carried
from .computing import compute, stack_of
from .hints import Hint, differences, find_hints
from .matching import Fit, compare
from .published import ROUNDINGS, Published
from .recipe import NO_LIMITS, Recipe
from .recipes import OWN, RECIPES, uncommon

#: So many of the nearest recipes are named where none matches.
NEAREST = 3
#: Proportions closer than this are said to be about the same.
HARDLY = 0.005


@dataclass(frozen=True)
class Replication:
    """What became of a published result.

    Attributes:
        published: As it was printed. counts: The data that it is said to come from.
        fits: Every recipe beside it, in the order of ``RECIPES``.
        hints: What speaks against these data; where nothing usual matches also what would give the published numbers.
        primary: The primary model on the same data.
        updated: The primary model on the updated data; None where there are none.
        updated_fits: The recipes that match, on the updated data.
        not_carried: What the updated data lack or change of the studies from before, as sentences.
    """

    published: Published
    counts: Counts
    fits: tuple[Fit, ...]
    hints: tuple[Hint, ...]
    primary: Pooled
    updated: Pooled | None = None
    updated_fits: tuple[Fit, ...] = ()
    not_carried: tuple[str, ...] = ()

    @cached_property
    def matched(self) -> tuple[Fit, ...]:
        """Recipes that give the published numbers to every digit; those that give all that was printed first, then
        those that round plainly, then those that software has as defaults.
        """

        def last(fit: Fit) -> tuple[int, bool, bool]:
            return len(fit.absent), fit.rounding not in ("rounded", "half-up", "half-even"), fit.recipe.unusual

        return tuple(sorted((fit for fit in self.fits if fit.matches), key=last))

    @cached_property
    def near(self) -> tuple[Fit, ...]:
        """Recipes within 2 units of the last digit of every number, the nearest first, one for the same numbers."""
        return _distinct(sorted((fit for fit in self.fits if fit.near), key=lambda fit: fit.distance))

    @cached_property
    def nearest(self) -> tuple[Fit, ...]:
        """The three nearest of those that do not match, with different numbers.

        Of hundreds of unusual ones some come near by chance, and a range is no confidence interval: they are only named
        where there are no others.
        """
        rest = [fit for fit in self.fits if not fit.matches]
        usual = [fit for fit in rest if not fit.recipe.unusual and fit.recipe.limits not in NO_LIMITS]
        rest = usual or rest
        return _distinct(sorted(rest, key=lambda fit: (fit.distance, sum(fit.apart.values()))))[:NEAREST]

    @cached_property
    def groups(self) -> tuple[tuple[Fit, ...], ...]:
        """Recipes that match, those with the same numbers together."""
        found: dict[tuple[Any, ...], list[Fit]] = {}
        for fit in self.matched:
            found.setdefault((*_digits(fit), fit.rounding), []).append(fit)
        return tuple(tuple(group) for group in found.values())

    @cached_property
    def without(self) -> dict[str, tuple[str, ...]]:
        """Why recipes have no limits from these data -> their keys."""
        found: dict[str, tuple[str, ...]] = {}
        for fit in self.fits:
            if fit.why is not None:
                found[fit.why] = (*found.get(fit.why, ()), fit.recipe.key)
        return found

    def __str__(self) -> str:
        if not self.matched:
            return f"None of {len(self.fits)} recipes gives {self.published.text} from these data."
        ways = "; ".join(dict.fromkeys(ROUNDINGS[fit.rounding or ""] for fit in self.matched))
        gives = "gives" if len(self.matched) == 1 else "give"
        which = f"{len(self.matched)} of {len(self.fits)} recipes {gives} {self.published.text}"
        unusual = sum(fit.recipe.unusual for fit in self.matched)
        few = f"; {unusual or 'none'} of them by unusual settings" if len(self.matched) > 1 else ""
        return f"{which} to every printed digit ({ways}){few}."

    @property
    def change(self) -> str:
        """What the primary model says beside the published number, and what the update does to it."""
        parts = []
        published, first = self.published.estimate, headline_number(self.primary)
        if published is not None and first is not None:
            says = _beside(first[1], published.value, "published", self.published.per)
            parts.append(f"On the same data the primary model says {says}")
        if self.updated is not None:
            last = headline_number(self.updated)
            if first is not None and last is not None:
                parts.append(f"On the updated data it says {_beside(last[1], first[1], 'before', self.published.per)}")
            elif last is None:
                parts.append("On the updated data it has no pooled number.")
        return " ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "published": self.published.to_dict(),
            "data": _counted(self.counts),
            "tried": len(self.fits),
            "text": str(self),
            "change": self.change,
            "matched": [fit.to_dict() for fit in self.matched],
            "near": [fit.to_dict() for fit in self.near],
            "nearest": [] if self.matched else [fit.to_dict() for fit in self.nearest],
            "hints": [hint.to_dict() for hint in self.hints],
            "primary": self.primary.to_dict(),
            "updated": None if self.updated is None else self.updated.to_dict(),
            "not_carried": list(self.not_carried),
            "updated_by_recipe": [fit.to_dict() for fit in self.updated_fits],
            "recipes": [fit.to_dict() for fit in self.fits],
        }


def replicate(
    data: Counts | Selection,
    published: Published,
    update: Counts | Selection | None = None,
    recipes: Sequence[Recipe] | None = None,
    told: Callable[[float], None] = lambda share: None,
) -> Replication:
    """Compute a published result again by every recipe, then by the primary model, then on updated data.

    Args:
        data: What the result is said to come from. published: What was printed.
        update: The updated data, those from before included; None for none.
        recipes: Those to try; ``RECIPES`` and the uncommon ones if None.
        told: Is told the share that is done, 0 to 1.

    Raises:
        ComputeError: fewer than 2 studies: nothing was pooled.
    """
    counts = _counts(data)
    if counts.present().k < 2:
        mend = "give the table that the published number was pooled from, one row for each study"
        raise ComputeError(Problem("single-study", "there is one study: nothing is pooled", mend))
    named = RECIPES if recipes is None else recipes
    fits = beside((*named, *OWN, *uncommon()) if recipes is None else named, counts, published, told)
    matched = tuple(fit.recipe for fit in fits if fit.matches)
    settled = any(not recipe.unusual for recipe in matched)
    hints = tuple(differences(counts.present(), published)) if settled else find_hints(counts, published, named)
    after = None if update is None else _counts(update)
    again = () if after is None else beside(matched, after, published)
    return Replication(
        published,
        counts,
        fits,
        hints,
        primary(data, published.level),
        None if update is None else primary(update, published.level),
        again,
        () if after is None else not_carried(counts, after),
    )


def beside(
    recipes: Sequence[Recipe],
    counts: Counts,
    published: Published,
    told: Callable[[float], None] = lambda share: None,
) -> tuple[Fit, ...]:
    """Each recipe's numbers of the data beside the published ones."""
    stack, found = stack_of(counts, published.level, published.predicts), []
    for recipe in recipes:
        found.append(compare(recipe, compute(recipe, stack), published))
        told(len(found) / len(recipes))
    return tuple(found)


def primary(data: Counts | Selection, level: float) -> Pooled:
    """The primary model, logistic-normal with profile-t limits, on all arms."""
    found = pool(data, model("logistic-normal", level=level))
    return found.overall if isinstance(found, Subgroups) else found


def headline_number(pooled: Pooled) -> tuple[str, float, Interval] | None:
    """What the primary result is about (the average study), the number and its limits; None where it is not pooled."""
    if pooled.headline.kind == "observed":
        return None
    return pooled_number(pooled.mean, pooled.mean_ci, pooled.estimate, pooled.ci, str(pooled.model.centre))


def _counts(data: Counts | Selection) -> Counts:
    return data if isinstance(data, Counts) else data.counts.counted_in(data.context.unit)


def _counted(counts: Counts) -> dict[str, int]:
    there = counts.present()
    return {"k": there.k, "events": int(there.events.sum()), "n": int(there.n.sum())}


def _digits(fit: Fit) -> tuple[str, ...]:
    """Estimate and limits to four digits: what differs less is the same number, found by other steps."""
    return tuple(f"{fit.values[name] or 0.0:.4g}" for name in ("estimate", "lower", "upper"))


def _distinct(fits: Sequence[Fit]) -> tuple[Fit, ...]:
    """The first of those with the same numbers."""
    found: dict[tuple[str, ...], Fit] = {}
    for fit in fits:
        found.setdefault(_digits(fit), fit)
    return tuple(found.values())


def shown(value: float, per: int) -> str:
    """A proportion as the published one was printed: percent, or per 1,000 and more."""
    return display.percent(value) if per <= 100 else f"{display.number(value * per, 2)} per {per:,}"


def _beside(value: float, other: float, than: str, per: int) -> str:
    """``31 %, 5 percentage points more than published``."""
    more = "more" if value > other else "less"
    if per > 100:
        return f"{shown(value, per)}, {display.number(abs(value - other) * per, 2)} {more} than {than}."
    if abs(value - other) < HARDLY:
        return f"{shown(value, per)}, within half a percentage point of what was {than}."
    return f"{shown(value, per)}, {display.points(value - other)} {more} than {than}."
