"""The inverse-variance model: the review's own pools, boundaries and options."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit, stdtrit

from evidence.counts import Counts
from evidence.errors import ComputeError, DataError, UsageError
from evidence.measures import MEASURES
from evidence.measures.limits import study_limits
from evidence.pooling import model
from evidence.pooling.effects import LIMITS, PREDICTIONS
from evidence.pooling.inverse_variance import InverseVariance
from evidence.pooling.result import Pooled

REMISSION = ([0, 1, 3, 1, 1, 3, 1, 0, 0, 0, 0, 0, 0], [1, 1, 6, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1])
TOPICAL = ([1, 1, 3, 1, 0, 0], [1, 1, 28, 1, 1, 1])
INTRALESIONAL = ([0, 1, 3], [1, 1, 6])
RESPONSE = (
    [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 9, 1, 1, 1, 1, 0, 1, 0, 0],
    [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1, 1],
)
ALL_EVENTS = ([1, 1, 6], [1, 1, 6])
SPREAD = ([3, 10, 5, 21, 30], [12, 20, 40, 25, 90])
Data = tuple[list[int], list[int]]


def fit(data: Data, **options: object) -> Pooled:
    return InverseVariance(**options).fit(Counts(*data))  # type: ignore[arg-type]


# The column "IV logit hk-floor" of the table of METHODS section 1, printed there to two decimals.
@pytest.mark.parametrize(
    ("data", "estimate", "lower", "upper"),
    [
        (REMISSION, 0.34, 0.17, 0.57),
        (TOPICAL, 0.37, 0.08, 0.79),
        (INTRALESIONAL, 0.50, 0.05, 0.95),
        (RESPONSE, 0.65, 0.47, 0.80),
        (ALL_EVENTS, 0.84, 0.10, 1.00),
    ],
)
def test_the_pools_of_the_methods_table(data: Data, estimate: float, lower: float, upper: float) -> None:
    pooled = fit(data, boundary="corrected")
    assert pooled.ci is not None
    assert (pooled.estimate, pooled.ci.lower, pooled.ci.upper) == pytest.approx((estimate, lower, upper), abs=0.005)
    assert pooled.ci.method == "hk-floor"


def test_a_pool_by_hand() -> None:
    """Two studies, logit, Paule-Mandel: every number from its formula."""
    y = logit(np.array([3 / 12, 21 / 25]))
    v = np.array([1 / 3 + 1 / 9, 1 / 21 + 1 / 4])
    tau2 = (y[0] - y[1]) ** 2 / 2 - v.mean()
    pooled = fit(([3, 21], [12, 25]), tau2="PM", limits="t")
    w = 1 / (v + tau2)
    mu, se = (w * y).sum() / w.sum(), 1 / np.sqrt(w.sum())
    reach = stdtrit(1, 0.975) * se
    assert pooled.heterogeneity is not None
    assert pooled.analysis is not None
    assert pooled.ci is not None
    assert pooled.heterogeneity.tau2 == pytest.approx(tau2, rel=1e-12)
    assert pooled.analysis["measure"] == "PLO"
    assert (pooled.analysis["estimate"], pooled.analysis["se"]) == pytest.approx((mu, se), rel=1e-12)
    assert (pooled.ci.lower, pooled.ci.upper) == pytest.approx((expit(mu - reach), expit(mu + reach)), rel=1e-12)
    assert [s.weight for s in pooled.studies] == pytest.approx(list(w / w.sum()), rel=1e-12)
    assert pooled.pi is None  # fewer than 3 studies
    q = ((y[0] - y[1]) ** 2) / v.sum()
    assert pooled.heterogeneity.q == pytest.approx(q, rel=1e-12)
    assert pooled.heterogeneity.i2_q == pytest.approx((q - 1) / q, rel=1e-12)
    assert pooled.heterogeneity.lr is None  # Paule and Mandel's method has no likelihood


@pytest.mark.parametrize("measure", MEASURES)
def test_no_events_and_only_events_have_exact_limits(measure: str) -> None:
    for x, end, status in ((0, 0.0, "all-zero"), (1, 1.0, "all-events")):
        pooled = fit(([4 * x, 9 * x, 12 * x], [4, 9, 12]), measure=measure)
        lower, upper = study_limits(25 * x, 25)
        assert (pooled.estimate, pooled.mean, pooled.status) == (end, end, status)
        assert pooled.ci is not None
        assert pooled.ci == pooled.mean_ci
        assert (pooled.ci.lower, pooled.ci.upper) == (float(lower), float(upper))
        assert pooled.ci.method == "clopper-pearson, tau = 0 assumed"
        assert (pooled.analysis, pooled.heterogeneity, pooled.pi, pooled.log_likelihood) == (None, None, None, 0.0)


@pytest.mark.parametrize("measure", MEASURES)
def test_one_study_is_its_own_proportion_with_its_own_limits(measure: str) -> None:
    pooled = InverseVariance(measure=measure, boundary="corrected").fit(Counts([2, 0], [7, 0]), "wilson")
    lower, upper = study_limits(2, 7, "wilson")
    assert pooled.status == "single-study"
    assert pooled.estimate == pooled.mean == 2 / 7
    assert pooled.ci is not None
    assert (pooled.ci.lower, pooled.ci.upper, pooled.ci.method) == (float(lower), float(upper), "wilson")
    assert (pooled.analysis, pooled.heterogeneity, pooled.pi) == (None, None, None)


def test_nothing_to_pool() -> None:
    with pytest.raises(DataError):
        fit(([0, 0], [0, 0]))
    assert InverseVariance().estimate(Counts([0, 0], [0, 0])).status == "no-fit"


def test_identical_effects_have_no_interval_of_zero_width() -> None:
    pooled = fit(([1, 2, 4], [4, 8, 16]), limits="hk")
    floor = fit(([1, 2, 4], [4, 8, 16]))
    assert pooled.ci is not None
    assert pooled.ci == floor.ci
    assert pooled.ci.method == "hk-floor"
    assert any("identical" in note.text for note in pooled.notes if note.code == "hk-q-below-1")


def test_limits_by_name() -> None:
    """hk is se sqrt(q), hk-floor never below t, wald narrower than t."""
    width = {}
    for limits in LIMITS:
        pooled = fit(SPREAD, limits=limits, tau2="DL")
        assert pooled.ci is not None
        width[limits] = float(logit(pooled.ci.upper) - logit(pooled.ci.lower))
        assert pooled.ci.method == limits
    assert width["wald"] < width["t"] <= width["hk-floor"]
    assert width["hk-floor"] == max(width["hk"], width["t"])
    below = fit(([3, 5, 8], [10, 15, 25]), limits="hk")
    assert {note.code for note in below.notes} >= {"hk-q-below-1", "hk-narrower-than-wald"}


def test_predictions_by_name() -> None:
    width = {}
    for prediction in PREDICTIONS:
        pooled = fit(SPREAD, prediction=prediction, limits="hk")
        if prediction == "none":
            assert pooled.pi is None
            continue
        assert pooled.pi is not None
        assert pooled.pi.method == prediction or pooled.pi.method == "bootstrap-t, 2,000 draws, seed 1"
        width[prediction] = float(logit(pooled.pi.upper) - logit(pooled.pi.lower))
    spread, analysis = fit(SPREAD, limits="hk").heterogeneity, fit(SPREAD, limits="hk").analysis
    assert spread is not None
    assert analysis is not None
    assert spread.tau2 is not None
    root = np.sqrt(spread.tau2 + analysis["se"] ** 2)
    assert width["t"] == pytest.approx(2 * stdtrit(4, 0.975) * root, rel=1e-9)
    assert width["riley"] == pytest.approx(2 * stdtrit(3, 0.975) * root, rel=1e-9)
    assert width["normal"] < width["t"] < width["riley"]
    assert width["t-classic"] != width["t"]


@pytest.mark.parametrize("level", [0.8, 0.99])
def test_level(level: float) -> None:
    pooled = fit(SPREAD, level=level)
    assert pooled.ci is not None
    assert pooled.ci.level == level
    assert pooled.heterogeneity is not None
    assert pooled.heterogeneity.tau2_ci is not None
    assert pooled.heterogeneity.tau2_ci["level"] == level
    wider = fit(SPREAD, level=0.999).ci
    assert wider is not None
    assert wider.lower < pooled.ci.lower < pooled.ci.upper < wider.upper


def test_limits_of_tau2_by_name() -> None:
    by_q, by_likelihood = fit(SPREAD).heterogeneity, fit(SPREAD, tau2_limits="profile").heterogeneity
    assert by_q is not None
    assert by_likelihood is not None
    assert by_q.tau2_ci is not None
    assert by_likelihood.tau2_ci is not None
    assert by_q.tau_ci is not None
    assert by_q.tau2_ci["method"] == "q-profile"
    assert by_likelihood.tau2_ci["method"] == "profile"
    assert by_q.tau2_ci["upper"] != by_likelihood.tau2_ci["upper"]
    assert by_q.tau_ci["upper"] == pytest.approx(by_q.tau2_ci["upper"] ** 0.5)
    assert by_q.lr is not None
    assert by_q.lr > 0
    with pytest.raises(UsageError, match="no likelihood"):
        InverseVariance(tau2="DL", tau2_limits="profile")


def test_options_are_printed_with_the_values_in_use() -> None:
    assert InverseVariance().to_dict() == {
        "name": "inverse-variance",
        "measure": "PLO",
        "tau2": "REML",
        "limits": "hk-floor",
        "prediction": "t",
        "level": 0.95,
        "add": 0.5,
        "to": "only0",
        "back": None,
        "tau2_limits": "q-profile",
        "boundary": "exact",
        "tau_test": "half-chi2",
        "draws": 2000,
        "seed": 1,
    }
    double = InverseVariance(measure="PFT").to_dict()
    assert (double["add"], double["back"]) == (0.0, "inverse-variance")
    options = {name: value for name, value in double.items() if name != "name"}
    assert model("inverse-variance", **options).to_dict() == double
    assert replace(InverseVariance(measure="PLO"), measure="PAS").to_dict()["add"] == 0.0


@pytest.mark.parametrize(
    ("option", "value", "mend"),
    [
        ("measure", "PLOGIT", "PLO"),
        ("tau2", "REM", "REML"),
        ("limits", "knha", "hk"),
        ("prediction", "HTS", "riley"),
        ("level", 95, "0.95"),
        ("to", "only1", "only0"),
        ("add", -0.5, "0.5"),
        ("back", "harmonic", "leave back out"),
        ("tau2_limits", "q", "q-profile"),
        ("boundary", "exakt", "exact"),
    ],
)
def test_wrong_options_say_what_is_meant(option: str, value: object, mend: str) -> None:
    with pytest.raises(UsageError) as caught:
        model("inverse-variance", **{option: value})
    assert mend in caught.value.problems[0].mend


def test_a_study_without_a_value_is_named() -> None:
    counts = Counts([0, 3, 4], [5, 6, 9], ["Able 2001", "Baker 2002", "Cole 2003"])
    for chosen in (InverseVariance(add=0), InverseVariance(measure="PR", to="none")):
        with pytest.raises(ComputeError, match="Able 2001: no value or no variance"):
            chosen.fit(counts)
        stack = chosen.estimate(Counts([[0, 3, 4], [1, 3, 4]], [[5, 6, 9], [5, 6, 9]]))
        assert stack.status.tolist()[0] == "no-fit"
        assert stack.status.tolist()[1] in ("ok", "tau-zero")
        assert np.isnan(stack.estimate[0])
        assert np.isfinite(stack.estimate[1])


def test_the_harmonic_mean_is_refused_for_small_studies_unless_forced() -> None:
    small, large = Counts([1, 6, 9], [4, 10, 20]), Counts([1, 6, 9], [5, 10, 20])
    chosen = InverseVariance(measure="PFT", back="harmonic")
    with pytest.raises(ComputeError, match="4 patients"):
        chosen.fit(small)
    assert chosen.estimate(small).status == "no-fit"
    pooled = chosen.fit(large)
    assert "harmonic-mean" in {note.code for note in pooled.notes}
    forced = InverseVariance(measure="PFT", back="harmonic-forced").fit(small)
    assert "harmonic-mean" in {note.code for note in forced.notes}
    assert pooled.analysis is not None
    size = np.asarray(3 / (1 / 5 + 1 / 10 + 1 / 20))
    back = MEASURES["PFT"].back(np.asarray(pooled.analysis["estimate"]), size)
    assert pooled.estimate == pytest.approx(float(back), rel=1e-12)


def test_double_arcsine_goes_back_with_one_size_for_all() -> None:
    pooled = fit(SPREAD, measure="PFT", limits="wald", prediction="normal")
    assert pooled.analysis is not None
    assert pooled.ci is not None
    assert pooled.pi is not None
    assert pooled.mean is None
    mu, se = pooled.analysis["estimate"], pooled.analysis["se"]
    size = np.asarray(1 / (4 * se**2))
    assert pooled.estimate == pytest.approx(float(MEASURES["PFT"].back(np.asarray(mu), size)), rel=1e-12)
    assert pooled.ci.lower == pytest.approx(float(MEASURES["PFT"].back(mu - 1.959963984540054 * se, size)), rel=1e-10)


def test_notes_of_the_model() -> None:
    def codes(data: Data, **options: object) -> set[str]:
        return {note.code for note in fit(data, **options).notes}

    assert "correction" in codes(RESPONSE)
    assert "correction" not in codes(SPREAD)
    assert "correction" not in codes(RESPONSE, measure="PAS")
    assert "correction-everywhere" in codes(SPREAD, to="all")
    assert "correction-everywhere" not in codes(SPREAD, to="if0all")
    assert "clipped" in codes(RESPONSE, measure="PR")
    assert "clipped" not in codes(RESPONSE)
    assert "i2-caveat" in codes(([10, 500, 900], [1000, 1000, 1000]))
    assert "tau-not-identified" in codes(([1, 0, 1, 1], [1, 1, 1, 1]))


def test_methods_sentence_names_every_choice() -> None:
    text, cites = InverseVariance(measure="PFT", tau2="PM", limits="t", prediction="riley").describe()
    for part in ("double arcsine", "Paule and Mandel", "1 / (4 se^2)", "(t)", "(riley)", "k - 2", "95%"):
        assert part in text
    assert cites == ("paule1982", "viechtbauer2007", "riley2011", "barendregt2013", "pustejovsky2018")
    assert "0.5 was added" in InverseVariance().describe()[0]
    assert "prediction" not in InverseVariance(prediction="none").describe()[0].casefold()
