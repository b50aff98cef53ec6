"""Calibration at a review's own design: what is simulated, what is said of it, and that it is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from scipy.stats import binom

import evidence
from evidence import Counts, model
from evidence.display import percent
from evidence.errors import UsageError
from evidence.pooling.boundaries import blank
from evidence.pooling.result import Estimates, Heterogeneity
from evidence.sensitivity import calibration as home
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.calibration import (
    FAMILY_ERROR,
    FEWEST_FOR_VERDICT,
    Calibration,
    calibration,
    packed,
    taus_of,
    unpacked,
)
from evidence.sensitivity.methods import Method, methods_for, methods_of
from evidence.sensitivity.performance import calibrate
from evidence.sensitivity.pictures import Curves
from evidence.sensitivity.questions import ask
from evidence.sensitivity.store import Packed

#: Any response of four series and some case reports; limits by t, which are quick.
COUNTS = Counts([9, 5, 1, 0, 3, 1, 1], [28, 6, 1, 2, 3, 1, 4])
QUICK = model("beta-binomial", limits="t")


@dataclass(frozen=True)
class Everything:
    """A model whose limits are 0 and 1."""

    def estimate(self, counts: Counts) -> Estimates:
        found = blank(counts.shape[0])
        found.status[:], found.lower[:], found.upper[:] = "ok", 0.0, 1.0
        return found

    def to_dict(self) -> dict[str, Any]:
        return {}


WIDEST = Method("everything", cast("Any", Everything()), "mean")


@pytest.fixture(scope="module")
def answer() -> Calibration:
    return calibration(COUNTS, QUICK, draws=200, seed=4)


def test_data_are_simulated_around_the_fit(answer: Calibration) -> None:
    pooled = model("logistic-normal", prediction="none").fit(COUNTS)
    assert pooled.heterogeneity is not None and pooled.heterogeneity.tau_ci is not None
    by_origin = {setting.origin: setting for setting in answer.settings}
    assert by_origin["estimated"].tau == pooled.heterogeneity.tau
    assert pooled.heterogeneity.tau_ci["upper"] > 2 and by_origin["limit cut at 2"].tau == 2
    taus = [setting.tau for setting in answer.settings]
    assert taus == sorted(taus) and {0.5, 1.0} <= set(taus) and len(taus) == 4
    # mu was found to 1e-11.
    assert [setting.mean for setting in answer.settings] == pytest.approx([pooled.mean] * 4, abs=1e-10)


def test_one_setting_is_the_plain_function(answer: Calibration) -> None:
    setting = answer.settings[0]
    plain = calibrate(COUNTS.n, setting.tau, methods_for(QUICK), mu=setting.mu, draws=200, seed=4)
    assert plain.performances == setting.performances


@pytest.mark.parametrize(
    ("tau", "upper", "expected"),
    [
        (0.8, 1.4, [(0.5, "fixed"), (0.8, "estimated"), (1.0, "fixed"), (1.4, "upper limit")]),
        (0.0, 0.4, [(0.0, "estimated"), (0.4, "upper limit"), (0.5, "fixed"), (1.0, "fixed")]),
        (3.8, None, [(0.5, "fixed"), (1.0, "fixed"), (2.0, "limit cut at 2"), (3.8, "estimated")]),
        (0.999, 2.5, [(0.5, "fixed"), (0.999, "estimated and fixed"), (2.0, "limit cut at 2")]),
        (None, None, [(0.5, "fixed"), (1.0, "fixed"), (2.0, "limit cut at 2")]),
    ],
)
def test_values_of_tau(tau: float | None, upper: float | None, expected: list[tuple[float, str]]) -> None:
    assert taus_of(Heterogeneity(tau=tau, tau_ci={"lower": 0.0, "upper": upper})) == expected


def test_studies_without_a_tau_are_simulated_at_fixed_ones() -> None:
    assert taus_of(None) == [(0.5, "fixed"), (1.0, "fixed"), (2.0, "limit cut at 2")]


def test_the_reading_names_the_methods_that_hold_and_those_that_dont(answer: Calibration) -> None:
    """The coverages of 200 sets, as if they were of 2,000."""
    judged = replace(answer, draws=FEWEST_FOR_VERDICT)
    assert judged.comparisons == 4 * 7
    lowest = judged.to_frame().groupby("method")["coverage"].min()
    assert set(judged.failing) == set(lowest[lowest < judged.bound].index) and 0 < len(judged.failing) < 8
    holds, fails = str(judged).split("; those of ")
    assert all((name in holds) == (name not in judged.failing) for name in judged.methods)
    worst, best = (percent(float(end(lowest[list(judged.failing)]))) for end in (min, max))
    assert (
        fails.startswith(f"{len(judged.failing)} others (")
        and f" least) held it in {worst} to {best} at worst" in fails
    )
    assert "(in at least 93.5 % at every tau: chance is allowed for over 28 comparisons; our threshold)" in holds
    assert holds.startswith("In 2,000 simulated data sets like this one (7 studies, 45 patients) at each of 4 ")


def test_chance_is_allowed_for_over_all_comparisons(answer: Calibration) -> None:
    """At most a share 0.05 / 28 of binomial counts of 2,000 lies below the bound, and the next count would be more."""
    judged = replace(answer, draws=FEWEST_FOR_VERDICT)
    held = round(judged.bound * 2000)
    assert binom.cdf(held - 1, 2000, 0.95) < FAMILY_ERROR / 28 <= binom.cdf(held, 2000, 0.95)
    one = replace(judged, settings=(replace(judged.settings[0], performances=judged.settings[0].performances[:1]),))
    assert one.comparisons == 1 and judged.bound < one.bound < 0.95


def test_with_few_data_sets_there_are_numbers_and_no_verdict(answer: Calibration) -> None:
    lowest = answer.lowest
    ends = sorted(lowest, key=lambda name: lowest[name])
    text = str(answer)
    assert not answer.judges and answer.failing == () and answer.to_dict()["failing"] is None
    assert f" in {percent(lowest[ends[0]])} ({ends[0]}) to " in text and f"({ends[-1]})" in text
    assert text.endswith("these data sets are too few to judge a method by (fewer than 2,000; our threshold).")
    assert "as often as they should" not in text


def test_the_reading_where_no_method_has_limits() -> None:
    """Without a correction a report of none or all has no variance on the log scale: no fit at all."""
    methods = methods_of(model("inverse-variance", measure="PLN", add=0.0))[:1]
    few = calibration(COUNTS, QUICK, draws=200, methods=methods)
    text = str(replace(few, draws=FEWEST_FOR_VERDICT))
    assert "limits of no method held" in text and text.endswith(
        "there were no limits of inverse-variance PLN median (hk-floor)."
    )
    assert "too few to judge" in str(few) and "at the tau where" not in str(few)
    every = str(calibration(Counts([40, 50, 60], [100] * 3), QUICK, draws=2000, methods=[WIDEST]))
    assert "limits of every method held" in every and "at worst" not in every


def test_the_picture_is_coverage_bias_and_width_against_tau(answer: Calibration) -> None:
    frame = answer.to_frame().set_index(["method", "tau"])
    columns = {"Coverage": ("coverage", 0.95), "Bias": ("bias_points", 0.0), "Width": ("width_points", None)}
    assert [heading for heading, _ in answer.picture().pictures] == list(columns)
    for heading, picture in answer.picture().pictures:
        assert isinstance(picture, Curves) and picture.proportion == (heading == "Coverage")
        column, reference = columns[heading]
        assert picture.reference == reference and picture.x == tuple(setting.tau for setting in answer.settings)
        assert [curve.label for curve in picture.curves] == list(answer.methods)
        for curve in picture.curves:
            assert curve.y == tuple(frame.loc[(curve.label, tau), column] for tau in picture.x)


def test_every_number_is_plain(answer: Calibration) -> None:
    assert len(answer.to_frame()) == 4 * 7
    found = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert found["seed"] == 4 and found["sentence"] == str(answer) and len(found["settings"]) == 4


def test_an_answer_comes_back_from_plain_values(answer: Calibration) -> None:
    again = unpacked(Packed(json.loads(json.dumps(packed(answer).words))))
    assert again == answer and again.notes == answer.notes


def test_the_analysis_own_model_is_judged_once() -> None:
    usual = [method.label for method in methods_for(model("inverse-variance"))]
    assert len(usual) == 7 + 1 and usual[-1] == "inverse-variance PLO mean (hk-floor)"
    with_t = [method.label for method in methods_for(model("logistic-normal", limits="t"))]
    assert with_t[7:] == ["logistic-normal mean (t)"]
    more = [m.label for m in methods_for(model("logistic-normal"), profile_t=True, bayesian=True)]
    assert more[7:] == [
        "logistic-normal median (profile-t)",
        "logistic-normal mean (profile-t)",
        "bayesian median (equal-tailed)",
        "bayesian mean (equal-tailed)",
    ]
    assert len(methods_for(model("logistic-normal"), own=False)) == 7
    same = model("logistic-normal", tau_test="bootstrap", seed=7, prediction="bootstrap", draws=500)
    assert methods_for(same, profile_t=True) == methods_for(model("logistic-normal"))
    two = [m.label for m in methods_for(model("bayesian", mu_sd=1.0), bayesian=True)][7:]
    assert two[:2] == ["bayesian median (equal-tailed)", "bayesian mean (equal-tailed)"]
    assert two[2:] == [f"{label} [2]" for label in two[:2]]
    assert {method.model.level for method in methods_for(model("beta-binomial", level=0.9), bayesian=True)} == {0.9}


def test_arms_of_a_study_are_one_study() -> None:
    arms = Counts([9, 5, 1, 0, 3], [28, 6, 1, 2, 3], studies=["a", "a", "b", "c", "d"])
    methods = methods_for(QUICK)[:1]
    found = calibration(arms, QUICK, draws=200, methods=methods)
    together = calibration(arms.by_study(), QUICK, draws=200, methods=methods)
    assert found.k == 4 and found.settings == together.settings
    assert "several-arms" in {note.code for note in found.notes} - {note.code for note in together.notes}


@pytest.mark.parametrize(
    ("events", "n", "why"), [([1, 2], [3, 4], "fewer than 3 studies"), ([0] * 4, [3] * 4, "no mean to simulate")]
)
def test_data_that_cant_be_simulated(events: list[int], n: list[int], why: str) -> None:
    with pytest.raises(NotAskableError, match=why):
        calibration(Counts(events, n), QUICK)


def test_only_events_cant_be_simulated_either() -> None:
    with pytest.raises(NotAskableError, match="events only"):
        calibration(Counts([3, 3, 3], [3, 3, 3]), QUICK)


def asked(bare: Any, tmp_path: Path, said: list[str], **options: Any) -> Asked:
    selection = replace(bare, counts=Counts([0, 1, 1, 4], [1, 1, 2, 6]))
    return Asked(selection, QUICK, options={"draws": 200, **options}, store=tmp_path / "kept", progress=said.append)


def test_it_is_computed_once(bare_three: Any, tmp_path: Path) -> None:
    said: list[str] = []
    first = ask("calibration", asked(bare_three, tmp_path, said))
    assert len(said) == 4 * 7 and "logistic-normal" in said[5] and "(6 of 7)" in said[5]
    again = ask("calibration", asked(bare_three, tmp_path, said))
    assert len(said) == 4 * 7
    assert again == first and json.dumps(again.to_dict()) == json.dumps(first.to_dict())
    assert again.to_frame().to_csv() == first.to_frame().to_csv()
    other = ask("calibration", asked(bare_three, tmp_path, said, seed=2))
    assert len(said) == 2 * 4 * 7 and other != first


def test_options_are_checked(bare_three: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="draws"):
        ask("calibration", asked(bare_three, tmp_path, [], draws=3))
    with pytest.raises(UsageError, match="no option 'sets'"):
        ask("calibration", asked(bare_three, tmp_path, [], sets=3))
    assert not (tmp_path / "kept").exists()


def test_too_few_studies_is_a_sentence(bare_selection: Any) -> None:
    assert str(ask("calibration", Asked(bare_selection, QUICK))).startswith("Not asked: 2 studies with 12 patients")


@pytest.mark.slow
def test_what_is_said_of_the_first_review(sts: Any) -> None:
    """One dominant series: limits by t hold less than they say, those by the profile against t of the mean hold."""
    methods = [m for m in methods_for(model("logistic-normal")) if m.label.startswith("logistic-normal")]
    for outcome in ("complete_remission", "any_response"):
        counts = evidence.select(sts, outcome).counts
        found = home.calibration(counts, model("logistic-normal"), draws=1000, methods=methods)
        by_t, _, mean = (np.array(found.coverage(name), dtype=float) for name in found.methods)
        # Standard error of a coverage of 0.95 with 1,000 sets: 0.007.
        assert by_t.min() < 0.92 and mean.min() > 0.93
