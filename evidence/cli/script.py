"""`evidence script`: an analysis as a script of other software, with the expected numbers as comments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import usage
from ..files import write_whole
from . import options
from .asking import arms_typed, model_typed

if TYPE_CHECKING:
    from ..crosscheck.case import Case

HELP = "Write an analysis as a script of R (metafor, meta) or Stata."


@options.shared(options.of_review, options.of_table, options.of_rates, options.of_model, options.of_model_further)
def command(
    source: options.Source,
    typed: options.Typed,
    to: Annotated[str, typer.Option(metavar="NAME", help="metafor or meta (R), or stata.")] = "metafor",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write; standard output if not given.")
    ] = None,
    run: Annotated[
        bool, typer.Option("--run", help="Run the script (metafor only) and print the largest deviation.")
    ] = False,
) -> None:
    """Write a script that does the same analysis in R or Stata, with the expected numbers as comments.

    evidence script sts-calcinosis-cutis --outcome complete_remission --to metafor -o remission.R
    """
    from ..crosscheck.script import script
    from .cases import cases

    arms, asked = arms_typed(typed), model_typed(typed)
    if run and to != "metafor":
        raise usage(f"--run with --to {to}", "only the script of metafor is run here: leave out --run", "run")
    ((title, case),) = cases(source, arms, typed["model"], asked, typed["study_limits"])
    subject = f"{Path(source).name}: {title}" if source != "-" else title
    text = script(case, to, subject)
    if output is not None:
        write_whole(output, text.encode("utf-8"))
        typer.echo(f"wrote {output}")
    elif not run:
        typer.echo(text, nl=False)
    if run:
        typer.echo(_deviation(case, text))


def _deviation(case: Case, text: str) -> str:
    """What running the script of metafor shows, in a line.

    Raises:
        ComputeError: R stopped.
    """
    from ..crosscheck.r import NO_R, find_r, summary

    r = find_r()
    if r is None:
        return NO_R
    if "metafor" not in r.packages:
        return "R is here, but it has no metafor; nothing was run."
    return summary(case, r.command, text)
