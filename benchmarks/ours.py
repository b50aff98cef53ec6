"""Our own calls: from counts to numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from evidence.counts import Counts
from evidence.pooling import model

from . import tasks
from .timing import US, Row, timed

if TYPE_CHECKING:
    from evidence.pooling.result import Estimates

#: Start of a task's key -> the model that does it.
MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "reml": ("inverse-variance", {"tau2": "REML", "limits": "hk-floor", "prediction": "t"}),
    "dl": ("inverse-variance", {"tau2": "DL", "limits": "wald", "prediction": "none"}),
    "glmm": ("logistic-normal", {"limits": "t", "prediction": "none"}),
    "leave": ("logistic-normal", {"limits": "t", "prediction": "none"}),
}


def rows(task: tasks.Task) -> Iterator[Row]:
    """One round of one task."""
    name, options = MODELS[task.key.partition("-")[0]]
    stack, chosen = Counts(task.events, task.n), model(name, **options)
    yield Row(task.title, US, timed(partial(chosen.estimate, stack)), task.rows)


def estimates(task: tasks.Task) -> Estimates:
    """What ours says of the rows that the others do."""
    name, options = MODELS[task.key.partition("-")[0]]
    return model(name, **options).estimate(Counts(task.events[: task.others], task.n[: task.others]))


def alone(quick: bool) -> Iterator[Row]:
    """One round of what no other software here does, or does alike."""
    one = Counts(*tasks.counts(1, 10))
    size = 500 if quick else 10_000
    many = Counts(*tasks.counts(size, 12))
    for title, name, options in (
        ("logistic-normal, profile-t", "logistic-normal", {}),
        ("beta-binomial, t", "beta-binomial", {"limits": "t"}),
        ("bayesian", "bayesian", {}),
    ):
        chosen = model(name, **options)
        yield Row(f"{title}: one of k = 10", US, timed(partial(chosen.estimate, one)))
    for title, name, options in (
        ("logistic-normal, t", "logistic-normal", {"limits": "t"}),
        ("beta-binomial, t", "beta-binomial", {"limits": "t"}),
        ("logistic-normal, profile-t", "logistic-normal", {"limits": "profile-t"}),
    ):
        chosen = model(name, prediction="none", **options)
        yield Row(f"{title}: {size:,} of k = 12", US, timed(partial(chosen.estimate, many)), size)
    yield from _figures()


def _figures() -> Iterator[Row]:
    """Forest plots from a result to the text of an SVG file."""
    from evidence.pooling import pool

    for k in (23, 500):
        x, n = (part[0] for part in tasks.counts(1, k))
        result: Any = pool(Counts(x, n, [f"Author {i} {1990 + i % 30}" for i in range(k)]), "common-effect")
        yield Row(f"forest plot to SVG, k = {k}", US, timed(partial(_drawn, result)))


def _drawn(result: Any) -> str:
    from evidence.figures import forest

    return forest(result).to_svg()
