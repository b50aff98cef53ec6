"""Stacks over processes: the same to the bit in one process, in one whose chunks end in any order, and in several."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

import evidence
from evidence import Counts, model, workers
from evidence.pooling import bootstrap, spread
from evidence.pooling.bootstrap import bootstrap_lr_p
from evidence.pooling.result import Estimates
from evidence.pooling.spread import Part, centre_part, cut, estimate_part, estimates
from evidence.sensitivity.calibration import calibration
from evidence.sensitivity.methods import usual_methods
from evidence.sensitivity.performance import calibrate
from evidence.sensitivity.varied import pooled_by

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")

COUNTS = Counts([9, 5, 1, 0, 3, 1, 1], [28, 6, 1, 2, 3, 1, 4])
SPREAD = Counts([3, 10, 5, 21], [12, 20, 40, 25])
QUICK = model("inverse-variance", limits="wald", prediction="none")


class Shuffled:
    """Chunks are sent as bytes, done from the last to the first, and given back in order."""

    size = 2

    def __init__(self) -> None:
        self.chunks = 0

    def map(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk], ahead: int = 0) -> Iterator[Result]:
        """All of them at once."""
        sent = [pickle.dumps((task, chunk)) for chunk in chunks]
        self.chunks += len(sent)
        done = []
        for content in reversed(sent):
            work, chunk = pickle.loads(content)
            done.append(pickle.dumps(work(chunk)))
        for content in reversed(done):
            yield pickle.loads(content)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stacks are cut into pieces of 20 rows."""
    monkeypatch.setattr(cut, "__defaults__", (20,))
    monkeypatch.setattr(bootstrap, "EFFECT_ROWS", 50)


def elsewhere(question: Callable[[], Result], monkeypatch: pytest.MonkeyPatch) -> tuple[Result, int]:
    """The answer by shuffled chunks, and how many there were."""
    pool = Shuffled()
    token = workers._AT_HAND.set(pool)
    try:
        return question(), pool.chunks
    finally:
        workers._AT_HAND.reset(token)


def same(one: Estimates, other: Estimates) -> bool:
    return all(
        np.array_equal(getattr(one, f.name), getattr(other, f.name), equal_nan=f.name != "status") for f in fields(one)
    )


@pytest.mark.parametrize(
    ("rows", "most", "lengths"), [(0, 5, [0]), (1, 5, [1]), (5, 5, [5]), (6, 5, [3, 3]), (11, 5, [3, 4, 4])]
)
def test_a_stack_is_cut_by_its_size_alone(rows: int, most: int, lengths: list[int]) -> None:
    slices = cut(rows, most)
    assert [one.stop - one.start for one in slices] == lengths
    assert [i for one in slices for i in range(rows)[one]] == list(range(rows))


def test_what_a_simulation_has_by_default_is_one_stack() -> None:
    """So that its last digits are those of the stack as a whole."""
    assert cut(2000) == [slice(0, 2000)]


@pytest.mark.parametrize("task", [estimate_part, centre_part])
def test_stacks_come_back_whole_and_in_order(task: Callable[[Part], Estimates], small: None) -> None:
    generator = np.random.default_rng(3)
    n = np.array([12, 9, 30, 4])
    stacks = [Counts(generator.binomial(n, 0.4, (rows, 4)), np.tile(n, (rows, 1))) for rows in (45, 1, 20)]
    told: list[tuple[int, int]] = []
    pairs = [(model(name), stack) for stack in stacks for name in ("common-effect", "inverse-variance")]
    found = list(estimates(pairs, task, lambda done, rows: told.append((done, rows))))
    for (spec, stack), one in zip(pairs, found, strict=True):
        # Rows of other stacks: equal up to the last digits of a search.
        np.testing.assert_allclose(one.estimate, spec.estimate(stack).estimate, rtol=1e-12)
    once = [(15, 45), (30, 45), (45, 45)]
    assert told == [*once, *once, (1, 1), (1, 1), (20, 20), (20, 20)]


def answers(draws: int) -> dict[str, Callable[[], Any]]:
    """What is spread, each as plain values."""
    spec, by_variance = model("logistic-normal", limits="wald"), model("inverse-variance")
    few = ["inverse-variance", "common-effect"]
    return {
        "calibration": lambda: calibration(COUNTS, QUICK, draws, 4, usual_methods()[:5]).to_dict(),
        "calibrate": lambda: calibrate(COUNTS.n, 0.5, few, mean=0.6, draws=draws).to_dict(),
        "subsets": lambda: evidence.subsets(COUNTS, "common-effect").to_frame().to_csv(),
        "test of tau": lambda: bootstrap_lr_p(SPREAD, spec, draws),
        "test of tau, inverse variance": lambda: bootstrap_lr_p(SPREAD, by_variance, draws),
        "prediction": lambda: replace(spec, prediction="bootstrap", draws=draws).fit(SPREAD).pi,  # type: ignore[type-var]
        "prediction, inverse variance": lambda: (
            replace(by_variance, prediction="bootstrap", draws=draws).fit(SPREAD).pi  # type: ignore[type-var]
        ),
    }


@pytest.mark.parametrize("name", answers(200))
def test_the_order_in_which_chunks_are_done_changes_no_bit(
    name: str, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = answers(200)[name]
    here = question()
    there, chunks = elsewhere(question, monkeypatch)
    assert there == here
    assert chunks > 2


def test_several_models_share_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As those of a multiverse do; counts that are too few to pool keep their reason."""
    models = [QUICK, model("common-effect"), model("inverse-variance", measure="PAS")]
    ways = [COUNTS, None, SPREAD, Counts([1], [2])]
    here = list(pooled_by(models, ways))
    there, chunks = elsewhere(lambda: list(pooled_by(models, ways)), monkeypatch)
    assert all(same(one, other) for one, other in zip(here, there, strict=True)) and chunks == 3
    assert [one.status.tolist() for one in here] == [["ok", "no-arms", "ok", "too-few"]] * 3
    assert elsewhere(lambda: [one.status.tolist() for one in pooled_by(models, [None])], monkeypatch) == (
        [["no-arms"]] * 3,
        0,
    )


@pytest.mark.slow
def test_one_two_and_four_processes_say_the_same(small: None) -> None:
    pytest.importorskip("distributed")
    here = {name: question() for name, question in answers(200).items()}
    for count in (2, 4):
        with evidence.spread_over(count):
            assert {name: question() for name, question in answers(200).items()} == here


@dataclass(frozen=True)
class Deadly:
    """A model that kills the process in which it fits, the first time."""

    path: str
    inner: Any

    def estimate(self, counts: Counts) -> Estimates:
        if not Path(self.path).exists():
            Path(self.path).write_text("died")
            os.kill(os.getpid(), signal.SIGKILL)
        found: Estimates = self.inner.estimate(counts)
        return found


def fitted(spec: Any, stacks: Sequence[Counts]) -> list[Estimates]:
    return list(estimates((spec, stack) for stack in stacks))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_process_that_dies_costs_nothing(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    inner = model("inverse-variance")
    stacks = [Counts([[i, 4, 5]], [[9, 9, 9]]) for i in range(8)]
    with evidence.spread_over(2):
        found = fitted(Deadly(str(tmp_path / "died"), inner), stacks)
    assert (tmp_path / "died").exists()
    assert all(same(one, other) for one, other in zip(found, fitted(inner, stacks), strict=True))


def test_rows_of_a_stack_that_fits_in_one_piece_are_not_copied() -> None:
    stack = Counts([[1, 4, 5]], [[9, 9, 9]])
    assert spread._rows_of(stack, slice(0, 1)) is stack
