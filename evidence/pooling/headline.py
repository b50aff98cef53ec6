"""What a summary may say first: counts before estimates, parts before a pool that one study dominates."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import display
from ..counts import Counts
from .notes import DOMINANT_SHARE, FEW_STUDIES, FEW_UNITS, SERIES_SIZE
from .result import Context, Headline, Interval, Pooled


def informative(studies: Counts) -> int:
    """Studies of 2 or more units: only these show differences between studies."""
    return int(np.sum(studies.n >= 2))


def headline(
    arms: Counts, pooled: tuple[str, float, Interval] | None, status: str, show_median: bool, context: Context | None
) -> Headline:
    """The headline of an analysis.

    Args:
        arms: The arms in the pool.
        pooled: What the pooled number is an estimate of, the number and its interval; None where there is none.
        status: Status of the fit.
        show_median: Whether the median may be printed in a summary.
        context: Denominators of the review, or None.
    """
    studies = arms.by_study()
    observed = _observed(arms, context)
    reason = _no_pool(studies, status, arms.units)
    level = pooled[2].level if pooled is not None else 0.95
    if reason is not None or pooled is None:
        reason = reason or "The model has no pooled proportion for these data."
        parts = tuple(_parts(studies, arms.units, level))
        return Headline("observed", observed, f"{observed}. {reason}", False, reason, parts)
    what, value, ci = pooled
    sentence = f"{what} {display.percent(value)} ({display.percent_interval(ci.lower, ci.upper)})."
    split = _needs_split(studies)
    if split is None:
        return Headline("mean", observed, f"{observed}. {sentence}", show_median)
    lines = _parts(studies, arms.units, level)
    text = "; ".join(_part_text(line) for line in lines)
    return Headline("split", observed, f"{observed}. {text}. {sentence}", show_median, split, tuple(lines))


def pooled_number(
    mean: float | None, mean_ci: Interval | None, estimate: float | None, ci: Interval | None, centre: str
) -> tuple[str, float, Interval] | None:
    """The number a headline is about: the average study, or the model's own centre where it has no mean."""
    if mean is not None and mean_ci is not None:
        return "Average study", mean, mean_ci
    if mean is None and estimate is not None and ci is not None:
        return centre[:1].upper() + centre[1:], estimate, ci
    return None


def exact_total(pooled: Pooled) -> Interval:
    """Clopper-Pearson limits of all events of a result out of all units: they assume one common probability."""
    from ..measures.limits import study_limits

    level = float(pooled.model.level)
    lower, upper = study_limits(np.array([pooled.events]), np.array([pooled.n]), "clopper-pearson", level)
    return Interval(float(lower[0]), float(upper[0]), level, "clopper-pearson")


def _observed(arms: Counts, context: Context | None) -> str:
    x, n = int(arms.events.sum()), int(arms.n.sum())
    units = arms.units
    if context is None:
        return f"{x} of {n} {units} ({display.percent(x / n, 1)})"
    text = f"{x} of {n} {units} in {context.arms_in} of {display.plural(context.arms_all, 'arm')}"
    return text if context.treated is None else f"{text}; {n} of {context.treated} treated"


def prints_counts(studies: int, units: int, events: int) -> bool:
    """Whether a headline shows counts alone: too few studies or units, no events or nothing but events.

    Args:
        studies: How many there are. units, events: Of all of them.
    """
    return studies < FEW_STUDIES or units < FEW_UNITS or events in (0, units)


def _no_pool(studies: Counts, status: str, units: str) -> str | None:
    k, n = studies.k, int(studies.n.sum())
    if status == "single-study":
        return "One study: nothing is pooled."
    if k < FEW_STUDIES:
        return f"Fewer than {FEW_STUDIES} studies: the counts are shown and not pooled."
    if n < FEW_UNITS:
        return f"Fewer than {FEW_UNITS} {units}: the counts are shown and not pooled."
    if status in ("all-zero", "all-events"):
        which = "No events" if status == "all-zero" else "Only events"
        return f"{which}: exact limits of the totals, which assume one common risk."
    return None


def _needs_split(studies: Counts) -> str | None:
    share = studies.n / studies.n.sum()
    if share.max() > DOMINANT_SHARE:
        label = studies.labels[int(share.argmax())]
        return f"{label} holds {display.percent(float(share.max()))} of the pool"
    if informative(studies) < FEW_STUDIES:
        return f"fewer than {FEW_STUDIES} studies have 2 or more units"
    if size_contrast(studies) is not None:
        return "small reports and series differ beyond their exact limits"
    return None


def size_contrast(studies: Counts) -> tuple[int, int, int, int] | None:
    """Events and units of small studies, then of series, where their exact 95 % limits don't overlap (J); else None."""
    from ..measures.limits import study_limits

    large = studies.n >= SERIES_SIZE
    if not large.any() or large.all():
        return None
    x = np.array([studies.events[~large].sum(), studies.events[large].sum()])
    n = np.array([studies.n[~large].sum(), studies.n[large].sum()])
    lower, upper = study_limits(x, n, "clopper-pearson", 0.95)
    if lower[0] <= upper[1] and lower[1] <= upper[0]:
        return None
    return int(x[0]), int(n[0]), int(x[1]), int(n[1])


def _parts(studies: Counts, units: str, level: float) -> list[dict[str, Any]]:
    """Series and smaller reports, each with its counts and exact limits."""
    large = studies.n >= SERIES_SIZE
    found = []
    for label, chosen in (
        (f"series of {SERIES_SIZE} or more {units}", large),
        (f"reports of fewer than {SERIES_SIZE} {units}", ~large),
    ):
        if chosen.any():
            found.append(_part(label, studies.take(np.flatnonzero(chosen)), chosen is large, level))
    return found


def _part(label: str, studies: Counts, by_name: bool, level: float) -> dict[str, Any]:
    from ..measures.limits import study_limits

    x, n = int(studies.events.sum()), int(studies.n.sum())
    lower, upper = study_limits(np.array([x]), np.array([n]), "clopper-pearson", level)
    members = [
        {"label": studies.labels[i], "events": int(studies.events[i]), "n": int(studies.n[i])} for i in range(studies.k)
    ]
    return {
        "label": label,
        "k": studies.k,
        "events": x,
        "n": n,
        "estimate": x / n,
        "lower": float(lower[0]),
        "upper": float(upper[0]),
        "level": level,
        "members": members if by_name else [],
    }


def _part_text(line: dict[str, Any]) -> str:
    if line["members"]:
        named = " and ".join(f"{m['events']} of {m['n']} ({m['label']})" for m in line["members"])
        return f"{line['label']}: {named}"
    limits = display.percent_interval(line["lower"], line["upper"])
    return f"{line['label']} together {line['events']} of {line['n']} ({limits})"
