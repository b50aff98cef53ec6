"""Patients without a count: METHODS' own numbers, arms by arms, and where nothing is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence import model, select
from evidence.review.review import Review, read_review
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.asked import plainly
from evidence.sensitivity.missing import completed, missing_outcomes, treated_bounds, unread_extents
from tests.sensitivity.reviews import changed

BETA = model("beta-binomial")


def counts(review: Review, outcome: str, where: dict[str, str] | None = None) -> list[tuple[int, int]]:
    varied = missing_outcomes(review, outcome, BETA, where).varied
    return list(zip(varied.events.tolist(), varied.n.tolist(), strict=True))


def test_the_numbers_of_the_methods(sts: Review) -> None:
    """METHODS 1 and 4: unread extents 10/57 and 22/57; intralesional remission 4/46 to 42/46."""
    assert counts(sts, "complete_remission") == [(10, 45), (10, 57), (22, 57), (10, 110), (75, 110)]
    assert counts(sts, "complete_remission", {"route": "intralesional"}) == [(4, 8), (4, 46), (42, 46)]


def test_the_reading_says_counts_patients_treated_and_the_pooled_range(sts: Review) -> None:
    answer = missing_outcomes(sts, "complete_remission", BETA)
    text = str(answer)
    for part in ("10 of 45 patients (22 %), of 110 treated", "22 of 57 patients (39 %) if they are", "75 of 110"):
        assert part in text
    assert text.startswith("Complete remission: ") and "the average study (mean) goes from" in text
    (missing,) = answer.notes
    assert missing.code == "outcome-missing" and "65 of 110 treated patients (59 %)" in missing.text
    json.dumps(answer.to_dict(), allow_nan=False)
    assert len(answer.to_frame()) == 5 and len(answer.varied.labels) == len(set(answer.varied.labels))


@pytest.mark.parametrize("name", ["beta-binomial", "inverse-variance"])
def test_each_way_is_pooled_by_the_model(sts: Review, name: str) -> None:
    """A row of a stack and one fit end within 1e-8 of each other."""
    spec = plainly(model(name))
    answer = missing_outcomes(sts, "complete_remission", spec, {"condition": ["dystrophic", "metastatic"]})
    read = select(sts, "complete_remission", where={"condition": ["dystrophic", "metastatic"]})
    assert answer.varied.found.estimate[0] == pytest.approx(spec.fit(read.counts).estimate, abs=1e-8)
    worst = spec.fit(completed(sts, read, happened=False))
    assert answer.varied.found.estimate[-2] == pytest.approx(worst.estimate, abs=1e-8)


def test_too_few_counts_are_not_made_many_by_assuming(sts: Review) -> None:
    answer = missing_outcomes(sts, "any_adverse_event", BETA)
    assert set(answer.varied.found.status) == {"too-few"} and "too few counts to pool" in str(answer)


def test_patients_are_added_to_the_arm_they_were_treated_in(third_review: Path) -> None:
    """Ada's 16 had 15 counted; Cy's pain was counted in heels; Di's patients are some of Cy's and have no row."""
    heel = read_review(third_review)
    improved = select(heel, "improved")
    full = completed(heel, improved, happened=True)
    assert dict(zip(full.keys, full.n.tolist(), strict=True))["ada-high"] == 16
    assert int(full.events.sum()) == int(improved.counts.events.sum()) + 1
    free = completed(heel, select(heel, "pain_free"), happened=False)
    assert set(free.keys) == {"ada-low", "ada-high", "bo", "na-1", "cy"} and int(free.n.sum()) == 68


def test_patients_counted_in_another_report_are_not_missing(tmp_path: Path) -> None:
    """Cy has no count, but 9 of its 25 patients are counted as Di's: 16 are missing."""
    heel = changed(tmp_path, outcomes=("cy,improved,patient,20,25,,6,reported,,table 1,high,\n", ""))
    chosen = select(heel, "improved", where={"device": "radial"})
    full = completed(heel, chosen, happened=False)
    assert dict(zip(full.keys, full.n.tolist(), strict=True)) == {"bo": 12, "di": 25}
    bounds = treated_bounds(heel, chosen, {})
    assert bounds is not None and bounds.treated == chosen.context.treated == 37
    assert (bounds.lowest, bounds.highest) == (15, 31)


@pytest.mark.parametrize("name", ["sts-calcinosis-cutis", "sts-calciphylaxis"])
def test_a_part_is_never_bounded_above_its_whole(name: str) -> None:
    """Who is known to have had no response can't have had complete remission."""
    review = read_review(Path(__file__).parents[2] / "data" / name)
    most = {}
    for outcome in ("complete_remission", "any_response"):
        read = select(review, outcome)
        bounds = treated_bounds(review, read, unread_extents(review, outcome, None, None, read))
        assert bounds is not None
        most[outcome] = bounds.highest
    assert most["complete_remission"] <= most["any_response"]


def test_the_primary_is_marked_however_it_takes_unread_extents(sts: Review) -> None:
    answer = missing_outcomes(sts, "complete_remission", BETA, unread="as-events")
    assert answer.varied.primary.tolist() == [False, False, True, False, False]


def test_where_nothing_is_missing_it_is_not_asked(third_review: Path) -> None:
    heel = read_review(third_review)
    with pytest.raises(NotAskableError, match="every treated patient has a count"):
        missing_outcomes(heel, "improved", BETA, {"guided": "no"})
    with pytest.raises(NotAskableError, match="heels are counted"):
        missing_outcomes(heel, "heel_swollen", BETA)
