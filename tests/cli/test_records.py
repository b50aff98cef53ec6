"""From two exports to the numbers of the flow diagram: import, dedupe, screen, add, and a further search."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.bibliography.decisions import read_decisions
from evidence.bibliography.pubmed import ADDRESS_NAME, EMAIL_NAME
from evidence.bibliography.store import read_store
from evidence.cli import main
from evidence.figures.prisma_words import diagram
from evidence.review.review import read_all, read_review
from tests.bibliography.services import Service, medline, serving

Run = Callable[..., str]

TITLES = {
    11: "Shock waves for the painful heel of a runner",
    12: "Radial shock waves in two dancers with heel pain",
    13: "A cat with a painful heel",
    14: "Heel pain: which shoes do people wear",
}
EMBASE = """TY  - JOUR
AU  - Example, A. L.
TI  - Shock waves for the painful heel of a runner
PY  - 2024
JO  - J Examples
VL  - 3
SP  - 11
EP  - 19
DO  - https://doi.org/10.5555/EXAMPLE.11
ER  -

TY  - JOUR
AU  - Another, B.
TI  - Focused shock waves after years of heel pain in one patient
PY  - 2023
JO  - Journal of others
VL  - 8
SP  - 100
EP  - 104
ER  -

TY  - JOUR
AU  - Example, A.
TI  - Synthetic report bo2002
PY  - 2002
DO  - 10.1000/bo
ER  -

TY  - JOUR
ER  -
"""
LOG = """search_id,source,kind,date,query,records,duplicates_removed,automation_removed,otherwise_removed,version,notes
typed,Example database,database,2024-05-01,heel,5,0,0,0,1,
"""
MORE = '[vocabulary.screening.reason]\nnot_shock_waves = ""\nno_people = "animals only"\nnot_retrieved = ""'


@pytest.fixture
def review(third_review: Path) -> Path:
    """The third review; a reference of it has its DOI, so that it can be known again."""
    toml, bib = third_review / "review.toml", third_review / "references.bib"
    old = '[vocabulary.screening]\nreason = ["not_shock_waves"]'
    toml.write_text(toml.read_text(encoding="utf-8").replace(old, MORE), encoding="utf-8")
    told = "title = {Synthetic report bo2002},\n  year = {2002},\n  doi = {10.1000/bo},"
    text = bib.read_text(encoding="utf-8").replace("title = {Synthetic report bo2002},", told)
    bib.write_text(text, encoding="utf-8", newline="\n")
    (third_review / "searches.csv").write_text(LOG, encoding="utf-8", newline="\n")
    return third_review


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def typed(*arguments: str | Path, lines: str = "", code: int = 0) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        found = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert found == code, said.err
        return said.out + said.err

    return typed


def exports(folder: Path) -> tuple[Path, Path]:
    pubmed, embase = folder / "pubmed.txt", folder / "embase.ris"
    pubmed.write_text("\n".join(medline(number, title) for number, title in TITLES.items()), encoding="utf-8")
    embase.write_bytes(("\ufeff" + EMBASE.replace("\n", "\r\n")).encode("utf-16"))
    return pubmed, embase


def imported(review: Path, run: Run) -> None:
    pubmed, embase = exports(review.parent)
    run("import", review, pubmed, "--date", "2024-06-01", "--query", "heel AND shock")
    run("import", review, embase, "-d", "Embase", "--date", "2024-06-02", code=1)  # one record holds nothing


def said(review: Path) -> str:
    """The column of databases of the flow diagram, in words."""
    found = read_review(review)
    column = next(one for one in diagram(found.flow, found.settings).columns if "databases" in one.title)
    boxes = [box for step in column.steps for box in (step.main, *step.beside)]
    return " | ".join(box.said for box in boxes)


def test_from_two_exports_to_the_flow_diagram(review: Path, run: Run) -> None:
    imported(review, run)
    found = run("dedupe", review)
    assert "7 records, 5 citations: 2 duplicates" not in found  # one of the two is of a report that is known
    assert "7 records, 6 citations: 1 duplicate in 1 group" in found
    assert "1 citation of reports that the review had before" in found
    # Typed: 5. Found: 4 and 4. Removed: one twice, one known before; one could not be read. To be screened: 5.
    told = said(review)
    assert "Databases (n = 13); Example database (n = 5); PubMed (n = 4); Embase (n = 4)" in told
    assert "Duplicate records removed (n = 2)" in told and "for other reasons (n = 1)" in told
    assert "Records still to be screened (n = 5)" in told

    run("screen", review, "--as", "anna", lines="i\ni\ne\nno_people\ne\n\nu\n")
    told = said(review)
    assert "Records screened (n = 10)" in told and "to be screened" not in told  # 5 of the exports, 5 typed before
    assert "Records excluded (n = 2)" in told and "Reports still to be sought or read (n = 3)" in told

    run("screen", review, "--as", "anna", lines="i\ne\nnot_shock_waves\ne\nnot_retrieved\n")
    checked = run("check", review, code=1)
    assert checked.count("[not-extracted]") == 1 and f"evidence add {review} example2024" in checked
    run("add", review, "example2024")
    told = said(review)
    assert "Reports included, their study still to be entered (n = 1)" in told and "sought or read" not in told
    assert "Reports assessed for eligibility (n = 7)" in told
    filled(review)
    assert {"records-differ", "screening-differs"}.isdisjoint(problem.code for problem in read_all(review).problems)
    told = said(review)
    assert "Reports sought for retrieval (n = 8)" in told and "Reports not retrieved (n = 1)" in told
    assert "Reports excluded (n = 1); Not shock waves (n = 1)" in told
    assert read_review(review).flow.studies == 6


def filled(review: Path) -> None:
    """Invent what the tables of the new study lack."""
    invented = {
        "reports.csv": {"design": "case_report", "source_seen": "full_text"},
        "studies.csv": {"n_treated": "1", "design": "case_report"},
        "arms.csv": {"n_treated": "1", "device": "focused", "label": "Runner"},
        "outcomes.csv": {"events": "1", "total": "1", "unit": "patient", "basis": "reported"}
        | {"source_location": "text", "confidence": "high"},
    }
    for file, cells in invented.items():
        path = review / file
        header, *rows = path.read_text(encoding="utf-8").split("\n")
        names = header.split(",")
        for i, row in enumerate(rows):
            if row.startswith(("example2024", "example-2024")):
                values = dict(zip(names, row.split(","), strict=True))
                rows[i] = ",".join(values[name] or cells.get(name, "") for name in names)
        kept = [row for row in rows if file != "outcomes.csv" or "example" not in row or ",improved," in row]
        path.write_text("\n".join([header, *kept]), encoding="utf-8", newline="\n")


def test_importing_and_looking_again_changes_nothing(review: Path, run: Run) -> None:
    imported(review, run)
    run("dedupe", review)
    before = {path: path.read_bytes() for path in review.rglob("*") if path.is_file()}
    pubmed, embase = exports(review.parent)
    assert "imported before, as import-1; nothing changed" in run("import", review, pubmed, embase, "-d", "Embase")
    assert "0 new pairs" in run("dedupe", review)
    assert {path: path.read_bytes() for path in review.rglob("*") if path.is_file()} == before


def test_a_merge_can_be_undone_and_stays_undone(review: Path, run: Run) -> None:
    imported(review, run)
    run("dedupe", review)
    (pair,) = [row for row in read_decisions(review) if "bo2002" not in row.pair]
    told = run("dedupe", review, "--decide", pair.second, pair.first, "different", "--by", "anna", "--reason", "looked")
    assert "6 citations before, 7 now" in told
    assert "7 records, 7 citations: 0 duplicates" in run("dedupe", review, "--anew")
    (row,) = [row for row in read_decisions(review) if row.decided_by == "anna"]
    assert (row.pair, row.outcome, row.reason) == (pair.pair, "different", "looked")


def test_the_numbers_of_the_log_are_held_against_the_records(review: Path, run: Run) -> None:
    imported(review, run)
    path = review / "searches.csv"
    path.write_text(path.read_text().replace("heel AND shock,", "heel AND shock,5"))
    told = run("check", review, code=1)
    assert (
        "searches.csv:3:records: import-1: 5 in the log, 4 counted from the imported records [records-differ]" in told
    )


def test_what_is_said_of_an_import_must_fit(review: Path, run: Run) -> None:
    pubmed, embase = exports(review.parent)
    assert "which database" in run("import", review, embase, code=2)
    assert "'nowhere' is not known" in run("import", review, pubmed, "--kind", "nowhere", code=2)
    assert "search 'x' is not known" in run("import", review, pubmed, "--search", "x", code=2)
    assert "can be misread" in run("import", review, pubmed, "--date", "1.6.2024", code=2)
    assert "no imported records" in run("dedupe", review, code=2)
    assert not (review / "records").exists() and (review / "searches.csv").read_text(encoding="utf-8") == LOG


def test_a_search_brings_what_is_new_and_is_logged(review: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("Bio", reason="Biopython, the extra [pubmed], is not installed")
    imported(review, run)
    monkeypatch.setenv(EMAIL_NAME, "reviewer@example.org")
    with serving(Service({14: TITLES[14], 15: "Heel spurs and shock waves"})) as service:
        monkeypatch.setenv(ADDRESS_NAME, service.address)
        told = run("search", review)
        assert "PubMed: 2 records entered since 2024-06-01 (heel AND shock); 2 imported as import-3" in told
        assert service.asked[0][1]["mindate"] == "2024/06/01"
        service.titles.clear()
        assert "PubMed: 0 records" in run("search", review, "-d", "pubmed", "--since", "2024-06-01")
    assert "2 new pairs" not in run("dedupe", review)
    rows = [row for row in read_review(review).searches if row["source"] == "PubMed"]
    assert [(row["records"], row["duplicates_removed"], row["query"]) for row in rows] == [
        (4, 0, "heel AND shock"),
        (2, 1, "heel AND shock"),
        (0, None, "heel AND shock"),
    ]
    assert read_review(review).settings.databases == ("Example database", "PubMed", "Embase")


def test_a_search_that_fails_writes_nothing(review: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(review.rglob("*"))
    monkeypatch.setenv("EVIDENCE_EUROPE_PMC_ADDRESS", "http://127.0.0.1:9/")
    assert "no query of PubMed or Europe PMC" in run("search", review, code=2)
    assert "can't be reached" in run("search", review, "-d", "europe pmc", "--query", "heel", code=3)
    assert "did you mean PubMed" in run("search", review, "-d", "pubmet", "--query", "heel", code=2)
    assert sorted(review.rglob("*")) == before


def test_machines_are_told_the_same(review: Path, run: Run) -> None:
    pubmed, _ = exports(review.parent)
    told = json.loads(run("import", review, pubmed, "--date", "2024-06-01", "--json"))
    assert told["records"] == 4 and told["files"][0]["found"] == 4 and not told["files"][0]["imported_before"]
    told = json.loads(run("dedupe", review, "--json"))
    assert len(told["citations"]) == 4 and told["open"] == []


def test_a_row_of_the_rule_that_somebody_changed_stays(review: Path, run: Run) -> None:
    imported(review, run)
    run("dedupe", review)
    path = review / "records" / "duplicates.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",same,", ",different,"), encoding="utf-8")
    assert "7 records, 7 citations" in run("dedupe", review, "--anew")
    assert [row.outcome for row in read_decisions(review)] == ["different", "different"]


def test_the_end_of_the_input_ends_the_questions(review: Path, run: Run) -> None:
    imported(review, run)
    run("dedupe", review)
    first, second = (row.record_id for row in read_store(review).records[2:4])
    run("dedupe", review, "--decide", first, second, "ask", "--by", "anna")
    printed = run("dedupe", review, "--ask", "--by", "ben", lines="")
    assert printed.endswith("quit (q)? \n0 pairs decided now, 1 to go\n")
    assert run("dedupe", review, "--ask", "--by", "ben", lines="d\n").endswith("\n1 pair decided now, 0 to go\n")
