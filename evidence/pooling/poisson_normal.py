"""Rates: Poisson counts in a time at risk, logs of the studies' rates normal, maximum likelihood.

x_i ~ Poisson(t_i r_i), log r_i ~ N(mu, tau2). The median exp(mu) is the typical study; the mean exp(mu + tau2 / 2)
is the average study. Source: Stijnen, Hamza and Oezdemir 2010, 10.1002/sim.4040.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import ndtri

from .logistic_normal import LIMITS
from .options import check_choice, check_level, prediction_sentence, spell

if TYPE_CHECKING:
    from ..counts import Rates
    from .assemble import Parts
    from .profile import Maximum
    from .result import Estimates, Heterogeneity, Note, Pooled

PREDICTIONS: Mapping[str, str] = {
    "t": "t quantile with k - 1 degrees of freedom",
    "riley": "t quantile with k - 2 degrees of freedom",
    "normal": "normal quantile",
    "none": "none",
}


@dataclass(frozen=True, slots=True)
class PoissonNormal:
    """Specification of the Poisson-normal model of rates.

    Args:
        limits: profile-t, profile, t or wald, for the median and the mean.
        prediction: t, riley, normal or none. There is none, and a note says why, below 3 studies, where tau is
            estimated as 0, and where fewer than 3 studies have 2 events, seen or expected: it would hold too few new
            studies there.
        level: Nominal coverage of every interval, a fraction.

    Raises:
        UsageError: an unknown name (near ones are listed) or a level outside (0, 1).
    """

    limits: str = "profile-t"
    prediction: str = "t"
    level: float = 0.95

    name: ClassVar[str] = "poisson-normal"
    centre: ClassVar[str] = "typical study (median)"

    def __post_init__(self) -> None:
        check_choice("limits", self.limits, LIMITS)
        check_choice("prediction", self.prediction, PREDICTIONS)
        check_level(self.level)

    @property
    def title(self) -> str:
        """Name and limits, for the first line of a result."""
        return f"poisson-normal, ML; limits {self.limits}"

    def to_dict(self) -> dict[str, Any]:
        """Name and every option."""
        return {"name": self.name, **spell(self)}

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """The methods sentence and its citations."""
        text = (
            "Rates were pooled by a Poisson-normal model (Poisson counts in the time at risk, normally distributed log"
            " rates of the studies, maximum likelihood). The average study is the marginal mean, the typical study the"
            f" median. {self.level:.0%} limits are by {LIMITS[self.limits].replace('logit', 'log rate')}."
            f"{prediction_sentence(self, PREDICTIONS, stands_in=False)}"
        )
        return text, ("stijnen2010",)

    def fit(self, counts: Rates, study_limits: str = "exact Poisson") -> Pooled:
        """Pool one analysis of shape (k,). Arms of one study are summed: they share its random effect.

        Raises:
            DataError: counts out of n, a stack, or no time at risk.
        """
        from .given import one_rates_analysis, rates_given
        from .rate_result import assemble_rates

        return assemble_rates(self, counts, self._parts(one_rates_analysis(rates_given(counts, f"model {self.name}"))))

    def estimate(self, counts: Rates) -> Estimates:
        """Pool every analysis of a stack of shape (..., k); a stack equals its rows to 1e-10. An upper limit that was
        never reached is inf. There is no prediction interval (NaN) where tau is 0, or where fewer than 3 studies have 2
        events, seen or expected.

        Raises:
            DataError: counts out of n.
        """
        from .given import rates_given
        from .likelihood_rows import reshaped
        from .rate_rows import fit_rates

        studies = rates_given(counts, f"model {self.name}").by_study()
        out, _, _ = fit_rates(self, studies.events.reshape(-1, studies.k), studies.n.reshape(-1, studies.k))
        return reshaped(out, counts.shape)

    def _parts(self, arms: Rates) -> Parts:
        from .assemble import Parts
        from .convergence import naming
        from .likelihood_parts import arm_notes, value
        from .rate_boundaries import boundary_parts
        from .rate_rows import fit_rates

        studies = arms.by_study()
        with naming(studies):
            out, top, failures = fit_rates(self, studies.events[None], studies.n[None])
            if failures:
                raise failures[0]
        status = str(out.status[0])
        notes = (*arm_notes(arms), *self._prediction_notes(studies, status))
        if status not in ("ok", "tau-zero"):
            return replace(boundary_parts(studies, status, self.level), notes=notes)
        method = "profile" if self.limits == "profile-t" and studies.k == 2 else self.limits
        mapped = method if method.startswith("profile") else f"{method}, mapped"
        observed = studies.events.sum() / studies.time.sum()
        return Parts(
            estimate=value(out.estimate),
            ci=_interval(out.lower, out.upper, self.level, method),
            mean=value(out.mean),
            mean_ci=_interval(out.mean_lower, out.mean_upper, self.level, mapped),
            pi=_interval(out.pi_lower, out.pi_upper, self.level, self.prediction),
            status=status,
            analysis={"measure": "IRLN", "estimate": float(top.mu[0] + np.log(observed)), "se": float(top.se[0])},
            heterogeneity=self._heterogeneity(studies, top),
            log_likelihood=value(out.log_likelihood),
            median=True,
            notes=notes,
        )

    def _prediction_notes(self, studies: Rates, status: str) -> tuple[Note, ...]:
        """Why there is no prediction interval."""
        from .effects import FEWEST_FOR_PREDICTION
        from .notes import note
        from .rate_rows import FEWEST_INFORMATIVE, INFORMATIVE_EVENTS, informative

        if self.prediction == "none" or status == "single-study":
            return ()
        seen = int(informative(studies.events, studies.time))
        if studies.k < FEWEST_FOR_PREDICTION:
            why = f"there are fewer than {FEWEST_FOR_PREDICTION} studies"
        elif status == "all-zero":
            why = "without events the spread of the rates has no estimate"
        elif status == "tau-zero":
            why = "with tau estimated as 0 it would leave out how much rates may differ, and hold too few new studies"
        elif seen < FEWEST_INFORMATIVE:
            why = (
                f"only {seen} of {studies.k} studies have {INFORMATIVE_EVENTS} or more {studies.units}, seen or"
                " expected at the rate of all together, so that the spread of the rates is barely visible"
            )
        else:
            return ()
        return (note("no-prediction", why=why),)

    def _heterogeneity(self, studies: Rates, top: Maximum) -> Heterogeneity:
        from .likelihood_parts import half_chi2
        from .profile_limits import tau_limits
        from .rate_rows import scaled
        from .result import Heterogeneity

        cells = scaled(studies.events[None], studies.time[None]).cells
        lower, upper = tau_limits(cells, top, np.array([0.5 * ndtri(0.5 * (1 + self.level)) ** 2]))
        low, high = float(lower[0]), float(upper[0]) if np.isfinite(upper[0]) else None
        lr, tau = max(0.0, 2 * float(top.value[0] - top.value_zero[0])), float(top.tau[0])
        named: dict[str, Any] = {"level": self.level, "method": "profile"}
        return Heterogeneity(
            tau=tau,
            tau2=tau**2,
            tau_ci={"lower": low, "upper": high, **named},
            tau2_ci={"lower": low**2, "upper": None if high is None else high**2, **named},
            lr=lr,
            lr_p=half_chi2(lr),
        )


def _interval(lower: Any, upper: Any, level: float, method: str) -> Any:
    from .likelihood_parts import value
    from .result import Interval

    low, high = value(lower), value(upper)
    if low is None or high is None:
        return None
    sides = [side for side, there in (("lower", low <= 0), ("upper", np.isinf(high))) if there]
    return Interval(low, high, level, method, tuple(sides))
