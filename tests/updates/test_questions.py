"""What is asked of the conclusions of an outcome, and what one search shares between its questions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

import evidence
from evidence.pooling.result import Interval
from evidence.review.review import read_review
from evidence.updates import prospective
from evidence.updates.conclusions import conclusion_of
from evidence.updates.inclusion import End, end_of
from evidence.updates.prospect_text import concluded, counted, standing
from evidence.updates.prospective import OneSeries, Plan, Printed, Search, SeveralSeries, prospects
from evidence.updates.questions import of_conclusions, of_threshold
from evidence.updates.requests import Unasked
from evidence.updates.sequential import Look
from evidence.updates.sources import Side

END = End(
    "now",
    "Healed",
    "patient",
    "model",
    k=12,
    n=40,
    events=15,
    treated=None,
    observed="",
    reason=None,
    value=0.371,
    ci=Interval(0.183, 0.604, 0.95, "wald"),
    what="average study",
    side=Side((), None, {}),
)
LOOK = Look(2, 5, 0.999213, 0.08, 0.782)
POOL = evidence.Counts([3, 5, 2, 6], [5, 6, 4, 8])


def conclusion(rule: str) -> Any:
    return conclusion_of({"name": "it", "rule": rule})


def test_each_condition_that_can_be_crossed_is_a_question() -> None:
    asked, left = of_conclusions(
        [conclusion("lower > 10 % and upper < 70 % and k >= 10"), conclusion("observed > 30 % and i2 < 50 %")],
        (),
        END,
        END,
    )
    assert [(one.threshold, one.targets) for one in asked] == [(0.1, ("lower",)), (0.7, ("upper",))]
    assert asked[0].part is not None and [str(one) for one in asked[0].part.rest] == [
        "upper limit below 70 %",
        "at least 10 studies",
    ]
    (nothing,) = left
    assert nothing.condition is None and len(nothing.rest) == 2
    assert "Not looked at: observed share above 30 % and I2 below 50 %" in concluded(nothing)[1]


def test_rates_pull_to_where_the_interval_that_is_looked_at_changes() -> None:
    wide = replace(END, ci=Interval(LOOK.lower, LOOK.upper, LOOK.level, "wald"))
    rule = conclusion("upper < 70 %")
    ((now,), _), ((looked,), _) = (of_conclusions([rule], (), END, end) for end in (END, wide))
    assert now.rates == (0.85, 1.0), "it holds: up, to where it does not"
    assert looked.rates == (0.35, 0.0), "widened it does not hold: down"
    ((given,), _) = of_conclusions([rule], (0.2,), END, END)
    assert given.rates == (0.2,) and of_threshold(0.5, (), END).rates == (0.75, 1.0)


def test_both_intervals_of_a_look_are_told() -> None:
    assert counted(END) == "Healed: 15 of 40 patients in 12 studies; average study 37.1 % (18.3 to 60.4 %)."
    assert counted(END, LOOK) == (f"{counted(END)} Interval widened for look 2 of 5 (level 99.9213 %): 8.0 to 78.2 %.")
    assert standing(END, 0.7, LOOK) == (
        "The estimate, 37.1 %, is below 70 %; the interval, 18.3 to 60.4 %, excludes it;"
        " widened for look 2 of 5, the interval, 8.0 to 78.2 %, includes it."
    )
    assert standing(replace(END, value=0.69996), 0.7).startswith("The estimate, 69.996 %, is below 70 %;")


def test_a_heading_has_the_rule_unless_the_name_says_it() -> None:
    rule = "interval excludes 50 %"
    for name, heading in (("The interval excludes 50 %", "The interval excludes 50 %"), ("Sure", f"Sure ({rule})")):
        (one,), _ = of_conclusions([conclusion_of({"name": name, "rule": rule})], (), END, END)
        assert one.part is not None
        assert concluded(one.part) == (heading, "Does not hold now (interval 18.3 to 60.4 %).")


def test_what_is_fitted_for_one_threshold_serves_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[int] = []
    fitted = prospective.printed

    def counting(counts: evidence.Counts, model: Any) -> Printed:
        rows.append(counts.n.shape[0])
        return fitted(counts, model)

    model = evidence.model("inverse-variance", measure="PLO")
    plans: list[Plan] = [OneSeries(0.2, 400), SeveralSeries(0.2, 5)]
    alone = [prospects(POOL, model, threshold, plans) for threshold in (0.5, 0.6, 0.55)]
    monkeypatch.setattr(prospective, "printed", counting)
    search = Search(POOL, model)
    shared = []
    for threshold in (0.5, 0.6, 0.55):
        rows.append(0)
        shared.append(search.prospects(threshold, plans))
    assert shared == alone
    ends = np.flatnonzero(np.array(rows) == 0)
    first, *later = (sum(part) for part in np.split(np.array(rows), ends)[1:])
    assert all(some < 0.7 * first for some in later), (first, later)


def test_arms_that_no_time_rule_can_choose_are_no_estimate_with_the_reason() -> None:
    request = cast(Any, replace(Unasked("death", evidence.model()), time=cast(Any, "last")))
    end = end_of("now", read_review("sts-calciphylaxis"), request)
    assert end.value is None and end.reason is not None
    assert (
        "the time rule last can't choose between lines 7 and 8" in end.reason and "use another time rule" in end.reason
    )
    assert end.reason.startswith("obialo2017-1 "), "an id is not capitalised"
