"""Parts of a record made the same, whatever database wrote them: identifiers, years, pages, names, white space."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import unquote

from ..characters import UNSEEN

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_DOI_ADDRESS = re.compile(r"(?:https?:)?//\S*?(?=10\.\d{4,9})|doi\.org/", re.IGNORECASE)
_DOI_END = re.compile(r"(?:\[(?:doi|pii)\]|[.,;:'\"\u2019\u201d\u00bb]|&quot;|&gt;)+$", re.IGNORECASE)
_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}
_PMCID = re.compile(r"(?<![A-Za-z])PMC\s?(\d{2,9})(?!\d)", re.IGNORECASE)
_PMID = re.compile(r"(?:PMID\s*[:=-]?\s*)?(?:MEDLINE:)?0*([1-9]\d{0,7})(?:\.0)?\s*(?:\[(?:pmid|uid)\])?", re.IGNORECASE)
_PMID_ADDRESS = re.compile(
    r"(?:ncbi\.nlm\.nih\.gov/(?:m/)?(?:pubmed/)?(?:\?term=)?|europepmc\.org/(?:article|abstract)/med/)"
    r"([1-9]\d{0,7})(?!\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?!\d)")
_COMPACT_DATE = re.compile(r"(?<!\d)([12]\d{3})(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?(?!\d)")
#: What programs write for a value that they don't have.
_NOTHING = frozenset(
    {"nan", "none", "null", "undefined", "n/a", "na", "n.a.", "no volume", "no issue", "no pagination"}
)
_DASHES = re.compile(r"\s*(?:-{1,3}|[\u2010-\u2015\u2212])\s*")
_MARKUP = re.compile(r"</?(?:i|b|u|p|em|strong|sub|sup|br|span|scp|sc|italic|bold|inf)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}\d{0,2}|#\d{1,6}|#[xX][0-9A-Fa-f]{1,5});")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
#: Initials at the end of a name: ``R.``, ``M.A.``, ``J.-P.``, ``BS``.
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.[\s-]?){1,5}|[^\W\d_a-z](?:-?[^\W\d_a-z]){0,2}")
_GROUP = re.compile(
    r"\b(?:groups?|team|committee|collaborat\w+|network|consorti\w+|society|association|study|trial|investigators?|"
    r"institut\w*|universit\w*|organi[sz]ation|agency|department|ministry|center|centre|council|board|force|federation)\b",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"\((?:e-?|p-?)?(?:issn|isbn|print\w*|electronic|online|linking|internet|undetermined|cd-rom|web)[^()]*\)", re.I
)
_BOOK_NUMBER = re.compile(r"^(?:e-?|p-?)?(?:ISSN|ISBN)(?:-1[03])?\s*[:=]?\s*(?=[\dX])", re.IGNORECASE)
_NUMBER = re.compile(r"[\dXx][\dXx-]{6,16}")


def plain(value: str) -> str:
    """A value as text in one line: no control or invisible characters, single spaces, no HTML marks of characters."""
    if not value.isascii():
        value = _INVISIBLE.sub("", value)
    if "<" in value or "&" in value:
        value = _without_html(value)
    text = " ".join(value.split())
    return text if text.isprintable() else " ".join(_without_control(text).split())


def _without_control(value: str) -> str:
    return UNSEEN.sub("", value)


def _without_html(value: str) -> str:
    """Entities made characters and marks of italics and the like removed, until there are none."""
    while True:
        found = _ENTITY.sub(lambda match: html.unescape(match[0]), _MARKUP.sub("", value))
        if found == value:
            return found
        value = found


def text_of(value: str | None) -> str | None:
    """The same as :func:`plain`; None where nothing is left."""
    return plain(value) or None if value else None


def label_of(value: str | None) -> str | None:
    """A volume, issue, language or the like: :func:`text_of`, None also for a program's word for nothing (``nan``)."""
    text = text_of(value)
    return None if text is None or text.casefold() in _NOTHING else text


def doi(value: str | None) -> str | None:
    """The first DOI in a text, ``10.xxxx/...`` in lower case without address or closing punctuation; else None."""
    if not value or "10." not in value:
        return _escaped_doi(value)
    found = _DOI.search(value)
    if found is None:
        return _escaped_doi(value)
    name = found[0]
    if _DOI_ADDRESS.search(value, 0, found.start() + 1) or "doi.org/" in value[: found.start()]:
        name = unquote(re.split(r"[?#]", name, maxsplit=1)[0])
    name = _closed(_INVISIBLE.sub("", _without_control(name)))
    return name.lower() if _DOI.fullmatch(name) else None


def _escaped_doi(value: str | None) -> str | None:
    """A DOI in an address that escapes its slash."""
    if not value or "%2f" not in value.lower() or "10." not in value:
        return None
    plain_value = re.sub("%2f", "/", value, flags=re.IGNORECASE)
    return doi(re.split(r"&(?=\w+=)", plain_value[plain_value.index("10.") :])[0])


def _closed(name: str) -> str:
    """Without punctuation at the end, and without a bracket that was not opened in it."""
    while True:
        short = _DOI_END.sub("", name)
        opened = _PAIRS.get(short[-1:])
        if opened and short.count(opened) < short.count(short[-1]):
            short = short[:-1]
        if short == name:
            return name
        name = short


def pmid(value: str | None) -> str | None:
    """PubMed's number: ``123``, ``PMID: 123``, ``123[pmid]``, ``MEDLINE:123`` or an address of PubMed; else None."""
    if not value:
        return None
    if found := _PMID.fullmatch(value.strip()):
        return found[1]
    found = _PMID_ADDRESS.search(value)
    return found[1] if found else None


def pmcid(value: str | None) -> str | None:
    """The first number of PubMed Central in a text, ``PMC123``; else None."""
    found = _PMCID.search(value) if value and "pmc" in value.lower() else None
    return f"PMC{found[1]}" if found else None


def year(value: str | None) -> int | None:
    """The first year from 1000 to 2999 in a date (``2001/09/01/``, ``Dec 2014``, ``20160512``); else None."""
    if not value:
        return None
    found = _YEAR.search(value) or _COMPACT_DATE.search(value)
    return int(found[1]) if found else None


def pages(first: str | None, last: str | None = None) -> str | None:
    """Pages as ``193-194``: of a range in one text, or of its first and last page."""
    start, end = (_DASHES.sub("-", label_of(part) or "").strip("-,;: ") for part in (first, last))
    if not start or not end or start == end or start.endswith(f"-{end}"):
        return start or end or None
    return end if end.startswith(f"{start}-") else f"{start}-{end}"


def person(value: str) -> str:
    """A name as ``Family, Given`` where it tells the parts apart: by a comma, or by initials at its end.

    A name in natural order and the name of a group stay as they are.
    """
    return _person(plain(value).replace(";", ","))


def _person(text: str) -> str:
    """The same of a text in one line that holds no semicolon."""
    name = text.strip(",& ")
    if "," in name:
        return ", ".join(part for part in (piece.strip() for piece in name.split(",")) if part)
    family, _, given = name.rpartition(" ")
    if "." in given or "." in family:
        found = re.fullmatch(r"(.*?[^\s.]{2,}) ((?:[^\W\d_]{1,2}\.[\s-]?)+)", name)
        family, given = (found[1], found[2]) if found else ("", "")
    if family and _are_initials(given) and not family.isupper() and not _GROUP.search(family):
        return f"{family}, {given}"
    return name


def _are_initials(given: str) -> bool:
    """Whether the last word of a name is initials: capital letters, not ``Bö``."""
    return _INITIALS.fullmatch(given) is not None and given.upper() == given != given.lower()


def is_group(name: str) -> bool:
    """Whether a word of a name says that it is a group's: ``Writing Committee``."""
    return _GROUP.search(name) is not None


def people(values: Iterable[str]) -> tuple[str, ...]:
    """Names in order, each as :func:`person` has it; a value may hold several, separated by semicolons."""
    parts = (part for value in values for part in plain(value).split(";"))
    return tuple(name for name in map(_person, parts) if name)


def keywords(values: Iterable[str], separator: str = ";") -> tuple[str, ...]:
    """Keywords in order, each once; a value may hold several, on lines of their own or separated by one character."""
    found: list[str] = []
    for value in values:
        parts = [value]
        for mark in {separator, "\n"} & set(value):
            parts = [piece for part in parts for piece in part.split(mark)]
        for part in map(plain, parts):
            found += [piece.strip() for piece in part.split(";")] if ";" in part else [part]
    return tuple(dict.fromkeys(part for part in found if part))


def serials(values: Iterable[str]) -> str | None:
    """ISSN and ISBN as written, each once, separated by ``"; "``; without remarks such as ``(Electronic)``."""
    found: list[str] = []
    for value in values:
        for part in re.split(r"[;,\n]", value):
            text = _BOOK_NUMBER.sub("", plain(_REMARK.sub(" ", part)))
            pieces = text.split()
            several = len(pieces) > 1 and all(_NUMBER.fullmatch(piece) and len(piece) >= 8 for piece in pieces)
            found += pieces if several else [text]
    first = {part.casefold(): part for part in reversed(found) if label_of(part)}
    return "; ".join(dict.fromkeys(first[part.casefold()] for part in found if part.casefold() in first)) or None
