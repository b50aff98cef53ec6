"""How far the Bayesian answer rests on its priors: the same counts under others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import display
from ..pooling import model

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling.result import Pooled

#: The priors that are tried, the first being the model's own.
PRIORS: Mapping[str, Mapping[str, Any]] = {
    "tau half-normal 1, mu sd 2": {},
    "tau half-normal 0.5, mu sd 2": {"tau_scale": 0.5},
    "tau half-Cauchy 0.5, mu sd 2": {"tau_prior": "half-cauchy", "tau_scale": 0.5},
    "tau half-normal 1, mu sd 1.5": {"mu_sd": 1.5},
    "tau half-normal 1, mu sd 2.5": {"mu_sd": 2.5},
}


@dataclass(frozen=True, slots=True)
class Priors:
    """The Bayesian result under each prior, by the prior's words; the first is the default."""

    results: Mapping[str, Pooled]

    @property
    def means(self) -> tuple[float, float]:
        """Smallest and largest posterior median of the average study's proportion."""
        values = [pooled.mean for pooled in self.results.values() if pooled.mean is not None]
        return min(values), max(values)

    @property
    def limits(self) -> tuple[float, float]:
        """Outermost limits of the average study."""
        found = [pooled.mean_ci for pooled in self.results.values() if pooled.mean_ci is not None]
        return min(ci.lower for ci in found), max(ci.upper for ci in found)

    def to_frame(self) -> pd.DataFrame:
        """One row per prior: mean and median with their limits, tau."""
        import pandas as pd

        return pd.DataFrame([_row(name, pooled) for name, pooled in self.results.items()])

    def __str__(self) -> str:
        low, high = (display.percent(value) for value in self.means)
        lower, upper = self.limits
        return (
            f"The average study is {low.removesuffix(' %')} to {high} under {len(self.results)} priors"
            f" (outermost limits {display.percent_interval(lower, upper)})."
        )


def priors(counts: Counts, level: float = 0.95) -> Priors:
    """The Bayesian model under each of ``PRIORS``.

    Args:
        counts: One analysis, shape (k,), with at least 2 studies.
        level: Posterior probability of the limits.

    Raises:
        DataError: a stack, or fewer than 2 studies with units.
    """
    from ..errors import data_error

    if counts.shape == () and counts.present().by_study().k < 2:
        raise data_error("one study: its own limits hold under any prior", "give at least 2 studies", "single-study")
    return Priors({name: model("bayesian", level=level, **options).fit(counts) for name, options in PRIORS.items()})


def _row(name: str, pooled: Pooled) -> dict[str, Any]:
    ci, mean_ci, spread = pooled.ci, pooled.mean_ci, pooled.heterogeneity
    return {
        "prior": name,
        "mean": pooled.mean,
        "mean_lower": mean_ci.lower if mean_ci else None,
        "mean_upper": mean_ci.upper if mean_ci else None,
        "median": pooled.estimate,
        "median_lower": ci.lower if ci else None,
        "median_upper": ci.upper if ci else None,
        "tau": spread.tau if spread else None,
    }
