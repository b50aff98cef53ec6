"""Under each extractor and adjudicated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence import model
from evidence.errors import DataError
from evidence.review.review import Review, read_review
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.extractors import extractors
from tests.sensitivity.reviews import extracted
from tests.thirdreview import write_third_review

BETA = model("beta-binomial")


def test_the_two_extractors_of_the_first_review(sts: Review) -> None:
    """extraction/*.csv, summed by hand: A missed cho2016, and neither has the two failures found at adjudication."""
    answer = extractors(sts, "any_response", BETA)
    varied = answer.varied
    assert varied.labels == ("extractor A", "extractor B", "adjudicated")
    assert list(zip(varied.events.tolist(), varied.n.tolist(), strict=True)) == [(31, 51), (35, 55), (35, 57)]
    assert varied.primary.tolist() == [False, False, True] and answer.differing[2] == 0
    assert "Extractor A 31 of 51 patients (61 %), 4 arms differ; extractor B" in str(answer)
    json.dumps(answer.to_dict(), allow_nan=False)
    assert answer.to_frame()["differing"].tolist() == list(answer.differing)


def test_one_extractor_or_none_is_a_sentence(vessels: Review, third_review: Path) -> None:
    with pytest.raises(NotAskableError, match="one extractor"):
        extractors(vessels, "any_response", BETA)
    with pytest.raises(NotAskableError, match="no values of single extractors are kept"):
        extractors(read_review(third_review), "improved", BETA)


def test_time_points_filters_and_strangers(tmp_path: Path) -> None:
    """Times decide as in the review; an unknown arm and an empty cell count for nothing; filters use final rows."""
    folder = extracted(
        write_third_review(tmp_path),
        a="arm_id,outcome,unit,events,total,timepoint_months,colour\n"
        "ada-low,improved,patient,2,14,3,red\nada-low,improved,patient,8,14,12,red\nbo,improved,patient,,12,,\n"
        "gone,improved,patient,1,1,,\nbo,grown,patient,1,1,,\ncy,improved,patient,19,25,6,\n",
        b="ada-low,improved,patient,9,14\nbo,improved,patient,8,12\ncy,improved,patient,20,25\n",
    )
    heel = read_review(folder)
    varied = extractors(heel, "improved", BETA).varied
    assert list(zip(varied.events.tolist(), varied.n.tolist(), strict=True))[:2] == [(27, 39), (37, 51)]
    first = extractors(heel, "improved", BETA, time="first").varied
    assert (first.events[0], first.n[0]) == (21, 39)
    sure = extractors(heel, "improved", BETA, {"confidence": "high"}).varied
    assert sure.n.tolist()[0] == 39 and sure.labels[1] == "extractor B"
    none = extractors(heel, "improved", BETA, {"setting": "clinic", "confidence": "high"}).varied
    assert none.arms.tolist()[:2] == [1, 0]


def test_counts_that_time_can_not_tell_apart_are_a_sentence(tmp_path: Path) -> None:
    rows = "ada-low,improved,patient,6,14\nada-low,improved,patient,9,14\n"
    heel = read_review(extracted(write_third_review(tmp_path), a=rows, b=rows))
    with pytest.raises(NotAskableError, match="can't be told apart by time"):
        extractors(heel, "improved", BETA)


def test_an_unreadable_file_is_a_problem_with_its_place(tmp_path: Path) -> None:
    heel = read_review(
        extracted(
            write_third_review(tmp_path),
            a="ada-low,improved,patient,fifteen,14\nbo,improved,patient,13,12\n",
            b="arm_id,outcome\nbo,improved\n",
        )
    )
    with pytest.raises(DataError) as raised:
        extractors(heel, "improved", BETA)
    problems = raised.value.problems
    assert {problem.code for problem in problems} >= {"events-exceed-total", "missing-column"}
    assert all(problem.file and problem.line and problem.mend for problem in problems)
