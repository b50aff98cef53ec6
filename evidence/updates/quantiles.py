"""Quantiles of limits, and half the widths of prediction intervals as software makes them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from ..pooling.effects import Centre

Floats = npt.NDArray[np.float64]
#: Studies below which there is no prediction interval with k - 2 degrees of freedom.
_FEWEST_FOR_T2 = 3


def normal_quantile(level: float) -> float:
    """That of limits of a level, 1.96 for 0.95."""
    return float(ndtri(0.5 * (1 + level)))


def t_quantile(k: Floats, level: float) -> Floats:
    """The t quantile with k - 1 degrees of freedom."""
    return np.asarray(stdtrit(np.maximum(k - 1.0, 1.0), 0.5 * (1 + level)))


def reaches(found: Centre, level: float, adjusted: bool) -> dict[str, Floats]:
    """Half the width of each kind of prediction interval; those with the plain error where limits have another."""
    errors = {"": found.se, "-plain": found.plain_se} if adjusted else {"": found.se}
    widths = {name: np.sqrt(found.tau2 + se * se) for name, se in errors.items()}
    tail = 0.5 * (1 + level)
    fewer = np.where(found.k >= _FEWEST_FOR_T2, stdtrit(np.maximum(found.k - 2, 1.0), tail), np.nan)
    quantiles = {"normal": np.full(found.k.shape, ndtri(tail)), "t1": t_quantile(found.k, level), "t2": fewer}
    return {f"{kind}{name}": q * width for kind, q in quantiles.items() for name, width in widths.items()}
