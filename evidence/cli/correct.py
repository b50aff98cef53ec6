"""`evidence correct`: a cell of a table corrected, with the reason that `evidence diff` tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..errors import Problem
    from ..review.correcting import Correction
    from ..review.specs import TableSpec

HELP = "Correct a cell of a table, with the reason that diff tells."


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.", show_default=False)],
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Its table, e.g. outcomes.", show_default=False)],
    row: Annotated[
        str,
        typer.Argument(
            metavar="ROW",
            help='The row as diff names it, or its first words: smith2020-1, "smith2020-1 remission".',
            show_default=False,
        ),
    ],
    column: Annotated[str, typer.Argument(metavar="COLUMN", help="Its column, e.g. events.", show_default=False)],
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help='What is right; "" = nothing is known.', show_default=False)
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; without it nobody can judge the change.")] = "",
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who says so.")] = None,
    was: Annotated[
        str | None,
        typer.Option(
            metavar="VALUE", help="Where the table was corrected already: what stood there.  [of the latest version]"
        ),
    ] = None,
) -> None:
    """Write a value into a cell, and the reason into changes.csv of the review; every other byte stays as it was.

    evidence diff and CHANGES.md tell the reason beside the change. Where the table has the value already, only the
    reason is recorded. What two extractors differ in is settled by evidence agree instead.

    evidence correct my-review outcomes "smith2020-1 remission" events 4 --reason "erratum of 2025, table 2" --by AB
    """
    from datetime import date

    from ..errors import DataError
    from ..review.correcting import Correction, corrected, with_old
    from ..review.review import SETTINGS, book_of, find_review
    from ..review.settings import read_settings

    folder = find_review(review)
    settings, problems = read_settings(folder / SETTINGS)
    if errors := [problem for problem in problems if problem.severity == "error"]:
        raise DataError(errors)
    book = book_of(settings)
    one = Correction(table, row, column, value, reason, by, was)
    one = with_old(one, _before(folder, book, one))
    before = _errors(folder)
    found = corrected(folder, book, one, date.today())
    found.write()
    for sentence in found.said:
        typer.echo(sentence)
    for problem in (problem for problem in _errors(folder) if str(problem) not in map(str, before)):
        typer.echo(f"now wrong, until the other cells are corrected too: {problem}", err=True)


def _errors(folder: Path) -> tuple[Problem, ...]:
    from ..review.review import read_all

    return read_all(folder).errors


def _before(folder: Path, book: Mapping[str, TableSpec], one: Correction) -> str | None:
    """What stood in the latest version, where the table has the value already; None where that is not known."""
    from ..errors import EvidenceError
    from ..review.correcting import value_in
    from ..review.row_names import plain
    from ..updates.finding import frozen_versions

    spec = book.get(one.table)
    path = folder / spec.file if spec is not None else None
    if spec is None or path is None or not path.is_file():
        return None
    try:
        now = value_in(path.read_bytes(), spec, one.row, one.column)
        versions = frozen_versions(folder)
        if now is None or plain(now) != plain(one.new) or not versions:
            return None
        content = versions[-1].files.get(spec.file)
        then = None if content is None else value_in(content, spec, one.row, one.column)
    except EvidenceError:
        return None
    return then if then is not None and plain(then) != plain(now) else None
