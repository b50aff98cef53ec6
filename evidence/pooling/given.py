"""What a model was given: counts or rates, whichever it pools; anything else is refused with what to do."""

from __future__ import annotations

from typing import Any

from ..counts import Counts, Rates
from ..errors import data_error


def counts_given(data: Any) -> Counts:
    """The counts.

    Raises:
        DataError: rates.
    """
    if not isinstance(data, Counts):
        raise data_error(
            "these are rates, and this model pools counts out of n",
            "use the model poisson-normal, or inverse-variance with a measure of rates (IRLN)",
            "rates",
        )
    return data


def rates_given(data: Any, who: str) -> Rates:
    """The rates; ``who`` is the model or measure that needs them.

    Raises:
        DataError: counts.
    """
    if not isinstance(data, Rates):
        raise data_error(
            f"{who} is for rates, and these are counts out of n",
            "give Rates(events, time), or use a model of counts (logistic-normal; inverse-variance with measure PLO)",
            "not-rates",
        )
    return data


def one_rates_analysis(rates: Rates) -> Rates:
    """The arms present of one analysis.

    Raises:
        DataError: a stack, or no arm with any time.
    """
    if rates.shape != ():
        raise data_error(
            f"fit() takes one analysis, not a stack of shape {rates.shape}", "use estimate() for a stack", "shape"
        )
    arms = rates.present()
    if arms.k == 0:
        raise data_error("no study has any time at risk", "give at least one study with time > 0", "no-studies")
    return arms
