"""The standing sensitivity table: the same counts by every model, beside what each one estimates and where it errs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from .. import display
from ..pooling import model
from ..pooling.notes import FEW_STUDIES, FEW_UNITS, LITTLE_INFORMATION_K
from ..pooling.result import Interval, Pooled
from ..pooling.subgroups import Selected
from .priors import priors

if TYPE_CHECKING:
    import pandas as pd

    from ..pooling import Model

STUDY_MEAN = "average study (mean)"
STUDY_MEDIAN = "typical study (median)"
PATIENTS = "average patient"


@dataclass(frozen=True, slots=True)
class StandingRow:
    """One way to read the counts.

    Attributes:
        label: What was done. estimates: What the number is an estimate of.
        events, n, k: Counts it was made from.
        estimate, lower, upper: Proportions, None where not defined. method: Name of the limits.
        defect: Known weakness at this design, or None.
        same_counts: Whether it is made from the very counts of the primary analysis.
        estimate_to: Where a row holds several estimates, the largest; ``estimate`` is the smallest, the limits are the
            outermost.
    """

    label: str
    estimates: str
    events: int
    n: int
    k: int
    estimate: float | None
    lower: float | None
    upper: float | None
    method: str | None
    defect: str | None
    same_counts: bool
    estimate_to: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing sensitivity table of one outcome.

    Attributes:
        rows: In the order to print.
        reason: Why only counts are shown, or None.
    """

    rows: tuple[StandingRow, ...]
    reason: str | None = None

    @property
    def sentence(self) -> str:
        """The range over models on the same counts, in one sentence."""
        same = [row for row in self.rows if row.same_counts and row.estimate is not None]
        first = self.rows[0]
        counts = f"{first.events} of {first.n}"
        if self.reason is not None or len(same) < 2:
            return f"{counts}: {self.reason or 'one way to read the counts.'}"
        values = [value for row in same for value in (row.estimate, row.estimate_to) if value is not None]
        low, high = display.percent(min(values)), display.percent(max(values))
        text = f"{low.removesuffix(' %')} to {high} by method on the same {counts}."
        others = [row for row in self.rows if not row.same_counts and row.estimates == PATIENTS]
        for row in others:
            label = row.label[0].upper() + row.label[1:]
            text += f" {label}: {row.events} of {row.n} ({display.percent(row.estimate)})."
        return text

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"rows": [row.to_dict() for row in self.rows], "reason": self.reason, "sentence": self.sentence}

    def to_frame(self) -> pd.DataFrame:
        """One row per way to read the counts."""
        import pandas as pd

        return pd.DataFrame([row.to_dict() for row in self.rows])


def standing(
    selection: Selected, alternatives: Mapping[str, Selected] | None = None, primary: Model | None = None
) -> Standing:
    """The standing sensitivity table.

    Args:
        selection: The primary counts.
        alternatives: Label -> other counts for the same outcome (unread extent counted as not complete, ...).
        primary: The primary model; its level is used throughout, and where it is a logistic-normal model, itself for
            those rows. The logistic-normal model if not given.
    """
    level = (primary or model("logistic-normal")).level
    normal = _normal(primary)
    main = _overall(selection, normal)
    rows = [_observed("observed count", selection, level, same=True)]
    reason = main.headline.reason if main.headline.kind == "observed" else None
    if reason is None:
        rows += _model_rows(selection, main, level)
    elif main.k >= FEW_STUDIES and main.n >= FEW_UNITS:
        # No events, or only events: the likelihood has no inner maximum, the other models stand beside the counts.
        rows += [*_bayesian_rows(selection, level), *_inverse_variance_rows(selection, level)]
    for label, other in (alternatives or {}).items():
        rows.append(_observed(label, other, level, same=False))
        if reason is None:
            pooled = _overall(other, normal)
            rows.append(_row(f"{label}, logistic-normal", STUDY_MEAN, pooled, pooled.mean, pooled.mean_ci, None, False))
    return Standing(tuple(rows), reason)


def standing_models(primary: Model | None = None) -> tuple[Model, ...]:
    """The models of the standing table, each once, in the order of its rows."""
    normal = _normal(primary)
    likelihood = (normal, model("beta-binomial", level=normal.level), model("bayesian", level=normal.level))
    return (model("common-effect", level=normal.level), *likelihood, *_inverse_variance(normal.level))


def _normal(primary: Model | None) -> Model:
    """The logistic-normal model of the table: the primary model where it is one, else one at its level."""
    chosen = primary or model("logistic-normal")
    return chosen if chosen.name == "logistic-normal" else model("logistic-normal", level=chosen.level)


def _inverse_variance(level: float) -> tuple[Model, Model]:
    options = {"tau2": "REML", "limits": "hk-floor", "boundary": "corrected", "level": level}
    first, second = (model("inverse-variance", measure=measure, **options) for measure in ("PLO", "PFT"))
    return first, second


def _overall(selection: Selected, chosen: Model) -> Pooled:
    return chosen.fit(selection.counts)


def _observed(label: str, selection: Selected, level: float, same: bool) -> StandingRow:
    pooled = _overall(selection, model("common-effect", level=level))
    defect = "limits assume one common probability" if pooled.k > 1 else None
    return _row(label, PATIENTS, pooled, pooled.estimate, pooled.ci, defect, same)


def _model_rows(selection: Selected, main: Pooled, level: float) -> list[StandingRow]:
    weak = None if main.headline.show_median else "too weakly identified for a summary"
    small = "limits carry little information at this number of studies" if main.k <= LITTLE_INFORMATION_K else None
    beta = _overall(selection, model("beta-binomial", level=level))
    likelihood = [
        _row("logistic-normal", STUDY_MEAN, main, main.mean, main.mean_ci, small, True),
        _row("logistic-normal", STUDY_MEDIAN, main, main.estimate, main.ci, weak, True),
        _row("beta-binomial", STUDY_MEAN, beta, beta.mean, beta.mean_ci, small, True),
    ]
    bayesian = _bayesian_rows(selection, level)
    first, second = (bayesian, likelihood) if main.k <= LITTLE_INFORMATION_K else (likelihood, bayesian)
    return [*first, *second, *_inverse_variance_rows(selection, level)]


def _bayesian_rows(selection: Selected, level: float) -> list[StandingRow]:
    """The default priors, and the range under others."""
    found = priors(selection.counts, level)
    bayes = next(iter(found.results.values()))
    pulled = "pulled towards 50 % by its prior"
    first = _row("Bayesian logistic-normal", STUDY_MEAN, bayes, bayes.mean, bayes.mean_ci, pulled, True)
    lower, upper = found.limits
    others = "; ".join(list(found.results)[1:])
    return [
        first,
        replace(
            first,
            label=f"Bayesian, {len(found.results)} priors",
            estimate=found.means[0],
            estimate_to=found.means[1],
            lower=lower,
            upper=upper,
            method="outermost of equal-tailed",
            defect=f"besides the default: {others}",
        ),
    ]


def _inverse_variance_rows(selection: Selected, level: float) -> list[StandingRow]:
    logit, tukey = (_overall(selection, one) for one in _inverse_variance(level))
    return [
        _row(
            "inverse variance, logit + 0.5, REML",
            STUDY_MEDIAN,
            logit,
            logit.estimate,
            logit.ci,
            "pulled towards 50 % by the correction",
            True,
        ),
        _row(
            "inverse variance, Freeman-Tukey, REML",
            "centre on the double-arcsine scale",
            tukey,
            tukey.estimate,
            tukey.ci,
            "back-transformation depends on a size that no study has",
            True,
        ),
    ]


def _row(
    label: str,
    estimates: str,
    pooled: Pooled,
    estimate: float | None,
    ci: Interval | None,
    defect: str | None,
    same: bool,
) -> StandingRow:
    return StandingRow(
        label,
        estimates,
        pooled.events,
        pooled.n,
        pooled.k,
        estimate,
        ci.lower if ci else None,
        ci.upper if ci else None,
        ci.formula if ci else None,
        defect,
        same,
    )
