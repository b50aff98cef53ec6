"""Recipes that maximise a likelihood have other software's numbers or none, never those of this program's models."""

from __future__ import annotations

import numpy as np
import pytest

from evidence.counts import Counts
from evidence.updates.computing import compute, stack_of
from evidence.updates.likelihoods import BOUNDARIES
from evidence.updates.reading_published import read_published
from evidence.updates.recipe import Recipe
from evidence.updates.recipes import OWN, RECIPES, every
from evidence.updates.replication import primary, replicate

LIKELIHOODS = [recipe for recipe in RECIPES if recipe.family in ("logistic-normal", "beta-binomial")]
#: Boundary -> events and totals.
EDGES = {
    "all-zero": ([0, 0, 0], [5, 2, 9]),
    "all-events": ([5, 2, 9], [5, 2, 9]),
    "tau-not-identified": ([1, 0, 1, 1], [1, 1, 1, 1]),
    "tau-infinite": ([0, 5, 3], [4, 5, 3]),
    "single-study": ([3], [9]),
}
#: Reports of all or nothing: the primary model's limits are profile-t with tau unbounded.
REPORTS = Counts([1, 1, 0, 2, 1, 1, 3, 0, 1, 2, 2, 1], [1, 1, 1, 2, 1, 1, 3, 1, 1, 2, 2, 1])


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("recipe", LIKELIHOODS, ids=lambda recipe: recipe.key)
def test_boundaries_have_a_reason_instead_of_numbers(recipe: Recipe, edge: str) -> None:
    found = compute(recipe, stack_of(Counts(*EDGES[edge]), 0.95, 0.95))
    assert np.isnan([found.estimate, found.lower, found.upper, found.tau2]).all()
    assert all(np.isnan(limits).all() for limits in found.predicted.values())
    assert found.why is not None and found.why[0] == BOUNDARIES[edge]


def test_a_row_on_a_boundary_leaves_the_others_alone() -> None:
    stack = Counts([[0, 5, 3], [1, 5, 3]], [[4, 5, 3], [4, 9, 12]])
    for recipe in LIKELIHOODS:
        found, alone = compute(recipe, stack), compute(recipe, Counts([1, 5, 3], [4, 9, 12]))
        assert np.isnan(found.lower[0])
        # 1e-10: the same search beside another row.
        assert found.lower[1] == pytest.approx(alone.lower[0], rel=1e-10)
        assert found.why is not None and list(found.why != "") == [True, False]


def test_what_this_program_printed_is_its_own() -> None:
    found = replicate(REPORTS, read_published("83.3% (53.2 to 97.8)"))
    assert found.matched and all(fit.recipe in OWN for fit in found.matched)
    assert found.matched[0].recipe.key == "evidence/mean"
    assert "glmm-mean/mapped" in found.without[BOUNDARIES["tau-infinite"]]


@pytest.mark.parametrize("counts", [REPORTS, Counts([3, 5, 9], [12, 31, 22], studies=["A", "A", "B"])])
def test_the_primary_model_is_a_recipe(counts: Counts) -> None:
    """With its prediction interval, and with the arms of a study as one."""
    pooled = primary(counts, 0.95)
    first = compute(OWN[0], stack_of(counts, 0.95, 0.95))
    assert pooled.mean is not None and pooled.mean_ci is not None
    numbers = [pooled.mean, pooled.mean_ci.lower, pooled.mean_ci.upper]
    assert [first.estimate[0], first.lower[0], first.upper[0]] == pytest.approx(numbers, rel=1e-12)
    if pooled.pi is not None:
        assert first.predicted["own"][:, 0] == pytest.approx([pooled.pi.lower, pooled.pi.upper], rel=1e-9)


def test_identical_effects_have_no_width_by_hartung_and_knapp() -> None:
    """R metafor 5.1-12, rma(PLO, xi = c(2, 4, 6), ni = c(4, 8, 12), test = "knha"): an interval of no width."""
    known = {recipe.key: recipe for recipe in every()}
    same = Counts([2, 4, 6], [4, 8, 12])
    found = compute(known["logit/DL/hk"], same)
    assert (found.lower[0], found.upper[0]) == (0.5, 0.5)
    wider, floor = (compute(known[f"logit/{key}"], same) for key in ("REML/hk-wider", "REML/hk-floor"))
    assert wider.upper[0] > 0.6 and floor.upper[0] > wider.upper[0]


def test_scales_that_leave_out_too_much_say_so() -> None:
    known = {recipe.key: recipe for recipe in every()}
    found = compute(known["raw-dropped/DL/wald"], Counts([0, 3, 0], [5, 9, 4]))
    assert np.isnan(found.estimate[0]) and found.why is not None
    assert found.why[0] == "fewer than 2 studies have a value and a standard error"
