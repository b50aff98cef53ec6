"""The marginal mean of a logit-normal proportion on the logit, and the way back from it to mu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.special import ndtr

from .convergence import not_converged
from .family import log_mean, stretch
from .result import Floats

#: Up to each tau the trapezoid rule in Z with this step: its nearest pole is pi / tau away, the error below
#: exp(-2 pi (pi / tau) / step) = exp(-28).
_STEPS = ((2.0, 0.35), (6.0, 0.1175))
#: Beyond it the rule in L, a logistic variable, with E expit(mu + tau Z) = E Phi((mu + L) / tau); poles at +-i pi.
_L = np.arange(-80, 81) * 0.6
_L_WEIGHT = np.exp(-np.abs(_L)) / (1 + np.exp(-np.abs(_L))) ** 2
_L_WEIGHT /= _L_WEIGHT.sum()


#: Logits within this are answered by these rules, those beyond by the likelihood's own quadrature.
_NEAR = 30.0
#: Steps of the search for mu.
_MOST_STEPS = 60

#: (mu, tau) to the log of the mean and its slope in mu.
Rule = Callable[[Floats, Floats], tuple[Floats, Floats]]


def mu_of_mean(logit: Floats, tau: Floats) -> Floats:
    """mu at which the logit of the marginal mean has each of the values ``logit``, shape (t, q).

    Args:
        logit: Shape (q,). tau: Shape (t,).

    Newton on the logit, where the mean is nearly linear in mu; error 1e-10 (1 + tau).
    """
    # The mean of -mu is the other proportion's: the smaller of the two has all its digits.
    target = np.tile(-np.abs(logit), tau.size)
    spread, out = np.repeat(tau, logit.size), np.empty(tau.size * logit.size)
    near = target >= -_NEAR
    left = near.copy()
    rules: list[tuple[np.ndarray, Rule]] = [(~near, _far)]
    for last, step in _STEPS:
        rules.append((left & (spread <= last), partial(_narrow, step)))
        left &= spread > last
    for chosen, mean in (*rules, (left, _wide)):
        if chosen.any():
            out[chosen] = _newton(mean, target[chosen], spread[chosen])
    return np.where(logit > 0, -1.0, 1.0) * out.reshape(tau.size, logit.size)


def _newton(mean: Rule, target: Floats, tau: Floats) -> Floats:
    mu = target * stretch(tau)
    for _ in range(_MOST_STEPS):
        log_m, slope = mean(mu, tau)
        log_rest = np.log(np.maximum(-np.expm1(log_m), 1e-300))
        step = (target - log_m + log_rest) * np.exp(log_rest) / np.maximum(slope, 1e-300)
        mu = np.minimum(mu + np.clip(step, -2 * (1 + tau), 2 * (1 + tau)), 0.0)
        if (np.abs(step) <= 1e-6 * (1 + tau)).all():
            return np.asarray(mu)
    raise not_converged("mu of a given mean", _MOST_STEPS, mu=mu, tau=tau)


def _narrow(step: float, mu: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """Log of the mean and its slope in mu."""
    half = int(11 / step)
    z = np.arange(-half, half + 1) * step
    weight = np.exp(-0.5 * z * z)
    weight /= weight.sum()
    e = np.exp(mu[:, None] + tau[:, None] * z)
    p = e / (1 + e)
    m = p @ weight
    return np.log(m), (p / (1 + e)) @ weight / m


def _wide(mu: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """Log of the mean and its slope in mu."""
    u = (mu[:, None] + _L) / tau[:, None]
    m = ndtr(u) @ _L_WEIGHT
    return np.log(m), (np.exp(-0.5 * u * u) @ _L_WEIGHT) / (np.sqrt(2 * np.pi) * tau * m)


def _far(mu: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """Log of the mean and its slope in mu."""
    found = log_mean(mu, tau)
    return found.value, found.mu
