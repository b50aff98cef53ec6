"""What was given, what else at the same time, and when responses were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import display
from ..concomitant import Concomitant
from ..response_times import CountTimes, ExtentTimes, ResponseTimes, Span
from ..treatment import Given, Quantity, Treatment
from .records import by_key, reports_of
from .table import Cell, Table, TableColumn, cell, words

if TYPE_CHECKING:
    from ..review.review import Review

ALL_ARMS = "all arms"
ALL_PATIENTS = "all described one by one"


def treatment_table(found: Treatment) -> Table:
    """One row per quantity and group; a quantity that no arm reports has one row."""
    columns = (
        TableColumn("quantity", "What was given", wide=True),
        *((TableColumn("group", found.heading),) if found.heading else ()),
        TableColumn("arms_shown", "Arms reporting", "right", where="page"),
        TableColumn("patients_shown", "Patients in them", "right", where="page"),
        *(TableColumn(name, name, "right", where="csv") for name in ("arms_reporting", "arms")),
        *(TableColumn(name, name, "right", where="csv") for name in ("patients_reporting", "patients")),
        TableColumn("median", "Median of arms", "right"),
        TableColumn("range", "Range", "right", where="page"),
        *(TableColumn(name, name, "right", where="csv") for name in ("lowest", "highest", "ranges", "one_ended")),
    )
    rows = []
    for quantity, groups in found.quantities:
        shown = groups if groups[0].arms_reporting else groups[:1]
        rows += [_given_row(quantity, one, bool(found.heading)) for one in shown]
    caption = "Treatment given: how many arms report each number, and what they report."
    return Table("treatment", caption, columns, tuple(rows), _treatment_footnotes(found))


def _given_row(quantity: Quantity, one: Given, grouped: bool) -> tuple[Cell, ...]:
    label = one.group or ALL_ARMS
    return (
        Cell(quantity.title, quantity.name),
        *((Cell(label, label),) if grouped else ()),
        Cell(display.count(one.arms_reporting, one.arms)),
        Cell(display.count(one.patients_reporting, one.patients)),
        *(cell(value) for value in (one.arms_reporting, one.arms, one.patients_reporting, one.patients)),
        Cell(display.significant(one.median), one.median),
        Cell(span_words(one.lowest, one.highest)),
        *(cell(value) for value in (one.lowest, one.highest, one.ranges, one.one_ended)),
    )


def span_words(lowest: float | None, highest: float | None) -> str:
    """``0.1 to 1``, one number where both ends are the same, a dash where there is none."""
    low, high = display.significant(lowest), display.significant(highest)
    return low if low == high else f"{low} to {high}"


def _treatment_footnotes(found: Treatment) -> tuple[str, ...]:
    notes = [
        f"{display.DASH} = no arm reports it, or too few for a median: one stands from two arms on, each arm counting"
        " once, whatever its size.",
    ]
    if found.heading and any(groups[0].median is not None for _, groups in found.quantities):
        notes.append(f"A median of all arms mixes what differs by {found.heading[:1].lower()}{found.heading[1:]}.")
    every = [(quantity, groups[0]) for quantity, groups in found.quantities]
    if any(one.lowest is not None and one.lowest < 1 for quantity, one in every if "(weeks)" in quantity.title):
        notes.append("Weeks below 1: once a day is 0.14, twice a day 0.07, three times a week 0.33.")
    if any(one.ranges for _, one in every):
        notes.append(
            "An arm that reports a range stands in the median with the middle of its range, and in the range with both"
            f" ends: {_listed([(q.heading, one.ranges) for q, one in every])}."
        )
    if any(one.one_ended for _, one in every):
        notes.append(
            "An arm that reports only a shortest or only a longest value is in the range and in no median:"
            f" {_listed([(q.heading, one.one_ended) for q, one in every])}."
        )
    for heading, arms in found.as_text.items():
        verb = (
            "has a text from which no number was taken" if arms == 1 else "have a text from which no number was taken"
        )
        notes.append(f"{heading}: {display.plural(arms, 'arm')} {verb}; the text is in arms.csv of the data.")
    if found.doubled:
        verb = "is" if found.doubled == 1 else "are"
        notes.append(
            f"{display.plural(found.doubled, 'arm')} whose patients another arm counts {verb} not in this table."
        )
    return tuple(notes)


def _listed(counted: list[tuple[str, int]]) -> str:
    return ", ".join(f"{heading[:1].lower()}{heading[1:]} {display.plural(n, 'arm')}" for heading, n in counted if n)


def concomitant_table(review: Review, found: Concomitant) -> Table:
    """One row per arm that names another treatment, or says that there was none."""
    arms, studies, reports = by_key(review, "arms", "arm_id"), by_key(review, "studies", "study_id"), reports_of(review)
    columns = (
        TableColumn("study", "Study"),
        TableColumn("concomitant", found.heading, wide=True),
        TableColumn("n_treated", "Treated", "right"),
        TableColumn("arm", "Arm", wide=True),
    )
    said = {**found.named, **dict.fromkeys(found.none, "none")}
    rows = []
    for arm_id, row in arms.items():
        if arm_id not in said:
            continue
        study = str(row["study_id"])
        rows.append(
            (
                Cell(str(studies[study]["label"]), arm_id, None, reports.get(study, ())),
                cell(said[arm_id]),
                cell(row["n_treated"]),
                cell(row["label"]),
            )
        )
    return Table(
        "concomitant", "Other treatments at the same time, as extracted from each report.", columns, tuple(rows)
    )


def patient_times_table(found: ResponseTimes) -> Table:
    """One row per extent of response of the patients who are described one by one."""
    spans = [("responded", "Months to response")] if found.response_column else []
    spans += [("treated", "Months treated")] if found.duration_column else []
    spans += [("followed", "Months followed")]
    columns = [TableColumn("extent", "Best response"), TableColumn("patients", "Patients", "right")]
    for name, heading in spans:
        columns += _span_columns(name, heading)
    rows = tuple(
        (
            Cell(*_extent(one)),
            cell(one.patients),
            *(part for name, _ in spans for part in _span_cells(getattr(one, name), one.patients)),
        )
        for one in found.patients
    )
    caption = "Patients described one by one: how many have a time reported, with median and range."
    footnote = f"{display.DASH} = not reported; a median stands from two patients on."
    return Table("patient-times", caption, tuple(columns), rows, (footnote,))


def _extent(one: ExtentTimes) -> tuple[str, str | None]:
    if one.extent == "":
        return ALL_PATIENTS, "all"
    return words(one.extent) or "not reported", one.extent


def count_times_table(found: ResponseTimes) -> Table:
    """Two rows per outcome: the times of all its counts, and of those with an event."""
    columns = (
        TableColumn("outcome", "Outcome", wide=True),
        TableColumn("arms_meant", "Arms"),
        TableColumn("dated_shown", "With a time", "right", where="page"),
        TableColumn("units_shown", "In these arms", "right", where="page"),
        *(TableColumn(name, name, "right", where="csv") for name in ("dated", "arms", "n_dated", "n")),
        TableColumn("unit", "unit", where="csv"),
        TableColumn("median", "Median (months)", "right"),
        TableColumn("range", "Range (months)", "right", where="page"),
        *(TableColumn(name, name, "right", where="csv") for name in ("lowest", "highest")),
    )
    rows = tuple(_count_row(one) for one in found.counts if one.arms)
    caption = "When the outcomes were counted, in months since the start: arms that report it, with median and range."
    footnote = (
        "The time of a count is not the time of a response, which came at that time or before. A median stands from two"
        " arms on, each arm counting once."
    )
    return Table("count-times", caption, columns, rows, (footnote,))


def _count_row(one: CountTimes) -> tuple[Cell, ...]:
    meant = "with an event" if one.with_events else "all counted"
    return (
        Cell(one.outcome, one.outcome),
        Cell(meant, meant),
        Cell(display.count(one.span.k, one.arms)),
        Cell(f"{display.count(one.n_dated, one.n)} {one.unit}s"),
        *(cell(value) for value in (one.span.k, one.arms, one.n_dated, one.n)),
        cell(one.unit),
        Cell(display.significant(one.span.median), one.span.median),
        Cell(span_words(one.span.lowest, one.span.highest)),
        *(cell(value) for value in (one.span.lowest, one.span.highest)),
    )


def _span_columns(name: str, heading: str) -> list[TableColumn]:
    return [
        TableColumn(f"{name}_shown", f"{heading}: reported", "right", where="page"),
        TableColumn(f"{name}_reported", f"{name}_reported", "right", where="csv"),
        TableColumn(f"{name}_median", "Median", "right"),
        TableColumn(f"{name}_range", "Range", "right", where="page"),
        *(TableColumn(f"{name}_{end}", f"{name}_{end}", "right", where="csv") for end in ("lowest", "highest")),
    ]


def _span_cells(span: Span, patients: int) -> list[Cell]:
    return [
        Cell(display.count(span.k, patients)),
        cell(span.k),
        Cell(display.significant(span.median), span.median),
        Cell(span_words(span.lowest, span.highest)),
        cell(span.lowest),
        cell(span.highest),
    ]
