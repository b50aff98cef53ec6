"""Our own calls: from counts to numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from evidence.counts import Counts
from evidence.pooling import model

from . import tasks
from .timing import Row, best

US = "evidence"


def rows(quick: bool) -> Iterator[Row]:
    """Single analyses, then stacks."""
    one = Counts(*(part[0] for part in tasks.counts(1, 10)))
    singles = {
        tasks.REML: model("inverse-variance"),
        tasks.DL: model("inverse-variance", tau2="DL", limits="wald"),
        tasks.LOGISTIC: model("logistic-normal", limits="t"),
        "logistic-normal, profile-t limits, k = 10": model("logistic-normal"),
        "beta-binomial, t limits, k = 10": model("beta-binomial", limits="t"),
        "bayesian, k = 10": model("bayesian"),
    }
    for task, chosen in singles.items():
        yield Row(task, US, best(partial(chosen.estimate, one), quick))
    x, n = (part[0] for part in tasks.counts(1, 20))
    left_out = Counts(*tasks.without_each(x, n))
    chosen = model("logistic-normal", limits="t")
    yield Row(tasks.LEAVE_OUT, US, best(partial(chosen.estimate, left_out), quick), 20)
    size = 500 if quick else 10_000
    many = Counts(*tasks.counts(size, 10))
    stacks: list[tuple[str, dict[str, Any]]] = [
        ("inverse-variance", {}),
        ("logistic-normal", {"limits": "t"}),
        ("logistic-normal", {"limits": "profile-t"}),
        ("beta-binomial", {"limits": "t"}),
    ]
    yield from _figures(quick)
    for name, options in stacks:
        prediction: dict[str, Any] = {} if name == "inverse-variance" else {"prediction": "none"}
        stacked = model(name, **options, **prediction)
        seconds = best(partial(stacked.estimate, many), quick, at_least=0.0, rounds=1)
        yield Row(f"{name} {options.get('limits', 'REML')}, stack of {size:,}, k = 10", US, seconds, size)


def _figures(quick: bool) -> Iterator[Row]:
    """Forest plots from a result to the text of an SVG file."""
    from evidence.pooling import pool

    for k in (23, 500):
        x, n = (part[0] for part in tasks.counts(1, k))
        result: Any = pool(Counts(x, n, [f"Author {i} {1990 + i % 30}" for i in range(k)]), "common-effect")
        yield Row(f"forest plot to SVG, k = {k}", US, best(partial(_drawn, result), quick))


def _drawn(result: Any) -> str:
    from evidence.figures import forest

    return forest(result).to_svg()
