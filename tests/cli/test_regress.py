"""`evidence regress`: coefficients, odds ratios, expected proportions and caveats, within the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence.cli import main

TABLE = "\n".join(
    [
        "study,events,n,year,route",
        "Ada 2001,3,10,2001,oral",
        "Bo 2003,5,9,2003,oral",
        "Cy 2010,1,12,2010,iv",
        "Di 2007,2,8,2007,iv",
        "Ed 2015,4,11,2015,oral",
        "Flo 2001,6,8,2001,iv",
        "Guy,2,8,,iv",
    ]
)


@pytest.fixture
def counts(tmp_path: Path) -> str:
    path = tmp_path / "counts.csv"
    path.write_text(TABLE, encoding="utf-8")
    return str(path)


def test_what_is_printed(counts: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["regress", counts, "--on", "year,route", "--limits", "t"]) == 0
    text = capsys.readouterr().out
    for part in (
        "21 of 58 patients in 6 studies",
        "route against oral",
        "log odds",
        "odds ratio",
        "average study (mean)",
        "route iv",
        "year 2015",
        "left out: Guy (year).",
        "[not-randomised-covariates]",
        "6 studies for 2 coefficients besides the intercept",
    ):
        assert part in text
    assert max(map(len, text.splitlines())) <= 80


def test_json_holds_every_number(counts: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regress", counts, "--on", "route", "--model", "inverse-variance", "--tau2", "DL", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert [c["name"] for c in content["coefficients"]] == ["intercept", "route: oral"]
    assert content["model"]["limits"] == "hk" and content["model"]["tau2"] == "DL"
    assert [row["value"] for row in content["predicted"]] == ["iv", "oral"]
    assert 0 < content["predicted"][0]["pi_lower"] < content["predicted"][0]["lower"]


def test_a_robust_regression_without_p(counts: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--model", "inverse-variance", "--limits", "cr2", "--permutations", "50", "--measure", "PAS"]
    assert main(["regress", counts, "--on", "route", *asked]) == 0
    text = capsys.readouterr().out
    assert "coefficient" in text and "odds ratio" not in text and "p permuted" in text


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (["--on", "yaer"], 2, "did you mean year"),
        (["--on", ","], 2, "--on names no covariate"),
        (["--on", "year", "--limits", "hk"], 2, "profile-t"),
        (["--on", "year", "--model", "inverse"], 2, "inverse-variance"),
        (["--on", "year", "--tau2", "DL"], 2, "has no option"),
        (["--on", "year", "--level", "95"], 2, "0.95"),
        (["--on", "study"], 1, "too-many-coefficients"),
    ],
)
def test_wrong_input(asked: list[str], code: int, said: str, counts: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regress", counts, *asked]) == code
    assert said in capsys.readouterr().err
