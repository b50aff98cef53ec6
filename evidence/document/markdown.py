"""The document as Markdown, for reading in a repository and for comparing versions line by line."""

from __future__ import annotations

from collections.abc import Iterator

from ..tables.rendering import escape_markdown, markdown_link, to_markdown
from .blocks import (
    Block,
    Cite,
    Code,
    Details,
    Emphasis,
    Facts,
    FigureBlock,
    Heading,
    Link,
    Notes,
    Paragraph,
    Points,
    ReferenceList,
    Strong,
    TableBlock,
    Text,
    plain,
)
from .document import Document


def document_to_markdown(document: Document) -> str:
    """The whole document."""
    lines = [f"# {escape_markdown(document.title)}", ""]
    if document.banner:
        lines += [f"> **Please note.** {escape_markdown(document.banner)}", ""]
    writer = _Writer(document)
    for section in document.sections:
        lines += [f"## {escape_markdown(section.title)}", ""]
        for block in section.blocks:
            lines += [*writer.block(block), ""]
    return "\n".join(lines).rstrip() + "\n"


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.tables = {block.table.name: i for i, block in enumerate(document.tables, start=1)}
        self.figures = {block.name: i for i, block in enumerate(document.figures, start=1)}

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading(text=words, level=level):
                yield f"{'#' * level} {escape_markdown(words)}"
            case Paragraph(text=runs, kind=kind):
                words = self.runs(runs)
                yield f"> {words}" if kind == "caution" else words
            case Points(items=items, numbered=numbered):
                for i, item in enumerate(items, start=1):
                    yield f"{f'{i}.' if numbered else '-'} {self.runs(item)}"
            case Facts(items=facts):
                for name, runs in facts:
                    yield f"- **{escape_markdown(name)}**: {self.runs(runs)}"
            case Details(summary=words, blocks=blocks):
                yield f"**{escape_markdown(words)}**"
                for inner in blocks:
                    yield ""
                    yield from self.block(inner)
            case TableBlock(table=table):
                yield f"Table {self.tables[table.name]}. " + to_markdown(table, self.cites)
            case FigureBlock():
                alt = escape_markdown(block.alt)
                yield f"![{alt}](figures/{block.name}.svg)"
                yield ""
                yield f"Figure {self.figures[block.name]}. {escape_markdown(block.caption)}"
            case Notes(notes=notes):
                for note in notes:
                    yield f"- {note.severity}: {escape_markdown(note.text)}{self.cites(note.cites)}"
            case ReferenceList():
                for i, entry in enumerate(self.document.references, start=1):
                    yield f"{f'{i}.' if self.document.numbered else '-'} {self.runs(entry.text)}"

    def runs(self, runs: Text) -> str:
        return "".join(self._run(run) for run in runs)

    def _run(self, run: object) -> str:
        match run:
            case Link(text=words, href=href) if href.startswith("#"):
                return escape_markdown(words)  # the anchors are the page's
            case Link(text=words, href=href):
                return markdown_link(words, href)
            case Strong(text=words):
                return f"**{_spaced(words)}" if words != words.rstrip() else f"**{escape_markdown(words)}**"
            case Emphasis(text=words):
                return f"*{escape_markdown(words)}*"
            case Code(text=words):
                return f"`{words}`"
            case Cite(keys=keys):
                return self.cites(keys).lstrip()
            case str(words):
                return _spaced(words, closing="")
        raise TypeError(f"no rendering for {run!r}")

    def cites(self, keys: tuple[str, ...]) -> str:
        return f" {escape_markdown(plain(self.document.citations[keys]))}" if keys else ""


def _spaced(words: str, closing: str = "**") -> str:
    """Escaped words with the spaces at their ends kept: a run may end where the next begins."""
    inner = escape_markdown(words)
    head = " " if words[:1] == " " else ""
    tail = " " if words[-1:] == " " and words.strip() else ""
    return f"{head}{inner}{closing}{tail}"
