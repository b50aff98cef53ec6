"""Rules across rows and tables, each broken once in a review that is otherwise right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from evidence.errors import Problem
from evidence.review.review import check_review


@dataclass(frozen=True)
class Rule:
    """Replacing ``old`` by ``new`` in a file breaks one rule: its code, at this file and line."""

    code: str
    file: str
    old: str
    new: str
    line: int
    at: str = ""
    severity: str = "error"


RULES = [
    Rule("events-exceed-total", "outcomes.csv", "bo,improved,patient,8,12", "bo,improved,patient,13,12", 7),
    Rule("part-exceeds-whole", "outcomes.csv", "bo,pain_free,patient,0,12", "bo,pain_free,patient,9,12", 9),
    Rule("total-exceeds-whole", "outcomes.csv", "ada-low,improved,patient,9,14", "ada-low,improved,patient,9,12", 4),
    Rule("parts-differ-from-total", "outcomes.csv", "bo,not_improved,patient,4,12", "bo,not_improved,patient,3,12", 8),
    Rule("parts-differ-from-total", "outcomes.csv", "bo,not_improved,patient,4,12", "bo,not_improved,patient,4,11", 8),
    Rule("total-exceeds-treated", "outcomes.csv", "na-1,improved,patient,1,1", "na-1,improved,patient,1,2", 10),
    Rule("duplicate-row", "outcomes.csv", ",15,,12,", ",16,,3,", 6),
    Rule(
        "two-time-points", "outcomes.csv", "ada-high,improved,patient,12,15,,12", "ada-high,improved,patient,12,15,,", 6
    ),
    Rule("unknown-id", "screening.csv", "ed2012,", "ed2013,", 8),
    Rule("not-screened", "screening.csv", "ed2012,", "ed2013,", 8, "reports.csv"),
    Rule("report-without-study", "reports.csv", "bo2002,bo-2002", "bo2002,", 4),
    Rule("study-not-included", "reports.csv", "ed2012,,", "ed2012,bo-2002,", 8),
    Rule("study-without-report", "reports.csv", "bo2002,bo-2002", "bo2002,na", 3, "studies.csv"),
    Rule("study-without-arm", "arms.csv", "bo,bo-2002", "bo,na", 3, "studies.csv"),
    Rule("no-reason", "screening.csv", "not_shock_waves", "", 8),
    Rule("treated-differs", "arms.csv", "Low energy,14", "Low energy,24", 2, "studies.csv"),
    Rule("treated-differs", "studies.csv", "case_series,12", "case_series,13", 3, severity="warning"),
    Rule("no-reference", "references.bib", "{bo2002,", "{bo2003,", 4, "reports.csv"),
    Rule(
        "reference-without-report",
        "references.bib",
        "@article{ada2001,",
        "@misc{zed,}\n@article{ada2001,",
        1,
        "",
        "warning",
    ),
    Rule("not-seen", "references.bib", "title = {Synthetic report bo2002},", "", 9, severity="warning"),
    Rule("arm-without-outcome", "outcomes.csv", "na-1,improved", "bo,heel_swollen", 5, "arms.csv", "warning"),
    Rule("unit-differs", "outcomes.csv", "na-1,improved,patient", "na-1,improved,heel", 10, severity="warning"),
    Rule("no-year", "studies.csv", "Bo 2002,2002", "Bo 2002,", 3, severity="warning"),
    Rule("not-stated", "review.toml", "search_date = 2024-05-01", 'search_date = ""', 5, severity="warning"),
]


def places(problems: tuple[Problem, ...], severity: str) -> list[tuple[str, str, int | None]]:
    return [(p.code, Path(p.file or "").name, p.line) for p in problems if p.severity == severity]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.line}")
def test_rule(rule: Rule, third_review: Path) -> None:
    expected = (rule.code, rule.at or rule.file, rule.line)
    assert expected not in places(check_review(third_review), rule.severity)
    path = third_review / rule.file
    text = path.read_text(encoding="utf-8")
    assert rule.old in text
    path.write_text(text.replace(rule.old, rule.new, 1), encoding="utf-8", newline="")
    found = check_review(third_review)
    assert expected in places(found, rule.severity), "\n".join(map(str, found))
    if rule.severity == "warning":
        assert not places(found, "error")


def test_the_third_review_has_no_errors(third_review: Path) -> None:
    assert places(check_review(third_review), "error") == []


def test_an_unreadable_table_does_not_make_its_ids_unknown(third_review: Path) -> None:
    (third_review / "arms.csv").unlink()
    found = check_review(third_review)
    assert places(found, "error") == [("missing-file", "arms.csv", None)]


def test_settings_with_errors_do_not_blame_the_tables(third_review: Path) -> None:
    path = third_review / "review.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[columns.arms.device]", "[columns.arms.device"))
    assert {(code, file) for code, file, _ in places(check_review(third_review), "error")} == {
        ("bad-toml", "review.toml")
    }


CLAIMS = (
    "claim_id,report_id,kind,outcome,column,filter,topic,statistic,value,lower,upper,unit,n_reports,n_patients,notes\n"
)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("c1,ed2012,proportion,improved,,device=radial; sides=left,better,proportion,50,,,percent,,,", None),
        ("c1,ed2012,range,,energy_mj_mm2,,energy,range,,0.1,0.5,mJ/mm2,,,", None),
        ("c1,ed2012,not_checkable,,,,size,patients,288,,,patients,,,", None),
        ("c1,ed2012,proportion,,,,better,proportion,50,,,percent,,,", "claim-without-outcome"),
        ("c1,ed2012,range,,,,energy,range,,0.1,0.5,mJ/mm2,,,", "claim-without-column"),
        ("c1,ed2012,range,,energie,,energy,range,,0.1,0.5,mJ/mm2,,,", "unknown-column"),
        ("c1,ed2012,range,,energy_mj_mm2,,energy,range,,0.5,0.1,mJ/mm2,,,", "range-reversed"),
        ("c1,ed2012,proportion,improved,,device,better,proportion,50,,,percent,,,", "bad-filter"),
        ("c1,ed2012,proportion,improved,,devise=radial,better,proportion,50,,,percent,,,", "unknown-column"),
        ("c1,ed2012,proportion,improved,,device=radail,better,proportion,50,,,percent,,,", "unknown-term"),
        ("c1,ed2099,proportion,improved,,,better,proportion,50,,,percent,,,", "unknown-id"),
    ],
)
def test_claims(row: str, code: str | None, third_review: Path) -> None:
    (third_review / "claims.csv").write_text(CLAIMS + row + "\n", encoding="utf-8")
    found = places(check_review(third_review), "error")
    assert found == ([(code, "claims.csv", 2)] if code else [])


def test_adverse_event_total_larger_than_its_arm_warns(third_review: Path) -> None:
    (third_review / "adverse_events.csv").write_text("arm_id,term,events,total\nbo,bruise,1,20\nbo,pain,3,2\n")
    found = check_review(third_review)
    assert ("adverse-total-exceeds-arm", "adverse_events.csv", 2) in places(found, "warning")
    assert places(found, "error") == [("events-exceed-total", "adverse_events.csv", 3)]
