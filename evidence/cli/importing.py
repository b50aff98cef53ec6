"""`evidence import`: files of databases and reference managers into the records of a review."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..bibliography.intake import Intake, Taken

HELP = "Import records: RIS, BibTeX, PubMed, EndNote, Web of Science, CSV, ..."


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.")],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files of records, of any format and encoding.")
    ],
    database: Annotated[
        str | None,
        typer.Option(
            "--database", "-d", metavar="NAME", help="What they were exported from; else as the files themselves say."
        ),
    ] = None,
    date: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of the search.")] = "",
    query: Annotated[
        str, typer.Option("--query", metavar="TEXT", help="What was asked, word for word, for the search log.")
    ] = "",
    kind: Annotated[
        str,
        typer.Option(
            "--kind", metavar="KIND", help="Kind of source: database, register, website, organisation, citation, other."
        ),
    ] = "database",
    search: Annotated[
        str | None,
        typer.Option("--search", metavar="ID", help="Row of searches.csv that they belong to; else a new one."),
    ] = None,
    version: Annotated[
        int | None, typer.Option("--for", metavar="VERSION", min=1, help="Version of the review; else the latest.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Import files of records: every record is read, or reported with its line; the files themselves are kept.

    The format is found by what the file holds: RIS, BibTeX, PubMed (.nbib, MEDLINE), EndNote (XML, .enw), Web of
    Science, CSV and TSV of databases and screening tools. A file that was imported before changes nothing.

    Each file is a search of its own in searches.csv; with --date or --query the files of one database are one search,
    with one row, named after the first. --search adds files to a search that is logged already.

    Exit code 1 if a record could not be read: it is in records/unread.csv, all others are imported.

    evidence import sts-calcinosis-cutis pubmed.nbib embase.ris --date 2026-11-01
    """
    from ..bibliography.intake import Origin
    from ..review.importing import import_files
    from .asking import say_problems

    with _bar(files) as step:
        origin = Origin(database, date, version or 0, search)
        intake = import_files(review, files, origin, {"kind": kind, "query": query}, step)
    for taken in intake.taken:
        say_problems(taken.problems)
    if json:
        _print_json(intake)
    else:
        for taken in intake.taken:
            typer.echo(_said(taken))
        if any(not taken.row.date for taken in intake.taken if not taken.before):
            typer.echo("The day of the search is not stated (--date); PRISMA asks for it: date in searches.csv")
        typer.echo(_total(intake, review))
    if any(one.row.reported and not one.before for one in intake.taken):
        raise typer.Exit(1)


@contextmanager
def _bar(files: list[Path]) -> Iterator[Callable[[str], None]]:
    from .stepping import bar

    with bar("importing", tuple(path.name for path in files)) as step:
        yield step


def _said(taken: Taken) -> str:
    from ..bibliography.formats import FORMATS
    from ..display import plural

    row = taken.row
    if taken.before:
        return f"{taken.file}: imported before, as {row.import_id}; nothing changed"
    read = f"{row.file}: {plural(row.found, 'record')} found, {row.read:,} read"
    reported = f", {row.reported:,} could not be read" if row.reported else ""
    return f"{read}{reported} ({FORMATS[row.format].title}, {row.encoding}; {row.database}; {row.import_id})"


def _total(intake: Intake, review: str) -> str:
    from ..display import plural

    new = sum(taken.row.read for taken in intake.taken if not taken.before)
    if not new:
        return f"{plural(len(intake.store.records), 'record')} in all; nothing new"
    return f"{plural(len(intake.store.records), 'record')} in all, {new:,} new. Next: evidence dedupe {review}"


def _print_json(intake: Intake) -> None:
    import json
    from dataclasses import asdict

    files = [
        {**asdict(taken.row), "imported_before": taken.before, "problems": [asdict(p) for p in taken.problems]}
        for taken in intake.taken
    ]
    said = {"files": files, "records": len(intake.store.records)}
    typer.echo(json.dumps(said, ensure_ascii=False, allow_nan=False, indent=2))
