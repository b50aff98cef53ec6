"""What is said of two raters: hand counts, and the same coefficients as those of tables of counts."""

from __future__ import annotations

import json

import pytest

from evidence.measures.agreement import NOTHING, ONE_WORD
from evidence.measures.two_raters import two_raters

#: yes/yes 20, yes/no 5, no/yes 10, no/no 15.
PAIRS = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15


def test_kappa_and_ac1_are_those_of_a_table_worked_by_hand() -> None:
    """Observed 0.7; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5, kappa 0.4; of AC1 2 * 0.55 * 0.45 = 0.495. Limits of R."""
    found = two_raters(PAIRS)
    assert (found.n, found.agree, found.percent.value) == (50, 35, 0.7)
    assert found.kappa.value == pytest.approx(0.4, abs=1e-15)  # one division of whole numbers
    assert (found.kappa.lower, found.kappa.upper) == pytest.approx((0.151092290477, 0.648907709523), abs=1e-12)
    assert found.ac1.value == pytest.approx((0.7 - 0.495) / 0.505, abs=1e-12)
    # Four words to choose from, of which two were used: chance is a third of it.
    assert two_raters(PAIRS, 4).ac1.value == pytest.approx((0.7 - 0.165) / 0.835, abs=1e-12)


@pytest.mark.parametrize(
    ("pairs", "kappa", "reason"),
    [
        ([], None, NOTHING),
        ([("yes", "yes")] * 3, None, ONE_WORD),
        ([("yes", "no"), ("no", "yes")], -1.0, None),
        ([("a", "a"), ("b", "b")], 1.0, None),
    ],
)
def test_kappa_at_its_ends_and_where_it_is_not_defined(
    pairs: list[tuple[str, str]], kappa: float | None, reason: str | None
) -> None:
    found = two_raters(pairs)
    assert found.kappa.value == kappa and (reason is None or found.kappa.reason == reason)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["kappa"]["value"] == kappa
