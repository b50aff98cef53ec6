"""A review on another subject goes from its tables to a report without a line of code."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evidence.analysis import Analysis
from evidence.analysis_file import read_analysis
from evidence.document.build import build, generated, render
from evidence.document.findings import Findings
from evidence.document.sections import SECTIONS
from evidence.errors import DataError, EvidenceError


class Page(HTMLParser):
    """What the tests ask of a page: visible text, ids, links, and every address."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.hidden = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.hidden += tag in ("style", "script")
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.links.append(str(found.get("href")))

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def rendered(findings: Findings) -> dict[str, str]:
    """The files of the report, Word's apart; made once."""
    return render(findings)


def test_everything_is_written_and_listed(analysis: Analysis, tmp_path: Path) -> None:
    steps: list[str] = []
    built = build(analysis, tmp_path / "reports", steps.append, lambda: "log")
    files = {p.relative_to(built.folder).as_posix() for p in built.folder.rglob("*") if p.is_file()}
    assert files == {*built.files, "build.log"} == generated(built.folder)
    assert {
        "index.html",
        "report.docx",
        "report.md",
        "results.json",
        "tables/results.csv",
        "tables/results.tex",
    } <= files
    assert sum(name.startswith("figures/") for name in files) == 3
    assert "writing" in steps
    for name in files - {"build.log", "report.docx"}:
        data = (built.folder / name).read_bytes()
        assert b"\r" not in data and data.decode("utf-8")
        assert str(tmp_path).encode() not in data, f"{name} names a place of this machine"


def test_the_same_input_gives_the_same_bytes(rendered: dict[str, str], analysis: Analysis) -> None:
    from evidence.document.findings import find
    from evidence.review.review import read_review

    assert rendered == render(find(analysis, read_review(analysis.review)))


def test_the_page_is_whole_and_asks_nobody(rendered: dict[str, str]) -> None:
    html = rendered["index.html"]
    page = Page(html)
    assert len(page.ids) == len(set(page.ids)), "an id stands twice"
    anchors = {link[1:] for link in page.links if link.startswith("#")}
    assert anchors <= set(page.ids), anchors - set(page.ids)
    assert not {"iframe", "img", "object", "embed"} & set(page.tags) and page.tags.count("script") == 1
    assert page.tags.count("main") == page.tags.count("nav") == page.tags.count("h1") == 1
    assert not re.search(r"(?:src|data|action)=[\"']?(?:https?:)?//", html)
    assert "@import" not in html and not re.search(r"url\((?!#|\"?data:)", html)


def test_text_of_the_tables_and_the_analysis_is_escaped(rendered: dict[str, str]) -> None:
    files = rendered
    assert "Pain &amp; &lt;b&gt;sleep&lt;/b&gt; were mixed; β was not." in files["index.html"]
    assert "<b>sleep</b>" not in files["index.html"] and "<b>sleep</b>" not in files["report.md"]
    assert "Pain & <b>sleep</b> were mixed; β was not." in Page(files["index.html"]).text


@pytest.mark.parametrize("title", ["A & B <script>alert(1)</script> \"q\" 'r' β", "t" * 400])
def test_any_title_is_shown_as_it_is(findings: Findings, third_analysis: Path, title: str) -> None:
    text = third_analysis.read_text(encoding="utf-8")
    third_analysis.write_text(f"title = {json.dumps(title, ensure_ascii=False)}\n{text}", encoding="utf-8")
    files = render(replace(findings, analysis=read_analysis(third_analysis)))
    assert title in Page(files["index.html"]).text
    assert Page(files["index.html"]).tags.count("script") == 1, "the page's own is the only one"
    assert json.loads(files["results.json"])["title"] == title


def test_results_hold_every_number_at_full_precision(findings: Findings, rendered: dict[str, str]) -> None:
    results = json.loads(rendered["results.json"], parse_constant=lambda name: pytest.fail(name))
    pooled = findings.outcomes[0].pooled
    stored = results["outcomes"][0]["pooled"]
    assert (stored["events"], stored["n"], stored["estimate"]) == (pooled.events, pooled.n, pooled.estimate)
    assert results["outcomes"][0]["subgroups"][0]["by"] == "device"
    assert results["flow"]["found"] == 7 and results["inputs"]["analyses/heel-pain.toml"]


def test_tables_on_the_page_and_in_csv_say_the_same(rendered: dict[str, str]) -> None:
    files = rendered
    rows = list(csv.DictReader(files["tables/results.csv"].splitlines()))
    results = json.loads(files["results.json"])["outcomes"]
    for row, outcome in zip(rows, results, strict=True):
        assert row["outcome"] == outcome["title"]
        assert (int(row["events"]), int(row["n"])) == (outcome["pooled"]["events"], outcome["pooled"]["n"])
        assert f"{row['events']}/{row['n']}" in files["index.html"]


def test_a_review_without_a_banner_has_none_and_a_seed_has_it_everywhere(
    rendered: dict[str, str], third_analysis: Path, third_review: Path
) -> None:
    from evidence.document.findings import find
    from evidence.review.review import read_review

    assert "Please note" not in rendered["index.html"]
    settings = third_review / "review.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"draft"', '"seed"'), encoding="utf-8")
    seed = find(read_analysis(third_analysis), read_review(third_review))
    files = render(seed)
    assert seed.banner and "not for treatment decisions" in seed.banner
    for name in ("index.html", "report.md", "results.json"):
        assert "not for treatment decisions" in files[name], name


def test_a_section_that_does_not_exist_lists_the_near_ones(findings: Findings, third_analysis: Path) -> None:
    text = third_analysis.read_text(encoding="utf-8")
    third_analysis.write_text(f'sections = ["summary", "resluts"]\n{text}', encoding="utf-8")
    with pytest.raises(DataError) as caught:
        render(replace(findings, analysis=read_analysis(third_analysis)))
    problem = caught.value.problems[0]
    assert (problem.code, problem.line) == ("unknown-section", 1) and "results" in problem.mend


def test_the_analysis_chooses_sections_and_their_order(findings: Findings, third_analysis: Path) -> None:
    text = third_analysis.read_text(encoding="utf-8")
    third_analysis.write_text(f'sections = ["references", "summary"]\n{text}', encoding="utf-8")
    html = render(replace(findings, analysis=read_analysis(third_analysis)))["index.html"]
    assert re.findall(r'<section id="([\w-]+)"', html) == ["references", "summary"]


@pytest.mark.parametrize(
    ("old", "new", "mend"),
    [
        ('"pain_free"', '"painfree"', "pain_free"),
        ('by = ["device"', 'by = ["devise"', "device"),
        ('by = ["device"', 'figures = ["forst"]\nby = ["device"', "forest"),
        ('by = ["device"', 'columns = ["devise"]\nby = ["device"', "device"),
        ('by = ["device"', 'study_limits = "wilsen"\nby = ["device"', "wilson"),
        ('by = ["device"', 'where = {device = "focussed"}\nby = ["device"', "focused"),
    ],
)
def test_a_name_that_does_not_exist_is_placed_and_lists_the_near_ones(
    third_analysis: Path, old: str, new: str, mend: str
) -> None:
    from evidence.document.findings import find
    from evidence.review.review import read_review

    text = third_analysis.read_text(encoding="utf-8")
    assert old in text
    third_analysis.write_text(text.replace(old, new), encoding="utf-8")
    analysis = read_analysis(third_analysis)
    with pytest.raises(EvidenceError) as caught:
        find(analysis, read_review(analysis.review))
    problem = caught.value.problems[0]
    assert problem.file == str(third_analysis) and problem.line and mend in problem.mend


def test_every_section_of_the_registry_can_be_made(findings: Findings) -> None:
    made = {name: function(findings) for name, function in SECTIONS.items()}
    for name, section in made.items():
        assert section is None or section.name == name
    assert made["claims"] is None, "the third review has no claims"
