"""Records to CSV with the headers that ASReview and Rayyan read; no spreadsheet takes a cell for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from .record import Record
from .table_values import escaped, joined, keywords, people

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
#: Fields with several values -> what reads them from a cell.
_LISTS: Mapping[str, Callable[[str], tuple[str, ...]]] = {"authors": people, "keywords": keywords}


def write_csv(records: Sequence[tuple[str, Record]]) -> str:
    """Records as CSV; their ids are the column ``key``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["key", *COLUMNS])
    for identity, record in records:
        writer.writerow([escaped(identity), *(_cell(record, name) for name in COLUMNS.values())])
    return text.getvalue()


def _cell(record: Record, name: str) -> str:
    if name in _LISTS:
        return escaped(joined(getattr(record, name), _LISTS[name]))
    value = getattr(record, name)
    return "" if value is None else escaped(str(value))
