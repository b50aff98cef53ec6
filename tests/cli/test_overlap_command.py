"""`evidence overlap` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence.cli import main


def run(capsys: pytest.CaptureFixture[str], *typed: str) -> tuple[int, str, str]:
    code = main(["overlap", *typed])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_known_pairs_then_what_to_do(calcinosis: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, str(calcinosis))
    assert (code, err) == (0, "")
    assert "253 pairs of arms of different studies compared." in " ".join(out.split())
    assert "Known pairs: 2, 0 decided in overlap.csv, 2 not" in out
    assert "No other pair is worth a look" in out and "weaker pairs not shown: --all lists them." in out
    assert "No author was seen of " in out
    assert f"evidence overlap {calcinosis} --decide baumgartnernielsen_eadv-1 esmed2096-1 DECISION" in out
    code, everything, _ = run(capsys, str(calcinosis), "--all")
    assert code == 0 and "little speaks for it" in everything and "not shown" not in everything


def test_json_holds_every_reason_with_its_points(third_review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, str(third_review), "--json")
    values = json.loads(out)
    (known,) = values["known"]
    assert code == 0 and (known["arm_a"], known["arm_b"], known["named_in"]) == ("cy", "di", "same_patients_as")
    assert known["decision"] is None and {"kind", "points", "text"} == set(known["found"]["reasons"][0])
    assert values["authors_not_counted"] == ["Example, A."]


def test_a_decision_is_written_and_then_shown(third_review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decide = ("--decide", "bo", "na-1", "unclear", "--reason", "one town", "--by", "A. Example")
    code, out, err = run(capsys, str(third_review), *decide)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{third_review / 'overlap.csv'}: bo and na-1 are unclear",
        f"{third_review / 'arms.csv'}: possible_overlap of bo names na-1",
    ]
    _, out, _ = run(capsys, str(third_review))
    assert "Known pairs: 2, 1 decided in overlap.csv, 1 not" in out and "unclear: one town (A. Example, 20" in out


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--decide", "bo", "na-1", "unclear"), "a decision needs its reason"),
        (("--decide", "bo", "na-2", "unclear", "--reason", "x"), "did you mean na-1"),
        (("--decide", "bo", "na-1", "perhaps", "--reason", "x"), "use one of same_patients, distinct, unclear"),
        (("--by", "me"), "--reason and --by belong to a decision"),
        (("--decide", "bo", "na-1", "unclear", "--reason", "x", "--json"), "--json is of the list"),
    ],
)
def test_wrong_usage_changes_nothing(
    typed: tuple[str, ...], said: str, third_review: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name: path.read_bytes() for path in third_review.iterdir()}
    code, out, err = run(capsys, str(third_review), *typed)
    assert (code, out) == (2, "") and said in err and "mend: " in err
    assert {path.name: path.read_bytes() for path in third_review.iterdir()} == before
