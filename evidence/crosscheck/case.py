"""One analysis as it is given to other software, and our numbers of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..pooling import pool, specified
from .comparison import Quantity

if TYPE_CHECKING:
    from ..counts import Counts, Rates
    from ..pooling import Model
    from ..pooling.effects import Centre
    from ..pooling.inverse_variance import InverseVariance
    from ..pooling.result import Floats, Interval, Pooled

#: Models in which the arms of one study share its random effect: other software is given their sums.
SUMMED = ("common-effect", "logistic-normal", "beta-binomial", "bayesian", "poisson-normal")
#: Words for the scales met most; the others have their codes.
SCALES: Mapping[str, str] = {"PLO": "logit", "IRLN": "log rate"}
#: Mean and median that differ by less are one number, which is shown once.
ONE_NUMBER = 1e-12


@dataclass(frozen=True, slots=True)
class Case:
    """What is checked.

    Attributes:
        model: The frozen specification.
        counts: The arms present, summed by study where the model does so.
        pooled: Our result.
        study_limits: Name of the studies' own limits.
        arms: The arms present, none summed: those that have limits of their own.
    """

    model: Any
    counts: Counts | Rates
    pooled: Pooled
    study_limits: str
    arms: Counts | Rates

    @property
    def alpha(self) -> float:
        """1 - level, free of the last digits' noise (0.05, not 0.050000000000000044)."""
        return float(round(1 - self.model.level, 12))

    @property
    def is_rates(self) -> bool:
        """Whether these are events in a time at risk."""
        return hasattr(self.counts, "time")

    @property
    def fitted(self) -> bool:
        """Whether the model was fitted: no boundary was answered instead."""
        return self.pooled.analysis is not None

    @property
    def inverse_variance(self) -> InverseVariance | None:
        """The specification, where it is the inverse-variance model."""
        return cast("InverseVariance", self.model) if self.model.name == "inverse-variance" else None

    def effects(self) -> tuple[Floats, Floats]:
        """Effects and variances of shape (k,) on the measure's scale."""
        model = cast("InverseVariance", self.model)
        return model.scale.effects(self.counts.events, self.counts.n, model.add, model.to)

    def centre(self) -> Centre:
        """The pooled effect on the measure's scale, shape ()."""
        from ..pooling.effects import pool_effects

        model = cast("InverseVariance", self.model)
        return pool_effects(*self.effects(), model.tau2, model.limits, model.prediction, model.level)


def case_of(counts: Counts | Rates, model: str | Model, study_limits: str = "clopper-pearson") -> Case:
    """Pool one analysis and keep what other software must be given.

    Raises:
        EvidenceError: as ``evidence.pool``.
    """
    chosen = specified(model)
    pooled = cast("Pooled", pool(counts, chosen, study_limits))
    return Case(chosen, _given(counts, chosen), pooled, study_limits, counts.present())


def case_from(counts: Counts | Rates, pooled: Pooled, study_limits: str) -> Case:
    """The case of a result that is there already."""
    return Case(pooled.model, _given(counts, pooled.model), pooled, study_limits, counts.present())


def _given(counts: Counts | Rates, model: Any) -> Counts | Rates:
    present = counts.present()
    return present.by_study() if model.name in SUMMED else present


def quantities(case: Case) -> dict[str, Quantity]:
    """Our numbers by key, in the order in which they are printed."""
    found = [*_analysis(case), *_proportion(case), *_spread(case), *_likelihood(case), *_exact(case), *_studies(case)]
    return {quantity.key: quantity for quantity in found}


def _analysis(case: Case) -> list[Quantity]:
    """Estimate, standard error and limits on the scale of the analysis."""
    analysis = case.pooled.analysis
    if analysis is None:
        return []
    estimate, se, code = float(analysis["estimate"]), float(analysis["se"]), str(analysis["measure"])
    scale = SCALES.get(code, code)
    found = [
        Quantity("estimate", f"estimate ({scale})", estimate, se),
        Quantity("se", f"standard error ({scale})", se, se),
    ]
    reach = _reach(case, se)
    if reach is not None:
        how = case.model.limits
        found.append(Quantity("lower", f"lower limit ({scale}, {how})", estimate - reach, se))
        found.append(Quantity("upper", f"upper limit ({scale}, {how})", estimate + reach, se))
    return found


def _reach(case: Case, se: float) -> float | None:
    """Half the width of the interval on the scale of the analysis; None where it has no such width."""
    from scipy.special import ndtri, stdtrit

    if case.inverse_variance is not None:
        return float(case.centre().reach)
    tail = 0.5 * (1 + case.model.level)
    limits = getattr(case.model, "limits", "")
    if limits == "wald":
        return float(ndtri(tail) * se)
    return float(stdtrit(case.counts.k - 1, tail) * se) if limits == "t" else None


def _proportion(case: Case) -> list[Quantity]:
    """The same on the scale of the proportion or rate, with the mean and the prediction interval."""
    pooled, what = case.pooled, "rate" if case.is_rates else "proportion"
    if not case.fitted or pooled.estimate is None:
        return []
    width = _width(pooled.ci) or abs(pooled.estimate)
    centre = pooled.model.centre.split(" (")[-1].rstrip(")")
    found = [Quantity("proportion", f"{what} ({centre})", pooled.estimate, width)]
    if pooled.ci is not None:
        method = pooled.ci.method
        found.append(Quantity("proportion_lower", f"lower limit ({what}, {method})", pooled.ci.lower, width))
        found.append(Quantity("proportion_upper", f"upper limit ({what}, {method})", pooled.ci.upper, width))
    if pooled.mean is not None and abs(pooled.mean - pooled.estimate) > ONE_NUMBER:
        found.append(Quantity("mean", f"mean {what} over studies", pooled.mean, width))
    if pooled.pi is not None:
        method = pooled.pi.method
        wide = _width(pooled.pi) or width
        found.append(Quantity("pi_lower", f"prediction, lower ({method})", pooled.pi.lower, wide))
        found.append(Quantity("pi_upper", f"prediction, upper ({method})", pooled.pi.upper, wide))
    return [quantity for quantity in found if np.all(np.isfinite(quantity.value))]


def _width(ci: Interval | None) -> float | None:
    return ci.upper - ci.lower if ci is not None and 0 < ci.upper - ci.lower < np.inf else None


def _spread(case: Case) -> list[Quantity]:
    """Between-study variance and what is told of it."""
    spread, analysis = case.pooled.heterogeneity, case.pooled.analysis
    if spread is None or spread.tau2 is None or analysis is None or case.model.name == "beta-binomial":
        return []
    # tau2 may be 0: its differences are measured by the variance of a typical study, within and between.
    total = spread.tau2 * spread.h2 / (spread.h2 - 1) if spread.h2 and spread.h2 > 1 else _within(case)
    total = max(total, spread.tau2)
    found = [Quantity("tau2", "tau2", spread.tau2, total)]
    if spread.tau2_ci is not None:
        method = spread.tau2_ci["method"]
        for side in ("lower", "upper"):
            value = spread.tau2_ci[side]
            if value is not None:
                label = f"tau2, {side} limit ({method})"
                found.append(Quantity(f"tau2_{side}", label, float(value), max(total, value)))
    others = (("q", "Q", spread.q), ("i2", "I2 from tau2", spread.i2), ("i2_q", "I2 from Q", spread.i2_q))
    for key, label, value in others:
        if value is not None:
            found.append(Quantity(key, label, float(value), max(float(value), 1.0)))
    return found


def _within(case: Case) -> float:
    """Sampling variance of a typical study; for counts that of the estimate, which is smaller."""
    if case.inverse_variance is None:
        analysis: Mapping[str, Any] = case.pooled.analysis or {}
        return float(analysis["se"]) ** 2
    from ..pooling.tau2 import typical_variance

    return float(typical_variance(case.effects()[1]))


def _likelihood(case: Case) -> list[Quantity]:
    value = case.pooled.log_likelihood
    if value is None or not case.fitted:
        return []
    restricted = "restricted " if case.model.to_dict().get("tau2") == "REML" else ""
    return [Quantity("log_likelihood", f"{restricted}log-likelihood", value, max(abs(value), 1.0))]


def _exact(case: Case) -> list[Quantity]:
    """Exact limits of the totals, where they are what the model reports."""
    pooled = case.pooled
    ci = pooled.mean_ci or pooled.ci
    if case.is_rates or ci is None or "clopper-pearson" not in ci.method:
        return []
    return [
        Quantity("total_lower", "lower limit of the total", ci.lower, 1.0),
        Quantity("total_upper", "upper limit of the total", ci.upper, 1.0),
    ]


def _studies(case: Case) -> list[Quantity]:
    limits = [limit for study in case.pooled.studies for limit in (study.ci.lower, study.ci.upper)]
    name = case.pooled.studies[0].ci.method
    width = max(study.ci.upper - study.ci.lower for study in case.pooled.studies)
    return [Quantity("study_limits", f"study limits ({name})", tuple(limits), min(1.0, width))]
