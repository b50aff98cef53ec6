"""CSV files to typed tables by the codebook; every problem with file, line, column, value and mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Problem, near
from ..rows import RawTable, parse_rows, read_rows
from .cells import BadCell, parse_cell
from .codebook import ColumnSpec, TableSpec, items

if TYPE_CHECKING:
    import pandas as pd

MISSING = "add the table, if only its header row: evidence codebook says what it holds"

__all__ = ["RawTable", "Table", "parse_rows", "read_rows", "read_table"]

#: Words of a column that are listed where its cell is empty.
_FEW_TERMS = 12
#: Counts of a row that stands only where they were read.
_COUNTED = frozenset({"events", "total"})
_DTYPES = {"integer": "Int64", "year": "Int64", "number": "Float64"}


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A typed table.

    Attributes:
        spec: Its columns.
        file: Path as the user gave it.
        rows: Each readable row as a dict of plain values, all columns of the spec in its order; None = missing.
        lines: 1-based physical line of each row.
        complete: False where rows could not be read, so that an id may be missing here.
    """

    spec: TableSpec
    file: str
    rows: tuple[dict[str, Any], ...]
    lines: tuple[int, ...]
    complete: bool = True

    @property
    def frame(self) -> pd.DataFrame:
        """The rows as a new frame, 0-based index; made only when asked for, as checking needs none.

        Text is pandas ``string``, numbers ``Int64`` or ``Float64``; a missing value is ``pd.NA``.
        """
        return _frame(self.rows, self.spec.columns)

    def problem(self, code: str, row: int, column: str | None, message: str, mend: str) -> Problem:
        """An error at a row (by position)."""
        return Problem(code, message, mend, self.file, self.lines[row], column)

    def warning(self, code: str, row: int, column: str | None, message: str, mend: str) -> Problem:
        """A warning at a row (by position)."""
        return replace(self.problem(code, row, column, message, mend), severity="warning")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as dicts of plain values; None = missing."""
    columns = {str(name): plain(column) for name, column in frame.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def plain(series: pd.Series[Any]) -> list[Any]:
    """The values of a column as Python values; None = missing."""
    values: list[Any] = series.array.to_numpy(dtype=object, na_value=None).tolist()
    return values


def read_table(folder: Path, spec: TableSpec) -> tuple[Table, list[Problem]]:
    """Read ``<folder>/<name>.csv`` by its spec; never raises for what the file holds.

    Returns:
        The table (empty where the file can't be read) and its problems in order of lines.
    """
    path = folder / spec.file
    if not spec.required and not path.exists():
        return _empty(spec, str(path), complete=True), []
    raw = read_rows(path)
    problems = [replace(p, mend=MISSING) if p.code == "missing-file" else p for p in raw.problems]
    if not raw.header:
        return _empty(spec, str(path), complete=False), problems
    problems.extend(_header_problems(raw, spec))
    if spec.filled and not raw.rows and raw.complete:
        message = f"the table holds no {spec.row}"
        problems.append(Problem("empty-table", message, "add at least one row", raw.file, raw.header_line))
    values, bad = _typed(raw, spec)
    problems.extend(bad)
    table = Table(spec, raw.file, _rows(values), raw.lines, raw.complete and _has_key(raw, spec))
    problems.extend(_rule_problems(table, {(problem.line, problem.column) for problem in bad}))
    order = {name: i for i, name in enumerate(spec.names)}
    return table, sorted(problems, key=lambda problem: (problem.line or 0, order.get(problem.column or "", -1)))


def _has_key(raw: RawTable, spec: TableSpec) -> bool:
    """Whether the id column is there."""
    return spec.key is None or spec.key in raw.header


def _empty(spec: TableSpec, file: str, complete: bool) -> Table:
    return Table(spec, file, (), (), complete)


def _header_problems(raw: RawTable, spec: TableSpec) -> list[Problem]:
    problems = []
    place = (raw.file, raw.header_line)
    for name in dict.fromkeys(raw.header):
        if name and name not in spec.names:
            missing = [known for known in spec.names if known not in raw.header] or list(spec.names)
            mend = near(name, missing) + "; or declare it in review.toml under [columns." + spec.name + "]"
            problems.append(
                Problem("unknown-column", f"the column {name!r} is not in the codebook", mend, *place, name)
            )
    for column in spec.columns:
        if column.name in raw.header or not (column.required or column.own):
            continue
        message = f"the column {column.name!r} is missing"
        if column.required:
            problems.append(Problem("missing-column", message, f"add it: {column.meaning}", *place, column.name))
        else:
            mend = "add it, or take it out of review.toml"
            problems.append(Problem("missing-column", message, mend, *place, column.name, "warning"))
    return problems


def _typed(raw: RawTable, spec: TableSpec) -> tuple[dict[str, list[Any]], list[Problem]]:
    values: dict[str, list[Any]] = {}
    problems: list[Problem] = []
    for column in spec.columns:
        if column.name not in raw.header:
            values[column.name] = [None] * len(raw.rows)
            continue
        position = raw.header.index(column.name)
        cells = [parse_cell(row[position], column) for _, row in raw.rows]
        for line, cell in zip(raw.lines, cells, strict=True):
            if isinstance(cell, BadCell):
                problems.append(Problem(cell.code, cell.message, cell.mend, raw.file, line, column.name))
        values[column.name] = [None if isinstance(cell, BadCell) else cell for cell in cells]
    return values, problems


def _frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[ColumnSpec]) -> pd.DataFrame:
    import pandas as pd

    types: dict[str, Any] = {column.name: _DTYPES.get(column.type, "string") for column in columns}
    return pd.DataFrame({name: pd.array([row[name] for row in rows], dtype=dtype) for name, dtype in types.items()})


def _rows(values: Mapping[str, Sequence[Any]]) -> tuple[dict[str, Any], ...]:
    return tuple(dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True))


def _rule_problems(table: Table, reported: set[tuple[int | None, str | None]]) -> list[Problem]:
    """What pandera finds by the rules of the columns, in our words; cells already reported are left out."""
    # Loading pandera and asking it takes longer than all other reading, and most tables have nothing to ask about.
    doubtful = [column for column in table.spec.columns if _doubtful(column, [row[column.name] for row in table.rows])]
    if not doubtful:
        return []
    import pandera.pandas as pa

    # The types are those that the frame was made with, so that only columns with a rule are looked at.
    columns = {column.name: _schema(column) for column in doubtful}
    schema = pa.DataFrameSchema({name: rules for name, rules in columns.items() if rules is not None})
    try:
        schema.validate(_frame(table.rows, doubtful), lazy=True)
    except pa.errors.SchemaErrors as error:
        failures = error.failure_cases
    else:
        return []
    problems = []
    for case in failures.to_dict("records"):
        column = table.spec.column(str(case["column"]))
        if column is None or case["index"] is None:
            continue
        row = int(case["index"])
        if (table.lines[row], column.name) not in reported:
            problems.append(_in_words(table, column, row, str(case["check"])))
    return problems


def _doubtful(column: ColumnSpec, values: Sequence[Any]) -> bool:
    """Whether a value may break a rule of the column: never False where :func:`_schema` finds something."""
    different = set(values)
    filled = different - {None}
    if (column.required and None in different) or (column.type == "id" and len(different) < len(values)):
        return True
    if column.terms:
        said = filled if column.type != "list" else {item for cell in filled for item in items(str(cell))}
        if not said <= column.terms.keys():
            return True
    low, high = column.minimum, column.maximum
    return any((low is not None and value < low) or (high is not None and value > high) for value in filled)


def _schema(column: ColumnSpec) -> Any:
    """The pandera column of a codebook column, None without a rule; a check's name is the code of its problem."""
    import pandera.pandas as pa

    checks = []
    if column.terms and column.type != "list":
        checks.append(pa.Check.isin(list(column.terms), error="unknown-term"))
    if column.terms and column.type == "list":
        checks.append(pa.Check(_all_in(column.terms), element_wise=True, error="unknown-term"))
    if column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum, error="too-small"))
    if column.maximum is not None:
        checks.append(pa.Check.le(column.maximum, error="too-large"))
    if not checks and not column.required and column.type != "id":
        return None
    return pa.Column(
        None,
        checks,
        nullable=not column.required,
        unique=column.type == "id",
        report_duplicates="exclude_first",
    )


def _all_in(terms: Mapping[str, str]) -> Any:
    return lambda cell: all(item in terms for item in items(str(cell)))


def _in_words(table: Table, column: ColumnSpec, row: int, check: str) -> Problem:
    value = table.rows[row][column.name]
    shown = f"{value:g}" if isinstance(value, float) else repr(value) if isinstance(value, str) else str(value)
    code, message, mend = _WORDS[check](column, value, shown)
    return table.problem(code, row, column.name, message, mend)


def _too_small(column: ColumnSpec, value: Any, shown: str) -> tuple[str, str, str]:
    if value < 0:
        return "negative", f"{shown} is negative", "check the number against the paper"
    if value == 0 and column.name == "total":
        mend = "leave the row out: nobody was observed for this outcome"
        return "total-zero", "a total of 0 has no proportion", mend
    mend = f"give {column.minimum:g} or more"
    return "too-small", f"{shown} is below {column.minimum:g}", mend


def _too_large(column: ColumnSpec, _value: Any, shown: str) -> tuple[str, str, str]:
    return "too-large", f"{shown} is above {column.maximum:g}", f"give {column.maximum:g} or less"


def _unknown_term(column: ColumnSpec, value: Any, shown: str) -> tuple[str, str, str]:
    wrong = next((item for item in items(str(value)) if item not in column.terms), str(value))
    shown = repr(wrong) if column.type == "list" else shown
    return "unknown-term", f"{shown} is not in the codebook", near(wrong, tuple(column.terms))


def _missing(column: ColumnSpec, _value: Any, _shown: str) -> tuple[str, str, str]:
    words = f": one of {', '.join(column.terms)}" if 0 < len(column.terms) <= _FEW_TERMS else ""
    absent = "; delete the row where the report does not tell" if column.name in _COUNTED else ""
    return "missing-value", "the cell is empty", f"fill it: {column.meaning}{words}{absent}"


def _duplicate(_column: ColumnSpec, _value: Any, shown: str) -> tuple[str, str, str]:
    return "duplicate-id", f"{shown} stands in an earlier row already", "give every row its own id, or delete one"


_WORDS = {
    "too-small": _too_small,
    "too-large": _too_large,
    "unknown-term": _unknown_term,
    "not_nullable": _missing,
    "field_uniqueness": _duplicate,
}
