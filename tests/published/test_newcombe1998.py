"""Newcombe 1998, Two-sided confidence intervals for the single proportion, Stat Med 17:857: Table I.

10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E

Seen in public tests that pin Table I, method 3 (score method without continuity correction), 4 decimals; its four
proportions are also those of R meta's man/metaprop.Rd.
"""

from __future__ import annotations

from evidence.measures.limits import study_limits
from tests.published.printed import apart

X, N = [81, 15, 0, 1], [263, 148, 20, 29]


def test_score_limits() -> None:
    lower, upper = study_limits(X, N, "wilson")
    assert not apart(lower, "0.2553 0.0624 0.0000 0.0061")
    assert not apart(upper, "0.3662 0.1605 0.1611 0.1718")
