"""Times of response, treatment and follow-up: counted by hand from patients.csv and outcomes.csv."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.outcomes import select
from evidence.response_times import ResponseTimes, Span, response_times
from evidence.review.review import Review, read_review
from evidence.tables.given_tables import count_times_table, patient_times_table


def times_of(review: Review, *outcomes: str) -> ResponseTimes:
    specs = review.settings.outcomes
    return response_times(review, {specs[name].title: (specs[name].unit, select(review, name)) for name in outcomes})


@pytest.fixture(scope="module")
def skin() -> ResponseTimes:
    return times_of(read_review("sts-calcinosis-cutis"), "complete_remission", "any_response")


def test_patients_by_extent(skin: ResponseTimes) -> None:
    """Treated 60, 2, 1.8, 8, 6.2 months; followed 60, 36, 20; nobody's time until the response was extracted."""
    assert (skin.treated, skin.response_column, skin.duration_column) == (110, None, "duration_months")
    found = {one.extent: one for one in skin.patients}
    assert {extent: one.patients for extent, one in found.items()} == {
        "": 18,
        "complete": 4,
        "partial": 4,
        "none": 2,
        "worse": 1,
        None: 7,
    }
    assert found[""].treated == Span(5, 6.2, 1.8, 60.0) and found[""].followed == Span(3, 36.0, 20.0, 60.0)
    assert found["partial"].treated == Span(3, 8.0, 1.8, 60.0)
    assert found["complete"].treated == Span(1, None, 2.0, 2.0), "one time is no median"
    assert found["none"].followed == Span(0, None, None, None)


def test_times_of_counts(skin: ResponseTimes) -> None:
    """Complete remission: 60, 2.8, 2, 6, 1.8, 3, 6 months of 13 arms; with an event 2.8, 2, 6 of 6."""
    every, hits = skin.counts[:2]
    assert (every.arms, every.n, every.n_dated, every.span) == (13, 45, 39, Span(7, 3.0, 1.8, 60.0))
    assert (hits.with_events, hits.arms, hits.n, hits.span) == (True, 6, 38, Span(3, 2.8, 2.0, 6.0))


def test_the_tables(skin: ResponseTimes) -> None:
    patients = patient_times_table(skin).printed
    assert [column.heading for column in patients.columns][2] == "Months treated: reported"
    assert [cell.text for cell in patients.rows[0]] == [
        "all described one by one", "18", "5/18", "6.2", "1.8 to 60", "3/18", "36", "20 to 60",
    ]  # fmt: skip
    counts = count_times_table(skin).printed
    assert [cell.text for cell in counts.rows[1]] == [
        "Complete remission", "with an event", "3/6", "35/38 patients", "2.8", "2 to 6",
    ]  # fmt: skip


def test_a_review_that_extracted_the_time_until_the_response() -> None:
    found = times_of(read_review("synthetic-example"), "any_response")
    assert found.response_column == "response_months"
    every = found.patients[0]
    responders = [one for one in found.patients if one.extent in ("complete", "partial")]
    assert every.responded.k == sum(one.responded.k for one in found.patients[1:]) > 0
    assert sum(one.responded.k for one in responders) == every.responded.k
    headings = [column.heading for column in patient_times_table(found).columns]
    assert "Months to response: reported" in headings


def test_no_patients_and_two_time_points(third_review: Path) -> None:
    """Improved: 12, 12, 6, none, 6 months (the last row counts; di is cy's); pain free 12 and 6."""
    found = times_of(read_review(third_review), "improved", "pain_free")
    assert found.patients == () and found.any_reported
    improved, _, free, with_event = found.counts
    assert (improved.arms, improved.span) == (5, Span(4, 9.0, 6.0, 12.0))
    assert (free.span, with_event.span) == (Span(2, 9.0, 6.0, 12.0), Span(1, None, 12.0, 12.0))


def test_nothing_reported(third_review: Path) -> None:
    path = third_review / "outcomes.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    first = {tuple(row.split(",")[:3]): row.split(",") for row in rows}
    lines = [",".join([*cells[:6], "", *cells[7:]]) for cells in first.values()]
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    found = times_of(read_review(third_review), "improved")
    assert not found.any_reported and found.counts[0].span == Span(0, None, None, None)
