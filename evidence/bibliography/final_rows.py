"""What the screeners settled, as rows of screening.csv, reports.csv and entries of references.bib."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..errors import DataError, Problem, usage
from ..files import write_all
from ..kept_rows import Cells, Edit, KeptRow, KeptTable, read_kept
from .bibtex_entry import bibtex_entry, has_entry, with_entry, without_entry
from .citations import Citation
from .languages import language_code
from .screening import SCREENED
from .screening_states import Screening
from .store import FOLDER, SEPARATOR
from .streams import NOT_RETRIEVED

SCREENING, REPORTS, REFERENCES = "screening.csv", "reports.csv", "references.bib"
#: Columns of the two tables, for a review that has none yet; a column that a row needs and a table lacks is added.
SCREENING_COLUMNS = ("report_id", "source", "decision", "stage", "reason", "version", "notes")
REPORT_COLUMNS = (
    "report_id",
    "study_id",
    "year",
    "design",
    "country",
    "language",
    "publication_type",
    "source_seen",
    "url_or_doi",
    "notes",
)
_KEY = "report_id"
#: Cells in which a row that is there may differ from what the screeners settled.
_SETTLED = ("decision", "stage", "reason")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        added, changed, removed: Report ids of the rows of screening.csv.
        problems: Rows that say something else than the screeners, as warnings: they were left as they are.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def final_row(screening: Screening, report_id: str) -> Cells | None:
    """The row of screening.csv of a citation, None while it is not decided, or where no screener speaks of it."""
    state = screening.state(report_id)
    if state not in ("excluded", "included", "awaiting") or report_id not in screening.by_id:
        return None
    citation = screening.by_id[report_id]
    verdict = screening.verdict(report_id, "full_text")
    stage = "full_text"
    if verdict.standing != "settled":
        verdict, stage = screening.verdict(report_id, "title_abstract"), "title_abstract"
    return {
        "report_id": report_id,
        "source": SEPARATOR.join(citation.sources),
        "decision": "awaiting_classification" if state == "awaiting" else state,
        "stage": stage,
        "reason": verdict.reason or "",
        "version": str(citation.version),
        "notes": verdict.notes or "",
    }


def report_row(citation: Citation, row: Cells | None) -> Cells | None:
    """The row of reports.csv of a report that was read in full and is not in; None for all others."""
    if row is None or row["stage"] != "full_text" or row["decision"] == "included":
        return None
    record = citation.record
    seen = "full_text"
    if row["reason"] == NOT_RETRIEVED:
        seen = "abstract" if record.abstract else "title_only"
    return {
        "report_id": citation.report_id,
        "year": str(record.year or ""),
        "language": language_code(record.language) or "",
        "source_seen": seen,
        "url_or_doi": record.doi or record.url or "",
    }


def write_final(review: Path, before: Screening, after: Screening, report_ids: Collection[str]) -> Written:
    """Make the tables say what is settled of citations that were just decided on, or whose decision was taken back.

    Every other row stays byte for byte.

    Args:
        before: What was decided until now. after: What is decided.

    Raises:
        DataError: a table can't be read. UsageError: it can't be written. Nothing is half-written.
    """
    moved = [(name, final_row(before, name), final_row(after, name)) for name in report_ids]
    moved = [(name, old, row) for name, old, row in moved if old != row]
    if not moved:
        return Written()
    tables = _Tables(review)
    found: dict[str, list[str]] = {"added": [], "changed": [], "removed": []}
    for name, old, row in moved:
        there = tables.rows.get(name)
        if (what := _edit(tables.screening, there, old, row)) is not None:
            tables.edits.append(Edit(None if row is None else _plain(row, tables.screening), there))
            found[what].append(name)
        citation = after.by_id[name]
        tables.report(citation, report_row(citation, old), report_row(citation, row))
    tables.write()
    return Written(tuple(found["added"]), tuple(found["changed"]), tuple(found["removed"]))


def write_missing(review: Path, screening: Screening) -> Written:
    """Add the rows that the tables lack of what is settled; rows that are there stay as they are.

    A row that says something else than the screeners is a warning. The row of a record that was screened by itself and
    is a duplicate of another citation by now is taken out, unless reports.csv describes it.

    Raises:
        DataError: a table can't be read. UsageError: it can't be written. Nothing is half-written.
    """
    tables, written = _missing(review, screening)
    tables.write()
    return written


def unwritten(review: Path, screening: Screening) -> tuple[Problem, ...]:
    """Where screening.csv is not what the screeners settled, as warnings; nothing is written.

    What is included in full though all excluded it by title and abstract is a warning as well.

    Raises:
        DataError: a table can't be read.
    """
    tables, written = _missing(review, screening)
    problems = (*written.problems, *_read_though_excluded(review, screening))
    missing = [*written.added, *written.removed]
    if not missing:
        return problems
    shown = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
    message = f"the screeners' files are further than this table: {shown}"
    mend = f"run evidence screen {review} --conflicts, which also brings the table up to date"
    behind = Problem("screening-behind", message, mend, tables.screening.file, severity="warning")
    return (behind, *problems)


def _read_though_excluded(review: Path, screening: Screening) -> Iterator[Problem]:
    for name in (one.report_id for one in screening.citations if one.report_id in screening.spoken_of):
        full, first = (screening.verdict(name, stage) for stage in ("full_text", "title_abstract"))
        if (full.standing, full.decision, first.standing, first.decision) == (
            "settled",
            "include",
            "settled",
            "exclude",
        ):
            message = f"{name} is included at full text, but was excluded by title and abstract"
            command = f"evidence screen {review} --report {name} --stage title_abstract --as NAME"
            mend = f"include it there too if it was to be read: {command}; else take back what is said of the full text"
            folder = str(review / FOLDER / SCREENED)
            yield Problem("read-though-excluded", message, mend, folder, severity="warning")


def _missing(review: Path, screening: Screening) -> tuple[_Tables, Written]:
    tables, added, problems = _Tables(review), list[str](), list[Problem]()
    for name in (one.report_id for one in screening.citations if one.report_id in screening.spoken_of):
        row, there = final_row(screening, name), tables.rows.get(name)
        if row is not None and there is None:
            tables.edits.append(Edit(_plain(row, tables.screening)))
            tables.report(screening.by_id[name], None, report_row(screening.by_id[name], row))
            added.append(name)
        elif there is not None and (row is None or not _says(tables.screening, there, row)):
            problems.append(_differs(tables.screening, there, row, name))
    twins = _now_duplicates(screening, tables)
    problems += [_twice(screening, tables, name) for name in twins if name in tables.described]
    removed = [name for name in twins if name not in tables.described]
    tables.edits += [Edit(None, tables.rows[name]) for name in removed]
    return tables, Written(tuple(added), (), tuple(removed), tuple(problems))


def _edit(table: KeptTable, there: KeptRow | None, old: Cells | None, row: Cells | None) -> str | None:
    """What is to be done to a row; a row is taken out only where it says what the screeners said before."""
    if there is None:
        return None if row is None else "added"
    if row is not None:
        return None if _says(table, there, row) else "changed"
    return "removed" if old is not None and _says(table, there, old) else None


def _now_duplicates(screening: Screening, tables: _Tables) -> list[str]:
    """Rows of records that were screened by themselves and belong to another citation by now."""
    raw = screening.screened
    spoken = {report_id for own in (*raw.screeners.values(), raw.consensus) for report_id, _ in own}
    return sorted(name for name in spoken if name in screening.alias and name in tables.rows)


def _twice(screening: Screening, tables: _Tables, name: str) -> Problem:
    message = f"{name} is a duplicate of {screening.alias[name]} by now, but reports.csv describes it"
    mend = "take it out of both tables and of references.bib; or call the two different: evidence dedupe"
    table = tables.screening
    return Problem("screened-twice", message, mend, table.file, tables.rows[name].line, _KEY, "warning")


def _plain(row: Cells, table: KeptTable) -> Cells:
    """The row without what needs no column of its own: the first version is the one that is meant by nothing."""
    if row["version"] == "1" and "version" not in table.names:
        return {name: cell for name, cell in row.items() if name != "version"}
    return row


def _says(table: KeptTable, there: KeptRow, row: Cells) -> bool:
    cells = table.values(there)
    return all(cells.get(name, "") == row[name] for name in _SETTLED)


def _differs(table: KeptTable, there: KeptRow, row: Cells | None, name: str) -> Problem:
    told, settled = (" ".join(filter(None, map(one.get, _SETTLED))) for one in (table.values(there), row or {}))
    said = f"settled: {settled}" if row else "have not settled it"
    mend = "delete the row: what is settled is then written from the screeners' files; or judge it again: --report KEY"
    message = f"{name} is {told} here, but the screeners {said}"
    return Problem("screening-differs", message, mend, table.file, there.line, "decision", "warning")


class _Tables:
    """The files of a review that change together: read at first use, computed, written last."""

    def __init__(self, review: Path) -> None:
        self.review = review
        self.screening = read_kept(review / SCREENING, SCREENING_COLUMNS, _KEY)
        self.rows = self.screening.by(_KEY)
        self.edits: list[Edit] = []
        self.report_edits: list[Edit] = []
        self.new: list[str] = []
        self.gone: list[str] = []

    @cached_property
    def reports(self) -> KeptTable:
        return read_kept(self.review / REPORTS, REPORT_COLUMNS, _KEY)

    @cached_property
    def described(self) -> dict[str, KeptRow]:
        return self.reports.by(_KEY)

    @cached_property
    def references(self) -> str:
        return self._bibliography()

    def report(self, citation: Citation, old: Cells | None, row: Cells | None) -> None:
        """The row and the entry of a report: added where missing, taken out where they are as they were written."""
        if old == row:
            return
        entry = bibtex_entry(citation.report_id, citation.record)
        there = self.described.get(citation.report_id)
        if there is not None and old is not None and _as_written(self.reports, there, old):
            self.report_edits.append(Edit(row, there))
            if row is None:
                self.gone.append(entry)
        elif there is None and row is not None:
            self.report_edits.append(Edit(row))
            if not has_entry(self.references, citation.report_id):
                self.new.append(entry)

    def _bibliography(self) -> str:
        path = self.review / REFERENCES
        try:
            return path.read_bytes().decode("utf-8") if path.exists() else ""
        except UnicodeDecodeError as error:
            raise DataError(
                Problem("bad-encoding", "the file is not UTF-8", "save the file as UTF-8", str(path))
            ) from error
        except OSError as error:
            raise usage(f"can't read {path}: {error.strerror}", "mend its rights", "read") from error

    def write(self) -> None:
        """Write what changed: all of it, or nothing."""
        made: dict[Path, bytes] = {}
        if self.new or self.gone:
            text = self.references
            for entry in self.gone:
                text = without_entry(text, entry)
            for entry in self.new:
                text = with_entry(text, entry)
            made[self.review / REFERENCES] = text.encode("utf-8")
        if self.report_edits:
            made[self.review / REPORTS] = self.reports.edited(self.report_edits).content()
        if self.edits:
            made[self.review / SCREENING] = self.screening.edited(self.edits).content()
        write_all(made)


def _as_written(table: KeptTable, there: KeptRow, row: Cells) -> bool:
    """Whether nobody has typed anything into a row since it was written."""
    cells = table.values(there)
    return all(cell == row.get(name, "") for name, cell in cells.items())
