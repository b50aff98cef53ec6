"""Limits of a single proportion: what one study says on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv, betaln, ndtri

from ..errors import ComputeError, Problem, unknown, usage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Floats = npt.NDArray[np.float64]

#: Newton steps of mid-P inside a bracket, never more than halvings of it would need.
_MID_P_STEPS = 100
#: Largest relative step that rounding at n = 1e9 still makes.
_MID_P_ROUNDING = 1e-8


def check_study_limits(method: str) -> None:
    """Refuse a name that is none of ``LIMITS``.

    Raises:
        UsageError: with the near names.
    """
    if method not in LIMITS:
        raise unknown("study limits", method, list(LIMITS))


def study_limits(
    events: npt.ArrayLike, n: npt.ArrayLike, method: str = "clopper-pearson", level: float = 0.95
) -> tuple[Floats, Floats]:
    """Limits of the proportion events / n of each study on its own.

    Args:
        events: Whole numbers.
        n: Whole numbers of the same shape; 0 means "no study here".
        method: One of ``LIMITS``.
        level: Nominal coverage, a fraction.

    Returns:
        lower, upper: In [0, 1], of the shape of ``events``; NaN where n == 0. Without events the lower limit is
        exactly 0, with only events the upper one is exactly 1.

    Raises:
        UsageError: an unknown method, or a level outside (0, 1).
    """
    check_study_limits(method)
    if not 0 < level < 1:
        raise usage(f"level {level} is not between 0 and 1", "give a fraction, for example 0.95", "level")
    x, size = np.broadcast_arrays(np.asarray(events, dtype=float), np.asarray(n, dtype=float))
    lower, upper = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    there = size > 0
    if there.any():
        low, high = LIMITS[method](x[there], size[there], 0.5 * (1 - level))
        lower[there] = np.where(x[there] == 0, 0.0, np.clip(low, 0.0, 1.0))
        upper[there] = np.where(x[there] == size[there], 1.0, np.clip(high, 0.0, 1.0))
    return lower, upper


def clopper_pearson(x: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    """Exact limits with at most ``tail`` on each side.

    Source: Clopper and Pearson 1934, 10.1093/biomet/26.4.404. Error: that of the inverse incomplete beta, 1e-13.
    """
    lower, upper = np.zeros_like(x), np.ones_like(x)
    some, rest = x > 0, x < n
    lower[some] = beta_quantile(x[some], n[some] - x[some] + 1, tail)
    upper[rest] = 1 - beta_quantile(n[rest] - x[rest], x[rest] + 1, tail)
    few = rest & (2 * x < n)
    upper[few] = beta_quantile(x[few] + 1, n[few] - x[few], 1 - tail)
    return lower, upper


def wilson(x: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    """Score limits. Source: Wilson 1927, 10.1080/01621459.1927.10502953."""
    z2 = _normal(tail) ** 2
    middle, spread = x + 0.5 * z2, np.sqrt(z2 * (x * (n - x) / n + 0.25 * z2))
    # (middle - spread) as a quotient: no digits are lost where the limit is near 0 (or 1, by symmetry).
    lower = x**2 / (n * (middle + spread))
    upper = 1 - (n - x) ** 2 / (n * (n - x + 0.5 * z2 + spread))
    return lower, upper


def wilson_cc(x: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    """Score limits with continuity correction, as R's prop.test. Source: Newcombe 1998,
    10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E. R's own function
    drops the correction at x = n / 2, and meta's excludes 0 at 0 events; neither is copied.
    """
    z2 = _normal(tail) ** 2

    def side(e: Floats) -> Floats:
        """Lower limit for e events counted as e - 1/2 (score equation with the shift)."""
        shifted = np.maximum(e - 0.5, 0.0)
        spread = np.sqrt(z2 * (shifted * (n - shifted) / n + 0.25 * z2))
        result: Floats = shifted**2 / (n * (shifted + 0.5 * z2 + spread))
        return result

    return side(x), 1 - side(n - x)


def agresti_coull(x: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    """Wald limits around (x + z2/2) / (n + z2). Source: Agresti and Coull 1998, 10.1080/00031305.1998.10480550."""
    z = _normal(tail)
    total = n + z * z
    p = (x + 0.5 * z * z) / total
    reach = z * np.sqrt(p * (1 - p) / total)
    return p - reach, p + reach


def jeffreys(x: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    """Equal-tailed limits of Beta(x + 1/2, n - x + 1/2), closed at 0 events and at n events.

    Source: Brown, Cai and DasGupta 2001, 10.1214/ss/1009213286.
    """
    return beta_quantile(x + 0.5, n - x + 0.5, tail), beta_quantile(x + 0.5, n - x + 0.5, 1 - tail)


def mid_p(x: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    """Exact limits that count half of the observed outcome.

    Source: Berry and Armitage 1995, 10.2307/2348891. Error: root to 1e-14 relative; at n = 1e9, where the distribution
    function itself has fewer digits, to 1e-9.

    Raises:
        ComputeError: a root had not settled after ``_MID_P_STEPS`` steps.
    """
    lower, upper = np.zeros_like(x), np.ones_like(x)
    some, rest = x > 0, x < n
    lower[some] = _mid_p_lower(x[some], n[some], tail)
    upper[rest] = 1 - _mid_p_lower(n[rest] - x[rest], n[rest], tail)
    few = rest & (2 * x < n)
    upper[few] = _mid_p_upper(x[few], n[few], tail)
    return lower, upper


def wald(x: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    """Limits p -/+ z sqrt(p q / n): no width at all without events or non-events."""
    p = x / n
    reach = _normal(tail) * np.sqrt(p * (1 - p) / n)
    return p - reach, p + reach


def wald_cc(x: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    """Wald limits moved out by 1 / (2 n)."""
    lower, upper = wald(x, n, tail)
    return lower - 0.5 / n, upper + 0.5 / n


def beta_quantile(a: Floats, b: Floats, q: float) -> Floats:
    """Quantile of Beta(a, b)."""
    return np.asarray(betaincinv(a, b, q), dtype=np.float64)


def _normal(tail: float) -> float:
    return float(-ndtri(tail))


def _mid_p_lower(x: Floats, n: Floats, tail: float) -> Floats:
    """The p with P(X > x) + P(X = x) / 2 = tail; between the roots for P(X >= x) and P(X > x)."""
    low = beta_quantile(x, n - x + 1, tail)
    high = np.ones_like(x)
    rest = x < n
    high[rest] = beta_quantile(x[rest] + 1, n[rest] - x[rest], tail)
    return _rising_root(lambda p, i: _half_tail(p, x[i], n[i]), low, high, tail)


def _mid_p_upper(x: Floats, n: Floats, tail: float) -> Floats:
    """The p with P(X > x) + P(X = x) / 2 = 1 - tail."""
    low, high = np.zeros_like(x), beta_quantile(x + 1, n - x, 1 - tail)
    some = x > 0
    low[some] = beta_quantile(x[some], n[some] - x[some] + 1, 1 - tail)
    return _rising_root(lambda p, i: _half_tail(p, x[i], n[i]), low, high, 1 - tail)


def _half_tail(p: Floats, x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """P(X > x) + P(X = x) / 2 and its derivative in p."""
    above = np.where(x > 0, betainc(np.maximum(x, 1), n - x + 1, p), 1.0)
    beyond = np.where(x < n, betainc(x + 1, np.maximum(n - x, 1), p), 0.0)
    log_p, log_q = np.log(p), np.log1p(-p)
    at_least = (x - 1) * log_p + (n - x) * log_q - betaln(np.maximum(x, 1), n - x + 1)
    more = x * log_p + (n - x - 1) * log_q - betaln(x + 1, np.maximum(n - x, 1))
    slope = np.where(x > 0, np.exp(at_least), 0.0) + np.where(x < n, np.exp(more), 0.0)
    return 0.5 * (above + beyond), 0.5 * slope


def _rising_root(
    function: Callable[[Floats, npt.NDArray[np.intp]], tuple[Floats, Floats]], low: Floats, high: Floats, target: float
) -> Floats:
    """Newton inside a bracket; entries that have converged leave."""
    root = 0.5 * (low + high)
    low, high = low.copy(), high.copy()
    active = np.arange(root.size)
    for _ in range(_MID_P_STEPS):
        p = root[active]
        value, slope = function(p, active)
        below = value < target
        low[active] = np.where(below, p, low[active])
        high[active] = np.where(below, high[active], p)
        with np.errstate(divide="ignore", invalid="ignore"):
            move = (target - value) / slope
        found = p + move
        inside = (found >= low[active]) & (found <= high[active])
        root[active] = np.where(inside, found, 0.5 * (low[active] + high[active]))
        moved = np.abs(root[active] - p)
        going = moved > 1e-14 * p
        active, moved = active[going], moved[going]
        if active.size == 0:
            break
    else:
        _refuse_unsettled(root[active], moved)
    return root


def _refuse_unsettled(root: Floats, moved: Floats) -> None:
    """Steps that the rounding of the distribution function alone can cause are none."""
    far = moved > _MID_P_ROUNDING * root
    if far.any():
        last = ", ".join(f"{value:.10g}" for value in root[far][:5])
        raise ComputeError(
            Problem(
                "no-fit",
                f"a mid-P limit had not settled after {_MID_P_STEPS} steps: {last}",
                "use study_limits clopper-pearson",
            )
        )


#: Name -> limits of (events, n, tail); a new method is a function and a line here.
LIMITS: Mapping[str, Callable[[Floats, Floats, float], tuple[Floats, Floats]]] = {
    "clopper-pearson": clopper_pearson,
    "wilson": wilson,
    "wilson-cc": wilson_cc,
    "agresti-coull": agresti_coull,
    "jeffreys": jeffreys,
    "mid-p": mid_p,
    "wald": wald,
    "wald-cc": wald_cc,
}
