"""What each extractor entered before adjudication: extraction/extractor_NAME_outcomes.csv of a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import DataError
from .reading import Table, plain, read_table
from .specs import ColumnSpec, TableSpec

if TYPE_CHECKING:
    import pandas as pd

    from .review import Review

#: Folder of a review with the extractors' files.
FOLDER = "extraction"
_BEFORE, _AFTER = "extractor_", "_outcomes"

_COLUMNS = (
    ColumnSpec("arm_id", "ref", "Arm, by its final id", required=True, refers=("arms", "arm_id")),
    ColumnSpec("outcome", "text", "Outcome, by its final name", required=True),
    ColumnSpec("unit", "text", "What is counted", required=True),
    ColumnSpec("events", "integer", "Units with the outcome", minimum=0),
    ColumnSpec("total", "integer", "Units whose outcome is known", minimum=0),
    ColumnSpec("timepoint_months", "number", "Time of the count since the start", minimum=0),
    ColumnSpec("own_arm_id", "text", "The extractor's own name of the arm"),
    ColumnSpec("coding", "text", "How the extractor entered it"),
)


def read_extractions(review: Review) -> dict[str, Table]:
    """The values of each extractor, by the extractor's name (``a`` of extractor_a_outcomes.csv), in order of names.

    Columns of their own are passed over.

    Raises:
        DataError: a file can't be read as such a table, with every problem of all of them.
    """
    folder = review.path / FOLDER
    tables, problems = {}, []
    for path in sorted(folder.glob(f"{_BEFORE}*{_AFTER}.csv")):
        spec = TableSpec(path.stem, "arm x outcome", (*_COLUMNS,), filled=False)
        table, found = read_table(folder, spec)
        problems += [problem for problem in found if problem.code != "unknown-column" and problem.severity == "error"]
        problems += [
            table.problem(
                "events-exceed-total",
                i,
                "events",
                f"{row['arm_id']} {row['outcome']}: {row['events']} events of {row['total']} {row['unit']}s",
                "check events and total of this row against the extractor's sheet",
            )
            for i, row in enumerate(table.rows)
            if None not in (row["events"], row["total"]) and row["events"] > row["total"]
        ]
        tables[path.stem.removeprefix(_BEFORE).removesuffix(_AFTER)] = table
    if problems:
        raise DataError(problems)
    return tables


def as_extracted(review: Review, table: Table) -> Review:
    """The review with one extractor's counts in the place of the adjudicated ones.

    Counts of arms or outcomes that the review does not have, and rows without a total, are left out. What the extractor
    did not enter (confidence, basis, and the time point where there is none) is taken from the one adjudicated row of
    the same arm, outcome and unit, where there is one.
    """
    final: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in _rows(review.tables["outcomes"]):
        final.setdefault(_key(row), []).append(row)
    arms = set(review.tables["arms"]["arm_id"])
    rows, lines = [], []
    for row, line in zip(table.rows, table.lines, strict=True):
        known = row["arm_id"] in arms and row["outcome"] in review.settings.outcomes
        if known and row["total"] and row["events"] is not None:
            rows.append(_filled(row, final.get(_key(row), [])))
            lines.append(line)
    frame = _frame(rows, review.tables["outcomes"])
    return replace(
        review, tables={**review.tables, "outcomes": frame}, lines={**review.lines, "outcomes": tuple(lines)}
    )


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["arm_id"], row["outcome"], row["unit"]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {str(name): plain(frame[name]) for name in frame.columns}
    return [{name: values[i] for name, values in columns.items()} for i in range(len(frame))]


def _filled(row: Mapping[str, Any], final: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A row of an extractor with what the adjudicated row at the same time says besides."""
    time = row["timepoint_months"]
    same = [other for other in final if time is None or other["timepoint_months"] == time]
    known = same[0] if len(same) == 1 else {}
    given = {name: row[name] for name in ("arm_id", "outcome", "unit", "events", "total")}
    return {**known, **given, "timepoint_months": known.get("timepoint_months") if time is None else time}


def _frame(rows: Sequence[Mapping[str, Any]], like: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {name: pd.Series([row.get(str(name)) for row in rows], dtype=like[name].dtype) for name in like.columns}
    )
