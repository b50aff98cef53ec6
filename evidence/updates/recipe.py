"""One way from counts to a printed proportion: what it computes, who does so, what is known to be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..pooling.effects import LIMITS
from .scales import SCALES
from .software import SOFTWARE

_COMMON = "It assumes one proportion for all studies: where they differ, its limits are too narrow."
_WALD = "The normal quantile with an estimated tau2 makes limits too narrow when studies are few."
_HK = "The Hartung-Knapp limits can be narrower than the usual ones (10.1002/sim.1482)."
_EARLY = (
    "A search for tau2 that stops at a fixed distance (1e-5, PM 1e-4) stops too early where tau2 itself is that small."
)
_SUM = "Studies are lost from sight: patients are averaged, and limits assume one common probability."
_EQUAL = "A report of one patient counts as much as a large series."
_SPREAD = "It says how studies differ, not how well their centre is known."
_MEDIAN = "The centre on the logit is the typical study (median), not the average proportion (mean)."

#: Words of each way of limits.
WAYS: Mapping[str, str] = {
    **LIMITS,
    "hk-wider": "the wider of Hartung and Knapp's limits and the normal ones",
    "ivhet": "fixed-effect weights with a variance that has tau2 in it, normal quantile",
    "weights-n": "weights n with a variance that has tau2 in it, normal quantile",
    "weights-equal": "equal weights with a variance that has tau2 in it, normal quantile",
    "mean-t": "mean and standard deviation of the studies' proportions, t quantile with k - 1 degrees of freedom",
    "mean-normal": "mean and standard deviation of the studies' proportions, normal quantile",
    "mean-sd": "mean of the studies' proportions, one standard deviation to each side (no confidence limits)",
    "mean-range": "mean of the studies' proportions, the smallest and the largest (no confidence limits)",
    "median-range": "median of the studies' proportions, the smallest and the largest (no confidence limits)",
    "median-iqr": "median of the studies' proportions and their quartiles (no confidence limits)",
    "range": "the smallest and the largest proportion (no confidence limits)",
    "by-n": "weights n, variance sum n p(1 - p) / N^2, normal quantile",
    "spread-by-n": "weights n, variance sum n (p - mean)^2 / N / k, normal quantile",
    "clopper-pearson": "exact (Clopper-Pearson) limits of the totals",
    "wilson": "Wilson (score) limits of the totals",
    "simple": "normal (Wald) limits of the totals",
    "logit-wald": "normal limits of the totals on the logit",
    "agresti-coull": "Agresti-Coull limits of the totals",
    "jeffreys": "Jeffreys limits of the totals",
    "profile": "profile likelihood",
    "profile-t": "profile likelihood, squared t quantile with k - 1 degrees of freedom",
    "mapped": "normal limits of the median, carried to the mean with tau as estimated",
}
#: Limits that are no confidence limits.
NO_LIMITS = frozenset({"mean-sd", "mean-range", "median-range", "median-iqr", "range"})
#: Limits of weights that tau2 has no part in -> the weights.
WEIGHTS: Mapping[str, str] = {"ivhet": "common", "weights-n": "n", "weights-equal": "equal"}
#: The families of recipes, in words.
FAMILIES: Mapping[str, str] = {
    "normal": "inverse variance",
    "totals": "sum of events / sum of n",
    "unweighted": "each study counts alike",
    "logistic-normal": "binomial random-effects model (GLMM), maximum likelihood",
    "beta-binomial": "beta-binomial model, maximum likelihood",
    "own": "a model of this program",
}
_OWN_EDGES = "exact limits of the totals at 0 %, at 100 % and where every n is 1"
#: Second part of the key of a model of this program -> what it is.
OWN_MODELS: Mapping[str, str] = {
    "mean": "the primary model of this program: logistic-normal, its average study (mean)",
    "median": "the primary model of this program: logistic-normal, its typical study (median)",
    "beta-binomial": "this program's beta-binomial model",
}
#: Estimators that stop where metafor stops by default -> in words.
STEPPED: Mapping[str, str] = {
    "REML-steps": "tau2 by REML with metafor's default control (it stops at steps of 1e-5)",
    "ML-steps": "tau2 by ML with metafor's default control (it stops at steps of 1e-5)",
    "EB-steps": "tau2 by EB with metafor's default control (it stops at steps of 1e-5)",
    "PM-steps": "tau2 by PM with metafor's default control (it stops within 1.2e-4)",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way from counts to a printed proportion.

    Attributes:
        key: Its name.
        family: One of ``FAMILIES``.
        limits: One of ``WAYS``.
        software: Keys of ``SOFTWARE`` that make it.
        scale: One of ``SCALES``, of inverse variance; None elsewhere.
        tau2: Estimator, or common for a common effect.
        nodes: Quadrature nodes of a GLMM; 0 for exact integrals.
        mean: Whether a GLMM's number is the marginal mean, not the median.
        unusual: Whether no software does this by default.
    """

    key: str
    family: str
    limits: str
    software: tuple[str, ...]
    scale: str | None = None
    tau2: str | None = None
    nodes: int = 0
    mean: bool = False
    unusual: bool = False

    @property
    def words(self) -> str:
        """What is computed."""
        if self.scale is not None:
            spread = (
                "common effect" if self.tau2 == "common" else STEPPED.get(tau2 := self.tau2 or "", f"tau2 by {tau2}")
            )
            return f"{FAMILIES[self.family]}; {SCALES[self.scale].words}; {spread}; {WAYS[self.limits]}"
        if self.family == "own":
            return f"{OWN_MODELS[self.key.split('/')[1]]}; {WAYS[self.limits]}; {_OWN_EDGES}"
        centre = "; the marginal mean" if self.mean else ""
        grid = f"; {self.nodes} quadrature {'node (Laplace)' if self.nodes == 1 else 'nodes'}" if self.nodes else ""
        return f"{FAMILIES[self.family]}{centre}{grid}; {WAYS[self.limits]}"

    @property
    def used_by(self) -> tuple[str, ...]:
        """Software with its settings."""
        return tuple(SOFTWARE[name][0] for name in self.software)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where that is documented: a DOI, or a version's own help."""
        return tuple(dict.fromkeys(SOFTWARE[name][1] for name in self.software))

    @property
    def documented(self) -> tuple[str, ...]:
        """Software with its settings and, in brackets, where that is documented."""
        return tuple(f"{SOFTWARE[name][0]} [{SOFTWARE[name][1]}]" for name in self.software)

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is known to be wrong with it, as sentences."""
        of_scale = SCALES[self.scale].wrong if self.scale else ()
        return (*of_scale, *self._wrong_limits())

    def _wrong_limits(self) -> tuple[str, ...]:
        spread = (_SPREAD,) if self.limits in NO_LIMITS else ()
        if self.family in ("totals", "unweighted"):
            return (_EQUAL if self.family == "unweighted" else _SUM, *spread)
        if self.tau2 == "common":
            return (_COMMON,)
        if self.family == "own":
            return (_MEDIAN,) if not self.mean else ()
        if self.family == "logistic-normal":
            few = (_WALD,) if self.limits == "wald" else ()
            return few if self.mean else (_MEDIAN, *few)
        early = (_EARLY,) if self.tau2 in STEPPED else ()
        normal = self.limits == "wald" or self.limits in WEIGHTS
        return (*early, *((_HK,) if self.limits == "hk" else (_WALD,) if normal else ()))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "recipe": self.key,
            "words": self.words,
            "software": list(self.used_by),
            "sources": list(self.sources),
            "known_to_be_wrong": list(self.wrong),
        }
