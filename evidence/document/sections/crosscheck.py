"""Which numbers other software reproduced: R's numbers as they are kept beside the analysis, never R itself."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, log10
from typing import TYPE_CHECKING

from ... import display
from ...crosscheck.case import case_from
from ...crosscheck.comparison import DIFFERS, NOT_COMPARABLE, SAME
from ...crosscheck.stored import path_of, read_stored
from ...tables.table import Cell, Table, TableColumn
from ..blocks import Block, Section, TableBlock, paragraph
from ..findings import Findings, OutcomeFindings

if TYPE_CHECKING:
    from ...crosscheck.comparison import CrossCheck, Row
    from ...crosscheck.stored import Stored

#: Status of a result, as the stored remarks name it -> why there is nothing of a model.
STATUSES: Mapping[str, str] = {
    "tau-not-identified": "each study has one unit",
    "tau-infinite": "every study is all or none",
    "single-study": "there is one study",
    "all-zero": "there are no events",
    "all-events": "there are only events",
}
#: Differences below this are not told apart: another processor's rounding is of that size.
SMALLEST = 1e-9
#: Key of a number, or of both sides of an interval, -> words.
NAMES: Mapping[str, str] = {
    "se": "standard error",
    "lower": "its limits",
    "upper": "its limits",
    "proportion_lower": "limits of the proportion",
    "proportion_upper": "limits of the proportion",
    "pi_lower": "prediction interval",
    "pi_upper": "prediction interval",
    "tau2_lower": "limits of tau2",
    "tau2_upper": "limits of tau2",
    "total_lower": "limits of the total",
    "total_upper": "limits of the total",
    "study_limits": "limits of each study",
    "mean": "mean over studies",
}
COLUMNS = (
    TableColumn("outcome", "Outcome"),
    TableColumn("software", "Software"),
    TableColumn("same", "Reproduced", wide=True),
    TableColumn("largest", "Largest difference"),
    TableColumn("differs", "Differs"),
    TableColumn("not_comparable", "Not comparable", wide=True),
)
INTRODUCTION = "The analyses of all arms were repeated by other software with the same options, and its numbers kept."
FOOTNOTES = (
    "Differences are absolute, on the scale of each number. A number is reproduced when its difference is within the"
    " accuracy of the other software, not of ours.",
)


def section(findings: Findings) -> Section | None:
    """One row per outcome and software; None where nothing was kept."""
    kept = read_stored(path_of(findings.analysis.path))
    if kept is None:
        return None
    rows, stale, remarks = [], [], []
    compared: list[Row] = []
    for found in findings.outcomes:
        checked = _against(kept, found)
        if checked is None:
            stale.append(found.spec.title)
            continue
        compared += checked.rows
        rows += [_cells(found.spec.title, *pair) for pair in checked.by_software().items()]
        remarks += [f"Not comparable: {row.reason}." for row in checked.rows if row.verdict == NOT_COMPARABLE]
        remarks += [f"{found.spec.title}, {software}: {_worded(text)}" for software, text in checked.remarks]
    blocks: list[Block] = []
    if rows:
        blocks.append(paragraph(f"{INTRODUCTION} {_stamp(compared)}"))
        caption = "The same numbers by other software."
        blocks.append(
            TableBlock(Table("crosscheck", caption, COLUMNS, tuple(rows), (*FOOTNOTES, *dict.fromkeys(remarks))))
        )
    if stale:
        text = f"Stale: {', '.join(stale)}. The counts or the model have changed since other software was asked."
        blocks.append(paragraph(text, kind="caution"))
    return Section("crosscheck", "Checked with other software", tuple(blocks)) if blocks else None


def _worded(remark: str) -> str:
    for status, why in STATUSES.items():
        remark = remark.replace(f"the status is {status}.", f"{why}.")
    return remark


def _stamp(rows: list[Row]) -> str:
    """Which software in which version, and the largest difference of all."""
    named = dict.fromkeys(" ".join(part for part in (row.software, row.version) if part) for row in rows)
    differing = sum(row.verdict == DIFFERS for row in rows)
    verdict = "No number differs beyond its accuracy"
    if differing:
        verb = "differs beyond its" if differing == 1 else "differ beyond their"
        verdict = f"{display.plural(differing, 'number')} {verb} accuracy"
    return f"Software: {'; '.join(named)}. Largest difference: {_largest(tuple(rows))}. {verdict}."


def _against(kept: tuple[Stored, ...], found: OutcomeFindings) -> CrossCheck | None:
    """What was kept of an outcome beside our numbers of now; None where it is stale or there is nothing."""
    request = found.request
    case = case_from(found.selection.counts, found.pooled, request.study_limits)
    for stored in kept:
        if stored.outcome == request.outcome and dict(stored.where) == dict(request.where):
            return stored.against(case) if stored.is_of(case) else None
    return None


def _cells(title: str, software: str, rows: tuple[Row, ...]) -> tuple[Cell, ...]:
    texts = [title, software, _names(rows, SAME), _largest(rows), _names(rows, DIFFERS), _names(rows, NOT_COMPARABLE)]
    return tuple(Cell(text, None if text == display.DASH else text) for text in texts)


def _names(rows: tuple[Row, ...], verdict: str) -> str:
    names = dict.fromkeys(_name(row) for row in rows if row.verdict == verdict)
    return ", ".join(names) or display.DASH


def _name(row: Row) -> str:
    return NAMES.get(row.key, row.quantity)


def _largest(rows: tuple[Row, ...]) -> str:
    """The largest difference, rounded up to a power of ten, and of which number."""
    compared = [row for row in rows if row.difference is not None]
    if not compared:
        return display.DASH
    worst = max(compared, key=lambda row: row.difference or 0.0)
    difference = worst.difference or 0.0
    if difference < SMALLEST:
        return f"below {_power(SMALLEST)}"
    return f"{_name(worst)}, below {_power(difference)}"


def _power(difference: float) -> str:
    """The power of ten that is not smaller: ``0.001``."""
    exponent = ceil(log10(difference))
    return f"{10.0**exponent:.{max(0, -exponent)}f}"
