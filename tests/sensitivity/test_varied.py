"""Ways to count an outcome: the different ones are fitted once, and what is too little is not fitted."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evidence import Counts, model
from evidence.sensitivity.asked import headlines, plainly
from evidence.sensitivity.pictures import Intervals, Panels
from evidence.sensitivity.varied import Varied, Way, distinct, pooled
from tests.sensitivity.quick import quick

WHOLE = Counts([9, 5, 1, 0, 3], [28, 6, 1, 2, 3], list("ABCDE"))
MODELS = ["inverse-variance", "logistic-normal", "beta-binomial", "bayesian", "common-effect"]


def test_the_same_counts_are_one_row_whatever_the_order_of_the_arms() -> None:
    turned = WHOLE.take([4, 3, 2, 1, 0])
    stack, inverse = distinct([WHOLE, WHOLE.take([0, 1, 2]), turned])
    assert stack.shape == (2,) and inverse[0] == inverse[2] != inverse[1]
    assert sorted(stack.n.sum(1)) == [35, 40]


@pytest.mark.parametrize("name", MODELS)
def test_each_way_is_the_fit_of_its_counts(name: str) -> None:
    """The same function fits both: they agree to the last steps of its search, 1e-9."""
    parts = [WHOLE, WHOLE.take([1, 2, 3, 4]), None, WHOLE.take([0, 1]), WHOLE]
    spec = plainly(quick(name))
    found = pooled(parts, spec)
    assert list(found.status[2:4]) == ["no-arms", "too-few"] and np.isnan(found.estimate[2:4]).all()
    for i in (0, 1, 4):
        part = parts[i]
        assert part is not None
        assert found.estimate[i] == pytest.approx(spec.fit(part).estimate, abs=1e-9)


def test_a_boundary_row_does_not_hide_the_centre_of_a_model_without_a_mean() -> None:
    spec = model("inverse-variance", measure="PFT", prediction="none")
    found = spec.estimate(Counts([[0, 0, 0], [1, 2, 3]], [[5, 5, 5], [5, 6, 7]]))
    shown = headlines(found, spec)
    assert shown.name == spec.centre and shown.value[0] == 0 and shown.value[1] == found.estimate[1]


def test_words_rows_and_pictures_hold_the_same_numbers() -> None:
    ways = [
        Way("all", WHOLE, True),
        Way("small", WHOLE.take([2, 3])),
        Way("none", None),
        Way("assumed", WHOLE, pool=False),
    ]
    varied = Varied.of(ways, model("beta-binomial"))
    assert varied.counted(0) == "18 of 40 patients (45 %)" and varied.counted(2) == "no patients"
    assert varied.exactly(1) == "1 of 3 patients (33 %, exact limits 1 to 91 %)"
    assert list(varied.found.status[1:]) == ["too-few", "no-arms", "too-few"]
    assert varied.range().startswith("only all can be pooled: the average study (mean) is ")
    rows = varied.rows()
    json.dumps(rows, allow_nan=False)
    assert rows[2]["exact_lower"] is None and rows[1]["mean"] is None and rows[0]["mean"] == varied.found.mean[0]
    assert list(varied.to_frame()["n"]) == [40, 3, 0, 40]
    pooled_picture = varied.picture()
    assert isinstance(pooled_picture, Intervals) and pooled_picture.reference == varied.found.mean[0]
    assert [row.remark for row in pooled_picture.rows] == [None, "too few to pool", "no arm left", "too few to pool"]
    both = varied.panels()
    assert isinstance(both, Panels) and len(both.pictures) == 2


def test_where_nothing_can_be_pooled_the_counts_are_drawn() -> None:
    varied = Varied.of([Way("all", WHOLE.take([2, 3]), True)], model("beta-binomial"))
    assert varied.range() == "too few counts to pool"
    picture = varied.panels()
    assert (
        isinstance(picture, Intervals)
        and picture.rows[0].estimate == pytest.approx(1 / 3)
        and picture.heads == ("counts",)
    )
