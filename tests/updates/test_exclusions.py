"""Why a study is not in a version, by the screening of its reports."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.updates.exclusions import decisions_of, exclusion, reports_by_study

WRONG = ("excluded", "wrong_population")


@pytest.mark.parametrize(
    ("decisions", "wanted"),
    [
        ({"r1": WRONG}, "excluded: wrong population"),
        ({"r1": WRONG, "r2": ("duplicate_report", None)}, "excluded: wrong population"),
        ({"r1": WRONG, "r2": ("excluded", "no_outcome")}, "excluded: wrong population; excluded: no outcome"),
        ({"r1": ("excluded", None)}, "excluded"),
        ({"r1": WRONG, "r2": ("included", None)}, None),
        ({"r1": ("duplicate_report", None)}, "reports of another study"),
        ({"r1": ("awaiting_classification", None)}, None),
        ({"other": WRONG}, None),
        ({}, None),
    ],
)
def test_why_a_study_is_not_in(decisions: dict[str, tuple[str, str | None]], wanted: str | None) -> None:
    assert exclusion(("r1", "r2"), decisions) == wanted


def test_reports_and_decisions_go_by_ids_as_they_are_now() -> None:
    names = {("reports", "old"): "new", ("studies", "s"): "t"}
    reports: list[dict[str, Any]] = [{"report_id": "old", "study_id": "s"}, {"report_id": "alone", "study_id": None}]
    assert reports_by_study(reports, names) == {"t": ("new",)}
    rows = [{"report_id": "old", "decision": "excluded", "reason": None}, {"report_id": "x", "decision": None}]
    assert decisions_of(rows, names) == {"new": ("excluded", None)}
