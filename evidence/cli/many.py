"""`evidence many`: every analysis of a table with one row per study, into a table with one row per analysis."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options
from .asking import model_named, model_typed
from .working import one_thread, workers_typed

if TYPE_CHECKING:
    from ..many.running import Settings, Tell
    from ..many.survey import Source
    from ..review.headers import Choice

HELP = "Pool every analysis of a table with one row per study."


def _of_files(
    by: Annotated[str, typer.Option(metavar="COLUMN", help="Column that says which analysis a row belongs to.")] = (
        "analysis_id"
    ),
    events: options.Events = None,
    total: options.Total = None,
    exposure: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Column of the times at risk: rates are pooled.")
    ] = None,
    study: options.Study = None,
) -> None:
    """Options: the columns of the table."""


def _of_chunks(
    chunk: Annotated[
        int | None, typer.Option(metavar="ROWS", min=1, help="Rows that are pooled at a time.  [200,000]")
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Begin again: discard finished chunks, replace the file.")
    ] = False,
) -> None:
    """Options: how much is computed at a time, and whether from the beginning."""


@options.shared(_of_files, options.of_model, options.of_work, _of_chunks, arguments=("source", "out"))
def command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="CSV (or .csv.gz), Parquet, or a folder of Parquet files; of any size.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE", help="File to write: .parquet or .csv.", show_default=False),
    ],
    typed: options.Typed,
    option: options.Option = None,
    json: Annotated[bool, typer.Option("--json", help="Print what was counted as JSON.")] = False,
) -> None:
    """Pool every analysis of a table with one row per study: one row per analysis comes out, in the same order.

    An analysis with a row that can't be used (more events than units, text, nothing) is not pooled: its row says in the
    column problem which line it is and what to do, and the others go on. Finished chunks are kept beside the file until
    all are there: a run that was stopped goes on from them with the same command, and its result is the same to the
    byte. Parquet needs the extra [many]. The exit code is 3 where no analysis has any number, or where the workers
    were lost (finished chunks are kept).

    The column status tells how the fit went. Whether its number is one to report the column notes says: with the note
    few-studies (few-studies-rates) the counts are the result, and the number should not be reported.

    Ids that differ only in outer blanks are one analysis, which gets the note id-spellings. What a result was made of
    (versions, table, columns, model) is told by --json, and a Parquet file holds it in its metadata.

    Workers start in some 5 seconds, so that --workers pays from ten seconds of one process on (some 20,000 analyses by
    the default model; never by inverse variances), and needs as many free cores.

    evidence many studies.csv --by analysis_id --model inverse-variance --out pooled.csv

    evidence many studies.parquet --events cases --total n --out pooled.parquet --workers 4
    """
    one_thread()
    from ..many.running import run_file

    table, settings = _asked(source, typed, option or [])
    try:
        with _bar() as tell:
            run = run_file(table, Path(source), out, settings, tell)
    except KeyboardInterrupt:
        kept = Path(f"{out}.parts").exists()
        goes_on = f"finished chunks are in {out}.parts: the same command goes on from them"
        typer.echo(f"stopped; {goes_on if kept else 'no chunk was finished'}", err=True)
        raise
    from .many_rendering import print_json, print_text, refuse_no_answer

    if json:
        print_json(run)
    else:
        print_text(run, settings.workers)
    refuse_no_answer(run)


def _asked(path: str, typed: options.Typed, option: list[str]) -> tuple[Source, Settings]:
    """The table and how it is pooled."""
    from ..many.running import Settings
    from ..many.sources import open_source
    from ..many.survey import CHUNK

    workers = workers_typed(typed)
    choice = _choice(typed)
    _refuse_unknown(typed["model"])
    source = open_source(Path(path), typed["by"], choice)
    options_typed = {**model_typed(typed), "option": option}
    model = model_named(typed["model"], options_typed, source.columns.of_rates)
    return source, Settings(model, workers, typed["chunk"] or CHUNK, typed["anew"])


def _refuse_unknown(model: str | None) -> None:
    from ..pooling import MODELS
    from ..pooling.options import check_choice

    if model is not None:
        check_choice("model", model, MODELS)


def _choice(typed: options.Typed) -> Choice:
    from ..errors import usage
    from ..review.headers import Choice

    if typed["total"] is not None and typed["exposure"] is not None:
        raise usage("--total is of proportions, --exposure of rates", "give one of them", "two-sizes")
    return Choice(typed["events"], typed["total"], None, typed["study"], typed["exposure"])


@contextmanager
def _bar() -> Iterator[Tell]:
    """A bar on stderr with what is done, how fast, and how long the rest will take; gone at the end.

    What is said of the workers stays.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from ..many.running import DOING

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(24),
        TextColumn("{task.fields[rows]}", markup=False),
        TimeRemainingColumn(compact=True),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        tasks: dict[str, Any] = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in DOING:
                console.print(what, markup=False, highlight=False, soft_wrap=True)
                return
            if what not in tasks:
                for task in tasks.values():
                    shown.update(task, visible=False)
                tasks[what] = shown.add_task(what, total=of or None, completed=done, rows="")
            task = tasks[what]
            shown.update(task, completed=done)
            speed = shown.tasks[task].speed
            rows = f"{done:,}{f' of {of:,}' if of else ''} rows" + (f", {speed:,.0f} a second" if speed else "")
            shown.update(task, rows=rows)

        yield tell
