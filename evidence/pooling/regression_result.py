"""What a regression returns: coefficients with their limits and tests, and what is left between the studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..counts import Counts
from ..errors import usage
from .design import Design
from .result import Floats, Heterogeneity, Note

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient on the analysis scale (of a logit model: log odds, or a log odds ratio).

    Attributes:
        name: Of its column.
        estimate, se: With the standard error that the formula of the limits uses, or the likelihood's.
        lower, upper: Limits; None on a side that was never reached, or where there are none.
        p: Two-sided, from the same reference distribution as the limits; None where there is none.
        df: Degrees of freedom of that distribution; None for the normal and chi-squared ones.
        p_permutation: From the permutation test, if asked for; None for an intercept, which no permutation tests.
    """

    name: str
    estimate: float
    se: float
    lower: float | None
    upper: float | None
    p: float | None
    df: float | None
    p_permutation: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class Omnibus:
    """Test of all coefficients but the intercept at once.

    Attributes:
        name: ``Wald`` or ``likelihood ratio``, with its distribution.
        statistic: Chi-squared with ``df`` degrees of freedom, or F with ``df`` and ``df_residual``.
    """

    name: str
    statistic: float
    df: int
    df_residual: int | None
    p: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class Permutations:
    """The permutation test: how many permutations, whether these are all there are, and the seed where they are not."""

    count: int
    exact: bool
    seed: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """Proportions at chosen rows of a design, every array of shape (m,); NaN where there is none.

    Attributes:
        estimate, lower, upper: The typical study (median), with the limits of the regression.
        mean, mean_lower, mean_upper: The average study (mean).
        pi_lower, pi_upper: Prediction interval of a new study, t quantile (normal with limits wald).
    """

    estimate: Floats
    lower: Floats
    upper: Floats
    mean: Floats
    mean_lower: Floats
    mean_upper: Floats
    pi_lower: Floats
    pi_upper: Floats

    def to_dict(self) -> dict[str, Any]:
        """Lists for JSON; None where there is no number."""
        return {
            f.name: [None if np.isnan(value) else float(value) for value in getattr(self, f.name)] for f in fields(self)
        }


@dataclass(frozen=True, slots=True, eq=False)
class Regressed:
    """The result of a regression.

    Attributes:
        coefficients: In the order of the design's columns.
        covariance: Of the estimates, shape (p, p).
        heterogeneity: What is left between the studies, ``q`` and ``i2`` residual ones; ``lr`` tests tau = 0.
        r2: Share of tau2 (estimated alike) that the covariates take away, in [0, 1]; None where there is none to take.
        omnibus: Test of all covariates; None without an intercept, without covariates, or with limits cr2.
        log_likelihood: With all constants (restricted for REML); None for estimators by moments.
        status: ok, tau-zero or tau-not-identified.
        limits: Name of the formula of the limits in use.
        counts: The arms in the regression.
        design: Their rows.
        notes: Caveats.
        model: The frozen specification.
        permutations: The permutation test, or None.
    """

    coefficients: tuple[Coefficient, ...]
    covariance: Floats
    heterogeneity: Heterogeneity
    r2: float | None
    omnibus: Omnibus | None
    log_likelihood: float | None
    status: str
    limits: str
    counts: Counts
    design: Design
    notes: tuple[Note, ...]
    model: Any
    permutations: Permutations | None = None

    @property
    def k(self) -> int:
        """Studies in the regression."""
        return len(set(self.counts.studies))

    def coefficient(self, name: str) -> Coefficient:
        """The coefficient of a column.

        Raises:
            UsageError: an unknown name.
        """
        from ..errors import unknown

        for found in self.coefficients:
            if found.name == name:
                return found
        raise unknown("coefficient", name, self.design.names)

    def to_dict(self) -> dict[str, Any]:
        """Every number at full precision; None where there is none, never NaN."""
        return {
            "coefficients": [c.to_dict() for c in self.coefficients],
            "covariance": [[float(value) for value in row] for row in self.covariance],
            "heterogeneity": self.heterogeneity.to_dict(),
            "r2": self.r2,
            "omnibus": self.omnibus.to_dict() if self.omnibus else None,
            "log_likelihood": self.log_likelihood,
            "status": self.status,
            "limits": self.limits,
            "k": self.k,
            "arms": self.counts.k,
            "n": int(self.counts.n.sum()),
            "events": int(self.counts.events.sum()),
            "terms": [term.to_dict() for term in self.design.terms],
            "left_out": [{"label": label, "missing": list(names)} for label, names in self.design.left_out],
            "model": self.model.to_dict(),
            "permutations": self.permutations.to_dict() if self.permutations else None,
            "notes": [note.to_dict() for note in self.notes],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per coefficient."""
        import pandas as pd

        return pd.DataFrame([c.to_dict() for c in self.coefficients])

    def __str__(self) -> str:
        from .regression_text import summary_lines

        return "\n".join(summary_lines(self))

    def _repr_html_(self) -> str:
        return "<pre>" + escape(str(self)) + "</pre>"


def predict(regressed: Regressed, rows: npt.ArrayLike | Sequence[dict[str, Any]]) -> Predicted:
    """Proportions that a regression expects at chosen rows: what a bubble plot's line is made of.

    Args:
        regressed: The result.
        rows: Rows of numbers, shape (m, p), the intercept's 1 included; or settings by covariate,
            ``[{"year": 2015, "route": "topical"}]``.

    Raises:
        UsageError: rows of another width, or a setting that does not fit the design.
    """
    given = list(rows) if isinstance(rows, Sequence) else rows
    if isinstance(given, list) and given and all(isinstance(row, dict) for row in given):
        values = np.array([regressed.design.code(row) for row in given])
    else:
        values = np.atleast_2d(np.asarray(given, dtype=float))
    p = len(regressed.design.names)
    if values.ndim != 2 or values.shape[1] != p or not np.isfinite(values).all():
        raise usage(f"rows of shape {values.shape} for {p} columns", f"give finite rows of {p} numbers", "shape")
    found: Predicted = regressed.model.predict(regressed, values)
    return found
