"""A review: its checked tables, settings and references."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bibliography.earlier import Earlier
from ..bibliography.flow import Flow, count_flow
from ..bibliography.kept_files import kept_file_problems
from ..bibliography.reading import Bibliography, Reference, read_bibliography
from ..bibliography.searched import Searched, read_searched
from ..bibliography.streams import INDEXED
from ..bibliography.tally import completed
from ..errors import DataError, Problem, UnknownReviewError, near
from .adjudication_checks import extraction_problems
from .checks import check_tables
from .codebook import CORE, TableSpec, codebook
from .emptiness import settle_empty
from .reading import Table, read_table, records
from .screening_checks import screener_problems
from .settings import ReviewSettings, read_settings
from .side_by_side import Desk
from .unfinished import Unfinished, without_unfinished

if TYPE_CHECKING:
    import pandas as pd

#: Folder in which a review is looked for by its name.
DATA = Path("data")
SETTINGS, REFERENCES = "review.toml", "references.bib"


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """A review without errors.

    Attributes:
        name: Name of its folder.
        path: The folder, as found.
        settings: What review.toml says.
        tables: Those of the codebook by name, reports and screening to certainty;
            typed, every column of the codebook there, missing = ``pd.NA``. Text is pandas ``string``, counts and years
            ``Int64``, numbers ``Float64``; lists are one text with ``"; "`` between the items.
        lines: Physical line of each row of each table.
        codebook: The tables' columns, own ones of the review included.
        references: By key.
        searched: What the imported records say; empty where nothing was imported.
        problems: The warnings.
    """

    name: str
    path: Path
    settings: ReviewSettings
    tables: Mapping[str, pd.DataFrame]
    lines: Mapping[str, tuple[int, ...]]
    codebook: Mapping[str, TableSpec]
    references: Mapping[str, Reference]
    searched: Searched = field(default_factory=Searched)
    problems: tuple[Problem, ...] = ()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Rows of a table as plain values, None = missing; none where the review has no such table."""
        frame = self.tables.get(table)
        return [] if frame is None else records(frame)

    @property
    def searches(self) -> list[dict[str, Any]]:
        """The search log: searches.csv, with what is counted from the imported records where it leaves a cell empty."""
        return completed(self.rows("searches"), self.searched.tallies)

    @property
    def flow(self) -> Flow:
        """Records, reports, studies, arms and patients as PRISMA counts them, by these tables alone."""
        return self.flow_since(None)

    def flow_since(self, earlier: Earlier | None) -> Flow:
        """The same with what was in before as a version that was frozen has it, where there is one."""
        tables = {name: self.rows(name) for name in ("screening", "reports", "studies", "arms", "patients")}
        more = {"searches": self.searches, "waiting": self.searched.waiting}
        return count_flow({**tables, **more}, self.settings.databases, earlier)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Everything read of a review folder, errors or not.

    Attributes:
        name, path, settings, tables, bibliography: The parts, as far as they could be read.
        searched: What the imported records say.
        problems: All of them: why records can't be read; settings, tables in codebook order by line, references, rest.
    """

    name: str
    path: Path
    settings: ReviewSettings
    tables: Mapping[str, Table]
    bibliography: Bibliography
    searched: Searched
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that fail a check."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def read_review(review: str | Path, but: Collection[str] = ()) -> Review:
    """A review by the path of its folder, or by its name under ``data/``.

    Studies whose counts are still to be entered are not in it: its banner and a warning name them.

    Args:
        review: Which.
        but: Codes of errors that are let pass, for what mends them.

    Raises:
        DataError: with every problem of every table, warnings included, if any is an error.
    """
    reading = read_all(review)
    errors = [problem for problem in reading.errors if problem.code not in but]
    if errors:
        reading = _without_unfinished(reading, errors)
    return Review(
        reading.name,
        reading.path,
        reading.settings,
        {name: table.frame for name, table in reading.tables.items()},
        {name: table.lines for name, table in reading.tables.items()},
        {name: table.spec for name, table in reading.tables.items()},
        reading.bibliography.references,
        reading.searched,
        reading.problems,
    )


def _without_unfinished(reading: Reading, errors: Sequence[Problem]) -> Reading:
    """What can be analysed while the counts of some studies are still to be entered; the banner says without whom.

    Raises:
        DataError: there are other errors, with every problem.
    """
    left = without_unfinished(reading.tables, errors)
    if left is None:
        raise DataError(reading.problems)
    banner = _banner(reading.settings, left.tables["reports"])
    settings = replace(reading.settings, banner=" ".join(filter(None, (left.sentence, banner))))
    bibliography = reading.bibliography
    entries = {key: one for key, one in bibliography.references.items() if key not in left.reports}
    gone = left.places | {
        (bibliography.file, bibliography.references[key].line) for key in left.reports & bibliography.references.keys()
    }
    problems = (problem for problem in reading.problems if (problem.file, problem.line) not in gone)
    warnings = (left.problem(reading.path), *(problem for problem in problems if problem.severity == "warning"))
    return replace(
        reading,
        settings=settings,
        tables=left.tables,
        bibliography=replace(bibliography, references=entries),
        searched=_waiting(reading.searched, left),
        problems=warnings,
    )


def _waiting(searched: Searched, left: Unfinished) -> Searched:
    """The records, where reports of unfinished studies wait to be entered, so that none is lost in the flow."""
    rows = tuple(
        {"report_id": row["report_id"], "source": row["source"], "stage": "entry", "version": row["version"]}
        for row in left.waiting
        if row["report_id"] in searched.record_ids
    )
    return replace(searched, waiting=(*searched.waiting, *rows))


def check_review(review: str | Path) -> tuple[Problem, ...]:
    """Every problem of a review, errors and warnings.

    Raises:
        UnknownReviewError: there is no such review.
    """
    return read_checked(review).problems


def read_checked(review: str | Path) -> Reading:
    """The same with what only a check looks at, because it reads every imported file whole.

    Raises:
        UnknownReviewError: there is no such review.
    """
    reading = read_all(review)
    return replace(reading, problems=(*kept_file_problems(reading.path), *reading.problems))


def read_all(review: str | Path) -> Reading:
    """Read a review as far as it can be read; its problems are data.

    Raises:
        UnknownReviewError: there is no such review.
    """
    folder = find_review(review)
    if not any((folder / name).exists() for name in (SETTINGS, *(spec.file for spec in CORE.values()))):
        what = f"{str(review)!r} is a folder without {SETTINGS} and without a table of a review"
        mend = near(str(review), review_names()) if review_names() else "give the folder of a review"
        raise UnknownReviewError(Problem("no-such-review", what, mend))
    settings, problems = read_settings(folder / SETTINGS)
    settings_failed = any(problem.severity == "error" for problem in problems)
    tables: dict[str, Table] = {}
    found: list[Problem] = []
    for name, spec in book_of(settings).items():
        tables[name], own = read_table(folder, spec)
        found += _without_cascade(own, settings_failed)
    problems += settle_empty(found, tables, str(review))
    decided = [str(row["report_id"]) for row in tables["screening"].rows]
    searched = read_searched(folder, decided, settings.screening.screeners)
    settings = with_log(settings, completed(tables["searches"].rows, searched.tallies))
    if not settings_failed:
        problems += check_tables(tables, settings, searched)
        problems += screener_problems(folder, settings)
        problems += extraction_problems(_desk(folder, settings, tables))
    problems += [*searched.unknown, *searched.unwritten]
    bibliography = read_bibliography(folder / REFERENCES)
    problems += [*_reference_problems(tables["reports"], bibliography), *bibliography.problems, *_strays(folder)]
    settings = replace(settings, banner=_banner(settings, tables["reports"]))
    return Reading(
        folder.resolve().name,
        folder,
        settings,
        tables,
        bibliography,
        searched,
        (*searched.problems, *_ordered(problems)),
    )


def with_log(settings: ReviewSettings, log: Sequence[Mapping[str, Any]]) -> ReviewSettings:
    """The settings with the databases and registers of the search log, and its days where no day is stated."""
    logged = [row for row in log if row["kind"] in INDEXED]
    have = {name.casefold() for name in settings.databases}
    names = [str(row["source"]) for row in logged if str(row["source"]).casefold() not in have]
    date = settings.search_date or _days(logged)
    return replace(settings, databases=(*settings.databases, *dict.fromkeys(names)), search_date=date)


def _days(searches: Sequence[Mapping[str, Any]]) -> str | None:
    """The day of the searches, the last of each source where they differ; None where none is stated."""
    last: dict[str, str] = {}
    for row in searches:
        last[str(row["source"])] = max(last.get(str(row["source"]), ""), str(row["date"] or ""))
    if not any(last.values()):
        return None
    if len(set(last.values())) == 1:
        return next(iter(last.values()))
    return "; ".join(f"{source} {day or 'not stated'}" for source, day in last.items())


def _desk(folder: Path, settings: ReviewSettings, tables: Mapping[str, Table]) -> Desk:
    rows = {name: table.rows for name, table in tables.items()}
    lines = {name: table.lines for name, table in tables.items()}
    return Desk(folder, settings, {name: table.spec for name, table in tables.items()}, rows, lines)


def book_of(settings: ReviewSettings) -> dict[str, TableSpec]:
    """The tables of a review: core columns with its outcomes and words, and its own columns."""
    titles = {outcome.name: outcome.title for outcome in settings.outcomes.values()}
    tools = {name: tool.title for name, tool in settings.tools.items()}
    return codebook(settings.columns, titles, {**settings.vocabulary, ("appraisals", "tool"): tools})


def find_review(review: str | Path) -> Path:
    """The folder of a review: a path, else a name under ``data/``.

    Raises:
        UnknownReviewError: neither exists; names the reviews that do.
    """
    path = Path(review)
    folders = [folder for folder in (path, DATA / path) if _is_folder(folder)]
    if folders:
        return next((folder for folder in folders if (folder / SETTINGS).exists()), folders[0])
    known = review_names()
    what = "a file, not a review folder" if path.is_file() else "neither a folder nor a review under data/"
    mend = near(str(review), known) if known else "give the path of a folder with review.toml and the tables"
    raise UnknownReviewError(Problem("no-such-review", f"{str(review)!r} is {what}", mend))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def screeners_of(folder: Path) -> int:
    """How many judge each citation of a review, as its review.toml says."""
    return read_settings(folder / SETTINGS)[0].screening.screeners


def outcomes_named(folder: Path) -> tuple[str, ...]:
    """Names of the outcomes of a review, as its review.toml has them."""
    return tuple(read_settings(folder / SETTINGS)[0].outcomes)


def review_names() -> tuple[str, ...]:
    """Names of the reviews under ``data/`` of the working directory."""
    return tuple(sorted(path.parent.name for path in DATA.glob(f"*/{SETTINGS}")))


def _without_cascade(problems: list[Problem], settings_failed: bool) -> list[Problem]:
    """While review.toml has errors, unknown columns and words may be its fault: they wait until it is mended."""
    if not settings_failed:
        return problems
    return [problem for problem in problems if problem.code not in ("unknown-column", "unknown-term")]


def _reference_problems(reports: Table, bibliography: Bibliography) -> list[Problem]:
    problems = []
    known = bibliography.references
    readable = not any(
        p.code in ("missing-file", "bad-encoding", "is-a-folder", "conflict-markers") for p in bibliography.problems
    )
    for position, row in enumerate(reports.rows):
        key = row["report_id"]
        if key is None or not readable:
            continue
        if key not in known:
            message = f"{key} has no entry in {REFERENCES}"
            mend = f"add @misc{{{key}, ...}} with what was seen, the address at least"
            problems.append(reports.problem("no-reference", position, "report_id", message, mend))
            continue
        missing = [what for what, seen in (("title", known[key].title), ("authors", known[key].authors)) if not seen]
        if missing:
            message = f"{key}: {' and '.join(missing)} not seen; printed as [not seen] with the address"
            problem = Problem(
                "not-seen", message, "fill the entry when they are seen", bibliography.file, known[key].line
            )
            problems.append(replace(problem, severity="warning"))
    ids = {row["report_id"] for row in reports.rows}
    problems += [
        Problem(
            "reference-without-report",
            f"{key} is not in reports.csv",
            "add the report, or delete the entry",
            bibliography.file,
            reference.line,
            severity="warning",
        )
        for key, reference in known.items()
        if reports.complete and key not in ids
    ]
    return problems


def _strays(folder: Path) -> list[Problem]:
    """CSV files that no table has the name of: a misspelt name would otherwise go unread unseen."""
    known = [table.file for table in CORE.values()]
    return [
        Problem(
            "unknown-table", "no table has this name; not read", near(path.name, known), str(path), severity="warning"
        )
        for path in sorted(folder.iterdir())
        if path.suffix.casefold() in (".csv", ".tsv") and path.name not in known and path.name[0] not in ".~"
    ]


def _banner(settings: ReviewSettings, reports: Table) -> str | None:
    """What every output of a seed must say, from its own tables, and of made-up data."""
    if settings.status == "synthetic":
        return "Synthetic data: no patient, no study; made by a program to show what figures and tables look like."
    if settings.status != "seed":
        return None
    seen = [row["source_seen"] for row in reports.rows]
    searched = f"databases searched: {', '.join(settings.databases)}" if settings.databases else "no database searched"
    return (
        f"Seed: not a finished systematic review; {searched}; {seen.count('abstract')} of {len(seen)} reports known at "
        "abstract level; not for treatment decisions."
    )


def _ordered(problems: list[Problem]) -> tuple[Problem, ...]:
    files = [SETTINGS, *(table.file for table in CORE.values()), REFERENCES]

    def key(problem: Problem) -> tuple[int, int]:
        name = Path(problem.file or "").name
        return (files.index(name) if name in files else len(files), problem.line or 0)

    return tuple(sorted(problems, key=key))
