"""Chunks of work over processes: in this one, in others on this machine, or on a Dask cluster; results come in order.

A task is a function of a module and a chunk holds all that it needs, its seed as well: what comes out does not depend
on how many processes there are, nor on which of them did what. Dask is the scheduler; a chunk whose process dies is
done again elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol, TypeVar

from ..errors import usage
from .cluster import EXTRA, Dask, Say, WorkersLostError, client_of, nobody, threads_of

if TYPE_CHECKING:
    import numpy as np

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")

__all__ = ["Say", "WorkersLostError"]


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
def started(workers: Workers, say: Say = nobody) -> Iterator[Pool]:
    """Processes as long as the block lasts. Where there are several, a script needs ``if __name__ == "__main__":``.

    Args:
        workers: Who computes. say: Is told when all processes are gone, and when there is one again.

    Raises:
        UsageError: Dask is not installed; no scheduler answers, none of its workers is there, or they have another
            evidence.
    """
    if workers.cluster is None and workers.count == 1:
        yield Here()
        return
    with client_of(workers) as client:
        size = workers.count if workers.cluster is None else threads_of(client, workers.cluster)
        yield Dask(client, size, say)


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
        raise usage("several workers need Dask, which is not installed", EXTRA, "no-dask")
