"""`evidence snapshot` and `evidence diff` on the command line."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from evidence.cli import main
from evidence.updates.explained import points
from evidence.updates.version import sha256
from tests.thirdreview import NAME, write_third_review

ANALYSIS = f"""
review = "{NAME}"

[model]
name = "inverse-variance"
measure = "PLO"
limits = "hk-floor"

[[outcomes]]
outcome = "improved"

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


def correct(folder: Path) -> None:
    path = folder / "outcomes.csv"
    text = path.read_text(encoding="utf-8").replace("bo,improved,patient,8,12", "bo,improved,patient,2,12")
    path.write_text(text.replace("bo,not_improved,patient,4", "bo,not_improved,patient,10"), encoding="utf-8")


def test_frozen_then_corrected_then_told(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "snapshot", NAME, "--label", "2026-11")
    assert (code, err) == (0, "")
    assert "improved: 50 of 67 patients in 5 of 5 arms" in out and "pain_free: 3 of 26 patients" in out
    code, out, _ = run(capsys, "diff", NAME)
    assert code == 0 and "Nothing changed" in out
    correct(heel)
    code, out, _ = run(capsys, "diff", NAME, "--outcome", "improved")
    said = " ".join(out.split())
    assert code == 0 and f"{NAME}: 2026-11 to now" in said
    assert "Now 44 of 67 patients in 4 studies (66 % observed)" in said
    assert "outcomes: 2 cells corrected" in said and "events: 8, now 2" in said
    assert "corrected numbers -" in said and "Bo 2002 8/12, now" in said


def test_json_sums_to_the_change(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "snapshot", NAME, "--label", "old", "--until", "2010")[0] == 0
    correct(heel)
    code, out, _ = run(capsys, "diff", NAME, "--from", "old", "--outcome", "improved", "--json")
    (outcome,) = json.loads(out)["outcomes"]
    found = outcome["decomposition"]
    assert code == 0 and {part["kind"] for part in found["parts"]} == {"new-study", "corrected"}
    # Rounding of a sum of few numbers in percentage points.
    assert sum(part["points"] for part in found["parts"]) == pytest.approx(found["points"], abs=1e-9)
    assert found["after"] == pytest.approx(outcome["after"]["proportion"], abs=1e-9)
    assert {moved["label"]: moved["why"] for moved in outcome["moved"]} == {"NA": "new study"}


def test_files_say_what_the_terminal_says(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "snapshot", NAME, "--label", "old", "--until", "2010")[0] == 0
    correct(heel)
    asked = ("diff", NAME, "--from", "old", "--outcome", "improved", "--outcome", "pain_free")
    printed = run(capsys, *asked, "--json")[1]
    for name in ("a.json", "a.csv", "a.md"):
        assert run(capsys, *asked, "-o", name)[:2] == (0, f"wrote {name}\n")
    assert Path("a.json").read_text(encoding="utf-8") == printed
    values = json.loads(printed)
    rows = list(csv.DictReader(Path("a.csv").read_text(encoding="utf-8").splitlines()))
    found = values["outcomes"][0]["decomposition"]
    parts = {row["source"]: float(row["proportion"]) for row in rows if row["kind"] not in ("version", "change")}
    wanted = {f"New study: {one['name']}": one["points"] for one in found["parts"] if one["kind"] == "new-study"}
    wanted |= {one["name"]: one["points"] for one in found["parts"] if one["kind"] == "corrected"}
    assert parts == wanted and len(parts) == 2
    text = Path("a.md").read_text(encoding="utf-8")
    assert all(f"| {points(value / 100)} |" in text for value in parts.values())
    last = [row for row in rows if row["source"] == "Version now"]
    assert [row["outcome"] for row in last] == ["improved", "pain_free"] and last[1]["proportion"] == ""
    assert last[1]["what_changed"] == "3 of 26" and values["notes"][0].startswith("Rebuilt from later tables")
    assert run(capsys, "diff", NAME, "--from", "old", "-o", "rows.csv")[0] == 0
    cells = list(csv.DictReader(Path("rows.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["old"], row["new"]) for row in cells if row["change"] == "corrected"] == [("8", "2"), ("4", "10")]
    assert sum(row["change"] == "added" for row in cells) == sum(len(table["added"]) for table in values["tables"])


def test_without_an_outcome_the_method_and_corrected_counts_are_named(
    heel: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(capsys, "snapshot", NAME, "--label", "old")[0] == 0
    correct(heel)
    path = Path("analyses/heel.toml")
    path.write_text(path.read_text(encoding="utf-8").replace('"hk-floor"', '"hk"\nlevel = 0.9'), encoding="utf-8")
    out = run(capsys, "diff", NAME)[1]
    said = " ".join(out.split())
    assert "~ corrected numbers: Bo 2002 8/12, now 2/12" in said
    assert "~ method: inverse-variance, logit (PLO), REML; limits hk-floor, then" in said
    assert "intervals at 95 %, then 90 %" in said
    outcomes = heel / "outcomes.csv"
    kept = [line for line in outcomes.read_text(encoding="utf-8").splitlines() if "pain_free,patient" not in line]
    outcomes.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert "then no patient counted (no estimate)" in " ".join(run(capsys, "diff", NAME)[1].split())
    monkeypatch.setenv("COLUMNS", "80")
    out = run(capsys, "diff", NAME, "--outcome", "improved")[1]
    assert max(len(line) for line in out.splitlines()) <= 80
    assert re.search(r"in \d studies +\d", out), "counts stand in one line of the table"


def refused(place: Path) -> None:
    """A version with 88 events of 12 patients, frozen so."""
    path = place / "outcomes.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("patient,8,12", "patient,88,12"), encoding="utf-8")
    values = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    values["files"]["outcomes.csv"] = sha256(path.read_bytes())
    (place / "manifest.json").write_text(json.dumps(values), encoding="utf-8")


def test_tables_are_compared_where_todays_codebook_refuses_a_version(
    heel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "snapshot", NAME, "--label", "old")[0] == 0
    refused(heel / "versions" / "old")
    code, out, _ = run(capsys, "diff", NAME)
    said = " ".join(out.split())
    assert code == 0 and "events: 88, now 8" in said
    assert "Outcomes are not compared, as today's codebook refuses the version old: " in said
    assert "outcomes.csv:7:events: bo improved: 88 events of 12 patients; and 1 more problem." in said
    assert run(capsys, "diff", NAME, "-o", "CHANGES.md")[0] == 0
    assert "Outcomes are not compared" in Path("CHANGES.md").read_text(encoding="utf-8")
    assert "88 events" in json.loads(run(capsys, "diff", NAME, "--json")[1])["uncompared"]
    code, _, err = run(capsys, "diff", NAME, "--outcome", "improved")
    assert code == 1 and "[events-exceed-total]" in err


def test_without_an_earlier_version_there_is_a_sentence(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "diff", NAME)
    assert code == 0 and "Improved: there is no earlier version to compare with. Now 50 of 67 patients" in out
    assert f"evidence snapshot {Path('data') / NAME} --label LABEL" in out
    code, out, _ = run(capsys, "diff", NAME, "--outcome", "improved", "--json")
    assert code == 0 and json.loads(out)["from"] is None
    code, _, err = run(capsys, "diff", NAME, "-o", "CHANGES.md")
    assert code == 2 and "no-version" in err and not Path("CHANGES.md").exists()


def test_the_history_is_written_and_written_again(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for year in ("2002", "2010"):
        assert run(capsys, "snapshot", NAME, "--label", f"end-of-{year}", "--until", year)[0] == 0
    code, out, _ = run(capsys, "diff", NAME, "-o", "CHANGES.md")
    first = Path("CHANGES.md").read_text(encoding="utf-8")
    assert code == 0 and out == "wrote CHANGES.md\n"
    assert first.index("## now, since end-of-2010") < first.index("## end-of-2010")
    assert "New study: NA | 1/1; year unknown" in first and "| Source | What changed |" in first
    run(capsys, "diff", NAME, "-o", "CHANGES.md")
    assert Path("CHANGES.md").read_text(encoding="utf-8") == first
    code, _, _ = run(capsys, "diff", NAME, "--from", "end-of-2002", "-o", "one.md")
    assert code == 0 and Path("one.md").read_text(encoding="utf-8").startswith("## now, since end-of-2002")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("snapshot", NAME, "--label", "now"), "bad-label"),
        (("snapshot", NAME, "--label", "x", "--until", "1900"), "no-study-until"),
        (("snapshot", NAME, "--label", "x", "--until", "9999"), "year-to-come"),
        (("diff", NAME, "--from", ""), "unknown-version"),
        (("diff", NAME, "--from", "x" * 5000), "unknown-version"),
        (("diff", NAME, "--from", "nowhere"), "unknown-version"),
        (("diff", "nowhere"), "no-such-review"),
        (("diff", NAME, "--from", "now", "--outcome", "improve"), "unknown-outcome"),
        (("diff", NAME, "--json", "-o", "x.md"), "usage"),
        (("diff", NAME, "-o", "x.csv"), "ending"),
        (("diff", NAME, "--from", "now", "-o", "x.txt"), "ending"),
    ],
)
def test_wrong_usage(heel: Path, capsys: pytest.CaptureFixture[str], typed: tuple[str, ...], code: str) -> None:
    exit_code, out, err = run(capsys, *typed)
    assert (exit_code, out) == (2, "") and f"[{code}]" in err and "mend:" in err
    assert not (heel / "versions").exists()


def test_the_path_of_calcinosis_from_2016_to_now(
    calcinosis: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "project"
    folder = project / "data" / calcinosis.name
    shutil.copytree(calcinosis, folder, ignore=shutil.ignore_patterns("versions"))
    shutil.copytree(calcinosis.parents[1] / "analyses", project / "analyses")
    for year, counts in (("2016", "0 of 1"), ("2021", "2 of 5")):
        code, out, _ = run(capsys, "snapshot", str(folder), "--label", f"end-of-{year}", "--until", year)
        assert code == 0 and f"complete_remission: {counts} patients" in out
    asked = ("--outcome", "any_response", "--outcome", "complete_remission", "--json")
    code, out, _ = run(capsys, "diff", str(folder), "--from", "end-of-2016", *asked)
    response, remission = json.loads(out)["outcomes"]
    assert code == 0 and remission["decomposition"] is None
    assert (
        "In the version end-of-2016 there is no estimate: 0 of 1 patient. One study: nothing is pooled."
        in remission["paragraph"]
    )
    found = response["decomposition"]
    assert found["exact"] and (response["before"]["events"], response["before"]["n"]) == (10, 11)
    # 5 of 6 studies had every patient respond, one none: the mean of an all-or-none pool is the share of the first.
    assert found["before"] == pytest.approx(5 / 6, abs=1e-9)
    assert sum(part["points"] for part in found["parts"]) == pytest.approx(found["points"], abs=1e-9)
    equal = {part["points"] for part in found["parts"] if part["detail"].startswith("1/1")}
    assert len(equal) == 1 and len(found["parts"]) == 14
    assert sum(part["detail"].endswith("year unknown") for part in found["parts"]) == 4


def test_which_version_was_taken_is_said_and_a_reason_is_recorded(
    heel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for hour, label in enumerate(("with-example", "v3")):
        assert run(capsys, "snapshot", NAME, "--label", label)[0] == 0
        path = heel / "versions" / label / "manifest.json"
        text = path.read_text(encoding="utf-8")
        assert re.search(r'"made": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"', text)
        path.write_text(re.sub(r'"made": "[^"]*"', f'"made": "2026-11-28T0{hour}:00:00Z"', text), encoding="utf-8")
    correct(heel)
    _, out, _ = run(capsys, "diff", NAME)
    said = " ".join(out.split())
    assert "From v3, the latest version, frozen 2026-11-28 01:00 UTC; --from takes another." in said
    assert "2 corrected cells without a reason" in said and "--reason" in said
    cell = ("outcomes", "bo improved", "events", "2")
    code, out, err = run(capsys, "correct", NAME, *cell, "--reason", "erratum of 2025", "--by", "AB")
    assert (code, err) == (0, "") and "8, now 2 (erratum of 2025); the table had it already" in out
    _, out, _ = run(capsys, "diff", NAME)
    said = " ".join(out.split())
    assert "bo improved patient 6 events: 8, now 2 (erratum of 2025)" in said
    assert "1 corrected cell without a reason" in said and "no change: reports" in said and "changes:" not in said
    code, _, err = run(capsys, "correct", NAME, "outcomes", "bo improved", "events", "3", "--reason", "no, 3")
    assert code == 0 and "now wrong, until the other cells are corrected too" in err


def test_a_study_is_taken_out_once_that_is_confirmed(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (heel / "outcomes.csv").read_bytes()
    typed = ("exclude", NAME, "bo-2002", "--reason", "not_shock_waves", "--note", "lasers")
    code, out, _ = run(capsys, *typed)
    assert code == 0 and "3 rows deleted (lines 7, 8, 9)" in out and "--yes writes it" in out
    assert (heel / "outcomes.csv").read_bytes() == before
    code, out, _ = run(capsys, *typed, "--yes")
    assert code == 0 and "wrote" in out and run(capsys, "check", "-q", NAME)[0] == 0


def test_another_review_is_compared_with_a_warning(heel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = Path(shutil.copytree(heel, heel.parent / "other"))
    for name in ("reports", "studies", "arms"):
        lines = (other / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        (other / f"{name}.csv").write_text("\n".join([lines[0], *(f"x{line}" for line in lines[1:])]), encoding="utf-8")
    _, _, err = run(capsys, "diff", NAME, "--from", "data/other")
    assert "they look like two reviews" in err
