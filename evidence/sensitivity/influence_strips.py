"""The measures of influence side by side, as metafor's plot of them, each with its threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .asked import headlines, known
from .pictures import Strip

if TYPE_CHECKING:
    from ..pooling.result import Floats
    from .influence import Influence

#: |studentised residual| above this: about 1 in 20 studies where nothing is amiss.
RESIDUAL_LIMIT = 1.96


def strips_of(answer: Influence) -> tuple[Strip, ...]:
    """Residual and hat value where the model has weights; Cook's distance, DFFITS, the variance, tau and the result.

    Source: Viechtbauer and Cheung 2010, 10.1002/jrsm.11.
    """
    from .influence import COOK_LIMIT, HAT_FACTOR, dffits_limit

    k, forms, weighted = len(answer.studies), answer.forms, answer.weighted
    of_dffits = dffits_limit(k)
    shown, whole = headlines(answer.left, answer.model), headlines(answer.whole, answer.model)
    found = []
    if weighted is not None:
        sides = (-RESIDUAL_LIMIT, RESIDUAL_LIMIT)
        found.append(Strip("studentised residual", _values(weighted.rstudent), 0.0, sides))
    found += [
        Strip("DFFITS", _values(forms.dffits), 0.0, (-of_dffits, of_dffits)),
        Strip("Cook's distance", _values(forms.cook), 0.0, (COOK_LIMIT,), least=0.0),
        Strip("variance without / with", _values(forms.covariance_ratio), 1.0, least=0.0),
    ]
    if np.isfinite(answer.tau):
        found.append(Strip("tau without", _values(answer.tau_without), float(answer.tau), least=0.0))
    if weighted is not None:
        found.append(Strip("hat value", _values(weighted.hat), 1 / k, (HAT_FACTOR / k,), least=0.0))
    else:
        found.append(
            Strip("result without, %", _values(shown.value), float(whole.value[0]), proportion=True, least=0.0)
        )
    return tuple(found)


def _values(array: Floats) -> tuple[float | None, ...]:
    return tuple(known(value) for value in array)
