"""The classic funnel in numbers: effects against their standard errors, with contours of p around a null.

A single proportion has no natural null, so without one the contours are drawn around the pooled centre: where studies
would lie if they all had that one proportion. Against the funnel of proportions: Hunter et al. 2014,
10.1016/j.jclinepi.2014.03.003.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ..errors import near, usage
from ..measures import MEASURES, Measure
from ..pooling.confidence_curve import counts_of
from ..pooling.result import Floats, Pooled

#: Two-sided p of the contours.
LEVELS = (0.1, 0.05, 0.01)
#: What the vertical axis may be.
HEIGHTS = ("se", "size")
#: Scales that have one value for a proportion.
MEASURES_DRAWN = tuple(name for name, scale in MEASURES.items() if not scale.sized)
#: Points along each contour, and the room beyond the largest standard error and the smallest study.
STEPS, BEYOND = 80, 1.06
#: Proportions that may have a tick.
TICKS = (
    0.001,
    0.002,
    0.005,
    0.01,
    0.02,
    0.05,
    0.1,
    0.2,
    0.3,
    0.5,
    0.7,
    0.8,
    0.9,
    0.95,
    0.98,
    0.99,
    0.995,
    0.998,
    0.999,
)


@dataclass(frozen=True, slots=True)
class Contour:
    """Where p is this or more: from ``left`` to ``right`` on the analysis scale at each height, shape (m,)."""

    p: float
    height: Floats
    left: Floats
    right: Floats


@dataclass(frozen=True, slots=True)
class ContourFunnel:
    """The funnel of one result.

    Attributes:
        measure: The scale of the effects. height: ``se`` or ``size`` (the square root of n).
        labels, x, y: Of the arms: effect on that scale, and standard error or root of n, shape (k,).
        corrected: Whether an arm has no value on the scale of its own and stands where 0.5 more events and non-events
            would put it, shape (k,).
        centre: What the contours are around, a proportion; None where nothing is pooled or the centre is 0 or 1, which
            has no place on this scale: then there are no contours.
        at: The same on the analysis scale. name: What it is, ``a given null`` where the reader named it.
        null: Whether the reader did. why: Why the centre is this one of the result's numbers, a clause; else empty.
        contours: From the largest p to the smallest. ticks: Effects and the proportions that they are.
    """

    measure: Measure
    height: str
    labels: tuple[str, ...]
    x: Floats
    y: Floats
    corrected: tuple[bool, ...]
    centre: float | None
    at: float | None
    name: str
    null: bool
    contours: tuple[Contour, ...]
    ticks: tuple[tuple[float, float], ...]
    why: str = ""


def contour_funnel(
    pooled: Pooled, measure: str = "PLO", height: str = "se", null: float | None = None
) -> ContourFunnel:
    """Effects, heights and contours.

    Args:
        pooled: A result. measure: Scale of the effects: PLO, PRZ, PLN, PAS or PR.
        height: se, or size: the square root of n; contours then have the standard error that a study of that size has
            at the centre.
        null: A proportion in (0, 1) to draw the contours around; the pooled centre if not given.

    Raises:
        UsageError: an unknown name, Freeman-Tukey's scale, which has no one value for a proportion, or a null that is
            not between 0 and 1.
    """
    scale = _scale(measure)
    if height not in HEIGHTS:
        raise usage(f"height {height!r} is not known", near(height, HEIGHTS), "height")
    if null is not None and not (isinstance(null, int | float) and 0 < null < 1):
        raise usage(f"null {null!r} is not between 0 and 1", "give a proportion, for example 0.5", "null")
    counts = counts_of(pooled)
    events, n = counts.events.astype(float), counts.n.astype(float)
    x, v = scale.effects(counts.events, counts.n)
    y = np.sqrt(v) if height == "se" else np.sqrt(n)
    bare = scale.bare(events, n) if scale.corrected else np.zeros(n.size, dtype=bool)
    centre, name, why = _centre(pooled) if null is None else (float(null), "a given null", "")
    at = None if centre is None else float(_effect(scale, np.array([centre]))[0])
    contours = () if centre is None or at is None else _contours(scale, (centre, at), height, y)
    ticks = tuple((float(_effect(scale, np.array([p]))[0]), p) for p in TICKS)
    return ContourFunnel(
        scale,
        height,
        counts.labels,
        np.asarray(x),
        np.asarray(y),
        tuple(bool(b) for b in bare),
        centre,
        at,
        name,
        null is not None,
        contours,
        ticks,
        why,
    )


def _scale(measure: str) -> Measure:
    if measure not in MEASURES_DRAWN:
        mend = near(measure, MEASURES_DRAWN) if measure not in MEASURES else f"use one of {', '.join(MEASURES_DRAWN)}"
        raise usage(f"measure {measure!r} has no funnel", mend, "funnel-measure")
    return MEASURES[measure]


def _centre(pooled: Pooled) -> tuple[float | None, str, str]:
    """The model's own centre, or its mean where that is too weakly known, its name, and why it is this one.

    None where nothing is pooled, or at an end of the scale.
    """
    if pooled.headline.kind == "observed":
        return None, "", ""
    centre = str(pooled.model.centre)
    found: float | None
    if pooled.headline.show_median and pooled.estimate is not None:
        found, name, why = pooled.estimate, centre, "the model's own centre"
    else:
        found, name, why = pooled.mean, "average study (mean)", f"as the {centre} is too weakly identified"
    return (found, name, why) if found is not None and 0 < found < 1 else (None, "", "")


def _effect(scale: Measure, proportion: Floats) -> Floats:
    """Proportions on the analysis scale."""
    return scale.transformed(proportion, np.ones_like(proportion))[0]


def _contours(scale: Measure, centre: tuple[float, float], height: str, y: Floats) -> tuple[Contour, ...]:
    proportion, at = centre
    if height == "se":
        heights = np.linspace(0.0, BEYOND * float(y.max()), STEPS)
        se = heights
    else:
        heights = np.linspace(float(y.min()) / BEYOND, BEYOND * float(y.max()), STEPS)
        se = np.sqrt(scale.transformed(proportion * heights**2, heights**2)[1])
    found = []
    for p in LEVELS:
        reach = -float(ndtri(0.5 * p)) * se
        found.append(Contour(p, heights, at - reach, at + reach))
    return tuple(found)
