"""The first look: analyses are numbered as they appear, and chunks end with an analysis."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from evidence.many.columns import Columns
from evidence.many.memory_source import MemorySource
from evidence.many.survey import survey

COLUMNS = Columns("id", "x", "n", None, False)


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
