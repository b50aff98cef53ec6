"""The logistic-normal model with proper priors: answers where the likelihood alone has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import expit

from ..errors import usage
from ..measures import MEASURES
from .assemble import Parts, assemble
from .bayesian_summary import LIMITS, Summary, probabilities, summarise
from .boundaries import Integers, blank, classify, fill_boundaries
from .cells import Index, cells_of
from .convergence import filled, naming
from .given import counts_given
from .likelihood_parts import arm_notes, one_analysis
from .notes import note
from .options import BAYES_PREDICTIVE, check_choice, check_level, spell
from .posterior import Posterior, posteriors
from .posterior_grids import posterior_grids
from .posterior_joint import BinomialJoint, Joint, NormalJoint
from .posterior_predictive import predictive_limits
from .result import Estimates, Floats, Heterogeneity, Interval, Pooled

if TYPE_CHECKING:
    from ..counts import Counts

PRIORS: Mapping[str, str] = {
    "half-normal": "half-normal",
    "half-cauchy": "half-Cauchy",
    "uniform": "uniform from 0 to",
}
LIKELIHOODS: Mapping[str, str] = {
    "binomial": "binomial counts",
    "normal": "normal logits with known variances",
}
#: The prior's share of the posterior's width above which the result says so (J).
PRIOR_DOMINATED = 0.5


@dataclass(frozen=True, slots=True)
class Bayesian:
    """Specification of the Bayesian logistic-normal model.

    Args:
        mu_sd: Standard deviation of the normal prior of mu around 0 (50 %), on the logit; inf is a flat prior, which
            only the normal likelihood can have: with binomial counts the posterior would not be proper.
        tau_prior: half-normal, half-cauchy or uniform.
        tau_scale: Scale of tau's prior, 1 for half-normal if not given; for uniform its upper end.
        likelihood: binomial, or normal on logits, corrected by ``add`` where ``to`` says.
        limits: equal-tailed or hpd.
        level: Posterior probability of every interval, a fraction.
        add: Constant added to events and non-events, with likelihood normal only (0.5 if not given).
        to: Where it is added: only0, all, if0all or none.
        above: A proportion; the result then has the posterior probabilities of lying above it.

    Raises:
        UsageError: an unknown name, a scale that is not positive or not given, a level outside (0, 1).
    """

    mu_sd: float = 2.0
    tau_prior: str = "half-normal"
    tau_scale: float | None = None
    likelihood: str = "binomial"
    limits: str = "equal-tailed"
    level: float = 0.95
    add: float | None = None
    to: str = "only0"
    above: float | None = None

    name: ClassVar[str] = "bayesian"
    centre: ClassVar[str] = "typical study (median)"

    def __post_init__(self) -> None:
        check_choice("tau_prior", self.tau_prior, PRIORS)
        check_choice("likelihood", self.likelihood, LIKELIHOODS)
        check_choice("limits", self.limits, LIMITS)
        check_level(self.level)
        MEASURES["PLO"].correction(self.add, self.to)
        self._check_scales()
        if self.likelihood == "binomial" and (self.add is not None or self.to != "only0"):
            raise usage("binomial counts need no correction", "leave add and to out, or use likelihood normal", "add")
        if self.above is not None and not (_is_real(self.above) and 0 < self.above < 1):
            raise usage(f"above {self.above} is not between 0 and 1", "give a fraction, for example 0.5", "above")

    def _check_scales(self) -> None:
        if self.tau_scale is None and self.tau_prior != "half-normal":
            what = "upper end" if self.tau_prior == "uniform" else "scale"
            raise usage(f"tau_prior {self.tau_prior} without its {what}", "give tau_scale, for example 0.5", "prior")
        flat = self.mu_sd == np.inf and self.likelihood == "normal"
        for option, value, fine in (("mu_sd", self.mu_sd, flat), ("tau_scale", self.scale, False)):
            if not (_is_real(value) and value > 0 and np.isfinite(value)) and not fine:
                flat_mu = " (a flat prior of mu needs likelihood normal)" if option == "mu_sd" else ""
                mend = f"give a number above 0{flat_mu}"
                raise usage(f"{option} {value} is not positive and finite", mend, "prior")

    @property
    def scale(self) -> float:
        """The scale of tau's prior in use."""
        return 1.0 if self.tau_scale is None else self.tau_scale

    @property
    def title(self) -> str:
        """Name and priors, for the first line of a result."""
        normal = "" if self.likelihood == "binomial" else f", {LIKELIHOODS[self.likelihood]}"
        return (
            f"bayesian logistic-normal{normal}; mu ~ {self._mu_text()}, tau ~ {self._tau_text()}; {self.limits} limits"
        )

    def _mu_text(self) -> str:
        return "flat" if self.mu_sd == np.inf else f"N(0, sd {self.mu_sd:g})"

    def _tau_text(self) -> str:
        return f"{PRIORS[self.tau_prior]} {self.scale:g}"

    def to_dict(self) -> dict[str, Any]:
        """Name and every option, with the values in use; a flat prior of mu has ``mu_sd`` None."""
        add = MEASURES["PLO"].correction(self.add, self.to) if self.likelihood == "normal" else None
        mu_sd = None if self.mu_sd == np.inf else self.mu_sd
        return {"name": self.name, **spell(self), "tau_scale": self.scale, "add": add, "mu_sd": mu_sd}

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """The methods sentence and its citations."""
        prior = "flat prior" if self.mu_sd == np.inf else f"normal prior (mean 0, sd {self.mu_sd:g})"
        text = (
            f"A Bayesian logistic-normal model ({LIKELIHOODS[self.likelihood]}) was computed on a deterministic grid,"
            f" with a {prior} of the logit and a {self._tau_text()} prior of the between-study standard deviation;"
            f" {self.level:.0%} limits are {LIMITS[self.limits]}."
            f" The prediction interval ({BAYES_PREDICTIVE}) holds the proportion of a new study with a posterior"
            f" probability of {self.level:.0%}."
        )
        return text, ()

    def fit(self, counts: Counts, study_limits: str = "clopper-pearson") -> Pooled:
        """Pool one analysis of shape (k,).

        Raises:
            DataError: nothing to pool. ComputeError: a search did not settle.
        """
        studies = one_analysis(counts).by_study()
        events, n = studies.events, studies.n
        if studies.k == 1:
            return self._single(counts, studies, study_limits)
        with naming(studies):
            found = self.posterior(events, n)
            summary = summarise(found, self.limits, self.level, studies.k)
        # Flat mu and a half-Cauchy tau: the variance of mu does not exist for 2 studies.
        no_sd = self.mu_sd == np.inf and self.tau_prior == "half-cauchy" and studies.k == 2
        notes = arm_notes(counts)
        if summary.se > PRIOR_DOMINATED * self.mu_sd:
            notes = (*notes, note("prior-dominated"))
        parts = Parts(
            estimate=summary.median[1],
            ci=self._interval(summary.median),
            mean=summary.mean[1],
            mean_ci=self._interval(summary.mean),
            pi=None if summary.new is None else Interval(*summary.new, self.level, BAYES_PREDICTIVE),
            status="ok",
            analysis={"measure": "PLO", "estimate": summary.mu, "se": None if no_sd else summary.se},
            heterogeneity=self._heterogeneity(summary),
            log_likelihood=found.log_evidence,
            median=True,
            notes=notes,
            probabilities=None if self.above is None else probabilities(found, self.above),
        )
        return assemble(self, counts, parts, study_limits)

    def _interval(self, three: tuple[float, float, float]) -> Interval:
        return Interval(three[0], three[2], self.level, self.limits)

    def _heterogeneity(self, summary: Summary) -> Heterogeneity:
        low, tau, high = summary.tau
        named: dict[str, Any] = {"level": self.level, "method": self.limits}
        return Heterogeneity(
            tau=tau,
            tau2=tau**2,
            tau_ci={"lower": low, "upper": high, **named},
            tau2_ci={"lower": low**2, "upper": high**2, **named},
        )

    def _single(self, counts: Counts, studies: Counts, study_limits: str) -> Pooled:
        out = blank(1)
        out.status[:] = "single-study"
        fill_boundaries(out, studies.events[None], studies.n[None], self.level, study_limits)
        ci = Interval(float(out.lower[0]), float(out.upper[0]), self.level, study_limits)
        estimate = float(out.estimate[0])
        parts = Parts(estimate, ci, estimate, ci, None, "single-study", None, None, None, notes=arm_notes(counts))
        return assemble(self, counts, parts, study_limits)

    def posterior(self, events: Integers, n: Integers) -> Posterior:
        """The posterior of one analysis of shape (k,)."""
        ((_, found),) = posteriors(self.joint(events[None], n[None]), self.log_prior, self.tau_end)
        return found

    @property
    def tau_end(self) -> float:
        """Upper end of tau's prior."""
        return self.scale if self.tau_prior == "uniform" else np.inf

    def joint(self, events: Integers, n: Integers) -> Joint:
        """Likelihood and prior of mu of analyses of shape (rows, k); with the normal likelihood every n is positive."""
        precision = self.mu_sd**-2
        if self.likelihood == "normal":
            y, v = MEASURES["PLO"].effects(events, n, self.add, self.to)
            return NormalJoint(y, v, precision)
        return BinomialJoint.of(replace(cells_of(events, n), precision=precision))

    def log_prior(self, tau: Floats) -> Floats:
        """Log of the prior density of tau."""
        scale = self.scale
        if self.tau_prior == "half-normal":
            return np.asarray(0.5 * np.log(2 / np.pi) - np.log(scale) - 0.5 * (tau / scale) ** 2)
        if self.tau_prior == "half-cauchy":
            return np.asarray(np.log(2 / (np.pi * scale)) - np.log1p((tau / scale) ** 2))
        return np.full_like(tau, -np.log(scale))

    def estimate(self, counts: Counts) -> Estimates:
        """Pool every analysis of a stack of shape (..., k); rows of the same studies are computed once."""
        from .likelihood_rows import reshaped

        studies = counts_given(counts).by_study()
        events, n = studies.events.reshape(-1, studies.k), studies.n.reshape(-1, studies.k)
        out = blank(events.shape[0])
        status = classify(events, n)
        out.status[:] = np.where(np.isin(status, ("no-fit", "single-study")), status, "ok")
        fill_boundaries(out, events, n, self.level)
        regular = np.flatnonzero(out.status == "ok")
        if regular.size:
            x, size, row = distinct(events[regular], n[regular])
            found = blank(x.shape[0])
            found.status[:] = "ok"

            def fill(rows: Index) -> None:
                for i, one in self._posteriors(x[rows], size[rows]):
                    k = int(np.count_nonzero(size[rows[i]]))
                    _write(found, rows[i], one, summarise(one, self.limits, self.level, k))

            filled(fill, np.arange(x.shape[0]), found)
            for name in Estimates.__dataclass_fields__:
                getattr(out, name)[regular] = getattr(found, name)[row]
        return reshaped(out, counts.shape)

    def _posteriors(self, events: Integers, n: Integers) -> Iterator[tuple[int, Posterior]]:
        """The posterior of each row of a stack of shape (rows, k), and which row it is."""
        if self.likelihood == "binomial":
            yield from posteriors(self.joint(events, n), self.log_prior, self.tau_end)
            return
        for row, there in enumerate(n > 0):
            yield row, self.posterior(events[row, there], n[row, there])


def _write(out: Estimates, row: Index, found: Posterior, summary: Summary) -> None:
    out.lower[row], out.estimate[row], out.upper[row] = summary.median
    out.mean_lower[row], out.mean[row], out.mean_upper[row] = summary.mean
    out.tau[row], out.tau2[row] = summary.tau[1], summary.tau[1] ** 2
    out.effect[row], out.se[row], out.log_likelihood[row] = summary.mu, summary.se, found.log_evidence
    if summary.new is not None:
        out.pi_lower[row], out.pi_upper[row] = summary.new


def predictive_rows(events: Integers, n: Integers, level: float) -> tuple[Floats, Floats]:
    """Bayesian predictive limits of each row with the default priors, shape (rows,); the same studies once.

    Raises:
        ConvergenceError: a posterior or a limit of one of the rows had not settled.
    """
    model = Bayesian(level=level)
    x, size, row = distinct(events, n)
    limits = np.empty((2, x.shape[0]))
    for rows, found in posterior_grids(model.joint(x, size), model.log_prior, model.tau_end):
        limits[:, rows] = expit(predictive_limits(found, (0.5 * (1 - level), 0.5 * (1 + level))))
    return limits[0, row], limits[1, row]


def distinct(events: Integers, n: Integers) -> tuple[Integers, Integers, Index]:
    """Rows of the same studies, in whatever order, once.

    Returns:
        Events and units of these, shape (distinct, k), those that are absent first, and which of them each row is.
    """
    order = np.lexsort((events, n), axis=-1)
    table = np.concatenate([np.take_along_axis(part, order, -1) for part in (events, n)], axis=-1)
    studies, row = np.unique(table, axis=0, return_inverse=True)
    k = n.shape[1]
    return studies[:, :k], studies[:, k:], row.reshape(-1)


def _is_real(value: Any) -> bool:
    """Whether an option is a number at all."""
    return isinstance(value, Real)
