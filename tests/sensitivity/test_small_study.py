"""Tests of small-study effects: metafor's numbers, and never without the reason against them."""

from __future__ import annotations

import json

import numpy as np
import pytest

import evidence
from evidence.errors import ComputeError
from evidence.measures import MEASURES
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.asymmetry import line, ranks
from evidence.sensitivity.filling import fill
from evidence.sensitivity.questions import ask
from tests.crosscheck.pritz import EVENTS, N, pritz

LOGIT = MEASURES["PLO"].effects(np.array(EVENTS, dtype=float), np.array(N, dtype=float))
NAMES = ["egger", "begg", "peters", "trim-and-fill"]


def test_egger_is_metafors_regtest() -> None:
    # metafor 5.1-12, regtest(rma(measure = "PLO"), model = "lm") and model = "rma", method = "REML" (tight control);
    # closed forms to rounding, REML to metafor's own threshold of 1e-13.
    y, v = LOGIT
    plain = line(y, v, np.sqrt(v))
    assert plain.statistic == pytest.approx(2.08447548777091, rel=1e-12) and plain.df == 12
    assert plain.p == pytest.approx(0.059151905073606736, rel=1e-12)
    assert plain.limits(0.95) == pytest.approx((-0.5354483074471781, 1.077163538557472), rel=1e-11)
    mixed = line(y, v, np.sqrt(v), "rma")
    assert (mixed.statistic, mixed.p) == pytest.approx((2.4111171381302996, 0.015903739660465203), rel=1e-10)
    assert mixed.tau2 == pytest.approx(0.2638145960103057, rel=1e-10) and mixed.df is None


def test_begg_is_metafors_ranktest() -> None:
    # metafor 5.1-12: ranktest(rma(measure = "PLO")); nothing is tied, so p is exact.
    found = ranks(*LOGIT)
    assert (found.tau, found.p) == pytest.approx((0.2967032967032967, 0.15716301603764404), rel=1e-12)
    assert found.exact and found.score == 27


def test_a_rank_test_without_ties_is_exact() -> None:
    # 4 in order: 2 of 24 orders are as far out.
    found = ranks(np.array([1.0, 2.0, 4.0, 9.0]), np.array([0.1, 0.2, 0.3, 0.4]))
    assert found.exact and found.tau == pytest.approx(1.0) and found.p == pytest.approx(2 / 24)


def test_trim_and_fill_is_metafors() -> None:
    # metafor 5.1-12: trimfill(rma(measure = "PLO", method = "DL"), estimator = "L0") and "R0".
    found = fill(*LOGIT, "DL", "L0")
    assert (found.missing, found.side) == (6, "left") and found.se == pytest.approx(2.3219539142266417, rel=1e-12)
    wanted = [-0.287786906804018, -0.43620691192229066, -1.2432983518314544]
    wanted += [-1.4509377166096982, -1.722871432093341, -1.8972248192381185]
    np.testing.assert_allclose(found.y, wanted, rtol=1e-11)
    runs = fill(*LOGIT, "DL", "R0")
    assert (runs.missing, runs.p) == (3, 0.0625) and fill(*LOGIT, "DL", "L0", "right").missing == 0


@pytest.mark.parametrize("estimator", ["L0", "R0", "Q0"])
def test_nothing_is_missing_from_a_symmetric_funnel(estimator: str) -> None:
    y = 0.1 + np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])
    v = np.array([0.9, 0.3, 0.1, 0.1, 0.3, 0.9])
    for side in ("left", "right"):
        assert fill(y, v, "DL", estimator, side).missing == 0


def test_filling_is_mirrored_with_the_effects() -> None:
    left, right = fill(*LOGIT, "REML"), fill(-LOGIT[0], LOGIT[1], "REML")
    assert (left.side, right.side) == ("left", "right")
    np.testing.assert_allclose(right.y, -left.y, rtol=1e-9)


def test_peters_weighs_by_size() -> None:
    counts = pritz()
    found = evidence.peters(counts, evidence.model("logistic-normal"))
    n = np.array(N, dtype=float)
    # polyfit minimises the sum of (w residual)^2.
    (slope, intercept), covariance = np.polyfit(1 / n, LOGIT[0], 1, w=np.sqrt(n), cov=True)
    assert (found.fitted.slope, found.fitted.intercept) == pytest.approx((slope, intercept), rel=1e-9)
    assert found.fitted.slope_se == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-9)
    assert found.fitted.df == 12


def selection_of(counts: evidence.Counts) -> object:
    import pandas as pd

    from evidence.outcomes import Selection
    from evidence.pooling.result import Context

    context = Context("r", "o", "Outcome", "patient", counts.k, counts.k, None, 0)
    columns = tuple({"study": label} for label in counts.labels)
    return Selection(counts, columns, None, None, context, {}, (), pd.DataFrame(columns))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("model", ["logistic-normal", "bayesian", "inverse-variance", "common-effect"])
def test_every_answer_carries_the_reason_against_it(name: str, model: str) -> None:
    answer = ask(name, Asked(selection_of(pritz()), evidence.model(model)))  # type: ignore[arg-type]
    assert [note.code for note in answer.notes] == ["egger-invalid"]
    assert "14 to 23 %" in answer.notes[0].text and answer.notes[0].cites == ("hunter2014",)
    assert any(word in str(answer) for word in ("can't be relied on", "no measure of what is missing"))
    json.dumps(answer.to_dict(), allow_nan=False)
    picture = answer.picture()
    assert picture is not None and len(answer.to_frame()) >= 14


@pytest.mark.parametrize("name", NAMES)
def test_never_with_fewer_than_ten_studies(name: str) -> None:
    nine = pritz().take(range(9))
    answer = ask(name, Asked(selection_of(nine), evidence.model("logistic-normal")))  # type: ignore[arg-type]
    assert str(answer) == "Not asked: 9 studies, and never with fewer than 10."


def test_arms_of_a_study_are_one() -> None:
    doubled = evidence.Counts(
        [x - x // 2 for x in EVENTS] + [x // 2 for x in EVENTS],
        [n - n // 2 for n in N] + [n // 2 for n in N],
        studies=[str(i) for i in range(14)] * 2,
    )
    chosen = evidence.model("beta-binomial")
    assert evidence.egger(doubled, chosen).fitted.p == pytest.approx(evidence.egger(pritz(), chosen).fitted.p)


def test_the_scale_is_that_of_an_inverse_variance_model() -> None:
    arcsine = evidence.egger(pritz(), evidence.model("inverse-variance", measure="PAS"), predictor="ninv", form="rma")
    y, v = MEASURES["PAS"].effects(np.array(EVENTS, dtype=float), np.array(N, dtype=float))
    assert arcsine.fitted == line(y, v, 1 / np.array(N, dtype=float), "rma")
    endless = arcsine.endless
    assert endless is not None and 0 <= endless["lower"] < endless["estimate"] < endless["upper"] <= 1
    assert evidence.egger(pritz(), evidence.model("logistic-normal"), predictor="ni").endless is None


def test_what_has_no_answer_says_why() -> None:
    same = evidence.Counts(range(10), [10] * 10)
    with pytest.raises(NotAskableError, match="every study has the same size"):
        evidence.peters(same, evidence.model("logistic-normal"))
    with pytest.raises(NotAskableError, match="same variance"):
        evidence.begg(same, evidence.model("inverse-variance", measure="PAS"))
    with pytest.raises(ComputeError, match="Q0 has no value"):
        fill(*LOGIT, "DL", "Q0")
    with pytest.raises(NotAskableError, match="Q0 has no value"):
        evidence.trim_and_fill(pritz(), evidence.model("inverse-variance", tau2="DL"), estimator="Q0")
    with pytest.raises(evidence.EvidenceError, match="form"):
        evidence.egger(pritz(), evidence.model("logistic-normal"), form="glm")
