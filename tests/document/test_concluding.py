"""Conclusions in the report: the present verdict in the results, and what would change it."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.analysis_file import read_analysis
from evidence.document.blocks import Block, Code, Heading, Paragraph, Points, plain, walk
from evidence.document.findings import Findings, find
from evidence.document.results_json import to_dict
from evidence.document.sections.results import ASSUMED, CONCLUSIONS, section
from evidence.review.review import read_review
from tests.thirdreview import NAME, write_third_review

ANALYSIS = """
review = "heel-pain"
[model]
name = "{model}"
[[outcomes]]
outcome = "improved"
[[outcomes.conclusions]]
name = "The interval excludes 20 %"
rule = "interval excludes 20 %"
[[outcomes.conclusions]]
name = "Enough"
rule = "k >= 30"
[[outcomes]]
outcome = "heel_swollen"
[[outcomes.conclusions]]
name = "Most swell"
rule = "lower > 50 %"
"""


def findings_by(model: str, folder: Path) -> Findings:
    write_third_review(folder / NAME)
    path = folder / "heel-pain.toml"
    path.write_text(ANALYSIS.format(model=model), encoding="utf-8")
    analysis = read_analysis(path)
    return find(analysis, read_review(analysis.review))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    return findings_by("common-effect", tmp_path_factory.mktemp("concluded"))


def under(found: Findings, which: int) -> list[Block]:
    """What stands under the heading of the conclusions of an outcome."""
    made = section(found)
    assert made is not None
    blocks = list(walk(made.blocks))
    starts = [i for i, one in enumerate(blocks) if isinstance(one, Heading) and one.text == CONCLUSIONS]
    return blocks[starts[which] + 1 :]


def test_each_conclusion_has_its_verdict_its_reason_and_what_would_change_it(found: Findings) -> None:
    points, last = under(found, 0)[:2]
    assert isinstance(points, Points) and isinstance(last, Paragraph)
    first, second = (plain(item) for item in points.items)
    assert first.startswith("The interval excludes 20 %: holds (interval ")
    assert "What would change that: one new series of " in first and "at an assumed 10 % (" in first
    assert second == "Enough (at least 30 studies): does not hold (studies 4)."
    assert plain(last.text).startswith(ASSUMED)
    assert Code("evidence matter heel-pain --outcome improved") in last.text


def test_without_an_estimate_it_is_not_known_and_nothing_is_asked(found: Findings) -> None:
    points, after = under(found, 1)[:2]
    assert isinstance(points, Points) and not (isinstance(after, Paragraph) and plain(after.text).startswith(ASSUMED))
    text = plain(points.items[0])
    assert text.startswith("Most swell (lower limit above 50 %): not known, because there is no estimate (")
    assert "What would change" not in text


def test_the_results_hold_each_verdict_with_its_numbers(found: Findings) -> None:
    improved, swollen = (outcome["conclusions"] for outcome in to_dict(found)["outcomes"])
    assert [one["holds"] for one in improved] == [True, False] and swollen[0]["holds"] is None
    assert improved[0]["rule"] == "interval excludes 20 %" and improved[0]["change"]["threshold"] == 0.2
    assert improved[0]["change_text"].startswith("What would change that:")
    assert improved[1]["change"] is None and swollen[0]["change_text"] is None


def test_an_analysis_without_conclusions_has_no_such_heading(findings: Findings) -> None:
    found = section(findings)
    assert found is not None
    assert not any(isinstance(one, Heading) and one.text == CONCLUSIONS for one in walk(found.blocks))
    assert all(outcome["conclusions"] == [] for outcome in to_dict(findings)["outcomes"])


def test_a_model_that_takes_long_leaves_it_to_the_command(tmp_path: Path) -> None:
    points, last = under(findings_by("bayesian", tmp_path), 0)[:2]
    assert isinstance(points, Points) and isinstance(last, Paragraph)
    assert "What would change" not in " ".join(plain(item) for item in points.items)
    assert "takes long with this model: evidence matter heel-pain --outcome improved" in plain(last.text)
