"""Records that stand in a text as lines with tags: cut out of it one by one, and read so that nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from ..characters import UNSEEN
from ..errors import Problem
from .cleaning import text_of
from .completing import completed
from .record import Batch, Record

Part = TypeVar("Part")

#: Tag -> its values in the order of the record; the lines of a value are separated by a line feed.
Values = Mapping[str, list[str]]

#: The characters of :data:`UNSEEN` that are one byte.
_UNSEEN = bytes(number for number in range(128) if UNSEEN.match(chr(number)))
#: Lines between records that exports number and describe them with.
BETWEEN = re.compile(
    r"\s*(?:\d+\.|<\d+>|Record #?\d+ of \d+|(?:Provider|Content|Database|Search Strategy|Results|Date Run|Saved Search)"
    r":.*|FN .*|VR \d.*|EF|[-=*_]{3,}|)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One record of a text: ``text[start:end]``, which starts on ``line``; ``faults`` are warnings on how it stands."""

    start: int
    end: int
    line: int
    faults: tuple[str, ...] = ()


class Fields:
    """The tags of one record, and which of their values went into a part of it."""

    __slots__ = ("_used", "values")

    def __init__(self, values: Values) -> None:
        self.values = values
        self._used: set[tuple[str, int]] = set()

    def first(self, clean: Callable[[str], Part | None], *tags: str) -> Part | None:
        """What ``clean`` makes of the first value of these tags of which it makes anything; that one is used."""
        for tag in tags:
            for place, value in enumerate(self.values.get(tag, ())):
                found = clean(value)
                if found is not None:
                    self._used.add((tag, place))
                    return found
        return None

    def text(self, *tags: str) -> str | None:
        """The first value of these tags that holds a text, in one line."""
        return self.first(text_of, *tags)

    def every(self, *tags: str) -> list[str]:
        """All values of these tags, the tags in this order; all are used."""
        found = []
        for tag in tags:
            for place, value in enumerate(self.values.get(tag, ())):
                self._used.add((tag, place))
                found.append(value)
        return found

    def look(self, *tags: str) -> list[str]:
        """All values of these tags; none is used."""
        return [value for tag in tags for value in self.values.get(tag, ())]

    def rest(self) -> dict[str, tuple[str, ...]]:
        """The values that were not used, without empty ones."""
        left = {}
        for tag, values in self.values.items():
            kept = tuple(v for place, v in enumerate(values) if (tag, place) not in self._used and v.strip())
            if kept:
                left[tag] = kept
        return left


@dataclass(frozen=True, slots=True)
class Tagged:
    """How a format has its records.

    Attributes:
        values: The tags of the text of one record.
        record: The record that they make: without its place, ``raw`` and ``other``.
        years, dois: Tags that ought to hold a year, or a DOI: a warning where none does.
    """

    values: Callable[[str], Values]
    record: Callable[[Fields], Record]
    years: tuple[str, ...]
    dois: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """The line ``text[start:end]`` begins a record, or ends one."""

    start: int
    end: int
    begins: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """A text in pieces: the text that was searched, its records in order, and the stretches between them."""

    text: str
    pieces: tuple[Piece, ...]
    gaps: tuple[tuple[int, int], ...]


_FAULTS = {
    "no-end": ("the record has no end mark", "compare it with the database: the file may be damaged here"),
    "no-start": ("the record does not start as it should", "compare it with the database: its first lines may be gone"),
    "cut-off": ("the last record has no end mark", "compare it with the database: the file may have been cut off"),
}


def cut(text: str, marks: Iterable[Mark], line_tag: re.Pattern[str], *, ended: bool) -> Cut:
    """The records of a text.

    A record goes from the mark that begins it to the one that ends it. Where one of them is missing it ends before the
    next beginning, and begins with the first line that has a tag. A beginning with nothing but further ones after it
    is that of one record.

    Args:
        text: As :func:`searchable` has it.
        marks: In the order of the text. line_tag: Matches a line that has a tag, from its start.
        ended: Whether the format marks the end of a record.
    """
    tag_line = re.compile(f"^(?:{line_tag.pattern})", re.MULTILINE)
    spans: list[tuple[int, int, tuple[str, ...]]] = []
    gaps: list[tuple[int, int]] = []
    start: int | None = None
    done = 0

    def close(at: int, closed: bool, last: bool = False, mark_at: int = -1) -> None:
        """End the record that is open, or read what stands between records: text, or a record without its start."""
        if start is not None:
            fault = ("cut-off",) if last else ("no-end",)
            spans.append((start, at if closed else _trimmed(text, start, at), () if closed or not ended else fault))
            return
        first = tag_line.search(text, done, at)
        if first is None or first.start() == mark_at:
            gaps.append((done, at))
        else:
            gaps.append((done, first.start()))
            faults = ("no-start",) if closed or not ended else ("no-start", "no-end")
            spans.append((first.start(), at if closed else _trimmed(text, first.start(), at), faults))

    for mark in marks:
        if not mark.begins:
            close(mark.end, closed=True, mark_at=mark.start)
            start = None
        elif start is None or tag_line.search(text, done, mark.start):
            close(mark.start, closed=False)
            start = mark.start
        done = mark.end
    close(len(text), closed=False, last=True)
    return Cut(text, tuple(_placed(text, spans)), tuple(gaps))


def searchable(text: str) -> str:
    """A text in which tags are found: of the same length, with marks of no width for characters that can't be seen."""
    return UNSEEN.sub("\ufeff", text) if _holds_unseen(text) else text


def stretches(text: str, start: re.Pattern[str], title: re.Pattern[str], line_tag: re.Pattern[str]) -> Iterator[Mark]:
    """The beginnings of records of a format that does not mark their end.

    A record begins with a line that ``start`` matches; where that line is missing after a blank line, if there is a
    second title. All patterns match lines from their start; those of ``start`` and ``title`` are multi-line.
    """
    starts = {found.start() for found in start.finditer(text)}
    blanks = {found.end() for found in re.finditer(r"(?:\A|\n)[ \t]*\n+", text) if line_tag.match(text, found.end())}
    blanks |= {0} if line_tag.match(text) else set()
    places = sorted(starts | blanks)
    titled = False
    for place, following in zip(places, (*places[1:], len(text)), strict=True):
        title_here = title.search(text, place, following) is not None
        begins = place in starts or place == places[0] or (title_here and titled)
        if begins:
            yield Mark(place, _line_end(text, place) if place in starts else place, begins=True)
        titled = title_here or (titled and not begins)


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _trimmed(text: str, start: int, end: int) -> int:
    """The end of a record without its end mark: before blank lines and what exports put between records."""
    while end > start:
        before = text.rfind("\n", start, end)
        if before < 0 or not BETWEEN.fullmatch(text[before + 1 : end]):
            return end
        end = before
    return end


def _placed(text: str, spans: Iterable[tuple[int, int, tuple[str, ...]]]) -> Iterator[Piece]:
    line, at = 1, 0
    for start, end, faults in spans:
        line += text.count("\n", at, start)
        at = start
        yield Piece(start, end, line, faults)


def lines_of(raw: str, line_tag: re.Pattern[str]) -> Values:
    """The tags of the text of one record; a line without one goes on with the value before it."""
    values: dict[str, list[str]] = {}
    last: list[str] | None = None
    for line in raw.split("\n"):
        content = line.strip()
        if found := line_tag.match(line):
            last = values.setdefault(found[1], [])
            last.append(line[found.end() :].strip())
        elif content:
            last = values.setdefault("", [""]) if last is None else last
            last[-1] = f"{last[-1]}\n{content}" if last[-1] else content
    return values


def read_tagged(text: str, file: str, found: Cut, how: Tagged) -> Batch:
    """The records of a text that was cut: each is read, or reported with its line."""
    records: list[Record] = []
    reported: list[Problem] = []
    problems = list(_outside(found, file))
    unseen = found.text is not text
    for piece in found.pieces:
        raw = text[piece.start : piece.end]
        problems += [_warning(code, *_FAULTS[code], file, piece.line) for code in piece.faults]
        if unseen and (character := UNSEEN.search(raw)):
            problems.append(_left_out(raw, character, file, piece.line))
        fields = Fields(how.values(UNSEEN.sub("", raw) if unseen else raw))
        record = completed(how.record(fields))
        if not usable(record):
            reported.append(unusable(raw, file, piece.line))
            continue
        problems += _doubts(record, fields, how, file, piece.line)
        records.append(replace(record, other=fields.rest(), raw=raw, line=piece.line, start=piece.start, end=piece.end))
    return Batch(len(found.pieces), tuple(records), tuple(reported), tuple(problems))


def _holds_unseen(text: str) -> bool:
    """Whether a text holds a character that can't be seen; its bytes are looked at, which is quicker than a pattern."""
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return len(content.translate(None, _UNSEEN)) < len(content) or "\ufffe" in text or "\uffff" in text


def usable(record: Record) -> bool:
    """Whether there is anything by which a record can be told from others: title, abstract, author or number."""
    numbers = record.doi or record.pmid or record.pmcid or record.accession
    return bool(record.title or record.abstract or record.authors or numbers)


def unusable(raw: str, file: str, line: int) -> Problem:
    """The problem of a record that holds nothing to know it by."""
    lines = [part for part in (one.strip() for one in raw.split("\n")) if part]
    message = f"the record has no title, no abstract, no author and no number: {' / '.join(lines[:3])[:60]!r}"
    return Problem("empty-record", message, "look it up in the database and import it again, or let it be", file, line)


def _outside(cut_text: Cut, file: str) -> Iterator[Problem]:
    """One warning for all text that stands in no record, but for what exports put between records."""
    text, found = cut_text.text, []
    for start, end in cut_text.gaps:
        at = start
        for line in text[start:end].split("\n"):
            if not BETWEEN.fullmatch(line.strip("\ufeff")):
                found.append((at, line.strip()))
            at += len(line) + 1
    if found:
        first, shown = found[0]
        further = f", and {len(found) - 1} more such line{'s' if len(found) > 2 else ''}" if len(found) > 1 else ""
        message = f"text outside any record is not read: {shown[:60]!r}{further}"
        mend = "nothing, if it is a heading; else put it into a record"
        yield _warning("text-outside", message, mend, file, text.count("\n", 0, first) + 1)


def _doubts(record: Record, fields: Fields, how: Tagged, file: str, line: int) -> Iterator[Problem]:
    """Warnings on a record that was read."""
    if record.year is None and (said := [value for value in fields.look(*how.years) if value.strip("/ \n")]):
        message = f"no year in {said[0]!r}: {_shown(record)}"
        yield _warning("bad-year", message, "add the year in the records, if you know it", file, line)
    if record.doi is None and (said := [value for value in fields.look(*how.dois) if value.strip()]):
        message = f"{said[0]!r} is not a DOI: {_shown(record)}"
        yield _warning("bad-doi", message, "write it as 10.xxxx/... in the records, if you know it", file, line)


def _shown(record: Record) -> str:
    """A record in a few words."""
    text = record.title or "; ".join(record.authors) or record.accession or record.pmid or ""
    return text if len(text) <= 60 else f"{text[:57]}..."


def _left_out(raw: str, found: re.Match[str], file: str, line: int) -> Problem:
    message = f"U+{ord(found[0]):04X}, which can't be seen, was left out"
    mend = "compare this line with the database: a letter may be missing"
    return _warning("control-character", message, mend, file, line + raw.count("\n", 0, found.start()))


def _warning(code: str, message: str, mend: str, file: str, line: int) -> Problem:
    return Problem(code, message, mend, file, line, severity="warning")
