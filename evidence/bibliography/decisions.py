"""Which records are one publication: the rows of records/duplicates.csv, those of the rule and those of people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from ..errors import ID_LIKENESS, DataError, Problem, near, unknown, usage
from .days import is_whole_day
from .duplicates import Outcome
from .store import FOLDER, read_plain, write_table

FILE = "duplicates.csv"
COLUMNS = ("first", "second", "outcome", "score", "reason", "decided_by", "date")
#: What can be said of a pair.
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
#: Stands in decided_by where nobody has looked.
RULE = "rule"


@dataclass(frozen=True, slots=True)
class Decision:
    """One row: two records, and whether they are the same publication.

    Attributes:
        first, second: Ids of records, or of reports that the review knows.
        outcome: One of :data:`OUTCOMES`; ``ask``: a person has to look.
        score: Likeness from 0 to 1 that the rule found, as text; "" where no rule was asked.
        reason: What it rests on.
        decided_by: :data:`RULE`, or who decided. date: Day of a person's decision.
        line: 1-based line in the table; None for a new row.
    """

    first: str
    second: str
    outcome: Outcome
    score: str = ""
    reason: str = ""
    decided_by: str = RULE
    date: str = ""
    line: int | None = None

    @property
    def pair(self) -> frozenset[str]:
        """The two, in no order."""
        return frozenset((self.first, self.second))


def read_decisions(review: Path) -> tuple[Decision, ...]:
    """The rows of duplicates.csv, in order; none where there is no such table.

    Raises:
        DataError: a row can't be used, with every problem.
    """
    path = review / FOLDER / FILE
    problems: list[Problem] = []
    decisions = []
    seen: dict[frozenset[str], Decision] = {}
    for line, row in read_plain(path, COLUMNS, problems):
        values: dict[str, Any] = {name: row[name] or "" for name in COLUMNS}
        decision = Decision(**values, line=line)
        problems += _row_problems(decision, seen.get(decision.pair), str(path))
        seen.setdefault(decision.pair, decision)
        decisions.append(decision)
    if problems:
        raise DataError(problems)
    return tuple(decisions)


def _row_problems(row: Decision, before: Decision | None, file: str) -> Iterable[Problem]:
    if row.outcome not in OUTCOMES:
        message = f"outcome: {row.outcome!r} is not known"
        yield Problem("unknown-term", message, near(row.outcome, OUTCOMES), file, row.line, "outcome")
    if row.score and not _is_likeness(row.score):
        message = f"score: {row.score!r} is not a number from 0 to 1"
        yield Problem("not-a-likeness", message, "write it as 0.93, or leave it empty", file, row.line, "score")
    if row.date and not is_whole_day(row.date):
        message = f"date: {row.date!r} is not a day"
        yield Problem("not-a-day", message, "write it as 2024-05-31, or leave it empty", file, row.line, "date")
    for name in ("first", "second"):
        if not getattr(row, name):
            yield Problem("missing-value", f"{name} is empty", "write the id of a record", file, row.line, name)
    if len(row.pair) == 1:
        yield Problem("pair-of-one", f"{row.first} is paired with itself", "delete the row", file, row.line, "second")
    elif before is not None:
        message = f"{row.first} and {row.second} stand in line {before.line} already, as {before.outcome}"
        yield Problem("repeated-pair", message, "keep one of the two rows", file, row.line, "first")


def _is_likeness(text: str) -> bool:
    try:
        return 0.0 <= float(text) <= 1.0
    except ValueError:
        return False


def write_decisions(review: Path, decisions: Sequence[Decision]) -> None:
    """Write duplicates.csv.

    Raises:
        UsageError: the file can't be written; the older one stays whole.
    """
    (review / FOLDER).mkdir(exist_ok=True)
    write_table(review / FOLDER / FILE, COLUMNS, (asdict(row) for row in decisions))


def open_pairs(decisions: Iterable[Decision], group_of: Mapping[str, str]) -> tuple[Decision, ...]:
    """Pairs at which a person has to look, the likeliest first; those that are settled through others left out.

    Args:
        group_of: Id of a record or report -> id of what it belongs to.
    """
    asked = [row for row in decisions if row.outcome == "ask" and group_of.get(row.first) != group_of.get(row.second)]
    return tuple(sorted(asked, key=lambda row: (-float(row.score or 0), row.first, row.second)))


def outcome_named(name: str) -> Outcome:
    """What is said of a pair, by its word.

    Raises:
        UsageError: there is no such word.
    """
    for outcome in OUTCOMES:
        if name == outcome:
            return outcome
    raise unknown("outcome", name, OUTCOMES)


def settled(
    decisions: Sequence[Decision], pair: tuple[str, str], said: Decision, known: Iterable[str]
) -> tuple[Decision, ...]:
    """The rows after a person has decided on a pair: its row is replaced where it stands, else it is the last.

    Args:
        decisions: The rows so far. pair: The two records. said: Outcome, reason, who and when; its pair and score are
            not used. known: Ids that exist.

    Raises:
        UsageError: an id that does not exist; a decision without a name or as the rule's; one record twice.
    """
    ids = set(known)
    for name in pair:
        if name not in ids:
            close = get_close_matches(name, ids, n=5, cutoff=ID_LIKENESS)
            mend = near(name, close) if close else "use an id of records/records.csv or reports.csv"
            raise usage(f"the record {name!r} is not known", mend, "unknown-record")
    if pair[0] == pair[1]:
        raise usage(f"{pair[0]} is the same record twice", "name two records", "pair-of-one")
    if not said.decided_by.strip() or said.decided_by == RULE:
        raise usage("a person's decision needs a name", "say who decided: --by NAME", "no-name")
    old = next((row for row in decisions if row.pair == frozenset(pair)), None)
    new = Decision(*pair, said.outcome, old.score if old else "", said.reason, said.decided_by, said.date)
    if old is None:
        return (*decisions, new)
    return tuple(new if row is old else row for row in decisions)
