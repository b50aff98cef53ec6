"""Verdicts: a number that is off by more than the other software's accuracy is never called the same."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import pytest

from evidence.counts import Counts
from evidence.crosscheck import put_together
from evidence.crosscheck.case import case_of, quantities
from evidence.crosscheck.comparison import Answer, Closeness, CrossCheck, Quantity, compare, furthest

OURS = {
    "estimate": Quantity("estimate", "estimate (logit)", 1.0, 0.5),
    "study_limits": Quantity("study_limits", "study limits", (0.1, 0.9, 0.2, 0.8), 1.0),
    "mean": Quantity("mean", "mean", 0.5),
}
LOOSE = {"estimate": Closeness(1e-3, "it iterates")}


@pytest.mark.parametrize(("theirs", "verdict"), [(1.0 + 4e-4, "same"), (1.0 - 6e-4, "differs")])
def test_the_tolerance_is_a_fraction_of_the_scale(theirs: float, verdict: str) -> None:
    (row,) = compare(OURS, Answer("R", "4", {"estimate": theirs}, LOOSE))
    assert row.verdict == verdict
    assert row.difference == pytest.approx(abs(theirs - 1.0)) and row.tolerance == pytest.approx(5e-4)
    assert row.reason == "1e-03 of the standard error, width or value; it iterates"


def test_without_another_reason_only_rounding_is_the_same() -> None:
    (row,) = compare(OURS, Answer("R", "4", {"estimate": 1.0 + 1e-6}))
    assert row.verdict == "differs" and row.tolerance == pytest.approx(0.5e-8)


def test_of_one_number_for_each_study_the_worst_counts() -> None:
    (row,) = compare(OURS, Answer("R", "4", {"study_limits": (0.1, 0.9, 0.2, 0.81)}))
    assert (row.ours, row.theirs, row.verdict) == (0.8, 0.81, "differs")
    with pytest.raises(ValueError, match="zip"):
        furthest((0.1, 0.2), (0.1,))


def test_what_is_not_comparable_says_why_and_has_no_difference() -> None:
    (row,) = compare(OURS, Answer("R", "4", {"mean": 0.7}, apart={"mean": "another mean"}))
    assert (row.verdict, row.reason, row.difference, row.tolerance, row.theirs) == (
        "not comparable",
        "another mean",
        None,
        None,
        0.7,
    )


def checked() -> CrossCheck:
    rows = compare(OURS, Answer("metafor", "3.8-1", {"estimate": 1.2, "study_limits": (0.1, 0.9, 0.2, 0.8)}, LOOSE))
    rows += compare(OURS, Answer("meta", "8.0", apart={"mean": "it has none"}))
    return CrossCheck("a model; its limits", rows, (("PyMARE", "it has no such model. " + "word " * 30),))


def test_a_result_is_frozen_and_tells_itself() -> None:
    found = checked()
    text = str(found)
    assert max(map(len, text.splitlines())) <= 80
    for part in (
        "metafor 3.8-1",
        "differs (2e-01)",
        "same (<1e-12)",
        "not comparable",
        "PyMARE: it has no such model.",
    ):
        assert part in text
    assert [row.key for row in found.differing] == ["estimate"]
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["rows"][0]["verdict"] == "differs"
    frame = found.to_frame()
    assert list(frame["verdict"]) == ["differs", "same", "not comparable"] and len(frame.columns) == 10
    with pytest.raises(FrozenInstanceError):
        found.title = "another"  # type: ignore[misc]


def test_other_software_is_given_the_sums_of_a_study_only_where_the_model_sums() -> None:
    counts = Counts([1, 2, 3, 5], [5, 6, 7, 9], studies=["a", "a", "b", "c"])
    assert case_of(counts, "common-effect").counts.k == 3
    assert case_of(counts, "common-effect").arms.k == 4
    assert case_of(counts, "inverse-variance").counts.k == 4


def test_every_quantity_has_a_scale_that_tells_differences_apart() -> None:
    for name in ("common-effect", "inverse-variance", "logistic-normal"):
        for quantity in quantities(case_of(Counts([1, 2, 8, 5], [5, 6, 9, 9]), name)).values():
            assert 0 < quantity.scale < float("inf"), quantity


def test_what_nobody_answers_has_no_row() -> None:
    case = case_of(Counts([1, 2, 8, 5], [5, 6, 9, 9]), "beta-binomial")
    found = put_together(case, [Answer("R", says="it is not here.")])
    assert found.rows == () and found.remarks == (("R", "it is not here."),)
