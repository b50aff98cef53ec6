"""What a document is made of, before it becomes a page, a Markdown file or anything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..pooling.result import Note
from ..tables.table import Table

if TYPE_CHECKING:
    from ..figures.page import Page


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads to an address, or to an anchor of this document (``#name``)."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Text that a hurried reader must not miss."""

    text: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Text in italics, as a style of references has it."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Text that is typed into a terminal."""

    text: str


@dataclass(frozen=True, slots=True)
class Cite:
    """References by key; printed as the style has it: numbers in the order of first mention, or authors and years."""

    keys: tuple[str, ...]


Kind = Literal["plain", "lead", "estimate", "caution"]
Run = str | Link | Strong | Emphasis | Code | Cite
Text = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section: level 3 or 4; ``anchor`` is its id on the page."""

    text: str
    level: Literal[3, 4] = 3
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``kind`` says what it is: plain, ``lead`` (a result), ``estimate`` (numbers with their limits) or
    ``caution`` (a warning beside them).
    """

    text: Text
    kind: Kind = "plain"


@dataclass(frozen=True, slots=True)
class Points:
    """A list; numbered where the order matters."""

    items: tuple[Text, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms and what is known of each."""

    items: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that stand folded on the page and open in print.

    Attributes:
        summary: What is folded. blocks: What unfolds.
        printed: Stands in their place in print, if given.
        tab: Its title where it stands in a row of tabs on the page, with the others below the same heading.
    """

    summary: str
    blocks: tuple[Block, ...]
    printed: str | None = None
    tab: str | None = None


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table, numbered when the document is put together."""

    table: Table


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A drawn figure.

    Attributes:
        name: File name without suffix.
        svg: The drawing.
        alt: What a reader who can't see it must know.
        caption: Its title, one or two sentences.
        pages: The same as shapes in mm, for formats that can't have SVG; a long figure is broken into several.
        rows: Name of the table whose rows its studies are, or None.
    """

    name: str
    svg: str
    alt: str
    caption: str
    pages: tuple[Page, ...] = ()
    rows: str | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """Caveats of a result."""

    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """Every reference cited in the document, by number; filled in when the document is put together."""


Block = Heading | Paragraph | Points | Facts | Details | TableBlock | FigureBlock | Notes | ReferenceList


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a document: ``name`` is its key in SECTIONS and its anchor."""

    name: str
    title: str
    blocks: tuple[Block, ...]


def text(*runs: Run) -> Text:
    """Runs as a text, without the empty ones."""
    return tuple(run for run in runs if run != "")


def paragraph(*runs: Run, kind: Kind = "plain") -> Paragraph:
    """A paragraph of runs."""
    return Paragraph(text(*runs), kind)


def plain(runs: Text) -> str:
    """The words of a text, without links and reference numbers."""
    return "".join(run if isinstance(run, str) else "" if isinstance(run, Cite) else run.text for run in runs)


def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Every block in reading order, folded ones included."""
    for block in blocks:
        yield block
        if isinstance(block, Details):
            yield from walk(block.blocks)


def cited(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Keys of references in reading order, with repeats."""
    for cluster in clusters(blocks):
        yield from cluster


def clusters(blocks: tuple[Block, ...]) -> Iterator[tuple[str, ...]]:
    """Keys that are cited together, in reading order, with repeats."""
    for block in walk(blocks):
        match block:
            case Paragraph(text=runs):
                yield from _clusters(runs)
            case Points(items=items):
                for item in items:
                    yield from _clusters(item)
            case Facts(items=facts):
                for _, runs in facts:
                    yield from _clusters(runs)
            case TableBlock(table=table):
                yield from (cell.cites for row in table.rows for cell in row if cell.cites)
            case Notes(notes=notes):
                yield from (note.cites for note in notes if note.cites)
            case _:
                pass


def _clusters(runs: Text) -> Iterator[tuple[str, ...]]:
    for run in runs:
        if isinstance(run, Cite) and run.keys:
            yield run.keys
