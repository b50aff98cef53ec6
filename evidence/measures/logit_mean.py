"""The mean of a logit-normal proportion."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

Floats = npt.NDArray[np.float64]

#: Up to each of these tau a trapezoid rule in Z, with a step half the one before. The nearest pole is pi / tau away, so
#: that the error is below exp(-2 pi^2 / 0.55).
UP_TO = np.array([1.0, 2.0, 4.0])
_Z = tuple(np.arange(-15 * 2**halved, 15 * 2**halved + 1) * (0.55 / 2**halved) for halved in range(len(UP_TO)))
_Z_WEIGHT = tuple(np.exp(-0.5 * z * z) / np.exp(-0.5 * z * z).sum() for z in _Z)
#: Beyond: E expit(mu + tau Z) = E Phi((mu + L) / tau) with L logistic, trapezoid rule in L, poles at +-i pi.
_L = np.arange(-80, 81) * 0.5
_L_WEIGHT = np.exp(-np.abs(_L)) / (1 + np.exp(-np.abs(_L))) ** 2
_L_WEIGHT /= _L_WEIGHT.sum()
#: Values computed together, so that their nodes stay in the processor's cache.
_TOGETHER = 1024


def mean_expit(mu: Floats, tau: Floats) -> Floats:
    """E expit(mu + tau Z), Z standard normal.

    Args:
        mu: Any shape; NaN gives NaN.
        tau: At least 0, broadcast against ``mu``.

    Returns:
        In [0, 1]. Error: below 1e-13 absolute.
    """
    both = np.empty((2, *np.broadcast_shapes(np.shape(mu), np.shape(tau))))
    both[0], both[1] = mu, tau
    flat_mu, flat_tau = both.reshape(2, -1)
    level = UP_TO.searchsorted(flat_tau)
    out = np.empty(flat_mu.size)
    for each in np.bincount(level).nonzero()[0]:
        rows = (level == each).nonzero()[0]
        for begin in range(0, rows.size, _TOGETHER):
            r = rows[begin : begin + _TOGETHER]
            out[r] = (
                _wide(flat_mu[r], flat_tau[r]) if each == len(UP_TO) else _narrow(flat_mu[r], flat_tau[r], int(each))
            )
    return out.reshape(both.shape[1:])


def _narrow(mu: Floats, tau: Floats, halved: int) -> Floats:
    eta = (0.5 * tau)[:, None] * _Z[halved]
    eta += (0.5 * mu)[:, None]
    np.tanh(eta, out=eta)
    # Rounding may not take a proportion beyond its bounds.
    return np.asarray(np.minimum(np.maximum(0.5 + 0.5 * np.vecdot(eta, _Z_WEIGHT[halved]), 0.0), 1.0))


def _wide(mu: Floats, tau: Floats) -> Floats:
    return np.asarray(np.clip(np.vecdot(ndtr((mu[:, None] + _L) / tau[:, None]), _L_WEIGHT), 0.0, 1.0))
