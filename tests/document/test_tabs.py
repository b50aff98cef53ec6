"""Foldable parts with a tab: one answer below the other, then their panels."""

from __future__ import annotations

from evidence.document.blocks import Block, Details, Heading, paragraph
from evidence.document.tabs import Lead, Panel, Tabs, in_tabs


def answered(name: str, tab: str | None = "Tab") -> tuple[Block, ...]:
    body = (paragraph(f"Numbers of {name}."),)
    return Heading(name, 4, name), paragraph(f"Answer to {name}."), Details(f"Figure of {name}", body, tab=tab)


def test_panels_stand_after_the_last_answer_of_their_heading() -> None:
    after = (Heading("Not asked", 4), paragraph("Nothing."))
    blocks = (paragraph("Intro."), Heading("One"), *answered("a"), *answered("b"), *after, Heading("Two"))
    found = in_tabs(blocks)
    assert [type(block).__name__ for block in found] == [
        *("Paragraph", "Heading", "Heading", "Paragraph", "Lead", "Heading", "Paragraph", "Lead"),
        *("Tabs", "Heading", "Paragraph", "Heading"),
    ]
    assert found[4] == Lead("Figure of a", "panel-a")
    assert found[8] == Tabs(tuple(Panel(f"panel-{x}", "Tab", (paragraph(f"Numbers of {x}."),)) for x in "ab"))


def test_each_heading_has_tabs_of_its_own() -> None:
    blocks = [b for title in "xy" for b in (Heading(title), *answered(f"{title}1"), *answered(f"{title}2"))]
    tabs = [block for block in in_tabs(blocks) if isinstance(block, Tabs)]
    assert [[panel.name for panel in one.panels] for one in tabs] == [
        ["panel-x1", "panel-x2"],
        ["panel-y1", "panel-y2"],
    ]


def test_one_alone_and_parts_without_a_tab_stay_folded() -> None:
    for blocks in ((Heading("One"), *answered("a")), (*answered("a", None), *answered("b", None)), ()):
        assert in_tabs(blocks) == tuple(blocks)
