"""What is settled, as rows of the tables of a review."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evidence.bibliography.final_rows import (
    REFERENCES,
    REPORT_COLUMNS,
    REPORTS,
    SCREENING,
    SCREENING_COLUMNS,
    final_row,
    unwritten,
    write_final,
    write_missing,
)
from evidence.bibliography.screening import Decision, Screened, Word
from evidence.bibliography.screening_states import Screening
from evidence.errors import DataError, UsageError
from evidence.review.codebook import CORE
from tests.bibliography.citing import citation, decision, decisions, screening

HEADER = b"report_id,source,decision,stage,reason,notes\n"
TYPED = HEADER + b'old1999,"hand, search",included,full_text,,\r\n'


@pytest.fixture
def review(tmp_path: Path) -> Path:
    (tmp_path / SCREENING).write_bytes(TYPED)
    (tmp_path / REPORTS).write_bytes(
        b"report_id,study_id,year,source_seen,url_or_doi\nold1999,old-1999,1999,abstract,\n"
    )
    (tmp_path / REFERENCES).write_bytes(b"@misc{old1999,\n}\n")
    return tmp_path


def files(review: Path) -> dict[str, bytes]:
    return {name: (review / name).read_bytes() for name in (SCREENING, REPORTS, REFERENCES)}


def full(number: int, word: Word, reason: str | None = None) -> Decision:
    return decision(number, word, reason, "full_text")


def test_the_columns_are_those_of_the_codebook() -> None:
    assert CORE["screening"].names == SCREENING_COLUMNS
    assert CORE["reports"].names == REPORT_COLUMNS


def test_the_row_of_each_state() -> None:
    found = screening(
        6,
        anna=[
            decision(1, "include"),
            decision(2, "exclude", notes="no people"),
            decision(3, "unsure"),
            full(3, "exclude", "not_retrieved"),
            full(4, "unsure", "no_outcome"),
            full(5, "include"),
        ],
    )
    rows = [final_row(found, one.report_id) for one in found.citations]
    assert rows[0] is None
    assert rows[1] is None
    told = [tuple(row[name] for name in SCREENING_COLUMNS) for row in rows[2:] if row is not None]
    assert told == [
        ("author2", "PubMed; Embase", "excluded", "title_abstract", "", "1", "no people"),
        ("author3", "PubMed; Embase", "excluded", "full_text", "not_retrieved", "1", ""),
        ("author4", "PubMed; Embase", "awaiting_classification", "full_text", "no_outcome", "1", ""),
        ("author5", "PubMed; Embase", "included", "full_text", "", "1", ""),
    ]


def test_an_exclusion_by_abstract_is_a_row_of_screening_only(review: Path) -> None:
    before, typed = screening(2), files(review)
    after = screening(2, anna=[decision(0, "exclude", "no_outcome")])
    assert write_final(review, before, after, ["author0"]).added == ("author0",)
    assert files(review) == {
        **typed,
        SCREENING: TYPED + b"author0,PubMed; Embase,excluded,title_abstract,no_outcome,\r\n",
    }
    assert write_missing(review, after) == write_final(review, after, after, ["author0"])


@pytest.mark.parametrize(
    ("made", "seen"),
    [
        (full(0, "exclude", "no_outcome"), "full_text"),
        (full(0, "unsure", "no_outcome"), "full_text"),
        (full(0, "exclude", "not_retrieved"), "abstract"),
    ],
)
def test_a_report_that_was_read_and_is_not_in_has_its_row_and_its_reference(
    made: Decision, seen: str, review: Path
) -> None:
    typed = files(review)
    write_final(review, screening(1), screening(1, anna=[made]), ["author0"])
    written = files(review)
    assert (
        written[REPORTS]
        == typed[REPORTS] + f"author0,,2000,{seen},10.1000/example.0,en\n".encode().replace(b",en", b"")
        or b"language" in written[REPORTS]
    )
    assert b"@article{author0,\n  author = {Author0, A. and Second, B.},\n" in written[REFERENCES]
    assert written[REFERENCES].startswith(typed[REFERENCES])


def test_of_a_title_without_abstract_that_was_not_had_only_the_title_was_seen(review: Path) -> None:
    found = (citation(0, abstract=None),)
    after = Screening(found, Screened({"anna": decisions(full(0, "exclude", "not_retrieved"))}))
    write_final(review, Screening(found, Screened()), after, ["author0"])
    assert b"author0,,2000,title_only," in files(review)[REPORTS]


def test_what_is_taken_back_leaves_no_trace(review: Path) -> None:
    typed, nothing = files(review), screening(2)
    for made in (decision(0, "exclude"), full(0, "exclude", "no_outcome"), full(0, "include")):
        after = screening(2, anna=[made])
        write_final(review, nothing, after, ["author0"])
        assert files(review) != typed
        assert write_final(review, after, nothing, ["author0"]).removed == ("author0",)
        written = files(review)
        assert written[SCREENING] == typed[SCREENING]
        assert written[REFERENCES] == typed[REFERENCES]
        assert written[REPORTS].startswith(b"report_id,study_id,year,source_seen,url_or_doi")
        assert b"author0" not in written[REPORTS]


def test_an_excluded_report_that_is_included_after_all_waits_for_its_study(review: Path) -> None:
    first, second = screening(1, anna=[full(0, "exclude", "review")]), screening(1, anna=[full(0, "include")])
    write_final(review, screening(1), first, ["author0"])
    assert write_final(review, first, second, ["author0"]).changed == ("author0",)
    written = files(review)
    assert written[SCREENING].endswith(b"author0,PubMed; Embase,included,full_text,,\r\n")
    assert b"author0" not in written[REPORTS] + written[REFERENCES]


def test_a_row_that_somebody_went_on_with_is_not_taken_out(review: Path) -> None:
    after = screening(1, anna=[full(0, "exclude", "review")])
    write_final(review, screening(1), after, ["author0"])
    path = review / REPORTS
    path.write_bytes(path.read_bytes().replace(b"author0,,2000", b"author0,,1999"))
    edited = files(review)
    write_final(review, after, screening(1, anna=[full(0, "include")]), ["author0"])
    assert files(review)[REPORTS] == edited[REPORTS]
    assert files(review)[REFERENCES] == edited[REFERENCES]


def test_a_row_typed_by_hand_stays_until_a_screener_decides_again(review: Path) -> None:
    (review / SCREENING).write_bytes(TYPED + b"author0,letter,included,full_text,,mine\n")
    typed, said = files(review), screening(1, anna=[decision(0, "exclude", "review")])
    (problem,) = write_missing(review, said).problems
    assert (problem.code, problem.line, problem.severity) == ("screening-differs", 3, "warning")
    assert files(review) == typed
    assert write_final(review, screening(1), said, ["author0"]).changed == ("author0",)
    assert files(review)[SCREENING] == TYPED + b"author0,PubMed; Embase,excluded,title_abstract,review,\n"


def test_a_row_of_what_the_screeners_have_not_settled_is_told(review: Path) -> None:
    alone, two = screening(1, anna=[decision(0, "exclude")]), screening(1, 2, anna=[decision(0, "exclude")])
    write_missing(review, alone)
    written = files(review)
    (problem,) = write_missing(review, two).problems
    assert "is excluded title_abstract here, but the screeners have not settled it" in problem.message
    assert files(review) == written


def test_what_is_not_written_yet_can_be_asked(review: Path) -> None:
    typed = files(review)
    said = screening(6, anna=[decision(i, "exclude") for i in range(5)])
    (problem,) = unwritten(review, said)
    assert (problem.code, problem.severity) == ("screening-behind", "warning")
    assert "author0, author1, author2 and 2 more" in problem.message
    assert files(review) == typed
    write_missing(review, said)
    assert unwritten(review, said) == ()


def test_what_is_included_though_all_excluded_it_by_abstract_is_told(review: Path) -> None:
    said = screening(2, anna=[decision(0, "exclude"), full(0, "include"), full(1, "include")])
    write_missing(review, said)
    (problem,) = unwritten(review, said)
    assert (problem.code, problem.severity) == ("read-though-excluded", "warning")
    assert problem.message.startswith("author0 is included at full text, but was excluded")
    settled = screening(2, 1, [decision(0, "include")], anna=[decision(0, "exclude"), full(0, "include")])
    assert [one.code for one in unwritten(review, settled)] == []


def test_what_the_tables_lack_is_added_at_once(review: Path) -> None:
    said = screening(4, anna=[decision(0, "exclude"), full(1, "exclude", "review"), full(2, "include")])
    assert write_missing(review, said).added == ("author0", "author1", "author2")
    written = files(review)
    assert written[SCREENING].count(b"author") == 3
    assert written[REPORTS].count(b"author") == 1
    assert write_missing(review, said).added == ()
    assert files(review) == written


def test_a_later_version_gets_its_column(review: Path) -> None:
    found = (citation(0, version=2),)
    said = Screening(found, Screened({"anna": decisions(decision(0, "exclude"))}))
    write_missing(review, said)
    first, second, third = (review / SCREENING).read_bytes().splitlines()
    assert first == HEADER.strip() + b",version"
    assert second == TYPED.splitlines()[1] + b","
    assert third.endswith(b",title_abstract,,,2")


def test_the_row_of_a_record_that_is_a_duplicate_by_now_is_taken_out(review: Path) -> None:
    said = Screened({"anna": decisions(decision(7, "exclude"))})
    write_missing(review, Screening((citation(0), citation(7)), said))
    assert b"author7" in files(review)[SCREENING]
    assert write_missing(review, Screening((citation(0, "author7"),), said)).removed == ("author7",)
    assert files(review)[SCREENING] == TYPED + b"author0,PubMed; Embase,excluded,title_abstract,,\r\n"


def test_a_duplicate_that_reports_describe_is_told_and_stays(review: Path) -> None:
    said = Screened({"anna": decisions(full(7, "exclude", "review"))})
    write_missing(review, Screening((citation(0), citation(7)), said))
    (problem,) = write_missing(review, Screening((citation(0, "author7"),), said)).problems
    assert (problem.code, problem.line, problem.severity) == ("screened-twice", 3, "warning")
    assert b"author7" in files(review)[SCREENING]


def test_tables_that_are_not_there_are_made(tmp_path: Path) -> None:
    write_missing(tmp_path, screening(1, anna=[full(0, "exclude", "review")]))
    written = files(tmp_path)
    assert written[SCREENING].splitlines()[0].decode() == ",".join(SCREENING_COLUMNS)
    assert written[REPORTS].splitlines() == [
        ",".join(REPORT_COLUMNS).encode(),
        b"author0,,2000,,,en,,full_text,10.1000/example.0,",
    ]


def test_a_table_that_cannot_be_read_stops_everything_before_anything_is_written(review: Path) -> None:
    (review / REPORTS).write_bytes(b"nothing\n")
    typed = files(review)
    with pytest.raises(DataError):
        write_missing(review, screening(1, anna=[full(0, "exclude", "review")]))
    assert files(review) == typed


def test_what_is_decided_in_the_table_alone_is_not_touched(review: Path) -> None:
    known = replace(screening(1), tabled=frozenset({"author0"}))
    typed = files(review)
    write_missing(review, known)
    assert files(review) == typed


@pytest.mark.parametrize("name", [SCREENING, REPORTS, REFERENCES])
def test_the_tables_change_together_or_not_at_all(review: Path, name: str) -> None:
    before = files(review)
    (review / name).chmod(0o444)
    said = screening(1, anna=[decision(0, "include"), full(0, "exclude", "review")])
    with pytest.raises(UsageError, match="it is read-only"):
        write_final(review, screening(1), said, ["author0"])
    assert files(review) == before
    (review / name).chmod(0o644)
    write_final(review, screening(1), said, ["author0"])
    assert all(len(content) > len(before[one]) for one, content in files(review).items())
