"""Regression of effects on a measure's scale, normal with known variances, weighted by 1 / (v + tau2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.special import chdtrc, chdtri, fdtrc, ndtr, ndtri, stdtr, stdtrit

from .. import display
from ..counts import Counts
from ..errors import ComputeError, Problem, usage
from ..measures import MEASURES, Measure
from .design import Basis, Design, basis_of
from .effects import NO_SPREAD
from .inverse_variance_parts import ESTIMATORS
from .notes import note
from .options import check_choice, check_level, spell
from .regression import FEWEST_PERMUTATIONS, Engine, permutation_p
from .regression_notes import several_arms, shared_notes
from .regression_result import Coefficient, Omnibus, Permutations, Predicted, Regressed
from .result import Floats, Heterogeneity, Note
from .robust import FEWEST_DF, cluster_index, cr2
from .tau2_mods import TAU2_MODS, log_likelihood, q_root, weighted

LIMITS: Mapping[str, str] = {
    "hk": "Knapp and Hartung's variance and the t quantile with k - p degrees of freedom",
    "hk-floor": "Knapp and Hartung's variance, at least the usual one, and the t quantile, k - p degrees of freedom",
    "cr2": "the CR2 variance, robust within studies, and t quantiles with Satterthwaite's degrees of freedom",
    "t": "the t quantile with k - p degrees of freedom",
    "wald": "the normal quantile",
}
_CITES = {"hk": ("knapp2003",), "hk-floor": ("knapp2003",), "cr2": ("pustejovsky2018",)}


@dataclass(frozen=True, slots=True)
class InverseVarianceRegression:
    """Specification of the inverse-variance regression.

    Args:
        measure: Scale: PR, PLN, PLO, PRZ, PAS or PFT.
        tau2: Estimator of the residual between-study variance: REML, DL, PM, ML, EB, HE, HS or SJ.
        limits: hk (Knapp and Hartung), hk-floor, cr2 (robust by study), t or wald.
        level: Nominal coverage, a fraction.
        add, to: Constant added to events and non-events, and where, as for the model inverse-variance.
        permutations: How many permutations the test of each covariate may use; None for no such test.
        seed: Of random permutations.

    Raises:
        UsageError: an unknown name, a level outside (0, 1), or fewer than 20 permutations.
    """

    measure: str = "PLO"
    tau2: str = "REML"
    limits: str = "hk"
    level: float = 0.95
    add: float | None = None
    to: str = "only0"
    permutations: int | None = None
    seed: int = 1

    name: ClassVar[str] = "inverse-variance"

    def __post_init__(self) -> None:
        check_choice("measure", self.measure, MEASURES)
        check_choice("tau2", self.tau2, TAU2_MODS)
        check_choice("limits", self.limits, LIMITS)
        check_level(self.level)
        self.scale.correction(self.add, self.to)
        asked = self.permutations
        if asked is not None and (not isinstance(asked, int) or asked < FEWEST_PERMUTATIONS):
            mend = f"give at least {FEWEST_PERMUTATIONS}, for example 5000"
            raise usage(f"permutations {asked!r}", mend, "permutations")

    @property
    def scale(self) -> Measure:
        """The measure itself."""
        return MEASURES[self.measure]

    @property
    def title(self) -> str:
        """Name, scale, estimator and limits, for the first line of a result."""
        return f"inverse-variance regression, {self.scale.title} ({self.measure}), {self.tau2}; limits {self.limits}"

    def to_dict(self) -> dict[str, Any]:
        """Name and every option, with the values in use."""
        return {"name": self.name, **spell(self), "add": self.scale.correction(self.add, self.to)}

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """The methods sentence and its citations."""
        add = self.scale.correction(self.add, self.to)
        corrected = f" {add:g} was added to events and non-events ({self.to})." if add > 0 else ""
        permuted = ""
        if self.permutations is not None:
            permuted = f" A permutation test (up to {self.permutations:,} permutations, seed {self.seed}) was added."
        text = (
            f"Proportions were regressed on the covariates on the scale of the {self.scale.scale} ({self.measure}) with"
            f" weights 1 / (v + tau2); the residual between-study variance was estimated by {ESTIMATORS[self.tau2]}."
            f"{corrected} {self.level:.0%} limits ({self.limits}) use {LIMITS[self.limits]}.{permuted}"
        )
        likelihood = ("viechtbauer2005",) if self.tau2 in ("ML", "REML") else ()
        permutation = ("higgins2004",) if self.permutations is not None else ()
        return text, (*likelihood, *_CITES.get(self.limits, ()), *permutation, *self.scale.cites)

    def fit(self, counts: Counts, design: Design) -> Regressed:
        """Regress one analysis; one row of the design for each arm.

        Raises:
            DataError: a singular design. ComputeError: an arm has no value or no variance on the measure's scale.
        """
        basis = basis_of(design)
        y, v = self._effects(counts)
        return _Fit.of(self, counts, design, basis, y, v).result()

    def _effects(self, counts: Counts) -> tuple[Floats, Floats]:
        y, v = self.scale.effects(counts.events, counts.n, self.add, self.to)
        lost = np.flatnonzero(~(v > 0))
        if lost.size:
            names = ", ".join(counts.labels[i] for i in lost)
            raise ComputeError(
                Problem(
                    "no-variance",
                    f"{names}: no value or no variance on the scale {self.measure} without a correction",
                    "give add = 0.5 with to = only0, or another measure (PAS, PFT), or the regression logistic-normal",
                )
            )
        return y, v

    def predict(self, regressed: Regressed, rows: Floats) -> Predicted:
        """Proportions at rows of the design, shape (m, p)."""
        beta = np.array([c.estimate for c in regressed.coefficients])
        at = rows @ beta
        se, quantile = self._reach(regressed, rows)
        tau2 = regressed.heterogeneity.tau2 or 0.0
        reach, pi = quantile * se, quantile * np.sqrt(se * se + tau2)
        values = np.stack([at, at - reach, at + reach, at - pi, at + pi])
        size = None
        if self.scale.sized:
            size = 0.25 / np.vecdot(rows @ self._plain(regressed), rows)
        back = self.scale.back(values, size)
        mean = self.scale.mean(values[:3], np.full(at.size, tau2))
        return Predicted(back[0], back[1], back[2], mean[0], mean[1], mean[2], back[3], back[4])

    def _plain(self, regressed: Regressed) -> Floats:
        """The covariance (X'WX)^-1 without any adjustment."""
        _, v = self._effects(regressed.counts)
        w = 1 / (v + (regressed.heterogeneity.tau2 or 0.0))
        basis = basis_of(regressed.design)
        back = basis.back
        return np.asarray(back @ np.linalg.inv((basis.q * w[:, None]).T @ basis.q) @ back.T)

    def _reach(self, regressed: Regressed, rows: Floats) -> tuple[Floats, Floats]:
        """Standard error and quantile at each row."""
        tail = 0.5 * (1 + self.level)
        se = np.sqrt(np.vecdot(rows @ regressed.covariance, rows))
        df = float(regressed.counts.k - rows.shape[1])
        if regressed.limits == "wald":
            return se, np.full(se.size, ndtri(tail))
        if regressed.limits != "cr2":
            return se, np.full(se.size, stdtrit(df, tail))
        y, v = self._effects(regressed.counts)
        basis = basis_of(regressed.design)
        phi = v + (regressed.heterogeneity.tau2 or 0.0)
        e = y - regressed.design.values @ np.array([c.estimate for c in regressed.coefficients])
        robust = cr2(basis.q, e, phi, cluster_index(regressed.counts.studies), basis.functional(rows))
        return robust.se, np.asarray(stdtrit(robust.df, tail), dtype=float)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """The numbers of one regression: effects (k,), coefficients (p,), their covariance and degrees of freedom."""

    model: InverseVarianceRegression
    counts: Counts
    design: Design
    basis: Basis
    y: Floats
    v: Floats
    engine: Engine
    beta: Floats
    covariance: Floats
    tau2: float

    @classmethod
    def of(
        cls, model: InverseVarianceRegression, counts: Counts, design: Design, basis: Basis, y: Floats, v: Floats
    ) -> _Fit:
        """Fit by the engine."""
        limits = model.limits
        tau2 = TAU2_MODS[model.tau2](y[None], v[None], basis.q)
        factor = float(weighted(y[None], v[None], basis.q, tau2).rss[0]) / (basis.q.shape[0] - basis.q.shape[1])
        if limits in ("hk", "cr2") and factor <= NO_SPREAD:
            # The design goes through every effect: variances made of residuals are 0, which is no certainty.
            limits = "hk-floor"
        engine = Engine(model.tau2, limits, basis.back, cluster_index(counts.studies))
        found = engine.fit(y[:, None], v[:, None], basis.q).params_ or {}
        beta, covariance = found["fe_params"][:, 0], found["inv_cov"][:, :, 0]
        return cls(model, counts, design, basis, y, v, engine, beta, covariance, float(found["tau2"][0]))

    @property
    def df(self) -> int:
        """Residual degrees of freedom."""
        return int(self.y.size - self.beta.size)

    def result(self) -> Regressed:
        """Everything as a result."""
        permuted, test = self._permuted()
        coefficients = self._coefficients(permuted)
        tau2_rest = self._without_covariates()
        restricted = self.model.tau2 == "REML"
        likelihood = None
        if self.model.tau2 in ("ML", "REML"):
            at = np.array([self.tau2])
            likelihood = float(log_likelihood(self.y[None], self.v[None], self.design.values, at, restricted)[0])
        return Regressed(
            coefficients=coefficients,
            covariance=self.covariance,
            heterogeneity=self._heterogeneity(),
            r2=None if not tau2_rest else max(0.0, 1 - self.tau2 / tau2_rest),
            omnibus=self._omnibus(),
            log_likelihood=likelihood,
            status="tau-zero" if self.tau2 == 0 else "ok",
            limits=self.engine.limits,
            counts=self.counts,
            design=self.design,
            notes=tuple(self._notes(coefficients, test)),
            model=self.model,
            permutations=test,
        )

    def _permuted(self) -> tuple[Floats | None, Permutations | None]:
        asked, ones = self.model.permutations, self.design.intercept
        if asked is None:
            return None, None
        if ones is None or self.beta.size == 1:
            raise usage("a permutation test needs an intercept and a covariate", "leave permutations out")
        p, test = permutation_p(self.engine, self.y, self.v, self.basis.q, asked, self.model.seed)
        p[ones] = np.nan
        return p, test

    def _coefficients(self, permuted: Floats | None) -> tuple[Coefficient, ...]:
        se, df = np.sqrt(np.diagonal(self.covariance)), self._dfs()
        tail = 0.5 * (1 + self.model.level)
        found = []
        for i, name in enumerate(self.design.names):
            d, usable, normal = df[i], not np.isnan(df[i]), df[i] == np.inf
            ratio = -abs(self.beta[i]) / se[i] if usable else np.nan
            reach = float((ndtri(tail) if normal else stdtrit(d, tail)) * se[i])
            p = float(2 * (ndtr(ratio) if normal else stdtr(d, ratio)))
            weak = self.engine.limits == "cr2" and not d >= FEWEST_DF
            found.append(
                Coefficient(
                    name,
                    float(self.beta[i]),
                    float(se[i]),
                    float(self.beta[i] - reach) if usable else None,
                    float(self.beta[i] + reach) if usable else None,
                    None if weak else p,
                    float(d) if usable and not normal else None,
                    None if permuted is None or np.isnan(permuted[i]) else float(permuted[i]),
                )
            )
        return tuple(found)

    def _dfs(self) -> Floats:
        """Degrees of freedom of each coefficient: inf for the normal quantile, NaN where there are none."""
        if self.engine.limits == "wald":
            return np.full(self.beta.size, np.inf)
        if self.engine.limits != "cr2":
            return np.full(self.beta.size, float(self.df))
        e = self.y - self.design.values @ self.beta
        return cr2(self.basis.q, e, self.v + self.tau2, self.engine.clusters, self.basis.back).df

    def _without_covariates(self) -> float | None:
        """tau2 with the intercept alone, by the same estimator; None where there is no such model."""
        if self.design.intercept is None or self.beta.size == 1:
            return None
        return float(TAU2_MODS[self.model.tau2](self.y[None], self.v[None], np.ones((self.y.size, 1)))[0])

    def _heterogeneity(self) -> Heterogeneity:
        y, v, q = self.y[None], self.v[None], self.basis.q
        zero = weighted(y, v, q, np.zeros(1))
        rss, s2 = float(zero.rss[0]), self.df / float(zero.trace[0])
        tail = 0.5 * (1 - self.model.level)
        low, high = (float(q_root(y, v, q, float(chdtri(self.df, at)))[0]) for at in (tail, 1 - tail))
        common: dict[str, Any] = {"level": self.model.level, "method": "q-profile"}
        return Heterogeneity(
            tau=float(np.sqrt(self.tau2)),
            tau2=self.tau2,
            tau_ci={"lower": float(np.sqrt(low)), "upper": float(np.sqrt(high)), **common},
            tau2_ci={"lower": low, "upper": high, **common},
            i2=self.tau2 / (self.tau2 + s2),
            i2_q=max(0.0, (rss - self.df) / rss) if rss > 0 else 0.0,
            h2=self.tau2 / s2 + 1,
            q=rss,
            q_df=self.df,
            q_p=float(chdtrc(self.df, rss)),
        )

    def _omnibus(self) -> Omnibus | None:
        ones = self.design.intercept
        if ones is None or self.beta.size == 1 or self.engine.limits == "cr2":
            return None
        at = np.delete(np.arange(self.beta.size), ones)
        b, c = self.beta[at], self.covariance[np.ix_(at, at)]
        scale = np.sqrt(np.diagonal(c))
        statistic = float(b / scale @ np.linalg.solve(c / np.outer(scale, scale), b / scale))
        if self.engine.limits == "wald":
            return Omnibus("Wald", statistic, at.size, None, float(chdtrc(at.size, statistic)))
        f = statistic / at.size
        return Omnibus("Wald", f, at.size, self.df, float(fdtrc(at.size, self.df, f)))

    def _notes(self, coefficients: tuple[Coefficient, ...], test: Permutations | None) -> list[Note]:
        found = shared_notes(self.counts, self.design)
        several = several_arms(self.counts)
        robust = self.engine.limits == "cr2"
        if several:
            found.append(note("several-arms-robust" if robust else "several-arms-independent", studies=several))
        if robust and any(c.p is None for c in coefficients):
            fewest = min(c.df or 0.0 for c in coefficients)
            found.append(note("few-clusters", df=display.number(fewest, 1)))
        bare = int(np.sum((self.counts.events == 0) | (self.counts.events == self.counts.n)))
        add = self.model.scale.correction(self.model.add, self.model.to)
        if add > 0 and bare and self.model.to == "only0":
            found.append(note("correction", corrected=bare, k=self.counts.k, add=f"{add:g}"))
        elif add > 0 and (bare or self.model.to == "all"):
            found.append(note("correction-everywhere", k=self.counts.k, add=f"{add:g}"))
        if self.tau2 == 0:
            found.append(note("tau-zero"))
        if test is not None and test.exact and test.count < 100:
            found.append(note("permutation-coarse", count=test.count, smallest=f"{1 / test.count:.2g}"))
        return found
