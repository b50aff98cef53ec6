"""The density of the next study's proportion, where a result says what distribution its prediction interval is of."""

from __future__ import annotations

import numpy as np
from scipy import stats

from .result import Floats, Pooled

#: Densities are given between these proportions: at 0 and 1 some of them have no bound.
FIRST, LAST = 0.005, 0.995


def predictive_density(pooled: Pooled, points: int = 199) -> tuple[Floats, Floats] | None:
    """Density of a new study's proportion on a grid.

    On the logit scale it is a scaled t distribution (normal for ``normal``) with the centre and the reach of the
    prediction interval; of the beta-binomial model it is the fitted beta distribution.

    Returns:
        Proportions from 0.005 to 0.995 and the density there, shape (points,) each; None where there is no prediction
        interval, or where it is simulated, posterior, or on another scale than the logit.

    Error: that of the limits of the interval, which the distribution is read from.
    """
    if pooled.pi is None:
        return None
    p = np.linspace(FIRST, LAST, points)
    method = pooled.pi.method.removesuffix("-classic")
    if method == "beta-plug-in":
        return _beta(pooled, p)
    if method not in ("t", "riley", "normal") or pooled.analysis is None or pooled.analysis["measure"] != "PLO":
        return None
    if not 0 < pooled.pi.lower < pooled.pi.upper < 1:
        return None
    low, high = (float(np.log(limit / (1 - limit))) for limit in (pooled.pi.lower, pooled.pi.upper))
    tail = 0.5 * (1 + pooled.pi.level)
    df = max(pooled.k - (2 if method == "riley" else 1), 1)
    law = stats.norm() if method == "normal" else stats.t(df)
    scale = 0.5 * (high - low) / float(law.ppf(tail))
    z = (np.log(p / (1 - p)) - 0.5 * (low + high)) / scale
    return p, np.asarray(law.pdf(z) / (scale * p * (1 - p)))


def _beta(pooled: Pooled, p: Floats) -> tuple[Floats, Floats] | None:
    rho = pooled.heterogeneity.rho if pooled.heterogeneity is not None else None
    if pooled.mean is None or not rho or not 0 < rho < 1 or not 0 < pooled.mean < 1:
        return None
    size = (1 - rho) / rho
    return p, np.asarray(stats.beta(pooled.mean * size, (1 - pooled.mean) * size).pdf(p))
