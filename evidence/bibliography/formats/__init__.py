"""Formats of files of records, one module each: the module's ``FORMAT`` and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from ..record import Format
from .bibtex import FORMAT as BIBTEX
from .endnote_xml import FORMAT as ENDNOTE_XML
from .pubmed_xml import FORMAT as PUBMED_XML
from .table import FORMAT as TABLE

#: Name -> format, the strictest first.
FORMATS: Mapping[str, Format] = {
    PUBMED_XML.name: PUBMED_XML,
    ENDNOTE_XML.name: ENDNOTE_XML,
    BIBTEX.name: BIBTEX,
    TABLE.name: TABLE,
}
