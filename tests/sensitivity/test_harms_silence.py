"""Silence about adverse events read both ways."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence import model
from evidence.measures.limits import study_limits
from evidence.review.review import Review, read_review
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.harms_silence import harms_silence
from evidence.sensitivity.pictures import Intervals
from tests.sensitivity.reviews import changed

BETA = model("beta-binomial")


def test_the_arms_that_say_something_and_those_that_do_not(sts: Review) -> None:
    """4 arms count them; 2 tell of events of other patients or without a count; of 110 treated, 68 are then read."""
    answer = harms_silence(sts, "any_adverse_event", BETA)
    varied = answer.varied
    assert list(zip(varied.events.tolist(), varied.n.tolist(), strict=True)) == [(3, 6), (3, 68)]
    assert (varied.arms[0], len(answer.silent), len(answer.uncounted), answer.arms) == (4, 17, 2, 23)
    lower, upper = study_limits([3, 3], [6, 68])
    assert varied.lower.tolist() == lower.tolist() and varied.upper.tolist() == upper.tolist()
    assert "4 of 23 arms give a count of any adverse event: 3 of 6 patients (50 %, exact limits 12 to 88 %)" in str(
        answer
    )
    json.dumps(answer.to_dict(), allow_nan=False)


def test_it_is_never_pooled_below_the_thresholds(sts: Review) -> None:
    """68 patients are enough to pool, but 62 of them are silence."""
    answer = harms_silence(sts, "any_adverse_event", BETA)
    assert set(answer.varied.found.status) == {"too-few"}
    picture = answer.picture()
    assert isinstance(picture, Intervals) and picture.axis == "observed proportion"


def test_another_review_and_another_outcome(vessels: Review) -> None:
    """One series names an event without its number: it is in neither reading. It says nothing of deaths."""
    harms = harms_silence(vessels, "any_adverse_event", BETA)
    assert len(harms.uncounted) == 1
    assert harms.varied.n.tolist() == [34, 141]
    death = harms_silence(vessels, "death", BETA)
    assert death.uncounted == () and death.varied.n.tolist() == [54, 145]


def test_with_enough_counts_both_readings_are_pooled(tmp_path: Path) -> None:
    heel = changed(tmp_path, outcomes=("cy,improved,patient,20,25,,6,reported,,table 1,high,\n", ""))
    answer = harms_silence(heel, "improved", BETA, force=True)
    assert answer.silent == ("Cy 2010",) and set(answer.varied.found.status) <= {"ok", "tau-zero"}
    assert answer.varied.n.tolist() == [51, 67]


def test_where_silence_means_nothing_it_is_not_asked(sts: Review, third_review: Path) -> None:
    with pytest.raises(NotAskableError, match="complete remission is what reports look for"):
        harms_silence(sts, "complete_remission", BETA)
    heel = read_review(third_review)
    with pytest.raises(NotAskableError, match="heels are counted"):
        harms_silence(heel, "heel_swollen", BETA)
    with pytest.raises(NotAskableError, match="every arm says something"):
        harms_silence(heel, "improved", BETA, force=True)


def test_the_review_says_which_words_tell_of_harm(third_review: Path) -> None:
    """Free of pain is part of improved; a review in which "improved" is a harm may ask of silence about it."""
    with pytest.raises(NotAskableError, match="free of pain is what reports look for") as refused:
        harms_silence(read_review(third_review), "pain_free", BETA)
    assert "harm_words in review.toml" in (refused.value.problems[0].mend or "")
    settings = third_review / "review.toml"
    settings.write_text('harm_words = ["no pain"]\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    answer = harms_silence(read_review(third_review), "pain_free", BETA)
    assert "free of pain" in str(answer)
