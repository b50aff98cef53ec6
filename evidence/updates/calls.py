"""The call of R that makes a recipe, as far as metafor or meta has one."""

from __future__ import annotations

from collections.abc import Mapping

from .recipe import Recipe

#: Limits -> metafor's test; meta's arguments.
_TESTS: Mapping[str, str] = {"wald": "z", "hk": "knha", "hk-floor": "adhoc", "t": "t"}
_META_LIMITS: Mapping[str, str] = {
    "wald": 'method.random.ci = "classic"',
    "hk": 'method.random.ci = "HK"',
    "hk-floor": 'method.random.ci = "HK", adhoc.hakn.ci = "se"',
}
#: Scale -> metafor's measure and what else it needs.
_METAFOR: Mapping[str, str] = {
    "logit": 'measure = "PLO"',
    "logit-all": 'measure = "PLO", to = "all"',
    "logit-if": 'measure = "PLO", to = "if0all"',
    "raw": 'measure = "PR"',
    "log": 'measure = "PLN"',
    "arcsine": 'measure = "PAS"',
    "ft-harmonic": 'measure = "PFT"',
}
_META: Mapping[str, str] = {
    "logit": 'sm = "PLOGIT"',
    "logit-if": 'sm = "PLOGIT", method.incr = "if0all"',
    "raw-meta": 'sm = "PRAW"',
    "log-meta": 'sm = "PLN"',
    "arcsine": 'sm = "PAS"',
    "ft-harmonic": 'sm = "PFT"',
}
#: Nodes of metafor's GLMM where none are said.
_DEFAULT_NODES = 7


def calls(recipe: Recipe) -> tuple[str, ...]:
    """R's calls, metafor's first; none where neither package makes the recipe by itself."""
    found = (_metafor(recipe), _meta(recipe))
    return tuple(call for call in found if call is not None)


def _metafor(recipe: Recipe) -> str | None:
    test = _TESTS.get(recipe.limits)
    if test is None:
        return None
    if recipe.family == "logistic-normal" and recipe.nodes == _DEFAULT_NODES:
        return f'rma.glmm(measure = "PLO", xi = events, ni = n, test = "{test}")'
    if recipe.scale is None or recipe.scale not in _METAFOR:
        return None
    method = "EE" if recipe.tau2 == "common" else (recipe.tau2 or "").removesuffix("-steps")
    return f'rma({_METAFOR[recipe.scale]}, xi = events, ni = n, method = "{method}", test = "{test}")'


def _meta(recipe: Recipe) -> str | None:
    if recipe.family == "logistic-normal" and recipe.nodes == _DEFAULT_NODES:
        ci = 'method.random.ci = "HK"' if recipe.limits == "t" else _META_LIMITS["wald"]
        return f'metaprop(events, n, method = "GLMM", {ci})'
    if recipe.scale is None or recipe.scale not in _META or recipe.limits not in _META_LIMITS:
        return None
    start = f'metaprop(events, n, method = "Inverse", {_META[recipe.scale]}'
    if recipe.tau2 == "common":
        return f"{start}): common effect" if recipe.limits == "wald" else None
    method = (recipe.tau2 or "").removesuffix("-steps")
    return f'{start}, method.tau = "{method}", {_META_LIMITS[recipe.limits]})'
