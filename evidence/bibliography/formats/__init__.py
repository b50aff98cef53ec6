"""Formats of files of records, one module each: the module's ``FORMAT`` and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from ..record import Format
from .medline import FORMAT as MEDLINE
from .refer import FORMAT as REFER
from .ris import FORMAT as RIS
from .web_of_science import FORMAT as WEB_OF_SCIENCE

#: Name -> format, the strictest first.
FORMATS: Mapping[str, Format] = {
    WEB_OF_SCIENCE.name: WEB_OF_SCIENCE,
    MEDLINE.name: MEDLINE,
    RIS.name: RIS,
    REFER.name: REFER,
}
