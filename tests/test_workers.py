"""Chunks over processes: results in order, few chunks under way, a process that dies costs nothing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidence import workers as work
from evidence.errors import UsageError, usage
from evidence.workers import Workers, WorkersLostError, at_hand, chunk_seeds, mapped, spread_over, started
from evidence.workers import cluster as cluster_module

# Dask's threads end when they end; what they leave open until then is theirs.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def drawn(seed: np.random.SeedSequence) -> float:
    return float(np.random.default_rng(seed).standard_normal())


def late(chunk: int) -> int:
    """The first chunks take longest."""
    time.sleep(0.02 * (3 - chunk) if chunk < 3 else 0)
    return chunk


def failing(chunk: int) -> int:
    if chunk == 2:
        raise usage("chunk 2 is odd", "leave it out", "odd-chunk")
    return chunk


def dying_once(chunk: tuple[int, str]) -> int:
    """The second chunk kills its process, the first time."""
    number, path = chunk
    if number == 1 and not Path(path).exists():
        Path(path).write_text("died")
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return number


def deadly(chunk: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return chunk


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two threads, in this process."""
    distributed: Any = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address="127.0.0.1:0", protocol="tcp"
    ) as found:
        yield found


def test_here_chunks_are_done_as_they_are_asked_for() -> None:
    taken: list[int] = []

    def chunks() -> Iterator[int]:
        for i in range(5):
            taken.append(i)
            yield i

    results = mapped(late, chunks())
    assert (next(results), taken) == (0, [0])
    assert list(results) == [1, 2, 3, 4]


def test_a_cluster_gives_results_in_order_and_few_chunks_are_under_way(cluster: Any) -> None:
    ahead = 0
    given = 0

    def chunks() -> Iterator[int]:
        nonlocal given
        for i in range(30):
            given += 1
            yield i

    with started(Workers(cluster=cluster.scheduler_address)) as pool:
        assert pool.size == 2
        for done, result in enumerate(pool.map(late, chunks())):
            assert result == done
            ahead = max(ahead, given - done)
    assert ahead <= cluster_module.AHEAD * 2 + 1


def test_a_result_that_is_long_on_its_way_arrives(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed: Any = pytest.importorskip("distributed")
    monkeypatch.setattr(cluster_module, "LOOK", 0.05)
    result, waits = distributed.Future.result, []

    def slowly(self: Any, timeout: float) -> Any:
        waits.append(timeout)
        if timeout < 0.15:
            time.sleep(timeout)
            raise TimeoutError
        return result(self, timeout)

    monkeypatch.setattr(distributed.Future, "result", slowly)
    assert list(mapped(late, [5], Workers(cluster=cluster.scheduler_address))) == [5]
    assert waits[0] == 0.05 and waits[-1] == 0.2


def test_seeded_chunks_do_not_depend_on_who_computes(cluster: Any) -> None:
    seeds = chunk_seeds(7, 6)
    here = list(mapped(drawn, seeds))
    assert len(set(here)) == 6
    assert list(mapped(drawn, seeds, Workers(cluster=cluster.scheduler_address))) == here


def test_an_error_of_a_chunk_is_that_of_the_whole(cluster: Any) -> None:
    for workers in (Workers(), Workers(cluster=cluster.scheduler_address)):
        with pytest.raises(UsageError, match="chunk 2 is odd"):
            list(mapped(failing, range(5), workers))


def test_workers_of_another_version_are_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "version", lambda: "0.0.9")
    with pytest.raises(UsageError, match=r"workers have evidence 0\.0\.9, here it is") as raised:
        list(mapped(late, [1], Workers(cluster=cluster.scheduler_address)))
    assert raised.value.problems[0].code == "other-version"


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster_module, "PATIENCE", 0.3)
    for address, says in (
        ("tcp://127.0.0.1:9", "no Dask scheduler answers at tcp"),
        ("nonsense://here", "'nonsense://here' is no address of a Dask scheduler"),
        ("foo", "'foo' is no address"),
        ("", "'' is no address"),
    ):
        with pytest.raises(UsageError, match=rf"{says}.*no-scheduler.*\n  mend: start one with"):
            list(mapped(late, [1], Workers(cluster=address)))


def test_a_scheduler_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed: Any = pytest.importorskip("distributed")
    monkeypatch.setattr(cluster_module, "PATIENCE", 0.3)
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, dashboard_address="127.0.0.1:0", protocol="tcp"
        ) as empty,
        pytest.raises(UsageError, match=r"has no workers\b.*\n  mend: start some: dask worker tcp"),
    ):
        list(mapped(late, [1], Workers(cluster=empty.scheduler_address)))


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_cluster_that_loses_its_workers_is_not_waited_for_in_silence(
    comes_back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed: Any = pytest.importorskip("distributed")
    for name, seconds in (("SAID_AFTER", 0.0), ("GIVEN_UP_AFTER", 20.0 if comes_back else 0.2), ("LOOK", 0.05)):
        monkeypatch.setattr(cluster_module, name, seconds)
    said: list[str] = []
    with distributed.LocalCluster(
        n_workers=0, processes=False, dashboard_address="127.0.0.1:0", protocol="tcp"
    ) as there:

        async def begun() -> Any:
            return await distributed.Worker(there.scheduler_address, nthreads=1, dashboard_address="127.0.0.1:0")

        workers = [there.sync(begun)]

        def say(text: str) -> None:
            said.append(text)
            if comes_back and len(workers) == 1:
                workers.append(there.sync(begun))

        with started(Workers(cluster=there.scheduler_address), say) as pool:
            results = pool.map(late, range(9))
            assert next(results) == 0
            there.sync(workers[0].close)
            if comes_back:
                assert list(results) == list(range(1, 9))
            else:
                with pytest.raises(WorkersLostError, match=r"has been no worker for .*workers-lost.*\n  mend: see why"):
                    list(results)
        for worker in workers[1:]:
            there.sync(worker.close)
    assert said[0].startswith("there is no worker: waiting for one, ")
    assert said[1:] == (["there is a worker again"] if comes_back else [])


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    for workers in (Workers(2), Workers(cluster="tcp://127.0.0.1:9")):
        with pytest.raises(UsageError, match=r"need Dask.*\n  mend: install the extra \[cluster\]"):
            list(mapped(late, [1], workers))
    assert list(mapped(late, [5])) == [5]


def test_a_block_says_who_computes(cluster: Any) -> None:
    assert at_hand().size == 1
    with spread_over(Workers(cluster=cluster.scheduler_address)):
        there = at_hand()
        assert there.size == 2
        with spread_over(None):
            assert at_hand() is there
        with spread_over(1):
            assert at_hand().size == 1
        assert list(there.map(late, range(9), ahead=5)) == list(range(9))
    assert at_hand().size == 1


def test_processes_start_when_there_are_several_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Workers] = []

    @contextmanager
    def counted(workers: Workers) -> Iterator[work.Pool]:
        begun.append(workers)
        yield work.Here()
        begun.clear()

    pytest.importorskip("distributed")
    monkeypatch.setattr(work, "started", counted)
    with spread_over(3):
        assert list(at_hand().map(late, [])) == []
        assert list(at_hand().map(late, [7])) == [7]
        assert begun == []
        assert list(at_hand().map(late, [4, 5, 6])) == list(at_hand().map(late, [4, 5, 6])) == [4, 5, 6]
        assert begun == [Workers(3)]
    assert begun == []


def test_a_block_without_dask_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(UsageError, match=r"need Dask.*\n  mend: install the extra \[cluster\]"), spread_over(2):
        pass
    with spread_over(1):
        assert list(at_hand().map(late, [5])) == [5]


@pytest.mark.parametrize(("count", "cluster"), [(0, None), (-1, None), (True, None), (2, "tcp://127.0.0.1:9")])
def test_workers_that_can_not_be(count: int, cluster: str | None) -> None:
    with pytest.raises(UsageError):
        Workers(count, cluster)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_process_that_dies_is_replaced_and_its_chunks_are_done_again(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    chunks = [(i, str(tmp_path / "died")) for i in range(12)]
    assert list(mapped(dying_once, chunks, Workers(2))) == list(range(12))
    assert (tmp_path / "died").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_chunk_that_kills_every_process_is_told() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(WorkersLostError, match=r"worker after worker died.*\n  mend: "):
        list(mapped(deadly, [1], Workers(2)))


def test_a_worker_that_loads_the_script_of_the_call_starts_no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    import multiprocessing

    monkeypatch.setattr("sys.tracebacklimit", 1000, raising=False)
    monkeypatch.setattr(multiprocessing.current_process(), "_inheriting", True, raising=False)
    with pytest.raises(UsageError, match="no-main-guard") as raised, started(Workers(2)):
        pass
    assert raised.value.problems[0].mend == 'put the call below `if __name__ == "__main__":`'
    with started(Workers(1)) as pool:
        assert pool.size == 1


def test_workers_that_do_not_start_are_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")

    def failing_start(**given: Any) -> None:
        raise RuntimeError("Nanny failed to start.")

    monkeypatch.setattr(distributed, "LocalCluster", failing_start)
    with pytest.raises(UsageError, match="the 2 workers did not start") as raised, started(Workers(2)):
        pass
    assert '`if __name__ == "__main__":`' in raised.value.problems[0].mend
    assert raised.value.__suppress_context__
