"""A table in which the rows of an analysis stand apart: sorted into files on disk, one for each chunk of analyses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import Problem
from ..files import unwritten
from .batches import Batch, Index
from .chunks import Chunk
from .ordinals import Ordinals
from .survey import Plan, Source

#: A row: analysis within its chunk, events, total (or time), hash of the study.
_ROW = np.dtype([("analysis", "<i8"), ("events", "<f8"), ("total", "<f8"), ("study", "<u8")])


def sort_into_buckets(
    source: Source, plan: Plan, folder: Path, first: int = 0, tell: Callable[[int], None] = lambda rows: None
) -> None:
    """Write the rows of each chunk into a file of its own, in the order of the table.

    Args:
        source, plan: The table and what the first look found. folder: Where the files are made; it is there.
        first: Chunk to begin with. tell: Is told the rows that were sorted.

    Raises:
        UsageError: a file that can't be written, e.g. on a full disk.
    """
    ordinals, rows = Ordinals(), 0
    for old in folder.iterdir():
        old.unlink()
    for _, batch in source.batches():
        before = ordinals.size
        numbers = ordinals.of(batch.ids.names)
        of_chunk = np.searchsorted(plan.analyses, numbers, side="right") - 1
        _write_names(batch, numbers, of_chunk, before, folder)
        _write_rows(batch, plan, numbers, of_chunk, first, folder)
        rows += batch.rows
        tell(rows)


def _write_names(batch: Batch, numbers: Index, of_chunk: Index, before: int, folder: Path) -> None:
    """The ids that appear for the first time; they come in the order of their numbers."""
    new, runs = np.unique(numbers, return_index=True)
    fresh = runs[new >= before]
    for number in np.unique(of_chunk[fresh]).tolist():
        names = [batch.ids.names[run] for run in fresh[of_chunk[fresh] == number].tolist()]
        _append(folder / f"{number}.names", "".join(json.dumps(_plain(name)) + "\n" for name in names).encode())


def _write_rows(batch: Batch, plan: Plan, numbers: Index, of_chunk: Index, first: int, folder: Path) -> None:
    lengths = batch.ids.lengths
    chunk, analysis = np.repeat(of_chunk, lengths), np.repeat(numbers, lengths)
    table = np.empty(batch.rows, dtype=_ROW)
    table["analysis"], table["events"], table["total"] = analysis - plan.analyses[chunk], batch.events, batch.total
    table["study"] = 0 if batch.studies is None else batch.studies
    order = np.argsort(chunk, kind="stable")
    different, begins = np.unique(chunk[order], return_index=True)
    for number, rows in zip(different.tolist(), np.split(order, begins[1:]), strict=True):
        if number >= first:
            _append(folder / f"{number}.rows", table[rows].tobytes())
    for row in sorted(batch.problems):
        if chunk[row] >= first:
            found = [int(table["analysis"][row]), [asdict(problem) for problem in batch.problems[row]]]
            _append(folder / f"{chunk[row]}.problems", (json.dumps(found) + "\n").encode())


def _append(path: Path, content: bytes) -> None:
    try:
        with path.open("ab") as stream:
            stream.write(content)
    except OSError as error:
        raise unwritten(path, error) from error


def _plain(name: Any) -> Any:
    return name.item() if isinstance(name, np.generic) else name


def read_buckets(plan: Plan, folder: Path, first: int, of_studies: bool) -> Iterator[Chunk]:
    """The chunks, each read when it is asked for.

    Args:
        plan, folder, first: As they were written. of_studies: Whether studies have arms.
    """
    for number in range(first, plan.chunks):
        table = np.fromfile(folder / f"{number}.rows", dtype=_ROW)
        table = table[np.argsort(table["analysis"], kind="stable")]
        names = [json.loads(line) for line in (folder / f"{number}.names").read_text("utf-8").splitlines()]
        ends = np.cumsum(np.bincount(table["analysis"], minlength=len(names)))
        studies = table["study"].copy() if of_studies else None
        problems = _problems(folder / f"{number}.problems")
        yield Chunk(number, names, ends, table["events"].copy(), table["total"].copy(), studies, problems)


def _problems(path: Path) -> dict[int, list[Problem]]:
    found: dict[int, list[Problem]] = {}
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            analysis, problems = json.loads(line)
            found.setdefault(analysis, []).extend(Problem(**problem) for problem in problems)
    return found
