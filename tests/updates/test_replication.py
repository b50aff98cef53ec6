"""A printed result is met by the recipe that made it, and what does not match says how far it is off."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.counts import Counts
from evidence.errors import ComputeError
from evidence.updates.computing import compute, stack_of
from evidence.updates.matching import compare
from evidence.updates.reading_published import read_published
from evidence.updates.recipe import Recipe
from evidence.updates.recipes import RECIPES
from evidence.updates.replication import Replication, replicate

QUICK = tuple(recipe for recipe in RECIPES if recipe.family in ("normal", "totals", "unweighted"))
#: Adherence, dat.debruin2009 of metadat.
ADHERENCE = Counts(
    [11, 24, 179, 82, 60, 11, 99, 9, 88, 17, 26, 23, 40], [29, 33, 326, 240, 110, 29, 244, 17, 215, 26, 138, 55, 54]
)
SERIES = Counts([3, 5, 0, 9, 2], [12, 31, 4, 22, 16], labels=["A", "B", "C", "D", "E"])


def tried(data: Counts, text: str, **further: Any) -> Replication:
    return replicate(data, read_published(text), recipes=QUICK, **further)


@given(
    counts=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), min_size=3, max_size=8),
    which=st.integers(0, len(QUICK) - 1),
    digits=st.integers(2, 4),
    percent=st.booleans(),
)
def test_what_a_recipe_printed_is_matched_by_it(
    counts: list[tuple[int, int]], which: int, digits: int, percent: bool
) -> None:
    data = Counts([min(x, n) for x, n in counts], [n for _, n in counts])
    found = compute(QUICK[which], data)
    numbers = [float(getattr(found, part)[0]) for part in ("estimate", "lower", "upper")]
    if not np.isfinite(numbers).all() or min(numbers) <= -0.99 or max(numbers) >= 1.99:
        return  # limits so far out on the raw or log scale are read as percent
    shown = [f"{100 * x:.{digits - 2}f}" if percent else f"{x:.{digits}f}" for x in numbers]
    text = f"{shown[0]}{'%' if percent else ''} [{shown[1]}; {shown[2]}]"
    fit = compare(QUICK[which], found, read_published(text))
    assert fit.matches, (text, fit)
    assert fit.distance <= 0.5 + 1e-6  # rounding, and the errors of the arithmetic at a tie


@pytest.mark.parametrize(
    ("text", "key"),
    [
        # R metafor 3.8-1 on dat.debruin2009, rma(measure, method) and predict(transf): recipes.json has all digits.
        ("0.4720 [0.3800, 0.5660]; tau2 0.4014", "logit/REML/wald"),
        ("47.16% (95% CI 38.80-55.60)", "ft-harmonic/DL/wald"),
        ("47,5 % (38,9–56,2)", "raw/DL/wald"),
        ("0.469 [0.368; 0.574]", "logit/DL/hk"),
    ],
)
def test_what_metafor_printed(text: str, key: str) -> None:
    assert key in [fit.recipe.key for fit in tried(ADHERENCE, text).matched]


def printed(recipe: Recipe, digits: int, cut: bool = False) -> str:
    found = compute(recipe, ADHERENCE)
    values = [float(getattr(found, part)[0]) for part in ("estimate", "lower", "upper")]
    if cut:
        values = [np.floor(x * 10**digits) / 10**digits for x in values]
    return f"{values[0]:.{digits}f} ({values[1]:.{digits}f} to {values[2]:.{digits}f})"


def test_rounding_is_said() -> None:
    recipe = QUICK[0]
    rounded = next(fit for fit in tried(ADHERENCE, printed(recipe, 4)).matched if fit.recipe == recipe)
    assert rounded.rounding == "rounded"
    cut = next(fit for fit in tried(ADHERENCE, printed(recipe, 4, cut=True)).fits if fit.recipe == recipe)
    assert cut.rounding in ("rounded", "truncated")
    assert cut.rounding == "truncated"


def test_i2_of_either_kind_and_tau2_narrow_the_matches() -> None:
    recipe = next(recipe for recipe in QUICK if recipe.key == "logit/REML/wald")
    found = compute(recipe, ADHERENCE)
    text = printed(recipe, 2)
    without = tried(ADHERENCE, text)
    for kind in ("i2_q", "i2_tau2"):
        i2 = 100 * float(getattr(found, kind)[0])
        fits = tried(ADHERENCE, f"{text}, I2 = {i2:.2f}%, tau2 = {found.tau2[0]:.4f}")
        mine = next(fit for fit in fits.matched if fit.recipe == recipe)
        assert mine.i2_kind == kind
        full = [fit for fit in fits.matched if not fit.absent]
        assert len(full) < len(without.matched)


def test_what_a_recipe_has_no_number_for_is_said() -> None:
    totals = next(recipe for recipe in QUICK if recipe.key == "totals/wilson")
    fits = tried(ADHERENCE, f"{printed(totals, 4)}; I2 = 12%")
    assert next(fit for fit in fits.matched if fit.recipe == totals).absent == ("i2",)


def test_nothing_matches() -> None:
    found = tried(SERIES, "23.4% (14.8-35.0)")
    assert not found.matched and len(found.nearest) == 3
    assert found.nearest[0].distance <= found.nearest[1].distance <= found.nearest[2].distance
    assert str(found).startswith(f"None of {len(QUICK)} recipes")


def as_printed(key: str, data: Counts, level: float = 0.95) -> str:
    found = compute(next(recipe for recipe in RECIPES if recipe.key == key), data, level)
    return f"{found.estimate[0]:.4f} [{found.lower[0]:.4f}, {found.upper[0]:.4f}]"


@pytest.mark.parametrize(
    ("change", "code"), [("exchanged", "non-events"), ("level", "level"), ("k", "data"), ("events", "data")]
)
def test_hints(change: str, code: str) -> None:
    key = "ft-variance/DL/wald"
    data = Counts(SERIES.n - SERIES.events, SERIES.n) if change == "exchanged" else SERIES
    text = as_printed(key, data, 0.9 if change == "level" else 0.95)
    text = {"k": "0.9 [0.8, 0.95], k = 9", "events": f"{text} (20/85)"}.get(change, text)
    mine = [hint for hint in tried(SERIES, text).hints if hint.code == code]
    assert mine and not mine[0].guess
    if code != "data":
        assert key in mine[0].recipes


#: What is done to the table -> the table that was pooled, code and start of the guess.
SERIES_7 = Counts([3, 5, 0, 9, 2, 0, 31], [12, 31, 4, 22, 16, 9, 45], labels=["A", "B", "C", "D", "E", "F", "G"])
WITHOUT_D = SERIES_7.take([0, 1, 2, 4, 5, 6])
CHANGES = {
    "left-out": (WITHOUT_D, "Without D (9/22), "),
    "dropped": (SERIES_7.take([0, 1, 3, 4, 6]), "Without the 2 studies without events, "),
    "twice": (SERIES_7.take([0, 1, 2, 3, 4, 5, 6, 1]), "With B (5/31) counted twice, "),
    "pair": (SERIES_7.take([0, 2, 3, 4, 5]), "Without B (5/31) and G (31/45), "),
    "slip": (Counts([3, 5, 0, 9, 2, 0, 13], SERIES_7.n), "With 13/45 in G (31/45), "),
}


@pytest.mark.parametrize(
    ("code", "key"), [*((code, "ft-harmonic/DL/wald") for code in CHANGES), ("twice", "logit/REML/hk")]
)
def test_guesses(code: str, key: str) -> None:
    data, says = CHANGES[code]
    mine = [hint for hint in tried(SERIES_7, as_printed(key, data)).hints if hint.code == code]
    assert mine and mine[0].guess and mine[0].text.startswith(says)
    assert key in mine[0].recipes


def test_a_glmm_is_tried_on_other_tables() -> None:
    recipes = tuple(recipe for recipe in RECIPES if recipe.key in ("glmm/wald", "glmm-7/wald", "totals/wilson"))
    found = replicate(SERIES_7, read_published(as_printed("glmm-7/wald", WITHOUT_D)), recipes=recipes)
    assert [hint.text for hint in found.hints] == ["Without D (9/22), glmm-7/wald gives the published numbers."]


def test_what_many_tables_give_is_no_cause() -> None:
    same = Counts([4] * 6, [12] * 6, labels=list("ABCDEF"))
    text = as_printed("totals/wilson", same.take([0, 1, 2, 3, 4]))
    (hint,) = [hint for hint in tried(same, text).hints if hint.code == "many"]
    assert hint.text.startswith("Leaving out any one of 6 studies") and "chance" in hint.text


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("logit/REML/wald", "t2"),
        ("logit/REML/hk", "t1"),
        ("logit/REML/hk", "t2-plain"),
        ("raw/DL/wald", "normal"),
        ("ft-harmonic/DL/wald", "t2"),
    ],
)
def test_prediction_intervals_are_compared(key: str, kind: str) -> None:
    recipe = next(recipe for recipe in QUICK if recipe.key == key)
    found = compute(recipe, stack_of(ADHERENCE, 0.95, 0.95))
    lower, upper = found.predicted[kind][:, 0]
    text = printed(recipe, 3)
    mine = compare(recipe, found, read_published(f"{text}; 95% PI {lower:.3f} to {upper:.3f}"))
    assert mine.matches and mine.pi_kind == kind and not mine.absent
    assert mine.values["pi_lower"] == lower
    assert not compare(recipe, found, read_published(f"{text}; 95% PI 0.001 to 0.999")).matches


def test_errors_and_deviations_are_compared() -> None:
    assert "unweighted/mean-sd" in [fit.recipe.key for fit in tried(SERIES, "18.9 ± 15.2%").matched]
    assert "unweighted/mean-t" in [fit.recipe.key for fit in tried(SERIES, "18.9% (SD 15.2)").matched if not fit.absent]
    assert "totals/simple" in [fit.recipe.key for fit in tried(SERIES, "0.2235 (SE 0.0452)").matched]


def test_what_was_rounded_twice() -> None:
    # Wilson's limits of 15 of 124 are 0.0747 and 0.1900; 0.0747 is 0.075 and then 0.08.
    fits = tried(Counts([5, 10], [84, 40]), "0.12 [0.08, 0.19]").matched
    assert next(fit for fit in fits if fit.recipe.key == "totals/wilson").rounding == "twice"


def test_update_and_primary_model() -> None:
    text = printed(QUICK[0], 3)
    more = Counts([*ADHERENCE.events, 60], [*ADHERENCE.n, 70])
    found = tried(ADHERENCE, text, update=more)
    assert found.primary.model.name == "logistic-normal" and found.primary.model.limits == "profile-t"
    assert found.updated is not None and found.updated.k == 14
    assert [fit.recipe for fit in found.updated_fits] == [fit.recipe for fit in found.fits if fit.matches]
    assert "On the updated data it says" in found.change
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["tried"] == len(QUICK)


def test_rare_proportions_are_compared_as_they_were_printed() -> None:
    data = Counts([2, 5, 3, 9], [9000, 20000, 7000, 31000])
    found = tried(data, "2.8 (2.0-4.1) per 10,000")
    assert "per 10,000" in found.change


def test_every_recipe_takes_less_than_five_seconds() -> None:
    from time import process_time

    start = process_time()
    found = replicate(ADHERENCE, read_published("0.9012 [0.8003, 0.9504]"))
    # Of the processor, so that a busy machine fails nothing; it is under 1 s here.
    assert process_time() - start < 5
    assert len(found.fits) > 950


def test_one_study_is_refused() -> None:
    with pytest.raises(ComputeError, match="one study"):
        tried(Counts([3], [9]), "0.33")


def test_rows_are_in_any_order() -> None:
    text = printed(QUICK[0], 4)
    one = tried(ADHERENCE, text)
    other = tried(ADHERENCE.take(np.arange(ADHERENCE.k)[::-1]), text)
    assert [fit.recipe for fit in one.matched] == [fit.recipe for fit in other.matched]
