"""What extractors entered, side by side: one cell for each value that two of them could have given alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .entered_tables import SOURCES, Entered, compared, row_key
from .reading import Table
from .settings import ReviewSettings
from .specs import ColumnSpec, TableSpec, items

Row = Mapping[str, Any]

#: How the record of adjudication calls a cell without a value, and a row that nobody or somebody entered.
EMPTY, ENTERED, NOT_FOUND = "empty", "entered", "not found"
#: Name of the cell that holds events and total of an outcome, and of the cell that says whether a row was entered.
COUNT, PRESENCE = "count", "entered"
#: What a row of a table is called where the cell is about the row itself.
SINGULAR = {"arms": "arm", "patients": "patient", "studies": "study", "reports": "report"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one extractor entered in a cell.

    Attributes:
        value: What is compared; None = nothing was entered.
        text: As the record of adjudication writes it: ``2/7``, ``topical``, ``empty``.
        numbers: Events and total of a count, else the number of a numeric column, else nothing.
        file, line: Where it stands; where nothing was entered, the file alone.
        source: How it was read, in the extractor's words, or "".
    """

    value: Hashable | None
    text: str
    numbers: tuple[float, ...]
    file: str
    line: int | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value that each extractor could have entered.

    Attributes:
        table: Name of the table.
        row: What names the row: arm, outcome, unit and time of a count; else its id or keys.
        arm_id, report_id: As the record of adjudication has them, or None.
        field: As that record writes it: an outcome or a column, with what tells rows of one arm apart.
        name: Column, ``count`` for events and total, ``entered`` for whether there is such a row.
        outcome: Of a row of outcomes, else None.
        entries: One for each extractor.
    """

    table: str
    row: tuple[str, ...]
    arm_id: str | None
    report_id: str | None
    field: str
    name: str
    outcome: str | None
    entries: tuple[Entry, ...]

    @property
    def asked(self) -> tuple[Entry, ...]:
        """Entries of those who could fill it: a column is asked only of those who entered its row."""
        if self.name in (COUNT, PRESENCE):
            return self.entries
        return tuple(entry for entry in self.entries if entry.line is not None)

    @property
    def filled(self) -> int:
        """How many extractors entered something."""
        return sum(entry.value is not None for entry in self.entries)

    @property
    def alike(self) -> bool:
        """Whether all who were asked entered the same."""
        return self.filled == len(self.asked) and len({entry.value for entry in self.asked}) == 1

    @property
    def differs(self) -> bool:
        """Whether somebody entered something, and not all the same."""
        return self.filled > 0 and not self.alike

    @property
    def key(self) -> tuple[str, str, str]:
        """What a row of the record of adjudication is found by."""
        return self.table, self.arm_id or self.report_id or "", self.field


@dataclass(frozen=True, slots=True)
class Desk:
    """A review's tables as they are needed beside what extractors entered.

    Attributes:
        folder: Of the review. settings: What review.toml says. book: The codebook.
        rows, lines: Of each table: its rows as plain values, and the line of each.
    """

    folder: Path
    settings: ReviewSettings
    book: Mapping[str, TableSpec]
    rows: Mapping[str, Sequence[Row]]
    lines: Mapping[str, Sequence[int]]

    def reports(self) -> dict[str, str]:
        """Arm or study -> the included report of its study, else its first report."""
        included = {row["report_id"] for row in self.rows.get("screening", ()) if row["decision"] == "included"}
        found: dict[str, str] = {}
        for row in sorted(self.rows.get("reports", ()), key=lambda row: row["report_id"] not in included):
            if row["study_id"] and row["report_id"]:
                found.setdefault(row["study_id"], row["report_id"])
        for row in self.rows.get("arms", ()):
            if row["arm_id"] and row["study_id"] in found:
                found.setdefault(row["arm_id"], found[row["study_id"]])
        return found


def side_by_side(entered: Entered, desk: Desk) -> tuple[Cell, ...]:
    """The cells of every table that two or more extractors kept, in the order of the tables."""
    cells: list[Cell] = []
    reports = desk.reports()
    for name, tables in entered.items():
        if len(tables) < 2:
            continue
        columns = compared(name, desk.book[name], list(tables.values()))
        rows = (
            _outcome_rows(tables, desk, reports)
            if name == "outcomes"
            else _keyed_rows(name, tables, desk.book[name], reports)
        )
        for row in rows:
            cells += row.cells(columns)
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class _Together:
    """A row of a table as each extractor entered it (position in the extractor's table, None = not entered)."""

    table: str
    key: tuple[str, ...]
    arm_id: str | None
    report_id: str | None
    label: str
    outcome: str | None
    tables: tuple[Table, ...]
    places: tuple[int | None, ...]

    def cells(self, columns: Sequence[ColumnSpec]) -> Iterator[Cell]:
        """The count or the presence first, then the columns, where two or more entered the row."""
        if self.outcome is not None:
            yield self._cell(COUNT, self.label, [self._count(i) for i in range(len(self.tables))])
        else:
            yield self._cell(PRESENCE, self.label, [self._presence(i) for i in range(len(self.tables))])
        if sum(place is not None for place in self.places) < 2:
            return
        rest = self.label if self.outcome is not None else self.label.partition(": ")[2]
        for column in columns:
            if column.name == "timepoint_months" and self.key[-1]:
                continue  # the rows were told apart by it
            entries = [self._value(i, column) for i in range(len(self.tables))]
            yield self._cell(column.name, f"{column.name}: {rest}" if rest else column.name, entries)

    def _cell(self, name: str, field: str, entries: Sequence[Entry]) -> Cell:
        return Cell(self.table, self.key, self.arm_id, self.report_id, field, name, self.outcome, tuple(entries))

    def _row(self, i: int) -> Row | None:
        place = self.places[i]
        return None if place is None else self.tables[i].rows[place]

    def _entry(self, i: int, value: Hashable | None, text: str, numbers: tuple[float, ...] = ()) -> Entry:
        place, table = self.places[i], self.tables[i]
        if place is None:
            return Entry(value, text, numbers, table.file, None)
        said = [str(table.rows[place][name]) for name in SOURCES if table.rows[place].get(name)]
        return Entry(value, text, numbers, table.file, table.lines[place], "; ".join(said))

    def _presence(self, i: int) -> Entry:
        there = self.places[i] is not None
        # An absent row is an answer here: it is compared, as everything that was found or not found.
        return self._entry(i, ENTERED if there else None, ENTERED if there else NOT_FOUND)

    def _count(self, i: int) -> Entry:
        row = self._row(i)
        if row is None or (row["events"] is None and row["total"] is None):
            return self._entry(i, None, EMPTY)
        events, total = row["events"], row["total"]
        text = "/".join(EMPTY if part is None else str(part) for part in (events, total))
        known = () if None in (events, total) else (float(events), float(total))
        return self._entry(i, (events, total), text, known)

    def _value(self, i: int, column: ColumnSpec) -> Entry:
        row = self._row(i)
        value = None if row is None else row.get(column.name)
        if value is None:
            return self._entry(i, None, EMPTY)
        numbers = (float(value),) if column.is_numeric else ()
        return self._entry(i, comparable(value, column), as_text(value), numbers)


def comparable(value: Any, column: ColumnSpec) -> Hashable:
    """A value so that two are equal where they say the same: numbers by size, lists in any order, words in any case."""
    if column.is_numeric:
        return float(value)
    if column.type in ("list", "refs"):
        return frozenset(_plain(item) for item in items(str(value)))
    return _plain(str(value))


def as_text(value: Any) -> str:
    """A value as a person would type it."""
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def count_label(outcome: str, unit: str | None, months: float | None, declared: str | None) -> str:
    """An outcome with what tells its rows apart: ``improved``, ``improved: heel, 12 months``.

    Args:
        outcome: Its name. unit: As entered, named where it is not the ``declared`` one. months: None = not to be named.
    """
    parts = [unit] if unit and unit != declared else []
    if months is not None:
        parts.append(f"{months:g} months")
    return f"{outcome}: {', '.join(parts)}" if parts else outcome


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _keyed_rows(
    name: str, tables: Mapping[str, Table], spec: TableSpec, reports: Mapping[str, str]
) -> Iterator[_Together]:
    keys = row_key(name, spec)
    if not keys:
        return
    places: dict[tuple[str, ...], list[int | None]] = {}
    words: dict[tuple[str, ...], tuple[str, ...]] = {}
    for i, table in enumerate(tables.values()):
        for place, row in enumerate(table.rows):
            if any(row[column] is None for column in keys):
                continue
            key = tuple(_plain(str(row[column])) if column == "term" else str(row[column]) for column in keys)
            words.setdefault(key, tuple(str(row[column]) for column in keys))
            places.setdefault(key, [None] * len(tables))[i] = place
    every = tuple(tables.values())
    for key, found in places.items():
        first = next(t.rows[p] for t, p in zip(every, found, strict=True) if p is not None)
        arm = first.get("arm_id")
        report = first.get("report_id") or reports.get(str(arm)) or reports.get(str(first.get("study_id")))
        own = " ".join(w for w, column in zip(words[key], keys, strict=True) if column not in ("arm_id", "report_id"))
        what = SINGULAR.get(name, "row")
        label = f"{what}: {own}" if own else what
        yield _Together(name, words[key], arm, report, label, None, every, tuple(found))


def _outcome_rows(tables: Mapping[str, Table], desk: Desk, reports: Mapping[str, str]) -> Iterator[_Together]:
    """Rows of one arm, outcome and unit are one cell where nobody has several; else they are told apart by time."""
    every = tuple(tables.values())
    groups: dict[tuple[str, str, str], list[list[int]]] = {}
    for i, table in enumerate(every):
        for place, row in enumerate(table.rows):
            key = (row["arm_id"], row["outcome"], row["unit"])
            if None not in key:
                groups.setdefault(key, [[] for _ in every])[i].append(place)
    for (arm, outcome, unit), found in groups.items():
        spec = desk.settings.outcomes.get(outcome)
        declared = unit if spec is None else spec.unit
        alone = all(len(places) <= 1 for places in found)
        times = {None: tuple(places[0] if places else None for places in found)} if alone else _by_time(every, found)
        for months, places in times.items():
            label = count_label(outcome, unit, months, declared)
            key4 = (arm, outcome, unit, "" if months is None else f"{months:g}")
            yield _Together("outcomes", key4, arm, reports.get(arm), label, outcome, every, places)


def _by_time(tables: Sequence[Table], found: Sequence[Sequence[int]]) -> dict[float | None, tuple[int | None, ...]]:
    times: dict[float | None, list[int | None]] = {}
    for i, places in enumerate(found):
        for place in places:
            months = tables[i].rows[place]["timepoint_months"]
            times.setdefault(months, [None] * len(tables))[i] = place
    return {months: tuple(times[months]) for months in sorted(times, key=lambda one: (one is None, one or 0.0))}


def place_of(entry: Entry) -> str:
    """Where a value stands, as ``extractor_a_outcomes.csv:5``."""
    name = Path(entry.file).name
    return name if entry.line is None else f"{name}:{entry.line}"
