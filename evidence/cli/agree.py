"""`evidence agree`: what two extractors entered, side by side; how far they agree; what is left to settle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import usage

if TYPE_CHECKING:
    from ..double_extraction import DoubleExtraction
    from ..review.review import Review
    from ..sensitivity.extractors import Extractors

HELP = "Compare what two extractors entered, and settle where they differ."


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.", show_default=False)],
    outcome: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Pool these outcomes only. May be repeated.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of the pooled results.  [that of the review's analysis; logistic-normal]"),
    ] = None,
    level: Annotated[
        str | None, typer.Option(metavar="FRACTION", help="Of the intervals of agreement.  [0.95]")
    ] = None,
    no_pool: Annotated[bool, typer.Option("--no-pool", help="Leave the pooled results out.")] = False,
    queue: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every difference to a CSV file for a spreadsheet.")
    ] = None,
    cells: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every cell side by side, alike or not, likewise.")
    ] = None,
    adjudicate: Annotated[
        bool, typer.Option("--adjudicate", help="Settle the open differences one by one, here in the terminal.")
    ] = False,
    settle: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="ARM OUTCOME", help="Settle this one; of another table the column, with --table."),
    ] = None,
    table: Annotated[str, typer.Option(metavar="NAME", help="Table that --settle is about.")] = "outcomes",
    final: Annotated[
        str | None, typer.Option(metavar="VALUE", help="What it is settled as: 2/5, a word of the column, 'no row'.")
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why. Nothing is settled without.")] = None,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Show columns alike throughout too, and each pair of extractors."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print every number and every difference as JSON.")] = False,
) -> None:
    """Compare what two or more extractors entered into extraction/extractor_NAME_TABLE.csv of a review.

    Exit code 1 where a difference is open, or the record of adjudication contradicts the tables.

    evidence agree sts-calcinosis-cutis

    evidence agree my-review --adjudicate

    evidence agree my-review --settle smith2020-1 any_response --final 2/5 --reason "table 2 counts all"
    """
    from ..review.review import read_review
    from .settling import settle_aloud, settle_one

    if settle is None and (final is not None or reason is not None):
        raise usage("--final and --reason are for --settle", "say which: --settle ARM OUTCOME", "no-settle")
    read = read_review(review)
    if settle is not None:
        settle_one(read, (table, *settle), final, reason)
        return
    if adjudicate:
        settle_aloud(read)
        return
    found, pooled = _answer(read, level, None if no_pool else (tuple(outcome or ()), model))
    written = _write(found, {queue: False, cells: True})
    if json:
        _print_json(found, pooled)
    else:
        from .agree_rendering import agreement_blocks
        from .rendering import print_blocks, terminal

        console = terminal()
        print_blocks(agreement_blocks(read, found, pooled, console.width, verbose), console)
        for target in written:
            typer.echo(f"\nwrote {target}")
    if found.problems:
        raise typer.Exit(1)


def _answer(
    review: Review, level: str | None, asked: tuple[Sequence[str], str | None] | None
) -> tuple[DoubleExtraction, list[tuple[str, Extractors]]]:
    from ..double_extraction import double_extraction
    from .asking import fraction

    found = double_extraction(review, 0.95 if level is None else fraction(level))
    if asked is None or "outcomes" not in found.tables or len(found.tables["outcomes"]) < 2:
        return found, []
    return found, _pooled(review, *asked)


def _pooled(review: Review, outcomes: Sequence[str], model: str | None) -> list[tuple[str, Extractors]]:
    """The result under each extractor and adjudicated, of each outcome that has a row."""
    from ..errors import ComputeError, unknown
    from ..pooling import DEFAULT_MODEL
    from ..sensitivity.extractors import extractors
    from .stepping import bar

    known = tuple(review.settings.outcomes)
    for name in outcomes:
        if name not in known:
            raise unknown("outcome", name, known)
    requests = {} if model is not None else _requests(review)
    found: list[tuple[str, Extractors]] = []
    chosen = outcomes or known
    with bar("pooling", tuple(chosen)) as tell:
        for name in chosen:
            tell(name)
            request = requests.get(name)
            own = request or next(iter(requests.values()), None)
            spec = model or (own.model if own is not None else DEFAULT_MODEL)
            where, time = (request.where, request.time) if request is not None else (None, None)
            try:
                found.append((name, extractors(review, name, spec, where, time)))
            except ComputeError:
                if outcomes:
                    raise
    return found


def _requests(review: Review) -> dict[str, Any]:
    """What the first analysis of this review asks of each outcome; nothing where there is none that can be read."""
    from ..analysis_file import find_analyses, read_analysis
    from ..errors import EvidenceError
    from ..review.review import find_review

    try:
        paths = find_analyses()
    except EvidenceError:
        return {}
    for path in paths:
        try:
            analysis = read_analysis(path)
            same = find_review(analysis.review).resolve() == review.path.resolve()
        except EvidenceError:
            continue
        if same:
            return {request.outcome: request for request in analysis.outcomes}
    return {}


def _print_json(found: DoubleExtraction, pooled: Sequence[tuple[str, Extractors]]) -> None:
    import json

    content = {**found.to_dict(), "pooled": [{"outcome": name, **one.to_dict()} for name, one in pooled]}
    typer.echo(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2))


def _write(found: DoubleExtraction, targets: Mapping[Path | None, bool]) -> list[Path]:
    """Write the differences, or all cells where that is asked for, to each file that was named."""
    from ..double_extraction.queue import queue_bytes
    from ..files import write_whole

    named = [(target, everything) for target, everything in targets.items() if target is not None]
    for target, everything in named:
        write_whole(target, queue_bytes(found.cells if everything else found.disagreements))
    return [target for target, _ in named]
