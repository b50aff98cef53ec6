"""The publication filter on the first review and on plain counts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import evidence
from evidence import Counts, model
from evidence.errors import UsageError
from evidence.sensitivity.answer import NotAskableError, NotAsked
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.publication_filter import PUBLISHED, PublicationFilter, publication_filter
from evidence.sensitivity.questions import ask

COUNTS = Counts([9, 5, 1, 0, 2, 1, 1], [28, 6, 1, 2, 3, 1, 1], list("ABCDEFG"))
QUICK: dict[str, Any] = {"limits": "wald"}


def asked(sts: Any, outcome: str = "any_response", name: str = "beta-binomial", **options: Any) -> Any:
    spec = model(name, **QUICK) if name in ("beta-binomial", "logistic-normal") else model(name)
    return ask("publication-filter", Asked(evidence.select(sts, outcome), spec, sts, outcome, options=options))


@pytest.fixture(scope="module")
def marked(sts: Any) -> Any:
    """The answer with the reports exempt that told of failures in passing."""
    return asked(sts, exempt=["teriparatide-2021", "delgado-marquez-2015", "linan-barroso-nd"])


def means(answer: Any, found: Any) -> list[float]:
    return [round(float(found.mean[answer.published.index(pi)]), 2) for pi in (1.0, 0.2, 0.1)]


def test_the_first_review_goes_from_82_to_58_and_45_percent(sts: Any) -> None:
    """Figures of the methods text, to the digits printed there: logistic-normal, m = 3, no report exempt."""
    counts = evidence.select(sts, "any_response").counts
    answer = publication_filter(counts, model("logistic-normal", **QUICK))
    assert means(answer, answer.curve) == [0.82, 0.58, 0.45]
    assert answer.tipping is not None and 0.1 < answer.tipping < 0.15 and answer.exempt == ()
    assert [note.code for note in answer.notes] == ["filter-not-identified", "filter-none-exempt"]


def test_a_review_can_mark_studies_as_incidental(sts: Any) -> None:
    from dataclasses import replace

    selection = evidence.select(sts, "any_response")
    cells = [
        {**columns, "incidental": "yes" if columns["study_id"] == "teriparatide-2021" else None}
        for columns in selection.study_columns
    ]
    data = Asked(replace(selection, study_columns=tuple(cells)), model("beta-binomial", **QUICK), sts, "any_response")
    assert [label.split(" ")[0] for label in ask("publication-filter", data).exempt] == ["Teriparatide"]  # type: ignore[attr-defined]


def test_an_unknown_study_is_named(sts: Any) -> None:
    with pytest.raises(evidence.EvidenceError, match="teriparatide"):
        asked(sts, exempt="teriparatide-2012")


def test_the_tipping_point_is_where_the_mean_meets_the_threshold() -> None:
    from evidence.pooling.filtered import Filtered, estimate_filtered

    spec: Any = model("beta-binomial", **QUICK)
    answer = publication_filter(COUNTS, spec)
    assert answer.tipping is not None
    filtered = Filtered.of(COUNTS.events, COUNTS.n, np.zeros(7, dtype=bool), np.array([answer.tipping]), np.array([3]))
    assert estimate_filtered(spec, filtered).mean[0] == pytest.approx(0.5, abs=1e-6)


def test_reports_about_something_else_are_exempt(sts: Any, marked: Any) -> None:
    assert len(marked.exempt) == 3 and marked.acts_on == 15 and marked.without == 0
    assert marked.unexempted is not None and means(marked, marked.unexempted) == [0.83, 0.58, 0.45]
    shown = marked.shown.value
    assert np.all(shown[1:] > marked.unexempted.mean[1:]) and shown[0] == marked.unexempted.mean[0]
    assert "exempts 3 reports about something else, which are all the small reports without any event," in str(marked)
    assert "without that exemption: 58 % and 45 %" in str(marked)
    assert marked.tipping is None and "does not fall to 50 % down to 1 in 20" in str(marked)
    assert "filter-exempt" in {note.code for note in marked.notes}


def test_the_answer_is_whole(marked: PublicationFilter) -> None:
    told = json.loads(json.dumps(marked.to_dict(), allow_nan=False))
    assert [row["published"] for row in told["rows"]] == list(PUBLISHED) == list(marked.published)
    frame = marked.to_frame()
    assert set(frame["rows"]) == {"curve", "none exempt", "contour"}
    assert len(frame) == len(PUBLISHED) * (2 + len(marked.sizes))
    by_size = dict(zip(marked.sizes, marked.contour, strict=True))
    assert by_size[3] == pytest.approx(marked.shown.value, abs=1e-9)
    headings = [heading for heading, _ in marked.picture().pictures]
    assert len(headings) == 4
    for note in marked.notes:
        assert "{" not in note.text


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ("complete_remission", "complete remission is part of any response"),
        ("no_response", "no response is the reverse of any response"),
        ("any_adverse_event", "hangs on any response rather than on any adverse event"),
    ],
)
def test_it_is_refused_where_publication_does_not_hang_on_the_outcome(sts: Any, outcome: str, says: str) -> None:
    answer = asked(sts, outcome)
    assert isinstance(answer, NotAsked) and says in str(answer) and "force = true" in str(answer)


def test_it_can_be_forced(sts: Any) -> None:
    assert isinstance(asked(sts, "complete_remission", force=True), PublicationFilter)


@pytest.mark.parametrize("name", ["bayesian", "inverse-variance", "common-effect"])
def test_other_models_are_refused_in_a_sentence(sts: Any, name: str) -> None:
    expected = "Not asked: the filter needs the likelihood of logistic-normal or beta-binomial."
    assert str(asked(sts, name=name)) == expected


def test_no_small_report_and_few_studies() -> None:
    spec = model("beta-binomial", **QUICK)
    with pytest.raises(NotAskableError, match="no report of 3 patients or fewer"):
        publication_filter(Counts([4, 5, 6], [9, 9, 9]), spec)
    with pytest.raises(NotAskableError, match="no report of 1 patient or fewer"):
        publication_filter(Counts([4, 1, 6], [9, 1, 9], list("abc")), spec, most=1, exempt=["b"])
    with pytest.raises(NotAskableError, match="fewer than 3 studies"):
        publication_filter(Counts([1, 5], [1, 9]), spec)


@pytest.mark.parametrize("wrong", [{"most": 0}, {"threshold": 1.0}, {"exempt": ["nobody"]}])
def test_wrong_values_end_in_a_mend(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        publication_filter(COUNTS, model("beta-binomial", **QUICK), **wrong)


def test_without_small_reports_of_failures_nothing_is_called_exempt() -> None:
    answer = publication_filter(Counts([3, 3, 25, 8], [3, 4, 31, 10]), model("beta-binomial", **QUICK))
    assert answer.without == 0 and answer.exempt == ()
    assert "the average study (mean) would stay" in str(answer) and ", as it would if 1 in 10 were" in str(answer)
    assert str(answer).endswith("How many are published is assumed: the data can hardly tell.")
    apart = publication_filter(Counts([3, 2, 5, 4], [3, 2, 31, 30]), model("beta-binomial", **QUICK))
    assert "there is no such report in the data, and then the likelihood favours the strongest filter" in str(apart)


def test_only_events_leaves_the_estimate_and_says_so() -> None:
    answer = publication_filter(Counts([1, 2, 6], [1, 2, 6]), model("beta-binomial"))
    assert "the estimate would stay 100 %" in str(answer)
    assert answer.curve.mean_lower[-1] < answer.curve.mean_lower[0]
    json.dumps(answer.to_dict(), allow_nan=False)


def test_a_start_below_the_threshold_is_no_tipping_point() -> None:
    answer = publication_filter(COUNTS, model("beta-binomial", **QUICK), threshold=0.95)
    assert answer.tipping is None and "it is not above 95 % to begin with" in str(answer)


def test_limits_that_reach_the_threshold_are_told() -> None:
    answer = publication_filter(COUNTS, model("beta-binomial", **QUICK))
    crossing = replace(answer, tipping=None, limits_tip=0.4)
    assert "though its limits reach 50 % at 40 in 100" in str(crossing)


def test_the_limits_tip_is_where_the_lower_limit_meets_the_threshold() -> None:
    """Profile limits: two rounds of the search and a straight line within leave 1e-4 of a share."""
    from evidence.pooling.filtered import Filtered, estimate_filtered

    spec: Any = model("beta-binomial", limits="profile")
    counts = Counts([9, 5, 1, 3, 2, 1, 1, 1, 1, 1], [12, 6, 1, 3, 3, 1, 1, 1, 1, 1])
    answer = publication_filter(counts, spec, threshold=0.65)
    assert answer.limits_tip is not None and answer.limits_tip not in PUBLISHED
    filtered = Filtered.of(
        counts.events, counts.n, np.zeros(10, dtype=bool), np.array([answer.limits_tip]), np.array([3])
    )
    assert estimate_filtered(spec, filtered).mean_lower[0] == pytest.approx(0.65, abs=1e-4)


def test_a_bare_table_has_one_outcome(bare_selection: Any) -> None:
    answer = ask("publication-filter", Asked(bare_selection, model("beta-binomial")))
    assert str(answer).startswith("Not asked: 2 studies with 12 patients are too little to pool")
