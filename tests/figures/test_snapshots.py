"""Whole drawings against the ones that were looked at.

After a change of looks: ``python -m tests.figures.test_snapshots`` draws them again; look at them before committing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from evidence import Counts, model, pool
from evidence.figures import Figure, answer_figure, forest
from evidence.sensitivity.leave_out import leave_one_out

FOLDER = Path(__file__).parent / "snapshots"
#: None, all, one unit, and a large study.
COUNTS = Counts(
    [0, 3, 1, 9, 28], [6, 3, 1, 28, 60], ["Ångström 2001", "Größe 2003", "Case 2010", "Papa 2014", "Zeta 2020"]
)
#: An inverse-variance model: its numbers are the same to the last digit on every machine.
MODEL = model("inverse-variance", measure="PAS", tau2="DL")

DRAWINGS: Mapping[str, Callable[[], Figure[Any]]] = {
    "forest-jama": lambda: forest(pool(COUNTS, MODEL), style="jama"),
    "leave-one-out": lambda: answer_figure(leave_one_out(COUNTS, MODEL)),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_drawing_is_the_one_that_was_looked_at(name: str) -> None:
    known = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert DRAWINGS[name]().to_svg() == known


if __name__ == "__main__":
    for name, drawn in DRAWINGS.items():
        (FOLDER / f"{name}.svg").write_text(drawn().to_svg(), encoding="utf-8", newline="\n")
