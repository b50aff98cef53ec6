"""The made-up study that a new review starts with: one row in every table, all of them linked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..errors import Problem
from .codebook import ColumnSpec, TableSpec
from .reading import Table

#: Ends a cell of every row of it, so that nobody takes one for a finding.
MARK = "(delete this row)"

#: Name of its report, study, arm and outcome.
REPORT, STUDY, ARM, OUTCOME = "example2020", "example-2020", "example2020-1", "response"

_MADE_UP = f"made up {MARK}"
_WHERE = "nowhere: made up"

#: Table -> column -> cell. A column that is not here is empty, or has the plainest value where it must have one.
_CELLS: Mapping[str, Mapping[str, str]] = {
    "reports": {
        "report_id": REPORT,
        "study_id": STUDY,
        "year": "2020",
        "design": "case_series",
        "language": "en",
        "publication_type": "article",
        "source_seen": "full_text",
        "url_or_doi": "https://example.org/made-up",
        "notes": _MADE_UP,
    },
    "screening": {
        "report_id": REPORT,
        "source": "Example Database",
        "decision": "included",
        "stage": "full_text",
        "notes": _MADE_UP,
    },
    "studies": {
        "study_id": STUDY,
        "label": f"Example 2020 {MARK}",
        "year": "2020",
        "design": "case_series",
        "n_treated": "10",
    },
    "arms": {"arm_id": ARM, "study_id": STUDY, "label": "Example treatment", "n_treated": "10", "notes": _MADE_UP},
    "outcomes": {
        "arm_id": ARM,
        "outcome": OUTCOME,
        "unit": "patient",
        "events": "5",
        "total": "10",
        "definition": "how the report puts it, in few words",
        "timepoint_months": "6",
        "basis": "reported",
        "source_location": _WHERE,
        "confidence": "high",
        "notes": _MADE_UP,
    },
    "adverse_events": {
        "arm_id": ARM,
        "term": "example event",
        "events": "1",
        "total": "10",
        "serious": "no",
        "source_location": _WHERE,
        "notes": _MADE_UP,
    },
    "patients": {
        "patient_id": f"{ARM}-p1",
        "arm_id": ARM,
        "age_years": "50",
        "sex": "F",
        "response": "complete",
        "recurrence": "no",
        "followup_months": "6",
        "notes": _MADE_UP,
    },
    "claims": {
        "claim_id": "example-claim",
        "report_id": REPORT,
        "kind": "proportion",
        "outcome": OUTCOME,
        "topic": "response in earlier reports",
        "statistic": "proportion",
        "value": "50",
        "unit": "percent of patients",
        "notes": _MADE_UP,
    },
    "continuous_results": {
        "result_id": "example-result",
        "arm_id": ARM,
        "report_id": REPORT,
        "topic": "an example score",
        "statistic": "mean",
        "value": "1",
        "unit": "points",
        "n_patients": "10",
        "notes": _MADE_UP,
    },
    "searches": {
        "search_id": "example-search",
        "source": "Example Database",
        "kind": "database",
        "date": "2020-01-31",
        "query": "example AND treatment",
        "records": "1",
        "duplicates_removed": "0",
        "automation_removed": "0",
        "otherwise_removed": "0",
        "notes": _MADE_UP,
    },
    "appraisals": {
        "study_id": STUDY,
        "tool": "jbi-case-series",
        "item": "1",
        "rater": "consensus",
        "judgement": "yes",
        "support": _MADE_UP,
        "source_location": _WHERE,
    },
    "certainty": {
        "outcome": OUTCOME,
        "domain": "start",
        "certainty": "low",
        "reason": _MADE_UP,
        "rater": "A",
    },
    "changes": {
        "table": "outcomes",
        "row": f"{ARM} {OUTCOME} patient 6",
        "column": "events",
        "old": "4",
        "new": "5",
        "reason": _MADE_UP,
        "date": "2020-06-30",
    },
}

ENTRY = f"""@article{{{REPORT},
  author = {{Example, Ann}},
  title = {{A made-up series that shows how the tables are filled}},
  journal = {{No journal}},
  year = {{2020}},
  url = {{https://example.org/made-up}},
}}
"""


def example_rows(table: TableSpec) -> list[dict[str, str]]:
    """The row of the made-up study in a table: column -> cell, every required one filled; none where it has no place.

    A table of pairs has none: there is one arm.
    """
    if table.name not in _CELLS:
        return []
    given = _CELLS[table.name]
    return [{column.name: given.get(column.name, _plainest(column)) for column in table.columns}]


def example_problems(tables: Mapping[str, Table], synthetic: bool) -> list[Problem]:
    """Rows of the made-up study: errors beside findings; one warning where every output says that all is made up."""
    found = [
        (table, position)
        for table in tables.values()
        for position, row in enumerate(table.rows)
        if any(isinstance(cell, str) and cell.endswith(MARK) for cell in row.values())
    ]
    if not found:
        return []
    table, position = found[0]
    mend = f"take all of them out: evidence new {Path(table.file).resolve().parent.name} --bare"
    if synthetic:
        message = f"{len(found)} rows are of the made-up example; every output says so"
        return [table.warning("example-rows", position, None, message, mend)]
    message = "this row is of the made-up example, and the status is not synthetic"
    return [table.problem("example-row", position, None, message, mend) for table, position in found]


def _plainest(column: ColumnSpec) -> str:
    """A value that a column allows, where it must have one and the example has none of its own."""
    if not column.required:
        return ""
    if column.terms:
        return next(iter(column.terms))
    if column.type == "yes_no":
        return "no"
    return f"{column.minimum or 1:g}" if column.is_numeric else "made up"
