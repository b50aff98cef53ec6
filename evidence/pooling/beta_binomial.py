"""Binomial counts whose proportions differ between studies by a beta distribution, maximum likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.special import betaincinv, digamma, expit, polygamma

from ..counts import Counts
from .beta_terms import BETA_BINOMIAL
from .boundaries import Integers
from .family import Family
from .logistic_normal import LIMITS
from .options import (
    check_bootstrap,
    check_choice,
    check_level,
    prediction_sentence,
    simulation_sentence,
    spell,
)
from .profile import Maximum
from .result import Estimates, Floats, Pooled

PREDICTIONS: Mapping[str, str] = {
    "beta-plug-in": "quantiles of the fitted beta distribution",
    "bootstrap": "parametric bootstrap-t",
    "bayes": "posterior predictive distribution of the Bayesian logistic-normal model with its default priors",
    "none": "none",
}


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    """Specification of the beta-binomial model.

    Args:
        limits: profile-t, profile, t or wald, for the mean.
        prediction: beta-plug-in, bootstrap, bayes or none. Where rho is estimated as 0 or 1, or fewer than 3 studies
            have 2 or more units, the Bayesian predictive interval takes the place of the first two.
        level: Nominal coverage of every interval, a fraction.
        tau_test: half-chi2, or bootstrap for a p from simulated data beside it.
        draws, seed: Data sets that a bootstrap simulates, and the seed of its generator.

    Raises:
        UsageError: an unknown name (near ones are listed) or a level outside (0, 1).
    """

    limits: str = "profile-t"
    prediction: str = "beta-plug-in"
    level: float = 0.95
    tau_test: str = "half-chi2"
    draws: int = 2000
    seed: int = 1

    name: ClassVar[str] = "beta-binomial"
    centre: ClassVar[str] = "average study (mean)"
    family: ClassVar[Family] = BETA_BINOMIAL

    def __post_init__(self) -> None:
        check_choice("limits", self.limits, LIMITS)
        check_choice("prediction", self.prediction, PREDICTIONS)
        check_level(self.level)
        check_bootstrap(self.tau_test, self.draws, self.seed)

    @property
    def title(self) -> str:
        """Name and limits, for the first line of a result."""
        return f"beta-binomial, ML; limits {self.limits}"

    def to_dict(self) -> dict[str, Any]:
        """Name and every option."""
        return {"name": self.name, **spell(self)}

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """The methods sentence and its citations."""
        text = (
            "Proportions were pooled by a beta-binomial model (binomial counts, study proportions beta distributed,"
            f" maximum likelihood); {self.level:.0%} limits of its mean are by {LIMITS[self.limits]}."
            f"{prediction_sentence(self, PREDICTIONS, 'rho')}{simulation_sentence(self)}"
        )
        return text, ()

    def fit(self, counts: Counts, study_limits: str = "clopper-pearson") -> Pooled:
        """Pool one analysis of shape (k,). Arms of one study are summed: they share its proportion."""
        from .assemble import assemble
        from .likelihood_parts import parts_of

        return assemble(self, counts, parts_of(self, counts, study_limits), study_limits)

    def estimate(self, counts: Counts) -> Estimates:
        """Pool every analysis of a stack of shape (..., k); a stack equals its rows to 1e-10.

        ``tau`` is the standard deviation of the studies' proportions, ``tau2`` its square.
        """
        from .likelihood_rows import estimate_stack

        return estimate_stack(self, counts)

    def spread(self, mu: Floats, tau: Floats) -> tuple[Floats, Floats]:
        """Standard deviation and variance of the studies' proportions."""
        variance = expit(mu) * expit(-mu) * correlation(tau)
        return np.sqrt(variance), variance

    def plain_prediction(self, top: Maximum, k: Integers) -> tuple[Floats, Floats]:
        """Quantiles of the fitted beta distribution, shape (rows,)."""
        tail = 0.5 * (1 - self.level)
        with np.errstate(divide="ignore", invalid="ignore"):
            a, b = expit(top.mu) / top.tau**2, expit(-top.mu) / top.tau**2
            return np.asarray(betaincinv(a, b, tail)), np.asarray(betaincinv(a, b, 1 - tail))

    def simulated(self, generator: np.random.Generator, mu: float, tau: float, shape: tuple[int, ...]) -> Floats:
        """Logits of studies at random."""
        if tau == 0:
            return np.full(shape, mu)
        # As gamma variates in logarithms: a beta variate itself rounds to 0 or 1 where rho is near 1.
        return _log_gamma(generator, expit(mu) / tau**2, shape) - _log_gamma(generator, expit(-mu) / tau**2, shape)

    def logit_moments(self, mu: Floats, tau: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of a study's logit: of the logarithm of a ratio of two gamma variates."""
        theta = np.where(tau > 0, tau * tau, 1.0)
        a, b = expit(mu) / theta, expit(-mu) / theta
        spread = np.sqrt(polygamma(1, a) + polygamma(1, b))
        return np.where(tau > 0, digamma(a) - digamma(b), mu), np.where(tau > 0, spread, 0.0)

    def pivot_at_infinity(self, share: Floats) -> Floats:
        """Where (logit - mean) / sd of a finite logit goes as rho goes to 1; a share of the studies has all events."""
        return (1 - 2 * share) / np.hypot(share, 1 - share)


def _log_gamma(generator: np.random.Generator, shape: float, size: tuple[int, ...]) -> Floats:
    """Logarithms of gamma variates: G(a) is G(a + 1) U^(1/a)."""
    return np.log(generator.standard_gamma(shape + 1, size)) - generator.standard_exponential(size) / shape


def correlation(tau: Floats) -> Floats:
    """Correlation rho of two units of one study, from the square root of rho / (1 - rho)."""
    return tau * tau / (1 + tau * tau)
