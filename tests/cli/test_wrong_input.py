"""Every kind of wrong input on the command line: an exit code, a place and a mend; never a traceback."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.cli import main

ROOT = Path(__file__).parents[2]
GOOD = "Study,Events,N,Route\nAda,3,10,oral\nBo,0,4,oral\nCy,2,9,\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

#: What the file holds (None: it does not exist), exit code, what standard error says.
TABLES: dict[str, tuple[str, bytes | None, int, str]] = {
    "missing": ("conts.csv", None, 1, "conts.csv: there is no such file"),
    "empty": ("t.csv", b"", 1, "t.csv:1: the file holds no table"),
    "header only": ("t.csv", b"Study,Events,N\n", 1, "t.csv: the table has a header and no rows"),
    "text": ("t.csv", b"Study,Events,N\nAda,three,4\n", 1, "t.csv:2:Events: 'three'"),
    "fraction": ("t.csv", b"Study,Events,N\nAda,3/6,4\n", 1, "t.csv:2:Events: '3/6'"),
    "percent": ("t.csv", b"Study,Events,N\nAda,50%,4\n", 1, "t.csv:2:Events: '50%'"),
    "decimal comma": ("t.csv", b"Study;Events;N\nAda;3,5;4\n", 1, "t.csv:2:Events: '3,5'"),
    "negative": ("t.csv", b"Study,Events,N\nAda,-3,4\n", 1, "t.csv:2:Events: Ada: -3 is negative"),
    "events over total": ("t.csv", b"Study,Events,N\nAda,5,4\n", 1, "t.csv:2:Events: Ada: 5 events of 4"),
    "total zero": ("t.csv", b"Study,Events,N\nAda,0,0\n", 1, "t.csv:2:N: Ada: the total is 0"),
    "longer": ("t.csv", b"Study,Events,N\nAda,0,4,9\n", 1, "t.csv:2:N: the row has 4 cells"),
    "shorter": ("t.csv", b"Study,Events,N\nAda,0\n", 1, "t.csv:2:N: the row has 2 cells"),
    "repeated header": ("t.csv", b"Study,Events,N\nAda,0,4\nStudy,Events,N\n", 1, "t.csv:3: the header stands here"),
    "unclosed quote": ("t.csv", b'Study,Events,N\n"Ada,0,4\n', 1, "t.csv:2: a quote opens"),
    "ambiguous": ("t.csv", b"Study,Events,N,Total\nAda,0,4,4\n", 1, "--total N or --total Total"),
    "no column": ("t.csv", b"Study,Improved,N\nAda,0,4\n", 1, "name it with --events COL"),
    "sum row": ("t.csv", b"Study,x,n\nAda,1,4\nBo,1,4\nTotal,2,8\n", 1, "t.csv:4:n: Total: 2 of 8 is the sum"),
    "all left out": ("t.csv", b"Study,x,n\nAda,,\n", 3, "t.csv: no row is left to pool"),
    "damaged text": ("t.csv", b"Study,x,n\nAd\xff\x81,1,4\n\xc3\xa9,1,4\n", 1, "t.csv:2: byte 0xff"),
    "xls": ("t.xls", OLE + b"\0" * 99, 1, "t.xls: the file is an old Excel workbook"),
    "password": ("t.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), 1, "protected by a password"),
    "broken xlsx": ("t.xlsx", b"PK\x03\x04", 1, "t.xlsx: the file is a broken workbook"),
}

#: Options for a good table, and what the mend names.
WORDS = {
    "--by rute": "did you mean Route",
    "--where Rute=oral": "did you mean Route",
    "--where Route=orl": "did you mean oral",
    "--where Route": "COLUMN=VALUE",
    "--cut 1,2": "--by",
    "--cut a --by Route": "100,200",
    "--by Route --cut 1": "Route",
    "--events Evnts": "did you mean Events",
    "--outcome death": "leave out --outcome",
    "--sheet One": "leave out --sheet",
    "--level 95": "--level 0.95",
    "--model GLMM": "logistic-normal",
    "--model logistic": "did you mean logistic-normal",
    "--limits knha": "limits hk",
    "--study-limits wilsn": "did you mean wilson",
    "--measure PLOGIT --model inverse-variance": "PLO",
    "--colour red": "No such option",
    "--option add": "NAME=VALUE",
    "--option ad=1 --model inverse-variance": "did you mean add",
    "--option add=1": "it is an option of",
    "--option level=0.9 --option level=0.8": "--option level= is given twice",
    "--option level=0.9 --level 0.8": "are the same option",
    "--model Logistic-Normal": "did you mean logistic-normal? Known",
}


def call(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err


@pytest.mark.parametrize("command", ["pool", "forest"])
@pytest.mark.parametrize("name", TABLES)
def test_a_bad_table_is_reported_in_its_place(
    name: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, content, code, says = TABLES[name]
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path(file).write_bytes(content)
    found, out, err = call([command, file], capsys)
    assert (found, out) == (code, "")
    assert says in err
    assert "  mend: " in err
    assert [path.name for path in tmp_path.iterdir()] == ([] if content is None else [file])


@pytest.mark.parametrize("options", WORDS)
def test_a_wrong_word_is_answered_with_the_right_ones(
    options: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(GOOD, encoding="utf-8")
    found, out, err = call(["pool", str(path), *options.split()], capsys)
    assert found in (1, 2) and out == ""
    assert WORDS[options] in err


REVIEWS = {
    "text in a number": ("outcomes.csv", "improved,patient,8,12", "improved,patient,x,12", "outcomes.csv:7:events: "),
    "events over total": ("outcomes.csv", "improved,patient,8,12", "improved,patient,80,12", "outcomes.csv:7:"),
    "unknown term": ("arms.csv", ",,radial,0.2", ",,radail,0.2", "arms.csv:4:device: "),
    "settings": ("review.toml", "status =", "staus =", "review.toml:4"),
}


@pytest.mark.parametrize("name", REVIEWS)
def test_a_bad_review_is_not_pooled_and_its_problems_are_told(
    name: str, third_review: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, old, new, says = REVIEWS[name]
    path = third_review / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
    found, out, err = call(["pool", str(third_review), "--outcome", "improved"], capsys)
    assert (found, out) == (1, "")
    assert says in err
    assert "warning" not in err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "add --outcome with one of pain_free, improved"),
        (["--outcome", "improvd"], "did you mean improved"),
        (["--outcome", "improved", "--by", "devce"], "did you mean device"),
        (["--outcome", "improved", "--by", "energy_mj_mm2"], "cuts"),
        (["--outcome", "improved", "--where", "device=radal"], "did you mean radial"),
        (["--outcome", "improved", "--time", "latest"], "last"),
        (["--outcome", "improved", "--unread", "as-event"], "unread"),
        (["--outcome", "pain_free", "--unread", "as-event"], "as-events or"),
        (["--outcome", "improved", "--events", "x"], "leave out --events"),
    ],
)
def test_a_wrong_word_about_a_review_lists_the_right_ones(
    options: list[str], says: str, third_review: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, out, err = call(["pool", str(third_review), *options], capsys)
    assert (found, out) == (2, "")
    assert says in err


def test_json_is_the_dict_of_the_result_at_full_precision(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from evidence import pool, read_bare_table, select_table

    path = tmp_path / "t.csv"
    path.write_text(GOOD, encoding="utf-8")
    code, out, err = call(["pool", str(path), "--json", "--by", "Route"], capsys)
    assert (code, err) == (0, "")
    assert json.loads(out) == json.loads(json.dumps(pool(select_table(read_bare_table(path), by="Route")).to_dict()))
    assert "NaN" not in out


def test_a_row_left_out_is_said_on_both_streams(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text(GOOD + "Di,,5,\n", encoding="utf-8")
    code, out, err = call(["pool", str(path)], capsys)
    assert code == 0
    assert "t.csv:5:Events: warning: Di: no Events" in err
    assert "1 arm left out\n  Di: no events" in out


def test_standard_input_is_a_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.replace(",", "\t").encode("utf-16"))))
    code, out, _ = call(["pool", "-"], capsys)
    assert code == 0
    assert "5 of 23 patients" in out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    code, _, err = call(["pool", "-"], capsys)
    assert code == 1
    assert "<stdin>:1: the file holds no table" in err


@pytest.mark.skipif(os.name == "nt", reason="pipes of a POSIX shell")
def test_output_survives_ascii_head_and_a_narrow_terminal(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(GOOD.replace("Ada", "Smith [abstract] – Ö"), encoding="utf-8")
    run = f'"{sys.executable}" -m evidence pool t.csv'
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "COLUMNS": "40"}
    done = subprocess.run(
        f"set -e; {run}; {run} | head -n 1", shell=True, cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    text = done.stdout.decode("ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Smith [abstract]" in " ".join(text.split())
    assert max(len(line) for line in text.splitlines()) <= 40
