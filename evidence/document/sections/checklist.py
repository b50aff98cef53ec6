"""The PRISMA 2020 checklist: where each item is in this document, and what it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ...tables.table import Cell, Table, TableColumn
from ..blocks import Cite, Section, TableBlock, paragraph
from ..findings import Findings
from ..prisma_items import ITEMS, STATES, Item

NAME = "prisma-checklist"
REPORTED, ABSENT = "reported", "not in this document"
COLUMNS = (
    TableColumn("item", "Item", where="csv"),
    TableColumn("part", "Part", where="csv"),
    TableColumn("topic", "Topic", where="csv"),
    TableColumn("named", "Item", wide=True, where="page"),
    TableColumn("state", "Here"),
    TableColumn("where", "Where"),
    TableColumn("further", "And"),
    TableColumn("missing", "What is missing", wide=True),
)
STATE = [column.key for column in COLUMNS].index("state")
#: What a section lacks that the document could have.
LEFT_OUT = "the analysis leaves this section out: name it in its sections"


def section(findings: Findings) -> Section:
    """Every item with links to the sections that this document has; computed from what the review holds."""
    from . import made_sections

    titles = {one.name: one.title for one in made_sections(findings, without=NAME)}
    rows = [_row(item, findings, titles) for item in ITEMS]
    counts = Counter(row[STATE].text for row in rows)
    others = ", ".join(f"{state} {counts[state]}" for state in (*STATES, ABSENT) if counts[state] and state != REPORTED)
    words = f"{counts[REPORTED]} of {len(rows)} items are reported here{f' ({others})' if others else ''}."
    intro = paragraph(
        f"{words} Numbers and topics are those of PRISMA 2020 ",
        Cite(("page2021",)),
        ", in our words. “Reported” says that the data hold what the item asks for; whether it is enough is for the"
        " authors to judge.",
    )
    caption = "Items of PRISMA 2020, and where each is."
    return Section(NAME, "PRISMA 2020 checklist", (intro, TableBlock(Table(NAME, caption, COLUMNS, tuple(rows)))))


def _row(item: Item, findings: Findings, titles: Mapping[str, str]) -> tuple[Cell, ...]:
    gap = item.gap(findings)
    state, missing = (REPORTED, "") if gap is None else (str(gap.state), gap.todo)
    places = [name for name in item.places if name in titles][:2]
    if gap is None and item.places and not places:
        state, missing = ABSENT, LEFT_OUT
    where = [_place(name, titles) for name in places] + [Cell("")] * (2 - len(places))
    words = [item.number, item.part, item.topic, f"{item.number} {item.topic}", state]
    return (*(Cell(word, word) for word in words), *where, Cell(missing, missing or None))


def _place(name: str, titles: Mapping[str, str]) -> Cell:
    return Cell(titles[name], name, f"#{name}")
