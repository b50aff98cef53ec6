"""Chunks of work over processes: in this one, in others on this machine, or on a Dask cluster; results come in order.

A task is a function of a module and a chunk holds all that it needs, its seed as well: what comes out does not depend
on how many processes there are, nor on which of them did what. Dask is the scheduler; a chunk whose process dies is
done again elsewhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .errors import ComputeError, Problem, UsageError, usage

if TYPE_CHECKING:
    import numpy as np

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")

#: Chunks that are computed or wait for it, for each process: enough that none idles, few enough for the memory.
AHEAD = 2
#: Seconds in which a scheduler has to answer, and in which it must have a worker.
PATIENCE = 10.0
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


class Pool(Protocol):
    """Processes that have started."""

    @property
    def size(self) -> int:
        """How many there are."""

    def map(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk]) -> Iterator[Result]:
        """The results of a task, in the order of its chunks; chunks are asked for as they can be done."""


class Here:
    """This process."""

    size = 1

    def map(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk]) -> Iterator[Result]:
        """One after another."""
        return map(task, chunks)


@dataclass(frozen=True, slots=True)
class Dask:
    """Processes of a Dask scheduler."""

    client: Any
    size: int

    def map(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk]) -> Iterator[Result]:
        """Few chunks are under way at a time; those of a process that dies are done again.

        Raises:
            ComputeError: a chunk with which process after process died, or a cluster that went away.
        """
        waiting: deque[Any] = deque()
        most = AHEAD * self.size + 1
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
        raise ComputeError(Problem("worker-killed", f"worker after worker died: {error}", mend)) from error
    except (CancelledError, OSError) as error:
        mend = "see whether the scheduler still runs, then start this again"
        raise ComputeError(Problem("cluster-lost", f"the cluster is gone: {error}", mend)) from error


def mapped(
    task: Callable[[Chunk], Result], chunks: Iterable[Chunk], workers: Workers | None = None
) -> Iterator[Result]:
    """The results of a task, in the order of its chunks.

    Args:
        task: A function that its module has by name. chunks: Whatever can be pickled. workers: This process, if not
            given.

    Raises:
        UsageError: processes that can't be started. ComputeError: see ``Dask.map``; and what the task raises.
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

    with _uninterrupted():
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
