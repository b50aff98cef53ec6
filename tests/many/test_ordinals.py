"""Ids are numbered in the order of their first appearance, however they come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evidence.errors import ComputeError
from evidence.many.batches import hashes_of
from evidence.many.ordinals import Ordinals


@pytest.mark.parametrize("seed", range(20))
def test_numbers_are_those_of_the_first_appearance(seed: int) -> None:
    generator = np.random.default_rng(seed)
    batches = [generator.integers(0, 90, generator.integers(0, 9)).astype(str).tolist() for _ in range(30)]
    ordinals = Ordinals()
    found = [number for names in batches for number in ordinals.of(names).tolist()]
    flat = [name for names in batches for name in names]
    order = list(dict.fromkeys(flat))
    assert found == [order.index(name) for name in flat] and ordinals.size == len(order)


def test_ids_of_one_hash_are_not_taken_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def coarse(texts: Any, key: str = "evidence of many") -> Any:
        return np.zeros(len(texts), dtype=np.uint64) if key == "evidence of many" else hashes_of(texts, key)

    monkeypatch.setattr("evidence.many.ordinals.hashes_of", coarse)
    ordinals = Ordinals()
    assert ordinals.of(["a"]).tolist() == [0]
    with pytest.raises(ComputeError, match="same hash"):
        ordinals.of(["b"])
    with pytest.raises(ComputeError, match="same hash"):
        Ordinals().of(["a", "b"])
