"""A run over a table of many analyses: looked at, read in chunks, fitted by workers, kept in order."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..counts import Counts, Rates
from ..errors import DataError, UsageError, usage
from ..workers import Workers, started
from .answers import Answers, Tally, answers_of, piece_of
from .buckets import read_buckets, sort_into_buckets
from .chunks import Chunk, read_chunks
from .fitting import Piece, fit_piece
from .formats import format_of
from .parts import Parts, held
from .survey import CHUNK, Plan, Source, survey

if TYPE_CHECKING:
    from ..pooling import Model

#: Is told what is done, how many rows of it, and of how many (0 where that is not known yet).
Tell = Callable[[str, int, int], None]
LOOKING, SORTING, FITTING = "reading", "sorting", "pooling"


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
    """

    out: Path
    tally: Tally
    seconds: float
    chunks: int
    resumed: int
    together: bool


def silent(what: str, done: int, of: int) -> None:
    """Tell nobody."""


def accepts(model: Model, of_rates: bool) -> bool:
    """Whether a model pools rates, or counts."""
    try:
        model.estimate(Rates([[1]], [[2.0]]) if of_rates else Counts([[1]], [[2]]))
    except DataError:
        return False
    return True


def check_model(model: Model, of_rates: bool) -> None:
    """Refuse a model of something else.

    Raises:
        DataError: in its own words.
    """
    model.estimate(Rates([[1]], [[2.0]]) if of_rates else Counts([[1]], [[2]]))


def run_file(source: Source, path: Path, out: Path, settings: Settings, tell: Tell = silent) -> Run:
    """Pool every analysis of a file into another file.

    Args:
        source, path: The table, and its file. out: CSV or Parquet, by its ending. settings: How. tell: For a bar.

    Raises:
        EvidenceError: what can't be read, pooled or written; finished chunks are kept, and the same call goes on.
    """
    begun = time.perf_counter()
    _refuse_input(path, out)
    check_model(settings.model, source.columns.of_rates)
    parts = Parts(out, format_of(out, source.columns, source.id_type))
    with held(parts, _manifest(source, path, out, settings), settings.anew):
        plan = survey(source, settings.chunk, lambda rows: tell(LOOKING, rows, 0))
        tallies = parts.finished()[: plan.chunks]
        resumed = len(tallies)
        for number, answers in enumerate(_answers(source, plan, settings, parts.buckets, resumed, tell), resumed):
            parts.add(number, answers)
            tallies.append(answers.counts)
        parts.finish(plan.chunks)
    seconds = time.perf_counter() - begun
    return Run(out, sum(tallies, Tally()), seconds, plan.chunks, resumed, plan.together)


def _refuse_input(path: Path, out: Path) -> None:
    """The table is not written over, whatever it is called there."""
    if out.exists() and path.exists() and out.samefile(path):
        raise usage(f"{out} is the table itself", "give another file with --out", "same-file")


def run_in_memory(source: Source, settings: Settings, folder: Path) -> list[Answers]:
    """Pool every analysis of a table.

    Args:
        source: The table. settings: How. folder: Where rows may be sorted.
    """
    check_model(settings.model, source.columns.of_rates)
    plan = survey(source, settings.chunk)
    return list(_answers(source, plan, settings, folder, 0, silent))


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
    with started(settings.workers) as pool:
        for fitted in pool.map(fit_piece, pieces()):
            answers = answers_of(waiting.popleft(), fitted, source.columns)
            done += answers.counts.rows
            yield answers
            tell(FITTING, done, plan.rows)


def _chunks(source: Source, plan: Plan, folder: Path, first: int, tell: Tell) -> Iterator[Chunk]:
    if plan.together:
        return read_chunks(source, plan, first)
    sort_into_buckets(source, plan, folder, first, lambda rows: tell(SORTING, rows, plan.rows))
    return read_buckets(plan, folder, first, source.columns.study is not None)


def _manifest(source: Source, path: Path, out: Path, settings: Settings) -> dict[str, Any]:
    """What the bytes of the result depend on."""
    columns = source.columns
    return {
        "evidence": __version__,
        "libraries": _libraries(),
        "input": _hash_of(path),
        "columns": [columns.by, columns.events, columns.total, columns.study, columns.of_rates],
        "model": settings.model.to_dict(),
        "chunk": settings.chunk,
        "format": out.suffix.casefold(),
    }


def _libraries() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in ("numpy", "scipy", "pandas", "pyarrow"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found


def _hash_of(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(_unreadable(path, error)) from error


def _unreadable(path: Path, error: OSError) -> Any:
    from ..rows import unreadable

    return unreadable(path, error)
