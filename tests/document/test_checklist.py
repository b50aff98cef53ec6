"""The PRISMA checklist: every link leads somewhere, and an item changes when its data appear."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evidence.analysis import QuestionRequest
from evidence.document.blocks import Paragraph, TableBlock, plain
from evidence.document.build import make
from evidence.document.findings import Findings
from evidence.document.html import to_html
from evidence.document.markdown import document_to_markdown
from evidence.document.prisma_items import ITEMS, STATES, UNPUBLISHED, Gap
from evidence.document.questioning import Answered
from evidence.document.sections import checklist, made_sections
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.questions import QUESTIONS, ask
from evidence.tables.table import Cell

NUMBERS = (
    "1 2 3 4 5 6 7 8 9 10a 10b 11 12 13a 13b 13c 13d 13e 13f 14 15 16a 16b 17 18 19 20a 20b 20c 20d 21 22"
    " 23a 23b 23c 23d 24a 24b 24c 25 26 27"
)


def rows(findings: Findings) -> dict[str, dict[str, Cell]]:
    """Item -> column -> cell."""
    (block,) = [block for block in checklist.section(findings).blocks if isinstance(block, TableBlock)]
    keys = [column.key for column in block.table.columns]
    return {row[0].text: dict(zip(keys, row, strict=True)) for row in block.table.rows}


def gap(findings: Findings, number: str) -> Gap | None:
    (item,) = [item for item in ITEMS if item.number == number]
    return item.gap(findings)


def state(findings: Findings, number: str) -> str:
    found = gap(findings, number)
    return "reported" if found is None else found.state


def todo(findings: Findings, number: str) -> str:
    found = gap(findings, number)
    return "" if found is None else found.todo


def changed(findings: Findings, tables: dict[str, list[dict[str, Any]]] | None = None, **settings: Any) -> Findings:
    """The findings as if the review had these tables and settings."""
    review = findings.review
    frames = {name: pd.DataFrame(values) for name, values in (tables or {}).items()}
    review = replace(review, settings=replace(review.settings, **settings), tables={**review.tables, **frames})
    return replace(findings, review=review)


def test_every_item_of_prisma_2020_is_there_once() -> None:
    assert [item.number for item in ITEMS] == NUMBERS.split()
    assert {re.sub(r"\D", "", item.number) for item in ITEMS} == {str(n) for n in range(1, 28)}
    assert len({item.topic for item in ITEMS}) == len(ITEMS)


def test_every_link_leads_to_a_section_of_the_document(findings: Findings) -> None:
    page = to_html(make(findings))
    found = page[page.index('<section id="prisma-checklist"') :]
    found = found[: found.index("</section>")]
    links = set(re.findall(r'<td[^>]*><a href="#([^"]+)">', found))
    assert {"question", "flow", "results", "methods", "provenance"} <= links
    assert links <= set(re.findall(r'<section id="([^"]+)"', page))


def test_no_item_leads_to_a_section_that_the_document_lacks(findings: Findings) -> None:
    few = replace(findings, analysis=replace(findings.analysis, sections=("results", "prisma-checklist", "references")))
    cells = [row[key] for row in rows(few).values() for key in ("where", "further")]
    assert {cell.href for cell in cells} == {None, "#results"}
    assert rows(few)["12"]["state"].text == checklist.ABSENT
    assert "name it in its sections" in rows(few)["12"]["missing"].text
    page = to_html(make(few))
    assert '<a href="#results">Results</a>' in page and 'href="#methods"' not in page


def test_in_markdown_the_places_are_words_without_links(findings: Findings) -> None:
    text = document_to_markdown(make(findings))
    assert "| Question and eligibility |" in text and "](<#" not in text


def test_the_first_sentence_counts_the_states(findings: Findings) -> None:
    first = checklist.section(findings).blocks[0]
    assert isinstance(first, Paragraph)
    said = plain(first.text)
    states = [row["state"].text for row in rows(findings).values()]
    assert set(states) <= {*STATES, checklist.ABSENT}
    assert said.startswith(f"{states.count('reported')} of {len(NUMBERS.split())} items are reported here")
    assert sum(int(n) for n in re.findall(r" (\d+)[,)]", said.partition("]")[0])) == len(
        [one for one in states if one != "reported"]
    )


def test_what_is_missing_is_said_wherever_it_is_missing_and_nowhere_else(findings: Findings) -> None:
    for row in rows(findings).values():
        assert bool(row["missing"].text) == (row["state"].text != "reported")


@pytest.mark.parametrize(
    ("item", "key"), [("24a", "registration"), ("24b", "protocol"), ("25", "funding"), ("26", "interests")]
)
def test_an_empty_text_is_not_stated_and_a_filled_one_is_reported(findings: Findings, item: str, key: str) -> None:
    empty, filled = changed(findings, None, **{key: None}), changed(findings, None, **{key: "Somewhere"})
    assert state(empty, item) == "not stated" and key in todo(empty, item)
    assert state(filled, item) == "reported"


def test_sources_need_databases_and_a_date(findings: Findings) -> None:
    assert state(changed(findings, databases=(), search_date=None), "6") == "not done yet"
    assert state(changed(findings, databases=("A",), search_date=None), "6") == "in part"
    assert state(changed(findings, databases=("A",), search_date="2024"), "6") == "reported"


def test_strategies_are_those_of_the_search_log(findings: Findings) -> None:
    search = {"search_id": "s1", "source": "A", "date": None, "query": "heel AND wave", "records": 7}
    assert state(changed(findings, {"searches": []}), "7") == "not done yet"
    assert state(changed(findings, {"searches": [search]}), "7") == "reported"
    lacking = changed(findings, {"searches": [search, {**search, "search_id": "s2", "query": None}]})
    assert state(lacking, "7") == "in part" and "s2" in todo(lacking, "7")
    page = to_html(make(changed(findings, {"searches": [search]})))
    assert "heel AND wave" in page and 'id="table-searches"' in page


def test_records_that_were_counted_flip_the_flow(findings: Findings) -> None:
    assert state(findings, "16a") == "in part"
    streams = tuple(
        replace(stream, sources=tuple(replace(source, records=9) for source in stream.sources))
        for stream in findings.flow.searched
    )
    assert streams
    assert state(replace(findings, flow=replace(findings.flow, searched=streams)), "16a") == "reported"


def test_risk_of_bias_is_not_done_then_in_part_then_reported(findings: Findings) -> None:
    studies = [str(row["study_id"]) for row in findings.review.rows("studies")]
    assert [state(findings, item) for item in ("11", "18", "20a")] == ["not done yet", "not done yet", "in part"]
    one = changed(findings, {"appraisals": [{"study_id": studies[0]}]})
    assert state(one, "18") == "in part"
    assert f"{len(studies) - 1} studies are not judged" in todo(one, "18")
    done = changed(findings, {"appraisals": [{"study_id": name} for name in studies]})
    assert {state(done, "11"), state(done, "18")} == {"reported"}
    assert state(done, "20a") == "reported"


def test_certainty_is_not_done_then_in_part_then_reported(findings: Findings) -> None:
    names = [found.request.outcome for found in findings.outcomes]
    assert [state(changed(findings, {"certainty": []}), item) for item in ("15", "22")] == ["not done yet"] * 2
    one = changed(findings, {"certainty": [{"outcome": names[0]}]})
    assert state(one, "22") == "in part" and findings.outcomes[1].spec.title in todo(one, "22")
    done = changed(findings, {"certainty": [{"outcome": name} for name in names]})
    assert state(done, "22") == "reported"


def answered(findings: Findings, question: str) -> Findings:
    """The findings as if the first outcome had been asked one question."""
    first = findings.outcomes[0]
    answer = ask("leave-one-out", Asked(first.selection, first.request.model))
    given = Answered(QuestionRequest(question), "Asked?", question, answer)
    return replace(findings, outcomes=(replace(first, answers=(given,)), *findings.outcomes[1:]))


def test_extraction_by_two_people_needs_their_agreement_shown(findings: Findings, tmp_path: Path) -> None:
    seen = replace(findings, review=replace(findings.review, path=tmp_path))
    assert state(seen, "9") == "not stated"
    (tmp_path / "extraction").mkdir()
    for name, then in (("a", "in part"), ("b", "in part")):
        (tmp_path / "extraction" / f"extractor_{name}_outcomes.csv").write_text("")
        assert state(seen, "9") == then
    assert "how far the extractors agree" in todo(seen, "9")
    assert state(answered(seen, "extractors"), "9") == "reported"


@pytest.mark.parametrize("question", sorted(UNPUBLISHED))
def test_questions_about_the_unpublished_flip_their_items(findings: Findings, question: str) -> None:
    assert set(QUESTIONS) >= UNPUBLISHED
    assert [item.gap(findings) is None for item in ITEMS if item.number in ("14", "21")] == [False, False]
    asked = answered(findings, question)
    assert [item.gap(asked) is None for item in ITEMS if item.number in ("14", "21")] == [True, True]


def test_an_answer_leads_to_the_section_on_sensitivity(findings: Findings) -> None:
    asked = answered(findings, "report-size")
    assert state(asked, "21") == "reported" and rows(asked)["21"]["where"].href == "#sensitivity"


def test_a_title_that_calls_it_a_systematic_review(findings: Findings) -> None:
    assert state(findings, "1") == "not stated"
    named = replace(findings, analysis=replace(findings.analysis, title="Heels: a Systematic Review"))
    assert state(named, "1") == "reported"


def test_the_checklist_is_made_of_the_other_sections_only_once(findings: Findings) -> None:
    assert checklist.NAME not in {section.name for section in made_sections(findings, without=checklist.NAME)}
    assert checklist.NAME in {section.name for section in made_sections(findings)}
