"""Report size as a covariate, and the funnel against size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import bdtr

from .. import display
from ..pooling import specified
from ..pooling.design import INTERCEPT, Design
from ..pooling.regression_result import Predicted, predict
from ..pooling.result import Floats, Note
from ..pooling.standing_in import study_proportions
from .answer import not_askable
from .asked import Asked, headlines, known, plainly
from .contrast import OddsRatio, odds_ratio
from .pictures import Points

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model

FEWEST = 3
#: Shares of studies at which the spread between them is looked at, and the sizes at which limits are drawn at most.
_SHARES, _SIZES = 1000, 60
#: Sizes at most at which the regression's average study is computed with its limits.
_FITTED = 8
COLUMN = "doublings of size"


@dataclass(frozen=True, slots=True)
class SizeCovariate:
    """How the outcome goes with the size of a report.

    Attributes:
        labels, events, n: The studies, arms summed.
        ratio: Odds with each doubling of n over odds before it, or why there is no such number.
        fitted: The average study at ``fitted_at``, from the smallest to the largest size, by the regression, with
            limits; None without a regression.
        sizes: From the smallest to the largest study.
        low, high: Proportions between which a share ``level`` of the studies of each of ``sizes`` would lie under the
            pooled model, in which size plays no part; None where its fit is on a boundary.
        centre: The pooled number of that model.
        unit: What is counted, in the singular.
    """

    labels: tuple[str, ...]
    events: tuple[int, ...]
    n: tuple[int, ...]
    ratio: OddsRatio
    fitted: Predicted | None
    fitted_at: tuple[int, ...]
    sizes: tuple[int, ...]
    low: Floats | None
    high: Floats | None
    centre: float | None
    unit: str
    level: float
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "size-covariate"

    def __str__(self) -> str:
        ratio, fitted = self.ratio, self.fitted
        span = f"{len(self.n)} reports of {self.sizes[0]} to {display.plural(self.sizes[-1], self.unit)}"
        if ratio.value is None or fitted is None:
            return f"The outcome of {span} can't be set against their size: {ratio.reason}."
        return (
            f"In {span} the odds change by a factor of {display.ratio(ratio.value)} with each doubling of size"
            f" ({ratio.limits_text(self.level)}): the average study (mean) goes from {_mean(fitted, 0)} at the smallest"
            f" to {_mean(fitted, -1)} at the largest."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per study, and what is expected of studies of its size (by the regression at ``fitted_at`` only)."""
        import pandas as pd

        at = np.searchsorted(self.sizes, np.array(self.n))
        expected = self._expected()
        return pd.DataFrame(
            {
                "study": self.labels,
                "events": self.events,
                "n": self.n,
                "observed": np.array(self.events) / np.array(self.n),
                "low": None if self.low is None else self.low[at],
                "high": None if self.high is None else self.high[at],
                **{name: [values.get(n) for n in self.n] for name, values in expected.items()},
                "odds_ratio_per_doubling": self.ratio.value,
                "odds_ratio_lower": self.ratio.lower,
                "odds_ratio_upper": self.ratio.upper,
                "status": self.ratio.status,
            }
        )

    def _expected(self) -> dict[str, dict[int, float]]:
        """The average study and its limits, by size."""
        if self.fitted is None:
            return {}
        found = {
            "fitted": self.fitted.mean,
            "fitted_lower": self.fitted.mean_lower,
            "fitted_upper": self.fitted.mean_upper,
        }
        return {name: dict(zip(self.fitted_at, values.tolist(), strict=True)) for name, values in found.items()}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "per_doubling": self.ratio.to_dict(),
            "studies": [
                {"study": label, "events": x, "n": n}
                for label, x, n in zip(self.labels, self.events, self.n, strict=True)
            ],
            "sizes": list(self.sizes),
            "low": _plain(self.low),
            "high": _plain(self.high),
            "fitted": None if self.fitted is None else {"sizes": list(self.fitted_at), **self.fitted.to_dict()},
            "sentence": str(self),
            "notes": [note.to_dict() for note in self.notes],
        }

    def picture(self) -> Points:
        """The funnel: proportion over size, with the limits of the pooled model and the regression's line."""
        sizes = tuple(float(size) for size in self.sizes)
        lines = []
        if self.low is not None and self.high is not None:
            lines += [
                (_values(self.low), sizes, f"{self.level:.0%} of studies of this size, if size plays no part"),
                (_values(self.high), sizes, ""),
            ]
        if self.fitted is not None and np.isfinite(self.fitted.mean).all():
            at = tuple(float(size) for size in self.fitted_at)
            lines.append((_values(self.fitted.mean), at, "average study by size"))
        n = tuple(float(size) for size in self.n)
        outside = self._outside()
        return Points(
            x=tuple(x / size for x, size in zip(self.events, n, strict=True)),
            y=n,
            labels=self.labels,
            x_label="Observed proportion",
            y_label=f"Size of the report ({self.unit}s)",
            size=n,
            flagged=outside,
            lines=tuple(lines),
            vertical=self.centre,
            x_proportion=True,
            log_y=True,
        )

    def _outside(self) -> tuple[bool, ...]:
        if self.low is None or self.high is None:
            return ()
        at = np.searchsorted(self.sizes, np.array(self.n))
        p = np.array(self.events) / np.array(self.n)
        return tuple(bool(out) for out in (p < self.low[at] - 1e-12) | (p > self.high[at] + 1e-12))


def size_covariate(counts: Counts, model: str | Model) -> SizeCovariate:
    """The regression on the logarithm of report size, and the funnel against size.

    Args:
        counts: One analysis, shape (k,); the arms of a study are one report.
        model: The inverse-variance model has its own regression on the logit; any other the logistic-normal one. The
            funnel's limits are the model's own.

    Raises:
        NotAskableError: fewer than 3 studies, or all of one size.
    """
    model = specified(model)
    studies = counts.present().by_study()
    if studies.k < FEWEST:
        raise not_askable("fewer than 3 studies", "add studies")
    if np.unique(studies.n).size < 2:
        raise not_askable("all reports have the same size", "add reports of other sizes")
    doublings = np.log2(studies.n / studies.n.min())
    design = Design((INTERCEPT, COLUMN), np.column_stack([np.ones(studies.k), doublings]))
    ratio = odds_ratio(studies, design, model, COLUMN, "size tells the reports with and without events apart")
    sizes = _sizes(studies.n)
    some = _some(np.unique(studies.n))
    rows = np.column_stack([np.ones(some.size), np.log2(some / studies.n.min())])
    spec = plainly(model)
    found = spec.estimate(studies.like(studies.events[None], studies.n[None], *_names(studies)))
    shares = (np.arange(_SHARES) + 0.5) / _SHARES
    spread = study_proportions(spec, float(found.estimate[0]), float(found.tau[0]), shares)
    low, high = (None, None) if spread is None else funnel_limits(spread, sizes, spec.level)
    return SizeCovariate(
        labels=studies.labels,
        events=tuple(int(x) for x in studies.events),
        n=tuple(int(n) for n in studies.n),
        ratio=ratio,
        fitted=None if ratio.regressed is None else predict(ratio.regressed, rows),
        fitted_at=tuple(int(size) for size in some),
        sizes=tuple(int(size) for size in sizes),
        low=low,
        high=high,
        centre=known(headlines(found, spec).value[0]),
        unit=studies.unit,
        level=spec.level,
        notes=() if ratio.regressed is None else ratio.regressed.notes,
    )


def funnel_limits(proportions: Floats, sizes: np.ndarray, level: float) -> tuple[Floats, Floats]:
    """Observed proportions of which at most half of 1 - level lie below, and above, for studies of each size.

    Args:
        proportions: Of equally likely studies, shape (m,). sizes: Shape (s,).

    Returns:
        low, high: Shape (s,), multiples of 1 / size. The counts are binomial about each of ``proportions``.
    """
    tail = 0.5 * (1 - level)
    ends = np.empty((2, sizes.size))
    for i, n in enumerate(sizes):
        # P(X <= x) rises in x: halving over whole numbers finds both ends.
        for side, wanted in enumerate((tail, 1 - tail)):
            low, high = -1, int(n)
            while high - low > 1:
                middle = (low + high) // 2
                reached = float(bdtr(middle, int(n), proportions).mean())
                # The lower end is the first count whose distribution function exceeds the tail.
                there = reached > wanted if side == 0 else reached >= wanted
                low, high = (low, middle) if there else (middle, high)
            ends[side, i] = high / n
    return ends[0], ends[1]


def _mean(fitted: Predicted, i: int) -> str:
    """``43 % (12 to 80 %)``."""
    low, high = known(fitted.mean_lower[i]), known(fitted.mean_upper[i])
    return f"{display.percent(known(fitted.mean[i]))} ({display.percent_interval(low, high)})"


def _sizes(n: np.ndarray) -> np.ndarray:
    """Every size of a study, and some between."""
    between = np.rint(np.geomspace(n.min(), n.max(), _SIZES)).astype(np.int64)
    return np.unique(np.concatenate([n, between]))


def _some(sizes: np.ndarray) -> np.ndarray:
    """The sizes themselves, or some of them from the smallest to the largest."""
    return np.asarray(sizes[np.unique(np.rint(np.linspace(0, sizes.size - 1, min(sizes.size, _FITTED))).astype(int))])


def _names(studies: Counts) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return studies.labels, studies.studies, studies.keys


def _values(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _plain(values: Floats | None) -> list[float | None] | None:
    return None if values is None else [known(value) for value in values]


def asked_size_covariate(asked: Asked) -> SizeCovariate:
    """For the registry."""
    return size_covariate(asked.counts, asked.model)
