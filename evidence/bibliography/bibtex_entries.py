"""BibTeX cut into entries, each with its exact place: one that is broken takes nothing of the next with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from .latex import quiet
from .reading import first_line, is_remark

if TYPE_CHECKING:
    from bibtexparser.library import Library
    from bibtexparser.model import Block
    from bibtexparser.model import Entry as Parsed

#: What starts a block: an ``@type{`` at the start of a line.
START = re.compile(r"^[ \t]*(?=@[A-Za-z]\w*[ \t]*[{(])", re.MULTILINE)
#: Blocks that are no records.
ASIDE = ("comment", "string", "preamble", "xdata", "set", "control", "bstctl", "ieeetranbstctl")
_KIND = re.compile(r"@\s*(\w*)")
_FIRST = re.compile(r"\s*(\S)")
_MARKS = re.compile(r'(?<!\\)[{}"]')
_REST = re.compile(r"(\s*)(?:#|$)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, or what is left of it.

    Attributes:
        kind, key: Type in lower case, citation key ("" where there is none).
        fields: ``(name, value)`` in lower case and as LaTeX, without the outer braces or quotes; a name may repeat.
        start, end, line: Its place in the text; 1-based line.
        broken: Its first line, where it can't be read.
    """

    kind: str
    key: str
    fields: tuple[tuple[str, str], ...]
    start: int
    end: int
    line: int
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Text that belongs to no record: where, and how it begins; ``kind`` is ``text`` or of a block that is broken."""

    kind: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """From one ``@type{`` at the start of a line to the next."""

    text: str
    start: int
    line: int


def entries(text: str) -> tuple[list[Entry], list[Remark]]:
    """The entries of a BibTeX text in order, and what stands outside them."""
    found: list[tuple[_Piece, list[Block]]] = []
    remarks: list[Remark] = []
    with quiet("bibtexparser"):
        for piece in _pieces(text, remarks):
            found.append((piece, _blocks(piece.text)))
    strings = _strings(block for _, blocks in found for block in blocks)
    read: list[Entry] = []
    for piece, blocks in found:
        _take(piece, blocks, strings, read, remarks)
    return read, remarks


def _pieces(text: str, remarks: list[Remark]) -> Iterator[_Piece]:
    starts = [match.end() for match in START.finditer(text)]
    head = text[: starts[0]] if starts else text
    _remark(head, 1, remarks)
    line = 1 + head.count("\n")
    for start, end in pairwise([*starts, len(text)]):
        piece = text[start:end]
        yield _Piece(piece, start, line)
        line += piece.count("\n")


def _blocks(text: str) -> list[Block]:
    from bibtexparser.splitter import Splitter

    library: Library = Splitter(text).split()
    return list(library.blocks)


def _take(
    piece: _Piece, blocks: Sequence[Block], strings: Mapping[str, str], read: list[Entry], remarks: list[Remark]
) -> None:
    """Add the entries of a piece. After one that is broken nothing more of the piece can be trusted."""
    from bibtexparser.model import ImplicitComment, ParsingFailedBlock

    at = 0
    for place, block in enumerate(blocks):
        raw = (block.raw or "").strip("\n")
        start = max(piece.text.find(raw, at), at)
        line = piece.line + piece.text.count("\n", 0, start)
        kind = _KIND.match(raw)
        name = kind[1].casefold() if kind else ""
        parsed = _parsed(block)
        if isinstance(block, ImplicitComment):
            if not is_remark(block):
                remarks.append(Remark("text", line, first_line(block)))
        elif name in ASIDE:
            if isinstance(block, ParsingFailedBlock) and parsed is None:
                remarks.append(Remark(name, line, first_line(block)))
                return
        elif parsed is not None:
            end = piece.start + start + len(raw)
            read.append(_entry(parsed, strings, piece.start + start, end, line))
        elif isinstance(block, ParsingFailedBlock):
            if not place or not piece.text[at:start].strip():
                end = piece.start + len(piece.text.rstrip())
                read.append(Entry(name, "", (), piece.start + start, end, line, first_line(block)))
            return
        at = start + len(raw)


def _parsed(block: Block) -> Parsed | None:
    """The entry of a block, also where a key or a field of it stands twice."""
    from bibtexparser.model import Entry as Parsed
    from bibtexparser.model import ParsingFailedBlock

    inner = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
    return inner if isinstance(inner, Parsed) else None


def _entry(parsed: Parsed, strings: Mapping[str, str], start: int, end: int, line: int) -> Entry:
    """An entry; broken, where a comma is missing and one value runs into the next field."""
    kind, key = parsed.entry_type.casefold(), parsed.key.strip()
    fields: list[tuple[str, str]] = []
    for item in parsed.fields:
        value = value_of(str(item.value), strings)
        if value is None:
            return Entry(kind, key, (), start, end, line, f"{item.key} = {item.value}"[:60])
        fields.append((item.key.casefold(), value))
    return Entry(kind, key, tuple(fields), start, end, line)


def _remark(text: str, line: int, remarks: list[Remark]) -> None:
    for number, part in enumerate(text.split("\n"), start=line):
        if part.strip() and not part.lstrip().startswith("%"):
            remarks.append(Remark("text", number, part.strip()[:60]))
            return


def _strings(blocks: Iterable[Block]) -> dict[str, str]:
    """The ``@string`` abbreviations by name in lower case; the last of a name counts, as for BibTeX."""
    from bibtexparser.model import String

    found: dict[str, str] = {}
    for block in blocks:
        if isinstance(block, String):
            found[block.key.casefold()] = value_of(str(block.value), found) or ""
    return found


def value_of(raw: str, strings: Mapping[str, str]) -> str | None:
    """A value without its braces or quotes; pieces joined by ``#`` put together, abbreviations written out.

    None where more stands in it than values joined by ``#``.
    """
    joined: list[str] = []
    at = 0
    while True:
        end = _end_of_piece(raw, at)
        if end is None:
            return None
        piece = raw[at:end].strip()
        joined.append(piece[1:-1] if piece[:1] in ("{", '"') else strings.get(piece.casefold(), piece))
        if end >= len(raw):
            return joined[0] if len(joined) == 1 else "".join(joined)
        at = end + 1


def _end_of_piece(raw: str, start: int) -> int | None:
    """Where the piece ends that starts here: at a ``#`` or at the end; None where something else follows it."""
    first = _FIRST.match(raw, start)
    mark = first[1] if first else ""
    if first is None or mark not in ("{", '"'):
        end = raw.find("#", start)
        end = len(raw) if end < 0 else end
        return None if re.search(r'[{"]', raw[start:end]) else end
    depth = 0
    for found in _MARKS.finditer(raw, first.start(1)):
        if found[0] == '"':
            closed = mark == '"' and depth == 0 and found.start() > first.start(1)
        else:
            depth += 1 if found[0] == "{" else -1
            closed = mark == "{" and depth == 0
        if closed:
            rest = _REST.match(raw, found.end())
            return rest.end(1) if rest else None
    return None
