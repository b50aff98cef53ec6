"""Case reports against series: one model with the contrast, and the counts of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import display
from ..errors import usage
from ..measures.limits import study_limits
from ..pooling import specified
from ..pooling.design import INTERCEPT, Design
from ..pooling.notes import FEW_STUDIES, FEW_UNITS
from ..pooling.regression_result import predict
from ..pooling.result import Note
from .answer import not_askable
from .asked import Asked, known
from .contrast import OddsRatio, odds_ratio
from .option import Option
from .pictures import IntervalRow, Intervals

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model

FEWEST = 3
CASE_REPORT = "case_report"
#: Ways to tell a case report from a series.
BY = ("size", "design")


@dataclass(frozen=True, slots=True)
class Group:
    """Case reports, or series.

    Attributes:
        label: Its name. k: Studies. events, n: Totals.
        lower, upper: Exact limits of events / n, which assume one proportion.
        mean, mean_lower, mean_upper: Its average study under the common model; None where there is none.
    """

    label: str
    k: int
    events: int
    n: int
    lower: float
    upper: float
    mean: float | None
    mean_lower: float | None
    mean_upper: float | None

    def __str__(self) -> str:
        return (
            f"{self.events} of {self.n} ({display.percent(self.events / self.n)}, exact limits"
            f" {display.percent_interval(self.lower, self.upper)})"
        )

    @property
    def is_thin(self) -> bool:
        """Fewer than 3 studies or 10 units have counts, and no average (our thresholds)."""
        return self.k < FEW_STUDIES or self.n < FEW_UNITS

    @property
    def average(self) -> str:
        """The average study with its limits."""
        return f"{display.percent(self.mean)} ({display.percent_interval(self.mean_lower, self.mean_upper)})"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "label": self.label,
            "k": self.k,
            "events": self.events,
            "n": self.n,
            "observed": self.events / self.n,
            "observed_lower": self.lower,
            "observed_upper": self.upper,
            "mean": self.mean,
            "mean_lower": self.mean_lower,
            "mean_upper": self.mean_upper,
        }


@dataclass(frozen=True, slots=True)
class CaseReports:
    """Case reports against series.

    Attributes:
        cases, series: The two groups.
        contrast: Odds in case reports over odds in series, or why there is no such number.
        unit: What is counted, in the singular. level: Of the limits.
    """

    cases: Group
    series: Group
    contrast: OddsRatio
    unit: str
    level: float
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "case-reports"

    def __str__(self) -> str:
        counted = f"{_capital(self.cases.label)} have {self.cases}, {self.series.label} {self.series}"
        ratio = self.contrast
        if ratio.value is None:
            return f"{counted}; {ratio.reason}."
        former, latter = self.cases.average, self.series.average
        averages = f"the average study is {former} in the former and {latter} in the latter, and "
        if self.cases.is_thin or self.series.is_thin:
            averages = ""
        return (
            f"{counted}; allowing for differences between studies, {averages}the odds of typical studies of the former"
            f" are {display.ratio(ratio.value)} times those of the latter ({ratio.limits_text(self.level)})."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per group, and one for the odds ratio."""
        import pandas as pd

        return pd.DataFrame(
            [self.cases.to_dict(), self.series.to_dict(), {"label": "odds ratio", **_flat(self.contrast)}]
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "groups": [self.cases.to_dict(), self.series.to_dict()],
            "contrast": self.contrast.to_dict(),
            "sentence": str(self),
            "notes": [note.to_dict() for note in self.notes],
        }

    def picture(self) -> Intervals:
        """The counts with exact limits and the average study of each group."""
        rows = []
        for group in (self.cases, self.series):
            cells = (display.plural(group.k, "study", "studies"), display.count(group.events, group.n))
            label = _capital(group.label)
            rows.append(IntervalRow(f"{label}, observed", group.events / group.n, group.lower, group.upper, cells))
            remark = None if group.mean is not None else self.contrast.status
            middle = (group.mean, group.mean_lower, group.mean_upper)
            if group.is_thin and group.mean is not None:
                middle, remark = (None, None, None), "too few to pool"
            rows.append(IntervalRow(f"{label}, average study", *middle, ("", ""), remark=remark))
        return Intervals(tuple(rows), "proportion", ("studies", "counts"))


def case_reports(counts: Counts, model: str | Model, most: int = 3, cases: Sequence[str] | None = None) -> CaseReports:
    """Case reports against series, in one regression with the contrast.

    Args:
        counts: One analysis, shape (k,); the arms of a study are summed.
        model: The inverse-variance model has its own regression on the logit; any other the logistic-normal one.
        most: Studies of up to so many units count as case reports.
        cases: Instead of that: keys of the arms whose study is a case report.

    Raises:
        NotAskableError: fewer than 3 studies, or only one of the two groups. UsageError: ``most`` below 1.
    """
    model = specified(model)
    if most < 1:
        raise usage(f"most = {most} is not possible", "give a number of units from 1 on", "option-value")
    arms = counts.present()
    studies = arms.by_study()
    if studies.k < FEWEST:
        raise not_askable("fewer than 3 studies", "add studies")
    if cases is None:
        small = studies.n <= most
        labels = tuple(f"reports of {size} {studies.unit}s or {side}" for size, side in _sides(most))
    else:
        named = {study for study, key in zip(arms.studies, arms.keys, strict=True) if key in set(cases)}
        small = np.array([study in named for study in studies.studies])
        labels = ("case reports", "series")
    if small.all() or not small.any():
        raise not_askable(f"there are no {labels[int(small.all())]}", "add studies, or choose another size")
    column = "case reports"
    design = Design((INTERCEPT, column), np.column_stack([np.ones(studies.k), small]))
    separated = "one of the two groups has no events or only events"
    ratio = odds_ratio(studies, design, model, column, separated)
    groups = _groups(studies, small, labels, ratio, model.level)
    notes = () if ratio.regressed is None else ratio.regressed.notes
    return CaseReports(*groups, ratio, studies.unit, model.level, notes)


def _sides(most: int) -> tuple[tuple[int, str], tuple[int, str]]:
    return (most, "fewer"), (most + 1, "more")


def _groups(
    studies: Counts, small: np.ndarray, labels: tuple[str, ...], ratio: OddsRatio, level: float
) -> tuple[Group, Group]:
    means = None if ratio.regressed is None else predict(ratio.regressed, np.array([[1.0, 1.0], [1.0, 0.0]]))
    found = []
    for i, member in enumerate((small, ~small)):
        x, n = int(studies.events[member].sum()), int(studies.n[member].sum())
        lower, upper = study_limits([x], [n], "clopper-pearson", level)
        three = (
            (None, None, None)
            if means is None
            else (known(means.mean[i]), known(means.mean_lower[i]), known(means.mean_upper[i]))
        )
        found.append(Group(labels[i], int(member.sum()), x, n, float(lower[0]), float(upper[0]), *three))
    return found[0], found[1]


def _flat(ratio: OddsRatio) -> dict[str, Any]:
    told = ratio.to_dict()
    return {name: told[name] for name in ("odds_ratio", "lower", "upper", "p", "tau", "status")}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


OPTIONS = {
    "most": Option(3, "reports of up to so many units count as case reports"),
    "by": Option("size", f"how case reports are told: {' or '.join(BY)}"),
}


def asked_case_reports(asked: Asked) -> CaseReports:
    """For the registry: by size (``most``), or by the design that the review states (``by = "design"``)."""
    given = asked.given(OPTIONS)
    if given["by"] not in BY:
        raise usage(f"by = {given['by']!r} is not possible", f"write by = {' or '.join(BY)}", "option-value")
    if given["by"] == "size":
        return case_reports(asked.counts, asked.model, given["most"])
    designs = [cells.get("design") for cells in asked.selection.study_columns]
    if not any(designs):
        raise not_askable("the design of the reports is not known", 'ask it by = "size"')
    keys = [key for key, design in zip(asked.counts.keys, designs, strict=True) if design == CASE_REPORT]
    return case_reports(asked.counts, asked.model, given["most"], keys)
