"""Labels as literals of other languages: whatever stands in a label, it stays text."""

from __future__ import annotations

#: What stands in for characters that no literal can hold: NUL and halves of surrogate pairs.
REPLACEMENT = "\ufffd"
#: Characters with a meaning inside Stata's strings or lines, written by their number.
_STATA_SPECIAL = frozenset("\"'`$\\/*")
#: Longest text of one of Stata's str# variables, in bytes.
STATA_BYTES = 2045


def r_string(text: str) -> str:
    """A literal of R in ASCII, with escapes for quotes, backslashes and every other character."""
    return '"' + "".join(_r_character(character) for character in _holdable(text)) + '"'


def _r_character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    code = ord(character)
    if 32 <= code < 127:
        return character
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def stata_string(text: str) -> str:
    """An expression of Stata (14 or newer) whose value is the text: ``"Ada " + uchar(36) + "5"``.

    No part of it can end the string, start a macro or a comment. Text beyond Stata's 2045 bytes is cut.
    """
    clean = _holdable(text).encode()[:STATA_BYTES].decode(errors="ignore")
    parts: list[str] = []
    plain = ""
    for character in clean:
        if character in _STATA_SPECIAL or not character.isprintable():
            parts += [f'"{plain}"'] if plain else []
            parts.append(f"uchar({ord(character)})")
            plain = ""
        else:
            plain += character
    if plain or not parts:
        parts.append(f'"{plain}"')
    return " + ".join(parts)


def comment(text: str) -> str:
    """Text for one line of a comment: no line break, no control character, and no end of a Stata comment."""
    line = "".join(character if character.isprintable() else " " for character in _holdable(text))
    return " ".join(line.replace("*/", "* /").replace("/*", "/ *").split())


def _holdable(text: str) -> str:
    return "".join(REPLACEMENT if _unholdable(character) else character for character in text)


def _unholdable(character: str) -> bool:
    return character == "\0" or "\ud800" <= character <= "\udfff"
