"""Whether a specification fits what a table holds: counts or rates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..counts import Counts, Rates
from ..errors import DataError

if TYPE_CHECKING:
    from ..pooling import Model


def fitting(model: Model, of_rates: bool) -> Model:
    """The same for what the table holds: a model of both knows by which of its parts.

    Raises:
        DataError: a model of something else, in its own words.
    """
    try:
        model.estimate(Rates([[1]], [[2.0]]) if of_rates else Counts([[1]], [[2]]))
    except DataError as error:
        raise DataError(_mended(problem) for problem in error.problems) from None
    of_both = getattr(model, "for_rates", None)
    found: Model = of_both() if of_rates and of_both is not None else model
    return found


def _mended(problem: Any) -> Any:
    if problem.code != "not-rates":
        return problem
    mend = (
        "name the column of the times at risk with --exposure COL, or use a model of counts (logistic-normal;"
        " inverse-variance with measure PLO)"
    )
    return replace(problem, message=problem.message.replace("these are counts", "the table holds counts"), mend=mend)
