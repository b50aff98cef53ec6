"""Effect measures: the scales that proportions are combined on, and the limits of a single study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .measure import TO, Measure
from .proportion import Arcsine, DoubleArcsine, LogOdds, LogProportion, Probit, RawProportion

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Name -> measure; a new one is a class in proportion.py and a line here.
MEASURES: Mapping[str, Measure] = {
    "PR": RawProportion(),
    "PLN": LogProportion(),
    "PLO": LogOdds(),
    "PRZ": Probit(),
    "PAS": Arcsine(),
    "PFT": DoubleArcsine(),
}

__all__ = ["MEASURES", "TO", "Measure"]
