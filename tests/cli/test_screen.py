"""`evidence screen` by lines: a session as a script, status, conflicts, decisions from elsewhere, wrong usage."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from evidence.bibliography.screening import CONSENSUS, ScreenedFiles, path_of
from evidence.cli import main
from tests.bibliography.citing import decision, import_records, record

REASONS = '[vocabulary.screening]\nreason = ["not_shock_waves"]'
MORE = '[vocabulary.screening.reason]\nnot_shock_waves = ""\nno_people = "animals only"\nnot_retrieved = ""'


@pytest.fixture
def review(third_review: Path) -> Path:
    """The third review with six imported records and three reasons."""
    import_records(third_review, [record(i) for i in range(6)])
    path = third_review / "review.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(REASONS, MORE), encoding="utf-8")
    return third_review


def two_screeners(review: Path) -> Path:
    path = review / "review.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n[screening]\nscreeners = 2\n", encoding="utf-8")
    return review


class Typist:
    """Runs `evidence screen` with lines on standard input."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *arguments: str | Path, typed: str = "", code: int = 0) -> str:
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        found = main(["screen", *(str(argument) for argument in arguments)])
        printed = self.capsys.readouterr()
        assert found == code, printed.err
        return printed.out + printed.err


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typist:
    return Typist(monkeypatch, capsys)


def said(review: Path, name: str = "anna") -> list[tuple[str, str, str | None, str | None]]:
    own = ScreenedFiles(review).screened().of(name).values()
    return [(one.report_id, one.decision, one.reason, one.notes) for one in own]


def rows(review: Path, file: str = "screening.csv") -> list[str]:
    return [line for line in (review / file).read_text(encoding="utf-8").splitlines() if line.startswith("author")]


def first(printed: str) -> str:
    """The first line of the first citation, behind what is told once."""
    return printed.split("\n\n", 1)[1].partition("\n")[0]


def test_a_session(review: Path, screen: Typist) -> None:
    typed = "i\ne\n2\nu\nn\nlooks odd\ne\n\ne\nno_people\nq\n"
    printed = screen(review, "--as", "anna", typed=typed)
    assert said(review) == [
        ("author0", "include", None, None),
        ("author1", "exclude", "no_people", None),
        ("author2", "unsure", None, None),
        ("author3", "exclude", None, "looks odd"),
        ("author4", "exclude", "no_people", None),
    ]
    assert rows(review) == [
        "author1,PubMed,excluded,title_abstract,no_people,",
        "author3,PubMed,excluded,title_abstract,,looks odd",
        "author4,PubMed,excluded,title_abstract,no_people,",
    ]
    assert "anna, title and abstract: 5 decided now, 5 in all, 1 to go" in printed
    assert f"saved in {path_of(review, 'anna')}" in printed


def test_reasons_are_listed_once_and_those_of_reports_only_in_full(review: Path, screen: Typist) -> None:
    printed = screen(review, "--as", "anna", typed="e\nnot_retrieved\n3\nfoo\n2\ni\nq\n")
    assert said(review) == [("author0", "exclude", "no_people", None), ("author1", "include", None, None)]
    assert printed.count("  2  no people: animals only\n") == 1
    assert "3  not retrieved" not in printed
    assert "not_retrieved is a reason of reports that were sought, at full text" in printed
    assert "'foo' is no reason of the review: give the number" in printed
    assert "  An abstract of made-up words.\n" in printed
    full = screen(review, "--as", "anna", "--stage", "full_text", typed="u\n\n3\n")
    assert "  3  not retrieved\n" in full
    assert "It awaits classification: what keeps it from being included or excluded?" in full
    assert said(review)[-1] == ("author1", "unsure", "not_retrieved", None)


def test_a_reason_in_a_file_that_is_no_word_of_the_review_is_told(review: Path, screen: Typist) -> None:
    path = path_of(review, "ben")
    path.parent.mkdir(parents=True)
    path.write_text("report_id,stage,decision,reason,date,notes\nauthor0,title_abstract,exclude,foo,,\n", "utf-8")
    printed = screen(review, "--as", "anna", typed="q\n")
    assert f"{path}:2:reason: warning: " in printed
    assert "'foo' is not a word of the review" in printed


def test_it_goes_on_where_it_was_left(review: Path, screen: Typist) -> None:
    screen(review, "--as", "anna", typed="i\ni\n")
    printed = screen(review, "--as", "anna", typed="e\n\n")
    assert first(printed) == "author2: Made-up title number 2"
    assert [name for name, *_ in said(review)] == ["author0", "author1", "author2"]


def test_back_shows_the_decision_and_changes_it_only_by_another(review: Path, screen: Typist) -> None:
    screen(review, "--as", "anna", typed="i\ni\n")
    printed = screen(review, "--as", "anna", typed="b\nq\n")
    assert "  anna: include\n" in printed
    assert len(said(review)) == 2
    screen(review, "--as", "anna", typed="b\nb\nb\ne\n1\n")
    assert said(review)[-1] == ("author0", "exclude", "not_shock_waves", None)
    assert rows(review) == ["author0,PubMed,excluded,title_abstract,not_shock_waves,"]
    screen(review, "--as", "anna", typed="b\nx\n")
    assert said(review) == [("author1", "include", None, None)]
    assert rows(review) == []


def test_skipped_ones_come_again_next_time(review: Path, screen: Typist) -> None:
    screen(review, "--as", "anna", typed="s\ni\ns\ni\ni\ni\nq\n")
    printed = screen(review, "--as", "anna", typed="q\n")
    assert first(printed).startswith("author0:")
    assert "4 in all, 2 to go" in printed


def test_a_note_on_what_is_decided_is_saved_at_once(review: Path, screen: Typist) -> None:
    screen(review, "--as", "anna", typed="i\nb\nn\nread again\nq\n")
    assert said(review) == [("author0", "include", None, "read again")]


def test_help_address_and_keys_that_do_nothing(review: Path, screen: Typist) -> None:
    printed = screen(review, "--as", "anna", typed="?\no\nz\nx\nb\n\ne\n9\nescape\nq\n")
    for words in (
        "exclude, then the number",
        "https://doi.org/10.1000/example.0",
        "'z' is no key here",
        "nothing is decided on it",
        "this is the first",
        "give the number of a reason, Enter for none, or escape",
    ):
        assert words in printed
    assert said(review) == []


def test_the_full_text_asks_for_a_reason_and_writes_report_and_reference(review: Path, screen: Typist) -> None:
    screen(review, "--as", "anna", typed="i\ni\ni\ni\ne\n\ne\n\n")
    printed = screen(review, "--as", "anna", typed="e\n\n2\ni\ne\n3\nu\n1\n")
    assert "give the number of a reason" in printed
    assert "author1 is included: evidence add" in printed
    assert [row for row in rows(review) if "full_text" in row] == [
        "author0,PubMed,excluded,full_text,no_people,",
        "author1,PubMed,included,full_text,,",
        "author2,PubMed,excluded,full_text,not_retrieved,",
        "author3,PubMed,awaiting_classification,full_text,not_shock_waves,",
    ]
    assert rows(review, "reports.csv") == [
        "author0,,2000,,,en,,full_text,10.1000/example.0,",
        "author2,,2002,,,en,,abstract,10.1000/example.2,",
        "author3,,2003,,,en,,full_text,10.1000/example.3,",
    ]
    assert (review / "references.bib").read_text(encoding="utf-8").count("{author") == 3
    assert main(["check", "-q", str(review)]) == 1  # the included one has no data yet, and nothing else is wrong
    checked = screen.capsys.readouterr().out
    assert "1 error," in checked
    assert "[not-extracted]" in checked


def test_one_report_can_be_judged_again(review: Path, screen: Typist) -> None:
    screen(review, "--as", "anna", typed="e\n1\n")
    printed = screen(review, "--as", "anna", "--report", "author0", typed="i\n")
    assert "anna, title and abstract: 1 decided now, 1 in all, 5 to go" in printed
    assert "full text:" not in printed
    assert said(review) == [("author0", "include", None, None)]
    assert rows(review) == []
    screen(review, "--as", "anna", "--report", "author0", "--stage", "full_text", typed="e\n1\n")
    assert rows(review) == ["author0,PubMed,excluded,full_text,not_shock_waves,"]
    assert "citation 'author99' is not known" in screen(review, "--as", "anna", "--report", "author99", code=2)


def test_orders(review: Path, screen: Typist) -> None:
    assert first(screen(review, "--as", "anna", "--order", "year", typed="q\n")).startswith("author5:")
    printed = screen(review, "--as", "anna", "--order", "random:7", typed="q\n")
    assert printed == screen(review, "--as", "anna", "--order", "random:7", typed="q\n")
    assert "[unknown-order]" in screen(review, "--as", "anna", "--order", "best", code=2)


ANNA = "i\ni\ni\ne\n1\ne\n1\ne\n1\n"
BEN = "i\nu\ne\n1\ne\n1\ne\n2\ni\n"


def test_two_screeners_do_not_see_each_other_and_kappa_is_known(review: Path, screen: Typist) -> None:
    two_screeners(review)
    screen(review, "--as", "anna", typed=ANNA)
    assert rows(review) == []
    printed = screen(review, "--as", "ben", typed=BEN)
    assert "anna" not in printed
    assert "2 conflicts: evidence screen" in printed
    # Wanted in full: anna 3 of 6, ben 3 of 6, both alike in 4: kappa = (4/6 - 1/2) / (1 - 1/2) = 1/3.
    told = json.loads(screen(review, "--json"))
    (agreement,) = told["agreement"]
    assert (agreement["stage"], agreement["screeners"]) == ("title_abstract", ["anna", "ben"])
    assert (agreement["n"], agreement["agree"]) == (6, 4)
    assert agreement["kappa"]["value"] == pytest.approx(1 / 3, abs=1e-15)
    assert agreement["ac1"]["value"] == pytest.approx(1 / 3, abs=1e-12)
    # Standard error with equal shares: sqrt(4/6 * 2/6 / 6) / (1 - 1/2).
    assert agreement["kappa"]["lower"] == pytest.approx(1 / 3 - 1.959963984540 * 0.384900179460, abs=1e-10)
    assert agreement["kappa"]["upper"] == 1 and "fewer than 10 things" in agreement["kappa"]["caution"]
    assert told["conflicts"] == {"title_abstract": 2, "full_text": 0}
    assert told["states"]["wanted"] == 2
    assert told["states"]["excluded"] == 2
    printed = screen(review, "--status")
    assert "2 screeners, blind to each other, for each" in printed
    line = "  anna and ben  title and abstract     6  4 (66.7%)  0.33 [-0.42, 1.00] (a)  0.33 [-0.75, 1.00]\n"
    assert line in printed and "  (a) fewer than 10 things outside the most used word" in printed
    # The two agreed on author4 for different reasons: at title and abstract none is needed.
    assert rows(review) == [
        "author3,PubMed,excluded,title_abstract,not_shock_waves,",
        'author4,PubMed,excluded,title_abstract,,"reasons differ: not_shock_waves, no_people"',
    ]


def test_conflicts_show_what_both_said_and_are_settled_apart_from_it(review: Path, screen: Typist) -> None:
    two_screeners(review)
    screen(review, "--as", "anna", typed=ANNA)
    screen(review, "--as", "ben", typed=BEN)
    before = said(review), said(review, "ben")
    printed = screen(review, "--conflicts", typed="e\n2\ni\n")
    assert "  anna: include\n  ben: exclude, not_shock_waves\n" in printed
    assert "  anna: exclude, not_shock_waves\n  ben: include\n" in printed
    assert "2 conflicts settled now, 0 to go" in printed
    assert said(review, CONSENSUS) == [("author2", "exclude", "no_people", None), ("author5", "include", None, None)]
    assert (said(review), said(review, "ben")) == before
    assert rows(review)[-1] == "author2,PubMed,excluded,title_abstract,no_people,"
    assert json.loads(screen(review, "--json"))["agreement"][0]["agree"] == 4
    assert "Nothing is left" in screen(review, "--conflicts")


def test_one_screener_is_told_that_the_other_has_judged_all(review: Path, screen: Typist) -> None:
    screen(review, "--as", "anna", typed="i\ni\ni\ni\ni\ni\nq\n")
    printed = screen(review, "--as", "ben", "--stage", "title_abstract", typed="q\n")
    assert "Nothing is left to decide here." in printed
    assert "one screener for each" in screen(review, "--status")


def test_decisions_from_elsewhere(review: Path, screen: Typist, tmp_path: Path) -> None:
    screen(review, "--as", "anna", typed="i\ni\n")
    file = tmp_path / "labelled.csv"
    file.write_text(
        "title,doi,included\nx,10.1000/example.0,1\nx,10.1000/example.1,0\nx,10.1000/example.2,0\nx,,\nNew,,1\n",
        encoding="utf-8",
    )
    printed = screen(review, "--as", "anna", "--import", file)
    assert f"{file}:6: warning: New: no citation of the review has its id" in printed
    assert "5 records in " in printed
    assert "1 new, 1 changed, 1 as before, 0 of the same citation, 1 undecided, 1 not taken over" in printed
    assert [row.split(",")[0] for row in rows(review)] == ["author2", "author1"]
    text = path_of(review, "anna").read_text(encoding="utf-8")
    assert "0 new, 0 changed, 3 as before" in screen(review, "--as", "anna", "--import", file)
    assert path_of(review, "anna").read_text(encoding="utf-8") == text
    assert "[unknown-decision]" in screen(review, "--as", "anna", "--import", file, "--decision", "maybe", code=2)
    assert "[several-voters]" not in screen(review, "--as", "ben", "--import", file, "--decision", "unsure")
    assert {word for _, word, _, _ in said(review, "ben")} == {"unsure"}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "[screener]"),
        (["--as", "anna", "--conflicts"], 2, "[screener]"),
        (["--as", "../anna"], 2, "[screener-name]"),
        (["--as", "anna", "--stage", "abstract"], 2, "[unknown-stage]"),
        (["--as", "anna", "--import", "nowhere.csv"], 1, "[missing-file]"),
    ],
)
def test_wrong_usage(arguments: list[str], code: int, words: str, review: Path, screen: Typist) -> None:
    assert words in screen(review, *arguments, code=code)
    assert not (review / "records" / "screened").exists()


def test_a_review_without_records_or_with_a_broken_file(third_review: Path, review: Path, screen: Typist) -> None:
    ScreenedFiles(review).record("anna", [decision(0, "include")])
    path = path_of(review, "anna")
    broken = path.read_text(encoding="utf-8").replace("include", "yes")
    path.write_text(broken, encoding="utf-8")
    assert f"{path}:2:decision: 'yes' is not known" in screen(review, "--as", "ben", code=1)
    assert path.read_text(encoding="utf-8") == broken
    for file in (review / "records").glob("*.csv"):
        file.unlink()
    path.unlink()
    assert "[no-records]" in screen(review, "--as", "anna", code=2)


def test_without_words_for_reasons_they_are_typed(review: Path, screen: Typist) -> None:
    path = review / "review.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(MORE, ""), encoding="utf-8")
    screen(review, "--as", "anna", typed="e\nno humans\n")
    assert said(review) == [("author0", "exclude", "no humans", None)]
