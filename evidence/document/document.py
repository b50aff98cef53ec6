"""The document: sections in order, with every table, figure and reference numbered once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .blocks import FigureBlock, Section, TableBlock, Text, clusters, walk
from .citation_style import CitationStyle, own_style
from .references import Entry

if TYPE_CHECKING:
    from ..bibliography.reading import Reference


@dataclass(frozen=True, slots=True)
class Document:
    """What is rendered; a rendering adds nothing to it.

    Attributes:
        title: Of the whole.
        banner: Sentence that every output must carry, or None.
        sections: In reading order.
        references: Every reference cited, in the order of their list: number i is ``references[i - 1]``, and its anchor
            ``ref-i``. A numeric style that does not sort has them in the order of first mention.
        citations: Keys that are cited together -> what stands in the text, as the style has it.
        numbered: Whether the list of references has numbers.
    """

    title: str
    banner: str | None
    sections: tuple[Section, ...]
    references: tuple[Entry, ...]
    citations: Mapping[tuple[str, ...], Text] = field(default_factory=dict)
    numbered: bool = True

    @property
    def numbers(self) -> dict[str, int]:
        """Key of a reference -> its number."""
        return {entry.key: i for i, entry in enumerate(self.references, start=1)}

    @property
    def tables(self) -> tuple[TableBlock, ...]:
        """Every table in reading order: number i is ``tables[i - 1]``."""
        return tuple(block for block in self._blocks() if isinstance(block, TableBlock))

    @property
    def figures(self) -> tuple[FigureBlock, ...]:
        """Every figure in reading order: number i is ``figures[i - 1]``."""
        return tuple(block for block in self._blocks() if isinstance(block, FigureBlock))

    def _blocks(self) -> Iterator[object]:
        for section in self.sections:
            yield from walk(section.blocks)


def assemble(
    title: str,
    banner: str | None,
    sections: tuple[Section, ...],
    sources: Mapping[str, Reference],
    style: CitationStyle | None = None,
) -> Document:
    """Number what the sections cite.

    Args:
        title, banner, sections: Of the document.
        sources: References by key.
        style: Of citations and references; our own, numeric one if None.

    Raises:
        KeyError: a key is cited that no bibliography has (a defect of the section or of methods.bib).
        DataError: the style can't be printed.
    """
    from .citing import print_references

    cited = [cluster for section in sections for cluster in clusters(section.blocks)]
    printed = print_references(cited, sources, style or own_style())
    return Document(title, banner, sections, printed.entries, printed.citations, printed.numbered)
