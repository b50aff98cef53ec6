"""BibTeX to references: a broken entry is a problem with its line, the rest is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..characters import unseen
from ..errors import DataError, Problem
from ..rows import conflict_markers
from .latex import decode, quiet

if TYPE_CHECKING:
    from bibtexparser.library import Library
    from bibtexparser.model import Block, Entry

#: Marks an author list that goes on: ``Davuluri and others``.
OTHERS = "others"

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
VERBATIM = frozenset({"url", "doi", "file"})
SYNTAX = "close every { and quote, put a comma after every field, and start each entry with @type{key,"


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a bibliography. A part that is not in the file was not seen: None, never guessed.

    Attributes:
        key, kind: Citation key and entry type (``article``, ``misc``, ...).
        fields: Every field as text, outer and protective braces removed, by lower-case name.
        authors: ``Family, Given`` each, in order; :data:`OTHERS` last where the list goes on; empty = not seen.
        title, year, journal, doi, url: The fields used most; ``journal`` falls back on the book title.
        line: 1-based line on which the entry starts.
    """

    key: str
    kind: str
    fields: Mapping[str, str] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    title: str | None = None
    year: str | None = None
    journal: str | None = None
    doi: str | None = None
    url: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Bibliography:
    """A file of references: those that could be read, by key in file order, and every problem."""

    file: str
    references: Mapping[str, Reference]
    problems: tuple[Problem, ...]


def read_references(path: str | Path) -> dict[str, Reference]:
    """The references of a BibTeX file by key.

    Raises:
        DataError: with every problem, if the file can't be opened or an entry can't be read.
    """
    bibliography = read_bibliography(path)
    if any(problem.severity == "error" for problem in bibliography.problems):
        raise DataError(bibliography.problems)
    return dict(bibliography.references)


def read_bibliography(path: str | Path) -> Bibliography:
    """The references of a BibTeX file (UTF-8) with every problem; never raises for what the file holds."""
    file = str(path)
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        return Bibliography(file, {}, (_unreadable(error, file),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        return Bibliography(file, {}, (Problem("bad-encoding", message, "save the file as UTF-8", file, line),))
    return parse_bibliography(text.replace("\r\n", "\n").replace("\r", "\n"), file)


def parse_bibliography(text: str, file: str) -> Bibliography:
    """The references in a BibTeX text; ``file`` is named in the problems."""
    from bibtexparser.entrypoint import parse_string

    if (conflict := conflict_markers(text, file)) is not None:
        return Bibliography(file, {}, (conflict,))
    with quiet("bibtexparser"):
        library = parse_string(text)
    references: dict[str, Reference] = {}
    problems = [*unseen(text, file), *_failures(library, file)]
    for entry in library.entries:
        line = (entry.start_line or 0) + 1
        if not entry.key.strip():
            problems.append(Problem("missing-key", "the entry has no key", "write @type{key, ...", file, line))
        else:
            references[entry.key] = _reference(entry, library, line)
    problems.extend(
        Problem("bad-doi", f"{key}: {ref.doi!r} is not a DOI", "write it as 10.xxxx/...", file, ref.line, "doi")
        for key, ref in references.items()
        if ref.doi is not None and _DOI.fullmatch(ref.doi) is None
    )
    return Bibliography(file, references, tuple(sorted(problems, key=lambda problem: problem.line or 0)))


def _unreadable(error: Exception, file: str) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem("missing-file", "there is no such file", "add it, or mend the path", file)
    if isinstance(error, IsADirectoryError | PermissionError) and Path(file).is_dir():
        return Problem("is-a-folder", "this is a folder, not a file", "give the file itself", file)
    return Problem("unreadable", f"the file can't be read: {error}", "check the path and the rights", file)


def _failures(library: Library, file: str) -> list[Problem]:
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, ImplicitComment

    problems = []
    failed = {id(block) for block in library.failed_blocks}
    for before, block in zip([None, *library.blocks], library.blocks, strict=False):
        line = (block.start_line or 0) + 1
        if isinstance(block, DuplicateBlockKeyBlock):
            message = f"the key {block.key!r} stands in an earlier entry already"
            mend = "give every entry its own key, or delete one"
            problems.append(Problem("duplicate-key", message, mend, file, line))
        elif isinstance(block, DuplicateFieldKeyBlock):
            names = ", ".join(sorted(block.duplicate_keys))
            problems.append(Problem("duplicate-field", f"the entry has twice: {names}", "keep one of each", file, line))
        elif id(block) in failed:
            message = f"the entry can't be read: {first_line(block)!r}"
            problems.append(Problem("broken-entry", message, SYNTAX, file, line))
        elif isinstance(block, ImplicitComment) and id(before) not in failed and not is_remark(block):
            message = f"text outside any entry is not read: {first_line(block)!r}"
            mend = "put it into an entry, or start the line with %"
            problems.append(Problem("text-outside", message, mend, file, line, severity="warning"))
    return problems


def is_remark(block: Block) -> bool:
    """Whether every line of a block starts with ``%``."""
    return all(part.lstrip().startswith("%") for part in (block.raw or "").splitlines() if part.strip())


def first_line(block: Block) -> str:
    """The first line of a block, for a problem."""
    return next(iter((block.raw or "").strip().splitlines()), "")[:60]


def _reference(entry: Entry, library: Library, line: int) -> Reference:
    fields = {item.key.casefold(): _plain(str(item.value), item.key.casefold()) for item in entry.fields}
    fields = {name: value for name, value in fields.items() if value}
    doi = fields.get("doi")
    return Reference(
        entry.key,
        entry.entry_type.casefold(),
        fields,
        _people(fields.get("author", "")),
        fields.get("title"),
        fields.get("year") or fields.get("date", "")[:4] or None,
        fields.get("journal") or fields.get("journaltitle") or fields.get("booktitle"),
        _DOI_PREFIX.sub("", doi) if doi else None,
        fields.get("url"),
        line,
    )


def _plain(value: str, name: str) -> str:
    """A field as text: LaTeX decoded, protective braces and line breaks removed."""
    return value.strip() if name in VERBATIM else " ".join(decode(value).split())


def _people(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in re.split(r"\s+and\s+", text.strip()) if name.strip())
