"""`evidence pool`: pooled proportions of a review's outcome or of a bare table, or pooled rates of the latter."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .asking import Answer, answer, arms_typed, model_typed, say_warnings
from .working import one_thread, spread_as_typed

HELP = "Pool an outcome of a review, or the counts of a spreadsheet."


@options.shared(
    options.of_review,
    options.of_groups,
    options.of_table,
    options.of_rates,
    options.of_model,
    options.of_model_further,
    options.of_work,
)
def command(
    source: options.Source,
    typed: options.Typed,
    json: Annotated[bool, typer.Option("--json", help="Print every number as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="List every arm left out.")] = False,
) -> None:
    """Pool an outcome of a review, or the counts of a spreadsheet.

    evidence pool sts-calcinosis-cutis --outcome complete_remission --by route

    evidence pool counts.csv

    evidence pool rates.csv --exposure person_years
    """
    one_thread()
    from .rendering import show, terminal

    arms, asked = arms_typed(typed), model_typed(typed)
    with spread_as_typed(typed):
        found = answer(source, arms, typed["model"], asked, typed["study_limits"])
    say_warnings(found)
    if json:
        _print_json(found)
    else:
        show(found.result, terminal(), found.left_out, verbose)


def _print_json(found: Answer) -> None:
    import json

    typer.echo(json.dumps(found.result.to_dict(), ensure_ascii=False, allow_nan=False, indent=2))
