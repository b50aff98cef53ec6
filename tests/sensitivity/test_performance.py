"""Performance on simulated data: the table of the methods, counting of every set, and what can't be simulated."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit

import evidence
from evidence import Counts, model
from evidence.errors import EvidenceError, UsageError
from evidence.measures.logit_mean import mean_expit
from evidence.pooling.result import Estimates
from evidence.sensitivity.methods import Method, methods_of, usual_methods
from evidence.sensitivity.performance import (
    Design,
    calibrate,
    distinct,
    mu_of,
    simulated,
)

#: Bias in points and coverage in percent: 1,000 sets each; columns k = 20 and k = 8 at a median of 0.80 with tau 0.8,
#: k = 20 at 0.90 with tau 0. Sets of no events or only events, and fits without a standard error, are left out there.
TABLE = {
    "logit inverse variance (wald)": ((-8.1, 62), (-8.6, 85), (-7.8, 33)),
    "logit inverse variance (hk)": ((-8.1, 50), (-8.6, 78), (-7.8, 9)),
    "logit inverse variance (hk-floor)": ((-8.1, 67), (-8.6, 92), (-7.8, 38)),
    "Freeman-Tukey (harmonic mean)": ((8.8, 72), (6.9, 85), (8.1, 37)),
    "Freeman-Tukey (own variance)": ((-0.9, 94), (-1.5, 92), (-2.6, 93)),
    "logistic-normal median (t)": ((-0.3, 95), (-1.4, 96), (0.3, 98)),
    "beta-binomial (t)": ((0.1, 96), (-0.8, 97), (-0.2, 98)),
}
DESIGNS = ((20, 0.8, 0.8), (8, 0.8, 0.8), (20, 0.9, 0.0))
TABLE_SETS = 1000
#: The table is rounded to 0.1 points and 1 percent.
ROUNDED_POINTS, ROUNDED_COVERAGE = 0.05, 0.005
TINY = [1, 2, 2]


def sizes(draws: int, k: int) -> np.ndarray:
    """Units of each study of each set: uniform within 1, 2-4, 5-10, 11-30 with probabilities 0.4, 0.3, 0.2, 0.1."""
    generator = np.random.default_rng(20)
    kind = generator.choice(4, size=(draws, k), p=[0.4, 0.3, 0.2, 0.1])
    return generator.integers(np.array([1, 2, 5, 11])[kind], np.array([1, 4, 10, 30])[kind], endpoint=True)


def apart(column: int, draws: int, errors: float) -> list[str]:
    """Numbers further from the table than so many standard errors of both."""
    k, median, tau = DESIGNS[column]
    found = calibrate(sizes(draws, k), tau, mu=float(logit(median)), draws=draws, seed=3)
    assert [p.label for p in found.performances] == list(TABLE)
    wrong = []
    for ours in found.performances:
        bias, percent = TABLE[ours.label][column]
        inner = ours.inner
        assert inner.bias_points is not None and inner.bias_se is not None and inner.coverage is not None
        both = 1 + inner.sets / TABLE_SETS
        far_bias = abs(inner.bias_points - bias) - ROUNDED_POINTS
        variance = max(inner.coverage * (1 - inner.coverage), 0.01) / inner.sets
        far_coverage = abs(inner.coverage - percent / 100) - ROUNDED_COVERAGE
        if far_bias > errors * inner.bias_se * both**0.5:
            wrong.append(f"{ours.label}: bias {inner.bias_points:.2f}, table {bias}")
        if far_coverage > errors * (variance * both) ** 0.5:
            wrong.append(f"{ours.label}: coverage {inner.coverage:.3f}, table {percent} %")
    return wrong


@pytest.mark.parametrize("column", range(3))
def test_the_table_of_the_methods_roughly(column: int) -> None:
    """With 250 sets and 4 standard errors: 42 comparisons, of which by chance 1 in 400 runs would fail."""
    assert apart(column, 250, 4) == []


@pytest.mark.slow
@pytest.mark.parametrize("column", range(3))
def test_the_table_of_the_methods(column: int) -> None:
    """5,000 sets, 3 standard errors of both; the largest error that is left is the table's own."""
    assert apart(column, 5000, 3) == []


@pytest.fixture(scope="module")
def tiny() -> Any:
    return calibrate(TINY, 1.0, mean=0.8, draws=300)


@pytest.mark.parametrize("name", ["logit inverse variance (hk)", "beta-binomial (t)", "logistic-normal median (t)"])
def test_every_set_counts_with_the_limits_that_are_printed(tiny: Any, name: str) -> None:
    method = next(m for m in usual_methods() if m.label == name)
    ours = next(p for p in tiny.performances if p.label == name)
    sets = Design(np.array(TINY), tiny.mu, 1.0).sets(300, 1)
    printed: dict[tuple[tuple[int, int], ...], Any] = {}
    held = biases = inside = 0.0
    estimates = 0
    for events in sets.events:
        studies = tuple(sorted(zip(events.tolist(), TINY, strict=True)))
        if studies not in printed:
            x, n = zip(*studies, strict=True)
            printed[studies] = method.model.fit(Counts(x, n))
        pooled = printed[studies]
        held += pooled.ci is not None and pooled.ci.lower <= ours.truth <= pooled.ci.upper
        if pooled.estimate is not None:
            biases += pooled.estimate - ours.truth
            estimates += 1
        inside += pooled.analysis is not None
    assert ours.every.coverage == held / 300 and ours.every.sets == 300 == sum(ours.statuses.values())
    assert ours.every.with_estimate == estimates
    assert ours.every.bias_points == pytest.approx(100 * biases / estimates, abs=1e-6)
    assert ours.inner.sets == inside < 300
    assert ours.boundary + ours.failed >= 300 - inside


def test_numbers_hang_on_the_seed_alone(tiny: Any) -> None:
    """Not on which methods are judged, in which order, or how a stack is cut."""
    other = calibrate(TINY, 1.0, usual_methods()[::-1][:2], mean=0.8, draws=300)
    by_name = {p.label: p for p in tiny.performances}
    assert all(p == by_name[p.label] for p in other.performances)
    design = Design(np.array(TINY), tiny.mu, 1.0)
    assert (design.sets(300, 1).events != design.sets(300, 2).events).any()


def test_events_are_as_many_as_the_design_says() -> None:
    low, high = (Design(np.full(50, 4), mu, 0.0).sets(200, 5).events.mean() / 4 for mu in (0.0, 1.0))
    # 40,000 units: standard error 0.0025.
    assert low == pytest.approx(0.5, abs=0.01) and high == pytest.approx(expit(1.0), abs=0.01)


@dataclass(frozen=True)
class Recording:
    """A model that keeps the stack it was given."""

    inner: Any
    seen: list[Counts]
    centre: str = "average study (mean)"

    def __hash__(self) -> int:
        return id(self.seen)

    def estimate(self, counts: Counts) -> Estimates:
        self.seen.append(counts)
        found: Estimates = self.inner.estimate(counts)
        return found

    def to_dict(self) -> dict[str, Any]:
        return {}


def test_sets_that_differ_in_their_order_only_are_fitted_once() -> None:
    recording: Any = Recording(model("common-effect"), [])
    methods = [Method("a", recording, "mean"), Method("b", recording, "median")]
    design = Design(np.array([2, 1, 2, 5]), 0.5, 0.7)
    (found,) = simulated([design], methods, 400, 9)
    sets = design.sets(400, 9)
    different = {
        tuple(sorted(zip(x, n, strict=True))) for x, n in zip(sets.events.tolist(), sets.n.tolist(), strict=True)
    }
    assert len(recording.seen) == 1 and recording.seen[0].shape == (len(different),) == (found.distinct,)


def test_distinct_sets_are_the_sets() -> None:
    sets = Design(np.array([[3, 1, 0, 2], [0, 1, 2, 3], [5, 5, 5, 0]]), 0.0, 1.0).sets(3, 1)
    different, which = distinct(sets)
    for i in range(3):
        ours = Counter(zip(different.events[which[i]].tolist(), different.n[which[i]].tolist(), strict=True))
        assert ours == Counter(zip(sets.events[i].tolist(), sets.n[i].tolist(), strict=True))


@pytest.mark.parametrize("mean", [1e-9, 0.03, 0.5, 0.82, 1 - 1e-12])
@pytest.mark.parametrize("tau", [0.0, 0.5, 2.0, 9.0])
def test_mu_keeps_the_mean(mean: float, tau: float) -> None:
    found = float(mean_expit(np.array(mu_of(mean, tau)), np.array(tau)))
    # mu to 1e-11; the rule of the mean to 1e-13.
    assert found == pytest.approx(mean, rel=1e-8, abs=2e-13)


def test_a_model_is_judged_by_what_it_says_its_centre_is() -> None:
    median, mean = methods_of("logistic-normal")
    assert (median.target, median.number, mean.target, mean.number) == ("median", "estimate", "mean", "mean")
    assert [m.target for m in methods_of("beta-binomial")] == ["mean"]
    assert [m.target for m in methods_of(model("inverse-variance", measure="PFT"))] == ["mean"]
    found = calibrate([1, 1, 2], 0.3, ["bayesian"], mu=0.2, draws=200)
    assert [round(p.truth, 3) for p in found.performances] == [round(float(expit(0.2)), 3), round(found.mean, 3)]


def test_a_method_without_limits_has_no_coverage() -> None:
    """Where every study has one patient the median is not estimated at all; the mean is."""
    median, mean = calibrate([1] * 40, 0.5, ["logistic-normal"], mean=0.5, draws=200).performances
    assert median.statuses == {"tau-not-identified": 200} and median.boundary == 200
    assert median.every.coverage is None and median.every.bias_points is None and median.every.with_limits == 0
    # Exact limits of one proportion: at least 0.95, of which 200 sets can miss 3 standard errors.
    assert mean.every.coverage is not None and mean.every.coverage > 0.95 - 3 * (0.95 * 0.05 / 200) ** 0.5


def test_the_frame_and_the_dict_hold_every_number(tiny: Any) -> None:
    frame = tiny.to_frame()
    assert len(frame) == 7 and {"bias_points", "coverage_se", "width_points", "boundary", "inner_sets"} <= {*frame}
    assert tiny.to_dict()["performances"][0]["every"]["bias_points"] == frame["bias_points"][0]
    assert evidence.calibrate is calibrate
    first, *lines = str(tiny).splitlines()
    assert first.startswith("300 simulated data sets, tau 1.00") and len(lines) == 7
    assert lines[0].startswith(f"logit inverse variance (wald): {frame['bias_points'][0]:.2f}, ")


@pytest.mark.parametrize(
    "options",
    [
        {"tau": -1.0},
        {"tau": float("nan")},
        {"n": [1, -2]},
        {"n": [1.5]},
        {"n": []},
        {"n": "many"},
        {"n": [0, 0]},
        {"n": [[1, 2]]},
        {"mean": 1.0},
        {"mean": None},
        {"mu": 0.3},
        {"mean": None, "mu": float("inf")},
        {"draws": 10},
        {"draws": 10**9},
        {"seed": -1},
        {"models": ["logistic"]},
    ],
)
def test_what_cant_be_simulated_is_refused_with_a_mend(options: dict[str, Any]) -> None:
    with pytest.raises(EvidenceError) as refused:
        calibrate(**{"n": TINY, "tau": 0.5, "mean": 0.5, **options})
    assert isinstance(refused.value, UsageError) and refused.value.problems[0].mend
    assert replace(refused.value.problems[0], mend="") != refused.value.problems[0]
