"""Tables with a header: CSV and TSV of Embase, Scopus, PubMed, Web of Science, ASReview, Covidence, Rayyan, Zotero."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ...display import plural
from ...errors import Problem
from .. import cleaning
from ..completing import completed, numbered
from ..kinds import kind_of
from ..record import KINDS, Batch, Format, Record
from ..table_columns import DATABASES, KIND_OF, SEVERAL, Columns
from ..table_rows import DELIMITERS, Row, declared, rows
from ..table_values import Cited, cited, keywords, noted_pmid, people, resolver_issn, unescaped
from ..tagged import unusable, usable

#: Rows among which the header is looked for.
_HEAD = 12
_MEND = "write as many cells as the header has, and a cell that holds the delimiter in double quotes"


def fits(text: str) -> bool:
    """Whether one of the first rows is the header of a table of records."""
    return _header(text) is not None


def read(text: str, file: str) -> Batch:
    """The records of a table: one row each."""
    found = _header(text)
    if found is None:
        mend = "add a header: title, authors, ..."
        return Batch(0, problems=(Problem("no-header", "no row names the columns of records", mend, file),))
    delimiter, head = found
    columns = Columns(head.cells)
    records: list[Record] = []
    reported: list[Problem] = []
    problems: list[Problem] = list(_before(text, delimiter, head, file))
    for row in rows(text, delimiter, head.end + 1):
        if row.empty and not row.broken:
            continue
        if row.cells == head.cells:
            message = "the header stands here again; passed over"
            problems.append(Problem("repeated-header", message, "nothing", file, row.line, severity="warning"))
        elif problem := _unreadable(row, head, file):
            reported.append(problem)
        else:
            cells = [unescaped(cell) for cell in row.cells[: len(head.cells)]]
            record = completed(_record(columns, cells, text, row))
            if usable(record):
                records.append(numbered(record, columns.first("own_id", cells)))
            else:
                reported.append(unusable(record.raw, file, row.line))
    return Batch(len(records) + len(reported), tuple(records), tuple(reported), tuple(problems))


FORMAT = Format("table", "CSV or TSV", fits, read)


def _header(text: str) -> tuple[str, Row] | None:
    """The delimiter and the header: of the first rows the one that names most parts of a record."""
    said, start = declared(text)
    best: tuple[int, int, str, Row] | None = None
    for delimiter in (said,) if said else DELIMITERS:
        for row in islice(rows(text, delimiter, start), _HEAD):
            if row.broken or row.empty or len(row.cells) > 1000:
                continue
            columns = Columns(row.cells)
            if columns.of_records and (best is None or (columns.telling, len(row.cells)) > best[:2]):
                best = (columns.telling, len(row.cells), delimiter, row)
    return None if best is None else best[2:]


def _before(text: str, delimiter: str, head: Row, file: str) -> Iterator[Problem]:
    for row in rows(text[: head.start], delimiter, declared(text)[1]):
        if not row.empty:
            message = f"text before the header is not read: {text[row.start : row.end][:60]!r}"
            yield Problem("text-outside", message, "nothing", file, row.line, severity="warning")


def _unreadable(row: Row, head: Row, file: str) -> Problem | None:
    """Why a row can't be read: a quote is not closed, or its cells are not those of the header."""
    if row.broken:
        message = "a quote opens in this row and is not closed where its cell ends"
        mend = 'close the quote at the end of its cell; write a quote inside a quoted cell twice ("")'
        return Problem("unclosed-quote", message, mend, file, row.line)
    width, wanted = len(row.cells), len(head.cells)
    if width == wanted or (width > wanted and not any(row.cells[wanted:])):
        return None
    message = f"the row has {plural(width, 'cell')}, the header {wanted}"
    return Problem("row-too-short" if width < wanted else "row-too-long", message, _MEND, file, row.line)


def _record(columns: Columns, cells: list[str], text: str, row: Row) -> Record:
    def first(part: str) -> str:
        return columns.first(part, cells)

    said = cited(first("source"), first("citation"))
    url = first("url")
    return Record(
        kind=_kind(first("kind")),
        title=cleaning.text_of(first("title")),
        authors=people(first("authors")),
        year=cleaning.year(first("year")) or cleaning.year(said.year),
        journal=cleaning.text_of(first("journal") or said.journal),
        volume=cleaning.label_of(first("volume") or said.volume),
        issue=cleaning.label_of(first("issue") or said.issue),
        pages=_pages(columns, cells, said),
        doi=cleaning.doi(first("doi")),
        pmid=cleaning.pmid(first("pmid")) or noted_pmid(first("extra")),
        pmcid=cleaning.pmcid(first("pmcid")) or cleaning.pmcid(first("extra")),
        issn=cleaning.serials(columns.all("issn", cells) or [resolver_issn(url)]),
        language=cleaning.label_of(first("language")),
        url=cleaning.text_of(url),
        keywords=keywords(*columns.all("keywords", cells)),
        abstract=cleaning.text_of(first("abstract")),
        accession=cleaning.text_of(first("accession")),
        database=cleaning.text_of(first("database") or _named(first("source"), said)),
        other=_other(columns, cells, said),
        raw=text[row.start : row.end],
        line=row.line,
        start=row.start,
        end=row.end,
    )


def _pages(columns: Columns, cells: list[str], said: Cited) -> str | None:
    whole = cleaning.pages(columns.first("pages", cells))
    parts = cleaning.pages(columns.first("first_page", cells), columns.first("last_page", cells))
    return whole or parts or cleaning.pages(columns.first("article_number", cells)) or cleaning.pages(said.pages)


def _kind(said: str) -> str | None:
    """The kind that a cell names; of several words with semicolons between the first that is known."""
    if not said or said.casefold() in KINDS:
        return said.casefold() or None
    known = (KIND_OF.get(word.strip().casefold()) or kind_of(word) for word in said.split(";"))
    return next((kind for kind in known if kind not in (None, "other")), "other")


def _named(source: str, said: Cited) -> str:
    """What a column ``Source`` names where it holds no citation: the database, as Scopus has it."""
    return source if not said.journal and DATABASES.match(source) else ""


def _other(columns: Columns, cells: list[str], said: Cited) -> dict[str, tuple[str, ...]]:
    """Column -> cell of everything that has no place of its own in the record."""
    used: set[int] = set()
    for part, places in columns.places.items():
        if part in ("extra", "own_id") or (
            part == "source" and not said.journal and not _named(columns.first(part, cells), said)
        ):
            continue
        filled = [i for i in places if cells[i]]
        used |= set(filled if part in SEVERAL else filled[:1])
    found: dict[str, list[str]] = {}
    for i, (name, cell) in enumerate(zip(columns.header, cells, strict=True)):
        if cell and i not in used:
            found.setdefault(name or f"column {i + 1}", []).append(cell)
    return {name: tuple(values) for name, values in found.items()}
