"""I2 and notes of a stack are those of ``pool`` one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import evidence
from evidence.measures.limits import study_limits
from evidence.pooling.stack_facts import UNTOLD, facts_of
from evidence.pooling.stack_notes import APART_AT_LEAST

COUNT_MODELS: list[tuple[str, dict[str, Any]]] = [
    ("logistic-normal", {}),
    ("logistic-normal", {"limits": "t", "prediction": "none"}),
    ("beta-binomial", {}),
    ("common-effect", {}),
    ("inverse-variance", {}),
    ("inverse-variance", {"limits": "hk", "to": "all", "prediction": "normal"}),
    ("inverse-variance", {"measure": "PR", "tau2": "DL", "limits": "wald", "to": "if0all"}),
    ("inverse-variance", {"measure": "PFT", "back": "harmonic-forced", "limits": "cr2"}),
    ("inverse-variance", {"measure": "PLN", "boundary": "corrected", "tau2": "PM"}),
]
RATE_MODELS: list[tuple[str, dict[str, Any]]] = [
    ("poisson-normal", {}),
    ("common-effect", {}),
    ("inverse-variance", {"measure": "IRLN"}),
    ("inverse-variance", {"measure": "IR", "limits": "hk"}),
    ("inverse-variance", {"measure": "IRFT", "back": "harmonic-forced"}),
]
#: Analyses of models whose single fits take long.
SEARCHED = {"logistic-normal": 4, "beta-binomial": 4, "poisson-normal": 4}


def analyses(seed: int, rows: int, k: int, of_rates: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Stacks of all sizes of study, some of no events or events only; 0 where a study is absent."""
    generator = np.random.default_rng(seed)
    sizes = generator.choice([1, 2, 3, 8, 30, 200], size=(rows, k))
    n = sizes * (np.arange(k) < generator.integers(1, k + 1, rows)[:, None])
    centre = generator.choice([-4.0, -1.0, 0.3, 3.0, 9.0], size=(rows, 1))
    logits = centre + generator.choice([0.0, 0.5, 2.0], size=(rows, 1)) * generator.standard_normal((rows, k))
    if of_rates:
        time = n * generator.choice([0.1, 1.0, 7.5], size=(rows, 1))
        return generator.poisson(time * np.exp(np.minimum(logits, 3))), time
    events = generator.binomial(n, 1 / (1 + np.exp(-logits)))
    return events, n


def compare(model: Any, stack: Any, rows: int) -> None:
    out = model.estimate(stack)
    found = facts_of(model, stack, out)
    for row in range(rows):
        if out.status[row] == "no-fit":
            continue
        one = stack.like(stack.events[row], stack.n[row], stack.labels, stack.studies, stack.keys)
        pooled = model.fit(one)
        told = [code for code, where in found.notes if where[row]]
        alone = dict.fromkeys(note.code for note in pooled.notes if note.code not in UNTOLD)
        assert told == list(alone), (one.events, one.n, pooled.status)
        i2 = None if pooled.heterogeneity is None else pooled.heterogeneity.i2
        # The same sums over the same studies, in another order.
        assert found.i2[row] == pytest.approx(np.nan if i2 is None else i2, abs=1e-10, nan_ok=True)


@pytest.mark.parametrize(("name", "options"), COUNT_MODELS)
def test_a_stack_says_of_each_analysis_what_pool_says_of_it(name: str, options: dict[str, Any]) -> None:
    rows = SEARCHED.get(name, 40)
    compare(evidence.model(name, **options), evidence.Counts(*analyses(3, rows, 7)), rows)


@pytest.mark.parametrize(("name", "options"), RATE_MODELS)
def test_rates_too(name: str, options: dict[str, Any]) -> None:
    rows = SEARCHED.get(name, 40)
    compare(evidence.model(name, **options), evidence.Rates(*analyses(4, rows, 6, of_rates=True)), rows)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial", "poisson-normal"])
def test_models_whose_fits_take_long_say_the_same_of_many(name: str) -> None:
    kind, of_rates = (evidence.Rates, True) if name == "poisson-normal" else (evidence.Counts, False)
    compare(evidence.model(name), kind(*analyses(8, 80, 7, of_rates)), 80)


@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial", "inverse-variance"])
def test_all_or_none_without_a_median(name: str) -> None:
    compare(evidence.model(name), evidence.Counts([[0, 5], [0, 4]], [[5, 5], [5, 4]]), 2)


@pytest.mark.parametrize("name", ["logistic-normal", "common-effect", "inverse-variance"])
def test_arms_of_one_study(name: str) -> None:
    rows = SEARCHED.get(name, 25)
    compare(evidence.model(name), evidence.Counts(*analyses(5, rows, 6), studies=list("aabbcd")), rows)


def test_a_bayesian_stack() -> None:
    compare(evidence.model("bayesian"), evidence.Counts(*analyses(6, 3, 4)), 3)


def test_groups_whose_exact_limits_do_not_overlap_are_far_apart() -> None:
    """So that nothing is missed where the limits themselves are not computed."""
    sizes = np.array([1, 2, 3, 4, 7, 20, 60, 1000, 100_000])
    nearest = np.inf
    for first in sizes[:7]:
        for second in sizes:
            x, y = np.meshgrid(np.arange(first + 1), np.unique(np.linspace(0, second, 400).astype(int)), indexing="ij")
            low, high = study_limits(x, np.full(x.shape, first), "clopper-pearson", 0.95)
            other_low, other_high = study_limits(y, np.full(y.shape, second), "clopper-pearson", 0.95)
            disjoint = (low > other_high) | (other_low > high)
            both = (x + y) / (first + second)
            with np.errstate(divide="ignore", invalid="ignore"):
                apart = np.abs(x / first - y / second) / np.sqrt(both * (1 - both) * (1 / first + 1 / second))
            nearest = min(nearest, apart[disjoint].min(initial=np.inf))
    assert nearest > APART_AT_LEAST
