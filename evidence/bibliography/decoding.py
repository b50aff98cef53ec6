"""Bytes of a file of records to text, in whatever encoding a database or program wrote them."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from ..encoding import BOMS, WORKBOOKS, line_of, utf16_without_bom
from ..errors import Problem
from .chinese import looks_chinese

#: First bytes of files that hold no text of records -> what they are.
_BINARY = (
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "a word processor's file (RTF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"SQLite format 3\x00", "a database file, as reference managers keep it"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_EXPORT = "export the records again as RIS, BibTeX or CSV, and import that file"
_SHEET = "save the sheet as 'CSV UTF-8', or unpack the archive, and import that file"
_RESAVE = "compare the line with the database, and export the records again as UTF-8 where it is wrong"
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,80}?encoding\s*=\s*["']([\w.:-]+)["']|%\s*Encoding:\s*([\w.:-]+)|charset\s*=\s*["']?([\w.:-]+)""",
    re.IGNORECASE,
)
#: Encodings of text that a declaration may name; others of Python's codecs are no encodings of files.
_OF_FILES = re.compile(r"ascii|big5|cp\d|euc|gb|hz|iso|johab|koi8|mac|ptcp|shift|tis|utf|latin")
_LINES = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")
#: Whole characters of UTF-8 of two, three and four bytes; the first only where no other byte beyond ASCII follows.
_SEQUENCE = re.compile(
    rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+(?![\x80-\xbf])"
)
#: A character of UTF-8 of which the end is missing, at the end of a line: a program cut the field.
_CUT = re.compile(rb"(?:[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2})(?=[\r\n]*\Z)")
_HIGH = bytes(range(128, 256))
#: Bytes that no text holds.
_NO_TEXT = bytes(set(range(32)) - {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A, 0x1B})
_TITLES = {"cp1252": "Windows-1252", "gb18030": "GB18030"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a file.

    Attributes:
        text: Without BOM, line ends made a line feed; None where the file holds no text.
        encoding: What it was read as: a name that Python knows, or two where the file mixes them.
        problems: What was found on the way.
    """

    text: str | None
    encoding: str
    problems: tuple[Problem, ...] = ()


def decode_records(content: bytes, file: str) -> Decoded:
    """The text of a file of records; never raises for what the file holds.

    Taken in this order: the mark or the zeros of UTF-16, UTF-8, what the file declares, then bytes that are none of
    these: GB18030 where they are common Chinese characters, lines of UTF-8 among others, Windows-1252. A byte that
    fits nothing becomes the replacement character. Whatever was not certain is a warning that names the line.
    """
    found = _not_text(content, file) or _marked(content, file)
    if found is None:
        rest = content.removeprefix(codecs.BOM_UTF8)
        found = _utf8(rest) or _declared(rest) or _cut_off(rest, file) or _guessed(rest, file)
    if found.text is None:
        return found
    text = found.text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text, found.encoding, found.problems)


def _not_text(content: bytes, file: str) -> Decoded | None:
    if content.startswith(WORKBOOKS):
        message = "this is a workbook or an archive, not a text of records"
        return Decoded(None, "", (Problem("workbook", message, _SHEET, file, 1),))
    kind = next((name for start, name in _BINARY if content.startswith(start)), None)
    head = content[:8192]
    strange = len(head) - len(head.translate(None, _NO_TEXT))
    if kind is None and strange > max(64, 0.08 * len(head)) and not _wide(content):
        kind = "a binary file"
    if kind is None:
        return None
    return Decoded(None, "", (Problem("not-text", f"this is {kind}, not a text of records", _EXPORT, file, 1),))


def _wide(content: bytes) -> str | None:
    """The encoding of two or four bytes for each character, by its mark or its zeros."""
    marked = next((name for bom, name in BOMS if content.startswith(bom)), None)
    return marked if marked not in (None, "utf-8-sig") else utf16_without_bom(content)


def _marked(content: bytes, file: str) -> Decoded | None:
    """What the mark or the zeros of an encoding of two or four bytes tell."""
    name = _wide(content)
    if name is None:
        return None
    try:
        return Decoded(content.decode(name), name)
    except UnicodeDecodeError as error:
        text = content.decode(name, "replace")
        message = f"byte {error.start + 1} is not {name.upper()}; the character was replaced"
        return Decoded(text, name, (_warning("bad-encoding", message, file, _line(text, text.find("\ufffd"))),))


def _utf8(content: bytes) -> Decoded | None:
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return None


def _declared(content: bytes) -> Decoded | None:
    """What the file says of itself, where the bytes bear it out."""
    found = _DECLARED.search(content[:2048])
    if found is None:
        return None
    try:
        name = codecs.lookup(next(group for group in found.groups() if group).decode("ascii")).name
        if name.startswith("utf-16") or not _OF_FILES.match(name):
            return None
        return Decoded(content.decode(name), name)
    except (LookupError, ValueError):
        return None


def _cut_off(content: bytes, file: str) -> Decoded | None:
    """UTF-8 that ends in the middle of a character."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        left = len(content) - error.start
        if error.reason != "unexpected end of data" or (left < 2 and content[: error.start].isascii()):
            return None
    message = "the file ends in the middle of a character: it was cut off"
    mend = "export the records again, and compare their number with the database's"
    line = line_of(content, len(content) - 1)
    problem = Problem("cut-off", message, mend, file, line, severity="warning")
    return Decoded(content.decode("utf-8", "replace"), "utf-8", (problem,))


def _guessed(content: bytes, file: str) -> Decoded:
    """Bytes that are neither UTF-8 nor declared."""
    lines = [match[0] for match in _LINES.finditer(content)]
    beyond = [number for number, line in enumerate(lines) if not line.isascii()]
    wrong = [number for number in beyond if _utf8(lines[number]) is None]
    rest = b"".join(lines[number] for number in wrong)
    other = "gb18030" if looks_chinese(rest) else "cp1252"
    sound = len(beyond) - len(wrong)
    # A line of GB18030 may be UTF-8 by chance; of Windows-1252 hardly ever.
    mixed = sound > len(wrong) / 8 if other == "gb18030" else sound > 0 or _holds_utf8(rest)
    text = "".join(_line_text(line, other) for line in lines) if mixed else content.decode(other, "replace")
    title = _TITLES[other]
    told = f"UTF-8 and {title} are mixed; read line by line" if mixed else f"not UTF-8; read as {title}"
    shown = _excerpt(_line_text(lines[wrong[0]], other) if mixed else lines[wrong[0]].decode(other, "replace"))
    more = len(wrong) - 1
    further = f" and {more} more line{'s' if more > 1 else ''}" if more else ""
    code = "mixed-encoding" if mixed else "not-utf-8"
    problems = [_warning(code, f"{told}: {shown!r}{further}", file, wrong[0] + 1)]
    if "\ufffd" in text:
        number = text.count("\ufffd")
        what = f"{number} bytes fit no encoding and were" if number > 1 else "1 byte fits no encoding and was"
        message = f"{what} replaced, the first on this line"
        problems.append(_warning("bad-encoding", message, file, _line(text, text.find("\ufffd"))))
    return Decoded(text, f"utf-8 and {other}" if mixed else other, tuple(problems))


def _holds_utf8(rest: bytes) -> bool:
    """Whether lines that are not UTF-8 hold whole characters of it beside the bytes that are wrong."""
    others = _SEQUENCE.sub(b"", rest)
    return len(_SEQUENCE.findall(rest)) > len(others) - len(others.translate(None, _HIGH))


def _line_text(line: bytes, other: str) -> str:
    """A line of a file of two encodings."""
    if _utf8(line) is not None:
        return line.decode("utf-8")
    if other == "gb18030":
        return line.decode(other, "replace")
    if _SEQUENCE.search(line) is None:
        return line.decode("cp1252", "replace")
    parts, at = [], 0
    for match in _SEQUENCE.finditer(line):
        parts += [_single(line[at : match.start()]), match[0].decode("utf-8", "replace")]
        at = match.end()
    return "".join((*parts, _single(line[at:])))


def _single(part: bytes) -> str:
    """Bytes that are no UTF-8: Windows-1252; a character of UTF-8 that was cut is replaced."""
    return "\ufffd".join(piece.decode("cp1252", "replace") for piece in _CUT.split(part))


def _excerpt(line: str) -> str:
    """What stands around the first character beyond ASCII."""
    first = next((i for i, character in enumerate(line) if not character.isascii()), 0)
    return line[max(0, first - 12) : first + 12].strip()


def _line(text: str, position: int) -> int:
    """1-based line of a character of a text that may have any line ends."""
    return len(re.split("\r\n|\r|\n", text[:position]))


def _warning(code: str, message: str, file: str, line: int) -> Problem:
    return Problem(code, message, _RESAVE, file, line, severity="warning")
