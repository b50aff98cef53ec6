"""Questions that an analysis asks: read, checked, asked, shown."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pandas as pd
import pytest

from evidence.analysis import Analysis
from evidence.analysis_file import read_analysis
from evidence.document.build import render
from evidence.document.findings import find
from evidence.errors import ComputeError, DataError, Problem
from evidence.review.review import read_review
from evidence.sensitivity import described, questions
from evidence.sensitivity.answer import not_askable
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.described import Described
from evidence.sensitivity.option import Option
from evidence.sensitivity.pictures import IntervalRow, Intervals
from evidence.sensitivity.questions import Question
from tests.thirdreview import NAME

ROOT = Path(__file__).parents[2]
LIST = """sensitivity = [
  "made-up",
  {question = "made-up", most = 5},
  "refused",
  "broken",
  "long",
]
"""
OUTCOMES = """
[[outcomes]]
outcome = "improved"

[[outcomes]]
outcome = "pain_free"
"""


@dataclass(frozen=True)
class MadeUp:
    """An answer of two numbers."""

    most: int
    question: ClassVar[str] = "made-up"
    notes: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"Up to {self.most} it <stays> the same."

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame({"left_out": ["a", "b"], "mean": [0.25, float("nan")], "empty": [None, None]})

    def to_dict(self) -> dict[str, Any]:
        return {"question": self.question, "most": self.most, "value": float("nan")}

    def picture(self) -> Intervals:
        return Intervals((IntervalRow("a", 0.25, 0.1, 0.5), IntervalRow("all", 0.3, 0.2, 0.4, primary=True)), "mean")


OPTIONS = {"most": Option(3, "how many")}


def answered(asked: Asked) -> MadeUp:
    asked.progress("half way")
    return MadeUp(**asked.given(OPTIONS))


def refused(asked: Asked) -> MadeUp:
    raise not_askable("no year is known", "give years")


def broken(asked: Asked) -> MadeUp:
    raise ComputeError(Problem("no-limit", "the search found no limit.", "use another model"))


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four questions that no file of the package answers."""
    module = ModuleType("evidence.sensitivity.madeup")
    module.OPTIONS = OPTIONS  # type: ignore[attr-defined]
    for function in (answered, refused, broken):
        setattr(module, function.__name__, function)
    monkeypatch.setitem(__import__("sys").modules, module.__name__, module)
    known = {
        "made-up": Question("Does it stay?", "madeup:answered", of_counts=True),
        "refused": Question("Is it old?", "madeup:refused"),
        "broken": Question("Is there a limit?", "madeup:broken"),
        "long": Question("Does it take long?", "madeup:answered", costly=True, of_counts=True),
    }
    monkeypatch.setattr(questions, "QUESTIONS", known)
    monkeypatch.setattr(described, "DESCRIBED", dict.fromkeys(known, Described("It is made up.")))


def written(third_review: Path, asks: str, outcomes: str = OUTCOMES) -> Analysis:
    path = third_review.parent / "asking.toml"
    path.write_text(f'review = "{NAME}"\n{asks}\n[model]\nname = "common-effect"\n{outcomes}', encoding="utf-8")
    return read_analysis(path)


def problem(third_review: Path, asks: str, outcomes: str = OUTCOMES) -> str:
    def asked() -> None:
        analysis = written(third_review, asks, outcomes)
        find(analysis, read_review(analysis.review))

    with pytest.raises(DataError) as caught:
        asked()
    return str(caught.value)


def test_the_list_of_the_file_holds_for_outcomes_without_one(third_review: Path) -> None:
    own = OUTCOMES.replace('outcome = "pain_free"', 'outcome = "pain_free"\nsensitivity = ["long"]')
    first, second = written(third_review, 'sensitivity = "made-up"', own).outcomes
    assert [(q.question, q.here, q.line) for q in first.sensitivity] == [("made-up", False, 2)]
    assert [(q.question, q.here, q.line) for q in second.sensitivity] == [("long", True, 11)]
    assert second.to_dict()["sensitivity"] == [{"question": "long", "options": {}}]
    assert written(third_review, "").outcomes[0].sensitivity == ()


def test_an_unknown_question_has_its_line_and_the_near_names(third_review: Path) -> None:
    said = problem(third_review, LIST.replace('"refused"', '"refuse"').replace('"broken"', '"brokn"'))
    assert "asking.toml:5:sensitivity: question 'refuse' is not known" in said
    assert "asking.toml:6:sensitivity: question 'brokn' is not known" in said
    assert "did you mean refused" in said and "did you mean broken" in said


def test_an_unknown_option_or_a_wrong_value_has_its_line(third_review: Path) -> None:
    said = problem(third_review, 'sensitivity = [\n  {question = "made-up", mst = 5},\n]')
    assert "asking.toml:3:sensitivity: the question has no option 'mst'" in said and "did you mean most" in said
    said = problem(third_review, 'sensitivity = [{question = "made-up", most = "five"}]')
    assert "asking.toml:2:sensitivity: most = 'five' is not possible" in said


@pytest.mark.parametrize(
    ("asks", "says"),
    [
        ("sensitivity = [3]", "holds something that is no question"),
        ("sensitivity = [{most = 3}]", "holds something that is no question"),
        ('sensitivity = ["made-up", "made-up"]', "asks something twice"),
        ("sensitivity = true", "holds something that is no question"),
        ('sensitivty = ["made-up"]', "did you mean sensitivity"),
    ],
)
def test_what_is_no_list_of_questions_is_refused(third_review: Path, asks: str, says: str) -> None:
    said = problem(third_review, asks)
    assert says in said and "asking.toml:2" in said


def test_each_outcome_is_asked_and_costly_questions_of_the_first_only(third_review: Path) -> None:
    analysis = written(third_review, LIST)
    steps: list[str] = []
    found = find(analysis, read_review(analysis.review), steps.append)
    first, second = found.outcomes
    assert [one.name for one in first.answers] == ["made-up", "made-up-2", "refused", "broken", "long"]
    assert [one.name for one in second.answers] == ["made-up", "made-up-2", "refused", "broken"]
    assert first.put_off == () and second.put_off == ("Does it take long?",)
    assert [one.reason for one in first.answers[:4]] == [None, None, "no year is known", "the search found no limit"]
    assert "improved: made-up: half way" in steps and "improved: drawing made-up-2" in steps


def test_an_outcome_may_ask_a_costly_question_itself(third_review: Path) -> None:
    own = OUTCOMES.replace('outcome = "pain_free"', 'outcome = "pain_free"\nsensitivity = ["long"]')
    analysis = written(third_review, 'sensitivity = ["made-up"]', own)
    _, second = find(analysis, read_review(analysis.review)).outcomes
    assert [one.name for one in second.answers] == ["long"] and second.put_off == ()


def test_question_answer_figure_and_numbers_reach_every_file(third_review: Path) -> None:
    analysis = written(third_review, LIST)
    files = render(find(analysis, read_review(analysis.review)))
    page, text = files["index.html"], files["report.md"]
    assert "figures/sensitivity-improved-made-up.svg" in files and "figures/sensitivity-improved-made-up-2.svg" in files
    assert files["tables/sensitivity-improved-made-up.csv"] == "left_out,mean\na,0.25\nb,\n"
    section = page[page.index('<section id="sensitivity"') :].split("</section>")[0]
    assert section.count("Does it stay?</h4>") == 2 and section.count("Does it stay?; most 5</h4>") == 2
    assert "Up to 3 it &lt;stays&gt; the same." in section
    leads = re.findall('<p class="to-panel"><a href="#([^"]+)">', section)
    assert leads == re.findall('<div class="panel" id="([^"]+)">', section) and len(leads) == len(set(leads)) > 3
    assert (
        ">Figure and numbers</a></p>" in section
        and "<h5>Made up</h5>" in section
        and "<h5>Made up; most 5</h5>" in section
    )
    assert "<strong>Is it old?</strong> No year is known." in section
    assert "Asked of the first outcome only: Does it take long?" in section
    assert "Up to 5 it \\<stays\\> the same." in text and "(figures/sensitivity-improved-made-up-2.svg)" in text
    results = json.loads(files["results.json"])
    answers = results["outcomes"][0]["sensitivity"]
    assert answers[1] == {
        "title": "Does it stay?",
        "options": {"most": 5},
        "question": "made-up",
        "most": 5,
        "value": None,
    }
    assert answers[2]["not_asked"] == "no year is known"


def test_an_analysis_that_asks_nothing_has_no_such_section(third_review: Path) -> None:
    analysis = written(third_review, "")
    files = render(find(analysis, read_review(analysis.review)))
    assert '<section id="sensitivity"' not in files["index.html"]
    assert json.loads(files["results.json"])["outcomes"][0]["sensitivity"] == []


def test_a_long_frame_is_left_to_the_command_line() -> None:
    from evidence.tables.answer_tables import MOST_ROWS, answer_table

    class Long(MadeUp):
        def to_frame(self) -> pd.DataFrame:
            return pd.DataFrame({"mean": range(MOST_ROWS + 1)})

    assert answer_table("a", "b", Long(1)) is None
    short = answer_table("a", "b", MadeUp(1))
    assert short is not None and [column.heading for column in short.columns] == ["left out", "mean"]


def test_a_moved_number_of_an_answer_is_a_difference_of_reports() -> None:
    """The comparison of committed and built results goes into the answers too."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("compare_results", ROOT / "scripts" / "compare_results.py")
    assert spec is not None and spec.loader is not None
    compare = module_from_spec(spec)
    spec.loader.exec_module(compare)

    def results(mean: float) -> dict[str, Any]:
        return {"outcomes": [{"sensitivity": [{"question": "made-up", "rows": [{"mean": mean}]}]}]}

    (line,) = compare.differences(results(0.25), results(0.25001))
    assert line.startswith(".outcomes[0].sensitivity[0].rows[0].mean: 0.25 committed")
    assert not list(compare.differences(results(0.25), results(0.25 + 1e-10)))
