"""An updated table that lacks or changes studies from before is told of."""

from __future__ import annotations

import pytest

from evidence.counts import Counts
from evidence.updates.carried import not_carried

OLD = Counts([3, 5, 1], [10, 20, 8], labels=["Chen 2008", "Diaz 2010", "Endo 2012"])
REST = ": it must hold them and the new ones."


@pytest.mark.parametrize(
    ("events", "n", "labels", "says"),
    [
        ([3, 5, 1, 9], [10, 20, 8, 30], ["Chen 2008", "Diaz 2010", "Endo 2012", "New 2024"], ()),
        ([1, 3, 5], [8, 10, 20], ["Endo 2012", "Chen  2008", "Diaz 2010"], ()),
        ([3, 1], [10, 8], ["Chen 2008", "Endo 2012"], ("Diaz 2010 is not in the update.",)),
        ([3], [10], ["Chen 2008"], ("Diaz 2010, Endo 2012 are not in the update.",)),
        (
            [4, 1],
            [10, 8],
            ["Chen 2008", "Endo 2012"],
            ("Diaz 2010 is not in the update.", "Chen 2008 differs (3/10, then 4/10)."),
        ),
        (
            [9],
            [30],
            ["New"],
            ("None of the studies from before is in the update: it must hold them and the new ones.",),
        ),
    ],
)
def test_what_is_told(events: list[int], n: list[int], labels: list[str], says: tuple[str, ...]) -> None:
    assert not_carried(OLD, Counts(events, n, labels=labels)) == says


def test_arms_of_one_label_are_matched_in_any_order() -> None:
    old = Counts([3, 5], [10, 20], labels=["A", "A"])
    assert not_carried(old, Counts([5, 3, 2], [20, 10, 4], labels=["A", "A", "A"])) == ()
    assert not_carried(old, Counts([5], [20], labels=["A"])) == ("A differs (3/10, then no such row).",)
