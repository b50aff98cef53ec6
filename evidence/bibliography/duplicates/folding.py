"""Text as it is compared: what databases write differently for the same words is made one."""

from __future__ import annotations

import html
import re
import unicodedata


def listed(text: str) -> list[str]:
    """The words of a text, for tables of words."""
    return text.split()


_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_THOUSANDS = re.compile(r"(?<=\d)[,\u2009\u00a0](?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"(?<=\d)\u00b7(?=\d)")
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019\u2018\u02bc`\u00b4](?=\w)")
_WORD = re.compile(r"\d+|[^\W\d_]+")
#: What cp1252 makes of the bytes that go on a letter of UTF-8; where it has none, the byte itself.
_GOING_ON = "".join({bytes([i]).decode("cp1252", "ignore") or chr(i) for i in range(0x80, 0xC0)} | {chr(0x80)})
_MOJIBAKE = re.compile(f"[\u00c2-\u00df][{re.escape(_GOING_ON)}]|[\u00e0-\u00ef][{re.escape(_GOING_ON)}]{{2}}")
#: Letters that Unicode does not take apart.
_LETTERS = str.maketrans(
    {
        "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
        "µ": "mu", "×": "x", "\u200b": None, "\ufeff": None, "\u00ad": None,
    }
)  # fmt: skip
_GREEK = {
    ord(letter): f" {name} "
    for letter, name in zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        listed(
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau"
            " upsilon phi chi psi omega"
        ),
        strict=True,
    )
}
#: Beside a Greek word this is Greek, and no symbol.
_GREEK_WORD = re.compile("[\u03b1-\u03c9]{2}")


def plain(text: str) -> str:
    """Lower-case text without markup, accents and ligatures; its punctuation stays."""
    if "<" in text or "&" in text:
        text = _TAG.sub("", html.unescape(text))
    if text.isascii():
        return text.lower()
    text = mended(text).translate(_LETTERS)
    text = unicodedata.normalize("NFKD", _DECIMAL.sub(".", text).casefold().translate(_LETTERS))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return text if _GREEK_WORD.search(text) else text.translate(_GREEK)


def mended(text: str) -> str:
    """UTF-8 that was read as cp1252, read aright; any other text as it is."""
    return text if text.isascii() else _MOJIBAKE.sub(_reread, text)


def _reread(found: re.Match[str]) -> str:
    try:
        return b"".join(_byte(letter) for letter in found[0]).decode("utf-8")
    except UnicodeError:
        return found[0]


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeError:
        return letter.encode("latin-1")


def words(text: str) -> tuple[str, ...]:
    """Words and numbers of a plain text: ``wr238605`` is a word and a number."""
    return tuple(_WORD.findall(_APOSTROPHE.sub("", _THOUSANDS.sub("", text))))
