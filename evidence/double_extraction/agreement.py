"""Agreement of extractors in numbers: cells and rows alike, and each column with kappa, AC1 and ICC."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from ..measures.agreement import (
    Coefficient,
    category_counts,
    cohen_kappa,
    cross_table,
    fleiss_kappa,
    gwet_ac1,
    intraclass,
    percent_agreement,
)
from ..review.adjudication import Ruling, is_entered
from ..review.adjudication_checks import Extracted
from ..review.entered_tables import compared
from ..review.recorded_agreement import Recorded
from ..review.side_by_side import COUNT, PRESENCE, SINGULAR, Cell, Desk, Entry

EVENTS, TOTAL = "events", "total"
#: Beginning of the comparisons of counts.
IDENTICAL = "events and total identical"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many things were entered alike.

    Attributes:
        metric, among: What is compared, and among which things.
        n, agree: Things, and those alike. percent: The share with exact limits.
        remark: Who entered what the other did not, or how it was found.
        recorded: What the review's own record says of the same, or None.
    """

    metric: str
    among: str
    n: int
    agree: int
    percent: Coefficient
    remark: str | None = None
    recorded: Recorded | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        row = self.recorded
        return {
            "metric": self.metric,
            "among": self.among,
            "n": self.n,
            "agree": self.agree,
            "percent": self.percent.to_dict(),
            "remark": self.remark,
            "recorded": None if row is None else {"n": row.n, "agree": row.agree},
        }


@dataclass(frozen=True, slots=True)
class NotComputed:
    """What can't be told from the files.

    Attributes:
        metric: What. reason: Why not. recorded: What the review's own record says of it.
    """

    metric: str
    reason: str
    recorded: tuple[Recorded, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        rows = [
            {"metric": row.metric, "among": row.among, "n": row.n, "agree": row.agree, "kappa": row.kappa}
            for row in self.recorded
        ]
        return {"metric": self.metric, "reason": self.reason, "recorded": rows}


@dataclass(frozen=True, slots=True)
class FieldAgreement:
    """Agreement of some extractors on a column, or on the counts of an outcome.

    Attributes:
        table, field: The column, or the outcome. extractors: Whose agreement.
        numeric: Whether it holds numbers.
        both: Share alike of the cells that all of these filled, n and agree beside it.
        either: Share alike of the cells that any of these filled: an empty one is a disagreement. Columns of a row are
            compared where all of these entered the row; rows that some did not enter are a comparison of their own.
        kappa, ac1: Of the cells that two or more filled; every different value is a category.
        icc: Of numbers, over the cells that all filled; None of words.
    """

    table: str
    field: str
    extractors: tuple[str, ...]
    numeric: bool
    both: Share
    either: Share
    kappa: Coefficient
    ac1: Coefficient
    icc: Coefficient | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "table": self.table,
            "field": self.field,
            "extractors": list(self.extractors),
            "numeric": self.numeric,
            "both": self.both.to_dict(),
            "either": self.either.to_dict(),
            "kappa": self.kappa.to_dict(),
            "ac1": self.ac1.to_dict(),
            "icc": None if self.icc is None else self.icc.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Share:
    """Things alike among things: ``n``, ``agree`` and the share with exact limits."""

    n: int
    agree: int
    percent: Coefficient

    @classmethod
    def of(cls, agree: int, n: int, level: float) -> Share:
        """With its limits."""
        return cls(n, agree, percent_agreement(agree, n, level))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"n": self.n, "agree": self.agree, "percent": self.percent.to_dict()}


def comparisons(extracted: Extracted, desk: Desk, level: float) -> list[Comparison]:
    """Counts alike in cells entered by both, by either, and without what follows from another outcome; rows entered."""
    found: list[Comparison] = []
    counts = [cell for cell in extracted.cells if cell.name == COUNT]
    if counts:
        found += _of_counts(counts, desk, len(extracted.entered["outcomes"]), level)
    tables = dict.fromkeys(cell.table for cell in extracted.cells if cell.name == PRESENCE)
    found += [_of_rows(extracted, table, level) for table in tables]
    if "arms" not in tables:
        found += _arms_by_record(extracted, desk, level)
    return found


def _of_counts(counts: Sequence[Cell], desk: Desk, people: int, level: float) -> Iterator[Comparison]:
    every, some, one = ("both", "either", "one") if people == 2 else ("all", "any", "some")
    both = [cell for cell in counts if cell.filled == people]
    either = [cell for cell in counts if cell.filled]
    yield _comparison(IDENTICAL, f"arm-outcome cells entered by {every}", both, level)
    among = f"arm-outcome cells entered by {some}"
    strict = f"{IDENTICAL}, a cell left empty by {one} counts as disagreement"
    yield _comparison(strict, among, either, level)
    follows = {spec.name: spec.complement_of for spec in desk.settings.outcomes.values() if spec.complement_of}
    here = [name for name in follows if any(cell.outcome == name for cell in either)]
    if here:
        what = " and ".join(f"{name} (which follows from {follows[name]})" for name in here)
        rest = [cell for cell in either if cell.outcome not in follows]
        yield _comparison(f"as above without {what}", among, rest, level)


def _comparison(metric: str, among: str, cells: Sequence[Cell], level: float) -> Comparison:
    agree = sum(cell.alike for cell in cells)
    return Comparison(metric, among, len(cells), agree, percent_agreement(agree, len(cells), level))


def _of_rows(extracted: Extracted, table: str, level: float) -> Comparison:
    names = list(extracted.entered[table])
    cells = [cell for cell in extracted.cells if cell.table == table and cell.name == PRESENCE]
    lacking = {
        " ".join(cell.row): [name for name, entry in zip(names, cell.entries, strict=True) if entry.value is not None]
        for cell in cells
        if not cell.alike
    }
    return _rows_entered(table, (len(cells), len(names)), lacking, None, level)


def _rows_entered(
    table: str, size: tuple[int, int], lacking: dict[str, list[str]], how: str | None, level: float
) -> Comparison:
    n, people = size
    words = table.replace("_", " ")
    alone: dict[str, list[str]] = {}
    for row, names in lacking.items():
        alone.setdefault(" and ".join(name.upper() for name in names) + " only", []).append(row)
    said = [f"{who}: {', '.join(rows)}" for who, rows in sorted(alone.items())]
    remark = "; ".join([*said, *([how] if how else [])]) or None
    agree = n - len(lacking)
    among = f"{words} of {'either' if people == 2 else 'any'}"
    return Comparison(f"{words} entered", among, n, agree, percent_agreement(agree, n, level), remark)


def _arms_by_record(extracted: Extracted, desk: Desk, level: float) -> Iterator[Comparison]:
    """Arms that each entered, where no table of arms is kept but the changes to it are.

    An arm of arms.csv that the record does not speak of was entered by all; of the others the record says by whom.
    """
    names = list(next((tables for tables in extracted.entered.values() if len(tables) > 1), {}))
    told = {one.arm_id: one for one in extracted.record.rulings if _is_of_arm(one)}
    if not told or any(name not in extracted.record.extractors for name in names):
        return
    arms = dict.fromkeys([*(str(row["arm_id"]) for row in desk.rows.get("arms", ())), *told])
    by = {arm: [n for n in names if arm not in told or is_entered(told[arm].values[n])] for arm in arms}
    entered = {arm: who for arm, who in by.items() if who}
    lacking = {arm: who for arm, who in entered.items() if len(who) < len(names)}
    how = "from arms.csv and the changes to it in adjudication.csv"
    yield _rows_entered("arms", (len(entered), len(names)), lacking, how, level)


def _is_of_arm(ruling: Ruling) -> bool:
    return bool(ruling.arm_id) and ruling.table == "arms" and ruling.field == SINGULAR["arms"]


def fields_of(extracted: Extracted, desk: Desk, table: str, level: float) -> Iterator[FieldAgreement]:
    """Agreement on each column of a table: first events, total and both together, where it is one of counts."""
    names = tuple(extracted.entered[table])
    cells = [cell for cell in extracted.cells if cell.table == table]
    for people in groups(len(names)):
        who = tuple(names[i] for i in people)
        counts = [cell for cell in cells if cell.name == COUNT]
        if counts:
            label = f"{EVENTS} and {TOTAL}"
            yield _field((table, label), who, _values(counts, people), _Scale(False), level)
            for position, name in enumerate((EVENTS, TOTAL)):
                yield _field((table, name), who, _numbers(counts, people, position), _Scale(True), level)
        for column in compared(table, desk.book[table], list(extracted.entered[table].values())):
            asked = [cell for cell in cells if cell.name == column.name]
            own = [cell for cell in asked if all(cell.entries[i].line is not None for i in people)]
            words = len(column.terms) if column.type == "term" else 2 if column.type == "yes_no" else None
            scale = _Scale(column.is_numeric, words or None)
            if column.is_numeric:
                yield _field((table, column.name), who, _numbers(own, people, 0), scale, level)
            else:
                yield _field((table, column.name), who, _values(own, people), scale, level)


def by_outcome(extracted: Extracted, desk: Desk, level: float) -> Iterator[FieldAgreement]:
    """Agreement on the counts of each outcome, in the order of review.toml."""
    names = tuple(extracted.entered["outcomes"])
    counts = [cell for cell in extracted.cells if cell.name == COUNT]
    order = [*desk.settings.outcomes, *dict.fromkeys(str(cell.outcome) for cell in counts)]
    for outcome in dict.fromkeys(order):
        own = [cell for cell in counts if cell.outcome == outcome]
        for people in groups(len(names)) if own else ():
            who = tuple(names[i] for i in people)
            yield _field(("outcomes", outcome), who, _values(own, people), _Scale(False), level)


def groups(people: int) -> list[tuple[int, ...]]:
    """Positions of each pair, and of all where there are more than two."""
    pairs: list[tuple[int, ...]] = list(combinations(range(people), 2))
    return pairs if people == 2 else [*pairs, tuple(range(people))]


@dataclass(frozen=True, slots=True)
class _Scale:
    """What a column holds: numbers or not, and how many words there are to choose from (None = any)."""

    numeric: bool
    words: int | None = None


def _values(cells: Sequence[Cell], people: Sequence[int]) -> list[tuple[Hashable | None, ...]]:
    return [tuple(cell.entries[i].value for i in people) for cell in cells]


def _numbers(cells: Sequence[Cell], people: Sequence[int], position: int) -> list[tuple[Hashable | None, ...]]:
    return [tuple(_number(cell, cell.entries[i], position) for i in people) for cell in cells]


def _number(cell: Cell, entry: Entry, position: int) -> float | None:
    """A number as entered: of a count events or total, of which the other may be empty."""
    if cell.name == COUNT and isinstance(entry.value, tuple):
        part = entry.value[position]
        return None if part is None else float(part)
    return entry.numbers[position] if entry.numbers else None


def _field(
    place: tuple[str, str],
    who: tuple[str, ...],
    rows: Sequence[tuple[Hashable | None, ...]],
    scale: _Scale,
    level: float,
) -> FieldAgreement:
    some = [row for row in rows if any(value is not None for value in row)]
    full = [row for row in some if None not in row]
    alike = sum(len(set(row)) == 1 for row in full)
    several = [row for row in some if sum(value is not None for value in row) >= 2]
    codes = {value: i for i, value in enumerate(dict.fromkeys(v for row in several for v in row if v is not None))}
    coded = [[-1 if value is None else codes[value] for value in row] for row in several]
    counts = category_counts(coded if coded else np.empty((0, len(who)), dtype=np.int64), max(len(codes), 1))
    if len(who) == 2:
        first, second = ([row[i] for row in coded] for i in (0, 1))
        kappa = cohen_kappa(cross_table(first, second, len(codes)), level)
    else:
        kappa = fleiss_kappa(counts, level)
    icc = intraclass(np.array(full, dtype=float), level) if scale.numeric else None
    both, either = Share.of(alike, len(full), level), Share.of(alike, len(some), level)
    return FieldAgreement(*place, who, scale.numeric, both, either, kappa, gwet_ac1(counts, scale.words, level), icc)
