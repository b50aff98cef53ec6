"""Cumulative analysis: metafor's numbers by size, refitting for every model, and who has no year."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.special import logit

import evidence
from evidence import Counts, model
from evidence.display import percent
from evidence.errors import UsageError
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.asked import Asked, plainly
from evidence.sensitivity.cumulative import cumulative, years_of
from evidence.sensitivity.questions import ask
from tests.sensitivity.quick import quick
from tests.sensitivity.reference import PRITZ, QUESTIONS

COUNTS = Counts([9, 5, 1, 0, 3, 1], [28, 6, 2, 2, 3, 6], list("ABCDEF"))
YEARS = [2016, 2011, None, 2014, 2011, 2020]
MODELS = ["inverse-variance", "logistic-normal", "beta-binomial", "bayesian", "common-effect"]


def codes(answer: Any) -> list[str]:
    return [note.code for note in answer.notes]


def test_metafors_numbers_by_size() -> None:
    found = QUESTIONS["cumul"]
    answer = cumulative(PRITZ, model("inverse-variance", measure="PLO", tau2="REML", limits="wald"), by="size")
    assert answer.studies == tuple(PRITZ.labels[i] for i in found["order"])
    # The first row is one study: its own proportion here, which on the logit is metafor's.
    np.testing.assert_allclose(logit(answer.so_far.estimate), found["estimate"], rtol=1e-9)
    np.testing.assert_allclose(answer.so_far.se[1:], found["se"][1:], rtol=1e-9)
    np.testing.assert_allclose(answer.so_far.tau2[1:], found["tau2"][1:], rtol=1e-8)


@pytest.mark.parametrize("name", MODELS)
def test_each_row_is_the_fit_of_the_studies_so_far(name: str) -> None:
    answer = cumulative(COUNTS, quick(name), years=YEARS)
    order = [1, 4, 3, 0, 5, 2]
    assert answer.studies == tuple("BEDAFC")
    for i in range(COUNTS.k):
        part = COUNTS.take(order[: i + 1])
        fitted = plainly(quick(name)).fit(part)
        # Rows of a stack equal their fits to 1e-10, of the Bayesian grid as well.
        assert answer.so_far.mean[i] == pytest.approx(fitted.mean, abs=1e-9)
        assert answer.events[i] == part.events.sum() and answer.n[i] == part.n.sum()


def test_studies_without_a_year_come_last_and_are_named_and_ties_are_said() -> None:
    answer = cumulative(COUNTS, model("beta-binomial"), years=YEARS)
    assert answer.added_by == (2011.0, 2011.0, 2014.0, 2016.0, 2020.0, None) and answer.undated == ("C",)
    last, ties, _ = answer.notes
    assert codes(answer) == ["added-last", "added-in-table-order", "limits-of-two"]
    assert "C" in last.text and "2 of 2011" in ties.text
    value = answer.so_far.mean
    assert f"to {percent(value[4])} (5 studies), and over the last 5 steps" in str(answer)
    assert str(answer).endswith(f"; 1 study without a year comes after these and makes it {percent(value[5])}.")
    rows = answer.picture().rows
    assert [row.label for row in rows] == ["B", "+ E", "+ D", "+ A", "+ F", "+ C"] and rows[-1].primary
    assert rows[0].cells == ("2011", "5/6") and rows[0].remark == "one study" and rows[-1].cells[0] == "–"
    json.dumps(answer.to_dict(), allow_nan=False)
    assert len(answer.to_frame()) == COUNTS.k


def test_undated_studies_are_no_steps_of_the_history() -> None:
    """Of seven steps three are dated; the undated studies move the result far."""
    counts = Counts([5, 4, 6, 0, 0, 0, 0], [10, 9, 11, 30, 30, 30, 30], list("abcdefg"))
    answer = cumulative(counts, model("common-effect"), years=[2001, 2002, 2003, None, None, None, None])
    share = [5 / 10, 9 / 19, 15 / 30]
    assert f"over the last 3 steps it lay between {percent(min(share))} and {percent(max(share))};" in str(answer)
    assert str(answer).endswith("4 studies without a year come after these and make it 10 %.")


def test_precision_is_the_variance_of_known_effects_and_else_the_size() -> None:
    """Of 5/6 and 1/6 the first has the larger n-adjusted variance only through its counts; sizes tie."""
    counts = Counts([3, 1, 8, 10], [6, 6, 9, 40], list("abcd"))
    by_variance = cumulative(counts, model("inverse-variance"), by="precision")
    variance = 1 / counts.events + 1 / (counts.n - counts.events)
    assert by_variance.studies == tuple("abcd"[i] for i in variance.argsort())
    assert by_variance.added_by == pytest.approx(sorted(variance))
    by_size = cumulative(counts, model("logistic-normal"), by="precision")
    assert by_size.studies == ("d", "c", "a", "b") and codes(by_size) == ["added-in-table-order", "limits-of-two"]


def test_arms_of_a_study_are_added_together_at_its_first_year() -> None:
    arms = Counts([3, 2, 4, 1], [5, 5, 6, 8], list("abcd"), studies=["s", "t", "u", "s"])
    answer = cumulative(arms, model("inverse-variance"), years=[2020, 2012, 2015, 2010])
    assert answer.studies == ("a + d", "b", "c") and list(answer.n) == [13, 18, 24]
    assert cumulative(arms, model("inverse-variance"), by="precision").studies[0] == "a + d"


def test_years_are_read_from_the_selection(sts: Any) -> None:
    selection = evidence.select(sts, "complete_remission")
    asked = Asked(selection, model("beta-binomial"), sts, "complete_remission")
    answer: Any = ask("cumulative", asked)
    known = [year for year in answer.added_by if year is not None]
    assert known == sorted(known) and len(answer.studies) == selection.counts.k
    assert set(answer.undated) == {arm["label"] for arm in selection.study_columns if arm["year"] is None} - {None} or (
        len(answer.undated) == sum(arm["year"] is None for arm in selection.study_columns)
    )
    assert "As studies were published" in str(answer)
    by_size: Any = ask("cumulative", Asked(selection, model("beta-binomial"), options={"by": "size"}))
    assert by_size.by == "size" and "largest study first" in str(by_size)


def test_columns_of_a_bare_table_by_the_names_that_years_have() -> None:
    assert years_of([{"Pub.Year": 2011.0}, {"Pub.Year": "2012"}, {"Pub.Year": "in press"}]) == [2011, 2012, None]
    assert years_of([{"dose": 3}]) is None


def test_it_says_when_it_cant_be_asked() -> None:
    with pytest.raises(NotAskableError, match="no study has a year"):
        cumulative(COUNTS, model("beta-binomial"))
    with pytest.raises(NotAskableError, match="fewer than 3"):
        cumulative(COUNTS.take([0, 1]), model("beta-binomial"), by="size")
    with pytest.raises(UsageError, match="order 'sizes'"):
        cumulative(COUNTS, model("beta-binomial"), by="sizes")


def test_the_figure_says_who_was_added_last_and_why_two_studies_have_narrow_limits() -> None:
    answer = cumulative(Counts([3, 5, 8, 2], [10, 15, 26, 9]), "logistic-normal", years=[2000, None, 2001, 2004])
    assert codes(answer) == ["added-last", "limits-of-two"]
    feet = " ".join(text.text for text in evidence.answer_figure(answer).layout.page.texts)
    assert "Without a year, and so added last" in feet and "Of 2 studies the limits are by profile" in feet
    assert "Without a year" in evidence.answer_figure(answer).layout.alt
