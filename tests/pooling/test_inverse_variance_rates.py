"""Rates by inverse variances: metafor's numbers, the way back of the Freeman-Tukey scale, corrections, refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidence.counts import Counts, Rates
from evidence.errors import ComputeError, DataError, UsageError
from evidence.measures import RATES
from evidence.measures.rate import poisson_limits
from evidence.pooling import model
from evidence.pooling.effects import NO_SPREAD
from evidence.pooling.inverse_variance import InverseVariance
from evidence.pooling.rate_result import PooledRate

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "pooled_rates.json").read_text(encoding="utf-8")
)
ROWS = [dict(zip(REFERENCE["columns"], row, strict=True)) for row in REFERENCE["rows"]]
LIMITS = {"z": "wald", "t": "t", "knha": "hk", "adhoc": "hk-floor"}
SETS = {name: Rates(data["xi"], data["ti"]) for name, data in REFERENCE["sets"].items()}
ZEROS = Rates([0, 3, 7, 0, 12], [10.0, 4.0, 9.0, 1.0, 20.0])


def rates_model(measure: str, **options: Any) -> InverseVariance:
    return InverseVariance(measure=measure, **options)


def fitted(rates: Rates, measure: str, **options: Any) -> PooledRate:
    found = rates_model(measure, **options).fit(rates)
    assert isinstance(found, PooledRate)
    return found


def codes(pooled: PooledRate) -> set[str]:
    return {found.code for found in pooled.notes}


@pytest.mark.parametrize("measure", RATES)
@pytest.mark.parametrize("name", SETS)
def test_every_estimator_and_limit_is_metafor_s(name: str, measure: str) -> None:
    rows = [row for row in ROWS if row["dataset"] == name and row["measure"] == measure]
    assert len(rows) == 32
    for row in rows:
        prediction = "normal" if row["test"] == "z" else "t"
        ours = fitted(SETS[name], measure, tau2=row["method"], limits=LIMITS[row["test"]], prediction=prediction)
        assert ours.analysis and ours.heterogeneity and ours.heterogeneity.tau2 is not None
        # metafor's convergence threshold of 1e-13 is absolute in tau2; the file has 15 digits.
        assert ours.heterogeneity.tau2 == pytest.approx(row["tau2"], rel=1e-8, abs=1e-12)
        assert ours.analysis["estimate"] == pytest.approx(row["b"], rel=1e-9)
        assert ours.analysis["se"] == pytest.approx(row["se"], rel=1e-8)
        for ours_now, theirs in (
            (ours.heterogeneity.q, row["QE"]),
            (ours.heterogeneity.i2, row["I2"] / 100),
            (ours.heterogeneity.h2, row["H2"]),
        ):
            assert ours_now == pytest.approx(theirs, rel=1e-8, abs=1e-11)
        if measure in ("IR", "IRLN", "IRS"):
            power = {"IR": 1, "IRS": 2}.get(measure)
            assert ours.ci and ours.pi
            for limit, theirs in (
                (ours.ci.lower, row["ci_lb"]),
                (ours.ci.upper, row["ci_ub"]),
                (ours.pi.lower, row["pi_lb"]),
                (ours.pi.upper, row["pi_ub"]),
            ):
                rate = np.exp(theirs) if power is None else max(theirs, 0.0) ** power
                assert limit == pytest.approx(rate, rel=1e-7, abs=1e-9)


def test_five_hundred_and_twelve_fits_are_compared() -> None:
    assert len(ROWS) == 4 * 4 * 8 * 4 and {row["method"] for row in ROWS} >= {"REML", "DL", "SJ", "PM", "EB"}


@pytest.mark.parametrize("limits", REFERENCE["tau2_limits"], ids=lambda row: "-".join(row[:2]))
def test_q_profile_limits_of_tau2_are_metafor_s(limits: list[Any]) -> None:
    name, measure, low, high = limits
    spread = fitted(SETS[name], measure).heterogeneity
    assert spread and spread.tau2_ci
    # metafor's root finder was asked for 1e-12, absolute.
    assert spread.tau2_ci["lower"] == pytest.approx(low, rel=1e-8, abs=1e-9)
    assert spread.tau2_ci["upper"] == pytest.approx(high, rel=1e-8, abs=1e-9)


def test_freeman_tukey_goes_back_with_the_time_its_standard_error_stands_for() -> None:
    rates = SETS["nielweise2008_coated"]
    pooled = fitted(rates, "IRFT", limits="wald")
    assert pooled.analysis and pooled.heterogeneity and pooled.heterogeneity.tau2 is not None and pooled.ci
    weights = 1 / (0.25 / rates.time + pooled.heterogeneity.tau2)
    size = np.array(0.25 * weights.sum())
    for value, y in ((pooled.estimate, 0.0), (pooled.ci.lower, -1.0), (pooled.ci.upper, 1.0)):
        y = pooled.analysis["estimate"] + y * 1.959963984540054 * pooled.analysis["se"]
        assert value == pytest.approx(float(RATES["IRFT"].back(np.array(y), size)), rel=1e-12)
    forced = fitted(rates, "IRFT", back="harmonic-forced")
    harmonic = len(rates.time) / (1 / rates.time).sum()
    assert forced.estimate == pytest.approx(
        float(RATES["IRFT"].back(np.array(pooled.analysis["estimate"]), np.array(harmonic))), rel=1e-9
    )
    assert "harmonic-mean-rates" in codes(forced)


@pytest.mark.parametrize("factor", [1.0, 365.25, 1e-3])
def test_the_harmonic_mean_is_refused_where_few_events_are_expected_whatever_the_unit(factor: float) -> None:
    chosen = rates_model("IRFT", back="harmonic")
    small = Rates([3, 6, 9], np.array([4.0, 10.0, 20.0]) * factor)  # 4 / 34 of 18 events: 2.1
    large = Rates([30, 60, 90], np.array([4.0, 10.0, 20.0]) * factor)
    with pytest.raises(ComputeError, match=r"1 is small \(2\.12 events expected"):
        chosen.fit(small)
    assert chosen.fit(large).estimate is not None
    stack = Rates([[3, 6, 9], [30, 60, 90]], np.array([[4.0, 10.0, 20.0]] * 2) * factor)
    assert chosen.estimate(stack).status.tolist()[0] == "no-fit"
    assert chosen.estimate(stack).status.tolist()[1] != "no-fit"


def test_another_unit_of_time_rescales_every_result() -> None:
    rates = SETS["hart1999_control"]
    days = Rates(rates.events, rates.time * 365.25)
    for measure in RATES:
        ours, other = (rates_model(measure).estimate(data) for data in (rates, days))
        for name in ("estimate", "lower", "upper", "pi_lower", "pi_upper"):
            # tau2 is found to 1e-10 relative.
            np.testing.assert_allclose(getattr(other, name) * 365.25, getattr(ours, name), rtol=1e-8, atol=1e-12)


def test_only_events_are_corrected() -> None:
    plain = fitted(ZEROS, "IRLN", tau2="DL")
    by_hand = rates_model("IRLN", tau2="DL", add=0.0)
    assert plain.heterogeneity is not None and "correction-rates" in codes(plain)
    with pytest.raises(ComputeError, match="1, 4: no value or no variance") as caught:
        by_hand.fit(ZEROS)
    assert "IRS, IRFT" in caught.value.problems[0].mend and "poisson-normal" in caught.value.problems[0].mend
    assert by_hand.estimate(ZEROS).status == "no-fit"
    y, v = RATES["IRLN"].effects(ZEROS.events, ZEROS.time)
    np.testing.assert_allclose(y[[0, 3]], np.log([0.05, 0.5]))
    np.testing.assert_allclose(v[[0, 3]], 2.0)
    everywhere = fitted(ZEROS, "IRLN", tau2="DL", to="all")
    assert "correction-everywhere-rates" in codes(everywhere) and everywhere.estimate != plain.estimate
    assert not codes(fitted(ZEROS, "IRS")) & {"correction-rates", "clipped-rates"}
    with pytest.raises(UsageError, match="needs no correction"):
        rates_model("IRS", add=0.5)


def test_the_mean_exists_where_it_can() -> None:
    ln = fitted(SETS["nielweise2008_coated"], "IRLN")
    assert ln.mean is not None and ln.estimate is not None and ln.heterogeneity and ln.heterogeneity.tau2
    assert ln.mean == pytest.approx(ln.estimate * np.exp(ln.heterogeneity.tau2 / 2), rel=1e-12)
    raw = fitted(ZEROS, "IR")
    assert raw.mean == raw.estimate and raw.ci == raw.mean_ci and "average study (mean)" in str(raw)
    root = fitted(ZEROS, "IRS")
    assert root.mean is None and root.headline.kind == "mean" and "typical study (median)" in str(root)


def test_a_limit_beyond_every_number_is_infinite_without_a_warning() -> None:
    pooled = fitted(Rates([1, 300], [2000.0, 5.0]), "IRLN", level=0.999)
    assert pooled.ci and pooled.mean_ci and pooled.ci.upper == pooled.mean_ci.upper == np.inf


def test_limits_below_zero_are_cut_off_and_said() -> None:
    pooled = fitted(Rates([0, 0, 1, 9], [1.0, 1.0, 1.0, 1.0]), "IR")
    assert pooled.ci and pooled.ci.lower == 0.0 and "clipped-rates" in codes(pooled)


@pytest.mark.parametrize("measure", RATES)
def test_a_stack_is_its_rows(measure: str) -> None:
    events = np.array([[0, 3, 7, 0, 12], [4, 2, 0, 0, 0], [0, 0, 0, 0, 0], [3, 0, 0, 0, 0], [5, 5, 5, 9, 0]])
    time = np.array([[10, 4, 9, 1, 20], [3, 1, 0, 0, 0], [1, 1, 1, 1, 0], [2, 0, 0, 0, 0], [1, 1, 1, 2, 0.0]])
    chosen = rates_model(measure)
    found = chosen.estimate(Rates(events, time))
    assert found.status[2:4].tolist() == ["all-zero", "single-study"]
    for i in range(5):
        row, fit = chosen.estimate(Rates(events[i], time[i])), fitted(Rates(events[i], time[i]), measure)
        for name in ("estimate", "lower", "upper", "mean", "se", "tau2", "pi_lower", "log_likelihood"):
            np.testing.assert_allclose(getattr(found, name)[i], getattr(row, name), rtol=1e-10, equal_nan=True)
        assert found.status[i] == row.status == fit.status
        assert fit.estimate == pytest.approx(float(found.estimate[i]), rel=1e-10)


def test_boundaries_are_exact_or_corrected_on_request() -> None:
    nothing = Rates([0, 0, 0], [1.0, 2.0, 3.0])
    pooled = fitted(nothing, "IRLN")
    assert (
        pooled.status == "all-zero" and pooled.ci and pooled.ci.upper == pytest.approx(float(poisson_limits(0, 6)[1]))
    )
    corrected = fitted(nothing, "IRLN", boundary="corrected")
    assert corrected.status == "tau-zero" and corrected.estimate is not None and corrected.estimate > 0
    assert rates_model("IRLN", boundary="corrected").estimate(nothing).estimate == pytest.approx(corrected.estimate)


def test_arms_of_a_study_get_robust_limits() -> None:
    arms = Rates([4, 12, 9, 2, 7], [5.0, 5.0, 2.0, 3.0, 4.0], studies=["a", "a", "b", "c", "d"])
    pooled = fitted(arms, "IRLN")
    assert pooled.ci and pooled.ci.method == "cr2" and "several-arms" in codes(pooled)
    assert rates_model("IRLN").estimate(arms).upper == pytest.approx(pooled.ci.upper, rel=1e-10)


@pytest.mark.parametrize("method", ["fit", "estimate"])
def test_counts_and_rates_are_not_mistaken_for_each_other(method: str) -> None:
    with pytest.raises(DataError, match="measure IRLN is for rates"):
        getattr(rates_model("IRLN"), method)(Counts([1, 2], [3, 4]))
    with pytest.raises(DataError, match="IRLN"):
        getattr(rates_model("PLO"), method)(ZEROS)


def test_the_methods_sentence_speaks_of_rates() -> None:
    text, _ = rates_model("IRLN").describe()
    assert text.startswith("Rates were pooled on the scale of the log rate (IRLN)")
    assert "0.5 was added to events of studies without events." in text
    assert "the time at risk 1 / (4 se^2)" in rates_model("IRFT").describe()[0]
    assert "the harmonic mean of the times at risk" in rates_model("IRFT", back="harmonic").describe()[0]


def test_identical_rates_keep_a_width() -> None:
    same = Rates([4, 8, 12], [1.0, 2.0, 3.0])
    pooled = fitted(same, "IRS", limits="hk")
    assert pooled.ci and pooled.ci.upper - pooled.ci.lower > NO_SPREAD and pooled.ci.method == "hk-floor"


def test_options_of_the_command_are_options_here() -> None:
    assert model("inverse-variance", measure="IR").to_dict()["measure"] == "IR"
    with pytest.raises(UsageError, match="IRLN"):
        model("inverse-variance", measure="IRL")
