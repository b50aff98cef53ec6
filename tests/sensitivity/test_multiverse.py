"""The multiverse: every combination is there once, and each is what its own selection and model give."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evidence import Counts, model, pool, select
from evidence.display import percent
from evidence.pooling import Model
from evidence.pooling.result import Estimates, Pooled
from evidence.review.review import Review, read_review
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.multiverse import MODELS, Multiverse, multiverse
from evidence.sensitivity.multiverse_grid import UNREAD
from evidence.sensitivity.questions import QUESTIONS, ask

BETA = model("beta-binomial")


@pytest.fixture(scope="module")
def remission(sts: Review) -> Multiverse:
    return multiverse(sts, "complete_remission", BETA)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the models that are fitted at once."""
    fast = {words: entry for words, entry in MODELS.items() if entry[0] == "inverse-variance"}
    monkeypatch.setattr("evidence.sensitivity.multiverse.MODELS", fast)


def test_every_combination_is_there_once(remission: Multiverse) -> None:
    """6 models, 4 kinds of sources, 3 ways with unread extents, 3 choices of overlapping arms, case reports or not.

    Of the 72 ways to count, 22 leave the arms of another as they are: no overlap, or no case report among them.
    """
    chosen = [(*one.choices.values(),) for one in remission.specifications]
    assert len(chosen) == len(set(chosen)) == 6 * (4 * 3 * 3 * 2 - 22)
    sizes = [len({one[i] for one in chosen}) for i in range(5)]
    assert sizes == [6, 4, 3, 3, 2] and remission.complete
    assert sum(one.primary for one in remission.specifications) == 1


def test_the_primary_is_the_analysis_itself(sts: Review, remission: Multiverse) -> None:
    whole = pool(select(sts, "complete_remission"), BETA)
    assert isinstance(whole, Pooled) and whole.mean_ci is not None
    first = remission.first
    assert (remission.events[first], remission.n[first]) == (10, 45)
    assert remission.value[first] == pytest.approx(whole.mean, abs=1e-8)
    assert remission.lower[first] == pytest.approx(whole.mean_ci.lower, abs=1e-6)


@pytest.mark.parametrize("words", ["beta-binomial", "Bayesian", "inverse variance, logit", "inverse variance, arcsine"])
def test_a_specification_is_its_own_selection_by_its_own_model(sts: Review, remission: Multiverse, words: str) -> None:
    """Without overlap and with unread extents; a row of a stack and one fit agree to 1e-7, both being searches."""
    name, options = MODELS[words]
    for i, one in enumerate(remission.specifications):
        if (one.model, one.overlap, one.case_reports) != (words, "as analysed", "in") or one.sources != "all sources":
            continue
        unread = {words: option for option, words in UNREAD.items()}
        chosen = select(sts, "complete_remission", unread=unread[one.unread])
        assert remission.n[i] == chosen.counts.n.sum()
        fitted = model(name, **options).fit(chosen.counts)
        value = fitted.estimate if fitted.mean is None else fitted.mean
        assert remission.value[i] == pytest.approx(value, abs=1e-7)


def test_case_reports_out_leaves_the_series(sts: Review, remission: Multiverse) -> None:
    designs = [cells["design"] for cells in select(sts, "complete_remission").study_columns]
    series = sum(design != "case_report" for design in designs)
    one = next(
        i
        for i, spec in enumerate(remission.specifications)
        if (spec.sources, spec.unread, spec.overlap, spec.case_reports)
        == ("all sources", "left out", "as analysed", "out")
    )
    assert remission.studies[one] == series == 2
    assert remission.found.status[one] == "too-few" and np.isnan(remission.value[one])


def test_what_has_no_estimate_is_kept_and_counted(remission: Multiverse) -> None:
    none = ~np.isfinite(remission.value)
    assert set(remission.found.status[none]) == {"too-few", "no-arms"}
    inside = ~remission.bounding
    there, text = int((~none & inside).sum()), str(remission)
    assert text.startswith(f"{inside.sum()} specifications on ") and f"{there} with an estimate" in text
    assert f"{int((remission.found.status[inside] == 'no-arms').sum())} without an arm" in text
    below = int((remission.value[inside] < remission.value[remission.first] - 1e-9).sum())
    assert f"has {below} of them below it" in text
    low, high = remission.middle
    values = remission.value[~none & inside]
    assert (values <= low + 1e-12).mean() >= 0.25 and (values >= high - 1e-12).mean() >= 0.25


def test_extreme_readings_are_bounds_and_no_specifications(remission: Multiverse) -> None:
    bounding = remission.bounding
    unread = np.array([one.unread for one in remission.specifications])
    assert (bounding == (unread != "left out")).all() and 0 < bounding.sum() < bounding.size
    values = remission.value[bounding & np.isfinite(remission.value)]
    reach = f"they reach from {percent(values.min())} to {percent(values.max())}."
    assert f"are bounds and no specifications: {reach}" in str(remission)
    named = {row.cells[2] for row in remission.picture().rows}
    assert named == {"left out", "lower bound: without the outcome", "upper bound: with the outcome"}
    assert sum(row["bound"] for row in remission.to_dict()["rows"]) == bounding.sum()


@pytest.mark.usefixtures("quick")
def test_an_analysis_that_reads_them_so_is_no_bound(sts: Review) -> None:
    found = multiverse(sts, "complete_remission", BETA, unread="as-non-events")
    own = [one.unread == UNREAD["as-non-events"] for one in found.specifications]
    assert found.specifications[found.first].unread == UNREAD["as-non-events"] and not found.bounding[own].any()


def test_the_curve_holds_every_specification_by_its_value(remission: Multiverse) -> None:
    picture = remission.picture()
    assert picture.specification and len(picture.rows) == np.isfinite(remission.value).sum()
    assert picture.heads == ("Model", "Sources", "Unread extents", "Overlap", "Case reports")
    values = [row.estimate for row in picture.rows if row.estimate is not None]
    assert values == sorted(values)
    assert sum(row.primary for row in picture.rows) == 1
    json.dumps(remission.to_dict(), allow_nan=False)
    assert len(remission.to_frame()) == 300


@pytest.mark.usefixtures("quick")
def test_each_model_is_asked_once(sts: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    """One stack for each model, in which no set of counts comes twice."""
    from evidence.pooling.inverse_variance import InverseVariance

    stacks: list[Counts] = []
    estimate = InverseVariance.estimate

    def counted(self: InverseVariance, counts: Counts) -> Estimates:
        stacks.append(counts)
        return estimate(self, counts)

    monkeypatch.setattr(InverseVariance, "estimate", counted)
    multiverse(sts, "any_response", model("common-effect"))
    assert len(stacks) == 3
    rows = [tuple(np.r_[x, n]) for x, n in zip(stacks[0].events, stacks[0].n, strict=True)]
    assert len(rows) == len(set(rows))


@pytest.mark.usefixtures("quick")
def test_another_review_needs_no_code(vessels: Review) -> None:
    found = multiverse(vessels, "any_response", BETA)
    # Only one of the four kinds of sources has case reports to leave out, or none at all.
    assert len(found.specifications) == 24 and found.picture().heads == ("Model", "Sources", "Case reports")
    answer = ask("multiverse", Asked(select(vessels, "death"), BETA, vessels, "death"))
    assert str(answer).startswith("Not asked: the analysis itself has fewer than 3 studies")


@pytest.mark.usefixtures("quick")
def test_overlap_and_arms_of_one_study(third_review: Path) -> None:
    found = multiverse(read_review(third_review), "improved", BETA)
    assert len(found.specifications) == 40
    swapped = [found.n[i] for i, one in enumerate(found.specifications) if one.overlap == "without Cy 2010"]
    assert max(swapped) == 51


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("primary", "models"),
    [
        (model("common-effect", level=0.9), 4),
        (model("inverse-variance", measure="PAS", tau2="DL", level=0.9), 3),
        (model("inverse-variance", measure="PRZ", level=0.9), 4),
    ],
)
def test_the_primary_model_takes_the_place_of_its_like(vessels: Review, primary: Model, models: int) -> None:
    found = multiverse(vessels, "any_response", primary)
    assert len({one.model for one in found.specifications}) == models
    first = found.specifications[found.first].model
    assert first == {"common-effect": "common-effect"}.get(primary.name, first)
    fitted = primary.fit(select(vessels, "any_response").counts)
    shown = fitted.estimate if fitted.mean is None else fitted.mean
    assert found.value[found.first] == pytest.approx(shown, abs=1e-9)


def test_the_questions_of_the_curation_are_refused_without_a_review(bare_selection: object) -> None:
    names = ("missing-outcomes", "harms-silence", "overlap", "extractors", "source-confidence", "multiverse")
    for name in names:
        answer = ask(name, Asked(bare_selection, BETA))  # type: ignore[arg-type]
        assert str(answer) == "Not asked: there is no review behind these counts."
    assert QUESTIONS["multiverse"].costly


@pytest.mark.parametrize("name", ["missing-outcomes", "overlap", "extractors", "source-confidence"])
def test_each_is_asked_through_the_registry(sts: Review, name: str) -> None:
    asked = Asked(select(sts, "any_response"), BETA, sts, "any_response")
    answer = ask(name, asked)
    assert answer.question == name and not str(answer).startswith("Not asked") and len(answer.to_frame()) >= 3
