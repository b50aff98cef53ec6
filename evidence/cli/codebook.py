"""`evidence codebook`: the columns of the tables, as a Markdown page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..files import write_whole

HELP = "Print the codebook: every table and column with meaning, type, unit and allowed values."


def command(
    review: Annotated[
        str | None,
        typer.Argument(metavar="REVIEW", help="Folder or name of a review; none means the core tables."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the page here instead of printing it.")
    ] = None,
) -> None:
    """Print the codebook as Markdown: every table and column with meaning, type, unit and allowed values.

    evidence codebook sts-calcinosis-cutis -o codebook.md
    """
    page = page_of(review)
    if output is None:
        typer.echo(page, nl=False)
    else:
        write_whole(output, page.encode("utf-8"))
        typer.echo(f"{output} written")


def page_of(review: str | None) -> str:
    """The page of the core tables, or of a review with its own columns.

    Raises:
        UnknownReviewError: there is no such review. DataError: its review.toml has errors.
    """
    from ..errors import DataError
    from ..review.page import codebook_page
    from ..review.review import SETTINGS, book_of, find_review
    from ..review.settings import read_settings

    if review is None:
        return codebook_page()
    settings, problems = read_settings(find_review(review) / SETTINGS)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DataError(errors)
    return codebook_page(book_of(settings), settings)
