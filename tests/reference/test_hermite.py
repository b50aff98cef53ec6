"""The repeated quadrature that explains what packages print: against lme4, and against our likelihood without error."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.reference.binomial import centre, height
from tests.reference.hermite import log_likelihood, maximum

SETS = json.loads((Path(__file__).parent / "datasets.json").read_text(encoding="utf-8"))["sets"]
X = tuple(map(float, SETS["pritz1997"]["xi"]))
N = tuple(map(float, SETS["pritz1997"]["ni"]))
#: lme4 1.1-31, R 4.2.2: glmer(cbind(xi, ni - xi) ~ 1 + (1 | study), binomial, nAGQ = 1,
#: control = glmerControl(tolPwrss = 1e-13)): estimate, standard error, tau2, log-likelihood.
CONVERGED = (1.375183806190, 0.286242769526, 0.573805812604, -32.656466739657)
#: The same with its default tolPwrss, 1e-7.
DEFAULT = (1.374379987058, 0.283360733372, 0.572647072200, -32.656700419405)


def test_one_node_is_lme4_with_converged_modes() -> None:
    mu, se, tau = maximum(X, N, 1, DEFAULT[0], DEFAULT[2] ** 0.5)
    # lme4's optimiser stops 1.3e-5 standard errors away, its numerical second derivatives have 5 digits.
    assert mu == pytest.approx(CONVERGED[0], abs=3e-5 * se)
    assert se == pytest.approx(CONVERGED[1], rel=1e-5)
    assert tau**2 == pytest.approx(CONVERGED[2], rel=2e-5)
    value = log_likelihood(np.array(X), np.array(N), np.array([[mu, tau]]), 1)[0]
    assert value == pytest.approx(CONVERGED[3], abs=1e-8)


def test_one_node_at_the_default_tolerance_is_lower() -> None:
    at = np.array([[DEFAULT[0], DEFAULT[2] ** 0.5]])
    value = log_likelihood(np.array(X), np.array(N), at, 1)[0]
    assert DEFAULT[3] < value < CONVERGED[3]


@pytest.mark.parametrize(("nodes", "error"), [(7, 2e-3), (25, 1e-7), (60, 1e-9)])
def test_more_nodes_come_to_our_likelihood(nodes: int, error: float) -> None:
    at = np.array([[1.4, 0.8], [0.5, 2.0], [2.0, 0.3]])
    found = log_likelihood(np.array(X), np.array(N), at, nodes)
    exact = [height(X, N, mu, tau) for mu, tau in at]
    np.testing.assert_allclose(found, exact, rtol=0, atol=error)


def test_maximum_of_many_nodes_is_ours() -> None:
    mu, se, tau = maximum(X, N, 60, 1.3, 0.8)
    ours = centre(X, N)
    # Newton's steps end at 1e-6 standard errors; second differences are taken with a step of 3e-3.
    assert mu == pytest.approx(ours[0], abs=1e-5 * se)
    assert tau == pytest.approx(ours[2], rel=1e-5)
    assert se == pytest.approx(ours[1], rel=1e-5)
