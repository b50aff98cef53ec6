"""`evidence search`: ask PubMed and Europe PMC for what is new since the last search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..review.searching import Search

HELP = "Ask PubMed and Europe PMC again; new records go to screening."


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.")],
    databases: Annotated[
        list[str] | None,
        typer.Option(
            "--database",
            "-d",
            metavar="NAME",
            help="PubMed or Europe PMC; without it, each that the search log has a query of.",
        ),
    ] = None,
    query: Annotated[
        str,
        typer.Option(
            "--query", metavar="TEXT", help="What to ask, word for word; else as in the latest row of searches.csv."
        ),
    ] = "",
    since: Annotated[
        str,
        typer.Option("--since", metavar="YYYY-MM-DD", help="Only records entered since; else since the last search."),
    ] = "",
    email: Annotated[
        str,
        typer.Option("--email", metavar="ADDRESS", help="Your address, which NCBI asks for; or set EVIDENCE_EMAIL."),
    ] = "",
    version: Annotated[
        int | None, typer.Option("--for", metavar="VERSION", min=1, help="Version of the review; else the latest.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Ask PubMed and Europe PMC what is new since the last search; the records are imported and the search is logged.

    The query is the one in the latest row of searches.csv on that database, or --query. Nothing is written if a
    database does not answer. PubMed needs Biopython (the extra [pubmed]) and your e-mail address.

    evidence search sts-calcinosis-cutis --database pubmed --query "calcinosis AND thiosulfate" --email you@example.org
    """
    from ..bibliography.asked import Asked
    from ..review.searching import saved, search

    asked = Asked(query, since, "", email)
    made = []
    for name in databases or saved(review):
        with _bar(name) as step:
            made.append(search(review, name, asked, version or 0, step))
        if not json:
            typer.echo(_said(made[-1]))
    if json:
        _print_json(made)
    elif any(one.answer.records for one in made):
        typer.echo(f"Next: evidence dedupe {review}")


@contextmanager
def _bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr that is told how many records have come."""
    from .stepping import share_bar

    with share_bar(f"asking {name}") as tell:
        yield lambda done, of: tell(done / of if of else 1.0)


def _said(one: Search) -> str:
    from ..display import plural

    since = f" entered since {one.since}" if one.since else ""
    found = f"{one.database}: {plural(one.answer.records, 'record')}{since} ({one.query})"
    if one.intake is None:
        return f"{found}; logged"
    row = one.intake.taken[0].row
    if one.intake.taken[0].before:
        return f"{found}; the very same as {row.import_id}, nothing changed"
    reported = f", {row.reported:,} could not be read (records/unread.csv)" if row.reported else ""
    return f"{found}; {row.read:,} imported as {row.import_id}{reported}"


def _print_json(made: list[Search]) -> None:
    import json

    said = [
        {
            "database": one.database,
            "query": one.query,
            "since": one.since or None,
            "until": one.until,
            "records": one.answer.records,
            "understood": one.answer.understood or None,
            "import_id": one.intake.taken[0].row.import_id if one.intake else None,
            "read": one.intake.taken[0].row.read if one.intake else 0,
        }
        for one in made
    ]
    typer.echo(json.dumps({"searches": said}, ensure_ascii=False, allow_nan=False, indent=2))
