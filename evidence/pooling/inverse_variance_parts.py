"""The inverse-variance numbers of one analysis as a result's parts, with the name of every formula."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import display
from ..counts import Rates
from ..errors import ComputeError, Problem
from .assemble import Parts
from .boundaries import EXACT_TOTALS, blank, classify, fill_boundaries
from .convergence import naming
from .effects import BELOW_ONE, LIMITS, NO_SPREAD, PREDICTIONS, Centre, Floats, pool_effects
from .given import one_rates_analysis
from .inconsistency import inconsistency
from .inverse_variance import clusters_of, prediction_ends, write
from .likelihood_parts import half_chi2, one_analysis, several_arms, value
from .normal_likelihood import LIKELIHOODS
from .notes import note
from .options import prediction_name
from .rate_boundaries import boundary_parts, classify_rates
from .result import Heterogeneity, Interval, Note
from .robust import FEWEST_DF
from .tau2 import cochran_q, typical_variance
from .tau2_limits import TAU2_LIMITS, profile_tau2_limits, q_profile_limits

if TYPE_CHECKING:
    from ..counts import Arms, Counts
    from .inverse_variance import InverseVariance
    from .result import Estimates

#: I2 above which the reader is told what it is not (J).
HIGH_I2 = 0.75


def parts_of(model: InverseVariance, counts: Counts | Rates, study_limits: str) -> Parts:
    """Fit one analysis.

    Raises:
        DataError: no arm has any unit. ComputeError: as ``InverseVariance.fit``.
    """
    arms: Arms = one_rates_analysis(counts) if isinstance(counts, Rates) else one_analysis(counts)
    studies, clusters = arms.by_study(), clusters_of(arms)
    classified = classify_rates if model.scale.of_rates else classify
    status = str(classified(studies.events[None], studies.n[None])[0])
    if status == "single-study" or (status in ("all-zero", "all-events") and model.boundary == "exact"):
        if isinstance(arms, Rates):
            return boundary_parts(arms, status, model.level)
        return _boundary(model, arms, status, study_limits)
    y, v = _effects(model, arms)
    with naming(arms):
        found = pool_effects(y, v, model.tau2, model.limits, model.prediction, model.level, clusters)
        spread = _heterogeneity(model, (y, v), found)
        ends = prediction_ends(model, v, found, clusters)
    out = blank(1)
    out.status[:] = "ok"
    write(out, np.arange(1), found, arms.n[None], model, ends)
    notes = _notes(model, arms, found, spread, ends)
    return replace(_parts(model, arms, (found, spread), v[0], out), notes=tuple(notes))


def _boundary(model: InverseVariance, arms: Arms, status: str, study_limits: str) -> Parts:
    """One study, no events or only events: what every model says."""
    out = blank(1)
    out.status[:] = status
    fill_boundaries(out, arms.events[None], arms.n[None], model.level, study_limits)
    method = study_limits if status == "single-study" else EXACT_TOTALS
    ci = Interval(float(out.lower[0]), float(out.upper[0]), model.level, method)
    estimate = value(out.estimate)
    return Parts(estimate, ci, estimate, ci, None, status, None, None, value(out.log_likelihood))


def _effects(model: InverseVariance, arms: Arms) -> tuple[Floats, Floats]:
    """Effects and variances of shape (1, k); every one finite and positive."""
    y, v = model.scale.effects(arms.events[None], arms.n[None], model.add, model.to)
    lost = ~(v[0] > 0)
    if lost.any():
        names = ", ".join(arms.labels[i] for i in np.flatnonzero(lost))
        of_rates = model.scale.of_rates
        other, likelihood = ("IRS, IRFT", "poisson-normal") if of_rates else ("PAS, PFT", "logistic-normal")
        raise ComputeError(
            Problem(
                "no-variance",
                f"{names}: no value or no variance on the scale {model.measure} without a correction",
                f"give add = 0.5 with to = only0, or another measure ({other}), or the model {likelihood}",
            )
        )
    small = model.scale.small(arms.events.astype(float), arms.n.astype(float))
    if model.way_back == "harmonic" and small.any():
        label = arms.labels[int(arms.n.argmin())]
        raise ComputeError(
            Problem(
                "harmonic-mean",
                f"{label} is small ({_smallness(arms)}): the harmonic mean misleads on the way back",
                "use back = inverse-variance; back = harmonic-forced insists",
            )
        )
    return y, v


def _smallness(arms: Arms) -> str:
    """How small the smallest study is: units, or events expected in its time."""
    if not isinstance(arms, Rates):
        return display.plural(int(arms.n.min()), arms.unit)
    expected = arms.time.min() * arms.events.sum() / arms.time.sum()
    return f"{display.significant(float(expected))} {arms.units} expected at the rate of all together"


def _parts(
    model: InverseVariance, arms: Arms, fitted: tuple[Centre, Heterogeneity], v: Floats, out: Estimates
) -> Parts:
    found, spread = fitted
    method, df = _limits_in_use(model, arms, found)
    weights = 1 / (v + found.tau2[0])
    mapped = method if model.scale.is_proportion else f"{method}, mapped"
    return Parts(
        estimate=value(out.estimate),
        ci=_interval(out.lower, out.upper, model.level, method, df),
        mean=value(out.mean),
        mean_ci=_interval(out.mean_lower, out.mean_upper, model.level, mapped, df),
        pi=_interval(out.pi_lower, out.pi_upper, model.level, prediction_name(model)),
        status=str(out.status[0]),
        analysis={"measure": model.measure, "estimate": float(found.mu[0]), "se": float(found.se[0])},
        heterogeneity=spread,
        log_likelihood=value(out.log_likelihood),
        weights=[float(w) for w in weights / weights.sum()],
        median=model.scale.logit,
    )


def _limits_in_use(model: InverseVariance, arms: Arms, found: Centre) -> tuple[str, float | None]:
    """Name of the limits, and the degrees of freedom where these are not one less than the studies."""
    identical = bool(found.factor[0] <= NO_SPREAD)
    if model.limits == "cr2" or arms.shares_studies:
        return ("t", None) if identical else ("cr2", float(found.df[0]))
    return ("hk-floor" if model.limits == "hk" and identical else model.limits), None


def _interval(lower: Floats, upper: Floats, level: float, method: str, df: float | None = None) -> Interval | None:
    low, high = value(lower), value(upper)
    return None if low is None or high is None else Interval(low, high, level, method, df=df)


def _heterogeneity(model: InverseVariance, effects: tuple[Floats, Floats], found: Centre) -> Heterogeneity:
    y, v = effects
    tau2 = float(found.tau2[0])
    low, high = _tau2_limits(model, y, v, found.tau2)
    lr = _likelihood_ratio(model, y, v, found.tau2)
    simulated = None
    if model.tau_test == "bootstrap" and lr is not None:
        from .bootstrap import effects_test

        simulated = effects_test(model, y[0], v[0], lr)
    named: dict[str, Any] = {"level": model.level, "method": model.tau2_limits}
    tau2_ci = {"lower": low, "upper": high, **named}
    s2, q = float(typical_variance(v)[0]), float(cochran_q(y, v)[0])
    shares = inconsistency(tau2, tau2_ci, s2, q, int(found.k[0]) - 1)
    return Heterogeneity(
        tau=float(np.sqrt(tau2)),
        tau2=tau2,
        tau_ci={"lower": float(np.sqrt(low)), "upper": float(np.sqrt(high)), **named},
        tau2_ci=tau2_ci,
        lr=lr,
        lr_p=None if lr is None else half_chi2(lr),
        lr_bootstrap=simulated,
        **asdict(shares),
    )


def _tau2_limits(model: InverseVariance, y: Floats, v: Floats, tau2: Floats) -> tuple[float, float]:
    if model.tau2_limits == "profile":
        low, high = profile_tau2_limits(y, v, tau2, model.tau2, model.level)
    else:
        low, high = q_profile_limits(y, v, model.level)
    return float(low[0]), float(high[0])


def _likelihood_ratio(model: InverseVariance, y: Floats, v: Floats, tau2: Floats) -> float | None:
    """Twice the rise of the (restricted) likelihood from tau2 = 0; only estimators that maximise it have one."""
    if model.tau2 not in LIKELIHOODS:
        return None
    value_at = LIKELIHOODS[model.tau2].value
    return max(0.0, 2 * float((value_at(y, v, tau2) - value_at(y, v, np.zeros(1)))[0]))


def _notes(model: InverseVariance, arms: Arms, found: Centre, spread: Heterogeneity, prediction: Floats) -> list[Note]:
    of_rates = model.scale.of_rates
    notes = correction_notes(model, arms)
    notes += _cluster_notes(model, arms, found)
    if not of_rates and int(arms.n.max()) == 1:
        notes.append(note("tau-not-identified", unit=arms.unit))
    notes += _hk_notes(model, arms, found)
    if spread.i2 is not None and spread.i2 > HIGH_I2:
        notes.append(note("i2-caveat-rates" if of_rates else "i2-caveat"))
    ends = [found.mu - found.reach, found.mu + found.reach, *np.where(np.isnan(prediction), found.mu, prediction)]
    if model.scale.clipped and any(model.scale.beyond(end).any() for end in ends):
        notes.append(note("clipped-rates" if of_rates else "clipped"))
    if found.tau2[0] == 0 and not np.isnan(prediction).any():
        notes.append(note("prediction-without-spread"))
    if model.way_back in ("harmonic", "harmonic-forced"):
        notes.append(note("harmonic-mean-rates" if of_rates else "harmonic-mean"))
    return notes


def correction_notes(model: InverseVariance, arms: Arms) -> list[Note]:
    """That studies were corrected, and how many."""
    add = model.scale.correction(model.add, model.to)
    corrected = int(model.scale.bare(arms.events.astype(float), arms.n.astype(float)).sum())
    suffix = "-rates" if model.scale.of_rates else ""
    if add == 0 or (corrected == 0 and model.to != "all"):
        return []
    if model.to == "only0":
        return [note("correction" + suffix, corrected=corrected, k=arms.k, add=f"{add:g}")]
    return [note("correction-everywhere" + suffix, k=arms.k, add=f"{add:g}")]


def _cluster_notes(model: InverseVariance, arms: Arms, found: Centre) -> list[Note]:
    """That limits allow for arms of one study, and how little they may rest on."""
    method, df = _limits_in_use(model, arms, found)
    robust = "" if df is None else f" (CR2, {display.number(df, 1)} degrees of freedom)"
    how = f"the limits ({method}) count studies, not arms" if df is None else _ROBUST + robust
    notes = several_arms(arms, how)
    if method == "cr2" and df is not None and df < FEWEST_DF:
        notes.append(note("few-clusters", df=display.number(df, 1)))
    return notes


_ROBUST = "the limits allow for that by a robust variance, clustered by study"


def _hk_notes(model: InverseVariance, arms: Arms, found: Centre) -> list[Note]:
    if arms.shares_studies or not model.limits.startswith("hk") or found.factor[0] >= BELOW_ONE:
        return []
    identical = found.factor[0] <= NO_SPREAD
    raised = model.limits == "hk-floor" or identical
    action = "kept" if not raised else "raised to 1" + (": the effects are identical" if identical else "")
    notes = [note("hk-q-below-1", action=action)]
    wald = pool_reach(found, model.level)
    if found.reach[0] < wald:
        notes.append(note("hk-narrower-than-wald"))
    return notes


def pool_reach(found: Centre, level: float) -> float:
    """Half the width of the Wald interval of the same centre."""
    from scipy.special import ndtri

    return float(ndtri(0.5 * (1 + level)) * found.plain_se[0])


def describe(model: InverseVariance) -> tuple[str, tuple[str, ...]]:
    """The methods sentence of the model and its citation keys."""
    scale = model.scale
    add = scale.correction(model.add, model.to)
    what, cells, without, lacking, (size, sizes) = _RATES if scale.of_rates else _PROPORTIONS
    where = {"only0": f"of studies without {without}", "all": "of all studies"}.get(
        model.to, f"of all studies if any has no {lacking}"
    )
    corrected = f" {add:g} was added to {cells} {where}." if add > 0 else ""
    back = (
        f" It was transformed back with {_BACK[model.way_back].format(size=size, sizes=sizes)}."
        if model.way_back
        else ""
    )
    quantile = PREDICTIONS[model.prediction]
    prediction = (
        "" if model.prediction == "none" else f" Prediction intervals ({prediction_name(model)}) use the {quantile}."
    )
    text = (
        f"{what} were pooled on the scale of the {scale.scale} ({model.measure}) by inverse variances with random"
        f" effects; the between-study variance was estimated by {ESTIMATORS[model.tau2]}, its limits by"
        f" {TAU2_LIMITS[model.tau2_limits]}.{corrected}{back} {model.level:.0%} limits ({model.limits}) use"
        f" {LIMITS[model.limits]}; with several arms of a study they use {LIMITS['cr2']}.{prediction}"
    )
    parts = (model.tau2, model.tau2_limits, model.limits, model.prediction.removesuffix("-classic"))
    used = dict.fromkeys(_SOURCES[part] for part in parts if part in _SOURCES)
    return text, (*used, *scale.cites, "pustejovsky2018")


#: Name of an option -> its source.
_SOURCES = {
    "REML": "viechtbauer2005",
    "ML": "viechtbauer2005",
    "HE": "viechtbauer2005",
    "HS": "viechtbauer2005",
    "DL": "dersimonian1986",
    "PM": "paule1982",
    "EB": "morris1983",
    "SJ": "sidik2005",
    "q-profile": "viechtbauer2007",
    "profile": "hardy1996",
    "hk": "knapp2003",
    "hk-floor": "knapp2003",
    "riley": "riley2011",
}


_BACK = {
    "inverse-variance": "the {size} 1 / (4 se^2) that its own standard error stands for",
    "harmonic": "the harmonic mean of the {sizes}",
    "harmonic-forced": "the harmonic mean of the {sizes}",
}
#: What is pooled, what a correction is added to, what studies that get it are without (or have no), what a size is.
_PROPORTIONS = (
    "Proportions",
    "events and non-events",
    "events or non-events",
    "events or no non-events",
    ("sample size", "sample sizes"),
)
_RATES = ("Rates", "events", "events", "events", ("time at risk", "times at risk"))
ESTIMATORS = {
    "REML": "restricted maximum likelihood",
    "ML": "maximum likelihood",
    "DL": "DerSimonian and Laird's moments",
    "PM": "Paule and Mandel's method",
    "EB": "the empirical Bayes method",
    "HE": "Hedges and Olkin's method",
    "HS": "Hunter and Schmidt's method",
    "SJ": "Sidik and Jonkman's method",
}
