"""What is new: the review as it is now against its latest version and its first one."""

from __future__ import annotations

from collections.abc import Iterator

from ... import display
from ...tables.change_tables import change_table, difference_table
from ...updates.change_text import Told
from ...updates.explained import Explained, paragraph
from ..blocks import Block, Code, Details, Heading, Section, TableBlock
from ..blocks import paragraph as block
from ..changes import SECTION, Changes
from ..findings import Findings

TITLE = "What is new since the previous version"


def section(findings: Findings) -> Section | None:
    """Outcome by outcome, then the tables, then the same since the first version; None without an earlier version."""
    changes = findings.changes
    if changes is None:
        return None
    return Section(SECTION, TITLE, tuple(_blocks(findings, changes)))


def _blocks(findings: Findings, changes: Changes) -> Iterator[Block]:
    news = changes.news
    if news.same:
        labels = ", ".join(news.same)
        yield block(f"Tables, settings and analyses are those of {_version(len(news.same))} {labels}: nothing is new.")
    for label, message in news.unreadable:
        yield block(f"The version {label} can't be compared: {message}.", kind="caution")
    if not news.told:
        return
    latest, *earlier = news.told
    yield block(f"Compared with the version {_when(latest)}.")
    yield from (block(note) for note in latest.before.notes)
    for i, explained in enumerate(latest.outcomes):
        yield from _outcome(changes, i, explained)
    yield from _tables(findings, latest)
    for told in earlier:
        yield _folded(findings, changes, told)


def _version(many: int) -> str:
    return "the version" if many == 1 else "the versions"


def _when(told: Told) -> str:
    made = f", frozen {told.before.day}" if told.before.day else ""
    return f"{told.before.label}{made}"


def _outcome(changes: Changes, which: int, explained: Explained) -> Iterator[Block]:
    """The change since the latest version, its figure and its table, and the history of the estimate."""
    name = changes.names[which]
    yield Heading(explained.after.title, anchor=f"changes-{name}")
    yield block(paragraph(explained).removeprefix(f"{explained.after.title}. "))
    waterfall = changes.waterfalls[which]
    if waterfall is not None:
        yield waterfall.block
    yield from _sources(f"changes-{name}", explained)
    yield changes.histories[which].block


def _sources(name: str, explained: Explained) -> Iterator[Block]:
    table = change_table(name, explained)
    if table is not None:
        yield Details(f"{explained.after.title}: every source of the change in numbers", (TableBlock(table),))


def _tables(findings: Findings, told: Told) -> Iterator[Block]:
    """What differs in each table, counted, and what tells the rest."""
    label, difference = told.before.label, told.difference
    yield Heading(f"The tables since {label}", anchor=f"changes-tables-{label}")
    table = difference_table(f"changes-tables-{label}", label, difference)
    yield block("No table differs.") if table is None else TableBlock(table)
    if difference.renames:
        yield block(f"{display.plural(len(difference.renames), 'id')} renamed.")
    if difference.other:
        yield block(f"Changed as well: {', '.join(difference.other)}.")
    command = f"evidence diff {findings.review.name} --from {label} --all"
    yield block("Row by row: ", Code(command), ".")


def _folded(findings: Findings, changes: Changes, told: Told) -> Details:
    """The same since an earlier version, in words and numbers."""
    label = told.before.label
    blocks: list[Block] = [block(f"Compared with the version {_when(told)}.")]
    blocks += [block(note) for note in told.before.notes]
    for name, explained in zip(changes.names, told.outcomes, strict=True):
        blocks.append(block(paragraph(explained)))
        table = change_table(f"changes-{name}-{label}", explained)
        if table is not None:
            blocks.append(TableBlock(table))
    return Details(f"What is new since the first version, {label}", (*blocks, *_tables(findings, told)))
