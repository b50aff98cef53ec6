"""The recipes that published proportions were pooled by, common defaults first, and what options allow beside them."""

from __future__ import annotations

from functools import cache
from itertools import product

from ..pooling.tau2 import TAU2
from .recipe import STEPPED, Recipe
from .scales import RARE, SCALES

#: Limits that are crossed with scales and estimators, and who makes such.
_GRID = ("wald", "hk", "hk-floor", "t")
#: Of scales that few use, only these.
_RARE_GRID = tuple(product(("DL", "REML"), ("wald", "hk")))
#: Limits that are tried with the two estimators that are used most.
_OF_WEIGHTS = tuple(product(("DL", "REML"), ("ivhet", "weights-n", "weights-equal", "hk-wider")))
#: A common effect with limits that nobody crosses it with.
_SAME = {("common", "hk"), ("common", "hk-floor")}
_WEIGHTED = {"weights-n": ("metafor-n",), "weights-equal": ("metafor-equal",), "ivhet": ("meta-ivhet", "metan4")}
_MAKERS = {
    "logit-dropped": ("metan-odds",),
    "raw-dropped": ("metan",),
    "raw-meta": ("meta",),
    "log-meta": ("meta",),
    "raw-exact": ("metan-limits",),
    "raw-wilson": ("metan-limits",),
    "raw-unbiased": ("hand",),
    "raw-poisson": ("neyeloff",),
    "log-poisson": ("metarate",),
    "anscombe": ("hand",),
}


def _iv(scale: str, tau2: str, limits: str, *software: str, unusual: bool = False) -> Recipe:
    return Recipe(f"{scale}/{tau2}/{limits}", "normal", limits, software, scale, tau2, unusual=unusual)


def _totals(limits: str, *software: str) -> Recipe:
    return Recipe(f"totals/{limits}", "totals", limits, software)


def _unweighted(limits: str) -> Recipe:
    return Recipe(f"unweighted/{limits}", "unweighted", limits, ("hand",))


def _glmm(limits: str, *software: str, nodes: int = 0, mean: bool = False) -> Recipe:
    key = f"glmm{'-mean' if mean else ''}{f'-{nodes}' if nodes else ''}/{limits}"
    return Recipe(key, "logistic-normal", limits, software, nodes=nodes, mean=mean)


def _makers(scale: str, limits: str) -> tuple[str, ...]:
    """Who makes an uncommon recipe."""
    if limits in _WEIGHTED:
        return _WEIGHTED[limits]
    if "rounded" in scale:
        return ("revman",)
    return _MAKERS.get(scale, ("metafor", "metan4", "hand") if scale.startswith("ft") else ("metafor", "meta"))


@cache
def uncommon() -> tuple[Recipe, ...]:
    """Every other pair of a scale with an estimator of tau2 and limits: what options allow, but no default is."""
    named = {recipe.key for recipe in RECIPES}
    found = []
    for scale in SCALES:
        wide = (*product((*TAU2, *STEPPED, "common"), _GRID), *_OF_WEIGHTS)
        pairs = (*_RARE_GRID, ("common", "wald")) if scale in RARE else wide
        found += [_iv(scale, tau2, limits, *_makers(scale, limits), unusual=True) for tau2, limits in pairs]
    return tuple(
        recipe
        for recipe in found
        if recipe.key not in named and recipe.tau2 != "EB" and (recipe.tau2, recipe.limits) not in _SAME
    )


#: Every recipe that is tried first, those of common defaults at the top.
RECIPES: tuple[Recipe, ...] = (
    _iv("logit", "DL", "wald", "meta3", "cma", "metafor", "openmeta", "metan4"),
    _iv("logit", "REML", "wald", "meta5", "metafor", "openmeta", "jasp", "stata18", "metan4"),
    _iv("logit", "common", "wald", "meta", "cma", "metafor-ee", "openmeta", "stata18"),
    _iv("logit", "DL", "hk", "meta4", "metafor", "cma"),
    _iv("logit", "REML", "hk", "meta5", "metafor", "jasp", "stata18"),
    _iv("logit", "REML", "hk-floor", "meta", "metafor"),
    _iv("logit", "DL", "t", "metafor"),
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
    _iv("raw", "DL", "wald", "metafor", "openmeta", "metan4"),
    _iv("raw", "REML", "wald", "metafor", "openmeta", "jasp", "stata18"),
    _iv("raw", "ML", "wald", "metafor"),
    _iv("raw", "DL", "hk", "metafor"),
    _iv("raw", "REML", "hk", "metafor", "jasp"),
    _iv("raw", "common", "wald", "metafor-ee", "openmeta", "metan4"),
    _iv("raw-meta", "DL", "wald", "meta4", "metaprop-cc"),
    _iv("raw-meta", "REML", "wald", "meta5"),
    _iv("raw-meta", "DL", "hk", "meta4"),
    _iv("raw-meta", "REML", "hk", "meta5"),
    _iv("raw-meta", "common", "wald", "meta", "metaprop-cc"),
    _iv("raw", "REML-steps", "wald", "metafor-steps", "openmeta", "jasp"),
    _iv("raw", "REML-steps", "hk", "metafor-steps", "jasp"),
    _iv("raw", "ML-steps", "wald", "metafor-steps"),
    _iv("raw", "PM-steps", "wald", "metafor-steps", "openmeta"),
    _iv("raw-meta", "REML-steps", "wald", "meta5"),
    _iv("raw-meta", "REML-steps", "hk", "meta5"),
    _iv("raw-meta", "PM-steps", "wald", "metafor-steps"),
    _iv("arcsine", "REML-steps", "wald", "meta5", "metafor-steps"),
    _iv("arcsine", "PM-steps", "wald", "metafor-steps"),
    _iv("ft-harmonic", "REML-steps", "wald", "meta5", "metafor-steps"),
    _iv("ft-harmonic", "PM-steps", "wald", "metafor-steps"),
    _iv("raw-dropped", "DL", "wald", "metaprop-stata", "metan"),
    _iv("raw-dropped", "REML", "wald", "metan"),
    _iv("raw-dropped", "common", "wald", "metaprop-stata", "metan"),
    _iv("raw", "DL", "ivhet", "metaxl"),
    _iv("raw-exact", "DL", "wald", "metan-limits"),
    _iv("raw-exact", "common", "wald", "metan-limits"),
    _iv("raw-wilson", "DL", "wald", "metan-limits"),
    _iv("raw-rounded2", "DL", "wald", "revman"),
    _iv("raw-rounded2", "common", "wald", "revman"),
    _iv("raw-rounded3", "DL", "wald", "revman"),
    _iv("logit-rounded2", "DL", "wald", "revman"),
    _iv("logit-rounded2", "common", "wald", "revman"),
    _iv("raw-poisson", "DL", "wald", "neyeloff"),
    _iv("raw-poisson", "common", "wald", "neyeloff"),
    _iv("log-poisson", "DL", "wald", "metarate"),
    _iv("log-poisson", "REML", "wald", "metarate"),
    _iv("log", "DL", "wald", "metafor", "openmeta"),
    _iv("log", "REML", "wald", "metafor"),
    _iv("log-meta", "DL", "wald", "meta4"),
    _iv("log-meta", "REML", "wald", "meta5"),
    _iv("log-meta", "REML", "hk", "meta5"),
    _iv("log-meta", "common", "wald", "meta"),
    _iv("probit", "REML", "wald", "metafor"),
    _iv("arcsine", "DL", "wald", "meta4", "metafor", "openmeta", "metan4"),
    _iv("arcsine", "REML", "wald", "meta5", "metafor"),
    _iv("arcsine", "DL", "hk", "meta4", "metafor"),
    _iv("arcsine", "REML", "hk", "meta5", "metafor"),
    _iv("arcsine", "common", "wald", "meta", "metafor-ee", "openmeta"),
    _iv("ft-harmonic", "DL", "wald", "meta2", "meta4", "metaprop-ftt", "metafor", "openmeta", "medcalc", "metan4"),
    _iv("ft-harmonic", "REML", "wald", "meta5", "metafor", "stata18", "metan4"),
    _iv("ft-harmonic", "common", "wald", "meta", "metaprop-ftt", "metafor-ee", "openmeta", "medcalc", "stata18"),
    _iv("ft-harmonic", "DL", "hk", "meta4", "metafor"),
    _iv("ft-harmonic", "REML", "hk", "meta5", "metafor", "stata18"),
    _iv("ft-harmonic", "ML", "wald", "meta", "metafor"),
    _iv("ft-harmonic", "PM", "wald", "meta", "metafor"),
    _iv("ft-harmonic", "DL", "ivhet", "metan4"),
    _iv("ft-variance", "DL", "wald", "metaxl", "sumari", "stata18"),
    _iv("ft-variance", "REML", "wald", "stata18", "hand"),
    _iv("ft-variance", "common", "wald", "metaxl", "sumari", "stata18"),
    _iv("ft-variance", "DL", "ivhet", "metaxl", "metan4"),
    _iv("ft-variance", "REML", "hk", "hand"),
    _iv("ft-switch", "DL", "wald", "metaxl", "metan4"),
    _iv("ft-switch", "DL", "ivhet", "metaxl", "metan4"),
    _iv("ft-switch", "common", "wald", "metaxl", "metan4"),
    _iv("ft-arithmetic", "DL", "wald", "metan4", "hand"),
    _iv("ft-arithmetic", "REML", "wald", "stata18", "metan4"),
    _iv("ft-geometric", "DL", "wald", "metan4"),
    _iv("ft-geometric", "REML", "wald", "stata18", "metan4"),
    _iv("ft-sine", "DL", "wald", "medcalc", "hand"),
    _iv("ft-sine", "common", "wald", "medcalc", "hand"),
    _iv("ft-sine", "REML", "wald", "hand"),
    _iv("ft1-harmonic", "DL", "wald", "medcalc", "hand"),
    _iv("ft1-harmonic", "common", "wald", "medcalc", "hand"),
    _iv("ft1-sine", "DL", "wald", "statsdirect", "medcalc", "hand"),
    _iv("ft1-sine", "common", "wald", "statsdirect", "medcalc", "hand"),
    _glmm("wald", "metafor-glmm", "meta-glmm", "metapreg", "metaprop-one"),
    _glmm("wald", "metafor-glmm", "meta-glmm", "metaprop-one", nodes=7),
    _glmm("t", "metafor-glmm", "meta-glmm", nodes=7),
    _glmm("wald", "lme4", nodes=1),
    _glmm("t", "sas", nodes=1),
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
    _totals("spread-by-n", "hunter"),
    _totals("range", "hand"),
    _unweighted("mean-t"),
    _unweighted("mean-normal"),
    _unweighted("mean-sd"),
    _unweighted("mean-range"),
    _unweighted("median-range"),
    _unweighted("median-iqr"),
)
#: What this program itself prints, for numbers that came from it.
OWN: tuple[Recipe, ...] = tuple(
    Recipe(f"evidence/{part}", "own", "profile-t", ("evidence",), mean=part != "median")
    for part in ("mean", "median", "beta-binomial")
)


def every() -> tuple[Recipe, ...]:
    """All recipes, in the order in which they are tried and told."""
    return (*RECIPES, *OWN, *uncommon())
