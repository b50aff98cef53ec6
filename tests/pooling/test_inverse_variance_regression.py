"""The inverse-variance regression: estimators the other reference lacks, robust variance, permutations, boundaries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from itertools import permutations

import numpy as np
import pytest
from scipy.special import expit

from evidence.counts import Counts
from evidence.errors import ComputeError, UsageError
from evidence.measures import MEASURES
from evidence.pooling.design import Design, basis_of
from evidence.pooling.inverse_variance import InverseVariance
from evidence.pooling.regression import Engine, regress, regression
from evidence.pooling.regression_result import Regressed, predict
from evidence.pooling.robust import cluster_index
from evidence.pooling.tau2_mods import TAU2_MODS

#: Treated arms of the BCG trials (metadat dat.bcg) and the latitude.
BCG = Counts(
    [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
    [123, 306, 231, 13598, 5069, 1541, 2545, 88391, 7499, 1716, 50634, 2498, 16913],
)
LATITUDE = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]
SIX = Counts([3, 5, 9, 2, 8, 11], [12, 14, 15, 13, 16, 14])
DOSE = [1, 2, 3, 1.5, 4, 6]
ARMS = Counts(
    [5, 2, 9, 3, 4, 6, 7, 1, 12, 3, 5, 2],
    [20, 15, 22, 18, 9, 14, 30, 8, 25, 12, 11, 10],
    studies=["1", "1", "2", "2", "3", "3", "4", "5", "6", "6", "7", "8"],
)
TREATED = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0]
YEAR = [2, 2, 5, 5, 1, 1, 8, 3, 6, 6, 4, 7]


def design(**columns: Sequence[float]) -> Design:
    k = len(next(iter(columns.values())))
    return Design(("intercept", *columns), np.column_stack([np.ones(k), *columns.values()]))


def fitted(counts: Counts, columns: Design, **options: object) -> Regressed:
    return regress(counts, columns, regression("inverse-variance", **options))


@pytest.mark.parametrize(
    ("tau2", "expected", "slope", "i2", "r2"),
    [
        ("HE", 1.15250578291775, 0.0398708429776147, 98.2295934774417, 17.7194646224113),
        ("HS", 0.932787576795126, 0.039656473463736, 97.8216581544506, 37.0375060469783),
        ("EB", 1.19844193432229, 0.0399072228316368, 98.2962968461314, 15.8839118812549),
        ("SJ", 1.20502331230963, 0.0399122418285459, 98.3054441452851, 15.3074858122335),
    ],
)
def test_estimators_of_metafor(tau2: str, expected: float, slope: float, i2: float, r2: float) -> None:
    """metafor 3.8-1, R 4.2.2: rma(measure="PLO", mods = ~ latitude, method=); EB with threshold 1e-13."""
    found = fitted(BCG, design(latitude=LATITUDE), tau2=tau2)
    assert found.heterogeneity.tau2 == pytest.approx(expected, rel=1e-9)
    assert found.coefficient("latitude").estimate == pytest.approx(slope, rel=1e-9)
    assert 100 * (found.heterogeneity.i2 or 0) == pytest.approx(i2, rel=1e-9)
    assert 100 * (found.r2 or 0) == pytest.approx(r2, rel=1e-8)


def test_limits_of_the_residual_tau2() -> None:
    """metafor 3.8-1: confint(rma(..., mods = ~ latitude, method = "REML"), control = list(tol = 1e-12))."""
    found = fitted(BCG, design(latitude=LATITUDE)).heterogeneity.tau2_ci
    assert found is not None and found["method"] == "q-profile"
    assert (found["lower"], found["upper"]) == pytest.approx((0.578275686657935, 3.555190004701259), rel=1e-9)


def test_without_covariates_it_is_the_pooled_model() -> None:
    ones = Design(("intercept",), np.ones((13, 1)))
    for tau2 in TAU2_MODS:
        pooled = InverseVariance(tau2=tau2, limits="hk", prediction="t").fit(BCG)
        found = fitted(BCG, ones, tau2=tau2)
        at = predict(found, [[1.0]])
        assert pooled.ci is not None and pooled.pi is not None and pooled.heterogeneity is not None
        ours = [at.estimate[0], at.lower[0], at.upper[0], at.pi_lower[0], at.pi_upper[0]]
        theirs = [pooled.estimate, pooled.ci.lower, pooled.ci.upper, pooled.pi.lower, pooled.pi.upper]
        assert ours == pytest.approx(theirs, rel=1e-9)
        assert found.heterogeneity.i2 == pytest.approx(pooled.heterogeneity.i2, rel=1e-9)
        assert found.omnibus is None and found.r2 is None


def test_robust_variance_of_clubsandwich() -> None:
    """clubSandwich 0.5.8, R 4.2.2: coef_test(rma(..., mods = ~ treated + year, method = "DL"), vcov = "CR2")."""
    found = fitted(ARMS, design(treated=TREATED, year=YEAR), tau2="DL", limits="cr2")
    assert found.heterogeneity.tau2 == pytest.approx(0.10617831137739, rel=1e-10)
    values = np.array([(c.estimate, c.se, c.df or 0) for c in found.coefficients])
    expected = [
        (-0.327250509740674, 0.62317653576934, 1.9233520438492),
        (-0.435306156994882, 0.34034498315291, 4.3425381451566),
        (-0.065644587518128, 0.10194184029163, 2.7503476615477),
    ]
    assert values == pytest.approx(np.array(expected), rel=1e-9)
    assert found.coefficient("treated").p == pytest.approx(0.26496605459480, rel=1e-9)
    # Below 4 degrees of freedom there is no p.
    assert found.coefficient("year").p is None and found.omnibus is None
    assert {"few-clusters", "several-arms-robust"} <= {note.code for note in found.notes}
    assert np.isfinite(predict(found, found.design.values[:3]).lower).all()


def test_the_robust_variance_of_pymare_is_near() -> None:
    """Its residuals are adjusted by another root of the same matrix than clubSandwich's: variances 3 % apart."""
    from pymare.stats import cluster_robust_cov

    x = design(treated=TREATED, year=YEAR)
    basis = basis_of(x)
    y, v = MEASURES["PLO"].effects(ARMS.events, ARMS.n)
    clusters = cluster_index(ARMS.studies)
    engine = Engine("DL", "cr2", basis.back, clusters).fit(y[:, None], v[:, None], basis.q)
    found = engine.params_ or {}
    with pytest.warns(UserWarning, match="only 8 groups"):
        theirs = cluster_robust_cov(y[:, None], v[:, None], x.values, found["fe_params"], clusters, tau2=found["tau2"])
    assert np.diagonal(found["inv_cov"][:, :, 0]) == pytest.approx(np.diagonal(np.asarray(theirs)[:, :, 0]), rel=0.03)


@pytest.mark.parametrize(
    ("options", "expected"),
    [({"tau2": "DL", "limits": "hk"}, 0.0152777777777778), ({"tau2": "REML", "limits": "wald"}, 0.0152777777777778)],
)
def test_all_permutations_of_metafor(options: dict[str, str], expected: float) -> None:
    """metafor 3.8-1: permutest(rma(..., mods = ~ dose), exact = TRUE): 720 permutations."""
    found = fitted(SIX, design(dose=DOSE), permutations=720, **options)
    assert found.coefficient("dose").p_permutation == pytest.approx(expected, rel=1e-12)
    assert found.coefficient("intercept").p_permutation is None
    assert found.permutations is not None and found.permutations.to_dict() == {
        "count": 720,
        "exact": True,
        "seed": None,
    }


def test_random_permutations_are_seeded_and_leave_the_generator_alone() -> None:
    np.random.seed(5)
    before = np.random.get_state()[1].tolist()  # type: ignore[index]
    first, again, other = (
        fitted(BCG, design(latitude=LATITUDE), permutations=200, seed=seed).coefficient("latitude").p_permutation
        for seed in (3, 3, 4)
    )
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index]
    assert first == again and first is not None and other is not None
    assert first != other and abs(first - other) < 0.15
    assert first * 201 == pytest.approx(round(first * 201), abs=1e-9)


@cache
def shared() -> Regressed:
    """Four studies of two arms: the pairs change places as a whole, in 24 ways."""
    counts = Counts([1, 5, 3, 2, 6, 4, 2, 7], [9, 9, 8, 9, 9, 8, 9, 9], studies=list("aabbccdd"))
    return fitted(counts, design(dose=[1, 2, 4, 3, 6, 5, 7, 9]), tau2="DL", limits="wald", permutations=100)


def test_whole_studies_change_places() -> None:
    found = shared()
    y, v = MEASURES["PLO"].effects(found.counts.events, found.counts.n)
    x = basis_of(found.design)
    ratios = []
    for order in permutations(range(4)):
        rows = np.concatenate([[2 * i, 2 * i + 1] for i in order])
        fit = Engine("DL", "wald", x.back, cluster_index(found.counts.studies)).fit(y[rows, None], v[rows, None], x.q)
        params = fit.params_ or {}
        ratios.append(abs(params["fe_params"][1, 0]) / np.sqrt(params["inv_cov"][1, 1, 0]))
    expected = np.mean(np.array(ratios) >= ratios[0] * (1 - 1e-8))
    assert found.permutations is not None and found.permutations.count == 24
    assert found.coefficient("dose").p_permutation == pytest.approx(expected, rel=1e-12)
    codes = {note.code for note in found.notes}
    assert {"permutation-coarse", "several-arms-independent"} <= codes


def test_studies_that_cant_change_places() -> None:
    counts = Counts([1, 5, 3, 2, 6, 4], [9, 9, 8, 9, 9, 8], studies=["a", "b", "b", "c", "c", "c"])
    with pytest.raises(ComputeError, match="no-permutation"):
        fitted(counts, design(dose=[1, 2, 4, 3, 6, 5]), permutations=100)


def test_a_perfect_fit_has_no_residual_variance_to_go_by() -> None:
    """Logits on a line: Hartung and Knapp's and the robust variance are 0, so that the usual one stands in."""
    counts = Counts([20, 50, 80, 20], [100, 100, 100, 100])
    for limits in ("hk", "cr2"):
        found = fitted(counts, design(step=[0, 1, 2, 0]), limits=limits)
        assert found.limits == "hk-floor" and found.status == "tau-zero"
        assert found.coefficient("step").estimate == pytest.approx(np.log(4), rel=1e-12)
        assert found.coefficient("step").se > 0.1


def test_an_arm_without_a_variance_is_named() -> None:
    counts = Counts([0, 3, 4, 5], [5, 6, 7, 8], labels=["Adler 2001", "B", "C", "D"])
    with pytest.raises(ComputeError, match="Adler 2001: no value or no variance"):
        fitted(counts, design(dose=[1, 2, 3, 5]), to="none")
    codes = {note.code for note in fitted(counts, design(dose=[1, 2, 3, 5])).notes}
    assert "correction" in codes


@pytest.mark.parametrize("measure", ["PR", "PLN", "PLO", "PRZ", "PAS", "PFT"])
def test_predictions_of_every_measure(measure: str) -> None:
    found = fitted(SIX, design(dose=DOSE), measure=measure)
    at = predict(found, [[1, 1.0], [1, 3.0], [1, 6.0]])
    assert (np.diff(at.estimate) > 0).all()
    assert ((at.pi_lower <= at.lower) & (at.lower < at.estimate) & (at.estimate < at.upper)).all()
    assert (at.lower >= 0).all() and (at.upper <= 1).all()
    json.dumps({"at": at.to_dict(), "result": found.to_dict()}, allow_nan=False)
    if measure == "PLO":
        slope = found.coefficient("dose").estimate
        assert at.estimate[1] == pytest.approx(expit(np.log(at.estimate[0] / (1 - at.estimate[0])) + 2 * slope))


def test_options_and_the_methods_sentence() -> None:
    with pytest.raises(UsageError, match="permutations 5"):
        regression("inverse-variance", permutations=5)
    with pytest.raises(UsageError, match="limits hk"):
        regression("inverse-variance", limits="knha")
    with pytest.raises(UsageError, match="needs an intercept and a covariate"):
        fitted(SIX, Design(("intercept",), np.ones((6, 1))), permutations=100)
    model = regression("inverse-variance", limits="cr2", permutations=5000)
    text, cites = model.describe()
    assert "CR2" in text and "5,000 permutations" in text
    assert cites == ("viechtbauer2005", "pustejovsky2018", "higgins2004")
    assert model.to_dict()["add"] == 0.5
