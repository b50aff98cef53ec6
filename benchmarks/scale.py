"""How the cost of many meta-analyses grows: with their number, with k, with the nodes of the integrals, with processes.

python -m benchmarks.scale [--quick] [-o FILE]

Whole runs of ``evidence many`` are processes of their own, start-up included; their memory is the most that the system
saw. Everything else is processor time of one thread.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
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

from . import tasks
from .machine import machine
from .ours import MODELS

INVERSE, LOGISTIC = (
    ("inverse-variance", "--prediction=t"),
    ("logistic-normal", "--limits=t", "--option=prediction=none"),
)
#: Part of a file's path -> the stage of a run that its time belongs to.
STAGES = {
    "evidence/many": "reading, checking, grouping, padding, writing (evidence.many)",
    "pyarrow": "Parquet (pyarrow)",
    "evidence/measures": "effects and the way back (evidence.measures)",
    "evidence/pooling": "models (evidence.pooling)",
    "scipy": "special functions (scipy)",
    "numpy": "arrays (numpy)",
}


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
    chosen = parser.parse_args()
    share = 10 if chosen.quick else 1
    parts: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured = (
            _by_k(share),
            _by_nodes(),
            _by_number(folder, share),
            _stages(folder, share),
            _by_workers(folder, share),
        )
        for part in chain([machine()], *measured):
            sys.stdout.write(f"{part}\n\n")
            sys.stdout.flush()
            parts.append(part)
    if chosen.output:
        chosen.output.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")
    return 0


def _by_number(folder: Path, share: int) -> Iterator[str]:
    """Runs of 10^3 to 10^6 analyses."""
    rows = []
    for words, sizes in ((INVERSE, (10**3, 10**4, 10**5, 10**6)), (LOGISTIC, (10**3, 10**4, 10**5))):
        start = statistics.median(_many(folder, 10, words).processor for _ in range(3))
        for size in sizes:
            size //= share
            ran = _many(folder, size, words)
            each = 1e6 * (ran.processor - start) / size
            rows.append(
                (words[0], f"{size:,}", f"{ran.wall:.1f}", f"{ran.processor:.1f}", f"{each:.0f}", f"{ran.memory:.2f}")
            )
    head = ("model", "analyses", "s", "s of processor", "microseconds each, start left out", "GB at most")
    yield "Number of analyses, k = 2 to 30, `evidence many` from Parquet to Parquet."
    yield _table(head, rows)


def _by_workers(folder: Path, share: int) -> Iterator[str]:
    """The same run by several processes."""
    size, rows = 100_000 // share, []
    one = 0.0
    for workers in (1, 2, 4)[: 1 + (os.cpu_count() or 1).bit_length()]:
        ran = statistics.median(_many(folder, size, LOGISTIC, workers).wall for _ in range(3))
        one = one or ran
        rows.append((f"{workers}", f"{ran:.1f}", f"{one / ran:.2f}"))
    yield f"Processes, {size:,} logistic-normal analyses, {os.cpu_count()} cores, start of the processes included."
    yield _table(("workers", "s", "times one"), rows)


def _by_k(share: int) -> Iterator[str]:
    """Stacks of one k."""
    rows = []
    for k in (2, 5, 10, 20, 50, 100, 300, 1000):
        stack = Counts(*tasks.counts(max(400_000 // share // k, 20), k))
        told = [f"{k:,}"]
        for key in ("reml", "glmm"):
            name, options = MODELS[key]
            each = _processor(partial(model(name, **options).estimate, stack))
            told.append(f"{1e6 * each / stack.n.shape[0]:,.0f}")
        rows.append(tuple(told))
    yield "Studies of an analysis, stacks, microseconds of processor for each analysis."
    yield _table(("k", "REML, hk-floor, prediction", "logistic-normal, t"), rows)


def _by_nodes() -> Iterator[str]:
    """One evaluation of the logistic-normal likelihood and all its derivatives, k = 12."""
    from evidence.pooling.shared_nodes import FINE, SharedNodes, nodes_needed

    rows = []
    for largest in (10, 60, 500):
        n = np.random.default_rng(1).integers(largest // 2, largest + 1, (2000, 12)).astype(float)
        x = np.floor(0.4 * n)
        likelihood = SharedNodes.of(x, n, np.ones_like(n))
        mu = np.full(2000, -0.4)
        for spread in (0.2, 1.0, 4.0):
            tau = np.full(2000, spread)
            nodes = nodes_needed(likelihood.facts, mu, tau, FINE)[2].mean()
            each = _processor(partial(likelihood.log_likelihood, mu, tau))
            rows.append((f"{largest:,}", f"{spread:g}", f"{nodes:.0f}", f"{1e6 * each / 2000:.0f}"))
    yield "Nodes: one evaluation of the logistic-normal likelihood of 12 studies with its derivatives."
    yield _table(("largest n", "tau", "nodes", "microseconds"), rows)


def _stages(folder: Path, share: int) -> Iterator[str]:
    """Where the processor's time of a run in one process goes."""
    from evidence.many import pool_many

    size = 100_000 // share
    _write(folder / "profiled.parquet", size)
    for name, options in (MODELS["reml"], MODELS["glmm"]):
        watched = cProfile.Profile()
        watched.enable()
        pool_many(folder / "profiled.parquet", "analysis", model(name, **options))
        watched.disable()
        yield f"Where the time goes: {size:,} {name} analyses, k = 2 to 30, by functions' own time."
        yield _table(("stage", "%"), _shares(pstats.Stats(watched)))


def _shares(stats: pstats.Stats) -> list[tuple[str, str]]:
    times: dict[str, float] = {}
    for (file, _, name), (_, _, own, *_) in stats.stats.items():  # type: ignore[attr-defined]  # not in the stubs
        place = f"{file} {name}".replace("\\", "/")
        stage = next((title for part, title in STAGES.items() if part in place), "everything else, built-in functions")
        times[stage] = times.get(stage, 0.0) + own
    whole = sum(times.values())
    return [(stage, f"{100 * own / whole:.0f}") for stage, own in sorted(times.items(), key=lambda pair: -pair[1])]


def _many(folder: Path, size: int, words: Sequence[str], workers: int = 1) -> Ran:
    """One run of the command on so many analyses."""
    given, out = folder / f"{size}.parquet", folder / "out.parquet"
    if not given.exists():
        _write(given, size)
    command = [sys.executable, "-m", "evidence", "many", str(given), "--by=analysis", "--anew", f"--out={out}"]
    command += [f"--model={words[0]}", *words[1:], f"--workers={workers}"]
    sys.stderr.write(f"{size:,} analyses, {words[0]}, {workers} process(es)\n")
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError((process.stderr.read() if process.stderr else b"").decode("utf-8", "replace"))
    return Ran(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2)


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


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---:|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


if __name__ == "__main__":
    raise SystemExit(main())
