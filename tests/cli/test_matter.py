"""`evidence matter` on the command line, and conclusions in `evidence diff`."""

from __future__ import annotations

import json
import re
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
    assert {one["target"] for one in prospects} == {"interval"}, "what the rule speaks of"
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


#: Rules of which a part, nothing, and all can be looked at.
RULES = (
    ("Most improve", "estimate >= 50 % and k >= 3"),
    ("Few differ", "i2 < 75 %"),
    ("Sure", "lower > 40 %"),
)


@pytest.fixture
def ruled(heel: Path) -> Path:
    tables = "".join(f'[[outcomes.conclusions]]\nname = "{name}"\nrule = "{rule}"\n' for name, rule in RULES)
    text = ANALYSIS.partition("[[outcomes.conclusions]]")[0] + tables
    (heel.parent.parent / "analyses" / "heel.toml").write_text(text, encoding="utf-8")
    return heel


def test_each_conclusion_is_named_with_its_rule_and_the_part_looked_at(
    ruled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "matter", str(ruled), "--outcome", "improved")
    said = " ".join(out.split())
    assert code == 0 and said.startswith("Improved: ")
    whole, few, sure = (said.index(f"{name} ({rule})") for name, rule in RULES)
    assert whole < sure < few, "what can't be looked at comes last"
    assert "Looked at here: estimate at least 50 %. Not looked at: at least 3 studies, which must hold" in said
    assert "Estimate below 50 %" in said[whole:sure] and "Interval" not in said[whole:sure]
    assert "Lower limit below 40 %" in said[sure:few]
    assert "Holds now (I2 0.0 %)" in said[few:] and "Not looked at: I2 below 75 %" in said[few:]


def test_json_names_the_conclusion_of_each_threshold(ruled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "matter", str(ruled), "--outcome", "improved", "--json")
    found = json.loads(out)
    assert [one["conclusion"]["name"] for one in found["thresholds"]] == ["Most improve", "Sure"]
    assert found["thresholds"][0]["conclusion"]["not_looked_at"] == ["at least 3 studies"]
    assert [one["name"] for one in found["conclusions_without"]] == ["Few differ"]
    assert found["look"] is None


def test_a_look_has_both_intervals_and_no_advert(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = ("matter", str(heel), "--outcome", "improved", "--threshold", "0.5")
    _, plain, _ = run(capsys, *typed)
    _, looked, _ = run(capsys, *typed, "--look", "2/5")
    today = re.search(r"average study [^)]*\)|typical study[^)]*\)\s*[^)]*\)", " ".join(plain.split()))
    assert today is not None and today[0] in " ".join(looked.split()), "the interval of every other page"
    said = " ".join(looked.split())
    assert "widened for look 2 of 5 (level 99.9213 %): " in said and "widened for look 2 of 5, the interval, " in said
    assert "Widened interval" in said
    assert "--look" in plain and "--look" not in looked
    _, out, _ = run(capsys, *typed, "--look", "2/5", "--json")
    found = json.loads(out)
    ci, look = found["now"]["ci"], found["look"]
    assert look["lower"] < ci["lower"] < ci["upper"] < look["upper"]
    assert found["thresholds"][0]["limits"] == [ci["lower"], ci["upper"]]


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
