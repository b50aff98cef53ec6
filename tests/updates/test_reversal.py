"""What would change a conclusion: which way the new series have to pull, against every number tried one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import evidence
from evidence.pooling import pool
from evidence.pooling.result import Pooled
from evidence.updates.conclusions import conclusion_of, judge
from evidence.updates.inclusion import End
from evidence.updates.prospect_text import reversal_text
from evidence.updates.prospective import OneSeries, printed, with_added
from evidence.updates.reversal import SIZE, Reversal, may_be_reversed, reversal, takes_long
from evidence.updates.sources import PoolArm, Side

ARMS = tuple(PoolArm(f"{i}-1", str(i), str(i), e, n) for i, (e, n) in enumerate([(3, 5), (5, 6), (2, 4), (6, 8)]))
MODEL = evidence.model("inverse-variance", measure="PLO")


def now(model: Any = MODEL) -> End:
    """The pool as a version of a review tells it: 16 of 23, in truth about 68 % (45 to 85 %)."""
    side = Side(ARMS, model, {arm.study: arm.label for arm in ARMS})
    found = pool(side.counts("patient"), model)
    assert isinstance(found, Pooled)
    return End("now", "Healed", "patient", "m", 4, 23, 16, None, "", None, found.estimate, found.ci, "median", side)


def asked(rule: str, end: End | None = None) -> Reversal | None:
    end = end or now()
    conclusion = conclusion_of({"name": "it", "rule": rule})
    return reversal(conclusion, judge(conclusion, end), end)


@pytest.mark.parametrize(
    ("rule", "rates"),
    [
        ("interval includes 60 %", (0.8, 1.0)),  # it holds, and the estimate is above: off it upwards
        ("interval excludes 75 %", (0.375, 0.0)),  # it does not hold, and the estimate is below: off it downwards
        ("interval excludes 20 %", (0.1, 0.0)),  # the interval is above: down to it
        ("interval includes 96 %", (0.98, 1.0)),  # the interval is below: up to it
        ("lower > 60 %", (0.8, 1.0)),
        ("lower > 20 %", (0.1, 0.0)),
        ("upper < 60 %", (0.3, 0.0)),
        ("upper < 96 %", (0.98, 1.0)),
        ("estimate >= 50 %", (0.25, 0.0)),
        ("estimate <= 50 %", (0.25, 0.0)),
    ],
)
def test_new_series_pull_to_where_the_verdict_changes(rule: str, rates: tuple[float, float]) -> None:
    found = asked(rule)
    assert found is not None
    assert tuple(one.plan.rate for one in found.found) == (*rates, rates[0])
    assert [getattr(one.plan, "size", None) for one in found.found] == [None, None, SIZE]


@pytest.mark.parametrize("rule", ["interval excludes 20 %", "lower > 20 %", "estimate > 50 %", "upper < 96 %"])
def test_the_number_found_changes_the_verdict_and_no_smaller_one_does(rule: str) -> None:
    end, conclusion = now(), conclusion_of({"name": "it", "rule": rule})
    before = judge(conclusion, end).holds
    found = asked(rule)
    assert found is not None
    top = 300
    for one in found.found:
        if not isinstance(one.plan, OneSeries) or (one.number or top) > top:
            continue
        sizes = np.arange(1, (one.number or top) + 1)
        fits = printed(with_added(end.side.counts("patient"), *one.plan.added(sizes)), MODEL)
        changed = []
        for value, lower, upper in zip(fits.value, fits.lower, fits.upper, strict=True):
            assert end.ci is not None
            later = replace(end, value=float(value), ci=replace(end.ci, lower=float(lower), upper=float(upper)))
            changed.append(judge(conclusion, later).holds is not before)
        assert changed[-1] is (one.number is not None) and not any(changed[:-1])


@pytest.mark.parametrize("rule", ["tau < 1", "k >= 10", "observed > 50 %", "lower > 0", "lower > 20 % and k >= 3"])
def test_what_has_no_single_threshold_is_not_asked(rule: str) -> None:
    conclusion = conclusion_of({"name": "it", "rule": rule})
    assert asked(rule) is None and not may_be_reversed(conclusion, judge(conclusion, now()))


def test_without_an_estimate_nothing_is_asked() -> None:
    nothing = replace(now(), value=None, ci=None, reason="One study: nothing is pooled.")
    conclusion = conclusion_of({"name": "it", "rule": "lower > 20 %"})
    assert asked("lower > 20 %", nothing) is None and not may_be_reversed(conclusion, judge(conclusion, nothing))


def test_a_model_that_takes_long_is_left_to_the_command() -> None:
    slow = evidence.model("bayesian")
    end = replace(now(), side=replace(now().side, model=slow))
    assert takes_long(slow) and not takes_long(MODEL) and asked("lower > 20 %", end) is None
    conclusion = conclusion_of({"name": "it", "rule": "lower > 20 %"})
    assert may_be_reversed(conclusion, judge(conclusion, end))


def test_the_sentence_says_each_number_or_that_none_can() -> None:
    found = asked("estimate > 50 %")
    assert found is not None
    one, last, several = found.found
    text = reversal_text(Reversal(0.5, (replace(one, number=41, n=41, events=10), last, several)), "patient")
    assert text.startswith(
        "What would change that: one new series of 41 patients at an assumed 25 % (10 with the event)"
    )
    none = replace(one, number=None), replace(last, number=None), replace(several, number=None)
    assert reversal_text(Reversal(0.5, none), "patient") == (
        "What would change that: no single new series of up to 10,000 patients at an assumed 25 % or 0 % with the"
        " event; nor would 200 series of 10 patients at 25 %."
    )
    again = replace(one, number=1, n=1, events=0, until=500)
    said = reversal_text(Reversal(0.5, (again, last, several)), "patient")
    assert "one new series of 1 patient at an assumed 25 % (0 with the event; of larger numbers not all would" in said
    assert "not all would: 500 would not)" in said
    assert found.to_dict()["threshold"] == 0.5 and len(found.to_dict()["prospects"]) == 3
