"""Every recipe's numbers are R's, which came there by another path: see recipes.R."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evidence.counts import Counts
from evidence.updates.computing import compute
from evidence.updates.recipe import Recipe
from evidence.updates.recipes import OWN, RECIPES, every, uncommon
from evidence.updates.software import SOFTWARE

FILE = json.loads((Path(__file__).parent / "recipes.json").read_text(encoding="utf-8"))
SETS: dict[str, Any] = FILE["sets"]
#: glmer's derivatives of its own search (1e-6), and profile limits that confint interpolates; else R's tau2 search.
LOOSE, TIGHT = 2e-5, 1e-7
#: Of the uncommon ones as many as have each scale, estimator and way of limits that no other has.
HELD = [recipe for recipe in (*RECIPES, *uncommon()) if recipe.key in SETS["series"]["recipes"]]
QUICK = [recipe for recipe in HELD if recipe.family in ("normal", "totals", "unweighted")]
LIKELIHOODS = [recipe for recipe in HELD if recipe not in QUICK]


def check(recipe: Recipe, name: str) -> None:
    found = compute(recipe, Counts(SETS[name]["events"], SETS[name]["n"]))
    *numbers, tau2 = SETS[name]["recipes"][recipe.key]
    near = LOOSE if recipe in LIKELIHOODS else TIGHT
    assert [found.estimate[0], found.lower[0], found.upper[0]] == pytest.approx(numbers, abs=near)
    if tau2 is not None:
        assert found.tau2[0] == pytest.approx(tau2, abs=near)


@pytest.mark.parametrize("recipe", HELD, ids=lambda recipe: recipe.key)
def test_r_has_the_same_numbers(recipe: Recipe) -> None:
    names = SETS if recipe in QUICK else ["nielweise2007"]
    for name in names:
        check(recipe, name)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", LIKELIHOODS, ids=lambda recipe: recipe.key)
def test_r_has_the_same_numbers_of_small_sets(recipe: Recipe) -> None:
    for name in ("debruin2009", "series"):
        check(recipe, name)


def test_none_has_vanished() -> None:
    assert FILE["software"] == {"R": "4.2.2", "metafor": "3.8.1", "lme4": "1.1.31"}
    keys = [recipe.key for recipe in RECIPES]
    assert len(keys) == len(set(keys)) >= 118
    for found in SETS.values():
        assert set(keys) < set(found["recipes"]) == {recipe.key for recipe in HELD}
    used = {name for recipe in HELD for name in (recipe.scale, recipe.limits)}
    assert {name for recipe in uncommon() for name in (recipe.scale, recipe.limits)} <= used


@pytest.mark.parametrize("recipe", [*RECIPES, *OWN], ids=lambda recipe: recipe.key)
def test_each_says_what_it_is_and_where_from(recipe: Recipe) -> None:
    assert recipe.words and recipe.software and recipe.sources
    assert all(name in SOFTWARE for name in recipe.software)
    assert set(recipe.to_dict()) == {"recipe", "words", "software", "sources", "known_to_be_wrong"}


def test_what_is_wrong_with_a_recipe_is_said() -> None:
    known = {recipe.key: " ".join(recipe.wrong) for recipe in RECIPES}
    assert "harmonic mean" in known["ft-harmonic/DL/wald"]
    assert "pulls the estimate towards 50 %" in known["logit/DL/wald"]
    assert "left out without a word" in known["raw-dropped/DL/wald"]
    assert "one proportion for all studies" in known["logit/common/wald"]
    assert "median" in known["glmm/wald"] and "median" not in known["glmm-mean/mapped"]


def test_no_software_is_without_a_recipe() -> None:
    assert set(SOFTWARE) == {name for recipe in every() for name in recipe.software}


def test_uncommon_recipes_are_others() -> None:
    named = {recipe.key for recipe in RECIPES}
    rest = uncommon()
    assert len(rest) > 300
    assert not named & {recipe.key for recipe in rest}


@pytest.mark.parametrize("recipe", QUICK, ids=lambda recipe: recipe.key)
def test_a_stack_is_its_rows(recipe: Recipe) -> None:
    events, n = [[4, 10, 7, 1, 25], [4, 0, 7, 0, 25]], [[8, 10, 12, 6, 42], [8, 0, 12, 6, 42]]
    stack = compute(recipe, Counts(events, n))
    for row in range(2):
        there = [i for i in range(5) if n[row][i]]
        alone = compute(recipe, Counts([events[row][i] for i in there], [n[row][i] for i in there]))
        for part in ("estimate", "lower", "upper"):
            # 1e-10: sums in another order, and tau2 to 1e-12.
            assert getattr(stack, part)[row] == pytest.approx(getattr(alone, part)[0], rel=1e-10)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.key)
@pytest.mark.parametrize("events", [[0, 0, 0], [5, 2, 1]], ids=["none", "all"])
def test_the_edges_give_a_number_or_none_but_no_error(recipe: Recipe, events: list[int]) -> None:
    found = compute(recipe, Counts(events, [5, 2, 1]))
    assert found.estimate.shape == (1,)
