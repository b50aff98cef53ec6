"""The specification that a table is pooled by: of counts or of rates, and whether it fits what the table holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..counts import Counts, Rates
from ..errors import DataError

if TYPE_CHECKING:
    from ..pooling import Model


def default_name(of_rates: bool) -> str:
    """Name of the model where none is given."""
    from ..pooling import DEFAULT_MODEL, DEFAULT_RATES_MODEL

    return DEFAULT_RATES_MODEL if of_rates else DEFAULT_MODEL


def default_options(name: str, of_rates: bool) -> dict[str, Any]:
    """Options of a named model that rates need and nobody has to give: the measure."""
    from ..pooling import MODELS, specification

    measure = getattr(specification(name), "measure_of_rates", None) if of_rates and name in MODELS else None
    return {} if measure is None else {"measure": measure}


def model_of(model: str | Model | None, of_rates: bool) -> Model:
    """The specification itself, or that of a name; without one the default.

    Raises:
        UsageError: an unknown name.
    """
    from ..pooling import model as build_model
    from ..pooling import specified

    if model is not None and not isinstance(model, str):
        return specified(model)
    name = model or default_name(of_rates)
    return build_model(name, **default_options(name, of_rates))


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
        "name the column of the times at risk with --time COL, or use a model of counts (logistic-normal;"
        " inverse-variance with measure PLO)"
    )
    return replace(problem, message=problem.message.replace("these are counts", "the table holds counts"), mend=mend)
