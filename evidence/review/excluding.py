"""A study taken out of a review: its reports excluded, its rows deleted, what names it emptied; other bytes stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ..display import plural
from ..errors import DataError, unknown, usage
from ..kept_rows import Edit, KeptRow, KeptTable, read_kept
from .changes import GONE
from .fitting import fitting
from .further_tables import CHANGES
from .planned import Planned
from .reading import Table
from .row_names import row_names
from .specs import LIST_SEPARATOR, items
from .study_rows import StudyRows, study_rows

if TYPE_CHECKING:
    from .review import Reading

EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Why:
    """Why a study is excluded.

    Attributes:
        reason: Word of the review for it; None = the one that screening.csv has already.
        note: In our words, for changes.csv; None = the meaning of the reason. by: Who decided.
    """

    reason: str | None = None
    note: str | None = None
    by: str | None = None


def exclusion(reading: Reading, study: str, why: Why, day: date) -> Planned:
    """What must be written to take a study out.

    Args:
        reading: The review, with whatever is wrong in it. study: Its id. why: The reason. day: Of today.

    Raises:
        UsageError: no such study, or no reason that the review knows. DataError: a table that can't be read whole.
    """
    tables = reading.tables
    known = [str(row["study_id"]) for row in tables["studies"].rows if row["study_id"] is not None]
    if study not in known:
        raise unknown("study", study, known)
    broken = {table.file for table in tables.values() if not table.complete}
    if broken:
        raise DataError(problem for problem in reading.errors if problem.file in broken)
    found = study_rows(tables, study)
    decisions = _decisions(tables, found, why)
    edits = _edits(tables, found)
    edits["screening"] = edits.get("screening", {}) | {at: cells for at, _, cells in decisions}
    kept = {name: read_kept(reading.path / tables[name].spec.file, ()).sound() for name, some in edits.items() if some}
    files = {Path(table.file): _edited(table, tables[name], edits[name]) for name, table in kept.items()}
    path = reading.path / CHANGES.file
    log = _log(path, tables, found, [_change(one, why, tables, day) for one in decisions])
    said = _said(tables, found, decisions)
    if log is None:
        return Planned(files, tuple(said))
    return Planned({**files, path: log}, (*said, f"{path}: the decision and its reason are recorded"))


#: Position in screening.csv, report, and the cells of its row that change.
Decision = tuple[int, str, Mapping[str, str]]


def _decisions(tables: Mapping[str, Table], found: StudyRows, why: Why) -> list[Decision]:
    """The rows of screening.csv of its reports that must change."""
    screening = tables["screening"]
    reports = {tables["reports"].rows[i]["report_id"] for i in found.reports}
    made = list[Decision]()
    column = screening.spec.column("reason")
    assert column is not None
    there = [(i, row) for i, row in enumerate(screening.rows) if row["report_id"] in reports]
    given = why.reason or next(
        (row["reason"] for _, row in there if row["decision"] == EXCLUDED and row["reason"]), None
    )
    if given is None:
        words = ", ".join(column.terms) or "a word"
        raise usage(f"why is {found.study} excluded?", f"add --reason with one of {words}", "no-reason")
    reason = fitting(given, column, "--reason")
    for position, row in there:
        if (row["decision"], row["reason"]) != (EXCLUDED, reason):
            made.append((position, row["report_id"], {"decision": EXCLUDED, "reason": reason}))
    return made


def _edits(tables: Mapping[str, Table], found: StudyRows) -> dict[str, dict[int, Mapping[str, str] | None]]:
    """Table -> position -> cells that change, None where the row goes."""
    edits: dict[str, dict[int, Mapping[str, str] | None]] = {
        name: dict.fromkeys(positions) for name, positions in found.rows.items()
    }
    gone: dict[tuple[str, int, str], set[str]] = {}
    for name, position, column, one in found.named:
        gone.setdefault((name, position, column), set()).add(one)
    for (name, position, column), ids in gone.items():
        left = [one for one in items(str(tables[name].rows[position][column])) if one not in ids]
        cells = edits.setdefault(name, {}).get(position) or {}
        edits[name][position] = {**cells, column: LIST_SEPARATOR.join(left)}
    return edits


def _edited(kept: KeptTable, table: Table, edits: Mapping[int, Mapping[str, str] | None]) -> bytes:
    rows = {row.line: row for row in kept.rows}
    return kept.edited([Edit(cells, rows[table.lines[at]]) for at, cells in edits.items()]).content()


def _change(one: Decision, why: Why, tables: Mapping[str, Table], day: date) -> dict[str, str]:
    """The row of changes.csv for a decision."""
    position, report, cells = one
    column = tables["screening"].spec.column("reason")
    meaning = column.terms.get(cells["reason"]) if column is not None else None
    note = " ".join((why.note or "").split())
    return {
        "table": "screening",
        "row": report,
        "column": "decision",
        "old": tables["screening"].rows[position]["decision"] or "",
        "new": EXCLUDED,
        "reason": note or meaning or cells["reason"],
        "date": day.isoformat(),
        "changed_by": " ".join((why.by or "").split()),
    }


def _log(path: Path, tables: Mapping[str, Table], found: StudyRows, changes: list[dict[str, str]]) -> bytes | None:
    """changes.csv with the new decisions; earlier changes of rows that go say so in their notes. None = as it was."""
    log = read_kept(path, CHANGES.names).sound()
    names = {name: row_names(tables[name].rows, tables[name].spec) for name in found.rows}
    gone = {(name, names[name][i]) for name, positions in found.rows.items() for i in positions}
    edits = [Edit({"notes": _with_gone(cells.get("notes", ""))}, row) for row, cells in _about(log, gone)]
    new = [one for one in changes if one["old"] != one["new"]]
    return log.edited([*edits, *(Edit(one) for one in new)]).content() if edits or new else None


def _about(log: KeptTable, gone: set[tuple[str, str]]) -> Iterator[tuple[KeptRow, dict[str, str]]]:
    for row in log.filled:
        cells = log.values(row)
        if (cells.get("table", ""), cells.get("row", "")) in gone and GONE not in cells.get("notes", ""):
            yield row, cells


def _with_gone(notes: str) -> str:
    return f"{notes}; {GONE}" if notes else GONE


def _said(tables: Mapping[str, Table], found: StudyRows, decisions: list[Decision]) -> Iterator[str]:
    for position, report, cells in decisions:
        was = tables["screening"].rows[position]["decision"]
        yield f"{tables['screening'].file}: {report}: {was}, then {EXCLUDED} ({cells['reason']})"
    for name, positions in found.rows.items():
        lines = ", ".join(str(tables[name].lines[i]) for i in positions)
        word = "line" if len(positions) == 1 else "lines"
        yield f"{tables[name].file}: {plural(len(positions), 'row')} deleted ({word} {lines})"
    for name, position, column, one in found.named:
        row = row_names(tables[name].rows, tables[name].spec)[position]
        yield f"{tables[name].file}: {column} of {row} no longer names {one}"
