"""A value settled between extractors, written into the record of adjudication with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import near, unknown, usage
from ..files import write_whole
from ..kept_rows import Edit, read_kept
from .adjudication import AFTER, BEFORE, NO_ROW, VALUE, Record, Ruling, count_of, is_absent, new_header, said
from .adjudication_checks import Extracted
from .fitting import fitting
from .side_by_side import COUNT, EMPTY, ENTERED, NOT_FOUND, PRESENCE, Cell, Desk, Entry

LEFT_OUT = "left out"
MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Settled:
    """What somebody settled.

    Attributes:
        table, row, field: Which cell: its table, the arm (or report, or whatever names the row), and the outcome or
            column as the list of differences has it.
        final: The value: events/total, a word or number of the column, or that there is none (``no row``, ``empty``).
        reason: Why.
    """

    table: str
    row: str
    field: str
    final: str
    reason: str


def settle(extracted: Extracted, desk: Desk, one: Settled) -> Ruling:
    """Add a row to extraction/adjudication.csv; columns and rows that are there stay as they are, byte by byte.

    Raises:
        UsageError: no reason; no such cell; a value that the cell can't hold; nothing to settle; settled already, alike
            or otherwise; a file that can't be added to.
    """
    if not one.reason.strip():
        raise usage(
            f"{one.row} {one.field}: no reason is given",
            'say why, as --reason "table 2 counts all patients": nobody can judge a value that was settled without one',
            "no-reason",
        )
    cell = find_cell(extracted, desk, one)
    final = final_value(cell, desk, one.final)
    record = extracted.record
    _refuse_settled(record, cell, final)
    if cell.alike and said(final) == said(cell.entries[0].text):
        raise usage(
            f"{one.row} {one.field}: all extractors entered {final}, there is nothing to settle",
            "leave it; or give the other value that holds, with its reason",
            "nothing-to-settle",
        )
    names = tuple(extracted.entered[cell.table])
    header = record.header or new_header(names)
    values = {name: entry.text for name, entry in zip(names, cell.entries, strict=True)}
    report = cell.report_id or _report_in(record, cell.arm_id) or ""
    ruling = Ruling(cell.arm_id or "", report, cell.table, cell.field, values, final, " ".join(one.reason.split()), 0)
    lacking = [f"{VALUE}{name}" for name in names if f"{VALUE}{name}" not in header]
    if lacking:
        mend = f"add {' and '.join(lacking)} to its header and an empty cell to each row"
        raise usage(f"{record.path} has no column {lacking[0]}", mend, "missing-column")
    return Ruling(*_fields(ruling), _append(record, header, ruling))


def _fields(one: Ruling) -> tuple[str, str, str, str, dict[str, str], str, str]:
    return one.arm_id, one.report_id, one.table, one.field, dict(one.values), one.final, one.reason


def find_cell(extracted: Extracted, desk: Desk, one: Settled) -> Cell:
    """The cell that is meant; a count that no extractor entered is one too.

    Raises:
        UsageError: it is in no table that two extractors kept.
    """
    kept = [table for table, tables in extracted.entered.items() if len(tables) > 1]
    if one.table not in kept:
        raise unknown("table of two extractors", one.table, kept, "unknown-table")
    cells = [cell for cell in extracted.cells if cell.table == one.table]
    of_row = [cell for cell in cells if one.row in (cell.arm_id, cell.report_id, " ".join(cell.row))]
    found = [cell for cell in of_row if cell.field == one.field]
    if not found and one.table == "outcomes" and one.field.partition(": ")[0] in desk.settings.outcomes:
        return _entered_by_nobody(extracted, desk, one)
    if not of_row:
        rows = list(dict.fromkeys(cell.arm_id or " ".join(cell.row) for cell in cells))
        differing = list(dict.fromkeys(cell.arm_id or " ".join(cell.row) for cell in cells if cell.differs))
        shown = differing[:MOST_NAMES] or rows[:MOST_NAMES]
        raise usage(f"{one.table} of the extractors have no {one.row!r}", near(one.row, shown), "unknown-row")
    if not found:
        raise unknown(f"field of {one.row}", one.field, [cell.field for cell in of_row], "unknown-field")
    if len(found) > 1:
        rows = [" ".join(cell.row) for cell in found]
        raise usage(f"{one.row} {one.field} is more than one cell", f"name the row: {' or '.join(rows)}", "ambiguous")
    return found[0]


def _entered_by_nobody(extracted: Extracted, desk: Desk, one: Settled) -> Cell:
    arms = {str(row["arm_id"]) for row in desk.rows.get("arms", ())}
    arms |= {cell.arm_id for cell in extracted.cells if cell.arm_id is not None}
    if one.row not in arms:
        raise usage(f"there is no arm {one.row!r}", near(one.row, sorted(arms)), "unknown-row")
    outcome = one.field.partition(": ")[0]
    entries = tuple(Entry(None, EMPTY, (), table.file, None) for table in extracted.entered["outcomes"].values())
    report = desk.reports().get(one.row)
    return Cell("outcomes", (one.row, outcome), one.row, report, one.field, COUNT, outcome, entries)


def final_value(cell: Cell, desk: Desk, text: str) -> str:
    """A settled value as the record writes it.

    Raises:
        UsageError: the cell can't hold it.
    """
    text = " ".join(text.split())
    if not text:
        raise usage(f"{cell.field}: no final value is given", f"give one, or {NO_ROW!r}", "no-final")
    if cell.name == COUNT:
        return _final_count(cell, text)
    if cell.name == PRESENCE:
        words = (ENTERED, LEFT_OUT, NOT_FOUND)
        if text not in words:
            raise usage(f"{cell.field}: {text!r} is not one of them", near(text, words), "unknown-term")
        return text
    column = desk.book[cell.table].column(cell.name)
    return EMPTY if column is None or is_absent(text) else fitting(text, column, cell.field)


def _final_count(cell: Cell, text: str) -> str:
    if is_absent(text):
        return NO_ROW
    count = count_of(text)
    if count is None:
        raise usage(f"{cell.field}: {text!r} is not a count", f"write it as 2/5, or {NO_ROW!r}", "not-a-count")
    events, total = count
    if total == 0 or events > total:
        raise usage(f"{cell.field}: {events} events of {total}", "check both numbers against the report", "bad-count")
    return f"{events}/{total}"


def _refuse_settled(record: Record, cell: Cell, final: str) -> None:
    ruling = record.of(cell)
    if ruling is None:
        return
    what = f"{ruling.arm_id or ruling.report_id} {ruling.field}"
    where = f"line {ruling.line} of {record.path}"
    if said(ruling.final) == said(final):
        raise usage(f"{what} is settled as {final} already", f"nothing: it is {where}", "settled-already")
    raise usage(
        f"{what} is settled as {ruling.final} already, not {final}",
        f"if that no longer holds, change {where} and its reason",
        "adjudication-contradicts",
    )


def _report_in(record: Record, arm: str | None) -> str | None:
    return next((one.report_id for one in record.rulings if arm and one.arm_id == arm and one.report_id), None)


def _append(record: Record, header: Sequence[str], ruling: Ruling) -> int:
    """Write the row below the others; the line it stands in."""
    given = dict(zip(BEFORE, _fields(ruling)[:4], strict=True)) | dict(zip(AFTER, _fields(ruling)[5:], strict=True))
    given |= {f"{VALUE}{name}": value for name, value in ruling.values.items()}
    table = read_kept(record.path, header)
    edited = table.edited([Edit(table.own(given))])
    content = edited.content()
    try:
        record.path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise usage(f"can't write {record.path}: {error.strerror}", "check the folder", "write") from error
    write_whole(record.path, content)
    return edited.lines[0]
