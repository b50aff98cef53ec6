"""What stands in for a pooling model elsewhere: its regression, and the proportions of studies it expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from scipy.special import betaincinv, expit, logit, ndtri

from . import logistic_regression
from .beta_terms import BETA_BINOMIAL
from .regression import Regression, regression
from .result import Floats

if TYPE_CHECKING:
    from . import Model


def regression_of(model: Model) -> Regression:
    """The regression of log odds on covariates that fits a pooling model.

    The inverse-variance model has its own, on the logit whatever its measure is, with its tau2, limits and level (and
    its correction, where its own measure is the logit). Any other has the logistic-normal regression, with its limits
    where the regression has them.
    """
    given: Any = model
    if hasattr(model, "scale") and hasattr(model, "tau2"):
        correction = {"add": given.add, "to": given.to} if given.scale.logit else {}
        options = {"measure": "PLO", "tau2": given.tau2, "limits": given.limits, "level": model.level, **correction}
        return regression("inverse-variance", **options)
    limits = given.limits if given.limits in logistic_regression.LIMITS else "profile-t"
    return regression("logistic-normal", limits=limits, level=model.level)


def study_proportions(model: Model, estimate: float, tau: float, share: Floats) -> Floats | None:
    """The proportions below which shares of all studies lie, under a fitted model.

    Args:
        estimate, tau: As the model's ``estimate`` gives them. share: In (0, 1), shape (m,).

    Returns:
        Shape (m,); None where the fit is on a boundary, or the measure has no way back without a size.
    """
    given: Any = model
    if not (np.isfinite(estimate) and 0 < estimate < 1):
        return None
    if model.name == "common-effect":
        return np.full(share.shape, estimate)
    if not np.isfinite(tau):
        return None
    if getattr(model, "family", None) is BETA_BINOMIAL:
        rho = tau * tau / (estimate * (1 - estimate))
        if rho == 0:
            return np.full(share.shape, estimate)
        return np.asarray(betaincinv(estimate * (1 / rho - 1), (1 - estimate) * (1 / rho - 1), share))
    reach = tau * ndtri(share)
    if hasattr(model, "tau2"):
        scale = given.scale
        if scale.sized:
            return None
        centre, _ = scale.transformed(np.array([estimate]), np.array([1.0]))
        return cast(Floats, np.asarray(scale.back(np.clip(centre + reach, scale.lower, scale.upper)), dtype=float))
    return np.asarray(expit(logit(estimate) + reach))
