"""A style is checked before anything is computed; what can't be printed is refused with place and mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.analysis_file import read_analysis
from evidence.cli import main
from evidence.document.citation_style import checked_style, own_style, style_of
from evidence.errors import DataError
from tests.document.styles import AUTHOR_DATE, LIST, NUMBER, RAISED, style

PARENT = '<link rel="independent-parent" href="http://www.zotero.org/styles/vancouver"/>'


@pytest.mark.parametrize(
    ("content", "code", "line", "says"),
    [
        (b"", "style-not-xml", 1, "not XML"),
        (b"Vancouver", "style-not-xml", 1, "not XML"),
        (b'<?xml version="1.0"?>\n<style>', "style-not-xml", 2, "not XML"),
        (b"<html><body/></html>", "style-not-csl", 1, "starts with <html>"),
        (b'<!DOCTYPE style [<!ENTITY x "y">]><style>&x;</style>', "style-not-csl", 1, "document type"),
        (style("</style>", info=PARENT), "style-dependent", 3, "http://www.zotero.org/styles/vancouver"),
        (style(f"{NUMBER}\n<bibliography/></style>"), "style-invalid", 5, "rules of CSL"),
        (style(f"{NUMBER}\n" + LIST.replace('variable="title"', 'macro="m"')), "style-invalid", 5, "no macro 'm'"),
        (style(NUMBER + LIST, kind="note"), "style-for-notes", 2, "footnotes"),
        (style(NUMBER + LIST, info='<category citation-format="label"/>'), "style-for-labels", 2, "labels"),
        (style(f"{NUMBER}</style>"), "style-without-list", 2, "no list of references"),
        (style(NUMBER + LIST, more=' default-locale="tlh-QO"'), "style-language", 2, "'tlh-QO'"),
    ],
)
def test_a_style_that_can_t_be_printed_is_refused(content: bytes, code: str, line: int, says: str) -> None:
    with pytest.raises(DataError) as caught:
        checked_style(content, "x.csl")
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.line) == (code, "x.csl", line)
    assert says in problem.message and problem.mend


def test_a_dependent_style_names_its_parent_and_where_to_get_it() -> None:
    with pytest.raises(DataError, match=r"mend: save vancouver\.csl from there"):
        checked_style(style("</style>", info=PARENT), "x.csl")


def test_numbers_or_authors() -> None:
    own = own_style()
    assert own.numbered and own == checked_style(own.content, own.file)
    assert checked_style(RAISED, "x.csl").numbered
    assert not checked_style(AUTHOR_DATE, "x.csl").numbered


def test_a_language_without_its_own_dialect_has_the_words_of_the_main_one() -> None:
    assert checked_style(style(NUMBER + LIST, more=' default-locale="de-LU"'), "x.csl")


def analysis_with(folder: Path, csl: str) -> Path:
    path = folder / "heel-pain.toml"
    first, rest = path.read_text(encoding="utf-8").split("\n[model]")
    path.write_text(f'{first}csl = "{csl}"\n\n[model]{rest}', encoding="utf-8")
    return path


def test_the_way_starts_at_the_analysis(third_analysis: Path) -> None:
    (third_analysis.parent / "styles").mkdir()
    (third_analysis.parent / "styles" / "mine.csl").write_bytes(AUTHOR_DATE)
    analysis = read_analysis(analysis_with(third_analysis.parent, "styles/mine.csl"))
    assert analysis.to_dict()["csl"] == "styles/mine.csl"
    assert style_of(analysis).content == AUTHOR_DATE


def test_without_one_it_is_our_own(third_analysis: Path) -> None:
    analysis = read_analysis(third_analysis)
    assert analysis.to_dict()["csl"] is None
    assert style_of(analysis) == own_style()


@pytest.mark.parametrize("csl", ["nowhere.csl", "."])
def test_a_style_that_is_not_there_is_refused_with_its_line(
    third_analysis: Path, csl: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = analysis_with(third_analysis.parent, csl)
    assert main(["build", str(path), "-o", str(path.parent / "reports")]) == 1
    said = capsys.readouterr().err
    assert f"{path}:3:csl: the style {csl} " in said and "[no-style]" in said and "Traceback" not in said
    assert "Errno" not in said
    assert not (path.parent / "reports").exists()


def test_a_report_in_author_date(third_analysis: Path) -> None:
    (third_analysis.parent / "mine.csl").write_bytes(AUTHOR_DATE)
    path = analysis_with(third_analysis.parent, "mine.csl")
    reports = path.parent / "reports"
    assert main(["build", str(path), "-o", str(reports)]) == 0
    page = (reports / "heel-pain" / "index.html").read_text(encoding="utf-8")
    assert '<ul class="references words">' in page and '<span class="cite words">(' in page
    assert "analyses/mine.csl" in page
    assert "In the style mine.csl." in page and "order of first mention" not in page
    markdown = (reports / "heel-pain" / "report.md").read_text(encoding="utf-8")
    assert "\n- Hunter. (2014)" in markdown
