"""Formats of files of records, one module each: the module's ``FORMAT`` and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from ..record import Format
from .bibtex import FORMAT as BIBTEX
from .endnote_xml import FORMAT as ENDNOTE_XML
from .europe_pmc import FORMAT as EUROPE_PMC
from .medline import FORMAT as MEDLINE
from .pubmed_xml import FORMAT as PUBMED_XML
from .refer import FORMAT as REFER
from .ris import FORMAT as RIS
from .table import FORMAT as TABLE
from .web_of_science import FORMAT as WEB_OF_SCIENCE

#: Name -> format, the strictest first.
FORMATS: Mapping[str, Format] = {
    PUBMED_XML.name: PUBMED_XML,
    EUROPE_PMC.name: EUROPE_PMC,
    ENDNOTE_XML.name: ENDNOTE_XML,
    WEB_OF_SCIENCE.name: WEB_OF_SCIENCE,
    MEDLINE.name: MEDLINE,
    RIS.name: RIS,
    REFER.name: REFER,
    BIBTEX.name: BIBTEX,
    TABLE.name: TABLE,
}
