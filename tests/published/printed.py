"""Numbers as they are printed: the digits are kept as text, and the tolerance is half of the last one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from evidence.pooling.effects import Centre, centre
from evidence.pooling.tau2 import TAU2, typical_variance

Floats = npt.NDArray[np.float64]

#: Cases of peer_cases.json that come from papers and test suites -> the file here that holds their numbers.
FURTHER_CASES = {
    "metafor-miller1978-ft-values": "test_miller1978",
    "metafor-miller1978-ft-unweighted": "test_miller1978",
    "metafor-miller1978-ft-weighted": "test_miller1978",
    "metafor-ft-backtransform-0-and-1": "test_miller1978",
    "metafor-ft-backtransform-5": "test_miller1978",
    "metafor-ft-pooled-5": "test_miller1978",
    "metafor-stijnen-nielweise2007_control-logit-normal": "test_stijnen2010",
    "metafor-stijnen-nielweise2007_control-glmm": "test_stijnen2010",
    "metafor-escalc-PAS": "test_scalar_transforms",
    "metafor-transf": "test_scalar_transforms",
    "metafor-glmm-missing": "test_scalar_transforms",
    "rcmetastudio-scalar-transforms": "test_scalar_transforms",
    "statsmodels-binomci-18-20": "test_binom_confint",
    "statsmodels-binomci-4-20": "test_binom_confint",
    "statsmodels-binomci-0-30": "test_binom_confint",
    "statsmodels-binomci-30-30": "test_binom_confint",
    "statsmodels-wilson-clip": "test_binom_confint",
    "wang-xia-raw-DL-subgroups": "test_wang2023",
    "wang-xia-raw-DL-leave-one-out": "test_wang2023",
    "wang-xia-raw-ML": "test_wang2023",
}


def half_digit(printed: str) -> float:
    """Half of the last digit of a printed number, with room for a tie."""
    digits = len(printed.partition(".")[2])
    return 0.5 * 10.0**-digits * (1 + 1e-9)


def agrees(ours: float, printed: str) -> bool:
    """Whether a number rounds to the printed one."""
    return abs(float(ours) - float(printed)) <= half_digit(printed)


def apart(ours: Sequence[Any] | Floats, printed: str) -> list[tuple[float, str]]:
    """Numbers that do not round to the printed ones, which are separated by blanks."""
    texts = printed.split()
    assert len(texts) == len(ours)
    return [(float(a), b) for a, b in zip(ours, texts, strict=True) if not agrees(a, b)]


def log_odds_ratios(a: Sequence[int], n1: Sequence[int], c: Sequence[int], n2: Sequence[int]) -> tuple[Floats, Floats]:
    """Log odds ratios and their variances; 0.5 is added to all cells of a table with an empty one."""
    table = np.array([a, np.subtract(n1, a), c, np.subtract(n2, c)], dtype=float)
    table += 0.5 * (table == 0).any(0)
    return np.log(table[0] * table[3] / (table[1] * table[2])), (1 / table).sum(0)


def pooled(y: Floats, v: Floats, method: str, limits: str = "wald", prediction: str = "none") -> Centre:
    """The pooled effect with its limits; ``method`` EE for none of tau2."""
    tau2 = TAU2[method](y, v) if method in TAU2 else np.zeros(())
    return centre(y, v, tau2, limits, prediction, 0.95, np.zeros(()))


def ends(found: Centre) -> tuple[float, float]:
    """The limits."""
    return float(found.mu - found.reach), float(found.mu + found.reach)


def i2_h2(found: Centre, v: Floats) -> tuple[float, float]:
    """I2 in percent and H2, both from tau2."""
    s2, tau2 = float(typical_variance(v)), float(found.tau2)
    return 100 * tau2 / (tau2 + s2), tau2 / s2 + 1
