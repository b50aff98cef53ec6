"""What the imported records say of a review: how many each search found, and what still waits for a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError, Problem
from .citations import cited, known_reports
from .decisions import read_decisions
from .final_rows import unwritten
from .screening import Screened, ScreenedFiles
from .screening_states import Screening
from .store import FOLDER, read_store
from .streams import Row
from .tally import Tally, tallies
from .unknown_ids import unknown_ids


@dataclass(frozen=True, slots=True)
class Searched:
    """The records of a review, counted.

    Attributes:
        tallies: Each search of which a file was imported.
        waiting: Records that are not through: ``report_id``, ``source``, ``version``, ``stage`` (one of ``WAITING``).
        record_ids: Ids of all records.
        problems: Why ``records/`` can't be read; then nothing is counted.
        unknown: Decisions on ids that do not exist.
        unwritten: Where screening.csv is not what the screeners settled.
    """

    tallies: tuple[Tally, ...] = ()
    waiting: tuple[Row, ...] = ()
    record_ids: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    unknown: tuple[Problem, ...] = ()
    unwritten: tuple[Problem, ...] = ()


def read_searched(review: Path, decided: Sequence[str], screeners: int = 1) -> Searched:
    """Count the records of a review's folder; empty where nothing was imported.

    Args:
        review: The folder. decided: Reports that have their row in screening.csv. screeners: How many judge each
            citation.
    """
    if not (review / FOLDER).is_dir():
        return Searched()
    try:
        store = read_store(review)
        known = tuple(known_reports(review))
        made = cited(store, read_decisions(review), known).citations
        screening = Screening(made, _screened(review), screeners, frozenset(decided))
    except DataError as error:
        return Searched(problems=error.problems)
    waiting = tuple(_waiting(screening))
    unknown = unknown_ids(review, {*store.by_id, *known, *decided})
    return Searched(tallies(store, made), waiting, frozenset(store.by_id), (), unknown, _unwritten(review, screening))


def _unwritten(review: Path, screening: Screening) -> tuple[Problem, ...]:
    """The same where the tables can be read; what is wrong with them is told elsewhere."""
    try:
        return unwritten(review, screening)
    except DataError:
        return ()


def _screened(review: Path) -> Screened:
    """What the screeners decided; nothing while one of their files can't be read, which is told elsewhere."""
    try:
        return ScreenedFiles(review).screened()
    except DataError:
        return Screened()


def _waiting(screening: Screening) -> Iterator[Row]:
    """Citations that no row of screening.csv decides, with the stage at which they wait."""
    for one in screening.citations:
        state = screening.state(one.report_id)
        if one.report_id in screening.tabled or state not in ("to_screen", "conflict", "wanted"):
            continue
        first = screening.verdict(one.report_id, "title_abstract").standing
        wanted = state == "wanted" or (state == "conflict" and first == "settled")
        yield {
            "report_id": one.report_id,
            "source": "; ".join(one.sources),
            "stage": "full_text" if wanted else "title_abstract",
            "version": one.version,
        }
