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
_PIECE = re.compile(r'\s*(?:"(?P<quoted>(?:[^"{}]|\{[^{}]*\})*)"|(?P<name>[^\s"{}#]+))\s*(?:#|$)')


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
    fields = tuple((item.key.casefold(), value_of(str(item.value), strings)) for item in parsed.fields)
    return Entry(parsed.entry_type.casefold(), parsed.key.strip(), fields, start, end, line)


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
            found[block.key.casefold()] = value_of(str(block.value), found)
    return found


def value_of(raw: str, strings: Mapping[str, str]) -> str:
    """A value without its braces or quotes; pieces joined by ``#`` put together, abbreviations written out."""
    if "#" not in raw or (raw[:1] == "{" and _closes_at_end(raw)):
        return _piece(raw, strings)
    joined: list[str] = []
    at = 0
    while at < len(raw):
        at += len(raw) - at - len(raw[at:].lstrip())
        if raw[at : at + 1] == "{":
            end = _closing(raw, at)
            joined.append(raw[at + 1 : end - 1])
            rest = raw[end:].lstrip()
            at = len(raw) - len(rest[1:] if rest.startswith("#") else rest)
            if rest and not rest.startswith("#"):
                return _piece(raw, strings)
            continue
        part = _PIECE.match(raw, at)
        if part is None:
            return _piece(raw, strings)
        name = part["name"]
        joined.append(part["quoted"] if name is None else strings.get(name.casefold(), name))
        at = part.end()
    return "".join(joined)


def _piece(raw: str, strings: Mapping[str, str]) -> str:
    if len(raw) >= 2 and (raw[0], raw[-1]) in (("{", "}"), ('"', '"')):
        return raw[1:-1]
    return strings.get(raw.casefold(), raw)


def _closing(raw: str, start: int) -> int:
    """Behind the brace that closes the one at ``start``; the end where none does."""
    depth = 0
    for mark in re.finditer(r"(?<!\\)[{}]", raw[start:]):
        depth += 1 if mark[0] == "{" else -1
        if depth == 0:
            return start + mark.end()
    return len(raw)


def _closes_at_end(raw: str) -> bool:
    return raw[-1:] == "}" and _closing(raw, 0) == len(raw)
