"""References: only what was seen, and every key that anything may cite."""

from __future__ import annotations

import re

import pytest

from evidence.bibliography.reading import Reference, parse_bibliography
from evidence.document.blocks import Cite, Section, paragraph
from evidence.document.document import assemble
from evidence.document.references import href, methods_bibliography, sources
from evidence.pooling import MODELS, model
from evidence.pooling.notes import citations


def test_every_key_that_a_model_or_a_note_cites_is_in_methods_bib() -> None:
    known = set(methods_bibliography())
    cited = set(citations())
    for name in MODELS:
        cited |= set(model(name).describe()[1])
    for measure in ("PLO", "PFT"):
        cited |= set(model("inverse-variance", measure=measure).describe()[1])
    assert cited <= known, cited - known


def test_every_methods_source_has_a_doi_or_an_address_and_says_when_details_are_missing() -> None:
    for key, source in methods_bibliography().items():
        assert href(source), key
        assert source.title or "[details not seen]" in source.fields.get("note", ""), key


def test_numbers_follow_the_first_mention() -> None:
    known = {key: Reference(key, "misc", title=key) for key in "abc"}
    sections = (
        Section("one", "One", (paragraph("x ", Cite(("c",))),)),
        Section("two", "Two", (paragraph(Cite(("a", "c"))),)),
    )
    document = assemble("t", None, sections, known)
    assert document.numbers == {"c": 1, "a": 2}


def test_a_key_without_an_entry_is_a_defect() -> None:
    with pytest.raises(KeyError, match="nobody2020"):
        assemble("t", None, (Section("s", "S", (paragraph(Cite(("nobody2020",))),)),), {})


def test_the_review_s_own_entry_wins_over_the_methods_one() -> None:
    ours = parse_bibliography("@misc{stijnen2010, title = {Ours}}", "x.bib").references
    assert sources(ours, methods_bibliography())["stijnen2010"].title == "Ours"


def test_methods_bib_holds_no_machine_path() -> None:
    assert not re.search(r"/(?:home|tmp|work)/", str(methods_bibliography()))
