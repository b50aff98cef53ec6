"""Pooled results that papers and packages printed, of ../shared/reference: each is found again from its counts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from evidence.counts import Counts
from evidence.updates.computing import compute, stack_of
from evidence.updates.matching import compare
from evidence.updates.reading_published import read_published
from evidence.updates.recipe import Recipe
from evidence.updates.recipes import RECIPES, uncommon

FILE = Path(__file__).parents[3] / "shared" / "reference" / "peer_cases.json"
pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="no folder ../shared/reference beside the clone")

QUICK = [recipe for recipe in (*RECIPES, *uncommon()) if recipe.family in ("normal", "totals")]
TOTALS = [recipe for recipe in RECIPES if recipe.family == "totals"]
GLMM = [recipe for recipe in RECIPES if recipe.family == "logistic-normal"]
#: Printed results with a proportion and its limits: none may vanish.
FEWEST = 332


def printed_cases() -> list[tuple[str, Counts, str, bool]]:
    """Name, counts, what was printed to 3 digits, whether by a GLMM."""
    held = json.loads(FILE.read_text(encoding="utf-8"))
    found = []
    for case in held["cases"]:
        wanted: dict[str, Any] = case["expected"]
        value = wanted.get("estimate", wanted.get("pooled", wanted.get("random")))
        limits = wanted.get("ci", wanted.get("random_ci_limits"))
        if value is None or limits is None or "dataset" not in case or "ci" in str(case["spec"].get("level", "")):
            continue
        data = held["datasets"][case["dataset"]]
        text = f"{value:.3f} [{limits[0]:.3f}; {limits[1]:.3f}]"
        glmm = "GLMM" in case["spec"].get("estimator", "")
        found.append((case["id"], Counts(data["events"], data["n"]), text, glmm))
    return found


def found_by(counts: Counts, text: str, recipes: Sequence[Recipe]) -> Iterator[str]:
    published, stack = read_published(text), stack_of(counts)
    return (recipe.key for recipe in recipes if compare(recipe, compute(recipe, stack), published).matches)


@pytest.mark.slow
def test_every_printed_result_is_found() -> None:
    cases = printed_cases()
    assert len(cases) >= FEWEST
    lost = {
        name
        for name, counts, text, glmm in cases
        if not any(found_by(counts, text, (*GLMM, *TOTALS) if glmm else QUICK))
    }
    assert not lost


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        # Wang 2023, 10.35566/jbds/v3n2/wang: output of meta and metafor; Stijnen 2010, 10.1002/sim.4040, table II.
        ("xia_wang2023", "0.70 [0.60, 0.81]", "raw/DL/wald"),
        ("nielweise2007_control", "0.0294 [0.0180, 0.0478]", "glmm-7/wald"),
        # metafor 5.1.12, method PM: R's uniroot ends within 1.2e-4 of the root of Q, which is 1.4e-7 here.
        ("wu2016_wang2023", "0.001 [-0.004; 0.005]; tau2 = 0.0000929", "raw/PM-steps/wald"),
        ("nielweise2007_control", "0.0355 [0.0226, 0.0554]", "logit/REML/wald"),
    ],
)
def test_what_papers_printed_is_found(name: str, text: str, key: str) -> None:
    data = json.loads(FILE.read_text(encoding="utf-8"))["datasets"][name]
    recipes = [recipe for recipe in RECIPES if recipe.key == key or recipe.family == "totals"]
    assert list(found_by(Counts(data["events"], data["n"]), text, recipes)) == [key]
