"""What a summary says first: counts, parts, then the pool."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from evidence.counts import Counts
from evidence.pooling import model
from evidence.pooling.assemble import in_context
from evidence.pooling.headline import prints_counts
from evidence.pooling.result import Context, Pooled

RESPONSE = Counts(
    [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 9, 1, 1, 1, 1, 0, 1, 0, 0],
    [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1, 1],
    [f"report {i}" for i in range(11)] + ["Gauffenic 2023"] + [f"report {i}" for i in range(12, 20)],
)


def fitted(counts: Counts, **options: object) -> Pooled:
    return model("logistic-normal", **options).fit(counts)


def codes(pooled: Pooled) -> list[str]:
    return [n.code for n in pooled.notes]


@pytest.fixture(scope="module")
def response() -> Pooled:
    context = Context("sts", "any_response", "Any response", "patient", 20, 23, 110, 13)
    return in_context(fitted(RESPONSE), context)


def test_observed_count_comes_first_with_its_denominators(response: Pooled) -> None:
    assert response.headline.observed == "35 of 57 patients in 20 of 23 arms; 57 of 110 treated"
    assert response.headline.text.startswith(response.headline.observed)


def test_any_response_is_never_summarised_by_its_median(response: Pooled) -> None:
    assert response.estimate and response.estimate > 0.97
    assert not response.headline.show_median
    assert "98" not in response.headline.text
    assert "0.980" not in str(response)
    assert {"weakly-identified", "mean-median-apart"} <= set(codes(response))


def test_a_dominated_pool_leads_with_series_and_reports(response: Pooled) -> None:
    assert response.headline.kind == "split"
    series, reports = response.headline.lines
    assert [(m["events"], m["n"]) for m in series["members"]] == [(6, 6), (9, 28)]
    assert (reports["events"], reports["n"]) == (20, 23)
    exact = binomtest(20, 23).proportion_ci(0.95, method="exact")
    # SciPy finds these limits by root search, to about 1e-10.
    assert reports["lower"] == pytest.approx(exact.low, abs=1e-9)
    assert reports["upper"] == pytest.approx(exact.high, abs=1e-9)


def test_missing_outcomes_are_counted(response: Pooled) -> None:
    texts = [n.text for n in response.notes if n.code == "outcome-missing"]
    assert texts == ["53 of 110 treated patients (48 %) have no usable count for this outcome."]


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        (Counts([1, 2], [9, 12]), "Fewer than 3 studies"),
        (Counts([0, 1, 3], [1, 1, 6]), "Fewer than 10 patients"),
        (Counts([3], [28]), "One study"),
        (Counts([0, 0, 0], [10, 7, 8]), "No events"),
    ],
)
def test_too_little_to_pool_shows_counts(counts: Counts, says: str) -> None:
    headline = fitted(counts).headline
    assert headline.kind == "observed"
    assert headline.reason and headline.reason.startswith(says)


def test_ordinary_data_have_a_pooled_headline_with_the_median_beside_it() -> None:
    pooled = fitted(Counts([12, 5, 24, 7, 17, 9], [20, 18, 31, 15, 19, 22]))
    assert pooled.headline.kind == "mean" and pooled.headline.show_median
    assert "typical study (median)" in str(pooled)


def test_dominant_study_is_named() -> None:
    pooled = fitted(Counts([30, 1, 2, 3], [60, 3, 4, 5], ["Large 2020", "a", "b", "c"]))
    (text,) = [n.text for n in pooled.notes if n.code == "dominant-study"]
    assert text.startswith("Large 2020 holds 83 %")


@pytest.mark.parametrize(
    ("events", "n"),
    [([1, 2], [9, 9]), ([1, 1, 1], [2, 3, 4]), ([0, 0, 0], [5, 5, 5]), ([5, 5, 5], [5, 5, 5]), ([1, 2, 0], [4, 4, 2])],
)
def test_whether_counts_alone_are_printed_is_known_before_a_fit(events: list[int], n: list[int]) -> None:
    shown = fitted(Counts(events, n)).headline.kind
    assert prints_counts(len(n), sum(n), sum(events)) == (shown == "observed")
