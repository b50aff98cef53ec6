"""A search that ends before it settles: an error with the last iterate and the data, a marked row in a stack."""

from __future__ import annotations

import pickle
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from evidence.counts import Counts, Rates
from evidence.errors import ComputeError
from evidence.pooling import (
    edges,
    model,
    near_limits,
    normal_likelihood,
    posterior,
    posterior_grids,
    posterior_joint,
    posterior_mean,
    posterior_predictive,
    profile,
    profile_limits,
    quadrature,
    tau2,
    tau2_limits,
)
from evidence.pooling.boundaries import blank
from evidence.pooling.cells import likelihood_table
from evidence.pooling.convergence import ConvergenceError, filled, naming, not_converged

EVENTS, N = [3, 10, 5, 21, 30], [12, 20, 40, 25, 90]

#: (what is capped, the cap, model, options): each loop that can end early, by way of a model that uses it.
CAPS: list[tuple[Any, str, Any, str, dict[str, Any]]] = [
    (profile, "_STEPS", 1, "logistic-normal", {}),
    (profile, "_STEPS", 1, "beta-binomial", {}),
    (profile_limits, "_STEPS", 1, "logistic-normal", {}),
    (edges, "_STEPS", 1, "logistic-normal", {}),
    (quadrature, "_STEPS", 1, "logistic-normal", {}),
    (quadrature, "FINEST", 18, "logistic-normal", {}),
    (normal_likelihood, "_STEPS", 1, "inverse-variance", {}),
    (tau2, "_STEPS", 1, "inverse-variance", {"tau2": "PM"}),
    (posterior_joint, "_ROUNDS", 1, "bayesian", {}),
    (posterior_mean, "_MOST_STEPS", 1, "bayesian", {}),
    (posterior, "_QUANTILE_STEPS", 1, "bayesian", {}),
    (posterior_grids, "LOOSE", 0.0, "bayesian", {}),
    (posterior_predictive, "_STEPS", 1, "logistic-normal", {"prediction": "bayes"}),
]


@pytest.mark.parametrize(("module", "cap", "value", "name", "options"), CAPS)
def test_a_loop_at_its_cap_is_said(
    monkeypatch: pytest.MonkeyPatch, module: Any, cap: str, value: Any, name: str, options: dict[str, Any]
) -> None:
    chosen = model(name, **options)
    counts = Counts(EVENTS[:3], N[:3], ["Study a", "Study b", "Study c"])
    monkeypatch.setattr(module, cap, value)
    # A first search that does not get there leaves the row to the thorough one, and says nothing.
    monkeypatch.setattr(near_limits, "_STEPS", 0)
    with pytest.raises(ComputeError) as caught:
        chosen.fit(counts)
    problem = caught.value.problems[0]
    assert problem.code == "no-fit"
    assert "had not settled after" in problem.message
    assert "data: Study a 3/12, Study b 10/20" in problem.message
    assert "report the counts" in problem.mend
    row = chosen.estimate(counts)
    assert row.status == "no-fit"
    assert all(np.isnan(getattr(row, field.name)) for field in fields(row) if field.name != "status")


def test_limits_of_tau2_at_their_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tau2, "_STEPS", 1)
    with pytest.raises(ComputeError, match="tau2 at a value of Q"):
        model("inverse-variance", tau2="DL").fit(Counts(EVENTS, N))
    monkeypatch.setattr(normal_likelihood, "_STEPS", 1)
    with pytest.raises(ComputeError, match="tau2"):
        tau2_limits.profile_tau2_limits(np.array([0.1, 2.0, -1.0]), np.ones(3), np.array(1.4), "ML", 0.95)


def test_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = Rates([3, 10, 5, 21, 30], [120.0, 20.0, 40.5, 25.0, 90.0])
    chosen = model("poisson-normal")
    monkeypatch.setattr(profile, "_STEPS", 1)
    monkeypatch.setattr(near_limits, "_STEPS", 0)
    with pytest.raises(ComputeError, match=r"3/120, 2 10/20, 3 5/40\.5"):
        chosen.fit(rates)
    assert chosen.estimate(rates).status == "no-fit"


def test_a_function_without_a_value_is_not_a_root() -> None:
    with pytest.raises(ConvergenceError, match="search for tau"):
        profile.falling_root(lambda rows, at: np.where(at > 0.5, np.nan, 1.0 - at), np.zeros(1), np.full(1, 4.0))
    with pytest.raises(ConvergenceError, match="posterior quantile"):
        posterior.quantile(lambda value: np.full(value.shape, 0.5), 0.9, -1.0, 1.0)


def test_the_other_rows_of_a_stack_keep_their_fit() -> None:
    out, seen = blank(7), []

    def fill(rows: np.ndarray) -> None:
        seen.append(rows.size)
        out.estimate[rows] = rows
        if np.isin(rows, [2, 5]).any():
            raise not_converged("nothing", 3, mu=rows)
        out.status[rows] = "ok"

    failures = filled(fill, np.arange(7), out)
    assert sorted(failures) == [2, 5]
    assert out.status.tolist() == ["ok", "ok", "no-fit", "ok", "ok", "no-fit", "ok"]
    np.testing.assert_array_equal(out.estimate, [0, 1, np.nan, 3, 4, np.nan, 6])
    assert len(seen) < 14


def test_one_bad_row_of_a_stack_of_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for mu is told to fail for one data set only."""
    chosen = model("logistic-normal", limits="t", prediction="none")
    x, n = np.tile(EVENTS, (4, 1)), np.tile(N, (4, 1))
    x[2, 0] = 11
    whole = chosen.estimate(Counts(x, n))

    def failing(cells: Any, mu: Any, tau: Any, *rule: Any) -> Any:
        if (cells.x == 11).any():
            raise not_converged("mu", 1, mu=mu)
        return likelihood_table(cells, mu, tau, *rule)

    monkeypatch.setattr(profile, "likelihood_table", failing)
    out = chosen.estimate(Counts(x, n))
    assert out.status.tolist() == ["ok", "ok", "no-fit", "ok"]
    np.testing.assert_allclose(out.mean_upper[[0, 1, 3]], whole.mean_upper[[0, 1, 3]], rtol=1e-12)


def test_many_studies_and_values_are_cut_short_and_survive_a_process() -> None:
    error = not_converged("tau", 9, tau=np.arange(50.0))
    assert "tau 0, 1, 2, 3, 4, ..." in str(error)
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(copy, ConvergenceError) and str(copy) == str(error)
    with pytest.raises(ComputeError, match="and 10 more"), naming(Counts([1] * 50, [2] * 50)):
        raise error
