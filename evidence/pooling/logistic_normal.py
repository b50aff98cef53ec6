"""The primary model: binomial counts, logits of the studies normal, maximum likelihood.

x_i ~ Binomial(n_i, p_i), logit p_i ~ N(mu, tau2). The median expit(mu) is the typical study; the mean
E expit(mu + tau Z) is the average study. Source: Stijnen, Hamza and Oezdemir 2010, 10.1002/sim.4040.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.special import expit, ndtri, stdtrit

from ..counts import Counts
from .boundaries import Integers
from .family import LOGISTIC_NORMAL, Family
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

LIMITS: Mapping[str, str] = {
    "profile-t": "profile likelihood against the squared t quantile with k - 1 degrees of freedom",
    "profile": "profile likelihood against the chi-squared quantile with 1 degree of freedom",
    "t": "on the logit, t quantile with k - 1 degrees of freedom",
    "wald": "on the logit, normal quantile",
}
PREDICTIONS: Mapping[str, str] = {
    "t": "t quantile with k - 1 degrees of freedom",
    "riley": "t quantile with k - 2 degrees of freedom",
    "normal": "normal quantile",
    "bootstrap": "parametric bootstrap-t",
    "bayes": "posterior predictive distribution of the Bayesian logistic-normal model with its default priors",
    "none": "none",
}


@dataclass(frozen=True, slots=True)
class LogisticNormal:
    """Specification of the logistic-normal model.

    Args:
        limits: profile-t, profile, t or wald, for the median and the mean.
        prediction: t, riley, normal, bootstrap, bayes or none. Where tau is estimated as 0 or is unbounded, or fewer
            than 3 studies have 2 or more units, the Bayesian predictive interval takes the place of the others.
        level: Nominal coverage of every interval, a fraction.
        tau_test: half-chi2, or bootstrap for a p from simulated data beside it.
        draws, seed: Data sets that a bootstrap simulates, and the seed of its generator.

    Raises:
        UsageError: an unknown name (near ones are listed) or a level outside (0, 1).
    """

    limits: str = "profile-t"
    prediction: str = "t"
    level: float = 0.95
    tau_test: str = "half-chi2"
    draws: int = 2000
    seed: int = 1

    name: ClassVar[str] = "logistic-normal"
    centre: ClassVar[str] = "typical study (median)"
    family: ClassVar[Family] = LOGISTIC_NORMAL

    def __post_init__(self) -> None:
        check_choice("limits", self.limits, LIMITS)
        check_choice("prediction", self.prediction, PREDICTIONS)
        check_level(self.level)
        check_bootstrap(self.tau_test, self.draws, self.seed)

    @property
    def title(self) -> str:
        """Name and limits, for the first line of a result."""
        return f"logistic-normal, ML; limits {self.limits}"

    def to_dict(self) -> dict[str, Any]:
        """Name and every option."""
        return {"name": self.name, **spell(self)}

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """The methods sentence and its citations."""
        text = (
            "Proportions were pooled by a logistic-normal model (binomial counts, normally distributed study logits,"
            " maximum likelihood). The average study is the marginal mean, the typical study the median."
            f" {self.level:.0%} limits are by {LIMITS[self.limits]}."
            f"{prediction_sentence(self, PREDICTIONS)}{simulation_sentence(self)}"
        )
        return text, ("stijnen2010",)

    def fit(self, counts: Counts, study_limits: str = "clopper-pearson") -> Pooled:
        """Pool one analysis.

        Args:
            counts: Shape (k,). Arms of one study are summed: they share its random effect.
            study_limits: Name of the studies' own limits.
        """
        from .assemble import assemble
        from .likelihood_parts import parts_of

        return assemble(self, counts, parts_of(self, counts, study_limits), study_limits)

    def estimate(self, counts: Counts) -> Estimates:
        """Pool every analysis of a stack of shape (..., k); a stack equals its rows to 1e-10."""
        from .likelihood_rows import estimate_stack

        return estimate_stack(self, counts)

    def spread(self, mu: Floats, tau: Floats) -> tuple[Floats, Floats]:
        """tau and tau2 as they are reported."""
        return tau, tau**2

    def plain_prediction(self, top: Maximum, k: Integers) -> tuple[Floats, Floats]:
        """Limits of a new study's proportion around the estimated centre, shape (rows,)."""
        tail = 0.5 * (1 + self.level)
        df = np.maximum(k - (2 if self.prediction == "riley" else 1), 1).astype(float)
        quantile = np.full(k.size, ndtri(tail)) if self.prediction == "normal" else stdtrit(df, tail)
        reach = quantile * np.sqrt(top.se**2 + top.tau**2)
        return expit(top.mu - reach), expit(top.mu + reach)

    def simulated(self, generator: np.random.Generator, mu: float, tau: float, shape: tuple[int, ...]) -> Floats:
        """Logits of studies at random."""
        return mu + tau * generator.standard_normal(shape)

    def logit_moments(self, mu: Floats, tau: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of a study's logit."""
        return mu, tau

    def pivot_at_infinity(self, share: Floats) -> Floats:
        """Where (logit - mu) / tau of a finite logit goes when tau grows and a share of the studies has all events."""
        return np.asarray(-ndtri(share))
