"""The same analysis by PyMARE: inverse-variance models of effects on our measure's scale.

Every option is given: its Knapp-Hartung limits became a silent default in 0.0.11. Its I2 comes from Q.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from .comparison import ROUNDING, Answer, Closeness

if TYPE_CHECKING:
    from .case import Case

NAME = "PyMARE"
#: Estimators of tau2 that both have.
ESTIMATORS = ("DL", "HE", "ML", "REML")
#: Our limits -> PyMARE's correction; its standard errors alone serve the t quantile, which it has not without one.
CORRECTIONS: Mapping[str, str] = {
    "wald": "wald",
    "hk": "knapp-hartung",
    "hk-floor": "knapp-hartung-conservative",
    "t": "wald",
}
SEARCHED = Closeness(1e-5, "PyMARE searches tau2 until the likelihood stands still at 12 digits, which are 6 of tau2")
NO_BINOMIAL = "it pools effects with known variances and has no likelihood of counts"


def answer(case: Case) -> Answer:
    """PyMARE's numbers, or the sentence that it has none."""
    found = version("pymare")
    model = case.inverse_variance
    if model is None:
        return Answer(NAME, found, says=f"{NO_BINOMIAL}, so it can't check a {case.model.name} model.")
    if not case.fitted:
        return Answer(NAME, found, says=f"nothing to check: the status is {case.pooled.status}.")
    if model.tau2 not in ESTIMATORS:
        return Answer(NAME, found, says=f"it has no {model.tau2} estimator of tau2 (only {', '.join(ESTIMATORS)}).")
    options: dict[str, Any] = {
        "weight_scheme": "individual",
        "rho": None,
        "small_sample_correction": CORRECTIONS[model.limits],
    }
    iterative = model.tau2 in ("ML", "REML")
    if iterative:
        options |= {"method": model.tau2, "xtol": 1e-12, "ftol": 1e-12, "maxiter": 200}
    values = _values(case, model.tau2, options)
    closeness = dict.fromkeys(values, SEARCHED) | {"q": ROUNDING, "i2_q": ROUNDING} if iterative else {}
    apart = {}
    if model.limits == "t":
        apart = dict.fromkeys(("lower", "upper"), "PyMARE has no t quantile without Knapp and Hartung's variance")
    return Answer(NAME, found, values, closeness, apart, options=options)


def _values(case: Case, tau2: str, options: Mapping[str, Any]) -> dict[str, float]:
    from pymare import Dataset
    from pymare.estimators import DerSimonianLaird, Hedges, VarianceBasedLikelihoodEstimator

    estimator = {"DL": DerSimonianLaird, "HE": Hedges}.get(tau2, VarianceBasedLikelihoodEstimator)
    y, v = case.effects()
    fitted = estimator(**options).fit_dataset(Dataset(y=y, v=v, X=None, add_intercept=True)).summary()
    fixed, spread = fitted.get_fe_stats(alpha=case.alpha), fitted.get_heterogeneity_stats()
    return {
        "estimate": _number(fixed["est"]),
        "se": _number(fixed["se"]),
        "lower": _number(fixed["ci_l"]),
        "upper": _number(fixed["ci_u"]),
        "tau2": _number(fitted.tau2),
        "q": _number(spread["Q"]),
        "i2_q": _number(spread["I^2"]) / 100,
    }


def _number(array: Any) -> float:
    return float(np.ravel(array)[0])
