"""Which of the records of a review are meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError, Problem, unknown
from .citations import Citation, citations
from .record import Record
from .screening import ScreenedFiles
from .screening_states import Screening, State
from .store import Store, read_plain, read_store
from .streams import BELONG

Named = tuple[str, Record]


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a review with what was decided on them.

    Attributes:
        store: All of them. screening: Citations, what is left when duplicates are one, and where each stands.
        included: Ids of the reports that screening.csv includes, in its order.
    """

    store: Store
    screening: Screening
    included: tuple[str, ...]

    @property
    def without_record(self) -> tuple[str, ...]:
        """Included reports that no import holds."""
        return tuple(name for name in self.included if name not in self.screening.by_id)


def _citations(found: Records, wanted: Callable[[Citation], bool]) -> tuple[Named, ...]:
    return tuple((one.report_id, one.record) for one in found.screening.citations if wanted(one))


def _standing(*states: State) -> Callable[[Records], tuple[Named, ...]]:
    return lambda found: _citations(found, lambda one: found.screening.state(one.report_id) in states)


#: What can be asked for -> ids and records. Of ``all`` each record stands for itself, else each group of duplicates.
CHOICES: Mapping[str, Callable[[Records], tuple[Named, ...]]] = {
    "all": lambda found: tuple((row.record_id, row.record) for row in found.store.records),
    "unique": lambda found: _citations(found, lambda one: True),
    "to-screen": _standing("to_screen", "conflict"),
    "to-read": _standing("wanted"),
    "included": lambda found: _citations(found, lambda one: one.report_id in found.included),
}


def chosen(found: Records, which: str) -> tuple[Named, ...]:
    """The records asked for, in the order of importing: ids and records.

    Args:
        which: A name of :data:`CHOICES`.

    Raises:
        UsageError: another name.
    """
    if which not in CHOICES:
        raise unknown("choice of records", which, list(CHOICES), "unknown-choice")
    return CHOICES[which](found)


def read_records(review: Path, screeners: int = 1) -> Records:
    """The records of a review's folder.

    Args:
        review: The folder. screeners: How many judge each citation.

    Raises:
        DataError: its records, the screeners' files or screening.csv can't be read.
    """
    problems: list[Problem] = []
    rows = list(read_plain(review / "screening.csv", ("report_id", "decision"), problems))
    if problems:
        raise DataError(problems)
    decided = {row["report_id"]: row["decision"] for _, row in rows if row["report_id"]}
    included = tuple(str(name) for name, decision in decided.items() if decision in BELONG)
    tabled = frozenset(str(name) for name in decided)
    screening = Screening(citations(review), ScreenedFiles(review).screened(), screeners, tabled)
    return Records(read_store(review), screening, included)
