"""The courses of patients who are described one by one: how long treated and followed, response, recurrence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import unknown
from .review.arm_columns import NOT_REPORTED, arm_columns
from .review.arm_groups import patients_of, treatment_column, worded_groups
from .review.reading import plain

if TYPE_CHECKING:
    import pandas as pd

    from .review.review import Review
    from .review.specs import ColumnSpec

#: Unit of a column -> months.
MONTHS = {"day": 12 / 365.25, "week": 1 / 4.345, "month": 1.0, "year": 12.0}
#: Words by which a column with a unit of time tells how long a patient was treated, or when the response was seen; and
#: words of times of something else.
_TREATED = re.compile(
    r"(duration|length|time) of (the )?(treatment|therapy)|(treatment|therapy) (duration|length|time)|\btreated\b",
    re.IGNORECASE,
)
_RESPONDED = re.compile(
    r"(time|days|weeks|months|years) (to|until|of) (the |first |best )?response"
    r"|response (time|days|weeks|months|years)",
    re.IGNORECASE,
)
_OTHER = re.compile(r"before|prior|previous|after|since|disease|illness", re.IGNORECASE)
SORTS = ("response", "duration", "follow-up", "study")


@dataclass(frozen=True, slots=True)
class Course:
    """One patient.

    Attributes:
        patient_id, arm_id: Which one. label: Study, and which of its patients.
        group: Label of the group of the patient's arm; empty without groups.
        response, recurrence: Terms of the codebook; None = not reported.
        treated, followed: Months of treatment and of follow-up; None = not reported, never 0.
        responded: Months until the response was seen.
        age, sex: Years, and term of the codebook; None = not reported.
    """

    patient_id: str
    arm_id: str
    label: str
    group: str
    response: str | None
    recurrence: str | None
    treated: float | None
    followed: float | None
    responded: float | None
    age: float | None
    sex: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Courses:
    """The patients of a review who are described one by one.

    Attributes:
        review: Name of the review. heading: What makes the groups; empty without groups.
        patients: Sorted inside their groups, groups in display order.
        responses: Terms of response in the order of the codebook, without "not reported".
        duration: Column that says how long a patient was treated, or None where the review declares none.
        response_time: Column that says when the response was seen, or None.
        treated: Patients treated in all arms, described one by one or not.
        sort: What the patients are sorted by. banner: Sentence that every output must carry, or None.
    """

    review: str
    heading: str
    patients: tuple[Course, ...]
    responses: tuple[str, ...]
    duration: str | None
    response_time: str | None
    treated: int
    sort: str
    banner: str | None = None

    def to_frame(self) -> pd.DataFrame:
        """One row per patient, in this order."""
        import pandas as pd

        return pd.DataFrame([patient.to_dict() for patient in self.patients], columns=list(Course.__slots__))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "review": self.review,
            "by": self.heading or None,
            "sort": self.sort,
            "duration": self.duration,
            "response_time": self.response_time,
            "treated": self.treated,
            "patients": [patient.to_dict() for patient in self.patients],
        }


def patient_courses(
    review: Review, by: str = "", sort: str = "response", duration: str = "", response_time: str = ""
) -> Courses:
    """The patients who are described one by one.

    Args:
        review: The review.
        by: Column of arms that makes the groups; the last column of terms that the review declares for its arms if none
            is given, else the design; ``none``: no groups.
        sort: ``response`` (as the codebook lists them), ``duration`` or ``follow-up`` (longest first), ``study``; what
            is not reported comes last.
        duration: Column of patients.csv that says how long a patient was treated; if none is given, the one with a unit
            of time whose name or meaning says so.
        response_time: The same of the time until the response was seen.

    Raises:
        UsageError: an unknown column or order, a column without a unit of time, or groups by numbers or lists.
    """
    if sort not in SORTS:
        raise unknown("order", sort, SORTS)
    specs = {spec.name: spec for spec in review.codebook["patients"].columns}
    times = _time(specs, duration, _TREATED), _time(specs, response_time, _RESPONDED)
    known = arm_columns(review)
    groups = None if by == "none" else worded_groups(review, by or treatment_column(review))
    group_of = {arm: label for label, arms in groups.arms.items() for arm in arms} if groups else {}
    responses = tuple(term for term in specs["response"].terms if term != NOT_REPORTED)
    rows = _rows(review)
    labels = _labels([(row["patient_id"], str(known.arms[row["arm_id"]]["study"])) for row in rows])
    patients = [_course(row, labels[row["patient_id"]], group_of.get(row["arm_id"], ""), specs, times) for row in rows]
    order = {label: i for i, label in enumerate(groups.arms)} if groups else {}
    patients.sort(key=lambda one: (order.get(one.group, 0), *_place(one, sort, responses)))
    return Courses(
        review=review.name,
        heading=groups.heading if groups else "",
        patients=tuple(patients),
        responses=responses,
        duration=times[0].name if times[0] else None,
        response_time=times[1].name if times[1] else None,
        treated=patients_of(known, known.arms),
        sort=sort,
        banner=review.settings.banner,
    )


def _rows(review: Review) -> list[dict[str, Any]]:
    frame = review.tables["patients"]
    columns = {str(name): plain(frame[name]) for name in frame.columns}
    return [{name: values[i] for name, values in columns.items()} for i in range(len(frame))]


def _course(
    row: dict[str, Any],
    label: str,
    group: str,
    specs: dict[str, ColumnSpec],
    times: tuple[ColumnSpec | None, ColumnSpec | None],
) -> Course:
    treated, responded = (None if spec is None else _months(row[spec.name], spec) for spec in times)
    return Course(
        patient_id=row["patient_id"],
        arm_id=row["arm_id"],
        label=label,
        group=group,
        response=_term(row["response"]),
        recurrence=_term(row["recurrence"]),
        treated=treated,
        followed=_months(row["followup_months"], specs["followup_months"]),
        responded=responded,
        age=row["age_years"],
        sex=_term(row["sex"]),
    )


def _time(specs: dict[str, ColumnSpec], wanted: str, words: re.Pattern[str]) -> ColumnSpec | None:
    """The column of that name with a unit of time, or the first that the words point to."""
    core = ("age_years", "followup_months")
    timed = {name: spec for name, spec in specs.items() if spec.is_numeric and _factor(spec) and name not in core}
    if wanted:
        if wanted not in timed:
            raise unknown("column with a unit of time", wanted, tuple(timed), "unknown-column")
        return timed[wanted]
    for spec in timed.values():
        said = f"{spec.name.replace('_', ' ')}. {spec.heading}. {spec.meaning}"
        if words.search(said) and not _OTHER.search(said):
            return spec
    return None


def _factor(spec: ColumnSpec) -> float | None:
    """Months in the unit of a column; None where it is no unit of time."""
    return MONTHS.get((spec.unit or "").strip().casefold().removesuffix("s"))


def _months(value: float | None, spec: ColumnSpec) -> float | None:
    return None if value is None else float(value) * (_factor(spec) or 1.0)


def _term(value: str | None) -> str | None:
    return None if value == NOT_REPORTED else value


def _labels(studies: Sequence[tuple[str, str]]) -> dict[str, str]:
    """patient_id -> label of the study, and the patient's number where it has several."""
    by_study: dict[str, list[str]] = {}
    for patient, study in studies:
        by_study.setdefault(" ".join(study.split()), []).append(patient)
    return {
        patient: f"{study}, {i}" if len(patients) > 1 else study
        for study, patients in by_study.items()
        for i, patient in enumerate(patients, start=1)
    }


def _place(one: Course, sort: str, responses: Sequence[str]) -> tuple[Any, ...]:
    """Where a patient stands in the group; of equals the longer follow-up first, then as in the table."""
    response = responses.index(one.response) if one.response in responses else len(responses)
    treated, followed = _longest(one.treated), _longest(one.followed)
    places: dict[str, tuple[Any, ...]] = {
        "response": (response, treated, followed),
        "duration": (treated, followed),
        "follow-up": (followed, treated),
        "study": (one.label.casefold(),),
    }
    return places[sort]


def _longest(months: float | None) -> tuple[bool, float]:
    return months is None, -(months or 0.0)
