"""The order of the studies: ties stay, missing years come last and are said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.figures import forest
from evidence.figures.forest_layout import ForestLayout
from evidence.pooling.result import Pooled
from tests.figures.forests import pooled, said

LABELS = ["Study 10", "Study 9", "Zeta", "alpha", "Beta"]
YEARS = {"Study 10": 2011, "Study 9": None, "Zeta": 1999, "alpha": 2011.0, "Beta": "2003"}


def result() -> Pooled:
    found = pooled(Counts([1, 2, 3, 4, 1], [10, 4, 12, 40, 10], LABELS), "common-effect")
    return replace(found, studies=tuple(replace(s, columns={"Year": YEARS[s.label]}) for s in found.studies))


def order(layout: ForestLayout) -> list[str]:
    return [row.label for row in layout.rows if row.kind == "study"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("given", LABELS),
        ("label", ["alpha", "Beta", "Study 9", "Study 10", "Zeta"]),
        ("year", ["Zeta", "Beta", "Study 10", "alpha", "Study 9"]),
        ("-year", ["Study 10", "alpha", "Beta", "Zeta", "Study 9"]),
        ("size", ["alpha", "Zeta", "Study 10", "Beta", "Study 9"]),
        ("-size", ["Study 9", "Study 10", "Beta", "Zeta", "alpha"]),
        ("estimate", ["Study 10", "alpha", "Beta", "Zeta", "Study 9"]),
    ],
)
def test_studies_are_sorted(sort: str, expected: list[str]) -> None:
    assert order(forest(result(), sort=sort).layout) == expected


def test_a_missing_year_is_said_only_where_years_order_the_rows() -> None:
    sentence = "without a year and so last: Study 9."
    assert sentence in said(forest(result(), sort="year").layout.page)
    assert sentence not in said(forest(result(), sort="size").layout.page)


def test_years_that_nobody_has_are_refused() -> None:
    with pytest.raises(UsageError, match="no study has a year"):
        forest(pooled(Counts([1, 2, 3], [4, 5, 6], ["A 2001", "B 2002", "C 2003"])), sort="year")


def test_an_unknown_order_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="did you mean year"):
        forest(result(), sort="yaer")
