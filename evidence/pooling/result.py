"""What a model returns: one frozen result that text, tables and figures are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from html import escape
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from .. import display

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
NoteSeverity = Literal["info", "caution", "warning"]


@dataclass(frozen=True, slots=True)
class Interval:
    """Limits on the proportion (or rate) scale.

    Attributes:
        lower, upper: lower <= upper; in [0, 1], of a rate at least 0 and inf where no upper limit was reached.
        level: Nominal coverage, e.g. 0.95.
        method: Name of the formula, e.g. ``profile-t``.
        open: Sides that the formula never reached (``lower``, ``upper``): the bound of the scale stands there.
        df: Degrees of freedom, where they were estimated (``cr2``); else None, and ``method`` says all.
    """

    lower: float
    upper: float
    level: float
    method: str
    open: tuple[str, ...] = ()
    df: float | None = None

    @property
    def formula(self) -> str:
        """The method as it is printed, with degrees of freedom that were estimated."""
        return self.method if self.df is None else f"{self.method}, {display.number(self.df, 1)} df"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; ``df`` only where degrees of freedom were estimated."""
        estimated = {} if self.df is None else {"df": self.df}
        return {
            "lower": self.lower,
            "upper": None if self.upper == np.inf else self.upper,
            "level": self.level,
            "method": self.method,
            "open": list(self.open),
            **estimated,
        }


@dataclass(frozen=True, slots=True)
class Note:
    """A caveat that a reader must see: stable code, severity, one sentence, citation keys of methods.bib."""

    code: str
    severity: NoteSeverity
    text: str
    cites: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"code": self.code, "severity": self.severity, "text": self.text, "cites": list(self.cites)}


@dataclass(frozen=True, slots=True)
class StudyEffect:
    """One arm (or study) in a pool.

    Attributes:
        key, label, study: Stable id, printed name, id of the study it belongs to.
        events, n: Counts.
        estimate: Observed proportion events / n.
        ci: Limits of the proportion from this study alone.
        weight: Share of the total weight in [0, 1]; None where the model has no weights.
        columns: Further facts about the arm (route, concentration, ...) by column name; None = not reported.
    """

    key: str
    label: str
    study: str
    events: int
    n: int
    estimate: float
    ci: Interval
    weight: float | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "key": self.key,
            "label": self.label,
            "study": self.study,
            "events": self.events,
            "n": self.n,
            "estimate": self.estimate,
            "ci": self.ci.to_dict(),
            "weight": self.weight,
            "columns": dict(self.columns),
        }


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """How much the studies differ; a part that does not exist for the model is None.

    Attributes:
        tau, tau2: Between-study standard deviation and variance on the model's scale.
        tau_ci, tau2_ci: Their limits; ``upper`` may be None where the formula never reached a limit.
        i2, h2: From tau2 (metafor's): a fraction in [0, 1], a ratio of at least 1; i2_q, h2_q: the same from Q.
        i2_ci, h2_ci: Limits from those of tau2; i2_q_ci, h2_q_ci: test-based limits from Q.
        q, q_df, q_p: Cochran's Q.
        lr, lr_p: Likelihood-ratio test of tau = 0 (half-chi2 mixture).
        lr_bootstrap: p of that test from simulated data, with draws, seed and failed sets; None if not asked for.
        rho, rho_ci: Correlation of two units of one study (beta-binomial), where tau is the sd of the proportions.
    """

    tau: float | None = None
    tau2: float | None = None
    tau_ci: dict[str, Any] | None = None
    tau2_ci: dict[str, Any] | None = None
    i2: float | None = None
    i2_ci: dict[str, Any] | None = None
    h2: float | None = None
    h2_ci: dict[str, Any] | None = None
    i2_q: float | None = None
    i2_q_ci: dict[str, Any] | None = None
    h2_q: float | None = None
    h2_q_ci: dict[str, Any] | None = None
    q: float | None = None
    q_df: int | None = None
    q_p: float | None = None
    lr: float | None = None
    lr_p: float | None = None
    lr_bootstrap: dict[str, Any] | None = None
    rho: float | None = None
    rho_ci: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Posterior probabilities of a Bayesian model.

    Attributes:
        above: The threshold, a proportion.
        mean, median: That the average study, the typical study lies above it.
        next_study: That the proportion of the next study lies above it.
        next_events: Of 0, 1, ... events among the next units of one new study.
    """

    above: float
    mean: float
    median: float
    next_study: float
    next_events: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)} | {"next_events": list(self.next_events)}


@dataclass(frozen=True, slots=True)
class Context:
    """What a review knows about the counts that must stand beside the estimate.

    Attributes:
        review, outcome, title, unit: Names; unit in the singular ("patient").
        arms_in, arms_all: Arms in the pool and arms of the selection.
        treated: Patients treated in all arms of the selection.
        case_reports: Arms in the pool that come from case reports.
        comparison: Arms in the pool that have a comparison group.
        headings: Column name -> heading, for tables and figures.
        banner: Sentence that every output must carry (status "seed"), or None.
        column_units: Column name -> unit of its numbers in the singular; columns without a unit have none.
    """

    review: str
    outcome: str
    title: str
    unit: str
    arms_in: int
    arms_all: int
    treated: int | None
    case_reports: int
    comparison: int = 0
    headings: Mapping[str, str] = field(default_factory=dict)
    banner: str | None = None
    column_units: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without what is known of the columns."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("headings", "column_units")}


@dataclass(frozen=True, slots=True)
class Headline:
    """What a summary may say first, and why.

    Attributes:
        kind: ``mean`` (pooled marginal mean), ``split`` (series and case reports apart, then the mean) or
            ``observed`` (counts only, no pooled number).
        observed: The observed count as a sentence part: "35 of 57 patients in 20 of 23 arms; 57 of 110 treated".
        text: The headline sentence.
        show_median: False where the typical study is too weakly identified to be printed in a summary.
        reason: Why the headline is not simply the mean, or None.
        lines: For ``split``: label, events, n and exact limits of each part.
    """

    kind: Literal["mean", "split", "observed"]
    observed: str
    text: str
    show_median: bool
    reason: str | None = None
    lines: tuple[dict[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "kind": self.kind,
            "observed": self.observed,
            "text": self.text,
            "show_median": self.show_median,
            "reason": self.reason,
            "lines": [dict(line) for line in self.lines],
        }


@dataclass(frozen=True, slots=True)
class Pooled:
    """The result of one analysis. Proportions are in [0, 1].

    Attributes:
        estimate: The model's own centre (in logit models the median: the typical study); None if not identified.
        ci: Its limits.
        mean: The marginal mean over studies (the average study): the headline; None where it does not exist.
        mean_ci: Its limits.
        pi: Prediction interval of a new study's proportion, or None.
        status: ok, all-zero, all-events, tau-zero, tau-infinite, tau-not-identified, single-study, no-fit.
        analysis: ``{"measure", "estimate", "se"}`` on the analysis scale, or None on a boundary.
        heterogeneity: Or None where meaningless.
        log_likelihood: With all constants; None where the model has none.
        studies: The arms in the pool, in data order.
        notes: Caveats.
        model: The frozen specification.
        headline: What a summary may say first.
        context: What the review knows about these counts, or None for bare counts.
        probabilities: Of lying above a threshold, where a Bayesian model was asked for them.
    """

    estimate: float | None
    ci: Interval | None
    mean: float | None
    mean_ci: Interval | None
    pi: Interval | None
    status: str
    analysis: dict[str, Any] | None
    heterogeneity: Heterogeneity | None
    log_likelihood: float | None
    studies: tuple[StudyEffect, ...]
    notes: tuple[Note, ...]
    model: Any
    headline: Headline
    context: Context | None = None
    probabilities: Probabilities | None = None

    @property
    def k(self) -> int:
        """Studies in the pool (arms of one study count once)."""
        return len({study.study for study in self.studies})

    @property
    def n(self) -> int:
        """Units in the pool."""
        return sum(study.n for study in self.studies)

    @property
    def events(self) -> int:
        """Units with the event."""
        return sum(study.events for study in self.studies)

    @property
    def unit(self) -> str:
        """What is counted, in the singular."""
        return self.context.unit if self.context else "patient"

    def to_dict(self) -> dict[str, Any]:
        """Every number at full precision; None where there is none, never NaN."""
        return {
            "headline": self.headline.to_dict(),
            "estimate": self.estimate,
            "ci": self.ci.to_dict() if self.ci else None,
            "mean": self.mean,
            "mean_ci": self.mean_ci.to_dict() if self.mean_ci else None,
            "status": self.status,
            "pi": self.pi.to_dict() if self.pi else None,
            "analysis": self.analysis,
            "heterogeneity": self.heterogeneity.to_dict() if self.heterogeneity else None,
            "log_likelihood": self.log_likelihood,
            "k": self.k,
            "n": self.n,
            "events": self.events,
            "model": self.model.to_dict(),
            "studies": [study.to_dict() for study in self.studies],
            "notes": [note.to_dict() for note in self.notes],
            "context": self.context.to_dict() if self.context else None,
            "probabilities": self.probabilities.to_dict() if self.probabilities else None,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per arm: label, events, n, estimate, lower, upper, weight and the columns."""
        import pandas as pd

        rows = [
            {
                "key": s.key,
                "label": s.label,
                **s.columns,
                "events": s.events,
                "n": s.n,
                "estimate": s.estimate,
                "lower": s.ci.lower,
                "upper": s.ci.upper,
                "weight": s.weight,
            }
            for s in self.studies
        ]
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        from .result_text import summary_lines

        return "\n".join(summary_lines(self))

    def _repr_html_(self) -> str:
        return "<pre>" + escape(str(self)) + "</pre>"


@dataclass(frozen=True, slots=True)
class Estimates:
    """The result of a stack: arrays of the stack's shape; NaN where not defined, and ``status`` says why.

    ``estimate``, ``lower``, ``upper``, ``mean``, ``mean_lower``, ``mean_upper``, ``pi_lower``, ``pi_upper`` are
    proportions; ``effect`` is the centre and ``se`` its standard error on the analysis scale; ``tau`` and ``tau2`` are
    on the model's scale.
    """

    estimate: Floats
    lower: Floats
    upper: Floats
    effect: Floats
    se: Floats
    mean: Floats
    mean_lower: Floats
    mean_upper: Floats
    tau: Floats
    tau2: Floats
    pi_lower: Floats
    pi_upper: Floats
    log_likelihood: Floats
    status: npt.NDArray[np.str_]
