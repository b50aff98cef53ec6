"""How the cost of many meta-analyses grows: with their number, with k, with the nodes of the integrals, with processes.

python -m benchmarks.scale [--quick] [-o FILE]

Whole runs of ``evidence many`` are processes of their own, start-up included; their memory is the most that the system
saw. Everything else is processor time of one thread.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np

from evidence.counts import Counts
from evidence.pooling import model

from . import stages, tasks
from .machine import machine
from .measured import Measured, draw
from .ours import MODELS

INVERSE, LOGISTIC, DEFAULT = (
    ("inverse-variance", "--prediction=t"),
    ("logistic-normal", "--limits=t", "--option=prediction=none"),
    ("logistic-normal", "--limits=profile-t", "--prediction=t"),
)
SIZES = (10**3, 10**4, 10**5, 10**6)
#: So many analyses take about as long as the start of a process, which varies.
SHORT = 10**4
#: Runs a command and prints its seconds of the processor and its memory, which the system counts from that of the
#: process that started it: this one is small.
_WATCH = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(done.returncode)
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A process: seconds that passed, of the processor, and the most memory, in GB."""

    wall: float
    processor: float
    memory: float


def main() -> int:
    """Measure, print, write where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the analyses")
    parser.add_argument("-o", "--output", type=Path, help="write the tables to this file as well")
    parser.add_argument("--figure", type=Path, help="draw the curves into this SVG file")
    chosen = parser.parse_args()
    share = 10 if chosen.quick else 1
    parts: list[Measured] = []
    sys.stdout.write(f"{machine()}\n\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured = (
            _by_number(folder, share),
            _by_k(share),
            _by_nodes(),
            _stages(folder, share),
            _by_workers(folder, share),
        )
        for part in chain(*measured):
            sys.stdout.write(f"{part}\n\n")
            sys.stdout.flush()
            parts.append(part)
    if chosen.output:
        text = "\n\n".join([machine(), *map(str, parts)])
        chosen.output.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    if chosen.figure:
        draw(parts, chosen.figure)
    return 0


def _by_number(folder: Path, share: int) -> Iterator[Measured]:
    """Runs of 10^3 to 10^6 analyses."""
    rows, curves = [], {}
    for words, sizes in ((INVERSE, SIZES), (LOGISTIC, SIZES), (DEFAULT, SIZES[:-1])):
        start, points = _many(folder, 10, words).processor, []
        for size in sizes:
            size //= share
            ran = _many(folder, size, words)
            each = 1e6 * (_here(folder, size, words) if size <= SHORT else (ran.processor - start) / size)
            points.append((size, each))
            told = f"{ran.wall:.1f}", f"{ran.processor:.1f}", f"{each:.0f}", f"{ran.memory:.2f}"
            rows.append((_named(words), f"{size:,}", *told))
        curves[_named(words)] = points
    head = ("model", "analyses", "s", "s of processor", "microseconds each, start left out", "GB at most")
    says = "Number of analyses, k = 2 to 30, `evidence many` from Parquet to Parquet."
    yield Measured(says, head, rows, "analyses", curves)


def _here(folder: Path, size: int, words: Sequence[str]) -> float:
    """Seconds of the processor for one analysis without the start of a process."""
    from evidence.many.running import Settings, run_file
    from evidence.many.sources import open_source
    from evidence.review.headers import Choice

    given, out = _given(folder, size), folder / "here.parquet"
    options = dict(word.removeprefix("--").removeprefix("option=").split("=", 1) for word in words[1:])
    settings = Settings(model(words[0], **options), anew=True)
    source = open_source(given, "analysis", Choice(None, None, None, None, None))
    return _processor(lambda: run_file(source, given, out, settings)) / size


def _by_workers(folder: Path, share: int) -> Iterator[Measured]:
    """The same run by several processes."""
    rows = []
    for words, size in ((LOGISTIC, 10**5), (LOGISTIC, 10**6), (INVERSE, 10**6), (DEFAULT, 10**5)):
        size //= share
        one = 0.0
        for workers in (1, 2, 4)[: 1 + (os.cpu_count() or 1).bit_length()]:
            ran = _many(folder, size, words, workers).wall
            one = one or ran
            rows.append((_named(words), f"{size:,}", f"{workers}", f"{ran:.1f}", f"{one / ran:.2f}"))
    says = f"Processes on {os.cpu_count()} cores, their start included."
    yield Measured(says, ("model", "analyses", "workers", "s", "times one"), rows)


def _named(words: Sequence[str]) -> str:
    return ", ".join([words[0], *(word.removeprefix("--limits=") for word in words[1:] if "limits" in word)])


def _by_k(share: int) -> Iterator[Measured]:
    """Stacks of one k."""
    rows: list[tuple[str, ...]] = []
    curves: dict[str, list[tuple[float, float]]] = {"inverse-variance, hk-floor": [], "logistic-normal, t": []}
    for k in (2, 5, 10, 20, 50, 100, 300, 1000):
        stack = Counts(*tasks.counts(max(400_000 // share // k, 20), k))
        told = [f"{k:,}"]
        for key, curve in zip(("reml", "glmm"), curves.values(), strict=True):
            name, options = MODELS[key]
            each = 1e6 * _processor(partial(model(name, **options).estimate, stack)) / stack.n.shape[0]
            told.append(f"{each:,.0f}")
            curve.append((k, each))
        rows.append(tuple(told))
    says = "Studies of an analysis, stacks, microseconds of processor for each analysis."
    yield Measured(says, ("k", *curves), rows, "studies of an analysis", curves)


def _by_nodes() -> Iterator[Measured]:
    """One evaluation of the logistic-normal likelihood and all its derivatives, k = 12."""
    from evidence.pooling.cells import cells_of, log_likelihood
    from evidence.pooling.shared_nodes import FINE, LARGEST_N, MOST_NODES, SharedNodes, nodes_needed

    rows: list[tuple[str, ...]] = []
    curves: dict[str, list[tuple[float, float]]] = {}
    for largest in (10, 60, 500):
        n = np.random.default_rng(1).integers(largest // 2, largest + 1, (2000, 12))
        x = (0.4 * n).astype(int)
        cells, mu = cells_of(x, n), np.full(2000, -0.4)
        shared = cells.shared
        assert isinstance(shared, SharedNodes) and largest <= LARGEST_N
        for spread in (0.2, 0.5, 1.0, 2.0, 4.0):
            tau = np.full(2000, spread)
            nodes = nodes_needed(shared.facts, mu, tau, FINE)[2].mean()
            told = f"{nodes:.0f}" if nodes <= MOST_NODES else "of each study"
            each = 1e6 * _processor(partial(log_likelihood, cells, mu, tau)) / 2000
            rows.append((f"{largest:,}", f"{spread:g}", told, f"{each:.1f}"))
            if nodes <= MOST_NODES:
                curves.setdefault(f"n up to {largest}", []).append((nodes, each))
    says = "Nodes: one evaluation of the logistic-normal likelihood of 12 studies with its derivatives."
    yield Measured(says, ("largest n", "tau", "nodes", "microseconds"), rows, "nodes", curves)


def _stages(folder: Path, share: int) -> Iterator[Measured]:
    """Where the processor's time of a run goes."""
    table = folder / "profiled.parquet"
    _write(table, 100_000 // share)
    yield from stages.stages(table, folder)
    yield from stages.profile(table)


def _many(folder: Path, size: int, words: Sequence[str], workers: int = 1) -> Ran:
    """One run of the command on so many analyses."""
    command = [sys.executable, "-m", "evidence", "many", str(_given(folder, size)), "--by=analysis", "--anew"]
    command += [f"--out={folder / 'out.parquet'}", f"--model={words[0]}", *words[1:], f"--workers={workers}"]
    sys.stderr.write(f"{size:,} analyses, {words[0]}, {workers} process(es)\n")
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", _WATCH, *command], capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    processor, memory = map(float, done.stdout.split())
    return Ran(time.perf_counter() - begun, processor, memory / 1024**2)


def _given(folder: Path, size: int) -> Path:
    """The table of so many analyses."""
    given = folder / f"{size}.parquet"
    if not given.exists():
        _write(given, size)
    return given


def _write(path: Path, size: int) -> None:
    """A Parquet file, in pieces: the data need not fit into memory beside the run."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for first in range(0, size, 100_000):
        stack = tasks.varied(min(100_000, size - first), seed=1 + first)
        columns = tasks.long(tasks.Task("", "", *stack), len(stack[0]))
        part = pa.table({**columns, "analysis": columns["analysis"] + first})
        writer = writer or pq.ParquetWriter(path, part.schema)
        writer.write_table(part)
    if writer:
        writer.close()


def _processor(call: Callable[[], object]) -> float:
    """Seconds of the processor for one call, the median of three that follow a first one."""
    call()
    taken = []
    for _ in range(3):
        begun = time.process_time()
        call()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


if __name__ == "__main__":
    raise SystemExit(main())
