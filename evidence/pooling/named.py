"""The specification that a name stands for, of counts or of rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import Model


def default_name(of_rates: bool) -> str:
    """Name of the model where none is given."""
    from . import DEFAULT_MODEL, DEFAULT_RATES_MODEL

    return DEFAULT_RATES_MODEL if of_rates else DEFAULT_MODEL


def default_options(name: str, of_rates: bool) -> dict[str, Any]:
    """Options of a named model that rates need and nobody has to give: the measure."""
    from . import MODELS, specification

    measure = getattr(specification(name), "measure_of_rates", None) if of_rates and name in MODELS else None
    return {} if measure is None else {"measure": measure}


def model_of(model: str | Model | None, of_rates: bool) -> Model:
    """The specification itself, or that of a name; without one the default.

    Raises:
        UsageError: an unknown name.
    """
    from . import model as build_model
    from . import specified

    if model is not None and not isinstance(model, str):
        return specified(model)
    name = model or default_name(of_rates)
    return build_model(name, **default_options(name, of_rates))
