"""From a model's numbers to a result: studies with their own limits, the notes all models share, the headline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .. import display
from ..counts import Counts
from . import notes as thresholds
from .headline import headline, informative, pooled_number, size_contrast
from .notes import note
from .options import BAYES_PREDICTIVE
from .result import Context, Heterogeneity, Interval, Note, Pooled, Probabilities, StudyEffect


@dataclass(frozen=True, slots=True)
class Parts:
    """What a model contributes to a result; the fields are those of ``Pooled``.

    Attributes:
        weights: Share of each arm in [0, 1], in the order of the arms present; None where there are none.
        median: Whether ``estimate`` is a median on the logit scale (so that weak identification matters).
        notes: The model's own notes.
    """

    estimate: float | None
    ci: Interval | None
    mean: float | None
    mean_ci: Interval | None
    pi: Interval | None
    status: str
    analysis: dict[str, Any] | None
    heterogeneity: Heterogeneity | None
    log_likelihood: float | None
    weights: Sequence[float] | None = None
    median: bool = False
    notes: tuple[Note, ...] = ()
    probabilities: Probabilities | None = None


def assemble(model: Any, counts: Counts, parts: Parts, study_limits: str = "clopper-pearson") -> Pooled:
    """The result of one analysis.

    Args:
        model: The specification; its ``level`` is also that of the studies' limits.
        counts: One analysis; absent arms are left out of the result.
        parts: The model's numbers.
        study_limits: Name of the studies' own limits.
    """
    arms = counts.present()
    studies = _studies(arms, parts.weights, study_limits, model.level)
    weak = _weakness(parts)
    number = pooled_number(parts.mean, parts.mean_ci, parts.estimate, parts.ci, model.centre)
    found = (*parts.notes, *_shared_notes(arms, parts, weak))
    return Pooled(
        estimate=parts.estimate,
        ci=parts.ci,
        mean=parts.mean,
        mean_ci=parts.mean_ci,
        pi=parts.pi,
        status=parts.status,
        analysis=parts.analysis,
        heterogeneity=parts.heterogeneity,
        log_likelihood=parts.log_likelihood,
        studies=studies,
        notes=found,
        model=model,
        headline=headline(arms, number, parts.status, weak is None, None),
        probabilities=parts.probabilities,
    )


def in_context(pooled: Pooled, context: Context) -> Pooled:
    """The result as part of a review: headline and notes that need the denominators of the review."""
    arms = Counts(
        [s.events for s in pooled.studies],
        [s.n for s in pooled.studies],
        [s.label for s in pooled.studies],
        [s.study for s in pooled.studies],
        unit=context.unit,
    )
    found = pooled.notes
    if context.treated:
        missing = context.treated - pooled.n
        if missing > thresholds.MISSING_SHARE * context.treated:
            share = display.percent(missing / context.treated)
            found = (
                *found,
                note(
                    "outcome-missing",
                    missing=missing,
                    treated=context.treated,
                    share=share,
                    units=arms.units,
                ),
            )
    number = pooled_number(pooled.mean, pooled.mean_ci, pooled.estimate, pooled.ci, pooled.model.centre)
    first = headline(arms, number, pooled.status, pooled.headline.show_median, context)
    return replace(pooled, notes=found, headline=first, context=context)


def _studies(arms: Counts, weights: Sequence[float] | None, method: str, level: float) -> tuple[StudyEffect, ...]:
    from ..measures.limits import study_limits

    lower, upper = study_limits(arms.events, arms.n, method, level)
    return tuple(
        StudyEffect(
            key=arms.keys[i],
            label=arms.labels[i],
            study=arms.studies[i],
            events=int(arms.events[i]),
            n=int(arms.n[i]),
            estimate=float(arms.events[i] / arms.n[i]),
            ci=Interval(float(lower[i]), float(upper[i]), level, method),
            weight=None if weights is None else float(weights[i]),
        )
        for i in range(arms.k)
    )


def _weakness(parts: Parts) -> str | None:
    """Why the typical study is too weakly identified to be printed in a summary, or None."""
    if not parts.median or parts.estimate is None:
        return None
    if parts.status == "tau-infinite":
        return "the between-study standard deviation has no estimate"
    spread, analysis = parts.heterogeneity, parts.analysis
    if spread is not None and spread.tau is not None and spread.tau > thresholds.WEAK_TAU:
        return f"tau is {display.number(spread.tau, 1)}, above {thresholds.WEAK_TAU}"
    if analysis is not None and analysis["se"] is not None and analysis["se"] > thresholds.WEAK_SE:
        return f"its standard error on the logit is {display.number(analysis['se'], 1)}, above {thresholds.WEAK_SE}"
    if parts.ci is not None and parts.ci.upper - parts.ci.lower > thresholds.WEAK_WIDTH:
        return f"its interval covers more than {display.percent(thresholds.WEAK_WIDTH)} of the scale"
    return None


def _shared_notes(arms: Counts, parts: Parts, weak: str | None) -> list[Note]:
    studies = arms.by_study()
    k, n = studies.k, int(studies.n.sum())
    found = []
    if parts.status == "single-study":
        return [note("single-study")]
    if k < thresholds.FEW_STUDIES or n < thresholds.FEW_UNITS:
        found.append(note("few-studies", k=k, n=n, units=arms.units))
    elif k <= thresholds.LITTLE_INFORMATION_K:
        found.append(note("little-information", k=k))
    found += _boundary_notes(studies, parts.status)
    found += _size_notes(studies)
    if weak is not None:
        found.append(note("weakly-identified", why=weak))
    found += _estimate_notes(parts)
    return found


def _boundary_notes(studies: Counts, status: str) -> list[Note]:
    if status in ("all-zero", "tau-zero"):
        return [note(status)]
    if status in ("all-events", "tau-not-identified"):
        return [note(status, unit=studies.unit)]
    if status == "tau-infinite":
        every = int(np.sum(studies.events == studies.n))
        return [note("tau-infinite"), note("all-or-none", all=every, none=studies.k - every)]
    return []


def _size_notes(studies: Counts) -> list[Note]:
    k, n = studies.k, studies.n
    found = []
    seen = informative(studies)
    if seen < thresholds.FEW_STUDIES and int(n.max()) > 1:
        found.append(note("tau-weak", informative=seen, k=k, units=studies.units))
    share = n / n.sum()
    if k > 1 and share.max() > thresholds.DOMINANT_SHARE:
        label = studies.labels[int(share.argmax())]
        found.append(
            note("dominant-study", label=label, share=display.percent(float(share.max())), units=studies.units)
        )
    ones = int(np.sum(n == 1))
    if ones > thresholds.SINGLETON_SHARE * k:
        found.append(note("singletons", ones=ones, k=k, unit=studies.unit))
    return found + _informative_size(studies)


def _informative_size(studies: Counts) -> list[Note]:
    contrast = size_contrast(studies)
    if contrast is None:
        return []
    small_events, small_n, large_events, large_n = contrast
    return [
        note(
            "informative-size",
            small_events=small_events,
            small_n=small_n,
            large_events=large_events,
            large_n=large_n,
            units=studies.units,
        )
    ]


def _estimate_notes(parts: Parts) -> list[Note]:
    found = []
    for what, ci in (("average study (mean)", parts.mean_ci), ("typical study (median)", parts.ci)):
        if ci is not None and ci.open and (what.startswith("average") or parts.median):
            found.append(note("limit-open", sides=" and ".join(ci.open), what=what))
    if parts.median and parts.estimate is not None and parts.mean is not None:
        apart = abs(parts.estimate - parts.mean)
        if apart > thresholds.APART:
            found.append(note("mean-median-apart", points=f"{100 * apart:.0f}"))
    found += narrower(parts)
    if parts.pi is not None and parts.pi.lower < 0.05 and parts.pi.upper > 0.95:
        found.append(note("prediction-wide"))
    return found


def narrower(parts: Parts) -> list[Note]:
    """Why a prediction interval can be narrower than the mean's limits, where it is."""
    pi, ci = parts.pi, parts.mean_ci
    if pi is None or ci is None or not pi.upper - pi.lower < ci.upper - ci.lower or not ci.method.startswith("profile"):
        return []
    prior = "the spread from the data and a prior that holds very large ones unlikely"
    spread = prior if pi.method == BAYES_PREDICTIVE else "the spread as it was estimated"
    return [note("prediction-narrower", limits=ci.method, prediction=pi.method, spread=spread)]
