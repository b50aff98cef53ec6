"""What was found, one sentence or two per outcome, in words and in people of 100."""

from __future__ import annotations

from typing import Any

from .. import display
from ..pooling.notes import FEW_UNITS
from ..review.certainty import certainties, certainty_of
from ..tables.findings_table import DIFFER, NOT_JUDGED, certainty_words, estimate_of
from .findings import Findings, OutcomeFindings
from .sentences import Sentence, units


def found(findings: Findings) -> tuple[Sentence, ...]:
    """Each outcome of the analysis: the count, its parts where they differ, the average, a new study, certainty.

    Counts that are not pooled are not turned into people of 100: they are counts in few arms, not rates.
    """
    ratings = certainties(findings.review)
    made = []
    for one in findings.outcomes:
        rating = certainty_of(ratings, one.request.outcome, one.request.where)
        if rating is None or rating.overall is None:
            certainty = NOT_JUDGED
        else:
            certainty = DIFFER if rating.level is None else certainty_words(rating.level)
        text, numbers = _sentences(one)
        title = one.spec.title + "".join(f"; {column} = {value}" for column, value in one.request.where.items())
        made.append(Sentence(f"found-{one.name}", title, f"{text} Certainty (GRADE): {certainty}.", numbers))
    return tuple(made)


def _sentences(one: OutcomeFindings) -> tuple[str, dict[str, Any]]:
    pooled, what = one.pooled, units(one)
    numbers: dict[str, Any] = {"events": pooled.events, "n": pooled.n}
    text, estimate = f"{pooled.events} of {pooled.n} {what} had it", estimate_of(pooled)
    if pooled.n < FEW_UNITS:
        text += ", too few to speak of 100."
    elif estimate is None:
        text += "."
    else:
        numbers["share"] = pooled.events / pooled.n
        text += f": {display.of_hundred(numbers['share'])}."
    if pooled.headline.kind == "split":
        numbers["parts"] = [dict(line) for line in pooled.headline.lines]
        text += " " + " ".join(_part(line) for line in pooled.headline.lines)
    if estimate is None:
        reason = (pooled.headline.reason or "").rstrip(".")
        return (f"{text} {reason}." if reason else text), numbers
    value, ci = estimate
    numbers |= {"mean": value, "lower": ci.lower, "upper": ci.upper, "level": ci.level}
    text += (
        f" On average over studies {display.of_hundred(value)} {what}"
        f" ({display.percent(ci.level)} interval {display.hundred_interval(ci.lower, ci.upper)})"
    )
    if pooled.pi is not None:
        numbers |= {"new_lower": pooled.pi.lower, "new_upper": pooled.pi.upper}
        text += f"; in a further study it may be anything from {_spoken(pooled.pi.lower, pooled.pi.upper)}"
    return f"{text}.", numbers


def _spoken(lower: float, upper: float) -> str:
    """``less than 1 to more than 99 of 100``."""
    return display.hundred_interval(lower, upper).replace("<", "less than ").replace(">", "more than ")


def _part(line: dict[str, Any]) -> str:
    """``Reports of fewer than 5 patients: 20 of 23 (87 of 100, exact 95 % interval 66 to 97 of 100).``"""
    label, events, n = str(line["label"]), int(line["events"]), int(line["n"])
    share = display.of_hundred(events / n)
    limits = f"exact {display.percent(line['level'])} interval {display.hundred_interval(line['lower'], line['upper'])}"
    shown = f"{share}, {limits}" if n >= FEW_UNITS else limits
    return f"{label[:1].upper()}{label[1:]}: {events} of {n} ({shown})."
