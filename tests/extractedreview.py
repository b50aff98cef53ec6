"""The third review with adverse events and patients, which it lacks; no number in it is real."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from evidence.review.review import Review, read_review
from tests.thirdreview import write_third_review

EVENTS = "arm_id,term,system_organ_class,events,total,serious,no_other_event\n"
PATIENTS = "patient_id,arm_id,age_years,sex,response,recurrence,followup_months,treated_weeks\n"
DURATION = """
[columns.patients.treated_weeks]
type = "number"
unit = "weeks"
meaning = "Time of treatment"
"""
UNTIMED = "patient_id,arm_id,followup_months\nz,bo,5\n"
EMPTY: Mapping[str, tuple[str, str]] = {}
CLASSES = """
[vocabulary.adverse_events]
system_organ_class = ["Nervous system disorders", "Skin and subcutaneous tissue disorders"]
"""
ANY_EVENT = """
[outcomes.unwanted]
title = "Any side effect"
definition = "Patients with at least one"
"""


@cache
def read_once(folder: Path) -> Review:
    """A review of this repository, which no test changes."""
    return read_review(folder)


def extracted_review(folder: Path, events: str = "", patients: str = "", outcomes: str = "", more: str = "") -> Review:
    """The third review with rows of adverse_events.csv, patients.csv and outcomes.csv.

    Args:
        folder: Where. events, patients: Rows below the headers above. outcomes: Rows at the end of that table.
        more: Further text of review.toml.
    """
    write_third_review(folder)
    _append(folder / "review.toml", DURATION + CLASSES + ANY_EVENT + more)
    _append(folder / "outcomes.csv", outcomes)
    (folder / "adverse_events.csv").write_text(EVENTS + events, encoding="utf-8", newline="\n")
    (folder / "patients.csv").write_text(PATIENTS + patients, encoding="utf-8", newline="\n")
    return read_review(folder)


def untimed_review(folder: Path, patients: str = UNTIMED, columns: Mapping[str, tuple[str, str]] = EMPTY) -> Review:
    """The third review with one patient, and without a column that says how long a patient was treated.

    Args:
        folder: Where. patients: The table. columns: Its numbers that the review declares: name -> unit and meaning.
    """
    write_third_review(folder)
    for name, (unit, meaning) in columns.items():
        declared = f'\n[columns.patients.{name}]\ntype = "number"\nunit = "{unit}"\nmeaning = "{meaning}"\n'
        _append(folder / "review.toml", declared)
    (folder / "patients.csv").write_text(patients, encoding="utf-8", newline="\n")
    return read_review(folder)


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8", newline="\n")
