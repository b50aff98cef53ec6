"""What it would take to cross a threshold, as sentences and as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from ..counts import plural_of
from ..display import plural
from .inclusion import End
from .prospective import LARGEST, OneSeries, Prospect, SeveralSeries, assumed
from .reversal import Reversal
from .ties import interval_beside, percent_beside, sides

#: What is computed and what is not, in every answer.
CAVEATS = (
    "Rates are assumed, and new series are pooled as studies of their own by the model above; their events are whole"
    " numbers, so that a share goes up and down with the size. Sizes are tried on a grid, the first that crosses is"
    " narrowed down, and the 64 sizes below it are tried one by one: a crossing that comes and goes farther below,"
    " between two sizes of the grid, is not seen.",
    "Looking again with every update finds, in time, an interval that excludes a true value. --look 2/5 widens the"
    " interval to the part of its error rate that an O'Brien-Fleming-type spending function frees at look 2 of 5,"
    " equally far apart in information. It is optional and conservative: reviews are not updated on a plan.",
)


def standing(end: End, threshold: float, lower: float | None, upper: float | None) -> str:
    """Where the estimate and the interval stand now.

    Args:
        end: The outcome now. threshold: A proportion. lower, upper: Limits at the level asked for.
    """
    units = end.unit if end.n == 1 else plural_of(end.unit)
    assert end.value is not None
    where = {0: "on", 1: "above", -1: "below"}[int(sides(end.value, threshold))]
    counted = f"{end.events} of {end.n} {units} in {plural(end.k, 'study', 'studies')}"
    text = f"{end.title}: {counted}; {end.what} {percent_beside(threshold, end.value)}"
    if lower is None or upper is None:
        return f"{text}, {where} {assumed(threshold)}."
    holds = "includes" if sides(lower, threshold) <= 0 <= sides(upper, threshold) else "excludes"
    return (
        f"{text} ({interval_beside(threshold, lower, upper)}), {where} {assumed(threshold)}; the interval {holds} it."
    )


def aim(prospect: Prospect) -> str:
    """What crossing means for a target, as a heading: ``Estimate below 50 %``."""
    at = assumed(prospect.threshold)
    if prospect.target == "estimate":
        return f"Estimate {'off' if prospect.now == 0 else _side(-prospect.now)} {at}"
    return f"Interval excludes {at}" if prospect.now == 0 else f"Interval no longer {_side(prospect.now)} {at}"


def _side(now: int) -> str:
    return "above" if now > 0 else "below"


def amount(prospect: Prospect, unit: str) -> str:
    """What crosses, or that none does: ``41 patients (8 events): 49.9 %``."""
    plan, shown = prospect.plan, _shown(prospect)
    lost = f"; with {prospect.undefined:,} of the numbers tried there is no estimate" if prospect.undefined else ""
    if prospect.number is None:
        return f"{_none(plan, unit)}: {shown} with {_largest(plan, unit)}{lost}"
    number = prospect.number
    if isinstance(plan, SeveralSeries):
        what = f"{number} series ({prospect.events} of {prospect.n})"
    else:
        what = f"{number:,} {unit if number == 1 else plural_of(unit)} ({prospect.events:,} with the event)"
    again = "" if prospect.until is None else f"; but not with {prospect.until:,}"
    return f"{what}: {shown}{again}{lost}"


def _none(plan: object, unit: str) -> str:
    if isinstance(plan, OneSeries):
        return f"no single series of up to {plan.top:,} {plural_of(unit)} can"
    assert isinstance(plan, SeveralSeries)
    return f"no number of series up to {plan.top:,} does"


def _largest(plan: object, unit: str) -> str:
    return "the largest" if isinstance(plan, OneSeries) else "all of them"


def _shown(prospect: Prospect) -> str:
    if prospect.value is None:
        return "no estimate"
    if prospect.target == "estimate":
        return percent_beside(prospect.threshold, prospect.value)
    return interval_beside(prospect.threshold, prospect.lower, prospect.upper)


def headings(found: Sequence[Prospect]) -> tuple[str, ...]:
    """Headings of the table of ``rows``."""
    return ("New evidence", *dict.fromkeys(aim(one) for one in found))


def rows(found: Sequence[Prospect], unit: str) -> list[tuple[str, ...]]:
    """A row for each plan, a cell for each target."""
    plans = list(dict.fromkeys(str(one.plan) for one in found))
    return [
        (plan[:1].upper() + plan[1:], *(amount(one, unit) for one in found if str(one.plan) == plan)) for plan in plans
    ]


def verdict(found: Sequence[Prospect], unit: str) -> str | None:
    """That no single study can move a target, where so under every rate tried; None where one can."""
    said = []
    for heading in dict.fromkeys(aim(one) for one in found):
        single = [one for one in found if aim(one) == heading and isinstance(one.plan, OneSeries)]
        if single and all(one.number is None and not one.undefined for one in single):
            said.append(heading[:1].lower() + heading[1:])
    if not said:
        return None
    return f"At the rates tried no single series of up to {LARGEST:,} {plural_of(unit)} can do it: {'; '.join(said)}."


def reversal_text(found: Reversal, unit: str) -> str:
    """What would change a verdict, in one sentence."""
    units = plural_of(unit)
    single = [one for one in found.found if isinstance(one.plan, OneSeries)]
    said = [f"one new series of {_sized(one, unit)}" for one in single if one.number is not None]
    none = [one for one in single if one.number is None]
    if none:
        rates = " or ".join(assumed(one.plan.rate) for one in none)
        said.append(f"no single new series of up to {LARGEST:,} {units} at an assumed {rates} with the event")
    several = [_several(one, units) for one in found.found if isinstance(one.plan, SeveralSeries)]
    return f"What would change that: {'; '.join([*said, *several])}."


def _sized(prospect: Prospect, unit: str) -> str:
    """One new series that crosses: ``41 patients at an assumed 25 % (10 with the event)``."""
    units = unit if prospect.n == 1 else plural_of(unit)
    counted = f"{prospect.events:,} with the event" + _again(prospect)
    return f"{prospect.n:,} {units} at an assumed {assumed(prospect.plan.rate)} ({counted})"


def _again(prospect: Prospect) -> str:
    return "" if prospect.until is None else f"; of larger numbers not all would: {prospect.until:,} would not"


def _several(prospect: Prospect, units: str) -> str:
    plan = prospect.plan
    assert isinstance(plan, SeveralSeries)
    what = f"series of {plan.size} {units} at {assumed(plan.rate)}"
    if prospect.number is None:
        return f"nor would {plan.top} {what}"
    return f"or {prospect.number} {what} ({prospect.events} of {prospect.n} with the event{_again(prospect)})"
