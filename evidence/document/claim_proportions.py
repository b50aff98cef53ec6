"""A claimed proportion against our estimate; a claimed range over reports against our studies and the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import display
from ..tables.records import Row
from .claimed import FEW_STUDIES, FEW_UNITS, CheckedClaim, Limits, Verdict, arms_meant, is_own, parse_filter

if TYPE_CHECKING:
    from ..counts import Counts
    from ..pooling.result import Pooled
    from ..review.review import Review

LEVEL = 0.95


def check_proportion(review: Review, row: Row, model: Any) -> CheckedClaim:
    """A proportion of an outcome of the review.

    A single value is contradicted where it lies outside both the exact limits of our summed counts and those of the
    average study: the first assume one probability, the second give a patient of a small report more weight. A range is
    taken as one over reports: it is contradicted where a study's own limits, or the prediction interval, miss it.
    """
    from ..errors import ComputeError
    from ..outcomes import select
    from ..pooling.subgroups import Subgroups

    where, outcome, claimed = parse_filter(row["filter"]), str(row["outcome"]), _claimed(row)
    if outcome not in review.settings.outcomes or claimed is None:
        return CheckedClaim(row, where)
    try:
        selection = select(review, outcome, where=where)
    except ComputeError:
        none = "no count of it in our tables"
        return CheckedClaim(row, where, *claimed, events=0, n=0, studies=0, found=none, verdict="too few data")
    pooled = model.fit(selection.counts)
    assert not isinstance(pooled, Subgroups)
    counts = selection.counts.by_study()
    limits = exact_limits(int(counts.events.sum()), int(counts.n.sum()), LEVEL)
    estimate, prediction = _pooled(pooled)
    each = _studies(counts)
    outside = [name for name, _, own in each if not _meet(claimed, own)] if claimed[0] != claimed[1] else []
    known, arms = arms_meant(review, where)
    counted = [str(cells["arm_id"]) for cells in selection.study_columns]
    claim = CheckedClaim(
        row,
        where,
        *claimed,
        int(counts.events.sum()),
        int(counts.n.sum()),
        counts.k,
        limits,
        estimate,
        prediction,
        numbers={"lowest": min(p for _, p, _ in each), "highest": max(p for _, p, _ in each), "outside": outside},
        own=is_own(review, row, known, [arm for arm in arms if arm in counted]),
    )
    return _judged(claim, str(review.settings.outcomes[outcome].unit))


def _judged(claim: CheckedClaim, unit: str) -> CheckedClaim:
    from dataclasses import replace

    return replace(claim, found=_found(claim, unit), verdict=verdict_of(claim))


def verdict_of(claim: CheckedClaim) -> Verdict:
    """The verdict on a claim whose counts are known."""
    if (claim.studies or 0) < FEW_STUDIES or (claim.n or 0) < FEW_UNITS or claim.limits is None:
        return "too few data"
    assert claim.lower is not None and claim.upper is not None
    claimed = claim.lower, claim.upper
    if claim.is_range:
        missed = claim.prediction is not None and not _meet(claimed, claim.prediction)
        return "contradicted" if missed or claim.numbers.get("outside") else "not contradicted"
    intervals = [claim.limits, *([claim.estimate[1:]] if claim.estimate else [])]
    return "not contradicted" if any(_meet(claimed, one) for one in intervals) else "contradicted"


def _found(claim: CheckedClaim, unit: str) -> str:
    assert claim.limits is not None
    parts = [
        f"{claim.events} of {claim.n} {unit}s in {display.plural(claim.studies or 0, 'study', 'studies')}, exact limits"
        f" {display.percent_interval(*claim.limits)}"
    ]
    if claim.is_range:
        parts.append(f"studies {display.percent_interval(claim.numbers['lowest'], claim.numbers['highest'])}")
        if claim.prediction is not None:
            parts.append(f"prediction interval {display.percent_interval(*claim.prediction)}")
        if claim.numbers["outside"]:
            parts.append(f"outside the claim: {', '.join(claim.numbers['outside'])}")
    elif claim.estimate is not None:
        mean, low, high = claim.estimate
        parts.append(f"average study {display.percent(mean)}, limits {display.percent_interval(low, high)}")
    return "; ".join(parts)


def _claimed(row: Row) -> Limits | None:
    scale = 100.0 if str(row["unit"] or "").startswith("percent") else 1.0
    ends = (row["value"], row["value"]) if row["value"] is not None else (row["lower"], row["upper"])
    if ends[0] is None or ends[1] is None:
        return None
    return ends[0] / scale, ends[1] / scale


def _pooled(pooled: Pooled) -> tuple[tuple[float, float, float] | None, Limits | None]:
    """Mean with limits, and prediction interval, where the counts can be pooled."""
    if pooled.headline.kind == "observed":
        return None, None
    mean = pooled.mean_ci and pooled.mean is not None and (pooled.mean, pooled.mean_ci.lower, pooled.mean_ci.upper)
    return mean or None, (pooled.pi.lower, pooled.pi.upper) if pooled.pi else None


def _studies(counts: Counts) -> list[tuple[str, float, Limits]]:
    """Each study's label, proportion and exact limits; together the limits of all hold 95 % (Bonferroni)."""
    level = 1 - (1 - LEVEL) / counts.k
    labels = counts.labels or tuple(str(i) for i in range(1, counts.k + 1))
    return [
        (str(label), int(events) / int(n), exact_limits(int(events), int(n), level))
        for label, events, n in zip(labels, counts.events, counts.n, strict=True)
    ]


def exact_limits(events: int, n: int, level: float) -> Limits:
    """Clopper and Pearson's limits of one proportion."""
    import numpy as np

    from ..measures.limits import study_limits

    lower, upper = study_limits(np.array([events]), np.array([n]), "clopper-pearson", level)
    return float(lower[0]), float(upper[0])


def _meet(claimed: Limits, ours: Limits) -> bool:
    return claimed[0] <= ours[1] and claimed[1] >= ours[0]
