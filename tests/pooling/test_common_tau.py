"""A common tau of the groups, and the test between them: each against another way to the same numbers."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import betaln, chdtrc, expit, stdtrit

import evidence
from evidence.counts import Counts
from evidence.pooling.beta_terms import BETA_BINOMIAL
from evidence.pooling.common_tau import common_parts
from evidence.pooling.design import Design
from evidence.pooling.family import LOGISTIC_NORMAL
from evidence.pooling.group_test import group_test, likelihood_ratio_test
from evidence.pooling.joint import Joint, together
from evidence.pooling.regression_result import predict
from evidence.pooling.subgroups import Subgroups
from tests.pooling.test_subgroups import chosen

X = [3, 9, 18, 1, 9, 2, 0, 1, 1, 3]
N = [11, 12, 21, 9, 12, 10, 3, 1, 4, 3]
GROUPS = {"a": (0, 1, 2, 3), "b": (4, 5, 6, 7), "c": (8, 9)}
LARGE = {"a": (0, 1, 2, 3), "b": (4, 5, 6, 7, 8, 9)}


def pooled(
    model: str, groups: dict[str, tuple[int, ...]] | None = None, how: str = "by-size", **options: object
) -> Subgroups:
    spec = evidence.model(model, **options)
    result = evidence.pool(chosen(X, N, groups or GROUPS), spec, group_tau=how)
    assert isinstance(result, Subgroups)
    return result


def parts(groups: dict[str, tuple[int, ...]]) -> list[Counts]:
    return [Counts(X, N).take(at) for at in groups.values()]


def dummies() -> Design:
    columns = np.zeros((10, 3))
    for i, at in enumerate(GROUPS.values()):
        columns[list(at), i] = 1
    return Design(("a", "b", "c"), columns)


def test_the_common_tau_is_that_of_a_regression_on_the_groups() -> None:
    # The regression follows its limits in another way: along the coefficients, not group by group.
    regressed = evidence.regress(Counts(X, N), dummies())
    at = predict(regressed, np.eye(3))
    spec = evidence.model("logistic-normal", prediction="none")
    found = common_parts(spec, dict(zip(GROUPS, parts(GROUPS), strict=True)), ["b", "c"])
    assert list(found) == ["b", "c"]
    for i, group in enumerate(found.values(), start=1):
        assert group.heterogeneity is not None and group.ci is not None and group.mean_ci is not None
        assert group.heterogeneity.tau == pytest.approx(regressed.heterogeneity.tau, rel=1e-6)
        assert group.estimate == pytest.approx(at.estimate[i], abs=1e-8)
        assert group.mean == pytest.approx(at.mean[i], abs=1e-8)
        ends = (group.ci.lower, group.ci.upper, group.mean_ci.lower, group.mean_ci.upper)
        # Both promise 1e-8 on this scale, up to the rounding of a profile.
        assert ends == pytest.approx((at.lower[i], at.upper[i], at.mean_lower[i], at.mean_upper[i]), abs=1e-6)
        assert group.ci.method == "profile-t, common tau"
        assert "tau-common" in [note.code for note in group.notes]


def test_only_thin_groups_share_a_tau_unless_told_otherwise() -> None:
    found = pooled("beta-binomial", prediction="none", limits="wald")
    methods = {label: group.ci.method for label, group in found.groups if group.ci}
    assert methods == {"a": "wald", "b": "wald", "c": "wald, common tau"}
    apart = pooled("beta-binomial", how="separate", prediction="none", limits="wald")
    assert [group.ci.method for _, group in apart.groups if group.ci] == ["wald"] * 3
    assert found.groups[0] == apart.groups[0]


def test_the_common_rho_is_that_of_a_direct_maximum() -> None:
    joint = Joint.of(parts(GROUPS), BETA_BINOMIAL)

    def minus(p: np.ndarray) -> float:
        theta = np.exp(p[3])
        total = 0.0
        for counts, mu in zip(parts(GROUPS), p[:3], strict=True):
            a, b = expit(mu) / theta, expit(-mu) / theta
            x, n = counts.events, counts.n
            total += float((betaln(x + a, n - x + b) - betaln(a, b)).sum())
        return -total

    found = minimize(minus, np.zeros(4), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12, "maxiter": 9999})
    top = joint.maximum()
    # Nelder and Mead stop within about 1e-6 of the maximum.
    np.testing.assert_allclose(top.mu, found.x[:3], atol=1e-5)
    assert top.tau**2 == pytest.approx(np.exp(found.x[3]), rel=1e-4)


def test_profile_limits_are_where_the_joint_likelihood_has_fallen() -> None:
    joint = Joint.of(parts(LARGE), BETA_BINOMIAL)
    top, fall = joint.maximum(), 1.5
    ends = joint.limits(1, top, fall)
    for mu in (ends.lower, ends.upper):

        def minus(p: np.ndarray, mu: float = mu) -> float:
            from evidence.pooling.cells import log_likelihood

            at = np.array([p[0], mu])
            return -float(log_likelihood(joint.cells, at, np.full(2, abs(p[1]))).value.sum())

        start = np.array([top.mu[0], max(top.tau, 0.3)])
        best = minimize(minus, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
        assert top.value + best.fun == pytest.approx(fall, abs=1e-6)


@pytest.mark.parametrize("limits", ["wald", "t", "hk"])
def test_inverse_variance_groups_are_those_of_the_regression(limits: str) -> None:
    found = pooled("inverse-variance", how="common", limits=limits, prediction="t")
    spec = evidence.regression("inverse-variance", limits=limits)
    regressed = evidence.regress(Counts(X, N), dummies(), spec)
    for (_, group), coefficient in zip(found.groups, regressed.coefficients, strict=True):
        assert group.analysis and group.analysis["estimate"] == pytest.approx(coefficient.estimate, rel=1e-12)
        assert group.analysis["se"] == pytest.approx(coefficient.se, rel=1e-12)
        assert group.ci is not None and coefficient.lower is not None
        assert group.ci.lower == pytest.approx(expit(coefficient.lower), rel=1e-12)
        assert sum(study.weight or 0 for study in group.studies) == pytest.approx(1)


def test_with_limits_t_the_degrees_of_freedom_are_studies_less_groups() -> None:
    group = pooled("logistic-normal", how="common", limits="t", prediction="none").groups[0][1]
    assert group.analysis is not None and group.ci is not None
    reach = stdtrit(10 - 3, 0.975) * group.analysis["se"]
    assert group.ci.upper == pytest.approx(expit(group.analysis["estimate"] + reach), rel=1e-12)


def test_groups_that_say_nothing_of_the_spread_keep_their_exact_answers() -> None:
    x, n = [3, 9, 2, 4, 5, 1, 0, 2], [11, 12, 10, 4, 5, 4, 3, 7]
    groups = {"a": (0, 1, 2), "all": (3, 4), "one": (5,), "thin": (6, 7)}
    spec = evidence.model("logistic-normal", prediction="none", limits="t")
    found = evidence.pool(chosen(x, n, groups), spec, group_tau="common")
    assert isinstance(found, Subgroups)
    status = {label: group.status for label, group in found.groups}
    assert status["all"] == "all-events" and status["one"] == "single-study"
    shares = [label for label, group in found.groups if any(note.code == "tau-common" for note in group.notes)]
    assert shares == ["a", "thin"]
    alone = evidence.pool(chosen([*x[:3], 4], [*n[:3], 4], {"a": (0, 1, 2), "one": (3,)}), spec, group_tau="common")
    assert isinstance(alone, Subgroups)
    assert not any(note.code == "tau-common" for _, group in alone.groups for note in group.notes)


def test_all_or_none_everywhere_has_no_common_tau() -> None:
    x, n = [2, 0, 3, 0], [2, 3, 3, 4]
    spec = evidence.model("logistic-normal", prediction="none")
    found = evidence.pool(chosen(x, n, {"a": (0, 1), "b": (2, 3)}), spec)
    assert isinstance(found, Subgroups) and [group.status for _, group in found.groups] == ["tau-infinite"] * 2


@pytest.mark.parametrize("family", [LOGISTIC_NORMAL, BETA_BINOMIAL])
def test_the_likelihood_ratio_is_that_of_two_maxima(family: object) -> None:
    test = likelihood_ratio_test(parts(LARGE), family)  # type: ignore[arg-type]
    top = Joint.of(parts(LARGE), family).maximum()  # type: ignore[arg-type]
    rise = top.value - together(parts(LARGE), family)  # type: ignore[arg-type]
    assert test and test["statistic"] == pytest.approx(2 * rise, abs=1e-12) and rise >= 0
    assert test["p"] == pytest.approx(chdtrc(1, 2 * rise))


def test_every_model_says_what_it_tests() -> None:
    groups = {label: Counts(X, N).take(at) for label, at in LARGE.items()}
    names = {}
    for name in ("logistic-normal", "beta-binomial", "common-effect", "inverse-variance", "bayesian"):
        found = group_test(evidence.model(name), groups)
        names[name] = found.test["name"] if found.test else found.why
        json.dumps(found.test, allow_nan=False)
    assert names == {
        "logistic-normal": "likelihood ratio, common tau",
        "beta-binomial": "likelihood ratio, common tau",
        "common-effect": "likelihood ratio, tau = 0",
        "inverse-variance": "Wald, common tau",
        "bayesian": "No test for subgroup differences: the bayesian model has none.",
    }


def test_the_common_effect_test_is_g_squared() -> None:
    groups = {label: Counts(X, N).take(at) for label, at in LARGE.items()}
    test = group_test(evidence.model("common-effect"), groups).test
    a, b = (groups[label] for label in LARGE)
    cells = np.array([[a.events.sum(), (a.n - a.events).sum()], [b.events.sum(), (b.n - b.events).sum()]], dtype=float)
    expected = cells.sum(1, keepdims=True) * cells.sum(0) / cells.sum()
    assert test and test["statistic"] == pytest.approx(2 * float((cells * np.log(cells / expected)).sum()), rel=1e-12)


def test_an_inverse_variance_test_with_hk_is_an_f_and_is_printed_so() -> None:
    result = pooled("inverse-variance", LARGE)
    assert result.test is not None and result.test["df_residual"] == 8 and "1 and 8 df" in str(result)
    plain = pooled("inverse-variance", LARGE, limits="wald")
    assert plain.test is not None and "df_residual" not in plain.test


def test_arms_of_a_study_in_two_groups_are_not_tested() -> None:
    counts = Counts(X, N, studies=["s", *"bcd", "s", *"fghij"])
    found = group_test(evidence.model("beta-binomial"), {label: counts.take(at) for label, at in LARGE.items()})
    assert found.test is None and found.why is not None and "arms of s are in several groups" in found.why


LIKELIHOODS = ["logistic-normal", "beta-binomial"]


@pytest.mark.parametrize("name", LIKELIHOODS)
@pytest.mark.parametrize("thin", [([4, 3], [4, 3]), ([0, 0, 0], [5, 6, 7]), ([3], [9]), ([1, 0], [1, 1])])
def test_groups_that_say_nothing_of_the_spread_leave_the_test_of_the_others(
    name: str, thin: tuple[list[int], list[int]]
) -> None:
    groups = {label: Counts(X, N).take(at) for label, at in LARGE.items()}
    spec = evidence.model(name)
    alone, beside = group_test(spec, groups), group_test(spec, {**groups, "thin": Counts(*thin)})
    assert alone.test is not None and beside.test == alone.test and alone.notes == ()
    assert [note.code for note in beside.notes] == ["groups-not-tested"]
    assert beside.notes[0].text.startswith("thin took no part in the test")


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_too_little_that_is_left_is_not_tested(name: str) -> None:
    label, at = next(iter(LARGE.items()))
    groups = {label: Counts(X, N).take(at), "none": Counts([0, 0, 0], [5, 6, 7]), "two": Counts([1, 2], [5, 6])}
    found = group_test(evidence.model(name), groups)
    assert found.test is None and found.why is not None and "fewer than two have 3 studies of 2 or more" in found.why


def test_a_test_without_a_spread_says_so() -> None:
    groups = {label: Counts(X, N).take(at) for label, at in LARGE.items()}
    codes = [note.code for note in group_test(evidence.model("common-effect"), groups).notes]
    assert codes == ["tested-without-spread"]
    result = pooled("common-effect", LARGE)
    assert result.test is not None and "tested-without-spread" in [note.code for note in result.overall.notes]


@pytest.mark.parametrize("name", [*LIKELIHOODS, "inverse-variance", "common-effect"])
def test_separate_counts_without_names_are_other_studies(name: str) -> None:
    """The same arms named apart give the same test: to the last digit, being the same numbers in the same order."""
    parts = {label: Counts(X, N).take(at) for label, at in LARGE.items()}
    unnamed = {label: Counts(part.events, part.n) for label, part in parts.items()}
    assert len({study for part in unnamed.values() for study in part.studies}) < sum(
        part.k for part in unnamed.values()
    )
    found = group_test(evidence.model(name), unnamed)
    assert found.test is not None and found.test == group_test(evidence.model(name), parts).test


def test_a_common_tau_that_a_model_has_not_is_refused() -> None:
    for name in ("bayesian", "common-effect"):
        with pytest.raises(evidence.EvidenceError, match="share none"):
            pooled(name, how="common")
    with pytest.raises(evidence.EvidenceError, match="group_tau"):
        pooled("beta-binomial", how="pooled")
