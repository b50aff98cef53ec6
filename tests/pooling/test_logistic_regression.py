"""The logistic-normal regression: against glmer, the model without covariates, and its own definition."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from scipy.special import stdtrit

from evidence.counts import Counts
from evidence.errors import ComputeError, DataError, UsageError
from evidence.pooling.design import Design, basis_of
from evidence.pooling.logistic_normal import LogisticNormal
from evidence.pooling.logistic_regression import LogisticRegression, start_of
from evidence.pooling.mixed_logit import Constraint, free, maximise, mixed_logit
from evidence.pooling.regression import regress, regression
from evidence.pooling.regression_result import Regressed, predict

EVENTS = [5, 2, 9, 3, 4, 6, 7, 1, 12, 3, 5, 2]
TOTALS = [20, 15, 22, 18, 9, 14, 30, 8, 25, 12, 11, 10]
STUDIES = ["1", "1", "2", "2", "3", "3", "4", "5", "6", "6", "7", "8"]
TREATED = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0]
YEAR = [2, 2, 5, 5, 1, 1, 8, 3, 6, 6, 4, 7]


def design(**columns: Sequence[float]) -> Design:
    k = len(next(iter(columns.values())))
    return Design(("intercept", *columns), np.column_stack([np.ones(k), *columns.values()]))


@cache
def fitted(limits: str = "profile-t") -> Regressed:
    return regress(
        Counts(EVENTS, TOTALS, studies=STUDIES), design(treated=TREATED, year=YEAR), regression(limits=limits)
    )


def test_several_arms_of_a_study_against_glmer() -> None:
    """lme4 1.1-31, R 4.2.2: glmer(cbind(e, n - e) ~ tr + yr + (1 | st), nAGQ = 25), bobyqa with rhoend 1e-11.

    25 nodes at tau 0.28 are exact; the optimiser stops at 1e-6 of a standard error, its Hessian is by differences.
    """
    found = fitted("wald")
    estimates = [c.estimate for c in found.coefficients]
    assert estimates == pytest.approx([-0.2737099691752, -0.5670987356096, -0.0756882445338], abs=5e-7)
    assert [c.se for c in found.coefficients] == pytest.approx([0.51065484851, 0.37495301682, 0.08920963601], rel=1e-4)
    assert found.heterogeneity.tau == pytest.approx(0.277722789692, abs=2e-6)
    assert "several-arms-shared" in {note.code for note in found.notes}


@pytest.mark.parametrize("limits", ["profile-t", "profile", "t", "wald"])
def test_without_covariates_it_is_the_pooled_model(limits: str) -> None:
    counts = Counts([1, 3, 0, 7, 12, 2], [4, 10, 3, 9, 30, 2])
    found = regress(counts, Design(("intercept",), np.ones((6, 1))), regression(limits=limits))
    pooled = LogisticNormal(limits=limits, prediction="none").fit(counts)
    at = predict(found, [[1.0]])
    assert pooled.ci is not None and pooled.mean_ci is not None and pooled.heterogeneity is not None
    ours = [at.estimate[0], at.lower[0], at.upper[0], at.mean[0], at.mean_lower[0], at.mean_upper[0]]
    theirs = [
        pooled.estimate,
        pooled.ci.lower,
        pooled.ci.upper,
        pooled.mean,
        pooled.mean_ci.lower,
        pooled.mean_ci.upper,
    ]
    # Both stop at 1e-9 of a standard error; limits at 1e-7 of their width.
    assert ours == pytest.approx(theirs, abs=2e-8)
    assert found.heterogeneity.tau == pytest.approx(pooled.heterogeneity.tau, abs=1e-7)
    assert found.heterogeneity.tau_ci == pytest.approx(pooled.heterogeneity.tau_ci, abs=1e-6)
    assert found.heterogeneity.lr == pytest.approx(pooled.heterogeneity.lr, abs=1e-8)
    assert found.log_likelihood == pytest.approx(pooled.log_likelihood, abs=1e-9)
    assert found.omnibus is None and found.r2 is None


def test_each_profile_limit_lies_where_the_likelihood_has_fallen() -> None:
    found = fitted()
    counts = found.counts
    basis = basis_of(found.design)
    likelihood = mixed_logit(counts, basis.q)
    fall = 0.5 * float(stdtrit(8 - 3, 0.975)) ** 2
    for i, c in enumerate(found.coefficients):
        for limit in (c.lower, c.upper):
            assert limit is not None
            held = Constraint(basis.functional(np.eye(3)[i : i + 1]), np.array([limit]))
            top = maximise(likelihood, start_of(counts, basis.q), held)
            assert float(top.value[0]) == pytest.approx((found.log_likelihood or 0) - fall, abs=1e-7)


def test_p_values_agree_with_the_limits() -> None:
    """At the level 1 - p one limit of the coefficient is 0."""
    for limits in ("profile-t", "t"):
        p = fitted(limits).coefficient("treated").p
        assert p is not None
        found = regress(
            Counts(EVENTS, TOTALS, studies=STUDIES),
            design(treated=TREATED, year=YEAR),
            regression(limits=limits, level=1 - p),
        ).coefficient("treated")
        assert found.upper == pytest.approx(0.0, abs=1e-6)


def test_one_covariate_is_tested_by_its_own_likelihood_ratio() -> None:
    counts = Counts(EVENTS, TOTALS)
    found = regress(counts, design(treated=TREATED), regression(limits="profile"))
    assert found.omnibus is not None
    assert (found.omnibus.name, found.omnibus.df) == ("likelihood ratio", 1)
    assert found.omnibus.p == pytest.approx(found.coefficient("treated").p or 0, abs=1e-8)
    by_t = regress(counts, design(treated=TREATED)).omnibus
    assert by_t is not None and by_t.df_residual == 10
    assert by_t.statistic == pytest.approx(found.omnibus.statistic, abs=1e-8)


def test_other_units_of_a_covariate_change_its_coefficient_alone() -> None:
    counts = Counts(EVENTS, TOTALS)
    plain = regress(counts, design(year=YEAR))
    dated = regress(counts, design(year=[2000 + 3.0 * year for year in YEAR]))
    one, other = plain.coefficient("year"), dated.coefficient("year")
    assert [3 * (getattr(other, name) or 0) for name in ("estimate", "se", "lower", "upper")] == pytest.approx(
        [getattr(one, name) for name in ("estimate", "se", "lower", "upper")], abs=1e-7
    )
    assert other.p == pytest.approx(one.p or 0, abs=1e-8)
    assert dated.log_likelihood == pytest.approx(plain.log_likelihood or 0, abs=1e-10)
    ours, theirs = predict(plain, [[1, 4.0]]), predict(dated, [[1, 2012.0]])
    for name in ("estimate", "lower", "upper", "mean", "mean_lower", "mean_upper", "pi_lower", "pi_upper"):
        assert getattr(theirs, name) == pytest.approx(getattr(ours, name), abs=1e-7)


def test_events_and_non_events_mirror_each_other() -> None:
    other = regress(Counts(np.array(TOTALS) - EVENTS, TOTALS, studies=STUDIES), design(treated=TREATED, year=YEAR))
    for ours, theirs in zip(fitted().coefficients, other.coefficients, strict=True):
        assert (ours.estimate, ours.lower, ours.upper) == pytest.approx(
            (-theirs.estimate, -(theirs.upper or 0), -(theirs.lower or 0)), abs=1e-7
        )


def test_the_order_of_arms_does_not_matter() -> None:
    order = np.array([7, 3, 11, 0, 5, 9, 1, 10, 2, 8, 4, 6])
    rows = design(treated=TREATED, year=YEAR)
    counts = Counts(EVENTS, TOTALS, studies=STUDIES).take(order)
    found = regress(counts, Design(rows.names, rows.values[order]))
    for ours, theirs in zip(fitted().coefficients, found.coefficients, strict=True):
        assert (ours.estimate, ours.lower, ours.upper) == pytest.approx(
            (theirs.estimate, theirs.lower, theirs.upper), abs=1e-7
        )


def test_one_unit_in_each_study_is_a_logistic_regression() -> None:
    """5 of 8 and 2 of 7 single patients: the log odds ratio and Woolf's standard error in closed form."""
    x = [1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    found = regress(Counts(x, [1] * 15), design(group=[0.0] * 8 + [1.0] * 7), regression(limits="wald"))
    group = found.coefficient("group")
    assert group.estimate == pytest.approx(np.log((2 / 5) / (5 / 3)), abs=1e-9)
    assert group.se == pytest.approx(np.sqrt(1 / 5 + 1 / 3 + 1 / 2 + 1 / 5), rel=1e-9)
    assert found.status == "tau-not-identified" and found.heterogeneity.tau is None
    assert "tau-not-identified-regression" in {note.code for note in found.notes}
    at = predict(found, [[1, 0.0], [1, 1.0]])
    assert at.estimate == pytest.approx([5 / 8, 2 / 7], abs=1e-9) and np.isnan(at.pi_lower).all()
    profile = regress(found.counts, found.design).coefficient("group")
    assert profile.lower is not None and profile.upper is not None and profile.lower < group.estimate < profile.upper


@pytest.mark.parametrize(
    ("events", "totals", "columns", "code"),
    [
        ([0, 0, 0, 3, 2, 4], [5, 4, 6, 7, 5, 6], {"group": [0, 0, 0, 1, 1, 1]}, "separated"),
        ([0, 0, 0, 3, 5, 5], [5, 4, 6, 5, 5, 5], {"dose": [1, 2, 3, 4, 5, 6]}, "separated"),
        ([0, 5, 0, 6, 4, 0, 3, 0], [5, 5, 4, 6, 4, 7, 3, 9], {"group": [0, 0, 0, 0, 1, 1, 1, 1]}, "tau-infinite"),
        ([1, 2, 3], [5, 5, 5], {"a": [1, 2, 4], "b": [1, 1, 0]}, "too-many-coefficients"),
        ([1, 2, 3, 4], [5, 5, 5, 6], {"a": [1, 2, 4, 5], "b": [2, 4, 8, 10]}, "singular-design"),
        ([1, 2, 3, 4], [5, 5, 5, 6], {"a": [1, 2, 4]}, "shape"),
    ],
)
def test_what_has_no_estimate_is_said(
    events: list[int], totals: list[int], columns: dict[str, list[float]], code: str
) -> None:
    with pytest.raises((ComputeError, DataError)) as raised:
        regress(Counts(events, totals), design(**columns))
    assert raised.value.problems[0].code == code
    if code == "separated":
        assert next(iter(columns)) in str(raised.value)


def test_separation_within_studies_is_seen_as_well() -> None:
    """Both arms of each study share an effect, which can't stand in for the arms' own difference."""
    counts = Counts([0, 4, 0, 5, 0, 3, 0, 2], [6, 6, 7, 7, 5, 5, 4, 4], studies=list("aabbccdd"))
    with pytest.raises(ComputeError, match="treated: the arms"):
        regress(counts, design(treated=[0, 1, 0, 1, 0, 1, 0, 1]))


def test_a_limit_never_reached_is_none_and_named() -> None:
    """Where arms are nearly all or none, the coefficients that are still likely reach proportions of 0 and 1."""
    found = regress(Counts([0, 4, 1, 3, 5, 0], [4, 4, 2, 3, 5, 6]), design(group=[0, 0, 0, 1, 1, 1]))
    assert all(c.lower is None and c.upper is None and c.p is not None for c in found.coefficients)
    assert "coefficient-open" in {note.code for note in found.notes}
    at = predict(found, [[1.0, 0.0]])
    assert (at.lower[0], at.upper[0]) == (0, 1) and 0 < at.mean_lower[0] < 0.2 and 0.8 < at.mean_upper[0] < 1
    assert "∞" in str(found)
    json.dumps(found.to_dict(), allow_nan=False)


def test_the_result_says_everything() -> None:
    found = fitted()
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert [c["name"] for c in content["coefficients"]] == ["intercept", "treated", "year"]
    assert (content["k"], content["arms"], content["n"], content["events"]) == (8, 12, 194, 59)
    assert content["model"] == {"name": "logistic-normal", "limits": "profile-t", "level": 0.95}
    assert list(found.to_frame()["name"]) == ["intercept", "treated", "year"]
    text = str(found)
    assert "8 studies (12 arms)" in text and "profile-t" in text and "likelihood ratio" in text
    assert {"not-randomised-covariates", "few-studies-per-covariate"} <= {note.code for note in found.notes}
    with pytest.raises(UsageError, match="treated"):
        found.coefficient("treatd")


def test_rows_that_dont_fit_are_refused() -> None:
    with pytest.raises(UsageError, match="rows of shape"):
        predict(fitted(), [[1.0, 2.0]])
    with pytest.raises(UsageError, match="given as numbers"):
        predict(fitted(), [{"year": 3}])


def test_names_and_options() -> None:
    with pytest.raises(UsageError, match="inverse-variance"):
        regression("inverse")
    with pytest.raises(UsageError, match="did you mean limits"):
        regression("logistic-normal", limit="t")
    with pytest.raises(UsageError, match="profile-t"):
        regression(limits="profil-t")
    with pytest.raises(UsageError, match=r"0\.9"):
        regression(level=90)
    text, cites = LogisticRegression().describe()
    assert "k - p" in text and cites == ("stijnen2010",)
    with pytest.raises(UsageError, match="bare counts"):
        regress(Counts([1, 2], [3, 4]), ["year"])


def test_no_coefficient_rests_on_the_starting_point() -> None:
    counts = Counts(EVENTS, TOTALS)
    likelihood = mixed_logit(counts, basis_of(design(treated=TREATED)).q)
    tops = [maximise(likelihood, np.array(start), free(1, 2)) for start in ([0.0, 0.0], [4.0, -6.0], [-9.0, 2.0])]
    for top in tops[1:]:
        assert float(top.value[0]) == pytest.approx(float(tops[0].value[0]), abs=1e-10)
        assert top.gamma == pytest.approx(tops[0].gamma, abs=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_random_sparse_data_have_an_answer_or_a_reason(seed: int) -> None:
    """100 sets of 2 to 24 arms, many without events or with events only, a third with studies of several arms."""
    rng = np.random.default_rng(seed)
    answered, refused = 0, []
    for repeat in range(100):
        k, p = int(rng.integers(2, 25)), int(rng.integers(1, 4))
        x = np.column_stack([np.ones(k), rng.normal(2010, 8, k).round(), rng.integers(0, 2, k)])[:, :p]
        n = rng.integers(1, rng.choice([2, 4, 12, 60]), k, endpoint=True)
        logits = rng.normal(0.5, 1.5) + rng.choice([0, 1, 3, 10]) * rng.normal(0, 1, k)
        studies = rng.integers(0, k, k) if repeat % 3 == 0 else np.arange(k)
        counts = Counts(rng.binomial(n, 1 / (1 + np.exp(-logits))), n, studies=[str(i) for i in studies])
        limits = str(rng.choice(["profile-t", "profile", "t"]))
        try:
            found = regress(counts, Design(("intercept", "year", "group")[:p], x), regression(limits=limits))
        except (ComputeError, DataError) as error:
            refused.append(error.problems[0].code)
            continue
        answered += 1
        at = predict(found, x[:2])
        assert (at.lower <= at.estimate).all() and (at.estimate <= at.upper).all()
        assert (at.mean_lower <= at.mean + 1e-9).all() and (at.mean <= at.mean_upper + 1e-9).all()
        json.dumps([found.to_dict(), at.to_dict()], allow_nan=False)
        for c in found.coefficients:
            assert (c.lower is None or c.lower <= c.estimate) and (c.upper is None or c.estimate <= c.upper)
            if found.limits == limits and c.lower is not None and c.upper is not None and c.p is not None:
                assert (c.p < 0.05) == (c.lower > 0 or c.upper < 0) or c.p == pytest.approx(0.05, abs=1e-5)
    assert answered > 60 and set(refused) <= {"separated", "tau-infinite", "too-many-coefficients", "singular-design"}
