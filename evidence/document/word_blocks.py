"""Blocks of a document as paragraphs and tables of a Word file.

What the page folds stands open below its summary. What print leaves out (``Details.printed``) goes to the appendix if
it stands directly in a section, and stays in the files that come with the document if it is folded twice. Tables that
are too wide for an upright page go to the appendix too, whose pages lie across; a sentence in the text leads there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..pooling.result import Note
from ..tables.table import Table
from .blocks import (
    Block,
    Details,
    Facts,
    FigureBlock,
    Heading,
    Notes,
    Paragraph,
    Points,
    ReferenceList,
    Section,
    TableBlock,
    walk,
)
from .references import Entry
from .word_styles import ACROSS_WIDTH, TEXT_WIDTH, style_id
from .word_tables import fit, table_xml
from .word_xml import Writer, counted, paragraph, run

APPENDIX = "appendix"
#: Sequences that Word counts: tables of the text, of the appendix, figures.
TABLE, APPENDIX_TABLE, FIGURE = "Table", "Table_S", "Figure"
STYLES = {"plain": "Normal", "lead": "Lead", "estimate": "Normal", "caution": "Caution"}


def written(blocks: tuple[Block, ...], folded: bool = False) -> Iterator[Block]:
    """Every block that reaches the file, in reading order: not those that are folded twice and left out of print."""
    for block in blocks:
        if not isinstance(block, Details):
            yield block
        elif block.printed is None:
            yield from written(block.blocks, folded=True)
        elif not folded:
            yield from walk(block.blocks)


@dataclass(frozen=True, slots=True)
class Places:
    """What a block needs of the file around it.

    Attributes:
        writer: Texts to runs. references: For the list of references. numbered: Whether that list has numbers.
        picture: A figure -> its pages as runs. restart: A numbered list that begins at 1 -> its number.
    """

    writer: Writer
    references: tuple[Entry, ...]
    numbered: bool
    picture: Callable[[FigureBlock], list[str]]
    restart: Callable[[], int]


@dataclass
class Body:
    """Writes blocks in reading order, and keeps what belongs to the appendix.

    Attributes:
        places: The file around it.
        later: Headings and blocks of the appendix, in the order of the text.
        numbers: Sequence -> how many it has counted.
    """

    places: Places
    later: list[Heading | Details | TableBlock] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    across: bool = False

    def section(self, section: Section) -> Iterator[str]:
        """A section of the text."""
        yield self._heading(section.title, 1, section.name)
        before = len(self.later)
        for block in section.blocks:
            yield from self.block(block)
        if len(self.later) > before:
            self.later.insert(before, Heading(section.title))

    def appendix(self) -> Iterator[str]:
        """Everything that was kept for it; nothing more may be written to the text afterwards."""
        self.across = True
        yield self._heading("Appendix", 1, APPENDIX)
        for block in self.later:
            match block:
                case Heading(text=words):
                    yield self._heading(words, 2, None)
                case Details(summary=words, blocks=blocks):
                    yield from self._labelled(words, blocks)
                case _:
                    yield from self.block(block)

    def block(self, block: Block, folded: bool = False) -> Iterator[str]:
        """A block of the text; ``folded`` where it stands in a Details of the page."""
        writer = self.places.writer
        match block:
            case Heading(text=words, level=level, anchor=anchor):
                yield self._heading(words, level - 1, anchor)
            case Paragraph(text=runs, kind=kind):
                yield paragraph(STYLES[kind], writer.runs(runs))
            case Points(items=items, numbered=numbered):
                style = style_id("List Number" if numbered else "List Bullet")
                more = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{self.places.restart()}"/></w:numPr>'
                for item in items:
                    yield paragraph(style, writer.runs(item), more=more if numbered else "")
            case Facts(items=facts):
                for term, runs in facts:
                    yield paragraph("Fact", run(f"{term}: ", "Strong") + writer.runs(runs))
            case Details():
                yield from self._details(block, folded)
            case TableBlock(table=table):
                yield from self._table(table)
            case FigureBlock():
                yield from self._figure(block)
            case Notes(notes=notes):
                for note in notes:
                    yield paragraph(style_id("List Bullet"), self._note(note))
            case ReferenceList():
                yield from self._references()
            case _:
                raise TypeError(f"no rendering for {block!r}")

    def _heading(self, words: str, level: int, anchor: str | None) -> str:
        inner = run(words)
        return paragraph(f"Heading{level}", self.places.writer.bookmarks.around(anchor, inner) if anchor else inner)

    def _details(self, block: Details, folded: bool) -> Iterator[str]:
        if block.printed is None or self.across:
            yield from self._labelled(block.summary, block.blocks)
        elif folded:
            yield paragraph("Normal", run(block.printed))
        else:
            self.later.append(block)
            tables = [inner.table for inner in walk(block.blocks) if isinstance(inner, TableBlock)]
            link = self._to_table(tables[0]) if len(tables) == 1 else run("the ") + self._link("appendix", APPENDIX)
            yield paragraph("Normal", run(f"{block.summary.rstrip('.')}: see ") + link + run("."))

    def _to_table(self, table: Table) -> str:
        """A link to the last table that was kept for the appendix."""
        number = sum(isinstance(block, TableBlock) for block in walk(tuple(self.later)))
        return self._link(f"Table S{number}", f"table-{table.name}") + run(" in the appendix")

    def _link(self, words: str, anchor: str) -> str:
        return self.places.writer.link(words, f"#{anchor}")

    def _labelled(self, summary: str, blocks: tuple[Block, ...]) -> Iterator[str]:
        """Blocks below their summary; a table or figure that comes first says itself what it is."""
        if not isinstance(blocks[0], TableBlock | FigureBlock):
            yield paragraph("Label", run(summary))
        for inner in blocks:
            yield from self.block(inner, folded=True)

    def _table(self, table: Table) -> Iterator[str]:
        writer, printed = self.places.writer, table.printed
        fitted = fit(printed, ACROSS_WIDTH if self.across else TEXT_WIDTH)
        if not self.across and not fitted.is_readable:
            self.later.append(TableBlock(table))
            yield paragraph("Normal", self._to_table(table) + run(f": {table.caption}"))
            return
        yield paragraph("Caption", self._label(table.name) + run(f" {table.caption}"), keep=True)
        yield table_xml(printed, fitted, writer)
        for note in printed.footnotes:
            yield paragraph(style_id("Table Note"), run(note))
        yield paragraph(style_id("After Table"), "")

    def _label(self, name: str) -> str:
        """``Table 3.`` or ``Table S3.``, counted by Word."""
        sequence, letter = (APPENDIX_TABLE, "S") if self.across else (TABLE, "")
        return self._counted(f"table-{name}", f"Table {letter}", sequence)

    def _counted(self, anchor: str, words: str, sequence: str) -> str:
        self.numbers[sequence] = self.numbers.get(sequence, 0) + 1
        number = counted(sequence, self.numbers[sequence])
        label = self.places.writer.bookmarks.around(anchor, run(words, "Strong") + number)
        return label + run(".", "Strong")

    def _figure(self, block: FigureBlock) -> Iterator[str]:
        for picture in self.places.picture(block) or [run(block.alt)]:
            yield paragraph("Figure", picture)
        label = self._counted(f"figure-{block.name}", "Figure ", FIGURE)
        yield paragraph(style_id("Figure Caption"), label + run(f" {block.caption}"))

    def _note(self, note: Note) -> str:
        cites = self.places.writer.cites(note.cites)
        severity = run(f"{note.severity[:1].upper()}{note.severity[1:]}: ", "Strong")
        return severity + run(note.text) + (run(" ") + cites if cites else "")

    def _references(self) -> Iterator[str]:
        for i, entry in enumerate(self.places.references, start=1):
            writer, anchor = self.places.writer, f"ref-{i}"
            if self.places.numbered:
                number = writer.bookmarks.around(anchor, run(f"{i}."))
                yield paragraph("Bibliography", f"{number}<w:r><w:tab/></w:r>{writer.runs(entry.text)}")
            else:
                yield paragraph("Bibliography", writer.bookmarks.around(anchor, writer.runs(entry.text)))
