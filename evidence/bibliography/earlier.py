"""What an update added to the previous version of a review, as that version was frozen: rows, studies, reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..display import plural
from .streams import BELONG, Row, Tables


@dataclass(frozen=True, slots=True)
class Earlier:
    """The previous version of a review.

    Attributes:
        label: What it is called. tables: Its rows by table, with ids as they are called now.
        notes: What a reader must know of it.
    """

    label: str
    tables: Tables
    notes: tuple[str, ...] = ()

    @property
    def studies(self) -> set[Any]:
        """Ids of its studies."""
        return {row["study_id"] for row in self.tables["studies"]}


@dataclass(frozen=True, slots=True)
class Since:
    """What stands beside the counts of an update.

    Attributes:
        label, notes: Of the previous version. gone: Its studies that are no longer in.
        said: Sentences on numbers of its studies that were corrected since.
    """

    label: str
    notes: tuple[str, ...] = ()
    gone: int = 0
    said: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"version": self.label, "notes": list(self.notes), "gone": self.gone, "corrected": list(self.said)}


def version_of(row: Row) -> int:
    """Version of the review that a row came in with; the first where nothing is said."""
    value = row.get("version")
    return 1 if value is None else int(value)


def latest_of(rows: Iterable[Row]) -> int:
    """The latest version that any of these rows came in with."""
    return max((version_of(row) for row in rows), default=1)


def decided_anew(screening: Iterable[Row], earlier: Earlier) -> list[Row]:
    """Rows of screening.csv that the previous version did not have, or decided otherwise."""
    before = {row["report_id"]: row["decision"] for row in earlier.tables["screening"]}
    return [row for row in screening if before.get(row["report_id"]) != row["decision"]]


def searched_anew(log: Iterable[Row], earlier: Earlier) -> list[Row]:
    """Rows of the search log that the previous version did not have."""
    before = {row.get("search_id") for row in earlier.tables.get("searches", ())}
    return [row for row in log if row.get("search_id") not in before]


def belonging(tables: Tables, studies: set[Any]) -> set[Any]:
    """Reports that are in and belong to one of these studies."""
    ids = {row["report_id"] for row in tables["screening"] if row["decision"] in BELONG}
    return {row["report_id"] for row in tables["reports"] if row["study_id"] in studies and row["report_id"] in ids}


def since(tables: Tables, earlier: Earlier) -> Since:
    """What became of the previous version's studies."""
    now = {row["study_id"] for row in tables["studies"]}
    return Since(earlier.label, earlier.notes, len(earlier.studies - now), tuple(_corrected(tables, earlier, now)))


def _corrected(tables: Tables, earlier: Earlier, now: set[Any]) -> Iterator[str]:
    stayed = earlier.studies & now
    for what, old, new in (
        ("patients treated", _treated(earlier.tables["studies"], stayed), _treated(tables["studies"], stayed)),
        ("arms", _rows(earlier.tables["arms"], stayed), _rows(tables["arms"], stayed)),
    ):
        if old != new:
            studies = "the study" if len(stayed) == 1 else f"the {len(stayed)} studies"
            yield f"Of {studies} of {earlier.label} that are still in, {what}: {old} then, {new} now."


def _treated(studies: Sequence[Row], ids: set[Any]) -> int:
    return sum(int(row["n_treated"]) for row in studies if row["study_id"] in ids)


def _rows(rows: Sequence[Row], ids: set[Any]) -> int:
    return sum(row["study_id"] in ids for row in rows)


def disagreement(by_column: set[Any], earlier: Earlier, latest: int) -> Iterator[str]:
    """Where the version column of screening.csv and the frozen version name other studies as those that were in."""
    for ids, has, lacks in (
        (by_column - earlier.studies, f"version in screening.csv has it before {latest}", f"{earlier.label} has not"),
        (earlier.studies - by_column, f"{earlier.label} has it", f"version in screening.csv not before {latest}"),
    ):
        if ids:
            names = ", ".join(sorted(str(one) for one in ids))
            yield (
                f"what was in before is not agreed on for {plural(len(ids), 'study', 'studies')} ({names}): {has},"
                f" {lacks}. The frozen version is counted; mend version in screening.csv."
            )
