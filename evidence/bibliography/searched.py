"""What the imported records say of a review: how many each search found, and what still waits for a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError, Problem
from .citations import cited, groups_of, known_reports
from .decisions import FILE as DUPLICATES
from .decisions import open_pairs, read_decisions
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
        people: Screeners who decided on any of them.
        open: Pairs of records that may be one publication, and on which nobody has decided.
        problems: Why ``records/`` can't be read; then nothing is counted.
        unknown: Decisions on ids that do not exist.
        unwritten: Where screening.csv is not what the screeners settled.
    """

    tallies: tuple[Tally, ...] = ()
    waiting: tuple[Row, ...] = ()
    record_ids: frozenset[str] = frozenset()
    people: int = 0
    open: int = 0
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
        decisions = read_decisions(review)
        known = tuple(known_reports(review))
        made = cited(store, decisions, known).citations
        screening = Screening(made, _screened(review), screeners, frozenset(decided))
    except DataError as error:
        return Searched(problems=error.problems)
    return Searched(
        tallies(store, made, compared=(review / FOLDER / DUPLICATES).exists()),
        tuple(_waiting(screening)),
        frozenset(store.by_id),
        len(screening.screened.screeners),
        len(open_pairs(decisions, groups_of(made))),
        (),
        unknown_ids(review, {*store.by_id, *known, *decided}),
        _unwritten(review, screening),
    )


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
