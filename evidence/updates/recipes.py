"""The recipes that published proportions were pooled by: one value for each, and which software makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from ..pooling.effects import LIMITS
from ..pooling.tau2 import TAU2
from .scales import SCALES

#: Software and settings -> where that is documented; what is only said in many papers is marked so.
SOFTWARE: Mapping[str, tuple[str, str]] = {
    "meta2": ("R meta up to 2.3: metaprop's defaults (Freeman-Tukey, DL)", "help of metaprop, meta 2.3-0"),
    "meta3": (
        "R meta 3.0 to 4.9-1: metaprop's defaults (PLOGIT, Inverse, DL)",
        "help of metaprop, meta 3.0-1 and 4.9-1",
    ),
    "meta4": ("R meta up to 4: metaprop, method Inverse, method.tau DL (the default)", "help of metaprop, meta 4.9-6"),
    "meta5": ("R meta 5 and later: metaprop, method Inverse, method.tau REML (the default)", "NEWS of meta 5.0-0"),
    "meta-glmm": (
        "R meta: metaprop, method GLMM (the default of PLOGIT in recent versions)",
        "help of metaprop, meta 4.9-6",
    ),
    "meta": ("R meta: metaprop, method Inverse, with these settings", "as run with meta 8.4-0"),
    "meta-ivhet": ("R meta: metaprop, method.common.ci IVhet", "10.1016/j.cct.2015.05.009"),
    "metaxl": ("MetaXL", "10.1136/jech-2013-203104; 10.1016/j.cct.2015.05.009"),
    "metafor": ("R metafor: rma, with these settings", "checked against metafor 3.8-1"),
    "metafor-ee": ("R metafor: rma, method EE or FE", "checked against metafor 3.8-1"),
    "metafor-glmm": ("R metafor: rma.glmm, measure PLO", "10.1002/sim.4040, checked against metafor 3.8-1"),
    "metafor-n": ("R metafor: rma, weights = ni", "checked against metafor 3.8-1"),
    "openmeta": ("OpenMeta[Analyst], which runs metafor", "10.18637/jss.v049.i05"),
    "jasp": ("JASP and jamovi (MAJOR), which run metafor", "as papers report it, not documented here"),
    "metaprop-stata": ("Stata metaprop", "10.1186/2049-3258-72-39"),
    "metaprop-ftt": ("Stata metaprop, ftt", "10.1186/2049-3258-72-39"),
    "metaprop-one": ("Stata metaprop_one, logit", "help of metaprop_one 1.2"),
    "metapreg": ("Stata metapreg", "help of metapreg 3.0.2"),
    "metan-odds": (
        "Stata metan or meta: log odds with standard errors typed in",
        "as papers report it, not documented here",
    ),
    "metan": (
        "Stata metan or RevMan: proportions with standard errors typed in",
        "10.1186/2049-3258-72-39 (metan); RevMan as papers report it",
    ),
    "revman-odds": (
        "RevMan: generic inverse variance of log odds typed in",
        "as papers report it, not documented here",
    ),
    "cma": ("Comprehensive Meta-Analysis: event rate and sample size", "as papers report it, not documented here"),
    "medcalc": (
        "MedCalc (its way back is not documented)",
        "https://www.medcalc.org/manual/meta-analysis-proportion.php",
    ),
    "lme4": ("R lme4: glmer, binomial", "checked against lme4 1.1-31"),
    "sas": ("SAS NLMIXED, with k - 1 degrees of freedom", "as papers report it, not documented here"),
    "beta": (
        "Beta-binomial regression (R aod, VGAM; SAS; Stata)",
        "checked against an optimiser in R",
    ),
    "hand": ("By hand, or a spreadsheet", "as papers report it, not documented here"),
}

_COMMON = "It assumes one proportion for all studies: where they differ, its limits are too narrow."
_WALD = "The normal quantile with an estimated tau2 makes limits too narrow when studies are few."
_HK = "The Hartung-Knapp limits can be narrower than the usual ones (10.1002/sim.1482)."
_EARLY = "A search for tau2 that stops at absolute steps of 1e-5 stops too early where tau2 itself is that small."
_SUM = "Studies are lost from sight: patients are averaged, and limits assume one common probability."
_MEDIAN = "The centre on the logit is the typical study (median), not the average proportion (mean)."

#: Words of each way of limits.
WAYS: Mapping[str, str] = {
    **LIMITS,
    "ivhet": "fixed-effect weights with a variance that has tau2 in it, normal quantile",
    "mean-t": "mean and standard deviation of the studies' proportions, t quantile with k - 1 degrees of freedom",
    "mean-normal": "mean and standard deviation of the studies' proportions, normal quantile",
    "by-n": "weights n, variance sum n p(1 - p) / N^2, normal quantile",
    "clopper-pearson": "exact (Clopper-Pearson) limits of the totals",
    "wilson": "Wilson (score) limits of the totals",
    "simple": "normal (Wald) limits of the totals",
    "logit-wald": "normal limits of the totals on the logit",
    "agresti-coull": "Agresti-Coull limits of the totals",
    "jeffreys": "Jeffreys limits of the totals",
    "profile": "profile likelihood",
    "mapped": "normal limits of the median, carried to the mean with tau as estimated",
}
#: The families of recipes, in words.
FAMILIES: Mapping[str, str] = {
    "normal": "inverse variance",
    "totals": "sum of events / sum of n",
    "unweighted": "each study counts alike",
    "logistic-normal": "binomial random-effects model (GLMM), maximum likelihood",
    "beta-binomial": "beta-binomial model, maximum likelihood",
}


#: Estimators that stop where metafor stops by default -> in words.
STEPPED: Mapping[str, str] = {
    "REML-steps": "tau2 by REML with metafor's default control (it stops at steps of 1e-5)",
    "ML-steps": "tau2 by ML with metafor's default control (it stops at steps of 1e-5)",
}
#: Limits that are crossed with scales and estimators where no recipe matches, and who makes such.
_GRID = ("wald", "hk", "hk-floor", "t")
#: A common effect with limits that nobody crosses it with.
_SAME = {("common", "hk"), ("common", "hk-floor")}
_OTHER = {False: ("metafor", "meta"), True: ("metafor", "hand")}


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
    """

    key: str
    family: str
    limits: str
    software: tuple[str, ...]
    scale: str | None = None
    tau2: str | None = None
    nodes: int = 0
    mean: bool = False

    @property
    def words(self) -> str:
        """What is computed."""
        if self.scale is not None:
            spread = (
                "common effect" if self.tau2 == "common" else STEPPED.get(tau2 := self.tau2 or "", f"tau2 by {tau2}")
            )
            return f"{FAMILIES[self.family]}; {SCALES[self.scale].words}; {spread}; {WAYS[self.limits]}"
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
        if self.family in ("totals", "unweighted"):
            says = "A report of one patient counts as much as a large series." if self.family == "unweighted" else _SUM
            return (says,)
        if self.tau2 == "common":
            return (_COMMON,)
        if self.family == "logistic-normal":
            few = (_WALD,) if self.limits == "wald" else ()
            return few if self.mean else (_MEDIAN, *few)
        early = (_EARLY,) if self.tau2 in STEPPED else ()
        return (*early, *((_HK,) if self.limits == "hk" else (_WALD,) if self.limits in ("wald", "ivhet") else ()))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "recipe": self.key,
            "words": self.words,
            "software": list(self.used_by),
            "sources": list(self.sources),
            "known_to_be_wrong": list(self.wrong),
        }


def _iv(scale: str, tau2: str, limits: str, *software: str) -> Recipe:
    return Recipe(f"{scale}/{tau2}/{limits}", "normal", limits, software, scale, tau2)


def uncommon() -> tuple[Recipe, ...]:
    """Every other pair of a scale with an estimator of tau2 and limits: what options allow, but no default is."""
    named = {recipe.key for recipe in RECIPES}
    grid = [
        _iv(scale, tau2, limits, *_OTHER[scale.startswith("ft")])
        for scale, tau2, limits in product(SCALES, (*TAU2, *STEPPED, "common"), _GRID)
    ]
    return tuple(
        recipe
        for recipe in grid
        if recipe.key not in named and recipe.tau2 != "EB" and (recipe.tau2, recipe.limits) not in _SAME
    )


def _totals(limits: str, *software: str) -> Recipe:
    return Recipe(f"totals/{limits}", "totals", limits, software)


def _glmm(limits: str, *software: str, nodes: int = 0, mean: bool = False) -> Recipe:
    key = f"glmm{'-mean' if mean else ''}{f'-{nodes}' if nodes else ''}/{limits}"
    return Recipe(key, "logistic-normal", limits, software, nodes=nodes, mean=mean)


#: Every recipe that is tried, those of common defaults first.
RECIPES: tuple[Recipe, ...] = (
    _iv("logit", "DL", "wald", "meta3", "cma", "metafor", "openmeta"),
    _iv("logit", "REML", "wald", "meta5", "metafor", "openmeta", "jasp"),
    _iv("logit", "common", "wald", "meta", "cma", "metafor-ee", "openmeta"),
    _iv("logit", "DL", "hk", "meta4", "metafor"),
    _iv("logit", "REML", "hk", "meta5", "metafor", "jasp"),
    _iv("logit", "REML", "hk-floor", "meta", "metafor"),
    _iv("logit", "REML", "t", "metafor"),
    _iv("logit", "ML", "wald", "meta", "metafor", "openmeta"),
    _iv("logit", "ML", "hk", "meta", "metafor"),
    _iv("logit", "PM", "wald", "meta", "metafor", "openmeta"),
    _iv("logit", "PM", "hk", "meta", "metafor"),
    _iv("logit", "SJ", "wald", "meta", "metafor", "openmeta"),
    _iv("logit", "SJ", "hk", "meta", "metafor"),
    _iv("logit", "HS", "wald", "meta", "metafor", "openmeta"),
    _iv("logit", "HE", "wald", "meta", "metafor", "openmeta"),
    _iv("logit", "DL", "ivhet", "meta-ivhet", "metaxl"),
    _iv("logit-all", "DL", "wald", "metafor", "openmeta"),
    _iv("logit-all", "REML", "wald", "metafor"),
    _iv("logit-if", "DL", "wald", "meta4", "metafor"),
    _iv("logit-if", "REML", "wald", "meta5", "metafor"),
    _iv("logit-dropped", "DL", "wald", "revman-odds", "metan-odds"),
    _iv("logit-dropped", "REML", "wald", "metan-odds"),
    _iv("logit-dropped", "common", "wald", "revman-odds", "metan-odds"),
    _iv("raw", "DL", "wald", "metafor", "openmeta"),
    _iv("raw", "REML", "wald", "metafor", "openmeta", "jasp"),
    _iv("raw", "ML", "wald", "metafor"),
    _iv("raw", "DL", "hk", "metafor"),
    _iv("raw", "REML", "hk", "metafor", "jasp"),
    _iv("raw", "common", "wald", "metafor-ee", "openmeta"),
    _iv("raw-meta", "DL", "wald", "meta4"),
    _iv("raw-meta", "REML", "wald", "meta5"),
    _iv("raw-meta", "DL", "hk", "meta4"),
    _iv("raw-meta", "REML", "hk", "meta5"),
    _iv("raw-meta", "common", "wald", "meta"),
    _iv("raw", "REML-steps", "wald", "metafor", "openmeta", "jasp"),
    _iv("raw", "REML-steps", "hk", "metafor", "jasp"),
    _iv("raw", "ML-steps", "wald", "metafor"),
    _iv("raw-meta", "REML-steps", "wald", "meta5"),
    _iv("raw-meta", "REML-steps", "hk", "meta5"),
    _iv("arcsine", "REML-steps", "wald", "meta5", "metafor"),
    _iv("ft-harmonic", "REML-steps", "wald", "meta5", "metafor"),
    _iv("raw-dropped", "DL", "wald", "metaprop-stata", "metan"),
    _iv("raw-dropped", "REML", "wald", "metan"),
    _iv("raw-dropped", "common", "wald", "metaprop-stata", "metan"),
    _iv("raw", "DL", "ivhet", "metaxl"),
    _iv("log", "DL", "wald", "metafor", "openmeta"),
    _iv("log", "REML", "wald", "metafor"),
    _iv("log-meta", "DL", "wald", "meta4"),
    _iv("log-meta", "REML", "wald", "meta5"),
    _iv("log-meta", "REML", "hk", "meta5"),
    _iv("log-meta", "common", "wald", "meta"),
    _iv("probit", "REML", "wald", "metafor"),
    _iv("arcsine", "DL", "wald", "meta4", "metafor", "openmeta"),
    _iv("arcsine", "REML", "wald", "meta5", "metafor"),
    _iv("arcsine", "DL", "hk", "meta4", "metafor"),
    _iv("arcsine", "REML", "hk", "meta5", "metafor"),
    _iv("arcsine", "common", "wald", "meta", "metafor-ee", "openmeta"),
    _iv("ft-harmonic", "DL", "wald", "meta2", "meta4", "metaprop-ftt", "metafor", "openmeta", "medcalc"),
    _iv("ft-harmonic", "REML", "wald", "meta5", "metafor"),
    _iv("ft-harmonic", "common", "wald", "meta", "metaprop-ftt", "metafor-ee", "openmeta", "medcalc"),
    _iv("ft-harmonic", "DL", "hk", "meta4", "metafor"),
    _iv("ft-harmonic", "REML", "hk", "meta5", "metafor"),
    _iv("ft-harmonic", "ML", "wald", "meta", "metafor"),
    _iv("ft-harmonic", "PM", "wald", "meta", "metafor"),
    _iv("ft-variance", "DL", "wald", "metaxl"),
    _iv("ft-variance", "REML", "wald", "hand"),
    _iv("ft-variance", "common", "wald", "metaxl"),
    _iv("ft-variance", "DL", "ivhet", "metaxl"),
    _iv("ft-variance", "REML", "hk", "hand"),
    _iv("ft-arithmetic", "DL", "wald", "hand"),
    _iv("ft-sine", "DL", "wald", "medcalc", "hand"),
    _iv("ft-sine", "common", "wald", "medcalc", "hand"),
    _iv("ft-sine", "REML", "wald", "hand"),
    _iv("ft1-harmonic", "DL", "wald", "medcalc", "hand"),
    _iv("ft1-harmonic", "common", "wald", "medcalc", "hand"),
    _iv("ft1-sine", "DL", "wald", "medcalc", "hand"),
    _iv("ft1-sine", "common", "wald", "medcalc", "hand"),
    _glmm("wald", "metafor-glmm", "meta-glmm", "metapreg", "metaprop-one"),
    _glmm("wald", "metafor-glmm", "meta-glmm", nodes=7),
    _glmm("t", "metafor-glmm", "meta-glmm", nodes=7),
    _glmm("wald", "lme4", nodes=1),
    _glmm("t", "sas", "metafor-glmm", "meta-glmm"),
    _glmm("profile", "lme4"),
    _glmm("mapped", "metapreg", mean=True),
    Recipe("beta-binomial/wald", "beta-binomial", "wald", ("beta",)),
    Recipe("beta-binomial/t", "beta-binomial", "t", ("beta", "sas")),
    _totals("clopper-pearson", "hand"),
    _totals("wilson", "hand"),
    _totals("simple", "hand"),
    _totals("logit-wald", "metaprop-one", "metapreg", "metafor-glmm"),
    _totals("agresti-coull", "hand"),
    _totals("jeffreys", "hand"),
    _totals("by-n", "metafor-n", "hand"),
    Recipe("unweighted/mean-t", "unweighted", "mean-t", ("hand",)),
    Recipe("unweighted/mean-normal", "unweighted", "mean-normal", ("hand",)),
)
