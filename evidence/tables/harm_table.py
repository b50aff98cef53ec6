"""Adverse events by groups of arms: counts in the arms that say anything of each event, never rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import display
from ..pooling.notes import FEW_STUDIES, FEW_UNITS
from .table import Cell, Table, TableColumn, cell

if TYPE_CHECKING:
    from ..harms import HarmCell, HarmCounts, HarmGroup, HarmRow

#: First row: how many arms say anything at all.
TELLING = "Arms that say anything about adverse events"
COUNTED = (
    f"Read 3/20 in 2 arms as 3 of the 20 patients observed in the 2 arms that say whether it happened. {display.DASH} ="
    " no arm says whether it happened, which is not the same as none."
)
LIMITS = (
    f"Exact limits of all arms together assume one common probability; given from {FEW_STUDIES} arms and {FEW_UNITS}"
    " observed patients on (our thresholds). Groups are not compared: reports tell of what they noticed."
)


def harm_table(found: HarmCounts) -> Table:
    """One row per event and one column per group; the denominator stands in each cell."""
    labels = [*(group.label for group in found.groups), "All arms"]
    columns = [
        TableColumn("term", "Adverse event"),
    ]
    for i, label in enumerate(labels, start=1):
        key = "all" if i == len(labels) else f"group_{i}"
        columns += [
            TableColumn(key, label, where="page"),
            TableColumn(f"{key}_name", label, where="csv"),
            TableColumn(f"{key}_state", f"{label}: state", where="csv"),
            TableColumn(f"{key}_events", f"{label}: events", "right", where="csv"),
            TableColumn(f"{key}_n", f"{label}: n", "right", where="csv"),
            TableColumn(f"{key}_arms", f"{label}: arms", "right", where="csv"),
        ]
    columns += [
        TableColumn("limits", "Exact limits, all arms", "right", where="page"),
        TableColumn("lower", "Lower", "right", where="csv"),
        TableColumn("upper", "Upper", "right", where="csv"),
        TableColumn("system_organ_class", "System organ class"),
    ]
    first = (
        Cell(TELLING),
        *(part for group in (*found.groups, found.overall) for part in _telling(group)),
        *(Cell(display.DASH), cell(None), cell(None), cell(None)),
    )
    rows = (first, *(_row(row, labels) for row in found.rows))
    by = found.heading if found.heading[1:2].isupper() else found.heading[:1].lower() + found.heading[1:]
    caption = f"Adverse events by {by}: counts, not rates."
    return Table("adverse_events-counts", caption, tuple(columns), rows, (COUNTED, LIMITS, *found.remarks))


def _telling(group: HarmGroup) -> tuple[Cell, ...]:
    text = f"{group.telling} of {display.plural(group.arms, 'arm')}, {group.observed} of {group.treated} treated"
    return (
        Cell(text),
        Cell("", group.label),
        cell(None),
        cell(None),
        Cell("", group.observed),
        Cell("", group.telling),
    )


def _row(row: HarmRow, labels: Sequence[str]) -> tuple[Cell, ...]:
    every = (*row.cells, row.overall)
    cells = [part for label, one in zip(labels, every, strict=True) for part in _cells(label, one)]
    return (cell(row.term), *cells, *_limits(row.overall), cell(row.organ_class))


def _cells(label: str, one: HarmCell) -> tuple[Cell, ...]:
    arms = len(one.arms) + len(one.unnumbered)
    return (
        Cell(_text(one)),
        Cell("", label),
        Cell("", one.state),
        Cell("", one.events),
        Cell("", one.n),
        Cell("", arms),
    )


def _text(one: HarmCell) -> str:
    """``3/28 in 2 arms``, with the arms where it happened to a number that is not given."""
    counted = f"{display.count(one.events, one.n)} in {display.plural(len(one.arms), 'arm')}" if one.arms else ""
    hidden = ""
    if one.unnumbered:
        arms = display.plural(len(one.unnumbered), "arm")
        hidden = f"number not given in {arms} of {display.plural(one.unnumbered_n, 'patient')}"
    return "; ".join(part for part in (counted, hidden) if part) or display.DASH


def _limits(one: HarmCell) -> tuple[Cell, ...]:
    if one.lower is None or one.n < FEW_UNITS or len(one.arms) < FEW_STUDIES or one.unnumbered:
        return Cell(display.DASH), cell(None), cell(None)
    return Cell(display.percent_interval(one.lower, one.upper)), Cell("", one.lower), Cell("", one.upper)
