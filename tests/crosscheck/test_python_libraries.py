"""PyMARE and statsmodels against numbers that metafor gave, and beside our own."""

from __future__ import annotations

import pytest

from evidence.counts import Counts, Rates
from evidence.crosscheck import pymare, statsmodels
from evidence.crosscheck.case import Case, case_of, quantities
from evidence.crosscheck.comparison import Answer, compare
from evidence.pooling import model
from tests.crosscheck.pritz import DL, REML, pritz


def iv(counts: Counts | None = None, **options: object) -> Case:
    return case_of(pritz() if counts is None else counts, model("inverse-variance", **options))


def verdicts(case: Case, answer: Answer) -> dict[str, str]:
    return {row.key: row.verdict for row in compare(quantities(case), answer)}


def near(found: Answer, expected: dict[str, float], fraction: float) -> None:
    """Each expected number was found; ``fraction`` of the standard error or value."""
    for key, value in expected.items():
        if key != "log_likelihood":
            assert found.values[key] == pytest.approx(value, rel=fraction, abs=fraction * expected["se"]), key


def test_pymare_has_metafor_s_numbers_of_dl() -> None:
    # Closed forms in both: only rounding.
    case = iv(tau2="DL", limits="wald")
    found = pymare.answer(case)
    near(found, DL, 1e-12)
    assert set(verdicts(case, found)) == set(DL) and set(verdicts(case, found).values()) == {"same"}
    assert found.version and found.options["small_sample_correction"] == "wald"


def test_pymare_has_metafor_s_numbers_of_reml_with_the_floor() -> None:
    # PyMARE's search leaves about 1e-8 of tau2 here.
    case = iv(tau2="REML", limits="hk-floor")
    found = pymare.answer(case)
    near(found, REML, 1e-6)
    assert set(verdicts(case, found).values()) == {"same"}
    assert found.options["small_sample_correction"] == "knapp-hartung-conservative"


@pytest.mark.parametrize("tau2", pymare.ESTIMATORS)
@pytest.mark.parametrize("measure", ["PR", "PLN", "PLO", "PRZ", "PAS", "PFT"])
def test_pymare_agrees_on_every_measure_and_estimator_it_has(tau2: str, measure: str) -> None:
    for limits in ("wald", "hk"):
        case = iv(Counts([1, 4, 9, 0, 6], [9, 11, 12, 5, 31]), measure=measure, tau2=tau2, limits=limits)
        assert set(verdicts(case, pymare.answer(case)).values()) == {"same"}, limits


def test_pymare_says_in_a_sentence_what_it_has_not() -> None:
    case = iv(tau2="DL", limits="t")
    assert verdicts(case, pymare.answer(case)) | {"lower": "", "upper": ""} == {
        **dict.fromkeys(("estimate", "se", "tau2", "q", "i2_q"), "same"),
        "lower": "",
        "upper": "",
    }
    assert verdicts(case, pymare.answer(case))["lower"] == "not comparable"
    for other in (
        iv(tau2="SJ"),
        case_of(pritz(), model("logistic-normal", limits="wald", prediction="none")),
        iv(Counts([0, 0], [2, 3])),
    ):
        found = pymare.answer(other)
        assert found.says and found.says.endswith(".") and not found.values


def test_statsmodels_has_metafor_s_numbers_of_dl() -> None:
    case = iv(tau2="DL", limits="wald")
    found = statsmodels.answer(case)
    near(found, {key: value for key, value in DL.items() if key != "i2_q"}, 1e-12)
    assert set(verdicts(case, found).values()) == {"same"}


def test_statsmodels_iterates_to_paule_and_mandel_s_tau2() -> None:
    # metafor 3.8-1, rma(method = "PM", test = "knha", tight control).
    case = iv(tau2="PM", limits="hk")
    found = statsmodels.answer(case)
    assert found.values["tau2"] == pytest.approx(case.pooled.heterogeneity.tau2, rel=1e-6)  # type: ignore[union-attr]
    assert set(verdicts(case, found).values()) == {"same"}
    assert found.options["method_re"] == "iterated" and found.options["use_t"] is True


def test_statsmodels_tau2_below_0_is_not_compared_with_ours_of_0() -> None:
    case = iv(Counts([5, 6, 5, 6], [11, 12, 11, 12]), tau2="DL", limits="wald")
    found = statsmodels.answer(case)
    assert isinstance(found.values["tau2"], float) and found.values["tau2"] < 0
    judged = verdicts(case, found)
    assert judged["tau2"] == judged["se"] == "not comparable" and judged["q"] == "same"
    assert "does not truncate" in found.apart["tau2"]


def test_statsmodels_has_no_floor_so_that_narrower_limits_are_not_compared() -> None:
    case = iv(Counts([5, 6, 5, 7], [11, 12, 11, 12]), tau2="PM", limits="hk-floor")
    judged = verdicts(case, statsmodels.answer(case))
    assert judged["se"] == judged["lower"] == "not comparable" and judged["estimate"] == "same"


def test_a_binomial_glm_is_the_common_effect_model() -> None:
    # rma.glmm(method = "FE") of metafor 5.1-12: glm of R, whose standard error is of its last step but one (2e-7).
    case = case_of(pritz(), model("common-effect", limits="wald"))
    found = statsmodels.answer(case)
    assert found.values["estimate"] == pytest.approx(1.1233049012509657, abs=1e-9)
    assert found.values["se"] == pytest.approx(0.1287050691348997, abs=1e-6)
    judged = verdicts(case, found)
    assert set(judged.values()) == {"same"}
    assert {"lower", "upper", "log_likelihood", "study_limits"} <= set(judged)


@pytest.mark.parametrize("limits", statsmodels.STUDY_LIMITS)
def test_statsmodels_has_the_same_limits_of_one_proportion(limits: str) -> None:
    case = case_of(Counts([0, 3, 7, 12], [4, 9, 7, 40]), "common-effect", limits)
    assert verdicts(case, statsmodels.answer(case))["study_limits"] == "same"


def test_statsmodels_says_in_a_sentence_what_it_has_not() -> None:
    quick = {"limits": "wald", "prediction": "none"}
    for name in ("logistic-normal", "beta-binomial"):
        found = statsmodels.answer(case_of(Counts([1, 2, 4], [9, 9, 9]), model(name, **quick)))
        assert found.says and set(found.values) == {"study_limits", "total_lower", "total_upper"}
    assert statsmodels.answer(case_of(Rates([1, 2, 4], [9, 9, 9]), model("poisson-normal", **quick))).says
    assert statsmodels.answer(case_of(pritz(), "inverse-variance")).says
    zero = case_of(Counts([0, 0, 0], [2, 3, 4]), "logistic-normal")
    judged = verdicts(zero, statsmodels.answer(zero))
    assert judged == dict.fromkeys(("total_lower", "total_upper", "study_limits"), "same")
