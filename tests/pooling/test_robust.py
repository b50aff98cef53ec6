"""The CR2 variance: clubSandwich's numbers, the paper's defining property, and stacks."""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.linalg import sqrtm

from evidence.measures import MEASURES
from evidence.pooling.robust import Floats, Index, cluster_index, cr2

REFERENCE = json.loads((Path(__file__).parent.parent / "reference" / "cr2.json").read_text(encoding="utf-8"))
CASES = REFERENCE["cases"]


def fitted(design: Floats, y: Floats, phi: Floats) -> Floats:
    """Residuals of weighted least squares."""
    m = np.linalg.inv(design.T @ (design / phi[:, None]))
    return np.asarray(y - design @ (m @ (design.T @ (y / phi))))


def problem() -> tuple[Floats, Floats, Floats, Index]:
    rng = np.random.default_rng(3)
    clusters = cluster_index(list("aabcccdeffg"))
    design = np.column_stack([np.ones(11), rng.normal(size=11), clusters % 2])
    return design, rng.normal(size=11), rng.uniform(0.2, 3, size=11), clusters


def test_the_reference_has_its_cases() -> None:
    assert [case["mods"] for case in CASES].count("~ 1") == 5
    assert len(CASES) == 9


# Both sides are double precision with condition numbers below 1e3: 1e-11 leaves room for other LAPACKs.
@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['data']} {c['measure']} {c['tau2_method']} {c['mods']}")
def test_clubsandwich(case: dict[str, Any]) -> None:
    counts = REFERENCE["sets"][case["data"]]
    y, v = MEASURES[case["measure"]].effects(counts["xi"], counts["ni"])
    design, phi = np.array(case["design"]), v + case["tau2"]
    found = cr2(design, fitted(design, y, phi), phi, cluster_index([str(study) for study in counts["study"]]))
    np.testing.assert_allclose(found.se, np.array(case["se"]), rtol=1e-11)
    np.testing.assert_allclose(found.df, np.array(case["df"]), rtol=1e-11)
    np.testing.assert_allclose(found.variance, np.array(case["vcov"]), rtol=1e-9, atol=1e-14)


def test_unbiased_and_its_moments_matched_where_the_working_variances_hold() -> None:
    """E V and the df of V, from V as a quadratic form in y: the property that defines CR2, by brute force."""
    design, _, phi, clusters = problem()
    m = np.linalg.inv(design.T @ (design / phi[:, None]))
    for coefficient in range(3):
        form = np.zeros((11, 11))
        for i in range(11):
            for j in range(i, 11):  # V is a quadratic form: its matrix by polarisation of unit vectors
                ends = [np.eye(11)[i] + np.eye(11)[j], np.eye(11)[i] - np.eye(11)[j]]
                values = [cr2(design, fitted(design, y, phi), phi, clusters).variance[coefficient] for y in ends]
                form[i, j] = form[j, i] = 0.25 * (values[0] - values[1])[coefficient]
        mean, square = np.trace(form * phi), np.trace((form * phi) @ (form * phi))
        assert mean == pytest.approx(m[coefficient, coefficient], rel=1e-12)
        found = cr2(design, np.zeros(11), phi, clusters)
        assert found.df[coefficient] == pytest.approx(mean**2 / square, rel=1e-11)


def test_by_matrix_square_roots() -> None:
    """The formula of the paper, word for word, with SciPy's square root of a matrix."""
    design, y, phi, clusters = problem()
    m = np.linalg.inv(design.T @ (design / phi[:, None]))
    e, meat = fitted(design, y, phi), np.zeros((3, 3))
    for cluster in np.unique(clusters):
        at = clusters == cluster
        d, x = np.diag(np.sqrt(phi[at])), design[at]
        a = d @ np.linalg.inv(sqrtm(d @ (np.diag(phi[at]) - x @ m @ x.T) @ d)) @ d
        score = x.T @ np.diag(1 / phi[at]) @ a @ e[at]
        meat += np.outer(score, score)
    np.testing.assert_allclose(cr2(design, e, phi, clusters).variance, m @ meat @ m, rtol=1e-11)


def test_a_stack_with_absent_effects_is_its_rows() -> None:
    design, y, phi, clusters = problem()
    gone = np.full((3, 11), False)
    gone[1, [0, 4]] = gone[2, [2, 3, 4, 5]] = True
    stack = np.where(gone, np.inf, phi)
    residuals = np.zeros((3, 11))
    for i, row in enumerate(~gone):
        residuals[i, row] = fitted(design[row], y[row], phi[row])
    found = cr2(design, residuals, stack, clusters)
    for i, row in enumerate(~gone):
        alone = cr2(design[row], residuals[i, row], phi[row], clusters[row])
        np.testing.assert_allclose(found.variance[i], alone.variance, rtol=1e-10, atol=1e-15)
        np.testing.assert_allclose(found.df[i], alone.df, rtol=1e-10)


def test_contrasts() -> None:
    design, y, phi, clusters = problem()
    residuals = fitted(design, y, phi)
    at = np.array([[1.0, 0.5, 1.0], [0.0, 1.0, -1.0]])
    plain, found = cr2(design, residuals, phi, clusters), cr2(design, residuals, phi, clusters, at)
    np.testing.assert_allclose(found.variance, at @ plain.variance @ at.T, rtol=1e-12)
    # A contrast of other coordinates of the same model: X T^-1 has the coefficients T b.
    turn = np.vstack([at, [0.0, 0.0, 1.0]])
    turned = cr2(design @ np.linalg.inv(turn), residuals, phi, clusters)
    np.testing.assert_allclose(found.df, turned.df[:2], rtol=1e-10)


def test_variances_eight_orders_of_magnitude_apart() -> None:
    """Two arms of one study: the root of a 2 x 2 matrix in closed form, in 60 digits."""
    e = [Decimal("1e-5"), Decimal("0.4"), Decimal(-1), Decimal("0.75")]
    phi = [Decimal("1e-8"), Decimal(1), Decimal(2), Decimal("0.5")]
    with localcontext(prec=60):
        m = 1 / sum((1 / value for value in phi), Decimal(0))
        first, second = phi[0].sqrt(), phi[1].sqrt()
        b = [phi[0] ** 2 - m * phi[0], -m * first * second, phi[1] ** 2 - m * phi[1]]
        det = b[0] * b[2] - b[1] ** 2
        t = (b[0] + b[2] + 2 * det.sqrt()).sqrt() * det.sqrt()  # B^(-1/2) = adj(B + sqrt(det) I) / t
        half = [(b[2] + det.sqrt()) / t, -b[1] / t, (b[0] + det.sqrt()) / t]
        score = (half[0] + half[1] * first / second) * e[0]
        score += (half[1] * second / first + half[2]) * e[1]
        single = [e[i] / phi[i] / (1 - m / phi[i]).sqrt() for i in (2, 3)]
        exact = float(m * m * (score**2 + single[0] ** 2 + single[1] ** 2))
    found = cr2(np.ones((4, 1)), np.array(e, dtype=float), np.array(phi, dtype=float), cluster_index(list("aabc")))
    # The fit leaves 3.5e-8 of the first arm's variance, a difference from 1 with 8 digits left.
    assert float(found.variance[0, 0]) == pytest.approx(exact, rel=1e-6)


def test_clusters_that_leave_nothing_have_no_degrees_of_freedom() -> None:
    found = cr2(np.ones((3, 1)), np.array([1.0, 0.0, -1.0]), np.ones(3), cluster_index(["a", "a", "a"]))
    assert np.isnan(found.df).all()
    assert found.variance == pytest.approx(0.0, abs=1e-15)
