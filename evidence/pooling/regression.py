"""Regression of proportions on what is known of the arms: specifications by name, ``regress``, and PyMARE's part.

PyMARE is the engine of the inverse-variance regression: weighted least squares, Knapp and Hartung's variance and the
permutation test are its own. Three things are not left to it. The residual tau2: of our eight estimators it has four,
and its ML and REML stop at about 1e-7 relative where 1e-8 is wanted (``tau2_mods``). The design: it inverts X'WX, which
costs years 6 digits, so that it is given orthogonal columns instead. CR2: its adjustment of residuals takes another
root of the same matrix than clubSandwich's, and its variances lie 3 % off; ``robust`` has clubSandwich's to 1e-9. Its
permutation test draws from numpy's global generator, which is seeded for it and put back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from ..errors import ComputeError, DataError, Problem, data_error, near, usage
from .design import Design
from .options import unknown_name
from .regression_result import Permutations, Regressed
from .result import Floats
from .robust import cr2
from .tau2_mods import TAU2_MODS

if TYPE_CHECKING:
    from ..counts import Counts
    from . import Model
    from .cells import Index
    from .design import Facts

#: Name -> where its specification lives.
REGRESSIONS: Mapping[str, str] = {
    "logistic-normal": "logistic_regression:LogisticRegression",
    "inverse-variance": "inverse_variance_regression:InverseVarianceRegression",
}
DEFAULT_REGRESSION = "logistic-normal"
#: Below this a permutation test can't reach any usual level of significance.
FEWEST_PERMUTATIONS = 20


class Regression(Protocol):
    """A frozen specification of a regression."""

    @property
    def name(self) -> str:
        """Its name in ``REGRESSIONS``."""

    @property
    def title(self) -> str:
        """For the first line of a result."""

    @property
    def level(self) -> float:
        """Nominal coverage of the limits."""

    def fit(self, counts: Counts, design: Design) -> Regressed:
        """Regress one analysis; one row of the design for each arm."""

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """The methods sentence and its citations."""

    def to_dict(self) -> dict[str, Any]:
        """Name and every option."""


def regression(name: str = DEFAULT_REGRESSION, /, **options: Any) -> Regression:
    """The specification of a regression.

    Args:
        name: One of ``REGRESSIONS``.
        **options: Of that regression, e.g. ``measure="PLO"``, ``tau2="REML"``, ``limits="hk"``.

    Raises:
        UsageError: an unknown name, option or value.
    """
    if name not in REGRESSIONS:
        raise unknown_name("regression", str(name), REGRESSIONS)
    module, _, attribute = REGRESSIONS[name].partition(":")
    kind = getattr(import_module(f".{module}", __package__), attribute)
    known = [field.name for field in fields(kind)]
    for option in options:
        if option not in known:
            raise usage(f"regression {name} has no option {option!r}", near(option, known), "unknown-option")
    return cast(Regression, kind(**options))


def regress(
    data: Counts | Facts, design: Design | Sequence[str], model: str | Regression = DEFAULT_REGRESSION
) -> Regressed:
    """Regress proportions on covariates.

    Args:
        data: Counts of one analysis, or a selection of a review or a bare table.
        design: A design, or with a selection the names of covariates.
        model: A specification, or a regression's name (its defaults).

    Raises:
        UsageError: unknown names. DataError: the design does not fit the counts, is singular, or has more columns than
            there are studies. ComputeError: the likelihood has no maximum, or an effect has no variance.
    """
    from ..counts import Counts, Rates
    from .design import design_of

    if isinstance(data, Rates):
        raise data_error("these are rates, and only proportions can be regressed", "give Counts(events, n)", "rates")
    chosen = regression(model) if isinstance(model, str) else model
    if not isinstance(design, Design):
        if isinstance(data, Counts):
            raise usage("names of covariates with bare counts", "give a Design of numbers, or a selection", "design")
        design = design_of(data, design)
    counts = data if isinstance(data, Counts) else data.counts
    return chosen.fit(*matched(counts, design))


def regression_of(model: Model, counts: Counts) -> Regression:
    """The regression that goes with a model: on the scale of an inverse-variance one, else the logistic-normal.

    Limits are the model's where the regression has them; of effects cr2 where studies of ``counts`` have several arms.
    """
    from .common_tau import effects_regression
    from .logistic_regression import LIMITS, LogisticRegression

    spec: Any = model
    if model.name == "inverse-variance":
        return cast(Regression, effects_regression(spec, "cr2" if counts.shares_studies else spec.limits))
    limits = getattr(spec, "limits", "")
    return LogisticRegression(limits if limits in LIMITS else "profile-t", model.level)


def matched(counts: Counts, design: Design) -> tuple[Counts, Design]:
    """The arms that are in a regression and their rows: those the design knows, without absent ones.

    Raises:
        DataError: a stack, rows that don't fit the arms, no arm, or too many columns for the studies.
    """
    from .likelihood_parts import one_analysis

    one_analysis(counts)
    rows = np.arange(counts.k) if design.rows is None else np.array(design.rows, dtype=np.intp)
    if design.values.shape[0] != rows.size or (rows.size and rows.max() >= counts.k):
        raise DataError(
            Problem(
                "shape",
                f"a design of {design.values.shape[0]} rows for {counts.k} arms",
                "give one row for each arm, in the order of the counts",
            )
        )
    there = np.flatnonzero(counts.n[rows] > 0)
    arms, kept = counts.take(rows[there]), design.take(there)
    studies, p = len(set(arms.studies)), len(design.names)
    if studies <= p:
        raise DataError(
            Problem(
                "too-many-coefficients",
                f"{p} coefficients for {studies} studies ({', '.join(design.names)}{_lacking(design)})",
                "leave covariates out, or merge categories: there must be more studies than coefficients",
            )
        )
    return arms, kept


def _lacking(design: Design) -> str:
    """How many arms have no place in a design, as they lack a covariate."""
    arms = len(design.left_out)
    return f"; {arms} more {'arm lacks' if arms == 1 else 'arms lack'} a covariate" if arms else ""


@dataclass(slots=True)
class Engine:
    """An estimator as PyMARE expects it: it fits a stack of effects on one design, shapes (k, D) and (k, p).

    Attributes:
        tau2: Name of the estimator. limits: wald, t, hk, hk-floor or cr2.
        back: From the coefficients of the orthogonal columns to those of the design, shape (p, p).
        clusters: Number of each effect's study, shape (k,).
        params_: What PyMARE reads after a fit: coefficients (p, D), covariances (p, p, D) and tau2 (D,).
    """

    tau2: str
    limits: str
    back: Floats
    clusters: Index
    params_: dict[str, Any] | None = None

    def fit(self, y: Floats, v: Floats, X: Floats, g: Any = None) -> Engine:
        """Fit every column of y; ``g``, the studies, only says what is permuted together."""
        from pymare.stats import knapp_hartung_cov_and_dof, weighted_least_squares

        tau2 = TAU2_MODS[self.tau2](y.T, v.T, X)
        gamma, covariance = weighted_least_squares(y, v, X, tau2=tau2, return_cov=True)
        if self.limits == "cr2":
            robust = cr2(X, (y - X @ gamma).T, v.T + tau2[:, None], self.clusters)
            covariance = np.moveaxis(robust.variance, 0, -1)
        elif self.limits.startswith("hk"):
            floor = self.limits == "hk-floor"
            covariance, _ = knapp_hartung_cov_and_dof(y, v, X, gamma, covariance, tau2=tau2, conservative=floor)
        both = np.einsum("pa,abd,qb->pqd", self.back, covariance, self.back)
        self.params_ = {"fe_params": self.back @ gamma, "inv_cov": both, "tau2": tau2, "dof": None}
        return self


def permutation_p(
    engine: Engine, y: Floats, v: Floats, x: Floats, count: int, seed: int
) -> tuple[Floats, Permutations]:
    """p of each coefficient by permuting the effects, with their variances, against the rows of the design.

    The statistic is the coefficient over its standard error, tau2 estimated anew each time; whole studies change places
    where a study has several arms. All permutations are gone through if there are no more than ``count``; otherwise
    (b + 1) / (count + 1) of random ones is p, which is never 0.

    Args:
        y, v: Effects and variances, shape (k,). x: Orthogonal columns, shape (k, p).
        count: Permutations at most. seed: Of the random ones.

    Raises:
        ComputeError: every study has another number of arms, so that none can change places.

    Source: Higgins and Thompson 2004, 10.1002/sim.1752.
    """
    from pymare import Dataset
    from pymare.results import MetaRegressionResults

    shared = np.unique(engine.clusters).size < engine.clusters.size
    data = Dataset(y=y, v=v, X=x, add_intercept=False, g=engine.clusters if shared else None)
    fitted = engine.fit(y[:, None], v[:, None], x).params_ or {}
    result = MetaRegressionResults(engine, data, fitted["fe_params"], fitted["inv_cov"], fitted["tau2"])
    before = np.random.get_state()
    try:
        np.random.seed(seed)
        found = result.permutation_test(n_perm=count)
    except ValueError as error:
        raise ComputeError(
            Problem("no-permutation", f"the studies can't be permuted: {error}", "leave permutations out")
        ) from error
    finally:
        np.random.set_state(before)
    p = np.asarray(found.perm_p["fe_p"], dtype=float)[:, 0]
    if not found.exact:
        p = (np.rint(p * found.n_perm) + 1) / (found.n_perm + 1)
    return p, Permutations(int(found.n_perm), bool(found.exact), None if found.exact else seed)
