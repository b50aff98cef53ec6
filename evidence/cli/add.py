"""`evidence add`: the rows of a report in every table of a review, with empty cells to fill."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..review.adding import Added, Part

HELP = "Add a report to a review: linked rows in every table, with empty cells to fill."


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.")],
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="The report's key, such as smith2024, or the id of an imported record.")
    ],
    bib: Annotated[
        Path | None,
        typer.Option("--bib", metavar="FILE", help="File with its reference: the entry KEY, or the only one."),
    ] = None,
    arms: Annotated[
        int | None, typer.Option("--arms", metavar="N", help="Groups of patients treated alike.", show_default="1")
    ] = None,
    study: Annotated[
        str | None,
        typer.Option("--study", metavar="ID", help="A further report of this study, which is there already."),
    ] = None,
    label: Annotated[
        str | None, typer.Option("--label", metavar="TEXT", help="Name of the study to print, such as 'Smith 2024'.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="TEXT", help="Where the report was found, for screening.csv.")
    ] = None,
    outcome: Annotated[
        list[str] | None, typer.Option("--outcome", metavar="NAME", help="Rows for this outcome only; may be repeated.")
    ] = None,
) -> None:
    """Add a report to a review: linked rows in every table, with empty cells to fill.

    What the bibliography knows is filled in: year, DOI, language and label. Everything else is read in the paper and
    typed into the empty cells; `evidence check` lists them. A report that is there already is left as it is.

    evidence add my-review smith2024 --bib smith.bib --arms 2
    """
    from ..review.adding import Request, add_report

    request = Request(key, bib, arms, study, _text(label), _text(source), tuple(outcome or ()))
    _say(add_report(review, request), further=study is not None)


def _text(typed: str | None) -> str | None:
    """A text on one line; None where nothing is left of it."""
    return " ".join((typed or "").split()) or None


def _say(added: Added, further: bool) -> None:
    if not added.parts:
        typer.echo(
            f"{added.key} is in {added.review} already{', of' if added.study else ''}{_study(added)}: nothing written"
        )
        for line in added.differences:
            typer.echo(f"  {line}")
        if added.differences:
            typer.echo("the tables stand as they are: change these cells there, if what is given now is right")
        return
    kind = f"a further report of{_study(added)}" if further else f"a new study{_named(added)}"
    typer.echo(f"{added.key}: {kind}")
    if known := _known(added):
        typer.echo(f"known from {added.entry.where}: {known}")
    if added.hint:
        typer.echo(added.hint)
    width = max(len(_place(part)) for part in added.parts)
    for part in added.parts:
        told = f"fill {', '.join(part.empty)}" if part.empty else "nothing to fill"
        typer.echo(f"  {_place(part):<{width}}  {told}")
    typer.echo(f"next: fill these cells, then run: evidence check {_quoted(added.review)}")


def _study(added: Added) -> str:
    return f" the study {added.study}" if added.study else ""


def _named(added: Added) -> str:
    return f", {added.study} ({added.label})" if added.label else f", {added.study}"


def _known(added: Added) -> str:
    entry = added.entry
    words = (entry.family, entry.year, entry.doi or entry.url, entry.language)
    return ", ".join(word for word in words if word)


def _place(part: Part) -> str:
    first, last = part.lines[0], part.lines[-1]
    return f"{part.file}:{first}" if first == last else f"{part.file}:{first}-{last}"


def _quoted(path: str) -> str:
    import shlex

    return shlex.quote(path)
