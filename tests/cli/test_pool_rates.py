"""`evidence pool` on events and times at risk: what is recognised, what is printed, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence.bare import select_rates, select_table
from evidence.cli import main
from evidence.cli.rate_table import _axis_end, _Line
from evidence.errors import DataError
from evidence.review.headers import Choice
from evidence.review.spreadsheet import BareTable, parse_bare_table

TEXT = (
    "study,events,person_years,arm\nBong,7,13.44,a\nCiresi,8,16,a\nHanna,3,120.12,a\nHarter,6,15.36,b\nJaeger,1,3.7,b\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rates.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


def table(text: str, choice: Choice | None = None) -> BareTable:
    return parse_bare_table(text.encode(), "t.csv", choice)


@pytest.mark.parametrize("header", ["time", "person_years", "ti", "exposure", "Person-Years", "patient_years"])
def test_a_column_of_times_without_totals_makes_rates(header: str) -> None:
    found = table(f"study,events,{header}\nA,1,2.5\nB,2,3\n")
    assert found.time_header == header and [row.time for row in found.rows] == [2.5, 3.0]
    assert all(row.total is None for row in found.rows)


def test_totals_win_unless_the_times_are_named() -> None:
    both = "study,events,n,time\nA,1,4,2.5\nB,2,5,3\n"
    counts, rates = table(both), table(both, Choice(exposure="time"))
    assert counts.time_header is None and counts.columns == ("time",)
    assert rates.time_header == "time" and rates.columns == ("n",)
    assert select_table(counts).counts.n.tolist() == [4, 5]
    assert select_rates(rates).rates.time.tolist() == [2.5, 3.0]
    with pytest.raises(DataError, match="select_rates"):
        select_table(rates)
    with pytest.raises(DataError, match="holds totals"):
        select_rates(counts)


def test_the_time_unit_comes_from_the_header_or_is_given() -> None:
    found = table("study,events,patient_years\nA,1,2.5\n")
    assert select_rates(found).rates.time_unit == "patient-year"
    assert select_rates(found, time_unit="decade").rates.time_unit == "decade"
    assert select_rates(table("study,events,ti\nA,1,2.5\n")).rates.time_unit == "time unit"


@pytest.mark.parametrize("width", [40, 60, 80, 110])
def test_it_prints_rates_at_any_width(
    file: Path, width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["pool", str(file), "--model", "common-effect"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= width
    flat = " ".join(text.split())
    assert "25 events in 168.62 person-years (0.148 per person-year)" in flat
    assert "Common rate 0.148 [0.0959, 0.219] per person-year; 95% CI, exact Poisson" in flat or width < 110
    for name in ("Bong", "Ciresi", "Hanna", "Harter", "Jaeger"):
        assert name in text


def test_the_default_model_is_poisson_normal_and_json_has_every_number(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pool", str(file), "--json", "--limits", "wald", "--time-unit", "year"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["model"]["name"] == "poisson-normal" and found["n"] is None and found["time"] == pytest.approx(168.62)
    assert found["time_unit"] == "year" and found["studies"][0]["time"] == 13.44 and found["unit"] == "event"
    assert found["pi"]["method"] == "t" and found["analysis"]["measure"] == "IRLN"


def test_why_there_is_no_prediction_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "alike.csv"
    path.write_text("study,events,time\nA,3,1\nB,5,1.5\nC,4,1\nD,6,2\n", encoding="utf-8")
    assert main(["pool", str(path), "--limits", "t"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Next study (prediction) not given see the note below" in text
    assert "No prediction interval: with tau estimated as 0" in text and "[no-prediction]" in text


def test_nothing_pooled_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.csv"
    path.write_text("study,events,time\nA,0,1\nB,0,1.5\nC,0,1\n", encoding="utf-8")
    assert main(["pool", str(path)]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Observed 0 [0, 1.05] per time unit; 95% CI, exact Poisson, tau = 0 assumed" in text
    assert "Pooled not pooled: counts only" in text and "All studies (not pooled: counts only)" in text


def test_inverse_variances_of_rates_are_on_their_log_unless_said(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measures = []
    for options in ([], ["--measure", "IRS"], ["--option", "measure=IRS"]):
        assert main(["pool", str(file), "--model", "inverse-variance", "--json", *options]) == 0
        measures.append(json.loads(capsys.readouterr().out)["model"]["measure"])
    assert measures == ["IRLN", "IRS", "IRS"]


def test_filters_choose_rows(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", str(file), "--where", "arm=a", "--model", "inverse-variance", "--measure", "IRLN"]) == 0
    text = capsys.readouterr().out
    assert "18 events in 149.56 person-years" in text and "Harter: arm is b" in text


def test_every_bad_cell_is_reported_with_its_place_and_mend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.csv"
    rows = ["Ada,1,-2", "Bo,2,", "Cy,x,3", "Di,3,about 12", "Ed,2,0", 'Fo,1,"1,344"', "Gu,-1,4", "Hy,1,#REF!"]
    path.write_text("\n".join(["study,events,time", *rows]) + "\n", encoding="utf-8")
    assert main(["pool", str(path)]) == 1
    text = capsys.readouterr().err
    for line, column, says, code in (
        (2, "time", "Ada: a time at risk of -2 can't be", "time-at-risk"),
        (3, "time", "warning: Bo: no time; the row is left out", "no-count"),
        (4, "events", "'x' is not a whole number", "not-a-number"),
        (5, "time", "'about 12' is not a number", "not-a-number"),
        (6, "time", "Ed: a time at risk of 0 can't be", "time-at-risk"),
        (7, "time", "'1,344' has a separator inside", "thousands-separator"),
        (8, "events", "Gu: -1 is negative", "negative"),
        (9, "time", "'#REF!' is an error of the spreadsheet", "spreadsheet-error"),
    ):
        assert f"{path}:{line}:{column}: {says} [{code}]" in text
    assert text.count("mend: ") == 8 and "write 1344 if that is the time" in text


def test_a_decimal_comma_is_read_where_commas_do_not_part_cells() -> None:
    found = table("study;events;time\nA;1;12,5\nB;2;3\n")
    assert [row.time for row in found.rows] == [12.5, 3.0]
    with pytest.raises(DataError, match="decimal comma"):
        table('study,events,time\nA,1,"12,5"\nB,2,3\n')


def test_a_row_of_sums_is_refused() -> None:
    with pytest.raises(DataError, match="sum of the rows above"):
        table("study,events,time\nA,1,0.1\nB,2,0.2\nTotal,3,0.3\n")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--by", "arm"], "groups of rates are not pooled; choose one group with --where"),
        (["--exposure", "person_years", "--total", "events"], "events have either a total or a time at risk"),
        (["--exposure", "persn_years"], "did you mean person_years"),
        (["--exposure", "events"], "is used for the events and for the times at risk"),
        (["--model", "logistic-normal"], "use the model poisson-normal"),
        (["--model", "inverse-variance", "--measure", "PLO"], "a measure of rates (IRLN)"),
        (["--study-limits", "wilson"], "the limits of a study's rate are exact"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_mend(
    file: Path, options: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pool", str(file), *options]) in (1, 2)
    assert says in capsys.readouterr().err


def test_models_of_rates_refuse_totals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("study,events,n\nA,1,4\nB,2,5\nC,3,9\n", encoding="utf-8")
    assert main(["pool", str(path), "--model", "poisson-normal"]) == 1
    assert main(["pool", str(path), "--model", "inverse-variance", "--measure", "IR"]) == 1
    assert main(["pool", str(path), "--time-unit", "day"]) == 2
    text = capsys.readouterr().err
    assert text.count("is for rates, and these are counts out of n") == 2 and "--exposure" in text


def test_a_forest_plot_of_rates_is_drawn(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rates.svg"
    assert main(["forest", str(file), "--model", "common-effect", "--scale", "per-1000", "-o", str(path)]) == 0
    assert capsys.readouterr().out == f"wrote {path}\n"
    assert "per 1000" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("highs", "point", "end"), [([0.7, 1.51], 0.6, 2.0), ([0.073, 0.06], 0.05, 0.08), ([900.0, 410.0], 150.0, 500.0)]
)
def test_the_axis_ends_at_a_round_number(highs: list[float], point: float, end: float) -> None:
    assert _axis_end([_Line({}, (0.0, point, high)) for high in highs]) == pytest.approx(end)
