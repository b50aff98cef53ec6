"""What tests of small-study effects share: the effects they are made of, from how many studies on, what to say of them.

Source of the reason against them: Hunter et al. 2014, 10.1016/j.jclinepi.2014.03.003.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ComputeError
from ..pooling.inverse_variance import InverseVariance
from ..pooling.likelihood_parts import one_analysis
from ..pooling.notes import note
from ..pooling.result import Floats
from .answer import not_askable
from .asymmetry import Line, line
from .pictures import Points

if TYPE_CHECKING:
    from ..counts import Counts
    from ..pooling import Model
    from ..pooling.result import Note

#: None of these tests is made with fewer studies.
FEWEST = 10
#: Of the tests in the simulations below.
LEVEL = 0.10


@dataclass(frozen=True, slots=True)
class Rejections:
    """How often a test rejects at the level where nothing is missing, in our own simulations.

    They are made in tests/sensitivity/test_rejection_rates.py: logit-normal studies, effects as corrected logits.

    Attributes:
        small_reports: Of 20 reports of 1 to 30 patients with the event in 80 or 90 %, tau 0 or 0.8.
        singles: With the sizes of the first review: 15 of 20 reports of one patient, the event in 90 %, tau 0.5.
    """

    small_reports: str
    singles: str

    def __str__(self) -> str:
        return (
            f"in {self.small_reports} of simulated reviews of 20 reports of 1 to 30 patients, and in {self.singles}"
            " where 15 of the 20 are of one patient, with the event in 80 to 90 % of patients"
        )


EGGER, PETERS = Rejections("14 to 23 %", "75 %"), Rejections("31 to 86 %", "90 %")


@dataclass(frozen=True, slots=True)
class Effects:
    """Effects of the studies on a measure's scale.

    Attributes:
        y, v, n: Effects, sampling variances and sizes, shape (k,). labels: Of the studies.
        scale: The inverse-variance specification whose scale and correction they have.
        corrected: How many were corrected because they have no events, or only events.
    """

    y: Floats
    v: Floats
    n: Floats
    labels: tuple[str, ...]
    scale: InverseVariance
    corrected: int

    @property
    def axis(self) -> str:
        """What the effects are, for a picture."""
        return self.scale.scale.scale


def effects_of(counts: Counts, model: Model) -> Effects:
    """The studies' effects: on the scale of an inverse-variance model, else as corrected logits; arms are summed.

    Raises:
        NotAskableError: fewer than 10 studies, or one without a variance on that scale.
    """
    studies = one_analysis(counts).by_study()
    if studies.k < FEWEST:
        raise not_askable(f"{studies.k} studies, and never with fewer than {FEWEST}", "add studies")
    scale = model if isinstance(model, InverseVariance) else InverseVariance(level=model.level)
    x, n = studies.events.astype(float), studies.n.astype(float)
    y, v = scale.scale.effects(studies.events, studies.n, scale.add, scale.to)
    if not (v > 0).all():
        raise not_askable("a study has no variance on this scale without a correction", "give the model add = 0.5")
    bare = scale.scale.bare(x, n) if scale.scale.correction(scale.add, scale.to) > 0 else np.zeros(n.size, dtype=bool)
    return Effects(y, v, n, studies.labels, scale, int(bare.sum()))


def reasons() -> tuple[Note, ...]:
    """The note that every one of these answers carries."""
    return (
        note("egger-invalid", level=f"{LEVEL:.2f}", egger=EGGER, small=PETERS.small_reports, singles=PETERS.singles),
    )


def study_rows(effects: Effects, **columns: Any) -> list[dict[str, Any]]:
    """One row for each study: effect, variance, size and further columns of shape (k,)."""
    found = {"effect": effects.y, "variance": effects.v, "n": effects.n, **columns}
    return [
        {"study": label, **{name: float(values[i]) for name, values in found.items()}}
        for i, label in enumerate(effects.labels)
    ]


def line_asked(y: Floats, v: Floats, x: Floats, form: str, test: str) -> Line:
    """The line.

    Raises:
        NotAskableError: sizes or effects are all the same. UsageError: unknown names.
    """
    try:
        return line(y, v, x, form, test)
    except ComputeError as error:
        raise not_askable(error.problems[0].message.partition(":")[0], "there is nothing to mend") from error


def line_values(effects: Effects, fitted: Line) -> dict[str, Any]:
    """A line through the effects in plain values for JSON."""
    return {
        "measure": effects.scale.measure,
        "k": int(effects.y.size),
        "intercept": {"estimate": fitted.intercept, "se": fitted.intercept_se},
        "slope": {"estimate": fitted.slope, "se": fitted.slope_se},
        "statistic": fitted.statistic,
        "df": fitted.df,
        "p": fitted.p,
    }


def scatter(effects: Effects, x: Floats, label: str, fitted: Line | None = None) -> Points:
    """Effects against a predictor of size, with the line where there is one."""
    lines: tuple[tuple[tuple[float, ...], tuple[float, ...], str], ...] = ()
    if fitted is not None:
        ends = np.array([x.min(), x.max()])
        values = fitted.intercept + fitted.slope * ends
        lines = ((tuple(map(float, ends)), tuple(map(float, values)), "regression"),)
    xs, ys, sizes = (tuple(map(float, values)) for values in (x, effects.y, effects.n))
    return Points(xs, ys, effects.labels, label, effects.axis, size=sizes, lines=lines)
