"""All subsets: metafor's gosh, refitting for every model, and random subsets."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evidence import Counts, model
from evidence.errors import UsageError
from evidence.measures.logit_mean import mean_expit
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.asked import plainly
from evidence.sensitivity.subsets import DRAWN, distinct_subsets, subsets
from tests.sensitivity.quick import quick
from tests.sensitivity.reference import PRITZ, QUESTIONS

COUNTS = Counts([9, 5, 1, 3, 1], [28, 6, 2, 9, 6], list("ABCDE"))
MODELS = ["inverse-variance", "logistic-normal", "beta-binomial", "bayesian", "common-effect"]


@pytest.mark.parametrize(("measure", "method"), [("PR", "REML"), ("PLO", "DL")])
def test_metafors_gosh(measure: str, method: str) -> None:
    rows = [row[2:] for row in QUESTIONS["subsets"]["rows"] if row[:2] == [measure, method]]
    few = PRITZ.take(range(6))
    answer = subsets(few, model("inverse-variance", measure=measure, tau2=method))
    code = answer.inside @ 2 ** np.arange(6)
    assert sorted(code) == sorted(row[0] for row in rows) == list(range(1, 64)) and answer.exact
    place = {int(c): i for i, c in enumerate(code)}
    for studies, estimate, i2, tau2 in rows:
        i = place[studies]
        if studies & (studies - 1) == 0:
            # One study has its own proportion here, never corrected, and no spread.
            assert answer.value[i] == (few.events @ answer.inside[i]) / (few.n @ answer.inside[i])
            assert np.isnan(answer.spread[i])
            continue
        value = estimate if measure == "PR" else float(mean_expit(np.array(estimate), np.array(tau2**0.5)))
        # metafor's tau2 has an absolute precision of 1e-13; these are 1e-2.
        assert answer.value[i] == pytest.approx(value, abs=1e-9)
        assert answer.spread[i] == pytest.approx(i2, abs=1e-8)


@pytest.mark.parametrize("name", MODELS)
def test_each_row_is_the_fit_of_its_studies(name: str) -> None:
    counts = COUNTS.take(range(4))
    answer = subsets(counts, quick(name))
    assert answer.value.size == 15 == answer.possible
    for inside, value, spread, status in zip(answer.inside, answer.value, answer.spread, answer.status, strict=True):
        fitted = plainly(quick(name)).fit(counts.take(np.flatnonzero(inside)))
        assert value == pytest.approx(fitted.mean, abs=1e-9)
        assert status == fitted.status
        parts = fitted.heterogeneity
        wanted = None if parts is None else parts.i2 if name == "inverse-variance" else parts.tau
        assert np.isnan(spread) if wanted is None else spread == pytest.approx(wanted, abs=1e-7)
    assert answer.whole == pytest.approx(plainly(quick(name)).fit(counts).mean, abs=1e-9)


@pytest.mark.parametrize("name", ["inverse-variance", "beta-binomial"])
def test_subsets_of_the_same_counts_are_fitted_once(name: str) -> None:
    counts = Counts([9, 1, 1, 1, 0, 0, 3], [28, 1, 1, 1, 1, 1, 9])
    answer = subsets(counts, quick(name))
    assert answer.value.size == 127 and answer.fitted == 2 * 4 * 3 * 2 - 1
    again = plainly(quick(name)).estimate(
        Counts(np.where(answer.inside, counts.events, 0), np.where(answer.inside, counts.n, 0))
    )
    np.testing.assert_allclose(answer.value, again.mean, atol=1e-9, equal_nan=True)


def test_random_subsets_above_16_studies_have_their_seed_and_a_note() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(3, 30, 18)
    counts = Counts(rng.binomial(n, 0.4), n)
    answer = subsets(counts, model("inverse-variance"), drawn=400, seed=3)
    assert not answer.exact and answer.seed == 3 and answer.possible == 2**18 - 1
    assert answer.inside.shape == (400, 18) and answer.inside.any(1).all()
    # Each study is in with probability 1/2: of 7,200 draws half, give or take 5 standard deviations.
    assert abs(answer.inside.mean() - 0.5) < 5 * 0.5 / 7200**0.5
    assert answer.notes[0].code == "random-subsets" and "seed 3" in answer.notes[0].text
    assert "Over 400 random subsets" in str(answer)
    np.testing.assert_array_equal(subsets(counts, model("inverse-variance"), drawn=400, seed=3).value, answer.value)
    assert (subsets(counts, model("inverse-variance"), drawn=400, seed=4).inside != answer.inside).any()
    assert subsets(counts.take(range(16)), model("common-effect")).exact and DRAWN == 2**15


def test_the_study_that_splits_the_cloud_is_found() -> None:
    counts = Counts([2, 1, 3, 2, 19], [20, 15, 30, 25, 20], ["one", "two", "three", "four", "odd"])
    answer = subsets(counts, quick("logistic-normal"))
    assert answer.splitting == 4 and str(answer).startswith("odd makes most of the difference: half of")
    picture = answer.picture()
    assert picture.x_proportion and not picture.y_proportion and picture.y_label.endswith("(tau)")
    assert sum(picture.flagged) < len(picture.x) == len(picture.y) and picture.vertical == answer.whole
    found = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert found["quantiles"][2]["at"] == 0.5 and found["subsets"] == 31 and found["split"][4]["study"] == "odd"
    frame = answer.to_frame()
    assert len(frame) == 31 and frame["in: odd"].sum() == 16


def test_no_study_splits_studies_that_agree() -> None:
    answer = subsets(Counts([20, 41, 60], [40, 80, 120], list("abc")), model("beta-binomial"))
    assert str(answer).startswith("As far as single studies tell, this is one body of evidence: even ")


def test_it_is_said_how_many_subsets_are_in_the_figure_and_why_not_all() -> None:
    answer = subsets(Counts([2, 3, 0, 5, 1], [2, 3, 4, 9, 1]), model("beta-binomial"))
    (note,) = answer.notes
    assert note.code == "subsets-not-drawn" and f"shows {len(answer.picture().x)} of the 31" in note.text
    left = answer.status[~answer.drawn]
    for status, words in (("single-study", "have one study"), ("all-events", "have events only")):
        assert f"{(left == status).sum()} {words}" in note.text


def test_arms_of_a_study_are_in_or_out_together() -> None:
    arms = Counts([3, 2, 4, 1], [5, 5, 6, 8], list("abcd"), studies=["s", "s", "t", "u"])
    answer = subsets(arms, model("inverse-variance"))
    assert answer.studies == ("a + b", "c", "d") and answer.inside.shape == (7, 3)
    alone = int(np.flatnonzero((answer.inside == [True, False, False]).all(1))[0])
    assert answer.value[alone] == 0.5


def test_a_measure_without_a_mean_is_read_by_its_centre() -> None:
    """One study has a mean whatever the measure; it does not decide which number is shown."""
    answer = subsets(COUNTS, model("inverse-variance", measure="PFT"))
    assert answer.name.startswith("pooled proportion") and np.isfinite(answer.value).all()


def test_many_kinds_of_studies_are_each_their_own() -> None:
    inside = np.eye(70, dtype=bool)
    first, row = distinct_subsets(inside, np.arange(70))
    assert first.size == 70 and (row == np.arange(70)).all()


def test_it_says_when_it_cant_be_asked() -> None:
    with pytest.raises(NotAskableError, match="fewer than 3"):
        subsets(COUNTS.take([0, 1]), model("beta-binomial"))
    with pytest.raises(UsageError, match="drawn 1"):
        subsets(COUNTS, model("beta-binomial"), drawn=1)
