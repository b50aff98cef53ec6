"""Every claim of the first review with its verdict, worked out by hand from the tables; and each rule at its edges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evidence.document.claim_proportions import verdict_of
from evidence.document.claimed import CheckedClaim, parse_filter
from evidence.document.claims import check_claims
from evidence.document.findings import Findings
from evidence.document.sections.claims import section
from evidence.review.review import read_review
from evidence.tables.table import Table

#: Claim -> verdict, studies that it rests on. By hand: claim01 is 0/1 + 1/1 + 3/6 intralesional; claim02 250, 250, 150,
#: 150 mg/mL; claim03 one volume; claim04 intervals 6-13, 4, 4, 1 weeks; events are told of by 2 studies of each route;
#: claim09 3/28 + 3 of 5 single patients; claim11 19/28 + 1 of 16 others.
VERDICTS = {
    "claim01": ("too few data", 3),
    "claim02": ("not contradicted", 4),
    "claim03": ("too few data", 1),
    "claim04": ("not contradicted", 4),
    "claim05": ("too few data", 2),
    "claim06": ("too few data", 2),
    "claim07": ("too few data", 2),
    "claim09": ("not contradicted", 6),
    "claim11": ("not contradicted", 12),
    "claim12": ("too few data", 2),
    "claim19": ("too few data", 2),
}


@pytest.fixture(scope="module")
def checked(calcinosis_findings: Findings) -> dict[str, CheckedClaim]:
    return {claim.row["claim_id"]: claim for claim in calcinosis_findings.claims}


def test_every_claim_of_the_first_review(checked: dict[str, CheckedClaim]) -> None:
    judged = {name: (one.verdict, one.studies) for name, one in checked.items() if one.verdict != "not checked"}
    assert judged == VERDICTS
    assert {one.row["kind"] for name, one in checked.items() if name not in VERDICTS} == {"not_checkable"}


def test_proportions_stand_beside_the_estimate(checked: dict[str, CheckedClaim]) -> None:
    """Clopper and Pearson's limits of 4/8, 6/33 and 20/44 to 3 digits from R's binom.test."""
    first, complete, none = checked["claim01"], checked["claim09"], checked["claim11"]
    assert (first.events, first.n, complete.events, complete.n, none.events, none.n) == (4, 8, 6, 33, 20, 44)
    assert first.limits == pytest.approx((0.157, 0.843), abs=5e-4)
    assert first.numbers == {"lowest": 0.0, "highest": 1.0, "outside": []}
    assert none.limits is not None and none.limits[0] > 0.21, "by patients the claim of 21 % would be contradicted"
    assert none.estimate is not None and none.estimate[1] < 0.21 < none.estimate[2], "by studies it is not"
    assert "20 of 44 patients in 12 studies" in none.found and "average study" in none.found


def test_values_and_events_are_looked_up(checked: dict[str, CheckedClaim]) -> None:
    assert checked["claim02"].numbers["values"] == [
        {"value": 150.0, "arms": 2, "patients": 44},
        {"value": 250.0, "arms": 2, "patients": 2},
    ]
    assert checked["claim04"].found == "4 of 4 arms report it: 1 to 13 weeks"
    assert checked["claim03"].found == "1 of 4 arms reports it: 0.1 to 1 mL"
    assert "told of: injection site pain (1 of 1), local infection (1 of 1)" in checked["claim05"].found
    assert "not told of: headache, vomiting, hypotension" in checked["claim06"].found
    assert checked["claim05"].own and not checked["claim06"].own, "the letter's own patient had intralesional STS"


def test_the_calciphylaxis_review_s_claims_are_listed_with_reasons() -> None:
    found = check_claims(read_review("sts-calciphylaxis"))
    assert len(found) == 31 and {one.verdict for one in found} == {"not checked"}
    assert all(one.row["check_note"] for one in found)


def test_the_section_says_how_each_kind_is_checked(calcinosis_findings: Findings) -> None:
    made = section(calcinosis_findings)
    assert made is not None
    said = str(made.blocks)
    assert (
        "11 of 26 claims of earlier reports were held against our tables: not contradicted 4, too few data 7." in said
    )
    for words in ("exact limits of our summed counts", "prediction interval of a new study", "said not to occur"):
        assert words in said
    table = next(getattr(block, "table", None) for block in made.blocks if hasattr(block, "table"))
    assert isinstance(table, Table)
    claimed = {row[1].text: row[2].text for row in table.rows}
    assert claimed["complete remission with intralesional STS in the literature"] == "50 to 100 %"
    assert claimed["interval between injections"] == "1 to 13 weeks"
    assert claimed["allergic reaction to topical STS"] == "allergic reaction: 1 patient"
    assert claimed["systemic adverse events of topical STS"] == "do not occur"


CASES: list[tuple[tuple[float, float], dict[str, Any], str]] = [
    ((0.5, 0.5), {"n": 9, "studies": 3}, "too few data"),
    ((0.5, 0.5), {"n": 40, "studies": 2}, "too few data"),
    ((0.84, 0.84), {}, "not contradicted"),
    ((0.85, 0.85), {}, "contradicted"),
    ((0.85, 0.85), {"estimate": (0.6, 0.3, 0.9)}, "not contradicted"),
    ((0.95, 0.95), {"estimate": (0.6, 0.3, 0.9)}, "contradicted"),
    ((0.9, 1.0), {"numbers": {"outside": []}}, "not contradicted"),
    ((0.9, 1.0), {"numbers": {"outside": ["A 2001"]}}, "contradicted"),
    ((0.9, 1.0), {"numbers": {"outside": []}, "prediction": (0.1, 0.89)}, "contradicted"),
    ((0.9, 1.0), {"numbers": {"outside": []}, "prediction": (0.1, 0.9)}, "not contradicted"),
]


@pytest.mark.parametrize(("claimed", "ours", "verdict"), CASES)
def test_a_proportion_is_contradicted_only_outside_every_interval(
    claimed: tuple[float, float], ours: dict[str, Any], verdict: str
) -> None:
    known: dict[str, Any] = {"n": 40, "studies": 3, "events": 20, "limits": (0.16, 0.84), **ours}
    assert verdict_of(CheckedClaim({}, {}, *claimed, **known)) == verdict


HEADER = (
    "claim_id,report_id,kind,outcome,column,filter,events,denied,topic,statistic,value,lower,upper,unit,n_patients\n"
)
EVENTS = """arm_id,term,system_organ_class,events,total,serious
ada-low,bruise,,3,14,no
bo,bruise,,2,12,no
cy,rupture,,,25,yes
"""
#: Of the third review: energies 0.1, 0.5, 0.2, 0.3 of 4 arms whose patients are counted once (di's are cy's).
THIRD = [
    ("most_frequent,,energy_mj_mm2,,,,t,,0.3,,,mJ/mm2,", "not contradicted"),
    ("most_frequent,,energy_mj_mm2,,,,t,,0.4,,,mJ/mm2,", "contradicted"),
    ("most_frequent,,energy_mj_mm2,device=focused,,,t,,0.1,,,mJ/mm2,", "too few data"),
    ("most_frequent,,device,,,,t,,0.3,,,,", "not checked"),
    ("range,,energy_mj_mm2,,,,t,,,0.1,0.5,mJ/mm2,", "not contradicted"),
    ("range,,energy_mj_mm2,,,,t,,,0.1,0.4,mJ/mm2,", "contradicted"),
    ("range,,energy_mj_mm2,device=not_reported,,,t,,,0.1,0.4,mJ/mm2,", "too few data"),
    ("named_events,,,,bruise,,t,,,,,,", "not contradicted"),
    ("named_events,,,,Rupture; fever,,t,,,,,,", "too few data"),
    ("named_events,,,,rupture,yes,t,,,,,,", "contradicted"),
    ("named_events,,,,fever,yes,t,,,,,,", "not contradicted"),
    ("named_events,,,,,yes,t,,,,,,", "not checked"),
    ("named_events,,,device=radial,bruise,,t,,,,,,", "too few data"),
    ("named_events,,,,bruise,,t,,40,,,percent,", "too few data"),
    ("proportion,pain_free,,device=not_reported,,,t,,50,,,percent,", "too few data"),
    ("proportion,improved,,,,,t,,75,,,percent,", "not contradicted"),
    ("proportion,improved,,,,,t,,5,,,percent,", "contradicted"),
    ("proportion,improved,,,,,t,,,0,20,percent,", "contradicted"),
    ("not_checkable,,,,,,t,,,,,,", "not checked"),
]


def test_claims_on_another_subject(third_review: Path) -> None:
    rows = [f"c{i},ed2012,{row}" for i, (row, _) in enumerate(THIRD)]
    (third_review / "claims.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    (third_review / "adverse_events.csv").write_text(EVENTS, encoding="utf-8")
    found = check_claims(read_review(third_review))
    assert [one.verdict for one in found] == [verdict for _, verdict in THIRD]
    assert found[4].found == "4 of 5 arms report it: 0.1 to 0.5 mJ/mm2"
    assert found[5].numbers["outside"] == ["ada-high"]
    assert found[7].found.startswith(
        "3 of 5 arms say anything about adverse events (51 patients); told of: bruise (5 of 26)"
    )
    assert found[17].numbers["outside"] == [
        "Ada 2001: Low energy + Ada 2001: High energy",
        "Bo 2002",
        "Cy 2010",
    ]


def test_filters_are_read() -> None:
    assert parse_filter("route=topical; design=case_series") == {"route": "topical", "design": "case_series"}
    assert parse_filter(None) == {}
