"""What is said of a prediction interval: why it is the narrower one, what stands in for it, by which formula."""

from __future__ import annotations

import pytest

from evidence.counts import Counts
from evidence.pooling import model

CALM = Counts([3, 5, 8], [10, 15, 25])
APART = Counts([1, 3, 8], [2, 9, 12])


def codes(counts: Counts, name: str = "logistic-normal", **options: str) -> dict[str, str]:
    return {note.code: note.text for note in model(name, **options).fit(counts).notes}


def test_a_narrower_interval_says_what_each_takes_for_the_spread() -> None:
    pooled = model("logistic-normal").fit(CALM)
    assert pooled.pi is not None and pooled.mean_ci is not None
    assert pooled.pi.upper - pooled.pi.lower < pooled.mean_ci.upper - pooled.mean_ci.lower
    found = codes(CALM)
    assert "limits (profile-t) allow" in found["prediction-narrower"]
    assert "(bayes-predictive) takes the spread from the data and a prior" in found["prediction-narrower"]
    assert "the spread is estimated as 0" in found["prediction-bayes"]


def test_a_spread_taken_as_estimated_is_said() -> None:
    found = codes(Counts([2, 3, 9], [6, 9, 12]))
    assert "prediction interval (t) takes the spread as it was estimated" in found["prediction-narrower"]
    assert "prediction-bayes" not in found


def test_limits_with_the_same_quantile_and_spread_have_no_such_note() -> None:
    assert "prediction-narrower" not in codes(APART, limits="t", prediction="t")
    assert "prediction-bayes" not in codes(CALM, prediction="bayes")


@pytest.mark.parametrize(
    ("name", "spread"), [("logistic-normal", "tau"), ("beta-binomial", "rho")], ids=["median", "beta"]
)
def test_the_methods_text_names_what_stands_in(name: str, spread: str) -> None:
    text, _ = model(name).describe()
    assert f"Where {spread} is estimated as 0" in text and "bayes-predictive instead" in text
    assert "Prediction" not in model(name, prediction="none").describe()[0]
    assert "(bayes-predictive) are by" in model(name, prediction="bayes").describe()[0]


def test_each_model_names_its_own_formula() -> None:
    assert (
        "Prediction intervals (riley) are by the t quantile with k - 2"
        in (model("logistic-normal", prediction="riley").describe()[0])
    )
    assert "bayes-predictive" in model("bayesian").describe()[0]
    assert "instead" not in model("poisson-normal").describe()[0]
