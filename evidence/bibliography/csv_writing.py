"""Records to CSV with the headers that ASReview and Rayyan read; no spreadsheet takes a cell for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from .record import Record
from .table_values import escaped, joined

#: Header -> field of a record, in the order of Rayyan's own files; what those have no column for comes last.
COLUMNS: Mapping[str, str] = {
    "title": "title",
    "year": "year",
    "journal": "journal",
    "issn": "issn",
    "volume": "volume",
    "issue": "issue",
    "pages": "pages",
    "authors": "authors",
    "url": "url",
    "language": "language",
    "abstract": "abstract",
    "doi": "doi",
    "keywords": "keywords",
    "pubmed_id": "pmid",
    "pmc_id": "pmcid",
    "accession": "accession",
    "database": "database",
    "type": "kind",
}


def write_csv(records: Sequence[tuple[str, Record]]) -> str:
    """Records as CSV; their ids are the column ``key``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["key", *COLUMNS])
    for identity, record in records:
        writer.writerow([escaped(identity), *(_cell(getattr(record, name)) for name in COLUMNS.values())])
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return escaped(joined(value) if isinstance(value, tuple) else str(value))
