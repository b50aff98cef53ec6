"""One row for each analysis: the columns that come out, and what is counted of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import Problem
from ..pooling.boundaries import STATUSES
from .batches import Floats
from .chunks import Chunk
from .columns import Columns
from .fitting import NUMBERS, Fitted
from .spellings import ID_SPELLINGS
from .stacks import Ragged

#: Status of an analysis whose rows have a problem.
NOT_POOLED = "not-pooled"
#: Statuses of an estimate that rests on the exact limits of the totals, or on one study.
NO_FIT, ALONE = "no-fit", "single-study"
#: Notes of analyses whose counts are the result: the estimate is not to be reported.
TOO_FEW = frozenset({"few-studies", "few-studies-rates"})
_ESTIMATE, _MEAN = NUMBERS.index("estimate"), NUMBERS.index("mean")
#: Rows whose problems are spelled out of one analysis.
_TOLD = 5


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The rows that come out of a chunk.

    Attributes:
        ids: Of the analyses; None for the rows without one.
        whole: k, n (or time) and events, shape (analyses,) each; NaN where they are not known.
        numbers: As in ``Fitted``. status, notes, problem: Texts.
        counts: What is counted of them.
    """

    ids: Sequence[Any]
    whole: Mapping[str, Floats]
    numbers: Floats
    status: Sequence[str]
    notes: Sequence[str]
    problem: Sequence[str]
    counts: Tally


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of a run, or of a part of it.

    Attributes:
        analyses, rows: How many. pooled: Analyses of several studies that have an estimate; too_few: of these, those
            of too few studies or units for it to be reported. mean_only: Those whose average study alone is known, as
            every study has one unit.
        statuses: Status -> analyses. notes: Code -> analyses that have it. problems: Code -> analyses that have such a
            problem. examples: Code -> the first such problem.
    """

    analyses: int = 0
    rows: int = 0
    pooled: int = 0
    too_few: int = 0
    mean_only: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.analyses + other.analyses,
            self.rows + other.rows,
            self.pooled + other.pooled,
            self.too_few + other.too_few,
            self.mean_only + other.mean_only,
            self.statuses + other.statuses,
            self.notes + other.notes,
            self.problems + other.problems,
            other.examples | self.examples,
        )

    @property
    def answered(self) -> int:
        """Analyses that have any number: an estimate, a mean, or the proportion or rate of their one study."""
        return self.pooled + self.mean_only + self.statuses[ALONE]


def piece_of(chunk: Chunk, of_rates: bool) -> Ragged:
    """The analyses of a chunk that can be pooled, as small as they can be sent."""
    fine = np.ones(len(chunk.names), dtype=bool)
    fine[list(chunk.problems)] = False
    sizes = chunk.sizes
    rows: npt.NDArray[np.bool_] | slice = slice(None) if fine.all() else np.repeat(fine, sizes)
    studies = None if chunk.studies is None else chunk.studies[rows]
    total = chunk.total[rows] if of_rates else chunk.total[rows].astype(np.int32)
    return Ragged(sizes[fine].astype(np.int32), chunk.events[rows].astype(np.int32), total, studies, of_rates)


def answers_of(chunk: Chunk, fitted: Fitted, columns: Columns, mixed: Sequence[int] = ()) -> Answers:
    """Every analysis of a chunk: what was fitted, and what could not be.

    Args:
        chunk, fitted, columns: What was read, what came of it, names. mixed: Analyses of the chunk whose ids differ in
            outer blanks.
    """
    size = len(chunk.names)
    problems: dict[int, Sequence[Problem]] = dict(chunk.problems)
    fine = np.ones(size, dtype=bool)
    fine[list(problems)] = False
    at = np.flatnonzero(fine)
    problems |= {int(at[one]): [found] for one, found in fitted.failed.items()}
    numbers = np.full((len(NUMBERS), size), np.nan)
    numbers[:, at] = fitted.numbers
    status = np.full(size, NOT_POOLED, dtype=object)
    status[at] = np.array(STATUSES, dtype=object)[fitted.status]
    notes = np.full(size, "", dtype=object)
    notes[at] = np.array(fitted.spellings, dtype=object)[fitted.notes]
    for one in mixed:
        notes[one] = ";".join(filter(None, (notes[one], ID_SPELLINGS)))
    problem = np.full(size, "", dtype=object)
    for one, found in problems.items():
        problem[one] = _told(found)
    whole = _whole(chunk, fitted, at, "time" if columns.of_rates else "n")
    several = ~np.isin(status.astype(str), (NOT_POOLED, NO_FIT, ALONE))
    pooled = several & np.isfinite(numbers[_ESTIMATE])
    counts = replace(
        _counted(chunk, status, problems),
        notes=_codes(notes.tolist()),
        pooled=int(pooled.sum()),
        too_few=_too_few(notes[pooled].tolist()),
        mean_only=int((several & ~np.isfinite(numbers[_ESTIMATE]) & np.isfinite(numbers[_MEAN])).sum()),
    )
    return Answers(chunk.names, whole, numbers, status.tolist(), notes.tolist(), problem.tolist(), counts)


def _too_few(notes: Sequence[str]) -> int:
    """Analyses that have a note of too few studies or units."""
    return sum(count for spelled, count in Counter(notes).items() if not TOO_FEW.isdisjoint(spelled.split(";")))


def _codes(notes: Sequence[str]) -> Counter[str]:
    """Code -> analyses that have it."""
    found: Counter[str] = Counter()
    for spelled, count in Counter(notes).items():
        found.update({code: count for code in spelled.split(";") if code})
    return found


def _whole(chunk: Chunk, fitted: Fitted, at: npt.NDArray[np.intp], size_name: str) -> dict[str, Floats]:
    """Studies (rows where they could not be pooled), units or time, and events."""
    begins = chunk.ends - chunk.sizes
    k = chunk.sizes.astype(np.float64)
    k[at] = fitted.studies
    sums = {}
    for name, part in ((size_name, chunk.total), ("events", chunk.events)):
        with np.errstate(invalid="ignore"):
            total = np.add.reduceat(part, begins) if begins.size else np.zeros(0)
        sums[name] = np.full(k.size, np.nan)
        sums[name][at] = total[at]
    return {"k": k, **sums}


def _told(problems: Sequence[Problem]) -> str:
    """The problems of an analysis on one line."""
    texts = [_line(problem) for problem in problems[:_TOLD]]
    more = len(problems) - _TOLD
    return " | ".join(texts) + (f" | and {more} more" if more > 0 else "")


def _line(problem: Problem) -> str:
    place = f"{problem.place}: " if problem.place else ""
    return f"{place}{problem.message} [{problem.code}]; mend: {problem.mend}".replace("\n", " ")


def _counted(chunk: Chunk, status: npt.NDArray[Any], problems: Mapping[int, Sequence[Problem]]) -> Tally:
    codes: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for one in sorted(problems):
        for problem in {problem.code: problem for problem in reversed(problems[one])}.values():
            codes[problem.code] += 1
            examples.setdefault(problem.code, str(problem))
    statuses = Counter(status.tolist())
    return Tally(len(chunk.names), int(chunk.events.size), statuses=statuses, problems=codes, examples=examples)
