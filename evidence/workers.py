"""Chunks of work over processes: in this one, in others on this machine, or on a Dask cluster; results come in order.

A task is a function of a module and a chunk holds all that it needs, its seed as well: what comes out does not depend
on how many processes there are, nor on which of them did what. Dask is the scheduler; a chunk whose process dies is
done again elsewhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .errors import EvidenceError, Problem, UsageError, usage

if TYPE_CHECKING:
    import numpy as np

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")

#: Chunks that are computed or wait for it, for each process: enough that none idles, few enough for the memory.
AHEAD = 2
#: Seconds in which a scheduler has to answer, and in which it must have a worker.
PATIENCE = 10.0
#: Of processes on this machine: no samples of what runs, which cost time all the while; memory is kept between arrays
#: as in this process, where Dask would give it back after each one and ask for it again.
_LOCAL = {
    "distributed.worker.profile.enabled": False,
    "distributed.nanny.pre-spawn-environ": {"MALLOC_TRIM_THRESHOLD_": 1 << 26, "MALLOC_MMAP_THRESHOLD_": 1 << 25},
}
_EXTRA = "install the extra [cluster] (distributed)"


@dataclass(frozen=True, slots=True)
class Workers:
    """Who computes.

    Args:
        count: Processes on this machine; 1 is this process itself.
        cluster: Address of a Dask scheduler, e.g. ``tcp://10.0.0.1:8786``, which then has the processes.

    Raises:
        UsageError: no process, or both.
    """

    count: int = 1
    cluster: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.count, bool) or not isinstance(self.count, int) or self.count < 1:
            raise usage(f"{self.count!r} workers are not a whole number of at least 1", "give 1, or more", "workers")
        if self.cluster is not None and self.count != 1:
            raise usage("a cluster has workers of its own", "give a cluster, or a number of workers", "workers")


class WorkersLostError(EvidenceError):
    """Processes that died again and again, or a cluster that went away; it says nothing of the data."""


class Pool(Protocol):
    """Processes that have started, or do so once there is work."""

    @property
    def size(self) -> int:
        """How many there are."""

    def map(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk], ahead: int = 0) -> Iterator[Result]:
        """The results of a task, in the order of its chunks; chunks are asked for as they can be done.

        Args:
            task, chunks: As for ``mapped``. ahead: Chunks that may be under way at once, where that is more than
                usual: for small ones that take unlike times, so that nobody waits for the first of them.
        """


class Here:
    """This process."""

    size = 1

    def map(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk], ahead: int = 0) -> Iterator[Result]:
        """One after another."""
        return map(task, chunks)


@dataclass(frozen=True, slots=True)
class Dask:
    """Processes of a Dask scheduler."""

    client: Any
    size: int

    def map(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk], ahead: int = 0) -> Iterator[Result]:
        """Few chunks are under way at a time; those of a process that dies are done again.

        Raises:
            WorkersLostError: a chunk with which process after process died, or a cluster that went away.
        """
        waiting: deque[Any] = deque()
        most = max(AHEAD * self.size, ahead) + 1
        try:
            for chunk in chunks:
                waiting.append(self.client.submit(task, chunk, pure=False))
                if len(waiting) >= most:
                    yield _result(waiting.popleft())
            while waiting:
                yield _result(waiting.popleft())
        finally:
            with suppress(Exception):  # a cluster that is gone has nothing left to cancel
                self.client.cancel(list(waiting))


def _result(future: Any) -> Any:
    from concurrent.futures import CancelledError

    from distributed.scheduler import KilledWorker

    try:
        return future.result()
    except KilledWorker as error:
        mend = "give the workers more memory, or take smaller chunks"
        raise WorkersLostError(Problem("worker-killed", f"worker after worker died: {error}", mend)) from error
    except (CancelledError, OSError) as error:
        mend = "see whether the scheduler still runs, then start this again"
        raise WorkersLostError(Problem("cluster-lost", f"the cluster is gone: {error}", mend)) from error


def mapped(
    task: Callable[[Chunk], Result], chunks: Iterable[Chunk], workers: Workers | None = None
) -> Iterator[Result]:
    """The results of a task, in the order of its chunks.

    Args:
        task: A function that its module has by name. chunks: Whatever can be pickled. workers: This process, if not
            given.

    Raises:
        UsageError: processes that can't be started. WorkersLostError: see ``Dask.map``; and what the task raises.
    """
    with started(workers or Workers()) as pool:
        yield from pool.map(task, chunks)


def chunk_seeds(seed: int, chunks: int) -> tuple[np.random.SeedSequence, ...]:
    """A seed for each chunk: streams of random numbers that do not overlap, the same whoever computes."""
    import numpy as np

    return tuple(np.random.SeedSequence(seed).spawn(chunks))


@contextmanager
def started(workers: Workers) -> Iterator[Pool]:
    """Processes as long as the block lasts. Where there are several, a script needs ``if __name__ == "__main__":``.

    Raises:
        UsageError: Dask is not installed; no scheduler answers, none of its workers is there, or they have another
            evidence.
    """
    if workers.cluster is None and workers.count == 1:
        yield Here()
        return
    with _client(workers) as client:
        size = workers.count if workers.cluster is None else _checked(client, workers.cluster)
        yield Dask(client, size)


@dataclass(slots=True)
class Waiting:
    """Processes that start when there is more than one chunk to be done, and end with the stack."""

    workers: Workers
    stack: ExitStack
    pool: Pool | None = None

    @property
    def size(self) -> int:
        """How many there are."""
        return self._started().size

    def map(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk], ahead: int = 0) -> Iterator[Result]:
        """A single chunk is done here."""
        given = iter(chunks)
        first = list(islice(given, 2))
        if len(first) < 2:
            yield from map(task, first)
            return
        yield from self._started().map(task, chain(first, given), ahead)

    def _started(self) -> Pool:
        if self.pool is None:
            self.pool = self.stack.enter_context(started(self.workers))
        return self.pool


_AT_HAND: ContextVar[Pool | None] = ContextVar("at_hand", default=None)


def at_hand() -> Pool:
    """The processes of the ``spread_over`` block that this is in; else this process."""
    return _AT_HAND.get() or Here()


@contextmanager
def spread_over(workers: Workers | int | None) -> Iterator[None]:
    """Within this block stacks of many fits are spread over processes, which start when they are first needed.

    What is computed does not depend on it: stacks are cut in the same way whoever fits them. ::

        with evidence.spread_over(4):
            evidence.calibrate([28, 6, 1, 1], tau=0.5, mean=0.8, draws=100_000)

    Args:
        workers: Processes of this machine, or ``Workers``, e.g. those of a cluster; None = as around the block.

    Raises:
        UsageError: no number of processes, Dask is not installed; and, once they are needed, see ``started``.
    """
    if workers is None:
        yield
        return
    chosen = workers if isinstance(workers, Workers) else Workers(workers)
    with ExitStack() as stack:
        pool: Pool = Here()
        if chosen.cluster is not None or chosen.count > 1:
            _refuse_without_dask()
            pool = Waiting(chosen, stack)
        token = _AT_HAND.set(pool)
        stack.callback(_AT_HAND.reset, token)
        yield


def _refuse_without_dask() -> None:
    """Whether Dask is there, which takes a second to load, is seen without loading it.

    Raises:
        UsageError: it is not.
    """
    try:
        there = find_spec("distributed") is not None
    except ValueError:  # a module without a specification
        there = False
    if not there:
        raise usage("several workers need Dask, which is not installed", _EXTRA, "no-dask")


@contextmanager
def _client(workers: Workers) -> Iterator[Any]:
    try:
        import distributed
    except ImportError:
        raise usage("several workers need Dask, which is not installed", _EXTRA, "no-dask") from None
    dask: Any = distributed
    if workers.cluster is not None:
        with _reached(workers.cluster) as client:
            yield client
        return
    import logging

    import dask as settings

    with _uninterrupted(), settings.config.set(_LOCAL):
        cluster = dask.LocalCluster(
            n_workers=workers.count,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )
    with cluster, dask.Client(cluster) as client:
        yield client


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """What is started in this block does not hear Ctrl-C: it ends when this process says so, without a word."""
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _reached(address: str) -> Iterator[Any]:
    import distributed

    dask: Any = distributed
    try:
        client = dask.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        mend = "start one with `dask scheduler`, and give the address that it prints, e.g. tcp://10.0.0.1:8786"
        raise usage(f"no Dask scheduler answers at {address}: {error}", mend, "no-scheduler") from error
    with client:
        yield client


def _checked(client: Any, address: str) -> int:
    """Threads of a cluster's workers, which have this version of evidence.

    Raises:
        UsageError: no worker, or others.
    """
    from . import __version__

    with suppress(TimeoutError):
        client.wait_for_workers(1, timeout=PATIENCE)
    threads = int(sum(client.nthreads().values()))
    if threads == 0:
        raise usage(
            f"the scheduler at {address} has no workers",
            f"start some: dask worker {address} --nthreads 1 --nworkers 4",
            "no-workers",
        )
    try:
        versions = client.run(version)
    except Exception as error:
        raise _other(address, f"a worker can't run evidence ({type(error).__name__}: {error})") from error
    others = sorted({str(found) for found in versions.values() if found != __version__})
    if others:
        raise _other(address, f"workers have evidence {' and '.join(others)}, here it is {__version__}")
    return threads


def version() -> str:
    """The version that a worker has."""
    from . import __version__

    return __version__


def _other(address: str, says: str) -> UsageError:
    mend = "install the same versions of Python, NumPy, SciPy and evidence on all machines"
    return usage(f"{says}, at {address}", mend, "other-version")
