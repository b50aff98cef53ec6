"""`evidence screen`: one citation at a time in the terminal; conflicts, agreement; decisions from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..bibliography.screening_states import Screening

HELP = "Screen records one by one: include, exclude with a reason, unsure."


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.")],
    name: Annotated[str, typer.Option("--as", metavar="NAME", help="Who screens: a file for each name.")] = "",
    stage: Annotated[
        str, typer.Option("--stage", metavar="STAGE", help="title_abstract or full_text; the first with some left.")
    ] = "",
    order: Annotated[
        str, typer.Option("--order", metavar="ORDER", help="imported, year (newest first) or random:SEED.")
    ] = "imported",
    report: Annotated[
        list[str] | None, typer.Option("--report", metavar="KEY", help="Judge this one, decided or not; repeatable.")
    ] = None,
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="Settle together what the screeners judged differently.")
    ] = False,
    highlight: Annotated[
        str, typer.Option("--highlight", metavar="WORDS", help='Words to mark: "calcinosis;thiosulfate".')
    ] = "",
    status: Annotated[bool, typer.Option("--status", help="Print who has judged what, conflicts, agreement.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the status as JSON.")] = False,
    file: Annotated[
        Path | None,
        typer.Option("--import", metavar="FILE", help="Take decisions from ASReview, Rayyan or Covidence (CSV, RIS)."),
    ] = None,
    voter: Annotated[
        str, typer.Option("--voter", metavar="NAME", help="With --import: whose decisions, as the file names them.")
    ] = "",
    decision: Annotated[
        str, typer.Option("--decision", metavar="WORD", help="With --import: what the file is a list of: include, ...")
    ] = "",
) -> None:
    """Screen the records of a review in the terminal, one at a time; each decision is saved before the next is shown.

    i include, e exclude (then the number of a reason), u unsure, b back, q quit; ? tells the rest. It goes on where it
    was left. What is settled becomes rows of screening.csv. screeners = 2 under [screening] in review.toml has every
    citation judged by two, blind to each other; --conflicts then settles what they judged differently.

    evidence screen my-review --as anna
    """
    from ..errors import usage
    from .screen_start import Asked, import_decisions, open_screening, screen

    start = open_screening(review)
    if status or json:
        _print_status(start.title, start.screening, json)
        return
    if conflicts == bool(name):
        known = ", ".join(start.screening.screened.screeners) or "nobody yet"
        what = "conflicts are settled by all together" if name else "who screens is not said"
        raise usage(what, f"say --as NAME (so far: {known}), or --conflicts, or --status", "screener")
    if file is not None:
        import_decisions(start, name, stage or "title_abstract", file, voter or None, decision or None)
    else:
        words = tuple(word.strip() for word in highlight.split(";") if word.strip())
        screen(start, Asked(name, stage, order, tuple(report or ()), words))


def _print_status(title: str, screening: Screening, json: bool) -> None:
    from .screen_status import print_status, status

    told = status(screening)
    if json:
        from json import dumps

        typer.echo(dumps({"review": title, **told}, ensure_ascii=False, allow_nan=False, indent=2))
    else:
        print_status(title, told)
