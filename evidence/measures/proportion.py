"""The six scales of a proportion; names and variances as in metafor's escalc."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, ndtr, ndtri

from ..errors import usage
from .logit_mean import mean_expit
from .measure import Floats, Measure


class RawProportion(Measure):
    """p = x / n, v = p q / n."""

    __slots__ = ()
    name, title, scale = "PR", "raw proportion", "proportion"
    centre = "average study (mean)"
    lower, upper = 0.0, 1.0
    is_proportion = True
    clipped = True

    def transformed(self, x: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Proportion and its variance."""
        return x / n, x * (n - x) / n**3

    def back(self, y: Floats, size: Floats | None = None) -> Floats:
        """The value itself, cut off at 0 and 1."""
        return np.clip(y, 0.0, 1.0)

    def mean(self, y: Floats, tau2: Floats) -> Floats:
        """The value itself, cut off at 0 and 1."""
        return self.back(y) + 0.0 * tau2


class LogProportion(Measure):
    """y = log p, v = 1/x - 1/n."""

    __slots__ = ()
    name, title, scale = "PLN", "log proportion", "log proportion"
    upper = 0.0
    symmetric = False
    clipped = True

    def transformed(self, x: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Log proportion and its variance."""
        return np.log(x / n), 1 / x - 1 / n

    def back(self, y: Floats, size: Floats | None = None) -> Floats:
        """exp, cut off at 1."""
        return np.exp(np.minimum(y, 0.0))


class LogOdds(Measure):
    """y = log(x / (n - x)), v = 1/x + 1/(n - x)."""

    __slots__ = ()
    name, title, scale = "PLO", "logit", "log odds"
    logit = True

    def transformed(self, x: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Log odds and its variance."""
        rest = n - x
        return np.log(x / rest), 1 / x + 1 / rest

    def back(self, y: Floats, size: Floats | None = None) -> Floats:
        """Inverse logit."""
        return np.asarray(expit(y), dtype=np.float64)

    def mean(self, y: Floats, tau2: Floats) -> Floats:
        """E expit(y + tau Z) by quadrature, error below 1e-13."""
        return mean_expit(y, np.sqrt(tau2))


class Probit(Measure):
    """y = probit p, v = p q / (n phi(y)^2)."""

    __slots__ = ()
    name, title, scale = "PRZ", "probit", "probit"

    def transformed(self, x: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Probit and its variance."""
        p = x / n
        y = np.asarray(ndtri(p), dtype=np.float64)
        return y, 2 * np.pi * p * (1 - p) * np.exp(y * y) / n

    def back(self, y: Floats, size: Floats | None = None) -> Floats:
        """Normal distribution function."""
        return np.asarray(ndtr(y), dtype=np.float64)

    def mean(self, y: Floats, tau2: Floats) -> Floats:
        """E Phi(y + tau Z) = Phi(y / sqrt(1 + tau2))."""
        return np.asarray(ndtr(y / np.sqrt(1 + tau2)), dtype=np.float64)


class Arcsine(Measure):
    """y = asin sqrt p, v = 1/(4 n)."""

    __slots__ = ()
    name, title, scale = "PAS", "arcsine", "arcsine of the square root"
    lower, upper = 0.0, 0.5 * np.pi
    add, corrected = 0.0, False

    def transformed(self, x: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Arcsine of the square root and its variance."""
        return np.arcsin(np.sqrt(x / n)), 0.25 / n

    def back(self, y: Floats, size: Floats | None = None) -> Floats:
        """sin^2 within [0, pi/2]: outside it would fold back."""
        return np.sin(np.clip(y, self.lower, self.upper)) ** 2


class DoubleArcsine(Measure):
    """Half the sum of asin sqrt(x/(n+1)) and asin sqrt((x+1)/(n+1)), v = 1/(4 n + 2).

    Source: Freeman and Tukey 1950, 10.1214/aoms/1177729756.
    """

    __slots__ = ()
    name, title, scale = "PFT", "Freeman-Tukey double arcsine", "double arcsine"
    centre = "pooled proportion (double arcsine)"
    lower, upper = 0.0, 0.5 * np.pi
    add, corrected = 0.0, False
    sized = True
    cites = ("barendregt2013",)

    def transformed(self, x: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Double arcsine and its variance."""
        total = n + 1
        return 0.5 * (np.arcsin(np.sqrt(x / total)) + np.arcsin(np.sqrt((x + 1) / total))), 1 / (4 * n + 2)

    def back(self, y: Floats, size: Floats | None = None) -> Floats:
        """Miller's inverse for samples of ``size``; 0 below the value of 0 events, 1 above that of only events.

        Source: Miller 1978, 10.1080/00031305.1978.10479283; with size = 1/(4 se2) Barendregt 2013,
        10.1136/jech-2013-203104.

        Raises:
            UsageError: no size.
        """
        if size is None:
            raise usage("the Freeman-Tukey scale has no way back without a sample size", "give size", "size")
        first = 0.5 * np.arcsin(np.sqrt(1 / (size + 1)))
        last = 0.5 * np.pi - first
        inside = np.clip(y, first, last)
        sine, cosine = np.sin(2 * inside), np.cos(2 * inside)
        s2 = np.minimum(np.square(sine - cosine * cosine / (sine * size)), 1.0)
        root = np.sqrt(1 - s2)
        small = 0.5 * s2 / (1 + root)
        p = np.where(cosine >= 0, small, 1 - small)
        found: Floats = np.where(y <= first, 0.0, np.where(y >= last, 1.0, p))
        return np.where(np.isnan(y), np.nan, found)
