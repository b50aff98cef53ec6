"""Patients described one by one: generalised estimating equations over the patients of the arms, clustered by study.

Source: Liang and Zeger 1986, Biometrika 73(1), 13-22; standard errors Mancl and DeRouen 2001, Biometrics 57(1), 126-134
(statsmodels' ``bias_reduced``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import stdtr, stdtrit

from .. import display
from ..counts import Counts
from ..errors import EvidenceError, UsageError
from ..pooling.design import Design, basis_of, design_of
from ..pooling.notes import note
from ..pooling.result import Floats, Note
from ..pooling.separation import separating_direction
from .answer import not_askable
from .asked import Asked
from .option import Option
from .patient_rows import described
from .pictures import IntervalRow, Intervals

if TYPE_CHECKING:
    import pandas as pd

    from ..review.review import Review

#: Our judgement (J): fewer studies carry no robust variance; fewer events or non-events carry no coefficient.
FEWEST_STUDIES, FEWEST_PER_COVARIATE = 10, 5
#: Fewer studies with 2 or more patients say nothing of the correlation within studies (J).
FEWEST_SHARED = 5
#: Of the solution: steps, and the change of the coefficients at which it stops.
_STEPS, _SETTLED = 200, 1e-10
VARIANCE = "robust by study, bias-reduced (Mancl and DeRouen), t quantile with studies less coefficients"


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """What goes with a column of the design: log odds ratio, its robust standard error, limits and p."""

    name: str
    estimate: float
    se: float
    lower: float
    upper: float
    p: float


@dataclass(frozen=True, slots=True)
class PatientLevel:
    """A logistic model over patients.

    Attributes:
        event: What counts as an event: ``response: complete or partial``.
        odds: One for each column but the intercept. intercept: Log odds at the reference categories and mean numbers.
        patients, studies, events: That are in the model.
        correlation: exchangeable or independence. within: Its estimate, None for independence.
        design: The covariates as coded. level: Of the limits.
    """

    event: str
    odds: tuple[OddsRatio, ...]
    intercept: float
    patients: int
    studies: int
    events: int
    correlation: str
    within: float | None
    design: Design
    level: float
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "patients"

    def __str__(self) -> str:
        parts = [
            f"{ratio.name} {display.ratio(float(np.exp(ratio.estimate)))}"
            f" [{display.ratio(float(np.exp(ratio.lower)))} to {display.ratio(float(np.exp(ratio.upper)))}]"
            for ratio in self.odds
        ]
        return (
            f"Of {self.patients} patients described one by one in {self.studies} studies {self.events} had the event"
            f" ({self.event}); odds ratios, {display.percent(self.level)} limits: {'; '.join(parts)}; nobody chose"
            " these patients by chance."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per coefficient but the intercept."""
        import pandas as pd

        return pd.DataFrame([_row(ratio) for ratio in self.odds])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "event": self.event,
            "coefficients": [_row(ratio) for ratio in self.odds],
            "intercept": self.intercept,
            "terms": [term.to_dict() for term in self.design.terms],
            "patients": self.patients,
            "studies": self.studies,
            "events": self.events,
            "correlation": self.correlation,
            "within": self.within,
            "variance": VARIANCE,
            "level": self.level,
            "sentence": str(self),
            "notes": [n.to_dict() for n in self.notes],
        }

    def picture(self) -> Intervals:
        """Odds ratios with limits."""
        values = [(ratio.name, np.exp([ratio.estimate, ratio.lower, ratio.upper])) for ratio in self.odds]
        rows = tuple(IntervalRow(name, float(ends[0]), float(ends[1]), float(ends[2])) for name, ends in values)
        return Intervals(rows, "odds ratio", reference=1.0, proportion=False)


def _row(ratio: OddsRatio) -> dict[str, Any]:
    values = {name: float(np.exp(getattr(ratio, name))) for name in ("estimate", "lower", "upper")}
    return {
        "name": ratio.name,
        "log_odds_ratio": ratio.estimate,
        "se": ratio.se,
        "odds_ratio": values["estimate"],
        "odds_ratio_lower": values["lower"],
        "odds_ratio_upper": values["upper"],
        "p": ratio.p,
    }


def patients(
    review: Review,
    events: Sequence[str],
    on: Sequence[str],
    column: str = "response",
    arms: Sequence[str] | None = None,
    level: float = 0.95,
) -> PatientLevel:
    """Regress an event of single patients on what is known of them and of their arms.

    Args:
        review: Its patients.csv, joined with arms.csv.
        events: Values of ``column`` that are events; the others are none, "not reported" is left out.
        on: Covariates: columns of numbers, terms or yes and no, of patients.csv or else of arms.csv.
        column: Of patients.csv, with terms. arms: Ids of the arms to use; None for all.
        level: Of the limits.

    Raises:
        NotAskableError: fewer than 10 studies, or than 5 events and 5 non-events for each covariate (J); a covariate
            without spread; or separation. DataError: a patient is counted twice. UsageError: an unknown or unusable
            column or value.
    """
    found = described(review, events, column, arms, on)
    if not found.study_columns:
        raise not_askable(f"no patient described one by one has a known {column}", "fill patients.csv")
    try:
        design = design_of(found, on)
    except UsageError:
        raise
    except EvidenceError as error:
        raise not_askable(error.problems[0].message, error.problems[0].mend) from error
    counts = found.counts.take(design.rows or ())
    _refuse_thin(counts, len(design.names) - 1)
    _refuse_separated(counts, design)
    words = f"{column}: {' or '.join(events)}"
    used = display.plural(counts.k, "patient")
    told = (note("patients-described", described=used, treated=found.treated), note("not-randomised-covariates"))
    return _fitted(counts, design, words, level, told)


def _refuse_thin(counts: Counts, covariates: int) -> None:
    studies, happened = len(set(counts.studies)), int(counts.events.sum())
    if studies < FEWEST_STUDIES:
        reason = f"patients are described one by one in {display.plural(studies, 'study', 'studies')}"
        raise not_askable(f"{reason}, and fewer than {FEWEST_STUDIES} are too few (our threshold)", "add studies")
    fewest = FEWEST_PER_COVARIATE * covariates
    if min(happened, counts.k - happened) < fewest:
        raise not_askable(
            f"{happened} events and {counts.k - happened} non-events among the patients described one by one, and"
            f" {display.plural(covariates, 'covariate')} would need {fewest} of each (our threshold)",
            "use fewer covariates, or add patients",
        )


def _refuse_separated(counts: Counts, design: Design) -> None:
    try:
        direction = separating_direction(counts, basis_of(design).q)
    except EvidenceError as error:
        raise not_askable(error.problems[0].message, error.problems[0].mend) from error
    if direction is not None:
        raise not_askable(
            f"the events are told apart without error by {' and '.join(design.names[1:])}, so that no odds ratio is"
            " finite",
            "leave a covariate out, or merge its categories",
        )


def _fitted(counts: Counts, design: Design, event: str, level: float, notes: tuple[Note, ...]) -> PatientLevel:
    """The model as an answer."""
    sizes = [counts.studies.count(study) for study in dict.fromkeys(counts.studies)]
    exchangeable = sum(size >= 2 for size in sizes) >= FEWEST_SHARED
    x = design.values.copy()
    numbers = [i for i in range(1, x.shape[1]) if not np.isin(x[:, i], (0.0, 1.0)).all()]
    x[:, numbers] -= x[:, numbers].mean(0)
    beta, se, within = solved(counts.events.astype(float), x, counts.studies, exchangeable)
    df = float(len(sizes) - beta.size)
    reach = stdtrit(df, 0.5 * (1 + level)) * se
    odds = tuple(
        OddsRatio(
            name,
            float(beta[i]),
            float(se[i]),
            float(beta[i] - reach[i]),
            float(beta[i] + reach[i]),
            float(2 * stdtr(df, -abs(beta[i]) / se[i])),
        )
        for i, name in enumerate(design.names)
        if i > 0
    )
    return PatientLevel(
        event,
        odds,
        float(beta[0]),
        counts.k,
        len(sizes),
        int(counts.events.sum()),
        "exchangeable" if exchangeable else "independence",
        within,
        design,
        level,
        notes,
    )


def solved(y: Floats, x: Floats, studies: Sequence[str], exchangeable: bool) -> tuple[Floats, Floats, float | None]:
    """The estimating equations, solved by statsmodels from the coefficients of independence on.

    Args:
        y: 0 or 1 for each patient. x: Shape (patients, p). studies: Of each patient.

    Returns:
        Coefficients and their robust standard errors, shape (p,), and the correlation within studies.

    Raises:
        NotAskableError: the search does not settle.
    """
    import warnings

    from statsmodels.genmod.cov_struct import Exchangeable, Independence
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_estimating_equations import GEE

    groups = np.unique(studies, return_inverse=True)[1]
    settings = {"maxiter": _STEPS, "ctol": _SETTLED, "cov_type": "bias_reduced"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = GEE(y, x, groups=groups, family=Binomial(), cov_struct=Independence()).fit(**settings)
            structure = Exchangeable()
            if exchangeable:
                model = GEE(y, x, groups=groups, family=Binomial(), cov_struct=structure)
                result = model.fit(start_params=result.params, **settings)
    except (Warning, ArithmeticError, np.linalg.LinAlgError):
        settled = False
    else:
        settled = bool(result.converged) and bool(np.isfinite(result.bse).all())
    if not settled:
        how = " with a correlation within studies" if exchangeable else ""
        raise not_askable(f"the estimating equations{how} have no solution that settles", "leave a covariate out")
    within = float(structure.dep_params) if exchangeable else None
    return np.asarray(result.params, dtype=float), np.asarray(result.bse, dtype=float), within


OPTIONS = {
    "events": Option((), "words of the column that are events"),
    "on": Option(("age_years", "sex"), "covariates: columns of patients.csv, or else of arms.csv"),
    "column": Option("response", "column of patients.csv that holds the events"),
}


def asked_patients(asked: Asked) -> PatientLevel:
    """For the registry; see ``OPTIONS``."""
    review, _ = asked.of_review()
    given = asked.given(OPTIONS)
    events, on = given["events"], given["on"]
    if not events:
        raise not_askable(
            f"it is not said which values of {given['column']} in patients.csv are events",
            'give the option events, such as "complete, partial"',
        )
    filtered = {item.arm_id for item in asked.selection.left_out if item.reason == "filter"}
    arms = [str(arm) for arm in review.tables["arms"]["arm_id"] if arm not in filtered]
    return patients(review, events, on, given["column"], arms, asked.model.level)
