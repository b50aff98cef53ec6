"""What a review would have said at the end of a year: today's tables without what came later.

A study is in from its year on; a report from its own. Studies without a year enter in today's version, as "year
unknown": nobody can say when they would have been found. What tells of today alone is left away: judgements of
certainty, the extractors' tables, searches of a later day, and decisions on reports without a year.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..bibliography.reading import read_bibliography
from ..errors import usage
from ..review.review import book_of, read_review
from ..review.settings import read_settings
from ..review.specs import LIST_SEPARATOR, ColumnSpec, TableSpec, items
from ..rows import parse_rows
from .collecting import REFERENCES, SETTINGS
from .finding import laid_out
from .version import OF_TODAY, Version

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class _Table:
    spec: TableSpec
    header: tuple[str, ...]
    rows: Rows


def as_of(version: Version, year: int) -> Version:
    """The version as it would have been at the end of a year.

    Raises:
        UsageError: no study has a year up to it. DataError: problems in the tables.
    """
    with laid_out(version) as root:
        folder = root / "data" / version.review
        read_review(folder)
        settings, _ = read_settings(folder / SETTINGS)
        bibliography = read_bibliography(folder / REFERENCES)
    tables = _tables(version, book_of(settings))
    gone = _gone(tables, year)
    reports = {row["report_id"] for row in tables["reports"].rows} - gone["reports"] if "reports" in tables else set()
    kept = {name: _kept(table, gone, reports, year) for name, table in tables.items() if name not in OF_TODAY}
    lines = {key: one.line for key, one in bibliography.references.items() if one.line is not None}
    files = {
        name: content for name, content in version.files.items() if name == SETTINGS or name.startswith("analyses/")
    }
    files |= {table.spec.file: _text(table) for table in kept.values() if table.rows or _may_be_empty(table)}
    if REFERENCES in version.files:
        files[REFERENCES] = _references(version.files[REFERENCES], lines, reports)
    away = tuple(name for name in OF_TODAY if _is_there(name, version, tables))
    notes = (*_notes(tables, gone, year), *_left_away(away))
    return replace(version, files=files, until=year, records={}, notes=notes, not_kept=OF_TODAY)


#: How what is left out is called in a sentence.
_SAID = {
    "certainty": "judgements of certainty (certainty.csv)",
    "changes": "reasons of corrections (changes.csv)",
    "extraction": "what each extractor entered, and its adjudication (extraction/)",
    "records": "the imported records (records/)",
}


def _is_there(name: str, version: Version, tables: Mapping[str, _Table]) -> bool:
    if name == "records":
        return bool(version.records)
    return name in tables or any(path.startswith(f"{name}/") for path in version.files)


def _left_away(names: Sequence[str]) -> tuple[str, ...]:
    said = "; ".join(_SAID[name] for name in names)
    return (f"Left out, as they tell of today and not of then: {said}.",) if names else ()


def _tables(version: Version, book: Mapping[str, TableSpec]) -> dict[str, _Table]:
    found = {}
    for name, spec in book.items():
        if spec.file in version.files:
            raw = parse_rows(version.files[spec.file], spec.file)
            rows = [dict(zip(raw.header, cells, strict=True)) for _, cells in raw.rows]
            found[name] = _Table(spec, raw.header, rows)
    return found


def _year(row: Mapping[str, str]) -> int | None:
    text = row.get("year", "")
    return int(text) if text.isdigit() else None


def _gone(tables: Mapping[str, _Table], year: int) -> dict[str, set[str]]:
    """Ids that were not there yet, by table.

    Raises:
        UsageError: no study was there.
    """
    reports = tables["reports"].rows if "reports" in tables else []
    studies = tables["studies"].rows if "studies" in tables else []
    years = {row["study_id"]: _study_year(row, reports) for row in studies}
    late = {study for study, found in years.items() if found is None or found > year}
    if len(late) == len(years):
        dated = [found for found in years.values() if found is not None]
        mend = f"the earliest is of {min(dated)}" if dated else "enter the years of studies.csv"
        raise usage(f"no study of the review has a year up to {year}", mend, "no-study-until")
    gone = {"studies": late, "reports": {row["report_id"] for row in reports if _is_late(row, late, year)}}
    for name in tables:
        gone.setdefault(name, set())
    while any(_follow(table, gone) for table in tables.values()):
        continue
    return gone


def _study_year(row: Mapping[str, str], reports: Rows) -> int | None:
    own = [found for report in reports if report.get("study_id") == row["study_id"] and (found := _year(report))]
    return _year(row) or min(own, default=None)


def _is_late(report: Mapping[str, str], late: set[str], year: int) -> bool:
    """Whether a report is of a later year, or of a later study; one without a year is its study's first."""
    found = _year(report)
    if study := report.get("study_id", ""):
        return study in late or (found is not None and found > year)
    return found is None or found > year


def _follow(table: _Table, gone: dict[str, set[str]]) -> bool:
    """Rows that need one that is gone are gone, too; whether any was new."""
    key = table.spec.key
    if key is None:
        return False
    known = gone[table.spec.name]
    new = {row[key] for row in table.rows if row.get(key) not in known and _needs_gone(row, table.spec, gone)}
    known |= new
    return bool(new)


def _needs_gone(row: Mapping[str, str], spec: TableSpec, gone: Mapping[str, set[str]]) -> bool:
    return any(
        row.get(column.name, "") in gone.get(column.refers[0], ())
        for column in spec.columns
        if column.type == "ref" and column.required and column.refers
    )


def _kept(table: _Table, gone: Mapping[str, set[str]], reports: set[str], year: int) -> _Table:
    rows = [row for row in table.rows if _stays(row, table, gone, reports, year)]
    links = [column for column in table.spec.columns if column.refers and column.name in table.header]
    return replace(table, rows=[{**row, **{c.name: _link(row[c.name], c, gone) for c in links}} for row in rows])


def _stays(row: Mapping[str, str], table: _Table, gone: Mapping[str, set[str]], reports: set[str], year: int) -> bool:
    name, key = table.spec.name, table.spec.key
    if name == "searches":
        date = row.get("date", "")[:4]
        return date.isdigit() and int(date) <= year
    if name == "screening":
        return row.get("report_id") in reports
    if key is not None and row.get(key) in gone[name]:
        return False
    return not _needs_gone(row, table.spec, gone)


def _link(cell: str, column: ColumnSpec, gone: Mapping[str, set[str]]) -> str:
    """A cell that names other rows, without those that are gone."""
    assert column.refers is not None
    away = gone.get(column.refers[0], set())
    return LIST_SEPARATOR.join(item for item in items(cell) if item not in away)


def _may_be_empty(table: _Table) -> bool:
    return table.spec.required or not table.spec.filled


def _text(table: _Table) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows([row[name] for name in table.header] for row in table.rows)
    return text.getvalue().encode()


def _references(content: bytes, lines: Mapping[str, int], reports: set[str]) -> bytes:
    """The entries of these reports, byte for byte, with what stands before the first entry."""
    text = content.splitlines(keepends=True)
    starts = sorted((line, key) for key, line in lines.items())
    if not starts:
        return content
    ends = [line for line, _ in starts[1:]] + [len(text) + 1]
    blocks = [text[: starts[0][0] - 1]]
    blocks += [text[line - 1 : end - 1] for (line, key), end in zip(starts, ends, strict=True) if key in reports]
    return b"".join(line for block in blocks for line in block)


def _notes(tables: Mapping[str, _Table], gone: Mapping[str, set[str]], year: int) -> tuple[str, ...]:
    studies = tables["studies"].rows if "studies" in tables else []
    reports = tables["reports"].rows if "reports" in tables else []
    undated = [row.get("label", row["study_id"]) for row in studies if _study_year(row, reports) is None]
    notes = [f"Rebuilt from later tables: what the review would have said at the end of {year}, by the years in them."]
    if undated:
        notes.append(f"Studies whose year is unknown are not in, and enter in today's version: {'; '.join(undated)}.")
    dated = {row["report_id"] for row in reports if _year(row) is not None}
    others = sum(row.get("report_id") not in dated for row in tables["screening"].rows) if "screening" in tables else 0
    if others:
        known = "1 screened report has" if others == 1 else f"{others} screened reports have"
        notes.append(f"{known} no year in the tables: decisions on these stand in today's version alone.")
    return tuple(notes)
