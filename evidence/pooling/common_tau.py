"""Groups that share one between-study spread: the result of a group that is too thin for one of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, ndtri, stdtrit

from .. import display
from ..counts import Counts
from .assemble import Parts
from .boundaries import classify
from .design import Design
from .inverse_variance_parts import correction_notes
from .joint import Joint, JointLimits, JointMaximum, chi2_fall
from .likelihood_parts import arm_notes
from .likelihood_rows import has_median
from .notes import FEW_STUDIES, note
from .options import prediction_name
from .profile import TAU_CAP, Maximum
from .profile_limits import median_proportion
from .result import Heterogeneity, Interval, Note

if TYPE_CHECKING:
    from . import Model

#: Whether groups have a between-study standard deviation of their own.
GROUP_TAU: Mapping[str, str] = {
    "by-size": "its own for a group with 3 or more studies of 2 or more units, else one common to the groups",
    "separate": "its own for every group",
    "common": "one common to all groups",
}

#: Parts of the groups asked for, by label.
Shared = Callable[["Model", Mapping[str, Counts], Sequence[str]], dict[str, Parts]]


def common_parts(model: Model, groups: Mapping[str, Counts], wanted: Sequence[str]) -> dict[str, Parts]:
    """Results of groups with the spread common to all groups.

    A group of one study, without events or with events only, or (likelihood models) of studies of one unit says nothing
    of the spread within groups: it takes no part, and keeps the exact answer that every model gives.

    Args:
        groups: All groups with a usable arm. wanted: Labels of those to be given the common spread.

    Returns:
        Parts by label. Groups that take no part have none, and nobody has where fewer than two groups take part, where
        the likelihood rises to an unbounded spread, or where the model has no such thing.
    """
    shared = _SHARED.get(model.name)
    if shared is None:
        return {}
    groups = apart(groups)
    taking_part = {label: arms for label, arms in groups.items() if not says_nothing(model, arms)}
    asked = [label for label in wanted if label in taking_part]
    return shared(model, taking_part, asked) if len(taking_part) > 1 and asked else {}


def says_nothing(model: Model, arms: Counts) -> bool:
    """Whether a group tells the model nothing of the spread within groups."""
    corrected = getattr(model, "boundary", "exact") == "corrected"
    nothing = ["single-study", *([] if corrected else ["all-zero", "all-events"])]
    if hasattr(model, "family"):
        nothing.append("tau-not-identified")
    return _status(arms) in nothing


def apart(groups: Mapping[str, Counts]) -> dict[str, Counts]:
    """The groups with studies that nobody named told apart: each is one of its own group."""
    return {label: arms.apart(label) for label, arms in groups.items()}


def has_common_tau(model: Model) -> bool:
    """Whether the model's groups can share a spread."""
    return model.name in _SHARED


def _status(arms: Counts) -> str:
    studies = arms.by_study()
    return str(classify(studies.events[None], studies.n[None])[0])


def shares_tau(how: str, arms: Counts) -> bool:
    """Whether a group is asked to share the common spread."""
    if how == "by-size":
        return int(np.sum(arms.by_study().n >= 2)) < FEW_STUDIES
    return how == "common"


def _said(groups: Mapping[str, Counts], counts: Counts) -> tuple[Note, ...]:
    """That the spread is common, and which groups it was estimated from."""
    studies = sum(arms.by_study().k for arms in groups.values())
    return (
        note("tau-common", groups=display.plural(len(groups), "group"), k=studies, units=counts.units),
        *arm_notes(counts),
    )


@dataclass(frozen=True, slots=True)
class _Likelihood:
    """The joint fit of the groups by a two-parameter likelihood."""

    model: Any
    groups: Mapping[str, Counts]
    joint: Joint
    top: JointMaximum

    @property
    def df(self) -> int:
        """Studies less groups."""
        return sum(arms.by_study().k for arms in self.groups.values()) - len(self.groups)

    @property
    def limits(self) -> str:
        """The formula in use."""
        return "profile" if self.model.limits == "profile-t" and self.df == 1 else str(self.model.limits)

    @property
    def quantile(self) -> float:
        """Of its reference distribution."""
        tail = 0.5 * (1 + self.model.level)
        normal = self.limits in ("profile", "wald")
        return float(ndtri(tail) if normal else stdtrit(float(self.df), tail))

    def parts(self, label: str) -> Parts:
        """One group."""
        model, group = self.model, list(self.groups).index(label)
        mu, tau = np.array([self.top.mu[group]]), np.array([self.top.tau])
        ends = self._ends(group)
        median = has_median(model)
        mean_ci = self._interval(np.exp([ends.mean_lower, ends.mean_upper]), mapped=median)
        ci = self._interval(median_proportion(np.array([ends.lower, ends.upper])), mapped=False) if median else mean_ci
        mean = float(np.exp(model.family.log_mean(mu, tau).value[0]))
        return Parts(
            estimate=float(expit(mu[0])) if median else mean,
            ci=ci,
            mean=mean,
            mean_ci=mean_ci,
            pi=self._prediction(group, self.groups[label]),
            status="tau-zero" if self.top.tau == 0 else "ok",
            analysis={"measure": "PLO", "estimate": float(mu[0]), "se": float(self.top.se[group])},
            heterogeneity=self._spread(group),
            log_likelihood=float(self.top.parts[group]),
            median=median,
            notes=_said(self.groups, self.groups[label]),
        )

    def _ends(self, group: int) -> JointLimits:
        if self.limits.startswith("profile"):
            return self.joint.limits(group, self.top, 0.5 * self.quantile**2)
        reach = self.quantile * float(self.top.se[group])
        mu = self.top.mu[group] + np.array([-reach, reach])
        means = self.model.family.log_mean(mu, np.full(2, self.top.tau)).value
        return JointLimits(float(mu[0]), float(mu[1]), float(means[0]), float(means[1]))

    def _interval(self, ends: Any, mapped: bool) -> Interval:
        low, high = (float(end) for end in ends)
        name = f"{self.limits}, mapped" if mapped and not self.limits.startswith("profile") else self.limits
        sides = tuple(side for side, there in (("lower", low <= 0), ("upper", high >= 1)) if there)
        return Interval(low, high, self.model.level, f"{name}, common tau", sides)

    def _prediction(self, group: int, arms: Counts) -> Interval | None:
        """The Bayesian predictive interval where the spread is not visible in the group, as without a common one."""
        from . import model as model_of

        model, studies = self.model, arms.by_study()
        if model.prediction == "none" or studies.k < FEW_STUDIES:
            return None
        thin = int(np.sum(studies.n >= 2)) < FEW_STUDIES
        if thin or self.top.tau == 0 or model.prediction in ("bayes", "bootstrap"):
            options = model.to_dict() | {"prediction": "bayes"}
            return model_of(options.pop("name"), **options).fit(arms).pi
        at = (np.array([value]) for value in (self.top.mu[group], self.top.tau, 0.0, 0.0, self.top.se[group]))
        low, high = model.plain_prediction(Maximum(*at), np.array([self.df + 1]))
        return Interval(float(low[0]), float(high[0]), model.level, f"{prediction_name(model)}, common tau")

    def _spread(self, group: int) -> Heterogeneity:
        model, top = self.model, self.top
        low, high = self.joint.tau_limits(top, chi2_fall(model.level))
        common = {"level": model.level, "method": "profile, common tau"}
        tau, tau2 = (float(value[0]) for value in model.spread(top.mu[[group]], np.array([top.tau])))
        found = Heterogeneity(tau=tau, tau2=tau2)
        if not has_median(model):
            rho, least, most = (value**2 / (1 + value**2) for value in (top.tau, low, high))
            limit = None if high >= TAU_CAP else most
            return replace(found, rho=rho, rho_ci={"lower": least, "upper": limit, **common})
        upper = None if high >= TAU_CAP else high
        return replace(
            found,
            tau_ci={"lower": low, "upper": upper, **common},
            tau2_ci={"lower": low**2, "upper": None if upper is None else upper**2, **common},
        )


def _by_likelihood(model: Any, groups: Mapping[str, Counts], wanted: Sequence[str]) -> dict[str, Parts]:
    joint = Joint.of(list(groups.values()), model.family)
    if all(_status(arms) == "tau-infinite" for arms in groups.values()):
        return {}
    top = joint.maximum()
    if top.tau >= TAU_CAP:
        return {}
    fitted = _Likelihood(model, groups, joint, top)
    return {label: fitted.parts(label) for label in wanted}


def _by_effects(model: Any, groups: Mapping[str, Counts], wanted: Sequence[str]) -> dict[str, Parts]:
    """The regression of the effects on the groups, whose residual spread is the common one."""
    arms, design = stacked(groups)
    clustered = model.limits == "cr2" or arms.shares_studies
    spec = effects_regression(model, "cr2" if clustered else model.limits)
    fitted = spec.fit(arms, design)
    rows = np.eye(len(groups))
    at = spec.predict(fitted, rows)
    beta = [c.estimate for c in fitted.coefficients]
    v = spec.scale.effects(arms.events, arms.n, model.add, model.to)[1]
    found = {}
    for label in wanted:
        i = list(groups).index(label)
        name = f"{fitted.limits}, common tau"
        mapped = name if spec.scale.is_proportion else f"{fitted.limits}, mapped, common tau"
        weights = (1 / (v + (fitted.heterogeneity.tau2 or 0.0)))[design.values[:, i] == 1]
        tau2_ci = {**(fitted.heterogeneity.tau2_ci or {}), "method": "q-profile, common tau"}
        tau_ci = {**(fitted.heterogeneity.tau_ci or {}), "method": "q-profile, common tau"}
        coefficient = fitted.coefficients[i]
        found[label] = Parts(
            estimate=float(at.estimate[i]),
            ci=_given(at.lower[i], at.upper[i], model.level, name, coefficient.df if clustered else None),
            mean=_known(at.mean[i]),
            mean_ci=_given(at.mean_lower[i], at.mean_upper[i], model.level, mapped, None),
            pi=_predicted(model, at, i, groups[label]),
            status=fitted.status,
            analysis={"measure": model.measure, "estimate": beta[i], "se": coefficient.se},
            heterogeneity=Heterogeneity(
                tau=fitted.heterogeneity.tau, tau2=fitted.heterogeneity.tau2, tau_ci=tau_ci, tau2_ci=tau2_ci
            ),
            log_likelihood=None,
            weights=[float(w) for w in weights / weights.sum()],
            median=spec.scale.logit,
            notes=(*_said(groups, groups[label]), *correction_notes(model, groups[label].present())),
        )
    return found


def _predicted(model: Any, at: Any, i: int, arms: Counts) -> Interval | None:
    """With the quantile and standard error of the limits; other formulas have none with a common spread."""
    quantile = "normal" if model.limits == "wald" else "t"
    if model.prediction == "none" or arms.by_study().k < FEW_STUDIES:
        return None
    return _given(at.pi_lower[i], at.pi_upper[i], model.level, f"{quantile}, common tau", None)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _given(low: float, high: float, level: float, name: str, df: float | None) -> Interval | None:
    if np.isnan(low) or np.isnan(high):
        return None
    return Interval(float(low), float(high), level, name, df=df)


def stacked(groups: Mapping[str, Counts]) -> tuple[Counts, Design]:
    """All arms, and a column of zeros and ones for each group."""
    parts = [arms.present() for arms in groups.values()]
    names: list[list[str]] = [[], [], []]
    for part in parts:
        for into, more in zip(names, (part.labels, part.studies, part.keys), strict=True):
            into.extend(more)
    events, n = (np.concatenate([getattr(part, name) for part in parts]) for name in ("events", "n"))
    columns = np.repeat(np.eye(len(parts)), [part.k for part in parts], axis=0)
    return parts[0].like(events, n, *names), Design(tuple(groups), columns)


def effects_regression(model: Any, limits: str) -> Any:
    """The regression with the scale, estimator and correction of an inverse-variance model."""
    from .inverse_variance_regression import InverseVarianceRegression

    return InverseVarianceRegression(model.measure, model.tau2, limits, model.level, model.add, model.to)


_SHARED: Mapping[str, Shared] = {
    "logistic-normal": _by_likelihood,
    "beta-binomial": _by_likelihood,
    "inverse-variance": _by_effects,
}
