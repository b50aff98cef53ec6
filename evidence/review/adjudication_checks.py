"""Whether extractors' differences are settled, and whether the tables hold what was settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import Problem
from .adjudication import Record, Ruling, count_of, is_absent, is_entered, read_record, said
from .cells import BadCell, parse_number
from .entered_tables import Entered, read_entered, row_key
from .extraction import FOLDER
from .side_by_side import COUNT, SINGULAR, Cell, Desk, as_text, comparable, place_of, side_by_side
from .specs import ColumnSpec, TableSpec


@dataclass(frozen=True, slots=True)
class Extracted:
    """What the folder ``extraction`` of a review holds.

    Attributes:
        entered: Table -> extractor -> what was entered. cells: Those tables side by side.
        record: Of adjudication.
        problems: What reading the files found, warnings and errors.
    """

    entered: Entered
    cells: tuple[Cell, ...]
    record: Record
    problems: tuple[Problem, ...]


def read_extracted(desk: Desk) -> Extracted:
    """Read the folder ``extraction`` of a review; never raises for what the files hold."""
    entered, problems = read_entered(desk.folder, desk.book)
    record = read_record(desk.folder)
    cells = side_by_side(entered, desk)
    return Extracted(entered, cells, record, (*problems, *record.problems))


def extraction_problems(desk: Desk) -> list[Problem]:
    """What is wrong in the folder ``extraction``, as warnings: it is a record beside the tables, not part of them."""
    if not (desk.folder / FOLDER).is_dir():
        return []
    extracted = read_extracted(desk)
    found = [*extracted.problems, *settling_problems(extracted, desk)]
    return [replace(problem, severity="warning") for problem in found]


def settling_problems(extracted: Extracted, desk: Desk) -> list[Problem]:
    """Differences that nobody settled, rows of the record that contradict something, marks that are not so."""
    problems = [_open(cell) for cell in extracted.cells if cell.differs and extracted.record.of(cell) is None]
    problems += _contradictions(extracted.record)
    problems += _other_values(extracted)
    finals = Finals(desk)
    for ruling in _last(extracted.record.rulings):
        problems += _not_held(extracted.record, ruling, finals)
    problems += _marks(extracted, desk)
    return problems


def _open(cell: Cell) -> Problem:
    entry = next(entry for entry in cell.entries if entry.value is not None)
    said_by = " and ".join(entry.text for entry in cell.entries)
    message = f"{cell.arm_id or cell.report_id or ' '.join(cell.row)} {cell.field}: entered as {said_by}, not settled"
    mend = "settle it with its reason: evidence agree REVIEW --adjudicate"
    return Problem("not-adjudicated", message, mend, entry.file, entry.line, severity="warning")


def _place(record: Record, ruling: Ruling, column: str, code: str, message: str, mend: str) -> Problem:
    return Problem(code, message, mend, str(record.path), ruling.line, column, "warning")


def _contradictions(record: Record) -> Iterator[Problem]:
    """Rows without a reason, and rows that settle one thing in two ways."""
    first: dict[tuple[str, str, str], Ruling] = {}
    for one in (ruling for ruling in record.rulings if ruling.final):
        if not one.reason:
            message = f"{_about(one)}: settled as {one.final!r} without a reason"
            yield _place(
                record, one, "reason", "no-reason", message, "say why: it is what a reader of the record needs"
            )
        earlier = first.setdefault(one.key, one)
        if said(earlier.final) != said(one.final):
            message = f"{_about(one)}: settled as {one.final!r} here and as {earlier.final!r} in line {earlier.line}"
            mend = "keep the row that holds"
            yield _place(record, one, "final", "adjudication-contradicts", message, mend)


def _last(rulings: Sequence[Ruling]) -> list[Ruling]:
    return list({one.key: one for one in rulings if one.final}.values())


def _about(one: Ruling) -> str:
    return f"{one.arm_id or one.report_id} {one.field}".strip()


def _other_values(extracted: Extracted) -> Iterator[Problem]:
    """Values of the record that are not those of the extractors' own files."""
    cells = {cell.key: cell for cell in extracted.cells}
    for one in extracted.record.rulings:
        cell = cells.get(one.key)
        if cell is None:
            continue
        entries = dict(zip(extracted.entered[cell.table], cell.entries, strict=True))
        wrong = [n for n, entry in entries.items() if n in one.values and said(one.values[n]) != said(entry.text)]
        if wrong:
            recorded = " and ".join(f"{name.upper()} {one.values[name]!r}" for name in wrong)
            has = " and ".join(f"{place_of(entries[name])} {entries[name].text!r}" for name in wrong)
            mend = "write what the extractor entered, or mend the extractor's file if it was copied wrongly"
            message = f"{_about(one)}: recorded as entered by {recorded}, the files have {has}"
            yield _place(extracted.record, one, f"value_{wrong[0]}", "adjudication-value", message, mend)


def _not_held(record: Record, ruling: Ruling, finals: Finals) -> Iterator[Problem]:
    held = finals.of(ruling)
    if held is None:
        return
    final, mend = ruling.final, f"put the settled value into {ruling.table}.csv, or record why it was changed"
    if is_absent(final):
        wrong = [text for text in held if text is not None]
    else:
        wrong = [] if any(finals.same(ruling, final, text) for text in held) else [text or "" for text in held]
        if not held:
            wrong = ["no row"]
    if wrong:
        has = " or ".join(dict.fromkeys(text or "an empty cell" for text in wrong))
        message = f"{_about(ruling)}: settled as {final!r}, {ruling.table}.csv has {has}"
        yield _place(record, ruling, "final", "adjudication-differs", message, mend)


def _can_hold(column: ColumnSpec, final: str) -> bool:
    """Whether a final value is one that the column can hold; sentences are for people, and nobody can check them."""
    if is_absent(final):
        return True
    if column.is_numeric:
        return not isinstance(parse_number(final.strip(), whole=False), BadCell)
    if column.type in ("text", "list", "refs"):
        return False
    return final in ("yes", "no") if column.type == "yes_no" else not column.terms or final in column.terms


def _text(value: Any) -> str:
    return "" if value is None else as_text(value)


class Finals:
    """What the tables of a review hold for a row of the record."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of(self, ruling: Ruling) -> list[str | None] | None:
        """Texts of the cells it is about, None for an empty one; no text = no such row; None = it can't be told."""
        spec = self._desk.book.get(ruling.table)
        if spec is None:
            return None
        what, _, rest = ruling.field.partition(": ")
        final = ruling.final
        if ruling.table == "outcomes" and what in self._desk.settings.outcomes:
            return self._counts(ruling, what, rest) if is_absent(final) or count_of(final) else None
        if what == SINGULAR.get(ruling.table, "row"):
            told = is_absent(final) or is_entered(final)
            return (["such a row"] if self._named(ruling, spec, rest) else []) if told else None
        column = spec.column(what)
        if column is None or column.name in row_key(ruling.table, spec) or not _can_hold(column, final):
            return None
        named = self._named(ruling, spec, rest)
        if not named and not is_absent(final):
            return None
        return [None if row[what] is None else as_text(row[what]) for row in named]

    def same(self, ruling: Ruling, final: str, text: str | None) -> bool:
        """Whether a final value is what a cell holds."""
        if is_entered(final):
            return True
        counts = count_of(final)
        if counts is not None and text is not None and count_of(text) is not None:
            return counts == count_of(text)
        spec = self._desk.book[ruling.table]
        column = spec.column(ruling.field.partition(": ")[0])
        if column is None or column.is_numeric or text is None:
            return said(final) == said(text or "")
        return comparable(final, column) == comparable(text, column)

    def _counts(self, ruling: Ruling, outcome: str, rest: str) -> list[str | None]:
        declared = self._desk.settings.outcomes[outcome].unit
        parts = [part.strip() for part in rest.split(",") if part.strip()]
        months = next((part.removesuffix(" months") for part in parts if part.endswith(" months")), None)
        unit = next((part for part in parts if not part.endswith(" months")), declared)
        return [
            f"{row['events']}/{row['total']}"
            for row in self._desk.rows.get("outcomes", ())
            if (row["arm_id"], row["outcome"], row["unit"]) == (ruling.arm_id, outcome, unit)
            and (months is None or said(months) == said(_text(row["timepoint_months"])))
        ]

    def _named(self, ruling: Ruling, spec: TableSpec, rest: str) -> list[Mapping[str, Any]]:
        """Rows of the arm, or else of the report, and of what the field names besides."""
        rows = self._desk.rows.get(spec.name, ())
        if ruling.arm_id and spec.column("arm_id"):
            rows = [row for row in rows if row["arm_id"] == ruling.arm_id]
        elif ruling.report_id and spec.column("report_id"):
            rows = [row for row in rows if row["report_id"] == ruling.report_id]
        elif not rest:
            return []
        names = [*row_key(spec.name, spec), "outcome"]
        return [row for row in rows if not rest or said(rest) in [said(str(row.get(name) or "")) for name in names]]


def _marks(extracted: Extracted, desk: Desk) -> Iterator[Problem]:
    """Counts marked as agreed by both that extractors did not enter alike, or not as they are."""
    if len(extracted.entered.get("outcomes", {})) < 2:
        return
    counts = {cell.row: cell for cell in extracted.cells if cell.name == COUNT}
    lines = desk.lines.get("outcomes", ())
    for i, row in enumerate(desk.rows.get("outcomes", ())):
        if row.get("agreed_by_both") != "yes":
            continue
        key = (row["arm_id"], row["outcome"], row["unit"])
        months = _text(row["timepoint_months"])
        cell = counts.get((*key, "")) or counts.get((*key, months))
        same = cell is not None and cell.alike and cell.entries[0].value == (row["events"], row["total"])
        if not same:
            texts = "no row of theirs" if cell is None else " and ".join(entry.text for entry in cell.entries)
            message = f"{row['arm_id']} {row['outcome']}: agreed_by_both is yes, the extractors have {texts}"
            mend = "write no, or leave the cell empty"
            line = lines[i] if i < len(lines) else None
            yield Problem(
                "not-agreed", message, mend, str(desk.folder / "outcomes.csv"), line, "agreed_by_both", "warning"
            )
