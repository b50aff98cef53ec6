"""``pool``: what it takes, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evidence.bare import select_rates
from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.pooling import model, pool
from evidence.pooling.rate_result import PooledRate
from evidence.review.spreadsheet import read_bare_table


@pytest.mark.parametrize("wrong", [None, [1, 2], "counts.csv", ([1, 2], [3, 4])])
def test_what_holds_no_counts_is_refused_with_what_to_give(wrong: object) -> None:
    with pytest.raises(UsageError, match=r"can't be pooled(.|\n)*evidence.Counts"):
        pool(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [3, ["logistic-normal"]])
def test_what_is_no_model_is_refused(wrong: object) -> None:
    with pytest.raises(UsageError, match="is not known"):
        pool(Counts([1, 2, 3], [4, 5, 6]), model=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "argument", "ours"),
    [
        ("inverse-variance", "method", "tau2"),
        ("inverse-variance", "test", "limits"),
        ("inverse-variance", "sm", "measure"),
        ("logistic-normal", "method.predict", "prediction"),
    ],
)
def test_an_argument_of_r_is_told_as_ours(name: str, argument: str, ours: str) -> None:
    with pytest.raises(UsageError) as caught:
        model(name, **{argument: "DL"})
    assert caught.value.problems[0].mend == f"R's {argument} is {ours} here"


def test_the_rates_of_a_table_are_pooled_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("study,events,person_years\nA,3,10\nB,5,22.5\nC,9,30\n", encoding="utf-8")
    selection = select_rates(read_bare_table(tmp_path / "r.csv"))
    pooled, bare = pool(selection), pool(selection.rates)
    assert isinstance(pooled, PooledRate) and isinstance(bare, PooledRate)
    assert pooled.time == 62.5 and pooled == replace(bare, context=selection.context)
    assert pool(selection.rates, "inverse-variance") == pool(selection.rates, model("inverse-variance", measure="IRLN"))
