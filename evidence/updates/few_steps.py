"""tau2 as metafor finds it by default: Fisher scoring that ends when a step is below 1e-5, however small tau2 is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..pooling.tau2 import TAU2

Floats = npt.NDArray[np.float64]

#: metafor's default control of rma.uni: threshold, an absolute step, and maxiter.
THRESHOLD = 1e-5
_STEPS = 100


def scored_tau2(y: Floats, v: Floats, restricted: bool) -> Floats:
    """ML or REML by metafor's steps: on raw proportions of rare events they end where tau2 is still moving.

    Args:
        y, v: Effects and sampling variances, shape (rows, k); v = inf where a study is absent.
        restricted: REML, else ML.

    Returns:
        tau2, shape (rows,); NaN where 100 steps are not enough, which metafor calls an error.

    Source: Viechtbauer 2005, 10.3102/10769986030003261, for the step; its end is metafor's.
    """
    starts = TAU2["HE"](y, v)
    return np.array([_scored(y[i], v[i], float(start), restricted) for i, start in enumerate(starts)])


def _scored(y: Floats, v: Floats, tau2: float, restricted: bool) -> float:
    for _ in range(_STEPS):
        w = 1 / (v + tau2)
        total, squares = w.sum(), (w * w).sum()
        r = w * (y - (w * y).sum() / total)
        if restricted:
            slope = (r * r).sum() - (total - squares / total)
            information = squares - 2 * (w**3).sum() / total + (squares / total) ** 2
        else:
            slope, information = (r * r).sum() - total, squares
        step = slope / information
        while tau2 + step < 0:
            step /= 2
            if abs(step) < 1e-300:
                step = -tau2
        before, tau2 = tau2, tau2 + step
        if abs(tau2 - before) <= THRESHOLD:
            return float(tau2)
    return float("nan")
