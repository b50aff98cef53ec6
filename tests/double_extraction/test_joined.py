"""Double extraction of the first review against what its curators recorded, and of made-up ones against hand counts."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from evidence.double_extraction import DoubleExtraction, FieldAgreement, double_extraction
from evidence.double_extraction.queue import queue_bytes
from evidence.errors import ComputeError, DataError
from tests.extractedreview import read_once
from tests.review.extractors import HEAD, read_beside, with_extractors


@pytest.fixture(scope="module")
def sts(calcinosis: Path) -> DoubleExtraction:
    return double_extraction(read_once(calcinosis))


def of(folder: Path) -> DoubleExtraction:
    return double_extraction(read_beside(folder))


def field(found: DoubleExtraction, table: str, name: str, *who: str) -> FieldAgreement:
    (one,) = (row for row in found.fields if (row.table, row.field, row.extractors) == (table, name, who))
    return one


def test_the_first_review_is_what_its_curators_recorded(sts: DoubleExtraction, calcinosis: Path) -> None:
    with (calcinosis / "extraction" / "agreement.csv").open(encoding="utf-8", newline="") as file:
        recorded = {(row["metric"], row["unit"]): row for row in csv.DictReader(file)}
    assert [(one.agree, one.n) for one in sts.comparisons] == [(42, 42), (42, 52), (32, 37), (25, 27)]
    for one in sts.comparisons:
        row = recorded.pop((one.metric, one.among))
        assert (str(one.n), str(one.agree)) == (row["n"], row["n_agree"])
        assert one.percent.value == pytest.approx(float(row["raw_agreement"]), abs=5e-5)  # 4 digits are recorded
    assert sts.comparisons[3].remark is not None
    assert "A only: gauffenic2023-2; B only: cho2016-1" in sts.comparisons[3].remark
    (missing,) = sts.not_computed
    assert missing.metric == "eligibility" and "kappa can be computed" in missing.reason
    assert [row.metric for row in missing.recorded] == [metric for metric, _ in recorded]


def test_the_differences_of_the_first_review_are_all_settled(sts: DoubleExtraction) -> None:
    assert (len(sts.disagreements), sts.open, sts.problems) == (10, (), ())
    assert sum(one.field == "no_response" for one in (d.cell for d in sts.disagreements)) == 5
    content = json.loads(json.dumps(sts.to_dict(), allow_nan=False))
    first = content["disagreements"][0]
    assert first["final"] == "0/1" and first["values"]["a"]["at"] == "extractor_a_outcomes.csv:14"
    assert content["recorded"]["outcomes"] == 9 and content["outcomes"][1]["either"]["n"] == 19


def test_shares_of_a_made_up_review_by_hand(tmp_path: Path) -> None:
    """A 8/12, 1/1, 4/12; B 8/12, nothing, 20/25: one of one by both; one of four by either; one of three without the
    complement."""
    found = of(with_extractors(tmp_path))
    assert [(one.agree, one.n) for one in found.comparisons] == [(1, 1), (1, 4), (1, 3)]
    assert "without not_improved (which follows from improved)" in found.comparisons[2].metric
    sure = field(found, "outcomes", "confidence", "a", "b")
    assert (sure.both.agree, sure.both.n, sure.either.agree, sure.either.n) == (0, 1, 0, 2)
    assert sure.kappa.value == 0 and sure.icc is None
    assert len(found.open) == len(found.disagreements) == 5
    assert {problem.code for problem in found.problems} == {"not-adjudicated"}


def test_three_extractors_pair_by_pair_and_together(tmp_path: Path) -> None:
    """Words: A and B differ in one of four, C in another. Numbers: C adds one to all."""
    head = "arm_id,device,energy_mj_mm2\n"
    devices = {"a": "focused radial focused focused", "b": "radial radial focused focused", "c": "radial " * 2}
    devices["c"] += "focused radial"
    texts = {
        f"{name}_arms": head
        + "".join(
            f"{arm},{word},{i + (name == 'c')}\n"
            for i, (arm, word) in enumerate(zip(("bo", "cy", "di", "na-1"), words.split(), strict=True))
        )
        for name, words in devices.items()
    }
    found = of(with_extractors(tmp_path, **texts))
    device = field(found, "arms", "device", "a", "b")
    # 3 of 4 alike; chance (3 * 2 + 1 * 2) / 16 = 1/2; AC1 with the three words of the column: (5*3 + 3*5) / 64 / 2.
    assert (device.both.agree, device.kappa.value) == (3, 0.5)
    assert device.ac1.value == pytest.approx((0.75 - 30 / 128) / (1 - 30 / 128), abs=1e-12)
    together = field(found, "arms", "device", "a", "b", "c")
    assert (together.both.agree, together.both.n, together.kappa.name) == (2, 4, "Fleiss' kappa")
    energy = field(found, "arms", "energy_mj_mm2", "a", "c")
    # Mean squares 10/3, 2, 0: (10/3) / (10/3 + 2 * 2 / 4).
    assert energy.icc is not None and energy.icc.value == pytest.approx(10 / 13, abs=1e-12)
    assert [(one.metric, one.agree, one.n) for one in found.comparisons] == [("arms entered", 4, 4)]
    assert [one.extractors for one in found.fields[:2]] == [("a", "b"), ("a", "b")] and len(found.fields) == 8


def test_tables_without_a_row_have_nothing_to_compare(tmp_path: Path) -> None:
    found = of(with_extractors(tmp_path, a_outcomes=HEAD, b_outcomes=HEAD))
    assert (found.comparisons, found.disagreements, found.outcomes) == ((), (), ())
    assert found.tables == {"outcomes": {"a": 0, "b": 0}}


def test_a_recorded_share_that_is_not_computed_so_is_said(tmp_path: Path) -> None:
    folder = with_extractors(tmp_path)
    (folder / "extraction" / "agreement.csv").write_text(
        "metric,unit,n,n_agree\nevents and total identical,arm-outcome cells entered by both,1,0\nother,things,9,9\n",
        encoding="utf-8",
    )
    found = of(folder)
    (problem,) = (problem for problem in found.problems if problem.code == "agreement-differs")
    assert "recorded 0 of 1, computed 1 of 1" in problem.message and problem.line == 2
    assert [one.metric for one in found.not_computed] == ["eligibility", "other recorded agreement"]


def test_decisions_of_extractors_are_compared_where_they_are_kept(tmp_path: Path) -> None:
    head = "report_id,decision\n"
    found = of(
        with_extractors(
            tmp_path, a_screening=head + "na,included\ned2012,excluded\n", b_screening=head + "na,included\n"
        )
    )
    assert not found.not_computed and field(found, "screening", "decision", "a", "b").both.n == 1
    assert [(one.agree, one.n) for one in found.comparisons] == [(1, 2)]


def test_one_extractor_or_none_or_unreadable_files(calciphylaxis: Path, third_review: Path, tmp_path: Path) -> None:
    with pytest.raises(ComputeError, match=r"one extractor only \(C\)"):
        double_extraction(read_once(calciphylaxis))
    with pytest.raises(ComputeError, match="no values of single extractors"):
        of(third_review)
    with pytest.raises(ComputeError, match="no table that two"):
        of(with_extractors(tmp_path / "one", a_outcomes=HEAD, b_arms="arm_id\n"))
    with pytest.raises(DataError, match="not-a-number"):
        of(with_extractors(tmp_path / "bad", a_outcomes=HEAD + "bo,improved,patient,x,1,,,\n", b_outcomes=HEAD))


def test_the_queue_is_a_table_that_a_spreadsheet_takes_as_it_is(tmp_path: Path) -> None:
    rows = 'bo,improved,patient,8,12,,=HYPERLINK(1),"+ of"\n', "bo,improved,patient,9,12,,,-1\n"
    folder = with_extractors(
        tmp_path, "bo,,outcomes,improved,8/12,9/12,9/12,@home\n", a_outcomes=HEAD + rows[0], b_outcomes=HEAD + rows[1]
    )
    text = queue_bytes(of(folder).disagreements).decode("utf-8-sig")
    first, *rest = list(csv.DictReader(text.splitlines()))
    assert (first["value_a"], first["value_b"], first["final"]) == ("8/12", "9/12", "9/12")
    assert (first["source_a"], first["source_b"], first["reason"]) == ("'+ of", "-1", "'@home")
    assert first["at_b"] == "extractor_b_outcomes.csv:2" and rest == []


def test_half_a_count_is_compared_with_its_other_half(tmp_path: Path) -> None:
    """A gives events without a total: the events are alike, the count and its total are not."""
    rows = "bo,improved,patient,8,,,,\n", "bo,improved,patient,8,12,,,\n"
    found = of(with_extractors(tmp_path, a_outcomes=HEAD + rows[0], b_outcomes=HEAD + rows[1]))
    alike = {one.field: (one.both.agree, one.both.n, one.either.agree, one.either.n) for one in found.fields}
    assert alike["events"] == (1, 1, 1, 1) and alike["total"] == (0, 0, 0, 1)
    assert alike["events and total"] == (0, 1, 0, 1)


def test_what_nobody_entered_is_no_agreement(tmp_path: Path) -> None:
    rows = "bo,improved,patient,,,6,,\ncy,improved,patient,1,2,,,\n"
    found = of(with_extractors(tmp_path, a_outcomes=HEAD + rows, b_outcomes=HEAD + rows))
    assert [(one.agree, one.n) for one in found.comparisons] == [(1, 1), (1, 1)]


def test_counts_are_matched_by_time_where_somebody_has_several(tmp_path: Path) -> None:
    """One row each is one cell, whatever its time; of several, those of the same time are."""
    one, other = "bo,improved,patient,8,12,6,,\n", "bo,improved,patient,8,12,12,,\n"
    found = of(with_extractors(tmp_path / "one", a_outcomes=HEAD + one, b_outcomes=HEAD + other))
    assert [(c.agree, c.n) for c in found.comparisons] == [(1, 1), (1, 1)]
    assert [c.cell.name for c in found.disagreements] == ["timepoint_months"]
    found = of(with_extractors(tmp_path / "two", a_outcomes=HEAD + one, b_outcomes=HEAD + one + other))
    assert [(c.agree, c.n) for c in found.comparisons] == [(1, 1), (1, 2)]
    assert [c.cell.field for c in found.disagreements] == ["improved: 12 months"]
