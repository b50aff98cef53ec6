"""evidence crosscheck and evidence script: what they print, keep and refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from evidence.cli import main
from tests.fake_r import FakeR
from tests.thirdreview import NAME, write_third_review

TABLE = "study,events,n\nAda,1,9\nBo,4,11\nCy,9,12\nDi,6,31\n"
ANALYSIS = """
review = "heel-pain"
model = {name = "inverse-variance", tau2 = "DL", limits = "wald"}

[[outcomes]]
outcome = "improved"
by = ["device"]

[[outcomes]]
outcome = "pain_free"
"""
#: rma(measure = "PLO", method = "DL", test = "z") of metafor 3.8-1 on the counts of ``TABLE``.
METAFOR = {
    "estimate": -0.66989934007689755,
    "se": 0.64907219801158911,
    "tau2": 1.2022610038112289,
    "q": 11.567574308919351,
}


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bare table, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    path = tmp_path / "counts.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def analysis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An analysis of the third review, in the current folder."""
    write_third_review(tmp_path / "data" / NAME)
    (tmp_path / "analyses").mkdir()
    path = tmp_path / "analyses" / "heel-pain.toml"
    path.write_text(ANALYSIS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path


def lines(values: dict[str, float]) -> str:
    return "R\t4.2.2\nmetafor\t3.8-1\n" + "".join(f"{name}\t{value!r}\n" for name, value in values.items())


OPTIONS = ["--model", "inverse-variance", "--tau2", "DL", "--limits", "wald"]


def test_the_table_is_readable_at_80_columns(table: Path, fake_r: FakeR, capsys: pytest.CaptureFixture[str]) -> None:
    fake_r(lines(METAFOR))
    assert main(["crosscheck", "counts.csv", *OPTIONS]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert [name for name in ("PyMARE 0", "statsmodels 0", "metafor 3.8-1, R 4.2.2") if name not in text] == []
    assert "differs" not in text
    assert len(re.findall(r"^tau2 +1\.202261 +1\.202261  same", text, re.MULTILINE)) == 3


def test_json_has_every_number_and_the_groups(table: Path, no_r: None, capsys: pytest.CaptureFixture[str]) -> None:
    table.write_text(TABLE.replace("study,", "route,study,").replace("\n", "\nx,")[:-2], encoding="utf-8")
    assert main(["crosscheck", "counts.csv", *OPTIONS, "--by", "route", "--json"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=lambda name: pytest.fail(name))
    assert {row["verdict"] for row in found["rows"]} == {"same"}
    assert [group["group"] for group in found["subgroups"]] == ["route: x"]
    assert found["remarks"][-1] == {
        "software": "R",
        "text": "Rscript is not on the path, so nothing was checked with R.",
    }


def test_a_script_goes_to_standard_output_or_a_file(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["script", "counts.csv", *OPTIONS]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("# counts.csv: counts\n") and 'method = "DL"' in printed
    assert main(["script", "counts.csv", *OPTIONS, "-o", "a.R"]) == 0
    assert capsys.readouterr().out == "wrote a.R\n"
    assert Path("a.R").read_text(encoding="utf-8") == printed
    assert main(["script", "counts.csv", *OPTIONS, "--to", "stata"]) == 0
    assert "meta set effect se, random(dlaird)" in capsys.readouterr().out


def test_a_script_is_run_where_r_is(table: Path, fake_r: FakeR, capsys: pytest.CaptureFixture[str]) -> None:
    fake_r(lines(METAFOR))
    assert main(["script", "counts.csv", *OPTIONS, "--run"]) == 0
    assert capsys.readouterr().out.startswith("metafor 3.8-1 (R 4.2.2): 4 numbers, all within tolerance;")
    fake_r("", code=1, says="Error: no\n")
    assert main(["script", "counts.csv", *OPTIONS, "--run"]) == 3
    assert "R stopped: Error: no [r-stopped]" in capsys.readouterr().err


def test_without_r_a_run_says_so(table: Path, no_r: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["script", "counts.csv", *OPTIONS, "--run"]) == 0
    assert "Rscript is not on the path" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["script", "counts.csv", "--to", "stata", "--run"], 2),
        (["script", "counts.csv", "--to", "sas"], 2),
        (["script", "counts.csv", "--model", "bayesian"], 2),
        (["script", "counts.csv", "-o", "no/such/folder.R"], 2),
        (["crosscheck", "counts.csv", "--model", "nonsense"], 2),
        (["crosscheck", "nothing.csv"], 1),
        (["crosscheck", "nothing", "--save"], 2),
        (["crosscheck", "counts.csv", "--save"], 2),
        (["crosscheck", "nothing", "--save", "--tau2", "DL", "--outcome", "x"], 2),
    ],
)
def test_wrong_input_is_told_with_a_mend(
    table: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    model = ["--model", "common-effect"] if "--model" not in arguments and arguments[0] == "script" else []
    assert main([*arguments, *model]) == code
    said = capsys.readouterr().err
    assert "mend:" in said and "Traceback" not in said and "defect" not in said


def test_save_keeps_r_s_numbers_of_every_outcome(
    analysis: Path, fake_r: FakeR, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_r(lines({"estimate": 0.7, "se": 0.3}))
    assert main(["crosscheck", "heel-pain", "--save"]) == 0
    path = analysis.with_suffix(".crosscheck.json")
    assert capsys.readouterr().out == f"wrote {path.relative_to(Path.cwd())}\n"
    kept = json.loads(path.read_text(encoding="utf-8"))["outcomes"]
    assert [entry["outcome"] for entry in kept] == ["improved", "pain_free"]
    (answer,) = kept[0]["answers"]
    assert answer["values"] == {"estimate": 0.7, "se": 0.3} and answer["options"]["method"] == "DL"
    assert len(kept[0]["counts_sha256"]) == 64 and kept[0]["model"]["tau2"] == "DL"
    first = path.read_bytes()
    assert main(["crosscheck", str(analysis), "--save"]) == 0
    assert path.read_bytes() == first and str(analysis.parent.parent).encode() not in first


def test_save_without_r_keeps_what_is_there(analysis: Path, no_r: None, capsys: pytest.CaptureFixture[str]) -> None:
    analysis.with_suffix(".crosscheck.json").write_text("kept", encoding="utf-8")
    assert main(["crosscheck", "heel-pain", "--save"]) == 3
    assert "no-r" in capsys.readouterr().err
    assert analysis.with_suffix(".crosscheck.json").read_text(encoding="utf-8") == "kept"


def test_what_is_kept_is_no_analysis(analysis: Path, fake_r: FakeR, capsys: pytest.CaptureFixture[str]) -> None:
    from evidence.analysis_file import find_analyses

    fake_r(lines({"estimate": 0.7}))
    assert main(["crosscheck", "heel-pain", "--save"]) == 0
    assert [path.name for path in find_analyses()] == ["heel-pain.toml"]
