"""The document: sections in order, with every table, figure and reference numbered once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .blocks import FigureBlock, Section, TableBlock, cited, walk
from .references import Entry


@dataclass(frozen=True, slots=True)
class Document:
    """What is rendered; a rendering adds nothing to it.

    Attributes:
        title: Of the whole.
        banner: Sentence that every output must carry, or None.
        sections: In reading order.
        references: Every reference cited, in the order of first mention: number i is ``references[i - 1]``.
    """

    title: str
    banner: str | None
    sections: tuple[Section, ...]
    references: tuple[Entry, ...]

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


def assemble(title: str, banner: str | None, sections: tuple[Section, ...], entries: Mapping[str, Entry]) -> Document:
    """Number what the sections cite.

    Raises:
        KeyError: a key is cited that no bibliography has (a defect of the section or of methods.bib).
    """
    keys = dict.fromkeys(key for section in sections for key in cited(section.blocks))
    return Document(title, banner, sections, tuple(entries[key] for key in keys))
