"""Formats of files of records, one module each: the module's ``FORMAT`` and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from ..record import Format

#: Name -> format, the strictest first.
FORMATS: Mapping[str, Format] = {}
