"""The records of an XML text, of whatever format."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from ..errors import Problem
from .completing import completed, numbered
from .record import Batch, Record
from .tagged import unusable, usable
from .xml_records import Piece, first, first_words, parsed, pieces


def batch(text: str, file: str, names: str, record: Callable[[Element, Piece], Record]) -> Batch:
    """Every element of a name as a record; one that can't be parsed is reported.

    Args:
        names: Pattern of the names of elements that are records. record: Makes one of the tree of an element.
    """
    records: list[Record] = []
    reported: list[Problem] = []
    problems: list[Problem] = []
    for piece in pieces(text, names):
        found = parsed(piece.raw)
        if found.tree is None:
            message = f"the record that starts in line {piece.line} can't be read: {found.error}"
            mend = "export it again, or mend its tags in this line"
            reported.append(Problem("broken-record", message, mend, file, piece.line + found.line))
            continue
        if found.mended:
            message = "the record holds characters that XML has no place for; read without them"
            problems.append(Problem("mended-record", message, "nothing", file, piece.line, severity="warning"))
        one = completed(record(found.tree, piece))
        if not usable(one):
            reported.append(unusable(first_words(found.tree), file, piece.line))
            continue
        records.append(numbered(one, first(found.tree, "rec-number")))
    return Batch(len(records) + len(reported), tuple(records), tuple(reported), tuple(problems))
