"""The Bayesian model against nested adaptive integration and against a grid four times finer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import cubature, dblquad
from scipy.special import expit, gammaln
from scipy.stats import binom, halfcauchy, halfnorm, norm, uniform

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.pooling import model, posterior_grids
from evidence.pooling import posterior as grid
from evidence.pooling.bayesian import Bayesian
from evidence.pooling.cells import cells_of, log_likelihood

SETS = {
    "remission": ([0, 1, 3, 1, 1, 3, 1, 0, 0, 0, 0, 0, 0], [1, 1, 6, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1]),
    "topical": ([1, 1, 3, 1, 0, 0], [1, 1, 28, 1, 1, 1]),
    "intralesional": ([0, 1, 3], [1, 1, 6]),
    "all zero": ([0, 0, 0, 0], [10, 7, 5, 3]),
    "all events": ([1, 1, 6], [1, 1, 6]),
    "single units": ([1, 1, 0, 1, 1], [1, 1, 1, 1, 1]),
    "all or none": ([4, 0, 3, 5], [4, 2, 3, 5]),
    "one series": ([9, 1, 1, 1, 0], [28, 1, 2, 1, 1]),
    "large": ([50, 400, 30, 200], [100, 1000, 60, 380]),
    "two": ([3, 2], [10, 12]),
}


def posterior_of(name: str, chosen: Bayesian) -> grid.Posterior:
    x, n = SETS[name]
    return chosen.posterior(np.array(x), np.array(n))


def mean_quantile(found: grid.Posterior, tail: float) -> float:
    return grid.quantile(found.mean_cdf, tail, -6, 6)


def at(cdf: Callable[[np.ndarray], np.ndarray], value: float) -> float:
    return float(cdf(np.array([value]))[0])


QUICK_SETS = ("remission", "all events", "one series")


@pytest.mark.parametrize(
    "name", [name if name in QUICK_SETS else pytest.param(name, marks=pytest.mark.slow) for name in SETS]
)
def test_a_grid_four_times_finer_agrees(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = Bayesian()
    coarse = posterior_of(name, chosen)
    monkeypatch.setattr(posterior_grids, "TAU_NODES", 256)
    monkeypatch.setattr(posterior_grids, "MU_NODES", 192)
    fine = posterior_of(name, chosen)
    # METHODS section 3: log evidence 1e-8, quantiles 1e-6.
    assert coarse.log_evidence == pytest.approx(fine.log_evidence, abs=1e-8)
    for tail in (0.025, 0.5, 0.975):
        for cdf, low, high in (("median_cdf", -8.0, 8.0), ("predictive_cdf", -20.0, 20.0), ("tau_cdf", 0.0, 6.0)):
            pair = [grid.quantile(getattr(p, cdf), tail, low, high) for p in (coarse, fine)]
            assert pair[0] == pytest.approx(pair[1], abs=1e-6)
        pair = [mean_quantile(found, tail) for found in (coarse, fine)]
        assert pair[0] == pytest.approx(pair[1], abs=1e-6)


PRIORS = (("half-normal", 1.0), ("half-cauchy", 0.5), ("uniform", 3.0))


def joint_of(name: str, prior: str, scale: float) -> tuple[Callable[[np.ndarray], np.ndarray], float]:
    """Likelihood times priors over the evidence found, of points (mu, asinh tau), and the end of asinh tau."""
    x, n = (np.array(v) for v in SETS[name])
    cells = cells_of(x[None], n[None])
    found = posterior_of(name, Bayesian(tau_prior=prior, tau_scale=scale)).log_evidence
    # Beyond 1e9 the half-Cauchy has 3e-10 of its mass, the posterior little more.
    density, end = {
        "half-normal": (halfnorm(scale=scale).pdf, 9 * scale),
        "half-cauchy": (halfcauchy(scale=scale).pdf, 1e9),
        "uniform": (uniform(scale=scale).pdf, scale),
    }[prior]

    def joint(points: np.ndarray) -> np.ndarray:
        mu, tau = points[:, 0], np.sinh(points[:, 1])
        value = log_likelihood(cells.take(np.zeros(mu.size, dtype=np.intp)), mu, tau).value
        return np.asarray(np.exp(value - found) * norm.pdf(mu, scale=2) * density(tau) * np.cosh(points[:, 1]))

    return joint, float(np.arcsinh(end))


@pytest.mark.parametrize(
    ("name", "prior", "scale"),
    [
        pytest.param(
            name,
            *prior,
            marks=() if name == "all events" or (name == "one series" and prior == PRIORS[0]) else pytest.mark.slow,
        )
        for name in SETS
        for prior in PRIORS
    ],
)
def test_log_evidence_is_the_double_integral(name: str, prior: str, scale: float) -> None:
    """Against SciPy's adaptive cubature, which halves regions of (mu, asinh tau) where its two rules differ."""
    joint, end = joint_of(name, prior, scale)
    found = cubature(joint, [-16, 0], [16, end], rule="gk15", rtol=1e-6, atol=1e-6)
    assert found.status == "converged"
    # METHODS section 3 asks for 1e-8. The cubature's estimate of its own error is that of its lower rule, 1e-6; the
    # error itself is below 5e-9, as a run to 1e-9 shows.
    assert float(found.estimate) == pytest.approx(1.0, abs=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_log_evidence_is_that_of_nested_integrals(name: str) -> None:
    joint, end = joint_of(name, "half-normal", 1.0)
    total, _ = dblquad(lambda mu, t: float(joint(np.array([[mu, t]]))[0]), 0, end, -16, 16, epsabs=1e-6, epsrel=1e-6)
    # The error asked of dblquad.
    assert total == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "mean", "limits"),
    [
        ("remission", 0.31, (0.15, 0.55)),
        ("topical", 0.36, (0.12, 0.70)),
        ("intralesional", 0.50, (0.19, 0.82)),
        ("all events", 0.91, (0.58, 0.99)),
    ],
)
def test_the_bayes_column_of_the_methods_table(name: str, mean: float, limits: tuple[float, float]) -> None:
    pooled = model("bayesian").fit(Counts(*SETS[name]))
    assert pooled.mean and pooled.mean_ci
    # Printed there to two decimals (0.815 of one row as 0.82).
    assert pooled.mean == pytest.approx(mean, abs=0.0055)
    assert (pooled.mean_ci.lower, pooled.mean_ci.upper) == pytest.approx(limits, abs=0.0055)


def test_posterior_is_a_distribution() -> None:
    found = posterior_of("remission", Bayesian())
    assert found.weight.sum() == pytest.approx(1)
    assert at(found.tau_cdf, float(np.sinh(found.ends[1]))) == pytest.approx(1, abs=1e-10)
    assert at(found.median_cdf, -60) == pytest.approx(0, abs=1e-9)
    assert at(found.median_cdf, 60) == pytest.approx(1, abs=1e-9)


def test_conjugate_case_without_spread() -> None:
    """With tau's prior squeezed to 0 the model is a binomial with a logit-normal prior: one integral."""
    x, n = 7, 20
    found = Bayesian(tau_prior="uniform", tau_scale=1e-4).posterior(np.array([3, 4]), np.array([9, 11]))
    mu = np.linspace(-14, 14, 40_001)
    log_choose = sum(gammaln(b + 1) - gammaln(a + 1) - gammaln(b - a + 1) for a, b in ((3, 9), (4, 11)))
    log_joint = x * mu - n * np.logaddexp(0, mu) + norm.logpdf(mu, scale=2) + log_choose
    evidence = np.log(np.exp(log_joint).sum() * (mu[1] - mu[0]))
    # tau is not exactly 0 but at most 1e-4: its effect on the log-likelihood is of order tau2 times 10.
    assert found.log_evidence == pytest.approx(evidence, abs=1e-6)


def test_prior_dominated_is_said() -> None:
    pooled = model("bayesian", mu_sd=0.3).fit(Counts(*SETS["intralesional"]))
    assert "prior-dominated" in [n.code for n in pooled.notes]


def test_stack_equals_rows() -> None:
    rows = [SETS["intralesional"], SETS["all events"]]
    stack = model("bayesian").estimate(Counts([r[0] for r in rows], [r[1] for r in rows]))
    for i, row in enumerate(rows):
        alone = model("bayesian").fit(Counts(*row))
        assert alone.estimate == pytest.approx(stack.estimate[i], abs=1e-10)
        assert alone.mean_ci and alone.mean_ci.lower == pytest.approx(stack.mean_lower[i], abs=1e-10)


@pytest.mark.parametrize("name", ["remission", "all events", "two"])
def test_the_shortest_intervals_are_the_shortest(name: str) -> None:
    """Against a scan of intervals of the same probability, made from exact quantiles."""
    hpd = model("bayesian", limits="hpd").fit(Counts(*SETS[name]))
    found = posterior_of(name, Bayesian())
    for ci, cdf in ((hpd.ci, found.median_cdf), (hpd.mean_ci, found.mean_cdf)):
        assert ci is not None and ci.method == "hpd"
        below = np.linspace(0.0005, 0.0495, 25)
        lower, upper = expit(grid.quantiles(cdf, [*below, *(below + 0.95)], -8.0, 8.0)).reshape(2, 25)
        widths = upper - lower
        # The scan's step leaves it a little above the minimum, never below.
        assert ci.upper - ci.lower <= widths.min() + 1e-9
        assert ci.upper - ci.lower == pytest.approx(widths.min(), rel=5e-3)
        low, high = (np.log(p / (1 - p)) for p in (ci.lower, ci.upper))
        assert at(cdf, high) - at(cdf, low) == pytest.approx(0.95, abs=1e-8)


EDGES = (([0, 0], [12, 25]), ([0, 0, 0], [4, 28, 15]), ([37, 1, 1, 1], [37, 1, 1, 1]))
WIDE: tuple[dict[str, Any], ...] = ({}, {"tau_prior": "half-cauchy", "tau_scale": 0.5}, {"mu_sd": 2.5})


@pytest.mark.parametrize(
    ("data", "prior"),
    [
        pytest.param(EDGES[i], WIDE[j], marks=() if i == j else pytest.mark.slow, id=f"{i}-{j}")
        for i in range(3)
        for j in range(3)
    ],
)
def test_shortest_intervals_exist_without_events_or_non_events(
    data: tuple[list[int], list[int]], prior: dict[str, Any]
) -> None:
    """The distribution function reaches 1 although its grid leaves 2e-9 out, more than the slightest tail."""
    shortest = model("bayesian", limits="hpd", **prior).fit(Counts(*data))
    equal = model("bayesian", **prior).fit(Counts(*data))
    for hpd, ci in ((shortest.ci, equal.ci), (shortest.mean_ci, equal.mean_ci)):
        assert hpd is not None and ci is not None
        assert 0 < hpd.upper - hpd.lower < ci.upper - ci.lower


@pytest.mark.parametrize("name", ["all events", "single units"])
def test_a_wide_prior_of_mu_has_a_finer_grid(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without events or non-events the density of mu is an edge before a long slope: 48 nodes left 7e-4 in limits."""
    chosen = Bayesian(mu_sd=10.0)
    coarse = posterior_of(name, chosen)
    monkeypatch.setattr(posterior_grids, "MU_NODES", 384)
    fine = posterior_of(name, chosen)
    # METHODS section 3: log evidence 1e-8, quantiles 1e-6.
    assert coarse.log_evidence == pytest.approx(fine.log_evidence, abs=1e-8)
    for tail in (0.025, 0.5, 0.975):
        for cdf in ("median_cdf", "mean_cdf"):
            pair = [grid.quantile(getattr(p, cdf), tail, -8.0, 8.0) for p in (coarse, fine)]
            assert expit(pair[0]) == pytest.approx(expit(pair[1]), abs=1e-6)


def test_probabilities_are_integrals_of_the_posterior() -> None:
    """Against sums over an even grid of (mu, tau), which knows nothing of the posterior's own grid."""
    x, n = (np.array(v) for v in SETS["topical"])
    # Beyond is less than 1e-4 of the priors' mass, far less of the posterior's.
    mu, tau = np.linspace(-8, 8, 161), np.linspace(1e-3, 4.5, 91)
    m, t = (v.ravel() for v in np.meshgrid(mu, tau))
    cells = cells_of(np.repeat(x[None], m.size, 0), np.repeat(n[None], m.size, 0))
    log_joint = log_likelihood(cells, m, t).value + norm.logpdf(m, scale=2) + halfnorm.logpdf(t)
    mass = np.exp(log_joint - log_joint.max())
    mass /= mass.sum()
    z, w = np.polynomial.hermite_e.hermegauss(60)
    p = expit(m[:, None] + t[:, None] * z)
    w = w / w.sum()
    found = model("bayesian", above=0.3).fit(Counts(x, n)).probabilities
    assert found is not None
    # The even grid's own error is its step: about 0.002 for probabilities of a threshold.
    assert found.median == pytest.approx(mass @ (expit(m) > 0.3), abs=0.01)
    assert found.mean == pytest.approx(mass @ (p @ w > 0.3), abs=0.01)
    assert found.next_study == pytest.approx(mass @ ((p > 0.3) @ w), abs=0.01)
    assert sum(found.next_events) == pytest.approx(1, abs=1e-9)
    expected = [mass @ (binom.pmf(j, 10, p) @ w) for j in (0, 4, 10)]
    assert [found.next_events[j] for j in (0, 4, 10)] == pytest.approx(expected, abs=2e-3)


def test_a_flat_prior_needs_the_normal_likelihood() -> None:
    with pytest.raises(UsageError, match="not positive and finite"):
        model("bayesian", mu_sd=np.inf)
    pooled = model("bayesian", mu_sd=np.inf, likelihood="normal").fit(Counts(*SETS["two"]))
    assert pooled.to_dict()["model"]["mu_sd"] is None and pooled.model.to_dict()["add"] == 0.5
    wild = model("bayesian", mu_sd=np.inf, likelihood="normal", tau_prior="half-cauchy", tau_scale=1.0)
    assert (wild.fit(Counts(*SETS["two"])).analysis or {})["se"] is None


@pytest.mark.parametrize(
    "options",
    [
        {"tau_prior": "half-t"},
        {"tau_scale": 0.0},
        {"mu_sd": -1.0},
        {"level": 95},
        {"tau_prior": "uniform"},
        {"tau_prior": "half-cauchy"},
        {"add": 0.5},
        {"above": 50},
        {"limits": "wald"},
        {"likelihood": "poisson"},
        {"mu_sd": "2"},
        {"tau_scale": "1"},
        {"above": "half"},
    ],
)
def test_impossible_priors_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        model("bayesian", **options)
