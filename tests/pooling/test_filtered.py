"""The likelihood behind a publication filter: against integration, the unfiltered models, and simulated data."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import beta, binom, norm

from evidence import Counts, model
from evidence.pooling import filtered as module
from evidence.pooling.boundaries import Integers
from evidence.pooling.cells import log_likelihood
from evidence.pooling.filtered import FILTERABLE, Filtered, estimate_filtered, highest
from evidence.pooling.profile import Maximum, maximise
from evidence.pooling.result import Estimates, Floats

THIN = ([1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 9, 1, 1, 0, 0], [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 28, 1, 1, 1, 2])
NOBODY = np.zeros(len(THIN[0]), dtype=bool)


def fits(
    data: tuple[list[int], list[int]], name: str, pi: list[float], most: int | list[int] = 3, **options: Any
) -> Estimates:
    x, n = np.array(data[0]), np.array(data[1])
    sizes = np.full(len(pi), most) if isinstance(most, int) else np.array(most)
    filtered = Filtered.of(x, n, np.zeros(x.size, dtype=bool), np.array(pi), sizes)
    found: Any = model(name, **{"prediction": "none", **options})
    return estimate_filtered(found, filtered)


def probability(name: str, x: int, n: int, mu: float, tau: float) -> float:
    """P(x of n) by adaptive integration over the studies' proportions."""
    if name == "beta-binomial":
        m = float(expit(mu))
        shape = beta(m / tau**2, (1 - m) / tau**2)
        return float(quad(lambda p: binom.pmf(x, n, p) * shape.pdf(p), 0, 1, epsabs=1e-13)[0])
    return float(quad(lambda z: binom.pmf(x, n, expit(mu + tau * z)) * norm.pdf(z), -9, 9, epsabs=1e-13)[0])


@pytest.mark.parametrize("name", FILTERABLE)
@pytest.mark.parametrize(("mu", "tau"), [(0.4, 0.6), (-1.3, 0.5)])
def test_the_likelihood_is_the_formula_by_integration(name: str, mu: float, tau: float) -> None:
    x, n, exempt = np.array([0, 1, 2, 0, 4]), np.array([2, 1, 3, 1, 9]), np.array([False, False, False, True, False])
    pi = 0.3
    family: Any = model(name)
    cells = Filtered.of(x, n, exempt, np.array([pi]), np.array([3])).cells(family.family)
    expected = 0.0
    for events, size, free in zip(x.tolist(), n.tolist(), exempt, strict=True):
        value = probability(name, events, size, mu, tau)
        if size <= 3 and not free:
            value *= (pi if events == 0 else 1.0) / (1 - (1 - pi) * probability(name, 0, size, mu, tau))
        expected += np.log(value)
    found = log_likelihood(cells, np.array([mu]), np.array([tau]))
    # The integrals are good to 1e-12; there are nine.
    assert found.value[0] == pytest.approx(expected, abs=1e-10)
    h = 1e-5
    for at, gradient, curvature in ((0, found.mu, found.mu_mu), (1, found.tau, found.tau_tau)):
        ends = [
            log_likelihood(cells, np.array([mu + (at == 0) * s * h]), np.array([tau + (at == 1) * s * h]))
            for s in (-1, 1)
        ]
        # Central differences of step 1e-5 have an error of about 1e-10 relative.
        assert gradient[0] == pytest.approx((ends[1].value[0] - ends[0].value[0]) / (2 * h), rel=1e-6)
        slope = (ends[1].mu[0] - ends[0].mu[0]) if at == 0 else (ends[1].tau[0] - ends[0].tau[0])
        assert curvature[0] == pytest.approx(slope / (2 * h), rel=1e-6)
        if at == 0:
            mixed = (ends[1].tau[0] - ends[0].tau[0]) / (2 * h)
            assert found.mu_tau[0] == pytest.approx(mixed, rel=1e-6, abs=1e-8)


DATA = {
    "ok": THIN,
    "tau-zero": ([3, 5, 8, 1], [10, 15, 25, 3]),
    "all-zero": ([0, 0, 0], [1, 2, 6]),
    "all-events": ([1, 2, 6], [1, 2, 6]),
    "tau-not-identified": ([1, 0, 1, 1, 0], [1, 1, 1, 1, 1]),
    "tau-infinite": ([2, 0, 3, 1, 0], [2, 1, 3, 1, 7]),
    "two": ([1, 4], [3, 9]),
}


@pytest.mark.parametrize("name", FILTERABLE)
@pytest.mark.parametrize("case", DATA)
def test_at_pi_1_it_is_the_unfiltered_estimate(name: str, case: str) -> None:
    found = fits(DATA[case], name, [1.0])
    plain = model(name, prediction="none").estimate(Counts(*DATA[case]))
    assert found.status[0] == plain.status == (case if case != "two" else plain.status)
    for field in fields(found):
        if field.name != "status":
            ours, theirs = getattr(found, field.name)[0], getattr(plain, field.name)
            # The same likelihood and the same searches; the bracketed boundaries are good to 1e-12.
            assert ours == pytest.approx(float(theirs), abs=1e-10, nan_ok=True), field.name


@pytest.mark.parametrize("name", FILTERABLE)
@pytest.mark.parametrize("case", ["ok", "tau-infinite"])
def test_a_stack_equals_its_rows_and_a_stricter_filter_lowers_the_mean(name: str, case: str) -> None:
    pi, most = [1.0, 0.4, 0.1, 0.1], [3, 3, 3, 1]
    stack = fits(DATA[case], name, pi, most)
    assert np.all(np.diff(stack.mean[:3]) < 0) and stack.mean[3] > stack.mean[2]
    assert np.all(stack.mean_lower < stack.mean) and np.all(stack.mean < stack.mean_upper)
    row = fits(DATA[case], name, pi[2:3], most[2:3])
    assert stack.mean[2] == pytest.approx(row.mean[0], abs=1e-10)
    # Profile limits are good to 1e-8.
    assert stack.mean_lower[2] == pytest.approx(row.mean_lower[0], abs=1e-8)


@pytest.mark.parametrize("name", FILTERABLE)
def test_single_patients_follow_the_closed_form(name: str) -> None:
    """Of published reports a share r = q / (q + pi (1 - q)) has the event: limits of r map to limits of q."""
    found = fits(DATA["tau-not-identified"], name, [1.0, 0.25])

    def behind(r: Floats, pi: float) -> Floats:
        return pi * r / (1 - r + pi * r)

    for ends in (found.mean, found.mean_lower, found.mean_upper):
        assert ends[1] == pytest.approx(behind(ends[0], 0.25), abs=1e-12)
    # Of the coins at tau = infinity the same holds, three of five with events, where the filter acts on all.
    coins = fits(DATA["tau-infinite"], name, [0.25], most=9)
    assert coins.mean[0] == pytest.approx(behind(np.array(0.6), 0.25), abs=1e-12)


def test_exact_limits_without_events_take_the_filter_in() -> None:
    x, n, pi = DATA["all-zero"][0], np.array(DATA["all-zero"][1]), 0.3
    found = fits((x, n.tolist()), "beta-binomial", [pi])
    p = float(found.mean_upper[0])
    small = n <= 3
    chance = np.where(small, pi, 1.0) * (1 - p) ** n / np.where(small, 1 - (1 - pi) * (1 - p) ** n, 1.0)
    assert np.prod(chance) == pytest.approx(0.025, rel=1e-10)
    assert found.mean[0] == 0.0 and found.status[0] == "all-zero"


def test_single_patients_with_exempt_ones_have_limits_in_both_tails() -> None:
    x, n = np.array([1, 1, 1, 0, 0]), np.ones(5, dtype=int)
    exempt = np.array([False, False, True, False, True])
    spec: Any = model("beta-binomial")
    found = estimate_filtered(spec, Filtered.of(x, n, exempt, np.array([0.25]), np.array([1])))
    for p, upper in ((float(found.mean_lower[0]), True), (float(found.mean_upper[0]), False)):
        published = p / (p + 0.25 * (1 - p))
        pmf = np.convolve(binom.pmf(np.arange(4), 3, published), binom.pmf(np.arange(3), 2, p))
        tail = pmf[3:].sum() if upper else pmf[:4].sum()
        assert tail == pytest.approx(0.025, rel=1e-10)


def test_a_lower_peak_is_left_for_the_highest(monkeypatch: pytest.MonkeyPatch) -> None:
    spec: Any = model("logistic-normal")
    filtered = Filtered.of(np.array(THIN[0]), np.array(THIN[1]), NOBODY, np.array([1.0, 0.2]), np.array([3, 3]))
    cells = filtered.cells(spec.family)
    top = maximise(cells)

    def astray(_: object) -> Maximum:
        nought = np.zeros(2)
        return Maximum(nought.copy(), nought.copy(), np.full(2, -60.0), np.full(2, -60.0), np.ones(2))

    monkeypatch.setattr(module, "maximise", astray)
    again = highest(cells, filtered, spec.family)
    # The second search polishes tau to 1e-11.
    for name in ("mu", "tau", "value", "value_zero", "se"):
        assert getattr(again, name) == pytest.approx(getattr(top, name), abs=1e-6), name


@pytest.mark.parametrize("name", FILTERABLE)
def test_the_grid_is_the_likelihood(name: str) -> None:
    spec: Any = model(name)
    filtered = Filtered.of(np.array(THIN[0]), np.array(THIN[1]), NOBODY, np.array([1.0, 0.2]), np.array([1, 3]))
    tau, mu, value = module._grid(filtered, spec.family)
    cells = filtered.cells(spec.family)
    for i in (40, 200, 300):
        found = log_likelihood(cells, np.full(2, mu[i]), np.full(2, tau[i])).value
        # Sums of the same terms in another order.
        assert value[:, i] == pytest.approx(found, rel=1e-10)


def test_a_row_that_ends_below_a_higher_point_has_no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    def higher(*given: Any) -> tuple[Floats, Floats, Floats]:
        tau, mu, value = grid(*given)
        return tau, mu, value + 50.0

    grid = module._grid
    monkeypatch.setattr(module, "_grid", higher)
    found = fits(THIN, "beta-binomial", [0.2], limits="wald")
    assert found.status.tolist() == ["no-fit"] and np.isnan(found.mean).all()


def draw(generator: np.random.Generator, name: str, k: int, pi: float, most: int) -> tuple[Integers, Integers]:
    """k published studies: sizes 1 to 30, marginal mean 0.6, small ones without events published with chance pi."""
    x: list[int] = []
    n: list[int] = []
    while len(x) < k:
        size = int(generator.choice([1, 2, 3, 6, 15, 30], p=[0.35, 0.2, 0.15, 0.15, 0.1, 0.05]))
        p = generator.beta(3, 2) if name == "beta-binomial" else expit(0.5 + 1.0 * generator.standard_normal())
        events = int(generator.binomial(size, p))
        if events > 0 or size > most or generator.random() < pi:
            x.append(events)
            n.append(size)
    return np.array(x), np.array(n)


def biases(name: str, sets: int, seed: int) -> tuple[float, float, float]:
    """Bias of the mean with the true filter and with none, and the Monte-Carlo standard error, at k = 200."""
    generator = np.random.default_rng(seed)
    spec: Any = model(name, prediction="none", limits="wald")
    z = norm.ppf((np.arange(20000) + 0.5) / 20000)
    true = 0.6 if name == "beta-binomial" else float(expit(0.5 + z).mean())
    found = []
    for _ in range(sets):
        x, n = draw(generator, name, 200, 0.2, 3)
        filtered = Filtered.of(x, n, np.zeros(200, dtype=bool), np.array([0.2, 1.0]), np.array([3, 3]))
        found.append(estimate_filtered(spec, filtered).mean - true)
    values = np.array(found)
    return float(values[:, 0].mean()), float(values[:, 1].mean()), float(values[:, 0].std(ddof=1) / np.sqrt(sets))


def check_recovery(name: str, sets: int) -> None:
    filtered, plain, error = biases(name, sets, seed=11)
    # Two Monte-Carlo errors: 95 % of seeds pass where there is no bias; without the filter it is many.
    assert abs(filtered) < 2 * error
    assert plain > 5 * error


def test_a_known_filter_is_recovered() -> None:
    check_recovery("beta-binomial", sets=30)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILTERABLE)
def test_a_known_filter_is_recovered_by_every_model(name: str) -> None:
    check_recovery(name, sets=400)
