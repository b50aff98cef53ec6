"""What each screener decided: the files of ``records/screened/``, read with every problem and written whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal, cast, get_args

from ..errors import DataError, Problem, near, unknown, usage
from .days import is_whole_day
from .store import FOLDER, read_plain, write_table

Stage = Literal["title_abstract", "full_text"]
Word = Literal["include", "exclude", "unsure"]
STAGES: tuple[Stage, ...] = get_args(Stage)
WORDS: tuple[Word, ...] = get_args(Word)

#: Folder of ``records/`` with a file for each screener, and the file of what they settled on together.
SCREENED, CONSENSUS = "screened", "consensus"
#: Longest name of a screener.
LONGEST_NAME = 40

_NAME = re.compile(r"[^\W_][\w.-]*")
#: Names that some systems keep for devices.
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Decision:
    """The last word of one screener on one citation at one stage.

    Attributes:
        report_id: Citation. stage: What was read. decision: ``unsure`` at ``title_abstract``: to be read in full.
        reason: Code of the review's words; always there at ``full_text`` unless included.
        date: Day, ``2024-05-31``. notes: For readers.
    """

    report_id: str
    stage: Stage
    decision: Word
    reason: str | None = None
    date: str = ""
    notes: str | None = None

    @property
    def says(self) -> tuple[str | None, ...]:
        """What was decided, whenever that was."""
        return (self.decision, self.reason, self.notes)


#: (report id, stage) -> decision, the latest last.
Decisions = Mapping[tuple[str, Stage], Decision]


@dataclass(frozen=True, slots=True)
class Screened:
    """All that was decided.

    Attributes:
        screeners: Name -> what this screener decided, blind to the others.
        consensus: What they settled on together.
    """

    screeners: Mapping[str, Decisions] = field(default_factory=dict)
    consensus: Decisions = field(default_factory=dict)

    def of(self, name: str) -> Decisions:
        """What is in one file; nothing where there is none."""
        return self.consensus if name == CONSENSUS else self.screeners.get(name, {})

    def words(self, report_id: str, stage: Stage) -> dict[str, Decision]:
        """Screener -> decision on one citation, in the order of the names."""
        key = (report_id, stage)
        return {name: own[key] for name, own in self.screeners.items() if key in own}


def screener_name(name: str, known: Collection[str] = ()) -> str:
    """A name that can be a file of every system.

    Args:
        name: As typed. known: Screeners that are there.

    Raises:
        UsageError: it can't be, or differs from a known one by capitals only.
    """
    made = unicodedata.normalize("NFC", name.strip())
    if not _NAME.fullmatch(made) or made.endswith(".") or _DEVICE.fullmatch(made) or len(made) > LONGEST_NAME:
        mend = f"use letters, digits, - and _, at most {LONGEST_NAME}: --as anna"
        raise usage(f"{name!r} can't be the name of a screener", mend, "screener-name")
    if made.casefold() == CONSENSUS:
        raise usage(f"{CONSENSUS!r} is what the screeners settle on together", "use --conflicts", "screener-name")
    if made not in known and (same := [one for one in known if one.casefold() == made.casefold()]):
        raise usage(f"there is a screener {same[0]} already", f"use --as {same[0]}, or another name", "screener-name")
    return made


def screening_problems(review: Path, reasons: Collection[str] = ()) -> list[Problem]:
    """Every problem of the screeners' files of a review, with file, line and mend.

    Args:
        reasons: Words for reasons that the review has; none = any.
    """
    problems: list[Problem] = []
    for path in screener_files(review):
        _read(path, reasons, problems)
    return problems


def path_of(review: Path, name: str) -> Path:
    """The file of a screener, or of the consensus."""
    return review / FOLDER / SCREENED / f"{name}.csv"


class ScreenedFiles:
    """The files of the screeners: each is read again only when somebody has written it, and written whole."""

    def __init__(self, review: Path) -> None:
        self.review = review
        self._read: dict[Path, tuple[tuple[int, int], Decisions]] = {}

    def screened(self) -> Screened:
        """All that is decided by now.

        Raises:
            DataError: a file can't be read, with every problem of all of them.
        """
        problems: list[Problem] = []
        found = {
            unicodedata.normalize("NFC", path.stem): self._of(path, problems) for path in screener_files(self.review)
        }
        if problems:
            raise DataError(problems)
        return Screened({name: own for name, own in found.items() if name != CONSENSUS}, found.get(CONSENSUS, {}))

    def record(self, name: str, made: Collection[Decision]) -> Decisions:
        """Put a screener's words into the file, as it is by now: two windows of one screener lose nothing.

        The latest stand last; a decision that says what the earlier one said keeps its day.

        Raises:
            DataError: the file can't be read. UsageError: it can't be written; the older one stays whole.
        """
        decisions = dict(self._own(name))
        for decision in made:
            key = (decision.report_id, decision.stage)
            before = decisions.pop(key, None)
            decisions[key] = before if before is not None and before.says == decision.says else decision
        return self._write(name, decisions)

    def take_back(self, name: str, report_id: str, stage: Stage) -> Decisions:
        """Take a screener's word out of the file.

        Raises:
            DataError: the file can't be read. UsageError: it can't be written; the older one stays whole.
        """
        return self._write(name, {key: one for key, one in self._own(name).items() if key != (report_id, stage)})

    def _of(self, path: Path, problems: list[Problem]) -> Decisions:
        stamp = _stamp(path)
        known = self._read.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        before = len(problems)
        decisions = _read(path, (), problems)
        if stamp is not None and len(problems) == before:
            self._read[path] = (stamp, decisions)
        return decisions

    def _own(self, name: str) -> Decisions:
        problems: list[Problem] = []
        decisions = self._of(path_of(self.review, name), problems)
        if problems:
            raise DataError(problems)
        return decisions

    def _write(self, name: str, decisions: Decisions) -> Decisions:
        path = path_of(self.review, name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise usage(f"can't make {path.parent}: {error.strerror}", "check its rights", "write") from error
        write_table(
            path, _COLUMNS, ({column: getattr(one, column) for column in _COLUMNS} for one in decisions.values())
        )
        if (stamp := _stamp(path)) is not None:
            self._read[path] = (stamp, decisions)
        return decisions


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is written; None where there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return (state.st_mtime_ns, state.st_size)


def screener_files(review: Path) -> list[Path]:
    """The files of all screeners, and of the consensus."""
    return [path for path in sorted((review / FOLDER / SCREENED).glob("*.csv")) if path.name[0] not in ".~"]


_COLUMNS = tuple(part.name for part in fields(Decision))


def _read(path: Path, reasons: Collection[str], problems: list[Problem]) -> Decisions:
    decisions: dict[tuple[str, Stage], Decision] = {}
    for line, row in read_plain(path, _COLUMNS, problems):
        found = list(_row_problems(row, reasons, str(path), line))
        key = (row["report_id"] or "", cast(Stage, row["stage"]))
        if not found and key in decisions:
            message = f"{key[0]} is decided at {key[1]} in an earlier line already"
            mend = "keep the row that holds, and delete the other"
            found.append(Problem("repeated-decision", message, mend, str(path), line, "report_id"))
        problems += found
        if not found:
            word = cast(Word, row["decision"])
            decisions[key] = Decision(*key, word, row["reason"], row["date"] or "", row["notes"])
    return decisions


def _row_problems(row: Mapping[str, str | None], reasons: Collection[str], file: str, line: int) -> Iterator[Problem]:
    if not row["report_id"]:
        mend = "bring it back from the history of the file, or delete the row"
        yield Problem("missing-value", "the row names no citation", mend, file, line, "report_id")
    for column, known in (("stage", STAGES), ("decision", WORDS)):
        if row[column] not in known:
            message = f"{row[column] or ''!r} is not known"
            yield Problem("unknown-term", message, f"use one of {', '.join(known)}", file, line, column)
    if row["stage"] == "full_text" and row["decision"] in ("exclude", "unsure") and not row["reason"]:
        message = f"{row['report_id']} is decided as {row['decision']} at full text without a reason"
        yield Problem("no-reason", message, "give the reason", file, line, "reason")
    if row["date"] and not is_whole_day(row["date"]):
        message = f"date: {row['date']!r} is not a day"
        yield Problem("not-a-day", message, "write it as 2024-05-31, or leave it empty", file, line, "date")
    if row["reason"] and reasons and row["reason"] not in reasons:
        message = f"reason: {row['reason']!r} is not a word of the review"
        mend = near(row["reason"], tuple(reasons)) + "; or add it under [vocabulary.screening.reason] in review.toml"
        yield Problem("unknown-term", message, mend, file, line, "reason")


def stage_named(name: str) -> Stage:
    """A stage by its name.

    Raises:
        UsageError: there is no such stage.
    """
    if name not in STAGES:
        raise unknown("stage", name, STAGES)
    return name
