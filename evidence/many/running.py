"""A run over a table of many analyses: looked at, read in chunks, fitted by workers, kept in order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError, usage
from ..files import unwritten
from ..workers import Workers, WorkersLostError, started
from .answers import Answers, Tally, answers_of, piece_of
from .buckets import read_buckets, sort_into_buckets
from .chunks import Chunk, read_chunks
from .fitting import Piece, fit_piece
from .formats import format_of
from .made_of import made_of
from .models import fitting
from .parts import Parts, held
from .spellings import within
from .survey import CHUNK, Plan, Source, survey

if TYPE_CHECKING:
    from ..pooling import Model

#: Is told what is done, how many rows of it, and of how many (0 where that is not known yet). Anything but the three
#: below is a sentence on the workers.
Tell = Callable[[str, int, int], None]
LOOKING, SORTING, FITTING = DOING = "reading", "sorting", "pooling"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a table is pooled.

    Attributes:
        model: The specification. workers: Who computes. chunk: Rows of a chunk, at least.
        anew: Whether finished chunks and an older file are discarded.
    """

    model: Model
    workers: Workers = field(default_factory=Workers)
    chunk: int = CHUNK
    anew: bool = False

    def __post_init__(self) -> None:
        if self.chunk < 1:
            raise usage(f"chunks of {self.chunk} rows can't be", "give a number of at least 1", "chunk")


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did.

    Attributes:
        out: The file. tally: What is counted of all analyses. seconds: That it took.
        chunks: How many there were; resumed: of these, finished before.
        together: Whether the rows of each analysis stand together. model: The specification in use.
        made_of: What the result is made of.
    """

    out: Path
    tally: Tally
    seconds: float
    chunks: int
    resumed: int
    together: bool
    model: Model
    made_of: Mapping[str, Any]


def silent(what: str, done: int, of: int) -> None:
    """Tell nobody."""


def run_file(source: Source, path: Path, out: Path, settings: Settings, tell: Tell = silent) -> Run:
    """Pool every analysis of a file into another file.

    Args:
        source, path: The table, and its file. out: CSV or Parquet, by its ending. settings: How. tell: For a bar.

    Raises:
        EvidenceError: what can't be read, pooled or written; finished chunks are kept, and the same call goes on.
    """
    begun = time.perf_counter()
    _refuse_input(path, out)
    settings = replace(settings, model=fitting(settings.model, source.columns.of_rates))
    made = made_of(path, source.columns, settings.model, settings.chunk)
    parts = Parts(out, format_of(out, source.columns, source.id_type, made))
    with held(parts, _manifest(made, out), settings.anew), _kept(parts):
        plan = survey(source, settings.chunk, lambda rows: tell(LOOKING, rows, 0))
        tallies = parts.finished()[: plan.chunks]
        resumed = len(tallies)
        for number, answers in enumerate(_answers(source, plan, settings, parts.buckets, resumed, tell), resumed):
            parts.add(number, answers)
            tallies.append(answers.counts)
        parts.finish(plan.chunks)
    seconds = time.perf_counter() - begun
    return Run(out, sum(tallies, Tally()), seconds, plan.chunks, resumed, plan.together, settings.model, made)


@contextmanager
def _kept(parts: Parts) -> Iterator[None]:
    """Whoever loses the workers, or room on the disk, is told what is not lost with them."""
    try:
        yield
    except (WorkersLostError, UsageError) as error:
        if not parts.begun or (isinstance(error, UsageError) and error.problems[0].code != "write"):
            raise
        goes_on = f"finished chunks are kept in {parts.folder}, and the same command goes on from them"
        raise type(error)(replace(one, mend=f"{one.mend}; {goes_on}") for one in error.problems) from error


def _manifest(made: Mapping[str, Any], out: Path) -> dict[str, Any]:
    """What the rows of the result depend on: not on what the table is called."""
    return {**made, "input": made["input"]["sha256"], "format": out.suffix.casefold()}


def _refuse_input(path: Path, out: Path) -> None:
    """The table is not written over, whatever it is called there, nor a folder, nor does the result become a part."""
    _refuse_no_place(out)
    if out.exists() and path.exists() and out.samefile(path):
        raise usage(f"{out} is the table itself", "give another file with --out", "same-file")
    if out.is_dir():
        raise usage(f"{out} is a folder", f"give a file with --out, e.g. {out / 'pooled.csv'}", "folder")
    if path.is_dir() and path.resolve() in out.resolve().parents:
        says = f"{out} would lie in the folder of the table, and be read as a part of it"
        raise usage(says, "give a file elsewhere with --out", "same-file")


def _refuse_no_place(out: Path) -> None:
    """A name that is too long, or lies in a folder that may not be entered, is told before anything is asked of it."""
    try:
        out.with_name(f"{out.name}.parts").lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return
    except OSError as error:
        raise unwritten(out, error) from error


def run_in_memory(source: Source, settings: Settings, folder: Path, tell: Tell = silent) -> list[Answers]:
    """Pool every analysis of a table.

    Args:
        source: The table. settings: How. folder: Where rows may be sorted. tell: For a bar.
    """
    settings = replace(settings, model=fitting(settings.model, source.columns.of_rates))
    plan = survey(source, settings.chunk, lambda rows: tell(LOOKING, rows, 0))
    return list(_answers(source, plan, settings, folder, 0, tell))


def _answers(source: Source, plan: Plan, settings: Settings, folder: Path, first: int, tell: Tell) -> Iterator[Answers]:
    """The answers of each chunk from one on, in order."""
    if first >= plan.chunks:
        return
    waiting: deque[Chunk] = deque()
    of_rates, done = source.columns.of_rates, int(plan.bounds[first])

    def pieces() -> Iterator[Piece]:
        for chunk in _chunks(source, plan, folder, first, tell):
            waiting.append(chunk)
            yield Piece(settings.model, piece_of(chunk, of_rates))

    tell(FITTING, done, plan.rows)
    with started(settings.workers, lambda says: tell(says, done, plan.rows)) as pool:
        for fitted in pool.map(fit_piece, pieces()):
            chunk = waiting.popleft()
            mixed = within(plan.mixed, *plan.analyses[chunk.number : chunk.number + 2].tolist())
            answers = answers_of(chunk, fitted, source.columns, mixed)
            done += answers.counts.rows
            yield answers
            tell(FITTING, done, plan.rows)


def _chunks(source: Source, plan: Plan, folder: Path, first: int, tell: Tell) -> Iterator[Chunk]:
    if plan.together:
        return read_chunks(source, plan, first)
    sort_into_buckets(source, plan, folder, first, lambda rows: tell(SORTING, rows, plan.rows))
    return read_buckets(plan, folder, first, source.columns.study is not None)
