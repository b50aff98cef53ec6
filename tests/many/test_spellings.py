"""Ids that differ in outer blanks are one analysis that says so, wherever their rows are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import evidence
from evidence.many.spellings import Spellings, within


@pytest.mark.parametrize("arrow", [True, False])
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_an_analysis_of_several_spellings_says_so(
    arrow: bool, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pandas = pytest.importorskip("pandas")
    if arrow or ending == ".parquet":
        pytest.importorskip("pyarrow")
    monkeypatch.setattr("evidence.many.csv_source._has_arrow", lambda: arrow)
    ids = ["a", "b", "a ", " c", " c", "b", "d", " d", "  d", "e"]
    frame = pandas.DataFrame({"analysis_id": ids, "events": range(10), "total": [10] * 10})
    path = tmp_path / f"table{ending}"
    frame.to_csv(path, index=False) if ending == ".csv" else frame.to_parquet(path, index=False)
    found = evidence.pool_many(path, model="common-effect")
    said = dict(zip(found["analysis_id"], found["notes"].str.contains("id-spellings"), strict=True))
    assert said == {"a": True, "b": False, "c": False, "d": True, "e": False}
    assert found["k"].tolist() == [2, 2, 2, 3, 1]


def test_batch_after_batch() -> None:
    def typed(*codes: int) -> np.ndarray:
        return np.array(codes, dtype=np.uint64)

    found = Spellings()
    found.add(np.array([0, 1]), None, 0, 2)
    found.add(np.array([1, 2, 3]), typed(0, 5, 0), 2, 4)
    assert found.mixed.tolist() == []
    found.add(np.array([2, 4]), None, 4, 5)
    found.add(np.array([0, 4]), typed(7, 0), 5, 5)
    assert found.mixed.tolist() == [0, 2]
    assert list(within(found.mixed, 1, 3)) == [1]
