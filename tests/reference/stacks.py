"""Leave-one-out and cumulative analyses beside metafor's: each is one stack here."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import logit

from evidence.counts import Counts
from evidence.measures import MEASURES
from evidence.pooling.effects import NO_SPREAD, centre
from evidence.pooling.inverse_variance import InverseVariance
from evidence.pooling.tau2 import TAU2, cochran_q, typical_variance
from tests.reference.cases import Case
from tests.reference.matching import LIMITS, THRESHOLD, Floats, Pair, numbers

#: Order of the rows of a stack differs from metafor's start values by this much of a standard error at the most.
SLACK = 1e-7


def present(case: Case) -> np.ndarray:
    """Which studies are in each row, shape (rows, k); rows of fewer than 2 studies are no analysis."""
    if case.procedure == "leave1out":
        return ~np.eye(case.xi.size, dtype=bool)
    assert case.values is not None
    rank = np.array(case.values["order"]).argsort()
    return np.asarray(rank[None, :] <= np.arange(case.xi.size)[:, None])


def stack_pairs(case: Case) -> Iterator[Pair]:
    """Every row's pooled effect, standard error, limits, tau2, Q, I2 and H2."""
    assert case.values is not None
    inside = present(case)
    rows = np.flatnonzero(inside.sum(1) >= 2)
    if rows.size == 0:
        return
    counts = np.where(inside[rows], case.xi, 0), np.where(inside[rows], case.ni, 0)
    found, y, v = _pooled(case, *counts)
    s2 = typical_variance(v)
    found |= {"Q": cochran_q(y, v)}
    if case.options["method"] != "EE":
        found |= {"I2": 100 * found["tau2"] / (found["tau2"] + s2), "H2": found["tau2"] / s2 + 1}
    unit = found["plain_se"] * (SLACK + case.xi.size * THRESHOLD / (found["tau2"] + v.min(-1)))
    allowed = {
        "tau2": SLACK * found["tau2"] + THRESHOLD,
        "Q": 1e-9 * (found["Q"] + 1e-10),
        "I2": 100 * (SLACK + THRESHOLD / s2),
        "H2": (SLACK + THRESHOLD / s2) * (found["tau2"] / s2 + 1),
    }
    width = found["factor"] <= NO_SPREAD
    for name in ("b", "se", "ci_lb", "ci_ub", "tau2", "Q", "I2", "H2"):
        if name in found and isinstance(case.values.get(name), list):
            reference = numbers(case.values[name])[rows]
            for i in np.flatnonzero(~np.isnan(reference)):
                zero = case.options["test"] == "knha" and width[i] and name in ("se", "ci_lb", "ci_ub")
                room = float(allowed.get(name, unit)[i])
                yield Pair(name, float(found[name][i]), reference[i], room, "zero-width limits" if zero else None)
    yield from _model_pairs(case, counts, found, numbers(case.values["b"])[rows])


def _pooled(case: Case, x: Floats, n: Floats) -> tuple[dict[str, Floats], Floats, Floats]:
    y, v = MEASURES[case.options["measure"]].effects(x, n)
    method = case.options["method"]
    tau2 = np.zeros(y.shape[0]) if method == "EE" else TAU2[method](y, v)
    part = centre(y, v, tau2, LIMITS[case.options["test"]], "none", 0.95, np.zeros(y.shape[0]))
    found = {"b": part.mu, "se": part.se, "ci_lb": part.mu - part.reach, "ci_ub": part.mu + part.reach}
    return found | {"tau2": part.tau2, "plain_se": part.plain_se, "factor": part.factor}, y, v


def _model_pairs(
    case: Case, counts: tuple[Floats, Floats], found: dict[str, Floats], reference: Floats
) -> Iterator[Pair]:
    """The same through the model itself, where its estimate can be put back on the scale of the analysis."""
    options = case.options
    if options["method"] == "EE" or options["measure"] != "PLO":
        return
    limits = LIMITS[options["test"]]
    model = InverseVariance(options["measure"], options["method"], limits, "none", boundary="corrected")
    stack = model.estimate(Counts(counts[0].astype(int), counts[1].astype(int)))
    for i in np.flatnonzero(~np.isnan(reference)):
        room = 1e-7 * float(found["plain_se"][i]) + 1e-12
        yield Pair(
            "model's b", float(logit(stack.estimate[i])), reference[i], room + 1e-6 * float(found["plain_se"][i])
        )
