r"""Text as LaTeX writes it to characters, and back: what :func:`encode` writes :func:`decode` reads, to the letter.

Marks of one letter (``\%``, ``\"u``, ``{\o}``) and the usual names of characters are read here; any other macro, and
a formula with one, goes to pylatexenc by way of bibtexparser, which takes a hundred times as long.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache

_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
}
_LETTERS = {
    "ss": "ß",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "aa": "å",
    "AA": "Å",
    "i": "ı",
    "j": "ȷ",
    "dh": "ð",
    "th": "þ",
    "ldots": "…",
    "dots": "…",
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textendash": "–",
    "textemdash": "—",
    "textquoteleft": "‘",
    "textquoteright": "’",
    "textquotedblleft": "“",
    "textquotedblright": "”",
    "textquotesingle": "'",
    "textquotedbl": '"',
    "textdegree": "°",
    "textmu": "µ",
    "textpm": "±",
    "texttimes": "×",
    "textregistered": "®",
    "texttrademark": "™",
    "textcopyright": "©",
}
_MARKS = "textit|textbf|textsc|textrm|textsf|texttt|textsuperscript|textsubscript|emph|mbox|text|url|mkbibquote"
_CHARACTER = rf"""
    (?P<formula>\$[^$\\]{{0,200}}\\[^$]{{1,200}}\$)
    |\\(?P<letter>{"|".join(sorted(_LETTERS, key=len, reverse=True))})(?:\{{\}}|(?![A-Za-z]))\ ?
    |\\(?P<accent>[`'^~=."])\s*(?:\{{\\?(?P<in>[A-Za-z])\}}|\\?(?P<on>[A-Za-z])(?![A-Za-z])|(?P<at>[A-Za-z]))
    |\\(?P<mark>[ruvHdckb])(?:\{{\\?(?P<under>[A-Za-z])\}}|\ (?P<beside>[A-Za-z]))
    |\\(?P<plain>[%&$#_{{}}/ ])
    |\\(?:{_MARKS})(?=\{{)
    |[{{}}]
    |(?P<macro>\\(?:[A-Za-z]+\*?(?:\{{[^{{}}]*\}})*)?)
"""
_ADDRESS = re.compile(f"{_CHARACTER}|(?P<dash>(?!))|(?P<space>(?!))", re.VERBOSE)
_TEXT = re.compile(
    rf"{_CHARACTER}|(?P<dash>(?<!-)-{{2,3}}(?!-))|(?P<space>(?<=[^\W_])~(?=[^\W_])|(?<=\.)~(?=[^\W_]))", re.VERBOSE
)
_SIGNS = re.compile(r"[\\{}~]|--")
_WRITTEN = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{mark: f"\\{mark}" for mark in "%&$#_"},
    }
)


def encode(text: str) -> str:
    r"""Text as LaTeX: its special characters written out, no brace left open; other letters stay as they are."""
    return text.translate(_WRITTEN).replace("--", "-{}-").replace("--", "-{}-")


def encode_address(text: str) -> str:
    """An address or a DOI: as it is, where nothing in it means anything to BibTeX."""
    return text.translate(_WRITTEN) if re.search(r"[\\{}]", text) else text


def decode(value: str) -> str:
    """LaTeX as text: marks of characters made characters, braces removed; spaces as they are."""
    return _TEXT.sub(_character, value) if _SIGNS.search(value) else value


def decode_address(value: str) -> str:
    """The same of an address or a DOI, in which a tilde is a tilde and two dashes are two dashes."""
    return _ADDRESS.sub(_character, value) if _SIGNS.search(value) else value


def _character(part: re.Match[str]) -> str:
    if part["letter"]:
        return _LETTERS[part["letter"]] + _space_after(part)
    mark = part["accent"] or part["mark"]
    if mark:
        letter = part["in"] or part["on"] or part["at"] or part["under"] or part["beside"]
        return unicodedata.normalize("NFC", letter + _ACCENTS[mark])
    if part["plain"]:
        return "" if part["plain"] == "/" else part["plain"]
    if part["formula"] or part["macro"]:
        return _other(part[0])
    if part["dash"]:
        return "–" if len(part["dash"]) == 2 else "—"
    return " " if part["space"] else ""


def _space_after(part: re.Match[str]) -> str:
    """The space behind braces is one; behind the name alone it only ends the name."""
    return " " if part[0].endswith("} ") else ""


@lru_cache(maxsize=4096)
def _other(value: str) -> str:
    """A formula or a macro by pylatexenc; without name and braces where it can't be read."""
    with quiet("bibtexparser"), quiet("pylatexenc"):
        decoded = _decoder()(re.sub(r"(?<!\\)%", r"\%", value))
    return re.sub(r"\\[A-Za-z]+\*?|[{}\\]", "", value) if decoded is None else decoded


@cache
def _decoder() -> Callable[[str], str | None]:
    from bibtexparser.library import Library
    from bibtexparser.middlewares import LatexDecodingMiddleware
    from bibtexparser.model import Entry, Field

    middleware, library = LatexDecodingMiddleware(keep_math_mode=False), Library()

    def decoded(value: str) -> str | None:
        entry = middleware.transform_entry(Entry("misc", "x", [Field("value", value)]), library)
        return str(entry["value"]) if isinstance(entry, Entry) else None

    return decoded


@contextmanager
def quiet(name: str) -> Iterator[None]:
    """Keep a library from logging what is told as problems; everything is as before afterwards."""
    logger = logging.getLogger(name)
    before, handler = logger.propagate, logging.NullHandler()
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = before
