"""`evidence agree`: what is printed, the exit codes, the queue, and settling by arguments and one by one."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from evidence import display
from evidence.cli import main
from evidence.review.review import Review, find_review
from evidence.sensitivity.extractors import extractors
from tests.extractedreview import read_once
from tests.review.extractors import read_beside, with_extractors

ROOT = Path(__file__).parents[2]


class Terminal(io.StringIO):
    """What somebody types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def each_review_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settling changes nothing but the folder ``extraction``, which a review does not hold."""

    def read(name: str) -> Review:
        folder = find_review(name).resolve()
        return read_once(folder) if folder.parent == ROOT / "data" else read_beside(folder)

    monkeypatch.setattr("evidence.review.review.read_review", read)


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    return with_extractors(tmp_path / "heel-pain", "")


def test_the_first_review_is_read_on_a_screen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(ROOT)
    code = main(["agree", "sts-calcinosis-cutis", "--outcome", "recurrence"])
    out = capsys.readouterr().out
    assert code == 0 and all(len(line) <= 80 for line in out.splitlines())
    for text in ("42 of 42   100 (92 to 100)", "42 of 52", "32 of 37", "25 of 27", "10 differences, 0 open"):
        assert text in out
    assert "Not computed: eligibility" in out and "gauffenic2023-2" in out and "A 2/7, B empty" in out
    assert "Limits take all cells as independent; cells of one arm or report are not" in out.replace("\n  ", " ")
    assert out.count("coefficients are of cells that both filled") == 2
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "extractor B 1/2 50 (1 to 99) too few to pool" in lines
    assert lines[-1] == "logistic-normal, ML; limits profile-t"  # what its analysis asks for


def test_results_under_each_extractor_are_those_of_the_question(
    capsys: pytest.CaptureFixture[str], calcinosis: Path
) -> None:
    model = ["--outcome", "any_response", "--model", "beta-binomial"]
    assert main(["agree", str(calcinosis), *model]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    varied = extractors(read_once(calcinosis), "any_response", "beta-binomial").varied
    for way, counts in ((0, "31/51 61 (46 to 74)"), (1, "35/55 64 (50 to 76)"), (2, "35/57 61 (48 to 74)")):
        shown = varied.shown
        value, lower, upper = (float(side[way]) for side in (shown.value, shown.lower, shown.upper))
        mean = display.percent_with_interval(value, lower, upper)
        assert f"{varied.labels[way]} {counts} {mean}" in lines


def test_json_holds_everything_and_no_nan(capsys: pytest.CaptureFixture[str], opened: Path) -> None:
    code = main(["agree", str(opened), "--outcome", "improved", "--model", "beta-binomial", "--json"])
    content = json.loads(capsys.readouterr().out, parse_constant=lambda name: pytest.fail(name))
    assert code == 1 and content["open"] == 5 and content["extractors"] == ["a", "b"]
    (improved,) = content["pooled"]
    assert [row["way"] for row in improved["rows"]] == ["extractor A", "extractor B", "adjudicated"]


def test_open_differences_fail_and_the_queue_is_written(
    capsys: pytest.CaptureFixture[str], opened: Path, tmp_path: Path
) -> None:
    target, cells = tmp_path / "queue.csv", tmp_path / "cells.csv"
    files = ["--queue", str(target), "--cells", str(cells)]
    assert main(["agree", str(opened), "--no-pool", "--verbose", *files]) == 1
    out = capsys.readouterr().out
    assert "5 differences, 5 open" in out and f"wrote {target}" in out
    assert "5 differences are open [not-adjudicated]\n  mend: evidence agree heel-pain --adjudicate" in out
    assert target.read_text(encoding="utf-8-sig").count("\n") == 6
    assert cells.read_text(encoding="utf-8-sig").count(",yes,") == 2  # improved of bo, and its time


def test_three_extractors_are_shown_together_or_pair_by_pair(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arms = "arm_id,device,energy_mj_mm2\nbo,radial,1\ncy,radial,2\ndi,{},3\n"
    texts = {f"{name}_arms": arms.format(word) for name, word in (("a", "focused"), ("b", "focused"), ("c", "radial"))}
    folder = str(with_extractors(tmp_path, **texts))
    assert main(["agree", folder]) == 1
    assert "of all 3 together; --verbose shows each pair" in capsys.readouterr().out
    assert main(["agree", folder, "--verbose", "--level", "0.995"]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "A, B, C" in out and "% (99.5% limits)" in out and "[99.5% limits] Gwet's AC1: linearised" in out
    # C called every device radial: whatever A called them, kappa is 0.
    assert "0.00 (c)" in out and "(c) one rater used one word throughout: kappa is 0 whatever the other said" in out


def test_limits_of_few_things_are_marked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arms = "arm_id,device\nbo,radial\ncy,{}\ndi,focused\nna-1,focused\n"
    folder = with_extractors(tmp_path, a_arms=arms.format("radial"), b_arms=arms.format("focused"))
    assert main(["agree", str(folder)]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "0.50 [-0.23, 1.00]" in out and "(a) fewer than 10 things outside the most used word" in out


def test_one_is_settled_by_arguments(capsys: pytest.CaptureFixture[str], opened: Path) -> None:
    settle = ["agree", str(opened), "--settle", "cy", "improved", "--final", "19/25"]
    assert main(settle) == 2
    assert "no reason is given [no-reason]" in capsys.readouterr().err
    assert main([*settle, "--reason", "table 1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("cy improved: settled as 19/25 (") and "outcomes.csv has 20/25" in out
    assert main([*settle[:-1], "20/25", "--reason", "table 1"]) == 2
    assert "is settled as 19/25 already, not 20/25" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (["--final", "1/2"], "--final and --reason are for --settle"),
        (["--settle", "bo", "improved"], "what is it settled as?"),
        (["--adjudicate"], "asks in a terminal, and there is none"),
        (["--outcome", "cured"], "outcome 'cured' is not known"),
        (["--level", "95"], "write it as a fraction"),
    ],
)
def test_wrong_usage(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, opened: Path, typed: list[str], text: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["agree", str(opened), *typed]) == 2
    assert text in capsys.readouterr().err


def test_one_by_one_in_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, opened: Path
) -> None:
    """The first is left open, the second needs its reason, the third is no count at first, the fourth stops it."""
    typed = ["", "A", "", "a", "the title says so", "low", "by title only", "most", "why", "4/12", "12 - 8", "quit"]
    monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{line}\n" for line in typed)))
    assert main(["agree", str(opened), "--adjudicate"]) == 0
    out = capsys.readouterr().out
    assert "1 of 5  bo  confidence: improved  (outcomes)\n  A  high  extractor_a_outcomes.csv:2  text" in out
    assert "no reason is given" in out and "'most' is not a count" in out and "settled 3 of 5, 2 open" in out
    record = (opened / "extraction" / "adjudication.csv").read_text(encoding="utf-8").splitlines()
    assert record[1:] == [
        "na-1,na,outcomes,improved,1/1,empty,1/1,the title says so",
        "na-1,na,outcomes,confidence: improved,low,empty,low,by title only",
        "bo,bo2002,outcomes,not_improved,4/12,empty,4/12,12 - 8",
    ]


def test_the_end_of_input_stops_and_nothing_to_settle_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, opened: Path, calcinosis: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("A\n"))
    assert main(["agree", str(opened), "--adjudicate"]) == 0
    assert "settled 0 of 5, 5 open" in capsys.readouterr().out
    assert main(["agree", str(calcinosis), "--adjudicate"]) == 0
    assert "Nothing to settle" in capsys.readouterr().out


def test_one_extractor_is_nothing_to_compare(capsys: pytest.CaptureFixture[str], calciphylaxis: Path) -> None:
    assert main(["agree", str(calciphylaxis)]) == 3
    assert "one extractor only (C)" in capsys.readouterr().err


def test_a_word_that_is_also_the_name_of_an_extractor_is_the_word(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Extractors f and m, who entered M and F: what is typed as F is the sex."""
    head = "patient_id,arm_id,sex\n"
    folder = with_extractors(tmp_path, f_patients=head + "p1,bo,M\n", m_patients=head + "p1,bo,F\n")
    monkeypatch.setattr(sys, "stdin", Terminal("F\nfigure 1\n"))
    assert main(["agree", str(folder), "--adjudicate"]) == 0
    record = (folder / "extraction" / "adjudication.csv").read_text(encoding="utf-8").splitlines()
    assert record == [
        "arm_id,report_id,table,field,value_f,value_m,final,reason",
        "bo,bo2002,patients,sex: p1,M,F,F,figure 1",
    ]
