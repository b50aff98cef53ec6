"""The mean of a logit-normal proportion."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtr

Floats = npt.NDArray[np.float64]

#: tau <= 1: trapezoid rule in Z. The nearest pole is pi / tau >= pi away, so the error is below exp(-2 pi^2 / step).
_Z = np.arange(-17, 18) * 0.5
_Z_WEIGHT = np.exp(-0.5 * _Z**2)
_Z_WEIGHT /= _Z_WEIGHT.sum()
#: tau > 1: E expit(mu + tau Z) = E Phi((mu + L) / tau) with L logistic, trapezoid rule in L, poles at +-i pi.
_L = np.arange(-80, 81) * 0.5
_L_WEIGHT = np.exp(-np.abs(_L)) / (1 + np.exp(-np.abs(_L))) ** 2
_L_WEIGHT /= _L_WEIGHT.sum()


def mean_expit(mu: Floats, tau: Floats) -> Floats:
    """E expit(mu + tau Z), Z standard normal.

    Args:
        mu: Any shape; NaN gives NaN.
        tau: At least 0, broadcast against ``mu``.

    Returns:
        In (0, 1). Error: below 1e-13 absolute.
    """
    centre, spread = np.broadcast_arrays(np.asarray(mu, dtype=float), np.asarray(tau, dtype=float))
    wide = spread > 1
    if not wide.any():
        return _narrow(centre, spread)
    if wide.all():
        return _wide(centre, spread)
    out = np.empty(centre.shape)
    out[wide] = _wide(centre[wide], spread[wide])
    out[~wide] = _narrow(centre[~wide], spread[~wide])
    return out


def _narrow(mu: Floats, tau: Floats) -> Floats:
    return np.asarray(expit(mu[..., None] + tau[..., None] * _Z) @ _Z_WEIGHT)


def _wide(mu: Floats, tau: Floats) -> Floats:
    return np.asarray(ndtr((mu[..., None] + _L) / tau[..., None]) @ _L_WEIGHT)
