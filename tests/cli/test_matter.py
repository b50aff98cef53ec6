"""`evidence matter` on the command line, and conclusions in `evidence diff`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence.cli import main
from tests.thirdreview import NAME, write_third_review

ANALYSIS = f"""
review = "{NAME}"

[model]
name = "inverse-variance"
measure = "PLO"
limits = "hk-floor"

[[outcomes]]
outcome = "improved"

[[outcomes.conclusions]]
name = "Half do not improve"
rule = "interval includes 50 %"

[[outcomes]]
outcome = "pain_free"
"""


@pytest.fixture
def heel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_third_review(tmp_path / "data" / NAME)
    (tmp_path / "analyses").mkdir()
    (tmp_path / "analyses" / "heel.toml").write_text(ANALYSIS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def run(capsys: pytest.CaptureFixture[str], *typed: str) -> tuple[int, str, str]:
    code = main(list(typed))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_threshold_of_a_conclusion_is_asked_for(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "matter", str(heel), "--outcome", "improved", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert [one["threshold"] for one in found["thresholds"]] == [0.5]
    prospects = found["thresholds"][0]["prospects"]
    assert {one["target"] for one in prospects} == {"estimate", "interval"}
    assert {one["size"] for one in prospects} == {None, 10}


def test_text_names_the_rate_the_model_and_what_is_not_known(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = ("--outcome", "improved", "--threshold", "40%", "--rate", "0.1", "--rate", "20%", "--size", "5")
    code, out, _ = run(capsys, "matter", str(heel), *typed)
    assert code == 0
    said = " ".join(out.split())
    for part in ("One series at 10 %", "One series at 20 %", "Series of 5 at", "inverse-variance", "Rates are assumed"):
        assert part in said
    assert "intervals at 95 %" in said
    _, looked, _ = run(capsys, "matter", str(heel), *typed, "--look", "1/2")
    assert "intervals at 99.69" in " ".join(looked.split())


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("--threshold", "1.5"), "is no proportion"),
        (("--threshold", "0"), "is no proportion"),
        (("--threshold", "nan"), "is no proportion"),
        (("--threshold", "0,5"), "write a decimal point: --threshold 0.5"),
        (("--threshold", "50,5%"), "write a decimal point: --threshold 50.5%"),
        (("--threshold", "50"), "for 50 % write --threshold 50%"),
        (("--threshold", "0.5", "--rate", "0,5"), "write a decimal point: --rate 0.5"),
        (("--threshold", "0.5", "--rate", "20,40"), "for 20 % write --rate 20%"),
        (("--threshold", "0.5", "--rate", "often"), "is no proportion"),
        (("--threshold", "0.5", "--size", "0"), "is no size"),
        (("--threshold", "0.5", "--size", "20000"), "is no size"),
        (("--threshold", "0.5", "--look", "3/2"), "no look 3 of 2"),
        (("--threshold", "0.5", "--look", "soon"), "is no look"),
    ],
)
def test_wrong_options_say_what_is_wrong(
    heel: Path, capsys: pytest.CaptureFixture[str], typed: tuple[str, ...], says: str
) -> None:
    code, out, err = run(capsys, "matter", str(heel), "--outcome", "improved", *typed)
    assert code == 2 and out == "" and says in err and "mend:" in err


def test_without_threshold_or_outcome_it_says_so(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "matter", str(heel), "--outcome", "pain_free")
    assert code == 2 and "no-threshold" in err
    code, _, err = run(capsys, "matter", str(heel), "--outcome", "improvd", "--threshold", "0.5")
    assert code == 2 and "improved" in err


def test_the_outcome_is_asked_for_with_an_example(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "matter", str(heel))
    assert code == 2 and "pain_free, improved" in err
    assert f"evidence matter {heel} --outcome improved --threshold 0.5" in err
    code, _, err = run(capsys, "replicate", str(heel))
    assert code == 2 and "pain_free, improved" in err and '--published "' in err


def test_diff_tells_conclusions_before_and_after(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "snapshot", str(heel), "--label", "v1")[0] == 0
    path = heel / "outcomes.csv"
    text = path.read_text(encoding="utf-8").replace("bo,improved,patient,8,12", "bo,improved,patient,2,12")
    path.write_text(text.replace("bo,not_improved,patient,4", "bo,not_improved,patient,10"), encoding="utf-8")
    for typed in ((), ("--outcome", "improved")):
        _, out, _ = run(capsys, "diff", str(heel), "--from", "v1", *typed)
        assert "Half do not improve (interval includes 50 %): " in " ".join(out.split())
    _, out, _ = run(capsys, "diff", str(heel), "--from", "v1", "--json")
    (concluded,) = json.loads(out)["outcomes"][0]["conclusions"]
    assert concluded["name"] == "Half do not improve" and concluded["before"]["why"] != concluded["after"]["why"]
    run(capsys, "diff", str(heel), "--from", "v1", "-o", "d.md")
    assert "Conclusions:" in Path("d.md").read_text(encoding="utf-8")


def test_a_wrong_rule_has_its_place(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = heel.parent.parent / "analyses" / "heel.toml"
    path.write_text(ANALYSIS.replace("interval includes", "interval holds"), encoding="utf-8")
    code, _, err = run(capsys, "matter", str(heel), "--outcome", "improved")
    assert code == 1 and "heel.toml:14" in err and "bad-rule" in err
