"""Profile limits where the search for an edge is hard: thin data far from any maximum, and huge studies beside tiny."""

from __future__ import annotations

import numpy as np
import pytest

from evidence.counts import Counts
from evidence.pooling import model
from evidence.pooling.beta_terms import beta_terms
from evidence.pooling.shared_products import FARTHEST


def test_an_edge_on_the_other_side_of_the_maximum_is_found() -> None:
    """The data are their own mirror image, and so are the limits: 2.8e-11 below, 2.8e-11 above."""
    pooled = model("logistic-normal", prediction="none").fit(Counts([1, 0, 1, 1, 0], [1, 1, 1, 2, 1]))
    assert pooled.ci is not None and pooled.mean_ci is not None
    assert 1 - pooled.ci.upper == pytest.approx(pooled.ci.lower, rel=1e-3)  # 1 - x has 5 digits here
    assert 1 - pooled.mean_ci.upper == pytest.approx(pooled.mean_ci.lower, rel=1e-8)


@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial"])
@pytest.mark.parametrize(
    ("events", "n"),
    [
        ([0, 1, 1, 28, 0], [1, 2, 1, 28, 28]),
        ([0, 1, 3], [1, 1, 6]),
        ([0, 3, 2, 3, 20000, 1], [2, 3, 2, 3, 20000, 1]),
        ([2, 0, 0, 1, 3, 0], [2, 20000, 20000, 1, 3, 2]),
    ],
)
def test_thin_data_have_limits(name: str, events: list[int], n: list[int]) -> None:
    pooled = model(name, prediction="none").fit(Counts(events, n))
    assert pooled.status in ("ok", "tau-zero", "tau-infinite")
    assert pooled.mean is not None and pooled.mean_ci is not None
    assert 0 < pooled.mean_ci.lower < pooled.mean < pooled.mean_ci.upper < 1


def test_the_beta_binomial_probability_goes_on_in_a_straight_line() -> None:
    """log P of 3 of 3 is mu for mu far below, of 0 of 3 is -mu far above; tau has made one draw of the study."""
    x, n, tau = np.array([3.0, 3.0]), np.array([3.0, 3.0]), np.full(2, 1e3)
    near, far = (beta_terms(x, n, np.full(2, mu), tau) for mu in (-0.9 * FARTHEST, -1e7))
    assert far.logp - near.logp == pytest.approx(np.full(2, -1e7 + 0.9 * FARTHEST), rel=1e-12)
    assert far.mu == pytest.approx(np.ones(2), rel=1e-12)
    assert np.isfinite([far.tau, far.mu_mu, far.mu_tau, far.tau_tau]).all()
