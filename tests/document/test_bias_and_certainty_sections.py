"""Sections of risk of bias and of certainty: what raters typed, and how to add it where nobody has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.counts import Counts
from evidence.document.blocks import Cite, Code, Details, Paragraph, Points, Section, TableBlock, plain, walk
from evidence.document.document import assemble
from evidence.document.findings import Findings
from evidence.document.found import found
from evidence.document.html import to_html
from evidence.document.markdown import document_to_markdown
from evidence.document.references import methods_bibliography, sources
from evidence.document.sections import SECTIONS, certainty, risk_of_bias
from evidence.pooling import pool
from evidence.pooling.result import Pooled
from evidence.review.review import read_review
from tests.document.conftest import ANALYSIS
from tests.thirdreview import write_third_review

APPRAISED = [
    *(f"bo-2002,jbi-case-series,{item},{rater},yes,read so,p. 2" for item in range(1, 11) for rater in "AB"),
    'na,jbi-case-reports,1,A,no,"<script>alert(1)</script> & ""β"" | `x`",',
    "na,jbi-case-reports,1,B,unclear,,",
]
RATED = [
    "improved,,start,,low,no comparison group,A",
    'improved,,risk_of_bias,serious,,"<script>alert(1)</script> & ""β"" | `x`",A',
    "improved,,overall,,very_low,,A",
    "not_improved,,overall,,low,,A",
]
HEADERS = {
    "appraisals": "study_id,tool,item,rater,judgement,support,source_location",
    "certainty": "outcome,selection,domain,judgement,certainty,reason,rater",
}
With = Callable[[Mapping[str, list[str]]], Findings]


@pytest.fixture(scope="module")
def with_tables(findings: Findings, tmp_path_factory: pytest.TempPathFactory) -> With:
    """The findings of the third review, with further tables beside its own."""

    def made(tables: Mapping[str, list[str]]) -> Findings:
        folder = write_third_review(tmp_path_factory.mktemp("more") / "heel-pain")
        for name, rows in tables.items():
            (folder / f"{name}.csv").write_text("\n".join([HEADERS[name], *rows]) + "\n", encoding="utf-8")
        return replace(findings, review=read_review(folder))

    return made


@pytest.fixture(scope="module")
def judged(with_tables: With) -> Findings:
    return with_tables({"appraisals": APPRAISED, "certainty": RATED})


def words(section: Section) -> str:
    said = []
    for block in walk(section.blocks):
        if isinstance(block, Paragraph):
            said.append(plain(block.text))
        if isinstance(block, Points):
            said += [plain(item) for item in block.items]
    return " ".join(said)


def tables(section: Section) -> dict[str, TableBlock]:
    return {block.table.name: block for block in walk(section.blocks) if isinstance(block, TableBlock)}


def test_the_sections_stand_in_their_places() -> None:
    names = list(SECTIONS)
    assert names.index("risk-of-bias") == names.index("characteristics") + 1
    assert names.index("results") < names.index("certainty") < names.index("excluded")
    assert "sections" not in ANALYSIS  # The default is all of them.


@pytest.mark.parametrize(("name", "table"), [("risk-of-bias", "appraisals"), ("certainty", "certainty")])
def test_what_is_not_done_says_so_and_how(findings: Findings, name: str, table: str) -> None:
    section = SECTIONS[name](findings)
    assert section is not None
    first = next(block for block in section.blocks if isinstance(block, Paragraph))
    assert first.kind == "caution" and plain(first.text).startswith(("Not done yet", "Not judged yet"))
    text = words(section)
    assert f"{table}.csv" in text and "abstracts" in text
    points = next(block for block in section.blocks if isinstance(block, Points))
    copied = [run.text for item in points.items for run in item if isinstance(run, Code)]
    assert copied == [HEADERS[table]]


def test_a_tool_of_the_review_is_told_with_its_source_where_the_others_are_cited(
    findings: Findings, tmp_path: Path
) -> None:
    folder = write_third_review(tmp_path / "heel-pain")
    with (folder / "review.toml").open("a", encoding="utf-8") as file:
        file.write('[appraisal.heel-list]\ntitle = "Heel list"\nsource = "our protocol"\nitems = ["Side told"]\n')
    rows = [HEADERS["appraisals"], "bo-2002,heel-list,1,A,yes,,", APPRAISED[-1]]
    (folder / "appraisals.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    section = risk_of_bias.section(replace(findings, review=read_review(folder)))
    assert "Heel list: our protocol." in words(section)
    cited = [
        run.keys
        for block in walk(section.blocks)
        if isinstance(block, Paragraph)
        for run in block.text
        if isinstance(run, Cite)
    ]
    assert cited == [("jbi2017",)]
    assert "risk-of-bias-heel-list" in tables(section)


def test_without_ratings_the_table_still_says_what_was_found(findings: Findings) -> None:
    table = tables(certainty.section(findings))["certainty"].table
    assert [row[0].text for row in table.rows] == [one.spec.title for one in findings.outcomes]
    assert {row[-1].text for row in table.rows} == {"not judged yet"}
    assert all(sentence.text.endswith("Certainty (GRADE): not judged yet.") for sentence in found(findings))


def test_ratings_by_value(judged: Findings) -> None:
    section = certainty.section(judged)
    rows = {row[0].text: row[-1].text for row in tables(section)["certainty"].table.rows}
    assert rows == {"Improved": "⊕○○○ very low (a, b, c)", "Free of pain": "not judged yet"}
    text = words(section)
    assert "Not judged yet: Free of pain." in text and "Judged, but not analysed here: Not improved." in text
    domains = tables(section)["certainty-domains"].table
    assert [[cell.text for cell in row[:3]] for row in domains.rows] == [
        ["Improved", "Starting level", "low"],
        ["Improved", "Risk of bias", "serious"],
        ["Improved", "Overall", "very low"],
    ]
    assert found(judged)[0].text.endswith("Certainty (GRADE): ⊕○○○ very low.")


def test_appraisals_by_value(judged: Findings) -> None:
    section = risk_of_bias.section(judged)
    text = words(section)
    assert "2 of 5 studies appraised: JBI case series 1, JBI case reports 1." in text
    assert "Not appraised: Ada 2001, Cy 2010, Di 2011." in text
    # 10 items judged yes by both, 1 judged no and unclear: 10 of 11 is 90.9 %.
    assert "Before consensus, A and B judged 10 of 11 items alike (91 %)." in text
    assert "Raters differ on 1 judgement and have not settled it." in text
    assert "nothing is weighted or added up to a score" in text
    made = tables(section)
    series = made["risk-of-bias-jbi-case-series"].table
    assert [cell.text for cell in series.rows[0]] == ["Bo 2002", *["yes"] * 10, "A, B"]
    reports = made["risk-of-bias-jbi-case-reports"].table
    assert [cell.text for cell in reports.rows[0]] == ["NA", "open", *["–"] * 7, "A, B"]
    agreed = made["risk-of-bias-agreement"].table
    # Both raters said yes once to each of the ten items: chance explains it all, so kappa is not defined.
    assert [cell.text for cell in agreed.printed.rows[0]][3:] == ["A and B", "1", "1", "100 %", "–", "1.00"]
    assert [cell.text for cell in agreed.printed.rows[-1]][3:] == ["A and B", "1", "0", "0 %", "0.00", "-0.20"]
    assert "Without limits: all agree" in agreed.footnotes[1] and "one thing rated" in agreed.footnotes[1]
    every = made["risk-of-bias-judgements"].table
    assert len(every.rows) == 11 and every.rows[-1][4].text == "no" and every.rows[-1][5].text == "unclear"


def test_a_settled_difference_has_its_mark_and_nothing_is_a_total(with_tables: With) -> None:
    rows = [f"na,jbi-case-reports,2,{rater},{word},," for rater, word in (("A", "no"), ("B", "yes"))]
    made = with_tables({"appraisals": [*rows, "na,jbi-case-reports,2,consensus,not_applicable,,"]})
    table = tables(risk_of_bias.section(made))["risk-of-bias-jbi-case-reports"].table
    assert table.rows[0][2].text == "n/a*" and table.rows[0][2].value == "not_applicable"
    assert not any("total" in column.heading.lower() or "score" in column.heading.lower() for column in table.columns)


def test_hostile_text_is_whole_and_escaped_on_the_page_and_in_markdown(judged: Findings) -> None:
    known = sources(judged.review.references, methods_bibliography())
    document = assemble("T", None, (risk_of_bias.section(judged), certainty.section(judged)), known)
    page, text = to_html(document), document_to_markdown(document)
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;β&#34; | `x`") == 3
    assert '\\<script\\>alert(1)\\</script\\> &amp; "β" \\| \\`x\\`' in text


def test_every_judgement_is_folded_not_lost(judged: Findings) -> None:
    folded = [block for block in risk_of_bias.section(judged).blocks if isinstance(block, Details)]
    assert [block.summary for block in folded] == [
        "Agreement of raters, item by item",
        "Every judgement of every rater, and what it rests on",
    ]


def test_a_report_of_all_reports_included_says_so(findings: Findings, tmp_path: Path) -> None:
    from evidence.document.sections import excluded

    folder = write_third_review(tmp_path / "heel-pain")
    for name, gone in (("screening", "ada2001b"), ("screening", "ed2012")):
        path = folder / f"{name}.csv"
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(f"{gone},")]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    text = (folder / "reports.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in text if not line.startswith(("ada2001b,", "ed2012,"))]
    (folder / "reports.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    review = read_review(folder)
    section = excluded.section(replace(findings, review=review, flow=review.flow))
    assert words(section) == "Every report that was screened is included."


def test_reports_that_are_not_in_are_counted_with_their_reasons(findings: Findings) -> None:
    from evidence.document.sections import excluded

    section = excluded.section(findings)
    said = "Reports awaiting classification: 0; excluded reports: 1; further reports: 1."
    assert words(section) == said
    assert [cell.text for cell in tables(section)["excluded"].table.rows[0]][2:4] == [
        "not shock waves",
        "title or abstract",
    ]


def test_records_that_only_an_abstract_was_read_of_are_counted_not_listed(findings: Findings) -> None:
    from evidence.document.sections import excluded

    review = findings.review
    reports = review.tables["reports"]
    bare = replace(review, tables={**review.tables, "reports": reports[reports["report_id"] != "ed2012"]})
    section = excluded.section(replace(findings, review=bare, flow=bare.flow))
    assert words(section) == (
        "Reports awaiting classification: 0; excluded reports: 0; further reports: 1. Beside these, 1 record excluded"
        " by title or abstract."
    )
    assert list(tables(section)) == ["further-reports"]


def test_counts_that_are_not_pooled_are_no_rates(findings: Findings) -> None:
    two_studies = pool(Counts([10, 20], [20, 30]), model="common-effect")
    assert isinstance(two_studies, Pooled)
    sparse = replace(findings, outcomes=(replace(findings.outcomes[0], pooled=two_studies),))
    (sentence,) = found(sparse)
    assert sentence.text == (
        "30 of 50 patients had it. Fewer than 3 studies: the counts are shown and not pooled. Certainty (GRADE): not"
        " judged yet."
    )
    assert dict(sentence.numbers) == {"events": 30, "n": 50}
