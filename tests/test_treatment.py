"""What the arms report of the treatment: medians, ranges and silence, counted by hand from the tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.errors import UsageError
from evidence.review.review import Review, read_review
from evidence.tables.given_tables import treatment_table
from evidence.treatment import Given, quantities, treatment_given


@pytest.fixture(scope="module")
def skin() -> Review:
    return read_review("sts-calcinosis-cutis")


def groups_of(review: Review, name: str, by: str | None = None) -> dict[str, Given]:
    found = treatment_given(review, by).quantities
    return {one.group: one for quantity, groups in found if quantity.name == name for one in groups}


def test_two_columns_of_a_range_are_one_quantity(skin: Review) -> None:
    assert [(one.name, one.title) for one in quantities(skin)] == [
        ("concentration_mg_ml", "Concentration (mg/mL)"),
        ("volume_ml", "Volume of one session (mL)"),
        ("interval_weeks", "Interval between doses (weeks)"),
        ("sessions", "Number of sessions"),
        ("duration_months", "Duration of treatment (months)"),
        ("followup_months", "Follow-up (months)"),
    ]


def test_concentrations_by_route(skin: Review) -> None:
    """Intralesional 250, 250, 150, 150; topical 200, 250, 100 x 4, 250 mg/mL; the 14 other arms say nothing."""
    found = groups_of(skin, "concentration_mg_ml", "route")
    assert list(found) == ["", "intralesional", "topical", "intravenous", "not reported"]
    assert found["intralesional"] == Given("intralesional", 4, 46, 4, 46, 0, 0, 200.0, 150.0, 250.0)
    assert found["topical"] == Given("topical", 12, 44, 7, 37, 0, 0, 100.0, 100.0, 250.0)
    assert found["intravenous"] == Given("intravenous", 2, 15, 0, 0, 0, 0, None, None, None)
    assert (found[""].arms_reporting, found[""].arms, found[""].patients_reporting) == (11, 23, 83)


def test_a_range_stands_with_its_middle_and_an_open_one_in_no_median(skin: Review) -> None:
    """Intervals 6-13, 4, 4, 1 weeks; durations 60 and 0.9; topical 2, 1.8, and 6, 5, 6 with one end only."""
    intervals = groups_of(skin, "interval_weeks", "route")["intralesional"]
    assert (intervals.median, intervals.lowest, intervals.highest, intervals.ranges) == (4.0, 1.0, 13.0, 1)
    durations = groups_of(skin, "duration_months", "route")
    assert durations["intralesional"].median == pytest.approx(30.45)
    topical = durations["topical"]
    assert (topical.arms_reporting, topical.one_ended, topical.highest) == (5, 3, 6.0)
    assert topical.median == pytest.approx(1.9), "the middle of 1.8 and 2"


def test_silence_is_counted_and_never_zero(skin: Review) -> None:
    volume = groups_of(skin, "volume_ml")[""]
    assert (volume.arms_reporting, volume.arms, volume.median, volume.lowest) == (1, 23, None, 0.1)
    assert treatment_given(skin).as_text == {"Strength as printed": 2}, "12.5 g and 25 mg are no concentrations"


def test_the_table_says_what_a_reader_needs(skin: Review) -> None:
    table = treatment_table(treatment_given(skin, "route"))
    shown = {(row[0].text, row[1].text): [cell.text for cell in row[2:]] for row in table.printed.rows}
    assert shown["Volume of one session (mL)", "all arms"] == ["1/23", "1/110", "–", "0.1 to 1"]
    assert shown["Concentration (mg/mL)", "intralesional"] == ["4/4", "46/46", "200", "150 to 250"]
    assert shown["Concentration (mg/mL)", "intravenous"] == ["0/2", "0/15", "–", "–"]
    assert "follow-up 1 arm" in " ".join(table.footnotes) and "duration of treatment 3 arms" in " ".join(
        table.footnotes
    )
    assert "middle of its range" in " ".join(table.footnotes)


def test_another_subject_with_other_columns(third_review: Path) -> None:
    """Energies 0.1, 0.5, 0.2, none, 0.3; the arm di, whose patients cy counts, is left out."""
    review = read_review(third_review)
    found = treatment_given(review, "device")
    ((energy, groups),) = found.quantities
    assert (energy.title, found.arms, found.patients, found.doubled) == ("Energy (mJ/mm2)", 5, 68, 1)
    assert [(one.group, one.arms_reporting, one.arms, one.median) for one in groups] == [
        ("", 4, 5, 0.25),
        ("focused", 2, 2, 0.3),
        ("radial", 2, 2, 0.25),
        ("not reported", 0, 1, None),
    ]
    cut = treatment_given(review, "energy_mj_mm2", (0.25,)).quantities[0][1]
    assert [one.group for one in cut][1:] == ["< 0.25 mJ/mm2", ">= 0.25 mJ/mm2", "not reported"]
    assert "1 arm whose patients another arm counts is not in this table." in treatment_table(found).footnotes
    with pytest.raises(UsageError, match="cut"):
        treatment_given(review, "energy_mj_mm2")


@pytest.mark.parametrize(
    ("columns", "title"),
    [
        ({"dose_mg_min": ("", "Lowest dose"), "dose_mg_max": ("", "Highest dose")}, "Dose (mg)"),
        ({"dose_mg_min": ("", "Lowest"), "dose_mg_max": ("", "The highest dose ever")}, "Dose (mg)"),
        ({"dose_mg_min": ("Dose given", "a"), "dose_mg_max": ("Dose given", "b")}, "Dose given (mg)"),
        ({"dose_mg_min": ("", "Lowest dose (as printed).")}, "Lowest dose (mg)"),
        ({"total_dose_mg": ("", "What they got over all the days of it")}, "Total dose (mg)"),
    ],
)
def test_a_quantity_s_name_needs_no_code(columns: dict[str, tuple[str, str]], title: str, third_review: Path) -> None:
    path = third_review / "review.toml"
    declared = "".join(
        f'\n[columns.arms.{name}]\ntype = "number"\nunit = "mg"\nheading = "{heading}"\nmeaning = "{meaning}"\n'
        for name, (heading, meaning) in columns.items()
    )
    path.write_text(path.read_text(encoding="utf-8") + declared, encoding="utf-8")
    assert [one.title for one in quantities(read_review(third_review))][1:] == [title]


def test_a_review_without_numbers_has_no_quantity(third_review: Path) -> None:
    path = third_review / "review.toml"
    text = path.read_text(encoding="utf-8").replace(
        'type = "number"\nheading = "Energy"\nunit = "mJ/mm2"\nmin = 0\nmax = 5', 'type = "text"'
    )
    path.write_text(text, encoding="utf-8")
    assert treatment_given(read_review(third_review)).quantities == ()
