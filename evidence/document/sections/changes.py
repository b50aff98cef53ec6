"""What is new: the review as it is now against its latest version and its first one, and every version as a row."""

from __future__ import annotations

from collections.abc import Iterator

from ... import display
from ...tables.change_tables import change_table, difference_table
from ...tables.version_tables import version_table
from ...updates.change_text import Told
from ...updates.conclusions import Judged, judgement
from ...updates.explained import Explained, paragraph
from ..blocks import Block, Code, Details, Heading, Points, Section, Strong, TableBlock, Text, text
from ..blocks import paragraph as block
from ..changes import CHANGES, SECTION, Changes
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
    yield block(" ".join((f"Compared with the version {_when(latest)}.", *latest.before.notes)))
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
    """The change since the latest version, its figure and its table, the conclusions, and every version."""
    name = changes.names[which]
    yield Heading(explained.after.title, anchor=f"changes-{name}")
    yield block(paragraph(explained).removeprefix(f"{explained.after.title}. "))
    if explained.conclusions:
        yield Points(tuple(_concluded(explained, one) for one in explained.conclusions))
    waterfall = changes.waterfalls[which]
    if waterfall is not None:
        yield waterfall.block
    yield from _sources(f"changes-{name}", explained, waterfall is not None)
    drawing = changes.histories[which]
    if drawing is not None:
        yield drawing.block
    yield TableBlock(version_table(f"versions-{name}", changes.news.histories[which]))


def _concluded(explained: Explained, found: Judged) -> Text:
    before = "" if explained.before is None else explained.before.label
    return text(Strong(found.conclusion.said), f": {judgement(found, before, explained.after.label)}.")


def _sources(name: str, explained: Explained, drawn: bool) -> Iterator[Block]:
    """Every source in numbers; a figure shows them in print."""
    table = change_table(name, explained)
    if table is not None:
        what = f"{explained.after.title}: every source of the change in numbers"
        yield Details(what, (TableBlock(table),), f"{what}: tables/{table.name}.csv." if drawn else None)


def _tables(findings: Findings, told: Told) -> Iterator[Block]:
    """What differs in each table, counted, and what tells the rest."""
    label, difference = told.before.label, told.difference
    yield Heading(f"The tables since {label}", anchor=f"changes-tables-{label}")
    table = difference_table(f"changes-tables-{label}", label, difference)
    yield block("No table differs.") if table is None else TableBlock(table)
    said = []
    if difference.renames:
        said.append(f"{display.plural(len(difference.renames), 'id')} renamed. ")
    if difference.other:
        said.append(f"Changed as well: {', '.join(difference.other)}. ")
    command = f"evidence diff {findings.review.name} --from {label} --all"
    yield block(*said, "Row by row: ", Code(command), ".")


def _folded(findings: Findings, changes: Changes, told: Told) -> Details:
    """The same since the first version, in words and numbers; in print what tells it elsewhere."""
    label = told.before.label
    blocks: list[Block] = [block(" ".join((f"Compared with the version {_when(told)}.", *told.before.notes)))]
    files = []
    for name, explained in zip(changes.names, told.outcomes, strict=True):
        blocks.append(block(paragraph(explained)))
        table = change_table(f"changes-{name}-{label}", explained)
        if table is not None:
            blocks.append(TableBlock(table))
            files.append(f"tables/{table.name}.csv")
    summary = f"What is new since the first version, {label}"
    where = ", ".join([*files, *([f"data/{findings.review.name}/{CHANGES}"] if changes.kept else [])])
    printed = f"{summary}: {where or f'evidence diff {findings.review.name} --from {label}'}."
    return Details(summary, (*blocks, *_tables(findings, told)), printed)
