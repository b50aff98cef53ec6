"""A report to add to a review: the rows that belong to it in every table, with empty cells to fill."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..bibliography.bibtex_entry import with_entry
from ..bibliography.citations import Citation, citations
from ..bibliography.entry import Entry, entry_in, entry_of_nothing, entry_of_record, entry_of_reference
from ..bibliography.store import SEPARATOR
from ..errors import ID_LIKENESS, DataError, Problem, UsageError, near, unknown, usage
from ..files import write_all
from ..kept_rows import Cells, Edit, read_kept
from .review import REFERENCES, Reading, book_of, find_review, read_all

#: Keys that BibTeX, the tables and a command line take alike.
_KEY = re.compile(r"[^\W_][\w.:+/-]*")
_STRUCTURE = frozenset({"missing-column", "is-a-folder", "no-permission", "unreadable"})
MOST_ARMS = 50
#: Columns that are needed of the report of a study, not of every report.
_ALSO_NEEDED = {("reports", "design")}
#: Columns that a table may lack, but not once they would say something: the flow is counted from them.
_NOT_LOST = ("version",)


@dataclass(frozen=True, slots=True)
class Request:
    """What to add.

    Attributes:
        key: Key of the report: its name in the tables and in the references.
        bib: File that holds its reference.
        arms: Groups treated alike; None = one.
        study: Study that is there already and of which this is a further report.
        label, source: Name of the study to print; where the report was found. None = by the bibliography.
        outcomes: Outcomes that get rows; none = all of review.toml.
    """

    key: str
    bib: Path | None = None
    arms: int | None = None
    study: str | None = None
    label: str | None = None
    source: str | None = None
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Rows in one file.

    Attributes:
        file: Path. lines: 1-based line of each row, or of the entry.
        empty: Columns that must be filled, in the order of the codebook.
    """

    file: str
    lines: tuple[int, ...]
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """What was added, or why nothing had to be.

    Attributes:
        review: Folder of the review. key: Of the report. study: Of the study. label: Its name to print, "" = not known.
        parts: What was written; none where the report was there already.
        entry: What the bibliography knows.
        differences: Where the review says something else than what was asked for now.
        hint: What to know about a report of which nothing is known, or "".
    """

    review: str
    key: str
    study: str
    label: str
    parts: tuple[Part, ...]
    entry: Entry
    differences: tuple[str, ...] = ()
    hint: str = ""


def add_report(review: str | Path, request: Request) -> Added:
    """Write the rows of a report into the tables of a review and its entry into the references: all of them, or none.

    What the bibliography knows is filled (year, DOI or address, language, label), nothing else. A report that is there
    already is left as it is.

    Raises:
        UsageError: the key, a study or an outcome that does not fit, or a file that can't be written.
        DataError: a file that has to be mended first.
    """
    reading = read_all(find_review(review))
    plan = _Plan(reading, request)
    if plan.row("reports", "report_id", request.key) is not None:
        return plan.there_already()
    contents, added = plan.rows_and_entry()
    write_all(contents)
    return added


class _Plan:
    """Everything that is looked up before a byte is written."""

    def __init__(self, reading: Reading, request: Request) -> None:
        self.reading, self.request = reading, request
        _check_request(reading, request)
        self.specs = book_of(reading.settings)
        self.citations = citations(reading.path)
        self.entry = self._entry()

    def row(self, table: str, column: str, value: str) -> tuple[int, Mapping[str, Any]] | None:
        """Line and cells of the row that has this value."""
        found = self.reading.tables[table]
        return next(
            ((line, row) for line, row in zip(found.lines, found.rows, strict=True) if row[column] == value), None
        )

    def _entry(self) -> Entry:
        key, request = self.request.key, self.request
        if request.bib is not None:
            return entry_in(request.bib, key)
        known = self.reading.bibliography.references.get(key)
        if known is not None:
            return entry_of_reference(known, where=REFERENCES)
        if citation := self._citation():
            return entry_of_record(key, citation.record, SEPARATOR.join(citation.sources) or "the imported records")
        return entry_of_nothing(key)

    def _citation(self) -> Citation | None:
        """The imported records of this report.

        Raises:
            UsageError: the key is that of a duplicate, whose report has another one.
        """
        key = self.request.key
        found = next((one for one in self.citations if key in (one.report_id, *one.members)), None)
        if found is not None and found.report_id != key:
            message = f"the record {key} is of the same publication as {found.report_id}"
            raise usage(message, f"use {found.report_id} as KEY", "duplicate-record")
        return found

    @property
    def label(self) -> str:
        """The name of the study to print; a letter tells it from another of that name. "" = not known."""
        if self.request.label is not None:
            return self.request.label
        if self.entry.family is None or self.entry.year is None:
            return ""
        name = f"{self.entry.family} {self.entry.year}"
        taken = {row["label"] for row in self.reading.tables["studies"].rows}
        names = [name, *(f"{name}{letter}" for letter in string.ascii_lowercase[1:])]
        return next((one for one in names if one not in taken), name)

    @property
    def new_study(self) -> str:
        """Id of the study of a report: ``smith-2024`` of ``smith2024``."""
        return re.sub(r"(?<=[^\W\d_])(?=\d{4})", "-", self.request.key, count=1)

    @property
    def source(self) -> str:
        """Where the report was found, "" = not said."""
        citation = self._citation()
        return self.request.source or (SEPARATOR.join(citation.sources) if citation else "")

    def there_already(self) -> Added:
        """The report as the review has it, and what was asked for otherwise.

        Raises:
            DataError: it is there as a report of no study.
        """
        request = self.request
        found = self.row("reports", "report_id", request.key)
        assert found is not None
        study = found[1]["study_id"]
        if study is None:
            message = f"{request.key} belongs to no study there"
            mend = "if it is included now: delete this row, mend its decision in screening.csv, and run it again"
            raise DataError(Problem("no-study", message, mend, self._file("reports"), found[0], "study_id"))
        of_study = self.row("studies", "study_id", study)
        label = str(of_study[1]["label"] or "") if of_study else ""
        wanted = [("reports", found, name, text) for name, text in self._known_of_report().items()]
        if request.study is not None:
            wanted.append(("reports", found, "study_id", request.study))
        if of_study and request.label is not None:
            wanted.append(("studies", of_study, "label", request.label))
        differences = [
            f"{self._file(table)}:{line}: {name} is {_shown(row.get(name))}; {text!r} now"
            for table, (line, row), name, text in wanted
            if text and str(row.get(name) or "") != text
        ]
        arms = [row for row in self.reading.tables["arms"].rows if row["study_id"] == study]
        if request.arms is not None and len(arms) != request.arms:
            differences.append(f"{self._file('arms')}: {len(arms)} of {study}; {request.arms} now")
        return Added(self._folder, request.key, study, label, (), self.entry, tuple(differences))

    def rows_and_entry(self) -> tuple[dict[Path, bytes], Added]:
        """The files as they are to be, and what is new in them."""
        self._refuse_what_clashes()
        contents: dict[Path, bytes] = {}
        parts = []
        for table, rows in self._rows().items():
            spec, path = self.specs[table], self.reading.path / self.specs[table].file
            kept = read_kept(path, spec.names)
            edited = kept.edited([Edit(kept.own(row)) for row in rows])
            contents[path] = edited.content()
            if missing := next((name for name in _NOT_LOST if rows[0].get(name) and name not in kept.names), None):
                message, mend = f"the column {missing!r} is missing", f"add it: {rows[0][missing]} goes there"
                raise DataError(Problem("missing-column", message, mend, str(path), 1, missing))
            empty = tuple(
                column.name
                for column in spec.columns
                if (column.required or (table, column.name) in _ALSO_NEEDED)
                and not all(row.get(column.name) for row in rows)
            )
            parts.append(Part(str(path), edited.lines, empty))
        if self.request.key not in self.reading.bibliography.references:
            path = self.reading.path / REFERENCES
            contents[path], line = _with_entry(_content(path), self.entry.text)
            parts.append(Part(str(path), (line,)))
        study = self.request.study or self.new_study
        label = str(self._of_study("label") or "") if self.request.study else self.label
        return contents, Added(self._folder, self.request.key, study, label, tuple(parts), self.entry, (), self._hint())

    def _of_study(self, column: str) -> Any:
        found = self.row("studies", "study_id", self.request.study or "")
        return found[1][column] if found else None

    @property
    def _folder(self) -> str:
        return str(self.reading.path)

    def _file(self, table: str) -> str:
        return str(self.reading.path / self.specs[table].file)

    def _hint(self) -> str:
        if same := self._same_publication():
            return f"its DOI is that of {same}: if it is the same publication, take these rows out again"
        if self.entry.where:
            return ""
        known = tuple(one.report_id for one in self.citations)
        close = near(self.request.key, known, ID_LIKENESS).partition(" Known:")[0] if known else ""
        missing = "no --bib, and no imported record of this id" if known else "no --bib"
        hint = f"nothing is known of it ({missing}): its entry in {REFERENCES} holds only the key"
        return f"{hint}; {close}" if close.startswith("did") else hint

    def _same_publication(self) -> str | None:
        """Another report with the same DOI, and where it stands."""
        doi = (self.entry.doi or "").casefold()
        table = self.reading.tables["reports"]
        for line, row in zip(table.lines, table.rows, strict=True):
            reference = self.reading.bibliography.references.get(row["report_id"] or "")
            names = (row["url_or_doi"], reference.doi if reference else None)
            if doi and any((name or "").casefold().endswith(doi) for name in names):
                return f"{row['report_id']} ({table.file}:{line})"
        return None

    def _known_of_report(self) -> dict[str, str]:
        entry = self.entry
        known = {"year": entry.year, "language": entry.language, "url_or_doi": entry.doi or entry.url}
        return {name: text for name, text in known.items() if text}

    def _rows(self) -> dict[str, list[Cells]]:
        """New rows by table; what is not known is absent."""
        key, again = self.request.key, self.request.study is not None
        study = self.request.study or self.new_study
        rows: dict[str, list[Cells]] = {"reports": [{"report_id": key, "study_id": study, **self._known_of_report()}]}
        if self.row("screening", "report_id", key) is None:
            decision = {"decision": "duplicate_report" if again else "included", "stage": "full_text"}
            rows["screening"] = [{"report_id": key, "source": self.source, **decision, **self._version()}]
        if again:
            return rows
        rows["studies"] = [{"study_id": study, "label": self.label, "year": self.entry.year or ""}]
        arms = [f"{key}-{number}" for number in range(1, (self.request.arms or 1) + 1)]
        rows["arms"] = [{"arm_id": arm, "study_id": study} for arm in arms]
        outcomes = self.reading.settings.outcomes
        names = self.request.outcomes or tuple(outcomes)
        rows["outcomes"] = [
            {"arm_id": arm, "outcome": name, "unit": outcomes[name].unit} for arm in arms for name in names
        ]
        return rows

    def _version(self) -> dict[str, str]:
        """The version whose search found it; the first is an empty cell."""
        citation = self._citation()
        version = citation.version if citation else 1
        return {"version": str(version)} if version > 1 else {}

    def _refuse_what_clashes(self) -> None:
        """Rows that are there already and say something else, and tables that can't take a row."""
        request, key = self.request, self.request.key
        files = {self._file(table) for table in self._rows()}
        broken = [p for p in self.reading.errors if p.file in files and p.code in _STRUCTURE]
        broken += [p for p in self.reading.bibliography.problems if p.code in ("bad-encoding", *_STRUCTURE)]
        if broken:
            raise DataError(broken)
        screened = self.row("screening", "report_id", key)
        decision = "included" if request.study is None else "duplicate_report"
        if screened and screened[1]["decision"] not in (decision, "included"):
            message = f"{key} is {screened[1]['decision']} there"
            mend = f"change its decision to {decision} first, with the reason emptied"
            raise DataError(Problem("not-included", message, mend, self._file("screening"), screened[0], "decision"))
        if request.study is not None:
            return
        if found := self.row("studies", "study_id", self.new_study):
            message = f"the study {self.new_study} is there already"
            mend = f"if {key} is a further report of it: --study {self.new_study}; else take another KEY"
            raise DataError(Problem("study-there", message, mend, self._file("studies"), found[0], "study_id"))
        arms = {f"{key}-{number}" for number in range(1, (request.arms or 1) + 1)}
        if taken := sorted(arms & {row["arm_id"] for row in self.reading.tables["arms"].rows}):
            message, mend = f"the arm {taken[0]} is there already", "take another KEY, or delete the arm's row"
            raise DataError(Problem("arm-there", message, mend, self._file("arms"), None, "arm_id"))


def _check_request(reading: Reading, request: Request) -> None:
    if not _KEY.fullmatch(request.key):
        mend = "use letters, digits and - _ . : + / only, such as smith2024"
        raise usage(f"{request.key!r} is no key", mend, "bad-key")
    if request.arms is not None and request.study is not None:
        raise usage("--arms with --study: a further report has no arms of its own", "leave --arms away")
    if request.arms is not None and not 1 <= request.arms <= MOST_ARMS:
        raise usage(f"--arms {request.arms}", f"give 1 to {MOST_ARMS}", "bad-arms")
    wrong = [p for p in reading.errors if p.file == str(reading.path / "review.toml")]
    if wrong:
        raise DataError(wrong)
    for name in request.outcomes:
        if name not in reading.settings.outcomes:
            raise unknown("outcome", name, tuple(reading.settings.outcomes))
    studies = [str(row["study_id"]) for row in reading.tables["studies"].rows if row["study_id"]]
    if request.study is not None and request.study not in studies:
        raise _no_study(request.study, studies)


def _no_study(name: str, studies: Sequence[str]) -> UsageError:
    close = near(name, studies, ID_LIKENESS) if studies else "add it first, without --study"
    return usage(f"there is no study {name!r}", close.partition(" Known:")[0], "unknown-study")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise DataError(
            Problem("unreadable", f"can't be read: {error.strerror}", "mend its rights", str(path))
        ) from error


def _with_entry(content: bytes, entry: str) -> tuple[bytes, int]:
    """References with one more entry at their end, and the line on which it starts."""
    text = with_entry(content.decode("utf-8"), entry)
    return text.encode(), text.count("\n") - entry.count("\n") + 1


def _shown(value: Any) -> str:
    return "empty" if value is None else repr(str(value))
