"""Kinds of publication, from the words and codes that databases and programs use for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_WORDS: Mapping[str, str] = {
    "article": (
        "JOUR, EJOUR, MGZN, ABST, INPR, journal article, electronic article, magazine article, article, review, letter,"
        " editorial, note, short survey, erratum, case reports, editorial material, in press, article in press,"
        " journal, magazine, review article, data paper, retracted"
    ),
    "book": "BOOK, EBOOK, EDBOOK, book, edited book, electronic book, monograph",
    "chapter": (
        "CHAP, ECHAP, ENCYC, DICT, book section, electronic book section, encyclopedia, dictionary, book chapter,"
        " chapter"
    ),
    "conference": (
        "CONF, CPAPER, conference, conference proceedings, conference proceeding, conference paper,"
        " conference abstract, conference review, meeting abstract, meeting, proceedings paper, congress, poster"
    ),
    "dataset": "DATA, DBASE, dataset, data set, online database",
    "news": "NEWS, newspaper article, news, news item, press release, PRESS",
    "preprint": "preprint, PREPRINT",
    "report": "RPRT, GOVDOC, report, technical report, government document, working paper, research report",
    "thesis": "THES, thesis, dissertation, academic dissertation, thesis/dissertation, dissertation/thesis",
    "trial": "trial registry record, clinical trial registration, trial registry, clinical trial record",
    "website": "ELEC, WEB, BLOG, ICOMM, web page, website, electronic source, blog, internet communication",
}
_KIND_OF = {word.strip().casefold(): kind for kind, words in _WORDS.items() for word in words.split(",")}


def kind_of(name: str | None) -> str | None:
    """The kind that a word or code stands for, ``other`` for an unknown one; None where nothing is said."""
    key = " ".join((name or "").casefold().split())
    return _KIND_OF.get(key, "other") if key else None


def first_kind(names: Iterable[str], among: Iterable[str]) -> str | None:
    """The first of some kinds that one of the names stands for."""
    found = {kind_of(name) for name in names}
    return next((kind for kind in among if kind in found), None)
