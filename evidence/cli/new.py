"""`evidence new`: a new review with a worked example, ready to be checked and built."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..review.new_review import NewReview

HELP = "Begin a review: its tables with an example, its settings, its analysis."


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the review, such as sts-calcinosis-cutis.")],
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Title of the review.")] = None,
    question: Annotated[
        str | None,
        typer.Option("--question", metavar="TEXT", help="What it asks: among whom, given what, what happens."),
    ] = None,
    bare: Annotated[
        bool, typer.Option("--bare", help="Headers only; of a review that is there: take its example rows out.")
    ] = False,
) -> None:
    """Begin a review: data/NAME with every table, and analyses/NAME.toml, ready to be checked and built.

    Each table holds one row of a made-up study that shows how it is filled. Every output says that the numbers are made
    up, until `evidence new NAME --bare` takes these rows out again.

    evidence new heel-pain --title "Shock waves for heel pain"
    """
    from ..review.example import MARK
    from ..review.new_review import new_review, take_example_out
    from ..review.review import DATA

    folder = DATA / name
    there = bare and title is None and question is None and folder.is_dir()
    if taken := take_example_out(folder) if there else {}:
        _say_taken(folder, taken)
        return
    _say(new_review(name, title, question, bare), MARK)


def _say(made: NewReview, mark: str) -> None:
    name = made.folder.name
    rows = "headers only" if made.bare else f"with a made-up study, whose rows end in {mark}"
    typer.echo(f"wrote {made.folder.as_posix()}/")
    typer.echo(f"  {len(made.tables)} tables, {rows}")
    typer.echo("  review.toml     what the review asks, and its outcomes: begin here")
    typer.echo("  references.bib  one entry for each report")
    typer.echo("  README.md       the card of the data set")
    typer.echo(f"wrote {made.analysis.as_posix()}")
    typer.echo(f"next: edit review.toml, then add a report: evidence add {name} KEY --bib FILE")
    if not made.bare:
        typer.echo(f"      see the example at work:           evidence build {name}")
        typer.echo(f"      take the example out again:        evidence new {name} --bare")


def _say_taken(folder: Path, taken: dict[str, int]) -> None:
    from ..display import plural
    from ..review.new_review import CARD
    from ..review.review import SETTINGS

    for file, rows in taken.items():
        what = "entry" if file.endswith(".bib") else "example row"
        told = {SETTINGS: "the status is draft now", CARD: "says so"}
        typer.echo(f"{file}: {told.get(Path(file).name) or f'{plural(rows, what)} taken out'}")
    typer.echo(f"next: evidence check {folder.name}")
