"""How methods do on simulated data: bias, coverage and width against what each of them estimates.

Studies are logit-normal: logit p_i ~ N(mu, tau2), events binomial. Every set that is simulated is counted: one on a
boundary with the estimate and the limits that are printed for it, one without limits as a miss; only the bias has no
place for one without an estimate. Beside that stand the same numbers of the sets with a maximum inside (some events,
some non-events, a standard error): sets on a boundary are often left out of such tables.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit, logit

from .. import display
from ..counts import LARGEST_N, Counts
from ..errors import usage
from ..measures.logit_mean import mean_expit
from ..pooling.options import check_bootstrap
from ..pooling.result import Estimates, Floats
from ..pooling.spread import estimates
from .asked import Progress, silent
from .methods import TARGETS, Method, Target, methods_of, told_apart, usual_methods

if TYPE_CHECKING:
    import pandas as pd

    from ..pooling import Model

Integers = npt.NDArray[np.int64]

#: Statuses of a fit with a maximum at a finite tau, and of none.
INSIDE, FAILED = ("ok", "tau-zero"), "no-fit"
MOST_DRAWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Summary:
    """Performance over some data sets; None where none of them has the number.

    Attributes:
        sets: Data sets. with_estimate, with_limits: Those that have one.
        bias_points: Mean of estimate - truth in percentage points. width_points: Mean width of the limits, likewise.
        coverage: Share of the sets whose limits hold the truth, sets without limits included; None if no set has any.
        bias_se, coverage_se, width_se: Monte-Carlo standard errors, of the same units.
    """

    sets: int
    with_estimate: int
    with_limits: int
    bias_points: float | None
    bias_se: float | None
    coverage: float | None
    coverage_se: float | None
    width_points: float | None
    width_se: float | None


@dataclass(frozen=True, slots=True)
class Performance:
    """One method at one tau.

    Attributes:
        label, target: As in ``Method``. truth: The proportion that it estimates.
        every: Over all data sets. inner: Over those with a maximum inside: some events, some non-events, and a
            standard error.
        statuses: Status of the fit -> data sets. model: The specification's options.
    """

    label: str
    target: Target
    truth: float
    every: Summary
    inner: Summary
    statuses: dict[str, int]
    model: dict[str, Any]

    @property
    def boundary(self) -> int:
        """Data sets answered on a boundary."""
        return sum(sets for status, sets in self.statuses.items() if status not in (*INSIDE, FAILED))

    @property
    def failed(self) -> int:
        """Data sets without a fit."""
        return self.statuses.get(FAILED, 0)

    def row(self) -> dict[str, Any]:
        """Plain values, those of the sets with a maximum inside as ``inner_...``."""
        return {
            "method": self.label,
            "estimates": TARGETS[self.target],
            "truth": self.truth,
            **asdict(self.every),
            "boundary": self.boundary,
            "failed": self.failed,
            **{f"inner_{name}": value for name, value in asdict(self.inner).items()},
        }


@dataclass(frozen=True, slots=True)
class Simulated:
    """All methods at one tau.

    Attributes:
        tau, mu: Of the studies' logits. mean: Their marginal mean; the median is expit(mu).
        draws, seed: Data sets, and the seed of their generator. distinct: Sets that differ in more than their order.
        performances: One for each method.
        origin: Where tau comes from.
    """

    tau: float
    mu: float
    mean: float
    draws: int
    seed: int
    distinct: int
    performances: tuple[Performance, ...]
    origin: str = "given"

    def __str__(self) -> str:
        lines = [f"{self.draws:,} simulated data sets, tau {display.number(self.tau)}; bias in points, coverage"]
        for one in self.performances:
            bias, coverage = display.number(one.every.bias_points), display.percent(one.every.coverage, 1)
            lines.append(f"{one.label}: {bias}, {coverage}")
        return "\n".join(lines)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Plain values of each method."""
        for performance in self.performances:
            yield {"tau": self.tau, "tau_is": self.origin, **performance.row()}

    def to_frame(self) -> pd.DataFrame:
        """One row per method: bias, coverage, width, their Monte-Carlo errors, and what was counted."""
        import pandas as pd

        return pd.DataFrame(list(self.rows()))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What is simulated: units of each study, shape (k,) or (draws, k), and the studies' logits."""

    n: Integers
    mu: float
    tau: float

    def truth(self, target: Target) -> float:
        """The proportion in question."""
        return float(expit(self.mu)) if target == "median" else float(mean_expit(np.array(self.mu), np.array(self.tau)))

    def sets(self, draws: int, seed: int) -> Counts:
        """The data sets, a stack of shape (draws, k).

        The generator draws all studies' logits, then all events, whatever is done with the sets later. The logits of
        two designs of the same size with the same seed differ by their mu and tau alone.
        """
        generator = np.random.default_rng(seed)
        n = np.broadcast_to(self.n, (draws, self.n.shape[-1]))
        logits = self.mu + self.tau * generator.standard_normal(n.shape)
        return Counts(generator.binomial(n, expit(logits)), n)


def calibrate(
    n: npt.ArrayLike,
    tau: float,
    models: Sequence[str | Model | Method] | None = None,
    mean: float | None = None,
    mu: float | None = None,
    draws: int = 2000,
    seed: int = 1,
) -> Simulated:
    """Simulate logit-normal studies at any design and judge methods by them.

    Many draws are fitted by several processes in a block of ``evidence.spread_over``.

    Args:
        n: Units of each study, shape (k,); or of each data set, shape (draws, k), 0 where a study is absent.
        tau: Standard deviation of the studies' logits.
        models: Models, their names, or methods; the usual methods if not given.
        mean: Marginal mean of the studies' proportions, in (0, 1); or instead
        mu: Centre of their logits.
        draws, seed: Data sets, and the seed of their generator.

    Raises:
        UsageError: something that can't be simulated, or an unknown model.
    """
    if not (_number(tau) and tau >= 0):
        raise usage(f"tau {tau!r} is not a number of at least 0", "give tau = 0.5, for example", "tau")
    chosen = usual_methods() if models is None else told_apart([m for one in models for m in methods_of(one)])
    check_simulation(draws, seed)
    design = Design(_sizes(n, draws), _centre(mean, mu, tau), float(tau))
    return next(simulated([design], chosen, draws, seed))


def check_simulation(draws: int, seed: int) -> None:
    """Refuse a number of sets, or a seed, that can't be used.

    Raises:
        UsageError: see there.
    """
    check_bootstrap("half-chi2", draws, seed)
    if draws > MOST_DRAWS:
        raise usage(f"draws {draws:,} is more than {MOST_DRAWS:,}", "give draws = 2000", "draws")


def _number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and bool(np.isfinite(value))


def _sizes(n: npt.ArrayLike, draws: int) -> Integers:
    """Units as whole numbers.

    Raises:
        UsageError: another shape, fractions, negatives, or a data set without units.
    """
    mend = "give the units of each study, for example [28, 6, 1, 1]"
    try:
        sizes = np.asarray(n, dtype=float)
    except (TypeError, ValueError) as error:
        raise usage(f"n holds something that is not a number: {error}", mend, "n") from error
    if sizes.ndim not in (1, 2) or sizes.shape[-1] == 0 or (sizes.ndim == 2 and sizes.shape[0] != draws):
        raise usage(f"n has shape {sizes.shape}, which is neither (k,) nor ({draws}, k)", mend, "n")
    if not (np.isfinite(sizes) & (sizes >= 0) & (sizes == np.floor(sizes)) & (sizes <= LARGEST_N)).all():
        raise usage(f"n holds a value that is not a whole number from 0 to {LARGEST_N:,}", mend, "n")
    if not (sizes > 0).any(-1).all():
        raise usage("a data set has no units", mend, "n")
    return sizes.astype(np.int64)


def _centre(mean: float | None, mu: float | None, tau: float) -> float:
    if (mean is None) == (mu is None):
        raise usage("the centre is wanted once: mean, or mu", "give mean = 0.8, or mu = 1.4", "centre")
    if mean is not None and not (_number(mean) and 0 < mean < 1):
        raise usage(f"mean {mean!r} is not between 0 and 1", "give a fraction, for example 0.8", "centre")
    if mu is not None and not _number(mu):
        raise usage(f"mu {mu!r} is not a number", "give a logit, for example 1.4", "centre")
    return float(mu) if mu is not None else mu_of(cast(float, mean), tau)


def mu_of(mean: float, tau: float) -> float:
    """mu at which E expit(mu + tau Z) is ``mean``, a proportion in (0, 1). Error: 1e-10."""
    if mean > 0.5:
        return -mu_of(1 - mean, tau)

    def excess(mu: float) -> float:
        return float(mean_expit(np.array(mu), np.array(tau))) - mean

    low = high = float(logit(mean))
    while excess(low) > 0:
        low -= 1 + tau
    while excess(high) < 0:
        high += 1 + tau
    return float(brentq(excess, low, high, xtol=1e-11)) if low < high else low


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The data sets of a design.

    Attributes:
        design: The design. distinct: How many sets differ in more than the order of their studies.
        which: Which of these each set is. extreme: Whether it has no events, or events only; both of shape (draws,).
    """

    design: Design
    distinct: int
    which: npt.NDArray[np.intp]
    extreme: npt.NDArray[np.bool_]


def simulated(
    designs: Sequence[Design], methods: Sequence[Method], draws: int, seed: int, progress: Progress = silent
) -> Iterator[Simulated]:
    """The methods' performance at each of several designs that were checked.

    The sets of a design are drawn here, by one generator; those that differ in more than the order of their studies are
    one stack, which each model fits, spread over the processes at hand.
    """
    labels: dict[Model, str] = {}
    for i, method in enumerate(methods, start=1):
        labels.setdefault(method.model, f"{method.label} ({i} of {len(methods)})")
    begun: deque[Drawn] = deque()

    def stacks() -> Iterator[tuple[Model, Counts]]:
        for design in designs:
            sets = design.sets(draws, seed)
            different, which = distinct(sets)
            extreme = np.asarray(((sets.events == 0) | (sets.n == 0)).all(-1) | (sets.events == sets.n).all(-1))
            begun.append(Drawn(design, different.shape[0], which, extreme))
            yield from ((model, different) for model in labels)

    def tell(done: int, rows: int) -> None:
        if done < rows:
            progress(f"{said}: {done:,} of {rows:,} data sets")

    found = estimates(stacks(), tell=tell)
    for design in designs:
        fitted: dict[Model, Estimates] = {}
        for model, label in labels.items():
            said = f"tau {design.tau:.2f}, {label}"
            progress(said)
            fitted[model] = next(found)
        yield _performances(begun.popleft(), methods, fitted, draws, seed)


def _performances(
    drawn: Drawn, methods: Sequence[Method], fitted: Mapping[Model, Estimates], draws: int, seed: int
) -> Simulated:
    design = drawn.design
    found = [_judged(method, fitted[method.model], drawn, design.truth(method.target)) for method in methods]
    return Simulated(design.tau, design.mu, design.truth("mean"), draws, seed, drawn.distinct, tuple(found))


def distinct(sets: Counts) -> tuple[Counts, npt.NDArray[np.intp]]:
    """The sets that differ in more than the order of their studies, and which of these each one is, shape (draws,)."""
    code = np.sort(sets.n * (int(sets.n.max()) + 1) + sets.events, axis=-1)
    different, which = np.unique(code, axis=0, return_inverse=True)
    n, events = np.divmod(different, int(sets.n.max()) + 1)
    return Counts(events, n), which.reshape(-1)


def _judged(method: Method, found: Estimates, drawn: Drawn, truth: float) -> Performance:
    which = drawn.which
    names = ("estimate", "lower", "upper") if method.number == "estimate" else ("mean", "mean_lower", "mean_upper")
    numbers = np.stack([getattr(found, name)[which] for name in names])
    inside = ~drawn.extreme & np.isfinite(found.se)[which]
    statuses, counts = np.unique(found.status[which], return_counts=True)
    return Performance(
        method.label,
        method.target,
        truth,
        _summary(numbers, truth),
        _summary(numbers[:, inside], truth),
        {str(status): int(sets) for status, sets in zip(statuses, counts, strict=True)},
        method.model.to_dict(),
    )


def _summary(numbers: Floats, truth: float) -> Summary:
    """Of estimates, lower and upper limits, shape (3, sets)."""
    value, lower, upper = numbers
    bias = 100 * (value - truth)[np.isfinite(value)]
    width = 100 * (upper - lower)[np.isfinite(upper - lower)]
    covered = (lower <= truth) & (truth <= upper)
    coverage = float(covered.mean()) if width.size else None
    coverage_se = None if coverage is None else float(np.sqrt(coverage * (1 - coverage) / covered.size))
    (b, b_se), (w, w_se) = _mean(bias), _mean(width)
    return Summary(value.size, bias.size, width.size, b, b_se, coverage, coverage_se, w, w_se)


def _mean(values: Floats) -> tuple[float | None, float | None]:
    """Mean and its standard error."""
    if values.size < 2:
        return (float(values[0]), None) if values.size else (None, None)
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))
