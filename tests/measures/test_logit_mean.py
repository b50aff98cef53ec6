"""The mean of a logit-normal proportion, against adaptive quadrature of the density."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit

from evidence.measures.logit_mean import mean_expit


def by_quadrature(mu: float, tau: float) -> float:
    """Split at the step of the logistic, which is narrow for a large tau."""
    step = float(np.clip(-mu / tau, -12, 12))
    points = [step + width * side / tau for width in (1, 5, 20) for side in (-1, 1)]
    found, _ = quad(
        lambda z: float(expit(mu + tau * z)) * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi),
        -13,
        13,
        points=[step, *(p for p in points if abs(p) < 13)],
        epsabs=1e-14,
        limit=500,
    )
    return found


@pytest.mark.parametrize("mu", [-9.0, -1.2, 0.0, 0.7, 5.0])
@pytest.mark.parametrize("tau", [1e-6, 0.3, 0.999, 1.0, 1.001, 2.5, 8.0, 40.0])
def test_against_quadrature(mu: float, tau: float) -> None:
    # Our error is below 1e-13, quad's below 1e-12.
    assert float(mean_expit(np.array(mu), np.array(tau))) == pytest.approx(by_quadrature(mu, tau), abs=2e-12)


@given(st.floats(-20, 20), st.floats(0, 50))
def test_mirror_and_range(mu: float, tau: float) -> None:
    here, there = mean_expit(np.array([mu, -mu]), np.array(tau))
    assert 0 < here < 1 or abs(mu) > 15
    assert here + there == pytest.approx(1, abs=1e-13)


def test_no_spread_is_the_logistic_and_shapes_broadcast() -> None:
    mu = np.array([[-1.0], [2.0]])
    found = mean_expit(mu, np.array([0.0, 1.5, 0.2]))
    assert found.shape == (2, 3)
    np.testing.assert_allclose(found[:, 0], expit(mu[:, 0]), rtol=1e-14)
    assert np.isnan(mean_expit(np.array([np.nan]), np.array([0.5]))).all()
