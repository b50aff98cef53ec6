"""Summary of findings: per outcome the counts, the estimate or why there is none, and how certain raters are of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import display
from ..pooling.notes import FEW_UNITS
from ..review.certainty import OPEN
from ..review.certainty_domains import CERTAINTIES, DOMAINS, LEVELS
from .table import Cell, Table, TableColumn, cell, words

if TYPE_CHECKING:
    from ..pooling.result import Interval, Pooled
    from ..review.certainty import Certainty

NOT_JUDGED = "not judged yet"
DIFFER = "raters differ, not settled"
FILLED, EMPTY = "⊕", "○"
_LEVELS = {1: "one level", 2: "two levels", 3: "three levels"}
ESTIMATE_NOTE = (
    "Observed: all counts added up; told of 100 patients only where studies are pooled. Estimate: the share in an"
    " average study, small reports beside large series, and its limits. New study: where the share in a further study"
    " is expected."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One row: title and unit of an outcome, its result, its rating or None."""

    title: str
    unit: str
    pooled: Pooled
    certainty: Certainty | None


def symbols(level: str) -> str:
    """A level as GRADE prints it: ``⊕⊕○○`` for low."""
    filled = LEVELS.index(level) + 1
    return FILLED * filled + EMPTY * (len(LEVELS) - filled)


def certainty_words(level: str) -> str:
    """A level with its symbols: ``⊕⊕○○ low``."""
    return f"{symbols(level)} {words(level)}"


def estimate_of(pooled: Pooled) -> tuple[float, Interval] | None:
    """The number that the headline is about and its limits; None where nothing is pooled."""
    if pooled.headline.kind == "observed":
        return None
    if pooled.mean is not None and pooled.mean_ci is not None:
        return pooled.mean, pooled.mean_ci
    if pooled.mean is None and pooled.estimate is not None and pooled.ci is not None:
        return pooled.estimate, pooled.ci
    return None


def findings_table(findings: Sequence[Finding]) -> Table:
    """One row per outcome; what raters say of its certainty stands in footnotes a, b, c, each reason once."""
    columns = (
        TableColumn("outcome", "Outcome"),
        TableColumn("studies", "Studies", "right"),
        TableColumn("counted", "Counted", "right", where="page"),
        TableColumn("observed", "Observed", "right", where="page"),
        TableColumn("unit", "Unit", where="csv"),
        TableColumn("n", "n", "right", where="csv"),
        TableColumn("events", "Events", "right", where="csv"),
        TableColumn("estimate", "Estimate (limits)", wide=True),
        TableColumn("estimate_lower", "Lower limit", "right", where="csv"),
        TableColumn("estimate_upper", "Upper limit", "right", where="csv"),
        TableColumn("prediction", "New study", "right", where="page"),
        TableColumn("prediction_lower", "New study, lower", "right", where="csv"),
        TableColumn("prediction_upper", "New study, upper", "right", where="csv"),
        TableColumn("certainty", "Certainty (GRADE)"),
    )
    marks: dict[str, str] = {}
    rows = tuple(_row(finding, marks) for finding in findings)
    reasons = tuple(f"{mark}. {reason}" for reason, mark in marks.items())
    legend = "; ".join(f"{certainty_words(level)}: {meaning}" for level, meaning in CERTAINTIES.items())
    footnotes = (*reasons, ESTIMATE_NOTE, f"{legend[:1].upper()}{legend[1:]}.")
    return Table("certainty", "Summary of findings.", columns, rows, footnotes)


def _row(finding: Finding, marks: dict[str, str]) -> tuple[Cell, ...]:
    pooled, unit = finding.pooled, finding.unit
    events, n, number = pooled.events, pooled.n, estimate_of(pooled)
    share = f" ({display.of_hundred(events / n)})" if n >= FEW_UNITS and number is not None else ""
    value, ci = number if number is not None else (None, None)
    pi = pooled.pi if number is not None else None
    return (
        Cell(finding.title, finding.title),
        cell(len({study.study for study in pooled.studies})),
        Cell(display.plural(n, unit)),
        Cell(f"{display.count(events, n)}{share}"),
        Cell("", unit),
        Cell("", n),
        Cell("", events),
        Cell(_estimate(pooled, value, ci), value),
        Cell("", ci.lower if ci else None),
        Cell("", ci.upper if ci else None),
        Cell(display.hundred_interval(pi.lower, pi.upper) if pi else display.DASH),
        Cell("", pi.lower if pi else None),
        Cell("", pi.upper if pi else None),
        _certainty(finding.certainty, marks),
    )


def _estimate(pooled: Pooled, value: float | None, ci: Interval | None) -> str:
    if value is not None and ci is not None:
        return display.of_hundred(value, ci.lower, ci.upper)
    return (pooled.headline.reason or "").rstrip(".") or "not pooled"


def _certainty(found: Certainty | None, marks: dict[str, str]) -> Cell:
    """Level with symbols, words and the letters of its reasons."""
    if found is None or found.overall is None:
        return Cell(NOT_JUDGED)
    if found.level is None:
        return Cell(DIFFER, OPEN)
    letters = [marks.setdefault(reason, _letter(len(marks))) for reason in reasons_of(found)]
    noted = f" ({', '.join(letters)})" if letters else ""
    return Cell(certainty_words(found.level) + noted, found.level)


def _letter(i: int) -> str:
    """``a`` to ``z``, then ``a2`` to ``z2`` and so on."""
    again, place = divmod(i, 26)
    return chr(ord("a") + place) + (str(again + 1) if again else "")


def reasons_of(found: Certainty) -> tuple[str, ...]:
    """Why the certainty is what it is: the start, each domain that moved it, and the end where a reason is given."""
    said = []
    if found.start is not None and found.start.word != OPEN:
        said.append(_because(f"Rating starts at {words(found.start.word)}", found.start.reasons))
    for name, settled in found.domains.items():
        move = DOMAINS[name].judgements.get(settled.word, 0)
        if move:
            direction = "up" if move > 0 else "down"
            what = f"{DOMAINS[name].title} {words(settled.word)}, {_LEVELS[abs(move)]} {direction}"
            said.append(_because(what, settled.reasons))
        elif settled.word == OPEN:
            said.append(_because(f"{DOMAINS[name].title}: {DIFFER}", settled.reasons))
    if found.overall is not None and found.overall.reasons:
        said.append(_because("Overall", found.overall.reasons))
    if found.left_out:
        missing = ", ".join(domain.title.lower() for domain in found.left_out)
        said.append(f"No judgement on {missing}.")
    return tuple(said)


def _because(what: str, reasons: Sequence[str]) -> str:
    if not reasons:
        return f"{what}; no reason given."
    return f"{what}: {'; '.join(reason.rstrip('.') for reason in reasons)}."


def domains_table(findings: Sequence[Finding]) -> Table | None:
    """One row per outcome and domain that somebody judged; None where nobody judged any."""
    columns = (
        TableColumn("outcome", "Outcome"),
        TableColumn("domain", "Domain"),
        TableColumn("judgement", "Judgement"),
        TableColumn("reason", "Reason", wide=True),
        TableColumn("raters", "Raters"),
    )
    rows = []
    for finding in findings:
        found = finding.certainty
        if found is None:
            continue
        domains = {DOMAINS[name].title: settled for name, settled in found.domains.items()}
        named = {"Starting level": found.start, **domains, "Overall": found.overall}
        rows += [
            (
                Cell(finding.title, finding.title),
                cell(domain),
                Cell(words(settled.word) or display.DASH, settled.word),
                cell("; ".join(settled.reasons) or None),
                cell(", ".join(settled.raters) or None),
            )
            for domain, settled in named.items()
            if settled is not None
        ]
    return Table("certainty-domains", "Certainty, domain by domain.", columns, tuple(rows)) if rows else None
