"""A file of records: its encoding and its format found by what it holds, and every record of it read or reported."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import Problem
from .decoding import decode_records
from .formats import FORMATS
from .record import Batch
from .tagged import searchable

_EMPTY = Batch(0)
#: What only records of one format begin with.
_STARTS = {
    "RIS": re.compile(r"\n\ufeff*TY  ?-"),
    "MEDLINE": re.compile(r"\n\ufeff*PMID- ?\d"),
    "Web of Science": re.compile(r"\n\ufeff*PT [JBSCP]\n"),
    "EndNote": re.compile(r"\n\ufeff*%0 [A-Z]"),
    "BibTeX": re.compile(r"\n\ufeff*@(?:article|book|in\w+|misc|\w*thesis|techreport)\s*[{(]", re.IGNORECASE),
}
_WEB_PAGE = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)


class Imported(NamedTuple):
    """What was read of a file.

    Attributes:
        batch: Its records, with those that could not be read; empty where the file can't be used.
        format: Name of its format; "" where it is none.
        encoding: What its bytes were read as; "" for text, and where they hold none.
        problems: What was found about the file as a whole. The batch has its own.
    """

    batch: Batch
    format: str
    encoding: str
    problems: tuple[Problem, ...]


def read_record_file(content: bytes, name: str) -> Imported:
    """The records of the bytes of a file, whatever its encoding and format; never raises for what it holds.

    Args:
        name: The file's name, for the problems; its suffix is not looked at.
    """
    decoded = decode_records(content, name)
    if decoded.text is None:
        return Imported(_EMPTY, "", decoded.encoding, decoded.problems)
    found = read_records_text(decoded.text, name)
    return found._replace(encoding=decoded.encoding, problems=(*decoded.problems, *found.problems))


def read_records_text(text: str, name: str) -> Imported:
    """The records of a text (no BOM, line ends a line feed), whatever its format."""
    if not text.strip("\ufeff\x00 \t\n\f\x1a"):
        mend = "export the records again: the download may have failed"
        return _unused(Problem("empty-file", "the file is empty", mend, name))
    seen = searchable(text)
    lines = f"\n{seen}\n"
    kinds = [kind for kind, start in _STARTS.items() if start.search(lines)]
    if len(kinds) > 1:
        message = f"records of several formats stand in this file: {', '.join(kinds)}"
        return _unused(Problem("mixed-formats", message, "put each into a file of its own", name, 1))
    form = next((form for form in FORMATS.values() if form.fits(seen)), None)
    if form is None:
        return _unused(_unknown(text, name))
    batch = form.read(text, name)
    if batch.found:
        return Imported(batch, form.name, "", ())
    message = f"no record stands in this file, which looks like {form.title}"
    mend = "if the search found something, export its records again"
    return Imported(batch, form.name, "", (Problem("no-records", message, mend, name, severity="warning"),))


def _unused(problem: Problem) -> Imported:
    return Imported(_EMPTY, "", "", (problem,))


def _unknown(text: str, name: str) -> Problem:
    first = next(line for line in text.split("\n") if line.strip("\ufeff \t"))
    what = (
        "this is a web page" if _WEB_PAGE.match(text) else f"the format is none that is known: {first.strip()[:60]!r}"
    )
    known = ", ".join(form.title for form in FORMATS.values())
    mend = f"export the records in one of these formats: {known} (in PubMed choose 'PubMed')"
    return Problem("unknown-format", what, mend, name, 1)
