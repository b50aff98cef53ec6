"""Bayesian predictive limits of many analyses at once: alone, together, and against sums that know nothing of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.special import expit, log_expit, logit

from evidence import Counts, model
from evidence.pooling.bayesian import Bayesian, predictive_rows
from evidence.pooling.posterior import quantiles
from tests.pooling.test_same_bits import same

SETS = {
    "no spread": ([3, 4, 2, 6], [10, 12, 8, 20]),
    "thin": ([0, 1, 1, 9, 1], [1, 1, 1, 28, 1]),
    "all zero": ([0, 0, 0, 0], [10, 7, 5, 3]),
    "all events": ([1, 1, 6], [1, 1, 6]),
    "all or none": ([4, 0, 3, 5], [4, 2, 3, 5]),
    "single units": ([1, 1, 0, 1, 1], [1, 1, 1, 1, 1]),
    "one huge": ([1, 0, 300, 2], [4, 3, 900, 9]),
}


def stack() -> tuple[np.ndarray, np.ndarray]:
    """All sets, filled up with absent studies."""
    x, n = np.zeros((2, len(SETS), 7), dtype=np.int64)
    for i, (events, total) in enumerate(SETS.values()):
        x[i, : len(events)], n[i, : len(events)] = events, total
    return x, n


def test_limits_alone_and_in_a_stack() -> None:
    """To the last bit: a run over many analyses that was killed is continued with what is left of them."""
    x, n = stack()
    whole = np.array(predictive_rows(x, n, 0.95))
    order = np.array([5, 2, 6, 0, 3, 1, 4, 2])
    wider_x, wider_n = (np.pad(part[order], ((0, 0), (2, 11))) for part in (x, n))
    np.testing.assert_array_equal(np.array(predictive_rows(wider_x, wider_n, 0.95)), whole[:, order])
    for row in range(len(SETS)):
        np.testing.assert_array_equal(np.array(predictive_rows(x[[row]], n[[row]], 0.95))[:, 0], whole[:, row])


def test_the_stand_in_of_a_stack_is_that_of_each_row() -> None:
    x, n = stack()
    chosen = model("logistic-normal", limits="t")
    whole = chosen.estimate(Counts(x, n))
    assert (whole.status != "ok").sum() >= 5 and np.isfinite(whole.pi_lower).all()
    for row in range(0, len(SETS), 2):
        same(chosen.estimate(Counts(x[[row]], n[[row]])), whole, np.array([row]))


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_limits_are_quantiles_of_the_posterior(level: float) -> None:
    x, n = stack()
    found = np.array(predictive_rows(x, n, level))
    tails = 0.5 * (1 - level), 0.5 * (1 + level)
    for row, (events, total) in enumerate(SETS.values()):
        one = Bayesian().posterior(np.array(events), np.array(total))
        wanted = expit(quantiles(one.predictive_cdf, tails, -8.0, 8.0))
        # Both searches end within 1e-10 of a logit.
        assert found[:, row] == pytest.approx(wanted, abs=1e-9)


def fine_sum(events: np.ndarray, total: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Posterior probability that a new study lies below each limit: sums over even grids of mu, tau and z.

    The sums converge geometrically: all is smooth, falls to nothing at its ends, and is even in tau. The distribution
    of mu at each tau is the integral of a spline.
    """
    mu, tau, z = np.linspace(-13, 13, 521), np.linspace(0, 5.5, 89), np.linspace(-8, 8, 81)
    normal = np.exp(-0.5 * z * z) * (z[1] - z[0]) / np.sqrt(2 * np.pi)
    below, whole = np.zeros(limits.size), 0.0
    for i, spread in enumerate(tau):
        eta = mu[:, None] + spread * z
        log_p, log_q = log_expit(eta), log_expit(-eta)
        value = -0.125 * mu**2 - 0.5 * spread**2
        for x, n in zip(events, total, strict=True):
            value += np.log(np.exp(x * log_p + (n - x) * log_q) @ normal)
        mass = CubicSpline(mu, np.exp(value + 30) * (0.5 if i == 0 else 1.0)).antiderivative()
        whole += float(mass(mu[-1]))
        below += mass(np.clip(logit(limits)[:, None] - spread * z, mu[0], mu[-1])) @ normal
    return below / whole


@pytest.mark.parametrize("name", ["no spread", "thin", "all zero", "all or none"])
def test_limits_against_a_sum_over_fine_grids(name: str) -> None:
    events, total = (np.array(part) for part in SETS[name])
    limits = np.array(predictive_rows(events[None], total[None], 0.95))[:, 0]
    # METHODS section 3 asks for 1e-6 of quantiles; the spline's own error is some 1e-7.
    assert fine_sum(events, total, limits) == pytest.approx([0.025, 0.975], abs=1e-6)
