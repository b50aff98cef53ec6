"""Densities: they hold all probability, and their quantiles are the printed limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import betainc, logit, stdtr

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.pooling import model, pool
from evidence.pooling.densities import Density, densities
from evidence.pooling.result import Pooled

SERIES = Counts([3, 1, 0, 9, 4, 2], [7, 1, 3, 28, 6, 9])
MANY = Counts(np.arange(40) % 11 + 3, np.full(40, 20))


def found(counts: Counts, name: str, **options: Any) -> tuple[Pooled, tuple[Density, ...]]:
    pooled = pool(counts, model(name, **options))
    assert isinstance(pooled, Pooled)
    return pooled, densities(pooled)


def by_name(shown: tuple[Density, ...]) -> dict[str, Density]:
    return {density.what: density for density in shown}


@pytest.mark.parametrize(
    ("counts", "options"),
    [
        (SERIES, {}),
        (SERIES, {"tau_prior": "half-cauchy", "tau_scale": 1.0}),
        (MANY, {"level": 0.8, "limits": "hpd"}),
    ],
    ids=["thin", "half-cauchy", "many, hpd"],
)
def test_posteriors_hold_all_probability_and_their_quantiles_are_printed(
    counts: Counts, options: dict[str, Any]
) -> None:
    pooled, shown = found(counts, "bayesian", **options)
    assert [density.what for density in shown] == ["mean", "median", "new", "tau"]
    for density in shown:
        total = density.below + float((density.density * np.diff(density.edges)).sum())
        # The axes of proportions reach to 4.5 standard deviations, tau's to 1.3 times its upper limit.
        assert total == pytest.approx(1, abs=0.05 if density.what == "tau" else 5e-4) and (density.mass >= 0).all()
        # Within a cell the distribution function is taken as straight: off by a part of that cell's own probability.
        slack = 0.3 * float(density.mass.max()) ** 2 + 1e-3
        inside = density.cumulative(density.upper) - density.cumulative(density.lower)
        assert inside == pytest.approx(density.level, abs=2 * slack)
        if density.middle is not None:
            assert density.cumulative(density.middle) == pytest.approx(0.5, abs=slack)
        if density.method != "hpd":
            assert density.cumulative(density.lower) == pytest.approx(0.5 * (1 - density.level), abs=slack)
    assert pooled.mean_ci is not None and shown[0].lower == pooled.mean_ci.lower


def test_priors_stand_beside_posteriors_in_the_same_cells() -> None:
    shown = by_name(found(SERIES, "bayesian")[1])
    for name in ("mean", "median", "new"):
        prior = shown[name].prior
        assert prior is not None and prior.shape == shown[name].mass.shape
        assert prior.sum() <= 1
        # About 50 % the priors of the logit are symmetric: the cells from 40 to 50 % weigh as those from 50 to 60 %.
        edges = shown[name].edges
        reached = np.concatenate([[0.0], np.cumsum(prior)])
        low, middle, high = np.interp([0.4, 0.5, 0.6], edges, reached)
        assert middle - low == pytest.approx(high - middle, abs=1e-4) and middle > low
    tau = shown["tau"]
    assert tau.prior is not None and tau.prior[0] > tau.prior[-1]


def test_a_flat_prior_is_none() -> None:
    shown = by_name(found(SERIES, "bayesian", likelihood="normal", mu_sd=float("inf"))[1])
    assert shown["mean"].prior is None and shown["tau"].prior is not None


def test_the_predictive_density_of_a_t_interval_is_a_t_distribution() -> None:
    pooled, (new,) = found(MANY, "inverse-variance")
    analysis, spread = pooled.analysis, pooled.heterogeneity
    assert analysis is not None and spread is not None and spread.tau2 is not None
    scale = np.hypot(analysis["se"], np.sqrt(spread.tau2))
    expected = np.diff(stdtr(39, (logit(new.edges[1:-1]) - analysis["estimate"]) / scale))
    # Monotone cubics through 44 quantiles, against the density's largest cell.
    assert new.mass[1:-1] == pytest.approx(expected, abs=0.01 * expected.max())
    assert new.mass.sum() == pytest.approx(1, abs=5e-4) and new.prior is None and new.middle is None


def test_the_predictive_density_of_a_beta_binomial_is_the_fitted_beta() -> None:
    pooled, (new,) = found(MANY, "beta-binomial")
    spread, mean = pooled.heterogeneity, pooled.mean
    assert spread is not None and spread.rho is not None and mean is not None
    size = (1 - spread.rho) / spread.rho
    expected = np.diff(betainc(mean * size, (1 - mean) * size, new.edges[1:-1]))
    # As before.
    assert new.mass[1:-1] == pytest.approx(expected, abs=0.01 * expected.max())


def test_a_scale_that_is_cut_off_holds_the_rest_at_its_end() -> None:
    pooled, (new,) = found(Counts([19, 20, 12, 18, 9, 20], [20, 20, 20, 20, 20, 20]), "inverse-variance", measure="PR")
    assert pooled.pi is not None and pooled.pi.upper == 1
    assert new.mass[-1] > 0.1 and new.mass.sum() == pytest.approx(1, abs=1e-12)
    assert new.cumulative(pooled.pi.lower) == pytest.approx(0.025, abs=0.002)


@pytest.mark.parametrize(
    ("counts", "name", "options", "reason"),
    [
        (Counts([2], [5]), "bayesian", {}, "nothing is pooled"),
        (Counts([1, 3], [4, 4]), "bayesian", {}, "nothing is pooled"),
        (SERIES, "common-effect", {}, "no distribution of a new study"),
        (SERIES, "inverse-variance", {"prediction": "none"}, "no distribution of a new study"),
        (SERIES, "inverse-variance", {"prediction": "bootstrap", "draws": 200}, "simulated"),
    ],
)
def test_a_result_without_a_distribution_says_so(
    counts: Counts, name: str, options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        found(counts, name, **options)
