"""`evidence replicate`: a published pooled proportion computed again, then by the primary model, then updated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ComputeError, Problem, UsageError, usage
from . import options
from .asking import Arms, arms_or_rates, arms_typed, fraction, is_of_review, say_problems

if TYPE_CHECKING:
    from ..outcomes import Selection

HELP = "Find how a published proportion was pooled, then pool it anew and update it."

Published = Annotated[
    str,
    typer.Option(
        "--published",
        metavar="TEXT",
        help='What was printed, e.g. "0.26 [0.16, 0.38]" or "26.1% (95% CI 15.9 to 38.4; I2 = 45%)".',
        show_default=False,
    ),
]
Update = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="The table after an update, with the studies from before; headers as in FILE."),
]
Until = Annotated[
    int | None,
    typer.Option(metavar="YEAR", help="Published was what studies until this year say; all studies are the update."),
]


@options.shared(options.of_review, options.of_table)
def command(
    source: options.Source,
    typed: options.Typed,
    published: Published = "",
    update: Update = None,
    until: Until = None,
    level: options.Level = None,
    json: Annotated[bool, typer.Option("--json", help="Print every number of every recipe as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="List every recipe with its numbers.")] = False,
) -> None:
    """Try the recipes of common software until a published proportion is met; then the primary model, then an update.

    evidence replicate counts.csv --published "0.26 [0.16, 0.38]" --update today.csv

    evidence replicate REVIEW --outcome NAME --published "26% (16-38)" --until 2021
    """
    from ..updates.reading_published import read_published
    from ..updates.replication import replicate
    from .stepping import share_bar

    if not published.strip():
        raise _unpublished(source, typed.get("outcome"))
    printed = read_published(published, None if level is None else fraction(level))
    arms = arms_typed(typed)
    whole = _selection(source, arms)
    before, after = whole, None
    undated: tuple[str, ...] = ()
    if until is not None:
        if update is not None:
            raise usage("--until and --update both say what the update is", "give one of them", "two-updates")
        before, undated = _until(source, whole, until)
        after = whole
    elif update is not None:
        if is_of_review(update) or is_of_review(source):
            mend = "give two tables, or a review with --until YEAR"
            raise usage("--update is for tables", mend, "update-of-review")
        after = _selection(update, arms)
    with share_bar("recipes") as told:
        found = replicate(before, printed, after, told=told)
    if json:
        _print_json({**found.to_dict(), "until": until, "undated": list(undated)})
    else:
        from .rendering import print_blocks, terminal
        from .replicate_rendering import blocks

        console = terminal()
        print_blocks(blocks(found, until, undated, verbose, console.width), console)


def _unpublished(source: str, outcome: str | None) -> UsageError:
    """The error where nobody said what was published, with an example of how to."""
    which, words = "", ""
    if is_of_review(source):
        from ..review.review import find_review, outcomes_named

        names = outcomes_named(find_review(source))
        which = f" --outcome {outcome or next(iter(names), 'NAME')}"
        words = "" if outcome else f" and --outcome with one of {', '.join(names)}"
    example = f'evidence replicate {source}{which} --published "0.26 [0.16, 0.38]"'
    return usage("what was published is missing", f"add --published{words}: {example}", "no-published")


def _selection(source: str, arms: Arms) -> Selection:
    from ..bare import RateSelection

    selection, warnings = arms_or_rates(source, arms)
    if isinstance(selection, RateSelection):
        raise usage(f"{source} holds times at risk", "only proportions are replicated: name the totals", "rates")
    say_problems(warnings)
    return selection


def _until(source: str, whole: Selection, year: int) -> tuple[Any, tuple[str, ...]]:
    """The arms until a year, and the labels of those without a year, which only the update has."""
    from dataclasses import replace

    from ..sensitivity.cumulative import years_of

    years = years_of(whole.study_columns)
    if years is None:
        raise usage(f"{source} has no column of years", "add a column year, or give --update FILE", "no-year")
    kept = [i for i, known in enumerate(years) if known is not None and known <= year]
    undated = tuple(whole.counts.labels[i] for i, known in enumerate(years) if known is None)
    if not kept:
        first = min((known for known in years if known is not None), default=None)
        mend = "no study has a year" if first is None else f"the first study is of {first}: give a later year"
        raise ComputeError(Problem("nothing-left", f"no study of {source} is of {year} or before", mend))
    context = replace(whole.context, arms_in=len(kept), arms_all=len(kept), treated=None)
    columns = tuple(whole.study_columns[i] for i in kept)
    return replace(
        whole,
        counts=whole.counts.take(kept),
        study_columns=columns,
        context=context,
        columns=whole.columns.iloc[kept].reset_index(drop=True),
    ), undated


def _print_json(found: dict[str, Any]) -> None:
    import json

    typer.echo(json.dumps(found, ensure_ascii=False, allow_nan=False, indent=2))
