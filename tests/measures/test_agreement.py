"""Agreement of raters against published examples, R, and what must hold whatever the ratings are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import gammaln, xlogy

from evidence.measures.agreement import (
    ALL_ALIKE,
    ALL_SAME,
    BELOW_RANGE,
    NO_LIMITS,
    NO_SIGNAL,
    NO_WIDTH,
    NOTHING,
    ONE_CATEGORY,
    ONE_RATER_ONE_WORD,
    ONE_THING,
    ONE_WORD,
    SAME_NUMBER,
    TOO_FEW,
    Coefficient,
    category_counts,
    cohen_kappa,
    cross_table,
    fleiss_kappa,
    gwet_ac1,
    intraclass,
    percent_agreement,
)

#: 3 categories, 2 abstractors, 100 patients: cont3x3abstractors of R's irrCAC, whose vignette prints 7 digits.
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
#: Table 1 of Fleiss 1971, 10.1037/h0031619: 30 patients, 6 psychiatrists each, 5 diagnoses. He prints kappa 0.430.
PATIENTS = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""
DIAGNOSES = [[int(digit) for digit in row] for row in PATIENTS.split()]
#: cac.raw4raters of irrCAC: 12 things, 4 raters, 0 = not rated.
RAW = ["1101", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", "0555", "0011", "0030"]
#: The example of Shrout and Fleiss 1979, 10.1037/0033-2909.86.2.420: 6 things, 4 judges. They print ICC(2,1) = .29.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
#: What three raters made of five things, two words.
JUDGED = [[3, 0], [3, 0], [2, 1], [0, 3], [3, 0]]
#: Months as two people might enter them.
MONTHS = [[1, 1], [2.8, 2.8], [12, 13], [60, 60], [3, 3.5], [8, 8], [24, 22], [6, 6], [0.9, 1], [4, 4.5]]


def things(table: Sequence[Sequence[int]]) -> list[list[int]]:
    """A cross table of two raters as the categories of each thing."""
    return [[i, j] for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]


def raw() -> npt.NDArray[np.int64]:
    return category_counts([[int(digit) - 1 for digit in row] for row in RAW], 5)


def with_se(one: Coefficient) -> list[float]:
    assert one.value is not None and one.se is not None
    return [one.value, one.se]


def limits(one: Coefficient) -> tuple[float, float]:
    assert one.lower is not None and one.upper is not None
    return one.lower, one.upper


def test_cohen_kappa_of_irrcac_and_of_r() -> None:
    """irrCAC kappa2.table: 0.7964094, se 0.05891072; limits with a normal quantile in R 4.2.2, digits as printed."""
    found = cohen_kappa(ABSTRACTORS)
    assert with_se(found) == pytest.approx([0.7964094, 0.05891072], abs=5e-8)
    assert limits(found) == pytest.approx((0.6809465159615, 0.9118722884065), abs=1e-12)


def test_cohen_kappa_by_the_formula_written_out_in_r() -> None:
    """20, 5, 10, 15: Fleiss, Cohen and Everitt's sums as loops in R 4.2.2, printed to 12 digits."""
    found = cohen_kappa([[20, 5], [10, 15]])
    assert with_se(found) == pytest.approx([0.4, 0.126996062931], abs=5e-13)
    assert limits(found) == pytest.approx((0.151092290477, 0.648907709523), abs=1e-12)


def test_ac1_of_irrcac() -> None:
    """gwet.ac1.table: 0.8493305, se 0.04321747 with n in the variance of two raters where that of several has n - 1."""
    found = gwet_ac1(category_counts(things(ABSTRACTORS), 3))
    assert found.value == pytest.approx(0.8493305, abs=5e-8)
    assert found.se is not None and found.se * np.sqrt(99 / 100) == pytest.approx(0.04321747, abs=5e-9)


def test_multirater_coefficients_of_irrcac() -> None:
    """distrib.6raters (the first 15 patients) and cac.raw4raters, with gaps: digits as the vignette prints them."""
    for found, value, se, lower, upper in (
        (fleiss_kappa(DIAGNOSES[:15]), 0.4139265, 0.08119291, 0.240, 0.588),
        (gwet_ac1(DIAGNOSES[:15]), 0.4448007, 0.08418757, 0.264, 0.625),
        (fleiss_kappa(raw()), 0.76117, 0.15302, 0.424, 1),
        (gwet_ac1(raw()), 0.77544, 0.14295, 0.461, 1),
    ):
        assert with_se(found) == pytest.approx([value, se], abs=5e-6), found.name
        assert limits(found) == pytest.approx((lower, upper), abs=5e-4), found.name


def test_fleiss_kappa_of_his_own_example() -> None:
    assert sum(map(sum, DIAGNOSES)) == 180
    assert fleiss_kappa(DIAGNOSES).value == pytest.approx(0.430, abs=5e-4)


def test_icc_of_shrout_and_fleiss_by_lme4_and_by_the_formulas_in_r() -> None:
    """lme4 1.1-31: REML variances 2.5556, 5.2444, 1.0194, share 0.28976378 (its optimiser leaves 2e-9); limits by
    McGraw and Wong's formulas on anova(lm()) in R 4.2.2, to 12 digits."""
    found = intraclass(JUDGES)
    assert found.value == pytest.approx(0.29, abs=5e-3)
    assert found.value == pytest.approx(0.289763779354, abs=1e-8)
    assert limits(found) == pytest.approx((0.0187865133747, 0.7610843696490), rel=1e-10)
    assert limits(intraclass(JUDGES, 0.9)) == pytest.approx((0.0429011915405, 0.6910706066184), rel=1e-10)
    close = intraclass(np.array(MONTHS))
    assert (close.value, *limits(close)) == pytest.approx((0.999157324421, 0.996612010503, 0.999790620762), abs=1e-11)


@pytest.mark.parametrize(
    ("rated", "value", "lower", "upper"),
    [
        (
            [[1, 4, 2], [5, 1, 2], [2, 6, 7], [8, 2, 1], [3, 5, 9], [4, 3, 3]],
            -0.1391129032258,
            -0.4960110673562,
            0.5863551511214,
        ),
        ([[1, 4], [2, 8], [1.5, 3], [1.2, 9]], 0.02642087248927, -0.15540193504231, 0.71800376042590),
        ([[1, 1], [1, 1], [2, 2], [5, 5], [9, 10]], 0.9924528301887, 0.9455545893721, 0.9991913380101),
    ],
)
def test_icc_by_the_formulas_in_r(rated: list[list[float]], value: float, lower: float, upper: float) -> None:
    """McGraw and Wong's case A,1 on anova(lm()) and qf() in R 4.2.2, 13 digits: also below 0, and with three raters."""
    found = intraclass(np.array(rated))
    assert (found.value, *limits(found)) == pytest.approx((value, lower, upper), rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("power", [-200, 200])
def test_icc_of_numbers_of_any_size(power: int) -> None:
    """Squares of 1e200 are beyond what a number holds, of 1e-200 nothing; to rounding of the scaled numbers."""
    found, same = intraclass(np.array(MONTHS) * 10.0**power), intraclass(np.array(MONTHS))
    assert (found.value, *limits(found)) == pytest.approx((same.value, *limits(same)), abs=1e-12)


def test_the_standard_error_of_kappa_is_the_slope_of_kappa() -> None:
    """Delta method with numeric slopes (step 1e-6, error 1e-9) instead of Fleiss, Cohen and Everitt's algebra."""
    shares = np.array(ABSTRACTORS) / 100

    def kappa(at: npt.NDArray[np.float64]) -> float:
        chance = float(at.sum(axis=1) @ at.sum(axis=0))
        return (float(np.trace(at)) - chance) / (1 - chance)

    slopes = np.zeros((3, 3))
    for cell in np.ndindex(3, 3):
        step = np.zeros((3, 3))
        step[cell] = 1e-6
        slopes[cell] = (kappa(shares + step) - kappa(shares - step)) / 2e-6
    variance = ((shares * slopes**2).sum() - (shares * slopes).sum() ** 2) / 100
    assert cohen_kappa(ABSTRACTORS).se == pytest.approx(variance**0.5, abs=1e-8)


def test_limits_of_few_things_outside_the_most_used_word_carry_a_caution() -> None:
    """9.5 outside on average, then 10."""
    assert cohen_kappa([[80, 4], [5, 5]]).caution == TOO_FEW and fleiss_kappa(JUDGED).caution == TOO_FEW
    assert cohen_kappa([[80, 5], [5, 5]]).caution is None
    assert cohen_kappa([[5, 0], [0, 2]]).caution is None  # no limits, a reason instead
    assert cohen_kappa([[80, 4], [5, 5]]).to_dict()["caution"] == TOO_FEW


def covered(cells: Sequence[float], n: int) -> tuple[float, float]:
    """Of all cross tables of two raters and two words: probability that the limits of kappa, where there are any, hold
    the kappa of ``cells``; and that they do or carry a caution."""
    truth = (cells[0] + cells[3] - (chance := _chance(cells))) / (1 - chance)
    held = honest = there = 0.0
    for a in range(n + 1):
        for b in range(n + 1 - a):
            for c in range(n + 1 - a - b):
                table = np.array([a, b, c, n - a - b - c])
                found = cohen_kappa(table.reshape(2, 2))
                if found.lower is None or found.upper is None:
                    continue
                weight = float(np.exp(gammaln(n + 1) - gammaln(table + 1).sum() + xlogy(table, cells).sum()))
                there += weight
                held += weight * (found.lower <= truth <= found.upper)
                honest += weight * (found.lower <= truth <= found.upper or found.caution is not None)
    return held / there, honest / there


def _chance(cells: Sequence[float]) -> float:
    return (cells[0] + cells[1]) * (cells[0] + cells[2]) + (cells[2] + cells[3]) * (cells[1] + cells[3])


def test_limits_that_hold_too_seldom_say_so() -> None:
    """All 286 tables of ten things, one in five of the rarer word, kappa 0.4: 95 % limits hold in three of four."""
    held, honest = covered([0.704, 0.096, 0.096, 0.104], 10)
    assert held < 0.85 and honest == 1.0


def test_percent_has_exact_limits() -> None:
    """42 of 42: the lower limit solves p^42 = 0.025."""
    found = percent_agreement(42, 42)
    assert (found.value, found.upper) == (1, 1) and found.lower == pytest.approx(0.025 ** (1 / 42), rel=1e-12)


@pytest.mark.parametrize(
    ("found", "value", "reason"),
    [
        (percent_agreement(0, 0), None, NOTHING),
        (cohen_kappa([[0, 0], [0, 0]]), None, NOTHING),
        (cohen_kappa([[5, 0], [0, 0]]), None, ONE_WORD),
        (cohen_kappa([[5, 0], [0, 2]]), 1.0, ALL_ALIKE),
        (cohen_kappa([[5, 2], [0, 0]]), 0.0, ONE_RATER_ONE_WORD),
        (cohen_kappa([[0, 5], [0, 0]]), 0.0, ONE_RATER_ONE_WORD),
        (cohen_kappa([[0, 5], [5, 0]]), -1.0, NO_WIDTH),
        (cohen_kappa([[0, 1], [0, 0]]), 0.0, ONE_THING),
        (fleiss_kappa([]), None, NOTHING),
        (fleiss_kappa([[1, 0], [0, 1]]), None, NOTHING),
        (fleiss_kappa([[3, 0], [3, 0]]), None, ONE_WORD),
        (fleiss_kappa([[3, 0], [0, 3]]), 1.0, ALL_ALIKE),
        (gwet_ac1([[3], [3]]), None, ONE_CATEGORY),
        (gwet_ac1([[3], [3]], 2), 1.0, ALL_ALIKE),
        (fleiss_kappa([[1, 1], [1, 1]]), -1.0, NO_WIDTH),
        (gwet_ac1([[1, 1], [1, 1]]), -1.0, NO_WIDTH),
        (gwet_ac1([[1, 1]]), -1.0, ONE_THING),
        (intraclass([]), None, NOTHING),
        (intraclass([[1, 2]]), None, ONE_THING),
        (intraclass([[2, 2], [2, 2]]), None, SAME_NUMBER),
        (intraclass([[1, 1], [2, 2]]), 1.0, ALL_SAME),
        (intraclass([[1, 2], [2, 1]]), None, NO_SIGNAL),
        (intraclass([[1, 4], [5, 1], [2, 6], [8, 2]]), None, BELOW_RANGE),
        (intraclass([[0.1] * 3] * 3), None, SAME_NUMBER),
        (intraclass([[0, 0, 0], [0, 1, -1]]), -0.5, NO_LIMITS),
    ],
)
def test_what_is_not_defined_says_why(found: Coefficient, value: float | None, reason: str) -> None:
    assert (found.value, found.reason, found.lower) == (value, reason, None)
    assert "nan" not in str(found.to_dict())


pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40)
numbers = st.lists(st.lists(st.integers(-50, 50), min_size=3, max_size=3), min_size=2, max_size=12)


def of_two(rated: Sequence[tuple[int, int]]) -> list[Coefficient]:
    table = cross_table([a for a, _ in rated], [b for _, b in rated], 4)
    counts = category_counts(rated, 4)
    return [
        cohen_kappa(table),
        fleiss_kappa(counts),
        gwet_ac1(counts),
        gwet_ac1(counts, 6),
        intraclass(np.array(rated)),
    ]


def assert_same(found: Sequence[Coefficient], others: Sequence[Coefficient]) -> None:
    """To rounding, which may also decide whether there are limits where they are about to vanish."""
    for one, other in zip(found, others, strict=True):
        assert one.value == (None if other.value is None else pytest.approx(other.value, abs=1e-9)), one.name
        if one.lower is not None and other.lower is not None:
            assert limits(one) == pytest.approx(limits(other), abs=1e-6), one.name


@given(pairs, st.integers(0, 39))
def test_neither_who_is_first_nor_the_order_of_things_matters(rated: list[tuple[int, int]], turn: int) -> None:
    first = of_two(rated)
    assert_same(of_two([(b, a) for a, b in rated]), first)
    assert_same(of_two([*rated[turn:], *rated[:turn]][::-1]), first)


@given(pairs)
def test_limits_hold_the_value_and_stay_in_range(rated: list[tuple[int, int]]) -> None:
    for one in of_two(rated):
        if one.lower is not None and one.upper is not None and one.value is not None:
            assert -1 <= one.lower <= one.value <= one.upper <= 1, one
        assert one.value is None or np.isfinite(one.value)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=40))
def test_who_always_agrees_has_one(rated: list[int]) -> None:
    assume(len(set(rated)) > 1)
    assert [one.value for one in of_two([(a, a) for a in rated])] == [1.0] * 5


@given(numbers, st.integers(-1000, 1000), st.sampled_from([0.5, 2.0, 1024.0]))
def test_icc_is_the_same_in_another_unit_and_from_another_zero(
    rated: list[list[int]], shift: int, scale: float
) -> None:
    assert_same([intraclass(np.array(rated) * scale + shift)], [intraclass(rated)])


@given(numbers)
def test_a_wider_level_has_wider_limits(rated: list[list[int]]) -> None:
    narrow, wide = intraclass(rated, 0.8), intraclass(rated, 0.99)
    if narrow.lower is not None:
        # Where all rows have one mean the limits meet: their last digits may differ.
        assert limits(wide)[0] <= limits(narrow)[0] + 1e-12 and limits(narrow)[1] <= limits(wide)[1] + 1e-12
