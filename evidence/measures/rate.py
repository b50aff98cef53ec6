"""The four scales of a rate, events per time; names and variances as in metafor's escalc."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammainccinv, gammaincinv

from ..errors import usage
from .measure import SMALLEST_FOR_HARMONIC, Bools, Floats, Measure


class Rate(Measure):
    """What the scales of a rate share: only events are corrected, and there is no upper end.

    In ``effects`` and ``transformed`` the second argument is the time at risk, 0 where a study is absent.
    """

    __slots__ = ()
    centre = "typical study (median)"
    symmetric = False
    of_rates = True

    def bare(self, x: Floats, n: Floats) -> Bools:
        """Studies without events."""
        return np.asarray(x == 0)

    def small(self, x: Floats, n: Floats) -> Bools:
        """Studies in whose time fewer events than ``SMALLEST_FOR_HARMONIC`` are expected at the rate of all together.

        No time is small in itself, in years or in days; and it is the expected count that decides how far the way back
        bends: by 1 / (4 count) of the value on the scale, 5 % at 5 events.
        """
        totals = np.asarray(n).sum(-1, keepdims=True)
        rate = np.asarray(x).sum(-1, keepdims=True) / np.where(totals > 0, totals, 1)
        return np.asarray((n > 0) & (n * rate < SMALLEST_FOR_HARMONIC * (1 - 1e-12)))

    def shifted(self, x: Floats, n: Floats, shift: Floats) -> tuple[Floats, Floats]:
        """Counts with ``shift`` added to events; time stays."""
        return x + shift, n


class RawRate(Rate):
    """r = x / t, v = x / t^2."""

    __slots__ = ()
    name, title, scale = "IR", "raw rate", "rate"
    centre = "average study (mean)"
    lower = 0.0
    is_proportion = True
    clipped = True

    def transformed(self, x: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Rate and its variance."""
        return x / n, x / n**2

    def back(self, y: Floats, size: Floats | None = None) -> Floats:
        """The value itself, cut off at 0."""
        return np.maximum(y, 0.0)

    def mean(self, y: Floats, tau2: Floats) -> Floats:
        """The value itself, cut off at 0."""
        return self.back(y) + 0.0 * tau2


class LogRate(Rate):
    """y = log r, v = 1 / x."""

    __slots__ = ()
    name, title, scale = "IRLN", "log rate", "log rate"

    def transformed(self, x: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Log rate and its variance."""
        return np.log(x / n), 1 / x

    def back(self, y: Floats, size: Floats | None = None) -> Floats:
        """The exponential; infinite where it is beyond every number."""
        with np.errstate(over="ignore"):
            return np.exp(y)

    def mean(self, y: Floats, tau2: Floats) -> Floats:
        """E exp(y + tau Z) = exp(y + tau2 / 2)."""
        return self.back(y + 0.5 * tau2)


class SquareRootRate(Rate):
    """y = sqrt r, v = 1 / (4 t)."""

    __slots__ = ()
    name, title, scale = "IRS", "square-root rate", "square root of the rate"
    lower = 0.0
    add, corrected = 0.0, False

    def transformed(self, x: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Square root of the rate and its variance."""
        return np.sqrt(x / n), 0.25 / n

    def back(self, y: Floats, size: Floats | None = None) -> Floats:
        """The square, 0 below 0: there it would fold back."""
        return np.square(np.maximum(y, 0.0))


class DoubleSquareRootRate(Rate):
    """y = (sqrt(x/t) + sqrt((x+1)/t)) / 2, v = 1 / (4 t).

    Source: Freeman and Tukey 1950, 10.1214/aoms/1177729756.
    """

    __slots__ = ()
    name, title, scale = "IRFT", "Freeman-Tukey rate", "double square root of the rate"
    centre = "pooled rate (double square root)"
    lower = 0.0
    add, corrected = 0.0, False
    sized = True

    def transformed(self, x: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Double square root of the rate and its variance."""
        return 0.5 * (np.sqrt(x / n) + np.sqrt((x + 1) / n)), 0.25 / n

    def back(self, y: Floats, size: Floats | None = None) -> Floats:
        """The inverse for a time at risk of ``size``; 0 below the value of 0 events.

        Raises:
            UsageError: no size.
        """
        if size is None:
            raise usage("the Freeman-Tukey scale has no way back without a time at risk", "give size", "size")
        # With a = sqrt r and b = sqrt(r + 1/t): a + b = 2 y and b^2 - a^2 = 1/t.
        twice = 2 * np.maximum(y, 0.5 / np.sqrt(size))
        return np.asarray(np.square(0.5 * (twice - 1 / (size * twice))))


def poisson_limits(events: npt.ArrayLike, time: npt.ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Exact limits of the rate events / time of each study on its own.

    Args:
        events: Whole numbers.
        time: Time at risk, of the same shape; 0 means "no study here".
        level: Nominal coverage, a fraction.

    Returns:
        lower, upper: At least 0, in events per unit of time; NaN where time is 0.

    Raises:
        UsageError: a level outside (0, 1).

    Source: Garwood 1936, 10.1093/biomet/28.3-4.437. Error: that of the inverse incomplete gamma, 1e-13.
    """
    if not 0 < level < 1:
        raise usage(f"level {level} is not between 0 and 1", "give a fraction, for example 0.95", "level")
    x, t = np.broadcast_arrays(np.asarray(events, dtype=float), np.asarray(time, dtype=float))
    tail = 0.5 * (1 - level)
    low = np.where(x > 0, gammaincinv(np.maximum(x, 1.0), tail), 0.0)
    high = gammainccinv(x + 1, tail)
    there = t > 0
    lower, upper = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    np.divide(low, t, where=there, out=lower)
    np.divide(high, t, where=there, out=upper)
    return lower, upper
