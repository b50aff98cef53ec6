"""The first look: analyses are numbered as they appear, and chunks end with an analysis."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evidence.errors import ComputeError
from evidence.many.batches import hashes_of
from evidence.many.columns import Columns
from evidence.many.memory_source import MemorySource
from evidence.many.survey import Ordinals, survey

COLUMNS = Columns("id", "x", "n", None, False)


@pytest.mark.parametrize("seed", range(20))
def test_numbers_are_those_of_the_first_appearance(seed: int) -> None:
    generator = np.random.default_rng(seed)
    batches = [generator.choice(list("abcdefgh"), generator.integers(0, 6)).tolist() for _ in range(6)]
    ordinals = Ordinals()
    found = [number for names in batches for number in ordinals.of(names).tolist()]
    flat = [name for names in batches for name in names]
    order = list(dict.fromkeys(flat))
    assert found == [order.index(name) for name in flat] and ordinals.size == len(order)


def test_ids_of_one_hash_are_not_taken_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def coarse(texts: Any, key: str = "evidence of many") -> Any:
        return np.zeros(len(texts), dtype=np.uint64) if key == "evidence of many" else hashes_of(texts, key)

    monkeypatch.setattr("evidence.many.survey.hashes_of", coarse)
    ordinals = Ordinals()
    assert ordinals.of(["a"]).tolist() == [0]
    with pytest.raises(ComputeError, match="same hash"):
        ordinals.of(["b"])
    with pytest.raises(ComputeError, match="same hash"):
        Ordinals().of(["a", "b"])


@pytest.mark.parametrize("seed", range(20))
def test_chunks_hold_whole_analyses_and_enough_rows(seed: int) -> None:
    generator = np.random.default_rng(seed)
    ids, chunk = generator.integers(0, 9, generator.integers(1, 40)).tolist(), int(generator.integers(1, 12))
    if seed % 2:
        ids.sort()
    frame = pd.DataFrame({"id": ids, "x": 1, "n": 2})
    plan = survey(MemorySource(frame, COLUMNS), chunk)
    counts = frame["id"].value_counts(sort=False).loc[list(dict.fromkeys(ids))].to_numpy()
    assert plan.analyses[-1] == counts.size and plan.bounds[-1] == plan.rows == len(ids)
    for first, last, begin, end in zip(
        plan.analyses[:-1], plan.analyses[1:], plan.bounds[:-1], plan.bounds[1:], strict=True
    ):
        assert counts[first:last].sum() == end - begin
        assert counts[first : last - 1].sum() < chunk
        assert end - begin >= chunk or last == counts.size
    runs = sum(a != b for a, b in pairwise(ids)) + 1
    assert plan.together == (runs == counts.size)
