"""What it would take to cross a threshold, as sentences and as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from ..counts import plural_of
from ..display import percent, percent_interval, plural
from .conclusions import verdict_text
from .inclusion import End
from .prospective import LARGEST, OneSeries, Prospect, SeveralSeries, assumed
from .questions import Part
from .reversal import Reversal
from .sequential import Look
from .ties import interval_beside, percent_beside, sides

#: What is computed and what is not, in every answer.
CAVEAT = (
    "Rates are assumed, and new series are pooled as studies of their own by the model above; their events are whole"
    " numbers, so that a share goes up and down with the size. Sizes are tried on a grid, the first that crosses is"
    " narrowed down, and the 64 sizes below it are tried one by one: a crossing that comes and goes farther below,"
    " between two sizes of the grid, is not seen."
)
#: Where no look was asked for, and where one was.
LOOKS = (
    "Looking again with every update finds, in time, an interval that excludes a true value. --look 2/5 widens the"
    " interval to the part of its error rate that an O'Brien-Fleming-type spending function frees at look 2 of 5,"
    " equally far apart in information. It is optional and conservative: reviews are not updated on a plan."
)
LOOKED = (
    "The widened interval has the part of the error rate that an O'Brien-Fleming-type spending function frees at this"
    " look, looks being equally far apart in information. It is conservative: reviews are not updated on a plan."
)
_WHERE = {0: "on", 1: "above", -1: "below"}


def counted(end: End, look: Look | None = None) -> str:
    """Counts, estimate and interval now, and the interval that is widened for a look."""
    units = end.unit if end.n == 1 else plural_of(end.unit)
    text = f"{end.title}: {end.events} of {end.n} {units} in {plural(end.k, 'study', 'studies')}; {end.what}"
    limits = f" ({percent_interval(end.ci.lower, end.ci.upper, 1)})" if end.ci else ""
    text = f"{text} {percent(end.value, 1)}{limits}."
    if look is None:
        return text
    return f"{text} Interval widened for {look}: {percent_interval(look.lower, look.upper, 1)}."


def standing(end: End, threshold: float, look: Look | None = None) -> str:
    """On which side of a threshold the estimate lies, and whether the interval, and the widened one, holds it."""
    assert end.value is not None
    at = assumed(threshold)
    said = [f"The estimate, {percent_beside(threshold, end.value)}, is {_WHERE[int(sides(end.value, threshold))]} {at}"]
    if end.ci is not None:
        said.append(_holding("the interval", threshold, end.ci.lower, end.ci.upper))
    if look is not None:
        said.append(_holding(f"widened for {look.of}, the interval", threshold, look.lower, look.upper))
    return f"{'; '.join(said)}."


def _holding(what: str, threshold: float, lower: float, upper: float) -> str:
    holds = "includes" if sides(lower, threshold) <= 0 <= sides(upper, threshold) else "excludes"
    return f"{what}, {interval_beside(threshold, lower, upper)}, {holds} it"


def concluded(part: Part) -> tuple[str, str]:
    """A conclusion with its rule as a heading, and whether it holds and which part of it is looked at."""
    name, rule = part.conclusion.name, part.conclusion.rule
    heading = name if rule.casefold() in name.casefold() else f"{name} ({rule})"
    verdict = verdict_text(part.verdict, "now")
    verdict = f"{verdict[:1].upper()}{verdict[1:]}."
    rest = " and ".join(str(one) for one in part.rest)
    if part.condition is None:
        only = "the search is for the estimate, its limits and its interval"
        return heading, f"{verdict} Not looked at: {rest}; {only}."
    if not rest:
        return heading, verdict
    return heading, f"{verdict} Looked at here: {part.condition}. Not looked at: {rest}, which must hold as well."


def aim(prospect: Prospect, widened: bool = False) -> str:
    """What crossing means for a target, as a heading: ``Estimate below 50 %``.

    Args:
        prospect: What it takes. widened: Whether its interval is widened for a look.
    """
    said = _aim(prospect)
    return f"Widened {said[:1].lower()}{said[1:]}" if widened and prospect.target != "estimate" else said


def _aim(prospect: Prospect) -> str:
    at = assumed(prospect.threshold)
    if prospect.target != "interval":
        what = {"estimate": "Estimate", "lower": "Lower limit", "upper": "Upper limit"}[prospect.target]
        return f"{what} {'off' if prospect.now == 0 else _side(-prospect.now)} {at}"
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
    one = {"estimate": prospect.value, "lower": prospect.lower, "upper": prospect.upper}.get(prospect.target)
    if one is not None:
        return percent_beside(prospect.threshold, one)
    return interval_beside(prospect.threshold, prospect.lower, prospect.upper)


def headings(found: Sequence[Prospect], widened: bool = False) -> tuple[str, ...]:
    """Headings of the table of ``rows``."""
    return ("New evidence", *dict.fromkeys(aim(one, widened) for one in found))


def rows(found: Sequence[Prospect], unit: str) -> list[tuple[str, ...]]:
    """A row for each plan, a cell for each target."""
    plans = list(dict.fromkeys(str(one.plan) for one in found))
    return [
        (plan[:1].upper() + plan[1:], *(amount(one, unit) for one in found if str(one.plan) == plan)) for plan in plans
    ]


def verdict(found: Sequence[Prospect], unit: str, widened: bool = False) -> str | None:
    """That no single study can move a target, where so under every rate tried; None where one can."""
    said = []
    for heading in dict.fromkeys(aim(one, widened) for one in found):
        single = [one for one in found if aim(one, widened) == heading and isinstance(one.plan, OneSeries)]
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
