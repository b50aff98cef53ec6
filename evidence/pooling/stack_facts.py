"""What ``fit`` tells of one analysis beside its estimates, for every analysis of a stack at once: I2 and the notes.

Two notes of ``fit`` need a search of their own and are not told: common-effect-with-heterogeneity, few-clusters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from .effects import BELOW_ONE, NO_SPREAD, Floats, centre
from .inverse_variance import clusters_of, shares
from .inverse_variance_parts import HIGH_I2
from .likelihood_rows import needs_bayes
from .stack_notes import BOUNDARIES, Bools, Marked, Stack, shared_notes
from .stack_rate_notes import prediction_notes, shared_rate_notes
from .tau2 import typical_variance

if TYPE_CHECKING:
    from ..counts import Arms
    from .inverse_variance import InverseVariance
    from .result import Estimates

#: Notes of ``fit`` that are not told of a stack.
UNTOLD = ("common-effect-with-heterogeneity", "common-effect-with-heterogeneity-rates", "few-clusters")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of each analysis of a stack.

    Attributes:
        i2: Share of the variation that is between studies, from tau2, shape (rows,); NaN where ``fit`` has none.
        notes: Code of each note and the analyses that have it, shape (rows,), in the order of ``Pooled.notes``.
    """

    i2: Floats
    notes: Marked


def facts_of(model: Any, arms: Arms, out: Estimates, several: Bools | None = None) -> Facts:
    """I2 and the notes.

    Args:
        model: A specification. arms: The stack, of shape (rows, k), that its ``estimate`` was given. out: What it said.
        several: Analyses in which arms of one study were summed before, if any were.
    """
    stack = Stack(model, arms, arms.by_study(), out)
    if several is not None:
        stack = replace(stack, summed=several)
    i2, own = _OWN.get(model.name, _nothing)(stack)
    shared = shared_rate_notes if stack.of_rates else shared_notes
    return Facts(i2, (*own, *shared(stack)))


def needs_arms(model: Any) -> bool:
    """Whether the arms of a study have to be told apart; to a likelihood of one centre only their sums matter."""
    return hasattr(model, "scale") and hasattr(model, "tau2")


_Own = tuple[Floats, Marked]


def _no_i2(stack: Stack) -> Floats:
    return np.full(stack.out.status.shape, np.nan)


def _nothing(stack: Stack) -> _Own:
    """A model without notes of its own; of rates, the arms of a study were summed."""
    return _no_i2(stack), (("several-arms", stack.several),) if stack.of_rates else ()


def _likelihood(stack: Stack) -> _Own:
    model, out = stack.model, stack.out
    bayes = needs_bayes(out, stack.studies.n, stack.k, model) & (model.prediction != "bayes")
    return _no_i2(stack), (("several-arms", stack.several), ("prediction-bayes", bayes))


def _bayesian(stack: Stack) -> _Own:
    from .bayesian import PRIOR_DOMINATED

    heavy = stack.out.se > PRIOR_DOMINATED * stack.model.mu_sd
    return _no_i2(stack), (("several-arms", stack.several), ("prior-dominated", heavy))


def _poisson(stack: Stack) -> _Own:
    return _no_i2(stack), (("several-arms", stack.several), *prediction_notes(stack))


def _inverse_variance(stack: Stack) -> _Own:
    """The effects once more, with tau2 as it was estimated: nothing is searched for."""
    i2, rows = _no_i2(stack), np.flatnonzero(~np.isin(stack.out.status, BOUNDARIES))
    if rows.size == 0:
        return i2, ()
    model, scale, out = stack.model, stack.model.scale, stack.out
    events, n = stack.arms.events[rows], stack.arms.n[rows]
    y, v = scale.effects(events, n, model.add, model.to)
    tau2, shared = out.tau2[rows], shares(n, clusters_of(stack.arms))
    i2[rows] = tau2 / (tau2 + typical_variance(v))
    suffix = "-rates" if scale.of_rates else ""
    marked = (
        *_corrections(model, events, n, suffix),
        ("several-arms", shared),
        ("tau-not-identified", (n.max(-1) == 1) & (not scale.of_rates)),
        *_hartung_knapp(model, y, v, tau2, ~shared),
        ("i2-caveat" + suffix, i2[rows] > HIGH_I2),
        ("clipped" + suffix, _clipped(model, out)[rows]),
        ("prediction-without-spread", (tau2 == 0) & np.isfinite(out.pi_lower[rows])),
        ("harmonic-mean" + suffix, np.full(rows.size, model.way_back in ("harmonic", "harmonic-forced"))),
    )
    return i2, tuple((code, _spread(where, rows, i2.size)) for code, where in marked)


def _corrections(model: InverseVariance, events: Any, n: Any, suffix: str) -> Marked:
    if model.scale.correction(model.add, model.to) == 0:
        return ()
    bare = (model.scale.bare(events.astype(float), n.astype(float)) & (n > 0)).any(-1)
    if model.to == "only0":
        return (("correction" + suffix, bare),)
    return (("correction-everywhere" + suffix, bare | (model.to == "all")),)


def _hartung_knapp(model: InverseVariance, y: Floats, v: Floats, tau2: Floats, apart: Bools) -> Marked:
    """Of analyses whose studies are ``apart``, each with one arm."""
    if not model.limits.startswith("hk"):
        return ()
    found = centre(y, v, tau2, "wald", "none", model.level, tau2)
    below, narrow = apart & (found.factor < BELOW_ONE), np.zeros(tau2.size, dtype=bool)
    # A variance that is not below the usual one has limits that are wider by their quantile.
    rows = np.flatnonzero(below & (model.limits == "hk") & (found.factor > NO_SPREAD))
    quantile = np.asarray(stdtrit(found.k[rows] - 1, 0.5 * (1 + model.level)))
    narrow[rows] = quantile * np.sqrt(found.factor[rows]) * found.plain_se[rows] < found.reach[rows]
    return ("hk-q-below-1", below), ("hk-narrower-than-wald", narrow)


def _clipped(model: InverseVariance, out: Estimates) -> Bools:
    """Where a limit was cut off: it is the end of the scale then."""
    found = np.zeros(out.status.shape, dtype=bool)
    if model.scale.clipped:
        for end in model.scale.back(np.array([model.scale.lower, model.scale.upper])):
            for limits in (out.lower, out.upper, out.pi_lower, out.pi_upper):
                found |= limits == end
    return found


def _spread(marked: Bools, rows: npt.NDArray[np.intp], size: int) -> Bools:
    found = np.zeros(size, dtype=bool)
    found[rows] = marked
    return found


#: Name of a model -> its own part.
_OWN: Mapping[str, Callable[[Stack], _Own]] = {
    "bayesian": _bayesian,
    "beta-binomial": _likelihood,
    "inverse-variance": _inverse_variance,
    "logistic-normal": _likelihood,
    "poisson-normal": _poisson,
}
