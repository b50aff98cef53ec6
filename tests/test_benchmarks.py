"""What the benchmarks say of their own measurements; no time is asserted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import agreement, ours, tasks
from benchmarks.timing import US, Row, medians, table


def test_ratio_is_that_of_the_medians_per_analysis() -> None:
    rows = [Row("a", US, s, 10) for s in (1.0, 9.0, 2.0)] + [Row("a", "metafor", s, 2) for s in (6.0, 4.0, 5.0)]
    assert medians(rows) == {("a", US): 0.2, ("a", "metafor"): 2.5}
    assert "| a | metafor | 2,500 | 0.4 | 12.5 | 30 |" in table(rows, {"a": 30})


def test_file_for_the_others_has_a_row_for_each_study_that_is_there() -> None:
    task = tasks.Task("reml-many", "", *tasks.varied(50))
    columns = tasks.long(task, 20)
    assert len(columns["n"]) == (task.n[:20] > 0).sum()
    assert (columns["n"] > 0).all()
    assert np.array_equal(np.unique(columns["analysis"]), np.arange(20))
    assert np.array_equal(np.bincount(columns["analysis"], columns["events"]), task.events[:20].sum(-1))


@pytest.mark.parametrize("moved", [0.0, 1e-3])
def test_another_answer_is_told(tmp_path: Path, moved: float) -> None:
    task = tasks.Task("reml-many", "many", *tasks.varied(10), others=10)
    found = ours.estimates(task)
    with np.errstate(invalid="ignore"):
        limits = [np.log(p / (1 - p)) for p in (found.pi_lower, found.pi_upper)]
    told = np.stack([found.effect, found.se + moved, found.tau2, *limits], -1)
    np.savetxt(tmp_path / "reml-many-metafor.txt", told)
    said = agreement.agreement(tmp_path, task)
    assert said is not None and said.compared == 10
    assert said.apart == (10 if moved else 0)
    assert ("differ by more" in str(said)) == bool(moved)


def test_without_metafor_nothing_is_compared(tmp_path: Path) -> None:
    assert agreement.agreement(tmp_path, tasks.Task("reml-many", "", *tasks.varied(3))) is None
