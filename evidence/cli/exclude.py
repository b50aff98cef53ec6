"""`evidence exclude`: a study taken out of a review, in all of its tables."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

HELP = "Take a study out of a review: its decision, and its rows in all tables."


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.", show_default=False)],
    study: Annotated[str, typer.Argument(metavar="STUDY", help="Its study_id in studies.csv.", show_default=False)],
    reason: Annotated[
        str | None,
        typer.Option(metavar="WORD", help="Why, in a word of screening.csv.  [the one that stands there]"),
    ] = None,
    note: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why, in our words.  [the meaning of the word]")
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who decided.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write it without asking.")] = False,
) -> None:
    """Show what taking a study out changes, and write it once that is confirmed, or with --yes.

    Its reports are excluded in screening.csv and stay in reports.csv without the study; its rows, those of its arms and
    what names these are deleted; cells of other arms that name them are emptied; changes.csv records the decision.
    Every other byte stays as it was. A version frozen before (evidence snapshot) has the study still.

    evidence exclude my-review smith-2020 --reason wrong_population --note "children, as the erratum says" --by AB
    """
    from datetime import date

    from ..review.excluding import Why, exclusion
    from ..review.review import read_all

    found = exclusion(read_all(review), study, Why(reason, note, by), date.today())
    for sentence in found.said:
        typer.echo(sentence)
    if not yes and not (sys.stdin.isatty() and typer.confirm("Write this?")):
        typer.echo("Nothing is written; --yes writes it.")
        return
    found.write()
    typer.echo(f"wrote {', '.join(sorted(str(path) for path in found.files))}")
