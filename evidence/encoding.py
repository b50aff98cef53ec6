"""Bytes of a text file to text: UTF-8, UTF-16, or Windows-1252 with a warning."""

from __future__ import annotations

import codecs

from .errors import Problem

#: Marks at the start of a file -> the encoding they stand for.
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: First bytes of workbooks: .xlsx and .ods (a ZIP archive), .xls.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

_SAVE = "save it as CSV UTF-8 (Excel: 'CSV UTF-8 (comma delimited)'; LibreOffice: character set Unicode (UTF-8))"


def decode(content: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """Text of the bytes of a file, and what was found about its encoding.

    Windows-1252 is assumed only where no part of the file is UTF-8 beyond ASCII; a file that mixes both can't be read
    without damage.

    Returns:
        The text without BOM, or None where it can't be read; problems in file order.
    """
    if content.startswith(WORKBOOKS):
        return None, [Problem("workbook", "this is a spreadsheet workbook, not a text table", _SAVE, file, 1)]
    for bom, name in BOMS:
        if content.startswith(bom):
            return _decode_as(content, name, file)
    unmarked = utf16_without_bom(content)
    if unmarked:
        return _decode_as(content, unmarked, file)
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        return _decode_windows(content, file, error.start)


def codec_of(content: bytes) -> tuple[bytes, str]:
    """Mark at the beginning of a text file and name of its encoding, so that mark and encoded text are its bytes.

    For bytes that :func:`decode` can read; what it would refuse has a name too, that of its best guess.
    """
    plain = {"utf-8-sig": "utf-8"}
    for bom, name in BOMS:
        if content.startswith(bom):
            order = "-le" if bom in (codecs.BOM_UTF16_LE, codecs.BOM_UTF32_LE) else "-be"
            return bom, plain.get(name, name + order)
    if unmarked := utf16_without_bom(content):
        return b"", unmarked
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return b"", "cp1252"
    return b"", "utf-8"


def _decode_as(content: bytes, name: str, file: str) -> tuple[str | None, list[Problem]]:
    try:
        return content.decode(name), []
    except UnicodeDecodeError as error:
        label = {"utf-8-sig": "UTF-8"}.get(name, name[:6].upper())
        message = f"the file says it is {label}, but byte {error.start + 1} is not"
        return None, [Problem("bad-encoding", message, _SAVE, file, line_of(content, error.start))]


def utf16_without_bom(content: bytes) -> str | None:
    """The byte order of a UTF-16 text that has no mark: its ASCII characters are zeros in every second byte."""
    head = content[:4096]
    if len(head) < 4:
        return None
    first, second = head[0::2], head[1::2]
    for zeros, others, name in ((second, first, "utf-16-le"), (first, second, "utf-16-be")):
        if zeros.count(0) > 0.25 * len(zeros) and others.count(0) <= 0.02 * len(others):
            return name
    return None


def _decode_windows(content: bytes, file: str, start: int) -> tuple[str | None, list[Problem]]:
    line = line_of(content, start)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        text = None
    if text is None or _holds_utf8(content):
        message = f"byte 0x{content[start]:02x} is not UTF-8, and the rest of the file does not fit another encoding"
        return None, [Problem("bad-encoding", message, _SAVE, file, line)]
    shown = content.splitlines()[line - 1].decode("cp1252")
    at = start - sum(len(part) for part in content.splitlines(keepends=True)[: line - 1])
    message = f"not UTF-8; read as Windows-1252: {shown[max(0, at - 12) : at + 12]!r}"
    return text, [Problem("not-utf-8", message, _SAVE, file, line, severity="warning")]


def line_of(content: bytes, position: int) -> int:
    """1-based line on which a byte stands."""
    return len(content[: position + 1].splitlines()) or 1


def _holds_utf8(content: bytes) -> bool:
    """Whether some line is valid UTF-8 beyond ASCII."""
    for line in content.splitlines():
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False
