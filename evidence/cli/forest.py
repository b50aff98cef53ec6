"""`evidence forest`: the forest plot of a review's outcome or of a bare table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from . import options
from .asking import STDIN, answer, arms_typed, model_typed, say_warnings

HELP = "Draw a forest plot of an outcome, or of the counts of a spreadsheet."


@options.shared(options.of_review, options.of_groups, options.of_table, options.of_model, options.of_model_further)
def command(
    source: options.Source,
    typed: options.Typed,
    columns: Annotated[
        str | None, typer.Option(metavar="A,B", help="Columns beside the labels, e.g. route,year.")
    ] = None,
    style: Annotated[str, typer.Option(metavar="NAME", help="default or jama.")] = "default",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="File to write; its ending decides: .svg, .pdf, .png, .tiff."),
    ] = None,
) -> None:
    """Draw the forest plot of a review's outcome, or of the counts of a spreadsheet.

    evidence forest sts-calcinosis-cutis --outcome complete_remission --by route -o remission.svg

    evidence forest counts.csv
    """
    arms, asked = arms_typed(typed), model_typed(typed)
    found = answer(source, arms, typed["model"], asked, typed["study_limits"])
    say_warnings(found)
    from ..figures import forest, style_named

    names = [name.strip() for name in (columns or "").split(",") if name.strip()]
    figure = forest(found.result, columns=names, style=style_named(style))
    path = output or Path(default_name(source, arms.outcome))
    figure.save(path)
    typer.echo(f"wrote {path}")


def default_name(source: str, outcome: str | None, figure: str = "forest") -> str:
    """Name of the file where none is given: ``forest-counts.svg``, in the current folder."""
    subject = outcome or ("" if source == STDIN else Path(source).stem)
    safe = re.sub(r"[^\w.\-]+", "-", subject).strip("-.")
    return f"{figure}-{safe}.svg" if safe else f"{figure}.svg"
