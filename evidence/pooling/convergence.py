"""A search that ends before it settles says so: for one analysis as an error, in a stack as a row without a fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..errors import ComputeError, Problem

if TYPE_CHECKING:
    from ..counts import Arms
    from .result import Estimates

Index = npt.NDArray[np.intp]

#: Values of the last iterate, and studies, that a message names.
_SHOWN = 5
_SHOWN_STUDIES = 40
#: Rows that are fitted together: a row that does not settle costs its neighbours a few fits, not the whole stack.
_TOGETHER = 2048
MEND = (
    "report the counts; another model (common-effect, beta-binomial, bayesian) or other limits may have an answer, and"
    " this analysis is worth reporting as a defect"
)


class ConvergenceError(ComputeError):
    """A search stopped at its largest number of steps; the message holds the last iterate."""


def not_converged(what: str, steps: int, **last: npt.ArrayLike) -> ConvergenceError:
    """The error of a search.

    Args:
        what: What was searched for.
        steps: Steps taken.
        **last: The last iterate of what had not settled, by name.
    """
    iterate = ", ".join(f"{name} {_values(values)}" for name, values in last.items())
    return ConvergenceError(
        Problem("no-fit", f"the search for {what} had not settled after {steps} steps: {iterate}", MEND)
    )


def _values(values: npt.ArrayLike) -> str:
    flat = np.atleast_1d(np.asarray(values, dtype=float)).ravel()
    text = ", ".join(f"{value:.10g}" for value in flat[:_SHOWN])
    return text if flat.size <= _SHOWN else f"{text}, ..."


@contextmanager
def naming(arms: Arms) -> Iterator[None]:
    """Add the data to the error of a search within.

    Raises:
        ComputeError: with the last iterate, the data and the mend.
    """
    try:
        yield
    except ConvergenceError as error:
        shown = range(min(arms.k, _SHOWN_STUDIES))
        data = ", ".join(f"{arms.labels[i]} {arms.events[i]:g}/{arms.n[i]:g}" for i in shown)
        more = f" and {arms.k - _SHOWN_STUDIES} more" if arms.k > _SHOWN_STUDIES else ""
        found = error.problems[0]
        raise ConvergenceError(Problem(found.code, f"{found.message}; data: {data}{more}", found.mend)) from error


def filled(fill: Callable[[Index], None], rows: Index, out: Estimates) -> dict[int, ConvergenceError]:
    """Fill rows of a stack; those whose search does not settle are found by halving and get the status no-fit.

    Args:
        fill: Writes the rows it is given, each independent of the others.
        rows: Which.
        out: Where it writes.

    Returns:
        The rows without a fit, each with what its search said.
    """
    failures: dict[int, ConvergenceError] = {}
    for begin in range(0, rows.size, _TOGETHER):
        failures |= _halved(fill, rows[begin : begin + _TOGETHER], out)
    return failures


def _halved(fill: Callable[[Index], None], rows: Index, out: Estimates) -> dict[int, ConvergenceError]:
    try:
        fill(rows)
    except ConvergenceError as error:
        if rows.size == 1:
            clear(out, rows)
            return {int(rows[0]): error}
        half = rows.size // 2
        return _halved(fill, rows[:half], out) | _halved(fill, rows[half:], out)
    return {}


def clear(out: Estimates, rows: Index) -> None:
    """Status no-fit and no number in these rows."""
    for field in fields(out):
        array: Any = getattr(out, field.name)
        array[rows] = "no-fit" if field.name == "status" else np.nan
