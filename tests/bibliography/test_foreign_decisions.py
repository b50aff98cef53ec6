"""Decisions made in other programs: what each writes, and the citations that they are about."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from evidence.bibliography.citations import Citation
from evidence.bibliography.foreign_decisions import Foreign, Taking, read_decisions, reason_code, word_named
from evidence.bibliography.record import Record
from evidence.bibliography.screening import Decision, Stage, Word
from evidence.errors import DataError, UsageError
from tests.bibliography.citing import DAY, citation, citations, decision

REASONS = {"wrong_population": "no people with example disease", "no_outcome": "no outcome reported", "review": ""}
SYNERGY = Path(__file__).parents[3] / "shared" / "corpora" / "screening" / "synergy"
FOUND = citations(6)


def taken(
    text: str,
    folder: Path,
    stage: Stage = "title_abstract",
    voter: str | None = None,
    word: Word | None = None,
    found: tuple[Citation, ...] = FOUND,
) -> Foreign:
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8")
    return read_decisions(path, found, Taking(stage, DAY, REASONS, voter, word))


def told(foreign: Foreign) -> list[tuple[str, str, str | None]]:
    return [(one.report_id, one.decision, one.reason) for one in foreign.decisions]


@pytest.mark.parametrize("column", ["included", "label_included", "asreview_label"])
def test_asreview_csv(column: str, tmp_path: Path) -> None:
    foreign = taken(
        f"record_id,title,doi,{column}\n0,Any,10.1000/example.0,1\n1,Any,10.1000/EXAMPLE.1,0\n"
        "2,Any,10.1000/example.2,\n3,Any,10.1000/example.3,-1\n4,Any,https://doi.org/10.1000/example.4,1.0\n",
        tmp_path,
    )
    assert told(foreign) == [("author0", "include", None), ("author1", "exclude", None), ("author4", "include", None)]
    assert (foreign.records, foreign.undecided, foreign.problems) == (5, 2, ())
    assert foreign.decisions[0] == Decision("author0", "title_abstract", "include", None, DAY, None)


def test_asreview_ris(tmp_path: Path) -> None:
    foreign = taken(
        "\ufeffTY  - JOUR\nTI  - Made-up title\n      number 0\nPY  - 2000\nN1  - ASReview_relevant\nER  - \n\n"
        "TY  - JOUR\nDO  - 10.1000/example.1\nN1  - a note\nN1  - ASReview_irrelevant\n"  # without ER
        "TY  - JOUR\nDO  - 10.1000/example.2\nN1  - ASReview_not_seen\nER  -",
        tmp_path,
    )
    assert told(foreign) == [("author0", "include", None), ("author1", "exclude", None)]
    assert (foreign.records, foreign.undecided) == (3, 1)


def rayyan(votes: str, *more: str) -> str:
    """A cell of Rayyan's column of notes, as CSV has it."""
    return '"' + " | ".join(("RAYYAN-INCLUSION: {" + votes + "}", *more)).replace('"', '""') + '"'


NO = "RAYYAN-EXCLUSION-REASONS: "
RAYYAN = f"""key,title,year,notes
author0,x,,{rayyan('"Anna"=>"Included", "Ben"=>"Excluded"', NO + "wrong population")}
rayyan-2,Made-up Title: number 1,2001,{rayyan('"Anna"=>"Excluded"', NO + "too old,No outcome", "USER-NOTES: x")}
rayyan-3,Made-up title number 2,2002,{rayyan('"Anna"=>"Maybe", "Ben"=>"Maybe"', "RAYYAN-LABELS: x")}
rayyan-4,Made-up title number 3,2003,{rayyan('"Anna"=>"Excluded"', NO + "too old")}
rayyan-5,Made-up title number 4,2004,
"""


def test_rayyan_of_one_person(tmp_path: Path) -> None:
    foreign = taken(RAYYAN, tmp_path, voter="anna")
    assert told(foreign) == [
        ("author0", "include", None),
        ("author1", "exclude", "no_outcome"),
        ("author2", "unsure", None),
        ("author3", "exclude", None),
    ]
    # A reason that the review has no word for is not lost.
    assert [one.notes for one in foreign.decisions] == [None, "too old", None, "too old"]
    assert foreign.undecided == 1
    assert told(taken(RAYYAN, tmp_path, voter="Ben")) == [
        ("author0", "exclude", "wrong_population"),
        ("author2", "unsure", None),
    ]


def test_rayyan_of_several_people_asks_whose_are_meant(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"decisions of Anna, Ben.*\n.*--voter 'Anna'"):
        taken(RAYYAN, tmp_path)
    with pytest.raises(UsageError, match="it names Anna, Ben"):
        taken(RAYYAN, tmp_path, voter="Cleo")


COVIDENCE = """Title,Authors,Published Year,Journal,DOI,Covidence #,Notes,Tags
Made-up title number 0,x,2000,x,,#1,Exclusion reason: No outcome reported; ,
Made-up title number 1,x,2001,x,,#2,Exclusion reason: Wrong population; ,
Made-up title number 2,x,2002,x,,#3,Exclusion reason: Too old; ,
"""


def test_covidence_excluded_in_full(tmp_path: Path) -> None:
    foreign = taken(COVIDENCE, tmp_path, "full_text")
    assert told(foreign) == [("author0", "exclude", "no_outcome"), ("author1", "exclude", "wrong_population")]
    (problem,) = foreign.problems
    assert (problem.code, problem.line) == ("reason-unknown", 4)


def test_covidence_lists_need_a_word_for_all(tmp_path: Path) -> None:
    text = "Title,Published Year,Covidence #,Notes\nMade-up title number 0,2000,#1,\n"
    with pytest.raises(UsageError, match="holds no decisions"):
        taken(text, tmp_path)
    assert told(taken(text, tmp_path, word="include")) == [("author0", "include", None)]


def test_what_is_not_matched_is_told_line_by_line(tmp_path: Path) -> None:
    twins = (*FOUND, citation(7, doi=None, pmid=None, title="Twin", year=2010))
    twins += (citation(8, doi=None, pmid=None, title="twin!", year=2010),)
    foreign = taken(
        "title,year,doi,pmid,included\n"
        "Never seen,2001,,,1\n"
        "Twin,2010,,,1\n"
        "Made-up title number 3,1999,,,1\n"  # another year
        "x,,10.1000/example.0,1001,1\n"  # DOI of one, PMID of another
        "x,,10.1000/example.2,,1\n"
        "x,,,1002,0\n"  # the same citation, otherwise
        "x,,10.1000/example.3,,perhaps\n",
        tmp_path,
        found=twins,
    )
    assert told(foreign) == []
    assert sorted((problem.line, problem.code) for problem in foreign.problems) == [
        (2, "no-citation"),
        (3, "several-citations"),
        (4, "no-citation"),
        (5, "several-citations"),
        (6, "decided-twice"),
        (8, "label-unknown"),
    ]
    twice = next(problem for problem in foreign.problems if problem.code == "decided-twice")
    assert "2 records of one citation, author2, differ (line 6: include; line 7: exclude); not taken" in twice.message
    assert (foreign.records, foreign.undecided, foreign.repeated, foreign.left) == (7, 0, 0, 7)


def test_a_record_that_cannot_be_read_is_told_and_counted(tmp_path: Path) -> None:
    foreign = taken("title,doi,included\nx,10.1000/example.0,1\nx,10.1000/example.1\n", tmp_path)
    assert told(foreign) == [("author0", "include", None)]
    assert [(problem.line, problem.severity) for problem in foreign.problems] == [(3, "error")]
    assert (foreign.records, foreign.left) == (2, 1)


def test_the_same_said_twice_is_one_decision(tmp_path: Path) -> None:
    foreign = taken("doi,pmid,included,asreview_note\n10.1000/example.2,,1,a\n,1002,1,b\n,1002,1,a\n", tmp_path)
    assert foreign.decisions == (decision(2, "include", notes="a; b"),)
    assert foreign.problems == ()
    assert (foreign.records, foreign.repeated, foreign.left) == (3, 2, 0)


def test_one_row_may_lack_the_reason_of_another_but_not_give_another(tmp_path: Path) -> None:
    rows = "{0},0,\n{0},0,review\n{1},0,review\n{1},0,no outcome\n".format("author0", "author1")
    foreign = taken("report_id,included,reason\n" + rows, tmp_path)
    assert foreign.decisions == (decision(0, "exclude", "review"),)
    assert [problem.code for problem in foreign.problems] == ["decided-twice"]
    assert (foreign.records, foreign.repeated, foreign.left) == (4, 1, 2)


def test_without_any_year_a_title_that_is_the_only_one_counts(tmp_path: Path) -> None:
    twins = (*FOUND, citation(7, title="Twin", year=2010), citation(8, title="Twin", year=2011))
    rows = (
        'Made-up title number 0,,"Author0, Ann",1',
        'Made-up title number 1,,"Somebody, E.",1',  # another first author
        "Made-up title number 2,10.1000/other,,1",  # another DOI
        "Made-up title number 3,,,0",
        "Twin,,,1",
    )
    foreign = taken("title,doi,authors,included\n" + "\n".join(rows) + "\n", tmp_path, found=twins)
    assert told(foreign) == [("author0", "include", None), ("author3", "exclude", None)]
    assert [(problem.line, problem.code) for problem in foreign.problems] == [
        (3, "no-citation"),
        (4, "no-citation"),
        (6, "several-citations"),
    ]
    with_year = "title,year,included\nMade-up title number 0,,1\nMade-up title number 1,2001,1\n"
    assert told(taken(with_year, tmp_path)) == [("author1", "include", None)]


def test_members_of_a_group_are_its_citation(tmp_path: Path) -> None:
    foreign = taken("report_id,included\nembase7,0\n", tmp_path, found=(citation(0, "embase7"),))
    assert foreign.decisions == (decision(0, "exclude"),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("wrong population", "wrong_population"),
        ("Wrong-Population!", "wrong_population"),
        ("no outcome reported", "no_outcome"),
        ("too old, Review", "review"),
        ("too old", None),
        ("", None),
        (None, None),
    ],
)
def test_reasons_in_other_words(text: str | None, code: str | None) -> None:
    assert reason_code(text, REASONS) == code


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    taking = Taking("title_abstract", DAY, REASONS)
    with pytest.raises(DataError, match="missing-file"):
        read_decisions(tmp_path / "none.csv", FOUND, taking)
    (tmp_path / "wrong.csv").write_text('title,included\n"x,1\n', encoding="utf-8")
    with pytest.raises(DataError, match="unclosed-quote"):
        read_decisions(tmp_path / "wrong.csv", FOUND, taking)
    with pytest.raises(UsageError, match="did you mean include"):
        word_named("included")


@pytest.mark.skipif(not SYNERGY.is_dir(), reason="no folder ../shared/corpora/screening beside the clone")
@pytest.mark.parametrize("name", ["Donners_2021", "Nelson_2002", "Sep_2021"])
def test_labels_of_real_reviews_reach_their_citations(name: str, tmp_path: Path) -> None:
    content = gzip.decompress((SYNERGY / f"{name}_ids.csv.gz").read_bytes()).decode("utf-8")
    rows = list(csv.DictReader(content.splitlines()))
    # The sets hold some publications several times: a citation is what has one DOI, as after removing duplicates.
    labels: dict[str, list[str]] = {}
    for row in rows:
        if name_of := row["doi"].removeprefix("https://doi.org/").lower():
            labels.setdefault(name_of, []).append(row["label_included"])
    found = tuple(Citation(f"r{i}", False, (f"r{i}",), (name,), 1, Record(doi=doi)) for i, doi in enumerate(labels))
    foreign = taken(content, tmp_path, found=found)
    assert foreign.records == len(rows)
    assert foreign.undecided == 0
    first = {
        f"r{i}": "include" if said[0] == "1" else "exclude"
        for i, said in enumerate(labels.values())
        if len(set(said)) == 1
    }
    assert {one.report_id: one.decision for one in foreign.decisions} == first
    # Not taken over: rows without a DOI, and those of a publication on which they contradict each other.
    without = sum(not row["doi"] for row in rows)
    contrary = [len(said) for said in labels.values() if len(set(said)) > 1]
    assert foreign.left == without + sum(contrary)
    assert len(foreign.problems) == without + len(contrary)
    assert foreign.records == len(foreign.decisions) + foreign.repeated + foreign.left
