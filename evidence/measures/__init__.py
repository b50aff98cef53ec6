"""Effect measures: the scales that proportions are combined on, and the limits of a single study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .measure import TO, Measure
from .proportion import Arcsine, DoubleArcsine, LogOdds, LogProportion, Probit, RawProportion
from .rate import DoubleSquareRootRate, LogRate, RawRate, SquareRootRate

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
#: The same for rates, events per time; a new one is a class in rate.py and a line here.
RATES: Mapping[str, Measure] = {
    "IR": RawRate(),
    "IRLN": LogRate(),
    "IRS": SquareRootRate(),
    "IRFT": DoubleSquareRootRate(),
}

#: Both.
ALL: Mapping[str, Measure] = {**MEASURES, **RATES}

__all__ = ["ALL", "MEASURES", "RATES", "TO", "Measure"]
