"""The standing sensitivity table of the real pools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from evidence.counts import Counts
from evidence.pooling.result import Context
from evidence.sensitivity.standing import Standing, standing


@dataclass(frozen=True)
class Bare:
    counts: Counts
    study_columns: tuple[Mapping[str, Any], ...] = ()
    groups: Mapping[str, tuple[int, ...]] | None = None
    by: str | None = None
    context: Context = field(default_factory=lambda: Context("r", "o", "Outcome", "patient", 1, 1, None, 0))
    group_contexts: Mapping[str, Context] = field(default_factory=dict)


RESPONSE = Bare(
    Counts(
        [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 9, 1, 1, 1, 1, 0, 1, 0, 0],
        [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1, 1],
    )
)
REMISSION = Bare(Counts([0, 1, 3, 1, 1, 3, 1, 0, 0, 0, 0, 0, 0], [1, 1, 6, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1]))


@pytest.fixture(scope="module")
def response() -> Standing:
    return standing(RESPONSE)


def value(table: Standing, label: str, estimates: str) -> tuple[float, float, float]:
    (row,) = [r for r in table.rows if r.label.startswith(label) and r.estimates.startswith(estimates)]
    assert row.estimate is not None and row.lower is not None and row.upper is not None
    return round(row.estimate, 2), round(row.lower, 2), round(row.upper, 2)


def test_the_row_of_the_methods_table(response: Standing) -> None:
    """METHODS section 1, any response, all."""
    assert value(response, "observed", "average patient") == (0.61, 0.48, 0.74)
    assert value(response, "Bayesian logistic-normal", "average study") == (0.78, 0.61, 0.91)
    assert value(response, "inverse variance, logit", "typical") == (0.65, 0.47, 0.80)
    assert value(response, "logistic-normal", "average study")[0] == 0.82
    assert value(response, "beta-binomial", "average study")[0] == 0.83
    assert value(response, "logistic-normal", "typical")[0] == 0.98


def test_the_range_is_one_sentence_on_the_same_counts(response: Standing) -> None:
    assert response.sentence.startswith("61 to 98 % by method on the same 35 of 57.")


def test_other_counts_are_rows_but_not_in_the_range() -> None:
    unread = Bare(Counts([*REMISSION.counts.events, 0, 0], [*REMISSION.counts.n, 8, 4]))
    table = standing(REMISSION, {"unread extent counted as not complete": unread})
    other = [r for r in table.rows if not r.same_counts]
    assert [(r.events, r.n) for r in other] == [(10, 57), (10, 57)]
    assert "10 of 57" in table.sentence


def test_too_little_to_pool_leaves_the_counts() -> None:
    table = standing(Bare(Counts([0, 1, 3], [1, 1, 6])))
    assert len(table.rows) == 1 and table.reason
    assert table.sentence.startswith("4 of 8")


def test_every_row_says_what_it_estimates(response: Standing) -> None:
    frame = response.to_frame()
    assert (frame["estimates"].str.len() > 0).all()
    assert frame["label"].is_unique or frame.duplicated(["label", "estimates"]).sum() == 0


def test_only_events_leave_the_counts_and_the_models_that_have_an_answer() -> None:
    table = standing(Bare(Counts([4, 5, 6], [4, 5, 6])))
    assert table.reason and table.reason.startswith("Only events")
    assert table.sentence.startswith("15 of 15: Only events")
    observed, bayes, other_priors, logit, _ = table.rows
    assert other_priors.estimate is not None and other_priors.estimate_to is not None
    assert bayes.estimate is not None and other_priors.estimate <= bayes.estimate <= other_priors.estimate_to
    assert observed.estimate == 1
    assert bayes.estimate is not None and 0.8 < bayes.estimate < 1
    assert logit.estimate is not None and logit.estimate < bayes.estimate
