"""``pool``: what it takes, and what it refuses."""

from __future__ import annotations

import pytest

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.pooling import pool


@pytest.mark.parametrize("wrong", [None, [1, 2], "counts.csv", ([1, 2], [3, 4])])
def test_what_holds_no_counts_is_refused_with_what_to_give(wrong: object) -> None:
    with pytest.raises(UsageError, match=r"can't be pooled(.|\n)*evidence.Counts"):
        pool(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [3, ["logistic-normal"]])
def test_what_is_no_model_is_refused(wrong: object) -> None:
    with pytest.raises(UsageError, match="is not known"):
        pool(Counts([1, 2, 3], [4, 5, 6]), model=wrong)  # type: ignore[arg-type]
