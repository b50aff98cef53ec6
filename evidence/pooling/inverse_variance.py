"""The classical model: effects on a measure's scale, normal with known variances, weighted by 1 / (v + tau2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from ..errors import usage
from ..measures import ALL
from .boundaries import Integers, blank, classify, fill_boundaries
from .convergence import filled
from .effects import FEWEST_FOR_PREDICTION, LIMITS, PREDICTIONS, Centre, Floats, pool_effects
from .given import counts_given, rates_given
from .options import check_bootstrap, check_choice, check_level, spell
from .packed import by_width, together
from .rate_boundaries import classify_rates, fill_rate_boundaries
from .robust import Index, cluster_index
from .tau2 import TAU2
from .tau2_limits import TAU2_LIMITS

if TYPE_CHECKING:
    from ..counts import Arms, Counts, Rates
    from ..measures import Measure
    from .result import Estimates, Pooled

#: What stands in for a sample size on the way back from the double arcsine.
BACK: Mapping[str, str] = {
    "inverse-variance": "1 / (4 se^2) of the pooled value",
    "harmonic": "the harmonic mean of the sample sizes, or times at risk, refused when one is small",
    "harmonic-forced": "the harmonic mean of the sample sizes, or times at risk, whatever they are",
}
BOUNDARY: Mapping[str, str] = {
    "exact": "no events, or only events: exact limits of the totals",
    "corrected": "no events, or only events: the corrected analysis all the same",
}
#: Units, or time at risk.
Sizes = npt.NDArray[Any]
#: Rows of a stack that are fitted together.
_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class InverseVariance:
    """Specification of the inverse-variance random-effects model.

    Args:
        measure: Scale: PR, PLN, PLO, PRZ, PAS or PFT of proportions, IR, IRLN, IRS or IRFT of rates.
        tau2: Estimator of the between-study variance: REML, DL, PM, ML, EB, HE, HS or SJ.
        limits: hk-floor, hk, t, wald or cr2; always cr2 where studies have several arms.
        prediction: t, riley or normal, each with the standard error of the limits, or with the suffix -classic
            the unadjusted one; bootstrap; or none. There is none below 3 studies.
        level: Nominal coverage of every interval, a fraction.
        add: Constant added to events and non-events, of rates to events alone; None for the measure's own (0.5, or 0
            where none is needed).
        to: Where it is added: only0, all, if0all or none.
        back: For PFT and IRFT, the size on the way back: inverse-variance (default), harmonic or harmonic-forced.
        tau2_limits: q-profile, or profile (only with ML and REML).
        boundary: exact or corrected: what is reported when no study has an event, or none a non-event.
        tau_test: half-chi2, or bootstrap for a p from simulated data beside it (tau2 ML or REML).
        draws, seed: Data sets that a bootstrap simulates, and the seed of its generator.

    Raises:
        UsageError: an unknown name (near ones are listed), a level outside (0, 1), or options that do not fit.
    """

    measure: str = "PLO"
    tau2: str = "REML"
    limits: str = "hk-floor"
    prediction: str = "t"
    level: float = 0.95
    add: float | None = None
    to: str = "only0"
    back: str | None = None
    tau2_limits: str = "q-profile"
    boundary: str = "exact"
    tau_test: str = "half-chi2"
    draws: int = 2000
    seed: int = 1

    name: ClassVar[str] = "inverse-variance"
    measure_of_rates: ClassVar[str] = "IRLN"

    def __post_init__(self) -> None:
        check_choice("measure", self.measure, ALL)
        check_choice("tau2", self.tau2, TAU2)
        check_choice("limits", self.limits, LIMITS)
        check_choice("prediction", self.prediction, PREDICTIONS)
        check_choice("tau2_limits", self.tau2_limits, TAU2_LIMITS)
        check_choice("boundary", self.boundary, BOUNDARY)
        check_level(self.level)
        check_bootstrap(self.tau_test, self.draws, self.seed)
        self.scale.correction(self.add, self.to)
        if self.back is not None:
            check_choice("back", self.back, BACK)
            if not self.scale.sized:
                raise usage(f"back {self.back!r} with measure {self.measure}", "leave back out", "back")
        if self.tau2_limits == "profile" and self.tau2 not in ("ML", "REML"):
            raise usage(
                f"tau2_limits 'profile' with tau2 {self.tau2}, which has no likelihood",
                "use tau2_limits q-profile, or tau2 ML or REML",
                "tau2_limits",
            )

    @property
    def scale(self) -> Measure:
        """The measure itself."""
        return ALL[self.measure]

    @property
    def way_back(self) -> str | None:
        """The ``back`` in use; None where the scale needs no size."""
        return (self.back or "inverse-variance") if self.scale.sized else None

    @property
    def title(self) -> str:
        """Name, scale, estimator and limits, for the first line of a result."""
        return f"inverse-variance, {self.scale.title} ({self.measure}), {self.tau2}; limits {self.limits}"

    @property
    def centre(self) -> str:
        """What the estimate is."""
        return self.scale.centre

    def to_dict(self) -> dict[str, Any]:
        """Name and every option, with the values in use."""
        chosen = {"add": self.scale.correction(self.add, self.to), "back": self.way_back}
        return {"name": self.name, **spell(self), **chosen}

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """The methods sentence and its citations."""
        from .inverse_variance_parts import describe

        return describe(self)

    def fit(self, counts: Counts | Rates, study_limits: str = "clopper-pearson") -> Pooled:
        """Pool one analysis.

        Args:
            counts: Shape (k,); rates for a measure of rates. Where studies have several arms, the limits are cr2,
                clustered by study.
            study_limits: Name of the studies' own limits; those of a rate are exact.

        Raises:
            DataError: nothing to pool, or rates where counts are needed. ComputeError: a study has no value or no
                variance on the measure's scale, the harmonic mean is asked for with a study that is small, or a search
                did not settle.
        """
        from .assemble import assemble
        from .inverse_variance_parts import parts_of
        from .rate_result import assemble_rates

        if self.scale.of_rates:
            rates = rates_given(counts, f"measure {self.measure}")
            return assemble_rates(self, rates, parts_of(self, rates, study_limits))
        counts = counts_given(counts)
        return assemble(self, counts, parts_of(self, counts, study_limits), study_limits)

    def estimate(self, counts: Counts | Rates) -> Estimates:
        """Pool every analysis of a stack of shape (..., k); a stack equals its rows to 1e-10.

        Where two arms present share a study, the limits of that analysis are cr2, clustered by study. Status is no-fit
        where a study has no value or no variance on the measure's scale, or where the harmonic mean is refused.
        A search that does not settle has no fit either.
        """
        from .likelihood_rows import reshaped

        arms = rates_given(counts, f"measure {self.measure}") if self.scale.of_rates else counts_given(counts)
        events, n = arms.events.reshape(-1, arms.k), arms.n.reshape(-1, arms.k)
        return reshaped(fit_rows(self, events, n, clusters_of(arms)), arms.shape)


def clusters_of(counts: Arms) -> Index | None:
    """The number of each arm's study, shape (k,); None where every arm is a study of its own."""
    return cluster_index(counts.studies) if counts.shares_studies else None


def fit_rows(model: InverseVariance, events: Integers, n: Sizes, clusters: Index | None = None) -> Estimates:
    """Fit a stack of shape (rows, k)."""
    out = blank(events.shape[0])
    of_rates = model.scale.of_rates
    out.status[:] = (classify_rates if of_rates else classify)(*by_cluster(events, n, clusters))
    regular = ["tau-not-identified", "tau-infinite"]
    if model.boundary == "corrected":
        regular += ["all-zero", "all-events"]
    for status in regular:
        out.status[out.status == status] = "ok"
    (fill_rate_boundaries if of_rates else fill_boundaries)(out, events, n, model.level)
    shared = shares(n, clusters)
    alone = (out.status == "ok") & ~shared
    for rows, width in by_width(n, alone.nonzero()[0]):

        def fill(rows: np.ndarray, width: int = width) -> None:
            _fill(out, *together(events[rows], n[rows], width), rows, model, None)

        _fill_chunks(fill, rows, out)

    def fill_several(rows: np.ndarray) -> None:
        _fill(out, events[rows], n[rows], rows, model, clusters)

    _fill_chunks(fill_several, ((out.status == "ok") & shared).nonzero()[0], out)
    return out


def _fill_chunks(fill: Callable[[np.ndarray], None], rows: np.ndarray, out: Estimates) -> None:
    for i in range(0, rows.size, _CHUNK):
        filled(fill, rows[i : i + _CHUNK], out)


def by_cluster(events: Integers, n: Sizes, clusters: Index | None) -> tuple[Integers, Any]:
    """Events and units (or time) of each study, shape (rows, studies)."""
    if clusters is None:
        return events, n
    members = np.eye(int(clusters.max()) + 1, dtype=np.int64)[clusters]
    return events @ members, n @ members


def shares(n: Sizes, clusters: Index | None) -> np.ndarray:
    """Rows in which a study has several arms with units."""
    if clusters is None:
        return np.zeros(n.shape[0], dtype=bool)
    _, arms = by_cluster((n > 0).astype(np.int64), (n > 0).astype(np.int64), clusters)
    return np.asarray((arms > 1).any(-1))


def _fill(
    out: Estimates, events: Integers, n: Sizes, rows: np.ndarray, model: InverseVariance, clusters: Index | None
) -> None:
    y, v = model.scale.effects(events, n, model.add, model.to)
    usable = fits(v, events, n, model)
    if not usable.all():
        out.status[rows[~usable]] = "no-fit"
        rows, n, y, v = rows[usable], n[usable], y[usable], v[usable]
        if rows.size == 0:
            return
    found = pool_effects(y, v, model.tau2, model.limits, model.prediction, model.level, clusters)
    write(out, rows, found, n, model, prediction_ends(model, v, found, clusters))


def prediction_ends(model: InverseVariance, v: Floats, found: Centre, clusters: Index | None) -> Floats:
    """Limits of a new study's effect on the analysis scale, shape (2, rows); NaN where there are none."""
    if model.prediction != "bootstrap":
        return np.stack([found.mu - found.pi_reach, found.mu + found.pi_reach])
    from .bootstrap import effect_limits

    ends = np.full((2, found.mu.size), np.nan)
    studies = found.k if clusters is None else by_cluster(np.isfinite(v), np.isfinite(v), clusters)[0]
    for row in np.flatnonzero((studies if clusters is None else (studies > 0).sum(-1)) >= FEWEST_FOR_PREDICTION):
        fitted = float(found.mu[row]), float(found.tau2[row]), float(found.se[row])
        ends[:, row] = effect_limits(model, v[row], *fitted, clusters)
    return ends


def fits(v: Floats, events: Integers, n: Sizes, model: InverseVariance) -> np.ndarray:
    """Rows in which every study has a value and a variance, and whose way back is not refused."""
    usable: np.ndarray = np.logical_and.reduce(v > 0, -1)
    if model.way_back == "harmonic":
        usable &= ~model.scale.small(events.astype(float), n.astype(float)).any(-1)
    return usable


def write(
    out: Estimates, rows: np.ndarray, found: Centre, n: Sizes, model: InverseVariance, prediction: Floats
) -> None:
    """Pooled effects and limits of a new one, shape (2, rows), as proportions into the rows of the estimates."""
    mu, reach = found.mu, found.reach
    values = np.stack([mu, mu - reach, mu + reach, *prediction])
    back = model.scale.back(values, _size(model, found, n))
    out.estimate[rows], out.lower[rows], out.upper[rows], out.pi_lower[rows], out.pi_upper[rows] = back
    out.mean[rows], out.mean_lower[rows], out.mean_upper[rows] = model.scale.mean(values[:3], found.tau2)
    out.effect[rows], out.se[rows] = mu, found.se
    out.tau2[rows], out.tau[rows] = found.tau2, np.sqrt(found.tau2)
    out.log_likelihood[rows] = found.log_likelihood
    out.status[rows[found.tau2 == 0]] = "tau-zero"


def _size(model: InverseVariance, found: Centre, n: Sizes) -> Floats | None:
    """The sample size of the way back, shape (rows,): one for the estimate and all its limits."""
    if model.way_back is None:
        return None
    if model.way_back == "inverse-variance":
        return 0.25 / found.plain_se**2
    present = n > 0
    return np.asarray(found.k / np.add.reduce(1 / np.where(present, n, 1), -1, where=present))
