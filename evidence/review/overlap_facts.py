"""What is known of each arm that can tell whether another arm has the same patients."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .overlap_settings import OverlapColumns, column_of
from .specs import ColumnSpec, items

if TYPE_CHECKING:
    from .review import Review

Row = Mapping[str, Any]

#: Letters that no accent makes of plain ones.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})
_NUMBER_OF_ITEM = re.compile(r":\s*\d+$")
_SAYS_NOTHING = ("not_reported", "unspecified", "unknown", "none", "other")


@dataclass(frozen=True, slots=True)
class Person:
    """An author: the name as printed, and its parts in plain small letters.

    Attributes:
        name: As the reference has it. family: Words of the family name. initials: Of the given names, "" = not seen.
    """

    name: str
    family: tuple[str, ...]
    initials: str


@dataclass(frozen=True, slots=True, eq=False)
class ArmFacts:
    """One arm with what its study, its reports, their references and its patients say.

    Attributes:
        arm_id, study_id, label: Which arm; the label is the study's, and the arm's where the study has several.
        n: Patients treated, or None.
        year: Of publication, or None.
        countries: As the study names them.
        recruited: First and last year of recruitment, or None.
        bylines: Authors of each report of the study, in order.
        all_authors: Whether these are all of them: no report without authors, no "and others".
        ids: Names under which a note may speak of the study.
        notes: ``(where it stands, text)``.
        places: Column -> where patients were treated, more closely than a country.
        traits: Column -> values of the arm, one or the items of a list.
        patients: Rows of the arm's patients.
        outcomes: ``(outcome, unit, events, total)`` of its counts.
    """

    arm_id: str
    study_id: str
    label: str
    n: int | None
    year: int | None
    countries: tuple[str, ...]
    recruited: tuple[int, int] | None
    bylines: tuple[tuple[Person, ...], ...]
    all_authors: bool
    ids: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    places: Mapping[str, tuple[str, ...]]
    traits: Mapping[str, tuple[str, ...]]
    patients: tuple[Row, ...]
    outcomes: frozenset[tuple[str, str, int, int]]


def folded(text: str) -> str:
    """Text in small letters without accents, marks and double spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join(re.findall(r"[^\W_]+", "".join(letter for letter in plain if not unicodedata.combining(letter))))


def person(name: str) -> Person | None:
    """An author of a reference, ``Family, Given`` or ``Given Family``; None where it names nobody."""
    family, comma, given = name.partition(",")
    if not comma:
        given, _, family = name.rpartition(" ")
    words = tuple(folded(family).split())
    parts = [part for part in re.split(r"[\s.\-‐]+", given) if part]
    # "AB" and "A.B." are initials; "Anna" is a name.
    letters = [part if part.isupper() and len(part) <= 3 else part[:1] for part in parts]
    if not words or words in (("others",), ("al",)):
        return None
    return Person(name, words, folded("".join(letters)).replace(" ", ""))


def trait_columns(review: Review) -> tuple[tuple[str, ColumnSpec], ...]:
    """``(table, column)`` of what is alike where patients are the same, as review.toml names it or by kind."""
    own, chosen = review.settings.columns, review.settings.overlap.alike
    if chosen is not None:
        return tuple(column for name in chosen if (column := column_of(own, name)) is not None)
    kinds = ("term", "yes_no", "list", "integer", "number")
    arms = [("arms", spec) for spec in own.get("arms", {}).values() if spec.type in kinds]
    of_patients = [("patients", spec) for spec in own.get("patients", {}).values() if spec.type in ("term", "text")]
    return (*arms, *of_patients)


def arm_facts(review: Review) -> tuple[ArmFacts, ...]:
    """What is known of each arm, in the order of arms.csv."""
    studies = {row["study_id"]: row for row in review.rows("studies")}
    reports, screening = review.rows("reports"), {row["report_id"]: row for row in review.rows("screening")}
    patients, outcomes = review.rows("patients"), review.rows("outcomes")
    arms = review.rows("arms")
    several = [row["study_id"] for row in arms]
    found = []
    for arm in arms:
        study = studies.get(arm["study_id"], {})
        own = [row for row in reports if row["study_id"] == arm["study_id"]]
        people = tuple(row for row in patients if row["arm_id"] == arm["arm_id"])
        counts = [row for row in outcomes if row["arm_id"] == arm["arm_id"]]
        label = str(study.get("label") or arm["study_id"])
        rows = {"arms": [arm], "patients": people, "studies": [study], "reports": own}
        found.append(
            ArmFacts(
                arm["arm_id"],
                arm["study_id"],
                f"{label}: {arm['label']}" if several.count(arm["study_id"]) > 1 else label,
                arm["n_treated"],
                study.get("year") or next((row["year"] for row in own if row["year"]), None),
                items(study.get("country") or next((row["country"] for row in own if row["country"]), "") or ""),
                _recruited(review.settings.overlap, rows, review),
                *_bylines(review, own),
                _ids(arm, [row["report_id"] for row in own]),
                tuple(_notes(arm, own, screening, people, counts)),
                _values(review, review.settings.overlap.where, rows),
                _values(review, [spec.name for table, spec in trait_columns(review) if table != "patients"], rows),
                people,
                frozenset((row["outcome"], row["unit"], row["events"], row["total"]) for row in counts),
            )
        )
    return tuple(found)


def _bylines(review: Review, reports: Sequence[Row]) -> tuple[tuple[tuple[Person, ...], ...], bool]:
    """The authors of each report, and whether they are all of them."""
    named = [
        review.references[key].authors if (key := row["report_id"]) in review.references else () for row in reports
    ]
    people = [tuple(one for name in names if (one := person(name)) is not None) for names in named]
    complete = all(names and len(names) == len(found) for names, found in zip(named, people, strict=True))
    return tuple(dict.fromkeys(byline for byline in people if byline)), complete


def _ids(arm: Row, reports: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*reports, str(arm["arm_id"]), str(arm["study_id"]))))


def _notes(
    arm: Row, reports: Sequence[Row], screening: Mapping[str, Row], people: Sequence[Row], counts: Sequence[Row]
) -> Iterator[tuple[str, str]]:
    """What was noted of an arm, its reports, patients and counts."""
    yield f"arms.csv on {arm['arm_id']}", arm["notes"] or ""
    for report in reports:
        name = report["report_id"]
        yield f"reports.csv on {name}", report["notes"] or ""
        yield f"screening.csv on {name}", screening.get(name, {}).get("notes") or ""
    for row in people:
        yield f"patients.csv on {row['patient_id']}", row["notes"] or ""
    for row in counts:
        yield f"outcomes.csv on {arm['arm_id']}", row["notes"] or ""


def _values(review: Review, names: Sequence[str], rows: Mapping[str, Sequence[Row]]) -> dict[str, tuple[str, ...]]:
    """Column -> its values in the rows of an arm; columns without a value are left out."""
    found = {}
    for name in names:
        column = column_of(review.settings.columns, name)
        if column is not None:
            table, spec = column
            cells = [row[name] for row in rows[table] if row.get(name) is not None]
            values = dict.fromkeys(value for cell in cells for value in values_of(spec, cell))
            found[name] = tuple(values)
    return {name: values for name, values in found.items() if values}


def values_of(spec: ColumnSpec, cell: Any) -> tuple[str, ...]:
    """What a cell says: one value, or the items of a list without their numbers; nothing where it says so."""
    if spec.is_numeric:
        return (f"{cell:g}",)
    parts = items(str(cell)) if spec.type in ("list", "refs") else (str(cell),)
    said = (_NUMBER_OF_ITEM.sub("", part).strip() for part in parts)
    return tuple(part for part in said if part and part.casefold() not in _SAYS_NOTHING)


def _recruited(columns: OverlapColumns, rows: Mapping[str, Sequence[Row]], review: Review) -> tuple[int, int] | None:
    found = []
    for name in columns.years:
        column = column_of(review.settings.columns, name)
        if column is not None:
            found.append([int(row[name]) for row in rows[column[0]] if row.get(name) is not None])
    # A first year without a last one is not the whole time.
    return (min(min(years) for years in found), max(max(years) for years in found)) if found and all(found) else None
