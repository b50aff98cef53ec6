"""tau2 as metafor finds it by default: searches that end at a fixed distance, however small tau2 is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..pooling.normal_likelihood import weights
from ..pooling.tau2 import TAU2, cochran_q, count

Floats = npt.NDArray[np.float64]

#: metafor's default control of rma.uni: threshold, an absolute step; maxiter; tol of R's uniroot; tau2.max.
THRESHOLD = 1e-5
_STEPS = 100
_TOLERANCE = float(np.finfo(float).eps ** 0.25)
_LARGEST = 100.0
#: Median absolute deviation -> standard deviation, as R's mad.
_MAD = 1.4826
_EPS = float(np.finfo(float).eps)


def scored_tau2(y: Floats, v: Floats, method: str) -> Floats:
    """ML, REML or EB by metafor's steps: on raw proportions of rare events they end where tau2 is still moving.

    Args:
        y, v: Effects and sampling variances, shape (rows, k); v = inf where a study is absent.
        method: ML, REML or EB.

    Returns:
        tau2, shape (rows,); NaN where 100 steps are not enough, which metafor calls an error.

    Source: Viechtbauer 2005, 10.3102/10769986030003261, for the step; its end is metafor's.
    """
    tau2 = np.array(TAU2["HE"](y, v))
    moving = np.arange(tau2.size)
    for _ in range(_STEPS):
        before = tau2[moving]
        step = _step(y[moving], v[moving], before, method)
        for _ in range(1100):  # halving ends where a double does
            below = before + step < 0
            if not below.any():
                break
            step = np.where(below, step / 2, step)
        tau2[moving] = before + step
        moving = moving[np.abs(step) > THRESHOLD]
        if moving.size == 0:
            break
    tau2[moving] = np.nan
    return tau2


def _step(y: Floats, v: Floats, tau2: Floats, method: str) -> Floats:
    """Fisher's step from tau2, shape (rows,)."""
    w, total, e = weights(y, v, tau2)
    squares = np.vecdot(w, w)
    q2 = np.vecdot(w * e, w * e)
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "ML":
            step = (q2 - total) / squares
        elif method == "EB":
            k = count(v)
            step = (np.vecdot(w * e, e) * k / (k - 1) - k) / total
        else:
            trace = squares - 2 * np.vecdot(w * w, w) / total + (squares / total) ** 2
            step = (q2 - (total - squares / total)) / trace
    return np.asarray(np.nan_to_num(step, nan=0.0))


def rooted_tau2(y: Floats, v: Floats) -> Floats:
    """PM by R's uniroot with its default tolerance, 1.2e-4: tau2 of raw or arcsine proportions is often smaller.

    Args:
        y, v: As in ``scored_tau2``.

    Returns:
        tau2, shape (rows,): the last point of the search, which lies within 1.2e-4 of the root.

    Source: Paule and Mandel 1982, 10.6028/jres.087.022; Brent 1973, chapter 4, in the steps of R's zeroin.
    """
    there = np.isfinite(v)
    target = count(v) - 1
    found = np.zeros(y.shape[0])
    rows = np.flatnonzero(cochran_q(y, v) >= target)
    for i in rows:
        held = there[i]
        found[i] = _uniroot(y[i][held], v[i][held], float(target[i]))
    return found


def _uniroot(y: Floats, v: Floats, target: float) -> float:
    """Where Q(tau2) = target, as R's uniroot ends; NaN where the search does not reach so far."""

    def f(tau2: float) -> float:
        w = 1 / (v + tau2)
        e = y - np.dot(w, y) / w.sum()
        return float(np.dot(w * e, e)) - target

    end = max(_LARGEST, 10 * (_MAD * float(np.median(np.abs(y - np.median(y))))) ** 2)
    a, b, fa, fb = 0.0, end, f(0.0), f(end)
    if fb > 0:
        return float("nan")
    if fa == 0 or fb == 0:
        return a if fa == 0 else b
    c, fc = a, fa
    for _ in range(_STEPS + 1):
        last = b - a
        if abs(fc) < abs(fb):
            a, b, c, fa, fb, fc = b, c, b, fb, fc, fb
        near = 2 * _EPS * abs(b) + _TOLERANCE / 2
        half = (c - b) / 2
        if abs(half) <= near or fb == 0:
            return b
        step = _interpolated((a, b, c), (fa, fb, fc), near, half, last)
        a, fa = b, fb
        b += step if abs(step) >= near else (near if step > 0 else -near)
        fb = f(b)
        if fb * fc > 0:
            c, fc = a, fa
    return float("nan")


def _interpolated(
    at: tuple[float, float, float], f: tuple[float, float, float], near: float, half: float, last: float
) -> float:
    """The next step: of interpolation where that is good enough, else half the bracket."""
    (a, b, c), (fa, fb, fc) = at, f
    if abs(last) < near or abs(fa) <= abs(fb):
        return half
    s, width = fb / fa, c - b
    if a == c:
        p, q = width * s, 1 - s
    else:
        r, t = fa / fc, fb / fc
        p, q = s * (width * r * (r - t) - (b - a) * (t - 1)), (r - 1) * (t - 1) * (s - 1)
    p, q = (p, -q) if p > 0 else (-p, q)
    if p < 0.75 * width * q - abs(near * q) / 2 and p < abs(last * q / 2):
        return p / q
    return half
