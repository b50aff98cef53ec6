"""The processes of Dask, here or of a scheduler: how they are reached, and what is done when they are gone."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import EvidenceError, Problem, UsageError, usage

if TYPE_CHECKING:
    from . import Workers

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")

#: Chunks that are computed or wait for it, for each process: enough that none idles, few enough for the memory.
AHEAD = 2
#: Seconds in which a scheduler has to answer, and in which it must have a worker.
PATIENCE = 10.0
#: Seconds without any worker after which that is said, and after which the work is given up: a machine that a cloud
#: takes away is often replaced within minutes.
SAID_AFTER, GIVEN_UP_AFTER = 10.0, 300.0
#: Seconds after which a result that is waited for makes one ask whether there are workers.
LOOK = 2.0
#: Of processes on this machine: no samples of what runs, which cost time all the while; memory is kept between arrays
#: as in this process, where Dask would give it back after each one and ask for it again.
_LOCAL = {
    "distributed.worker.profile.enabled": False,
    "distributed.nanny.pre-spawn-environ": {"MALLOC_TRIM_THRESHOLD_": 1 << 26, "MALLOC_MMAP_THRESHOLD_": 1 << 25},
}
_GUARD = 'put the call below `if __name__ == "__main__":`'
EXTRA = "install the extra [cluster] (distributed)"


class WorkersLostError(EvidenceError):
    """Processes that died again and again, or a cluster that went away; it says nothing of the data."""


#: Is told that there is no worker, or that there is one again.
Say = Callable[[str], None]


def nobody(says: str) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class _Absence:
    """How long there has been no worker, and whether that was said."""

    say: Say
    since: float | None = None
    said: bool = False

    def look(self, present: bool) -> None:
        """Take in whether there is a worker.

        Raises:
            WorkersLostError: there has been none for ``GIVEN_UP_AFTER`` seconds.
        """
        if present:
            if self.said:
                self.say("there is a worker again")
            self.since, self.said = None, False
            return
        now = monotonic()
        self.since = now if self.since is None else self.since
        gone = now - self.since
        if gone >= GIVEN_UP_AFTER:
            says = f"there has been no worker for {gone:,.0f} s"
            mend = "see why the workers ended (often it is memory), then start this again"
            raise WorkersLostError(Problem("workers-lost", says, mend))
        if gone >= SAID_AFTER and not self.said:
            self.say(f"there is no worker: waiting for one, {GIVEN_UP_AFTER - gone:,.0f} s at most")
            self.said = True


@dataclass(frozen=True, slots=True)
class Dask:
    """Processes of a Dask scheduler.

    Attributes:
        client, size: Of Dask, and how many processes there are. say: Is told when all of them are gone.
    """

    client: Any
    size: int
    say: Say = nobody

    def map(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk], ahead: int = 0) -> Iterator[Result]:
        """Few chunks are under way at a time; those of a process that dies are done again.

        Raises:
            WorkersLostError: a chunk with which process after process died, a cluster that went away, or one that has
                had no worker for minutes.
        """
        waiting: deque[Any] = deque()
        most = max(AHEAD * self.size, ahead) + 1
        try:
            for chunk in chunks:
                waiting.append(self.client.submit(task, chunk, pure=False))
                if len(waiting) >= most:
                    yield self._result(waiting.popleft())
            while waiting:
                yield self._result(waiting.popleft())
        finally:
            with suppress(Exception):  # a cluster that is gone has nothing left to cancel
                self.client.cancel(list(waiting))

    def _result(self, future: Any) -> Any:
        from concurrent.futures import CancelledError

        from distributed.scheduler import KilledWorker

        try:
            return self._waited(future)
        except KilledWorker as error:
            says = "a chunk was given up: worker after worker died with it"
            mend = "give the workers more memory, or take smaller chunks"
            raise WorkersLostError(Problem("worker-killed", says, mend)) from error
        except (CancelledError, OSError) as error:
            if future.status == "error":  # what the task itself raised
                raise
            mend = "see whether the scheduler still runs, then start this again"
            raise WorkersLostError(Problem("cluster-lost", "the cluster does not answer any more", mend)) from error

    def _waited(self, future: Any) -> Any:
        """A result, once it is there; time without any worker is not waited out in silence.

        Raises:
            WorkersLostError: no worker for ``GIVEN_UP_AFTER`` seconds.
        """
        absence, seconds = _Absence(self.say), LOOK
        while True:
            try:
                found = future.result(timeout=seconds)
            except TimeoutError:
                if future.status == "error":  # it is the task's own
                    raise
                if future.done():  # it is on its way, which is begun again, and takes longer than this
                    seconds *= 2
                absence.look(self._has_workers())
            else:
                absence.look(True)
                return found

    def _has_workers(self) -> bool:
        """Whether the scheduler knows a worker; one that does not answer has none."""
        try:
            return bool(self.client.sync(self.client.scheduler.ncores, callback_timeout=PATIENCE))
        except (OSError, AttributeError):  # the connection is lost, or is being made again
            return False


@contextmanager
def client_of(workers: Workers) -> Iterator[Any]:
    """A client of Dask, as long as the block lasts.

    Raises:
        UsageError: Dask is not installed; no scheduler answers; processes that do not start.
    """
    refuse_while_loading(workers)
    try:
        import distributed
    except ImportError:
        raise usage("several workers need Dask, which is not installed", EXTRA, "no-dask") from None
    dask: Any = distributed
    if workers.cluster is not None:
        with _reached(workers.cluster) as client:
            yield client
        return
    with _local(workers.count) as cluster, dask.Client(cluster) as client:
        yield client


def _local(count: int) -> Any:
    """Processes of this machine.

    Raises:
        UsageError: they do not start.
    """
    import dask as settings
    import distributed

    dask: Any = distributed
    try:
        with _uninterrupted(), _silent_logs(), settings.config.set(_LOCAL):
            return dask.LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            )
    except (RuntimeError, OSError):
        mend = f"in a script, {_GUARD}; where it is there, take fewer workers"
        raise usage(f"the {count} workers did not start", mend, "workers-not-started") from None


def refuse_while_loading(workers: Workers) -> None:
    """A process that is only just loading the script of its parent starts none of its own.

    Raises:
        UsageError: this is such a process, and it would have to start some.
    """
    import sys
    from multiprocessing import current_process

    if workers.count > 1 and getattr(current_process(), "_inheriting", False):
        # This process ends now, as each of its siblings does: the places that the call went through are the parent's.
        sys.tracebacklimit = 0
        says = "each worker loads the script first, and came upon the call that starts the workers"
        raise usage(says, _GUARD, "no-main-guard")


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
    mend = "start one with `dask scheduler`, and give the address that it prints, e.g. tcp://10.0.0.1:8786"
    try:
        # A client that was made with an address it can't use says so on its way out, with a traceback.
        dask.comm.get_address_host(address)
    except ValueError as error:
        raise usage(f"{address!r} is no address of a Dask scheduler: {error}", mend, "no-scheduler") from error
    with _silent_logs():
        try:
            client = dask.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise usage(f"no Dask scheduler answers at {address}: {error}", mend, "no-scheduler") from error
        with client:
            yield client


@contextmanager
def _silent_logs() -> Iterator[None]:
    """Dask's own lines of a lost connection are not printed between ours, which say it."""
    names = ("distributed", *(name for name in logging.root.manager.loggerDict if name.startswith("distributed.")))
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def threads_of(client: Any, address: str) -> int:
    """Threads of a cluster's workers, which have this version of evidence.

    Raises:
        UsageError: no worker, or others.
    """
    from .. import __version__

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
    from .. import __version__

    return __version__


def _other(address: str, says: str) -> UsageError:
    mend = "install the same versions of Python, NumPy, SciPy and evidence on all machines"
    return usage(f"{says}, at {address}", mend, "other-version")
