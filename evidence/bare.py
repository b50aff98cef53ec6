"""From a bare table to counts or rates: the same selection that a review gives, without a codebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .counts import Counts, Rates
from .errors import ComputeError, Problem, data_error, unknown, usage
from .outcomes import LeftOut, Reason, Selection
from .pooling.result import Context
from .review.arm_columns import Filter
from .review.codebook import ColumnSpec
from .review.groups import NOT_REPORTED_LABEL, group_labels
from .review.headers import TIME_UNITS, fold

if TYPE_CHECKING:
    from .review.spreadsheet import BareRow, BareTable


def select_table(
    table: BareTable,
    where: Mapping[str, Sequence[str]] | None = None,
    by: str | None = None,
    cut: Sequence[float] = (),
    unit: str = "patient",
) -> Selection:
    """The counts of a bare table.

    Args:
        table: As read.
        where: Column -> values that a row must have one of, as text; "not reported" is an empty cell.
        by: Column that makes groups; a number needs ``cut``.
        cut: Where a number is cut.
        unit: What is counted, in the singular.

    Raises:
        UsageError: an unknown column or value (with the near ones), or a cut that does not fit.
        ComputeError: no row with counts is left. DataError: the table holds times at risk.
    """
    import pandas as pd

    if table.time_header is not None:
        mend = "pool it with evidence pool (in Python: select_rates), or name the column of the totals"
        raise data_error(f"{table.file} holds times at risk ({table.time_header}), not totals", mend, "rates")
    if by is None and cut:
        raise usage("cuts are given, but no column to group by", "add --by COLUMN", "cut-without-by")
    kept, used, left_out = _sorted_out(table, where or {}, "total")
    columns = tuple({"label": row.label, "study": row.study, **row.columns} for row in used)
    context = _context(table, unit, used, kept)
    groups, contexts = _groups(table, by, cut, used, kept, context)
    heading = None if by is None else _spec(table, by).name
    return Selection(
        _counts(used, unit), columns, groups, heading, context, contexts, tuple(left_out), pd.DataFrame(list(columns))
    )


@dataclass(frozen=True, slots=True)
class RateSelection:
    """The rates of a bare table, and the rows left out with their reasons."""

    rates: Rates
    context: Context
    left_out: tuple[LeftOut, ...]


def select_rates(
    table: BareTable,
    where: Mapping[str, Sequence[str]] | None = None,
    unit: str = "event",
    time_unit: str | None = None,
) -> RateSelection:
    """The rates of a bare table of events and times at risk.

    Args:
        table: As read.
        where: As of ``select_table``.
        unit: What is counted, in the singular.
        time_unit: What time is counted in, in the singular; by the header (``person_years``) if not given, else
            ``time unit``.

    Raises:
        UsageError: an unknown column or value. ComputeError: no row with events and time is left. DataError: the table
            holds totals.
    """
    if table.time_header is None:
        mend = "name the column of the times at risk (--exposure), or use select_table"
        raise data_error(f"{table.file} holds totals, not times at risk", mend, "not-rates")
    kept, used, left_out = _sorted_out(table, where or {}, "time")
    rates = Rates(
        [row.events or 0 for row in used],
        [row.time or 0.0 for row in used],
        labels=[row.label for row in used],
        studies=[row.study for row in used],
        keys=[row.key for row in used],
        unit=unit,
        time_unit=time_unit or TIME_UNITS.get(fold(table.time_header), "time unit"),
    )
    return RateSelection(rates, _context(table, unit, used, kept), tuple(left_out))


def _sorted_out(
    table: BareTable, where: Mapping[str, Sequence[str]], size: str
) -> tuple[list[BareRow], list[BareRow], list[LeftOut]]:
    """Rows that pass the filters, those of them that can be pooled, and those left out.

    Raises:
        ComputeError: none can be pooled.
    """
    kept, left_out = _filtered(table, _filters(table, where))
    used = [row for row in kept if row.events is not None]
    says = f"no events or no {size} in its row"
    left_out += [_left_out(row, "no-outcome", says) for row in kept if row.events is None]
    if not used:
        mend = f"widen the filter, or fill in events and {size}s"
        raise ComputeError(Problem("nothing-left", "no row is left to pool", mend, table.file))
    return kept, used, left_out


def _counts(rows: Sequence[BareRow], unit: str) -> Counts:
    return Counts(
        [row.events or 0 for row in rows],
        [row.total or 0 for row in rows],
        labels=[row.label for row in rows],
        studies=[row.study for row in rows],
        keys=[row.key for row in rows],
        unit=unit,
    )


def _context(table: BareTable, unit: str, used: Sequence[BareRow], kept: Sequence[BareRow]) -> Context:
    headings = {name: name for name in table.columns}
    return Context("", "events", table.title, unit, len(used), len(kept), None, 0, 0, headings)


def _groups(
    table: BareTable,
    by: str | None,
    cut: Sequence[float],
    used: Sequence[BareRow],
    kept: Sequence[BareRow],
    context: Context,
) -> tuple[dict[str, tuple[int, ...]] | None, dict[str, Context]]:
    """Positions in ``used`` of each group, and each group's context."""
    if by is None:
        return None, {}
    spec = _spec(table, by)
    labels = group_labels(spec, {row.key: row.columns[spec.name] for row in kept}, cut)
    groups: dict[str, tuple[int, ...]] = {}
    contexts: dict[str, Context] = {}
    for label in dict.fromkeys(labels.values()):
        positions = tuple(i for i, row in enumerate(used) if labels[row.key] == label)
        members = sum(1 for row in kept if labels[row.key] == label)
        contexts[label] = replace(context, arms_in=len(positions), arms_all=members)
        if positions:
            groups[label] = positions
    return groups, contexts


def _filtered(table: BareTable, filters: Sequence[Filter]) -> tuple[list[BareRow], list[LeftOut]]:
    kept, left_out = [], []
    for row in table.rows:
        failed = next((f for f in filters if not f.passes(row.columns[f.column.name])), None)
        if failed is None:
            kept.append(row)
        else:
            value = row.columns[failed.column.name]
            shown = NOT_REPORTED_LABEL if value is None else value
            left_out.append(_left_out(row, "filter", f"{failed.column.name} is {shown}"))
    return kept, left_out


def _filters(table: BareTable, where: Mapping[str, Sequence[str]]) -> list[Filter]:
    return [_filter(table, _spec(table, name), values) for name, values in where.items()]


def _filter(table: BareTable, spec: ColumnSpec, values: Sequence[str]) -> Filter:
    present = {row.columns[spec.name] for row in table.rows}
    known: dict[str, Any] = {NOT_REPORTED_LABEL if v is None else str(v): v for v in present}
    wanted = []
    for value in values:
        shown = NOT_REPORTED_LABEL if value in ("", "not_reported") else value
        if shown not in known:
            raise unknown(f"value of {spec.name}", value, sorted(known))
        found = known[shown]
        wanted.append(float(found) if spec.is_numeric and found is not None else found)
    return Filter(spec, tuple(wanted), of_row=False)


def _left_out(row: BareRow, reason: Reason, text: str) -> LeftOut:
    return LeftOut(row.key, row.label, row.study, row.total, reason, text)


def _spec(table: BareTable, name: str) -> ColumnSpec:
    """The column of that name; capitals do not matter."""
    folded = {column.casefold(): column for column in table.columns}
    found = name if name in table.columns else folded.get(name.casefold())
    if found is None:
        raise unknown("column", name, table.columns)
    return ColumnSpec(found, "number" if table.numeric[found] else "text", "A column of the table", heading=found)
