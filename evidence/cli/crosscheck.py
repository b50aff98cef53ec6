"""`evidence crosscheck`: an analysis beside the same one by PyMARE, statsmodels and R."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ComputeError, Problem, usage
from . import options
from .asking import Arms, arms_typed, model_typed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..analysis import Analysis
    from ..crosscheck.comparison import CrossCheck, Row
    from ..crosscheck.stored import Stored

HELP = "Compare an analysis with PyMARE, statsmodels and R."

STYLES = {"same": "green", "differs": "bold red", "not comparable": "dim"}


@options.shared(
    options.of_review, options.of_groups, options.of_table, options.of_rates, options.of_model, options.of_model_further
)
def command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="REVIEW|FILE|ANALYSIS",
            help="A review's folder or name, or a table: CSV, TSV, XLSX, or -; with --save an analysis.",
            show_default=False,
        ),
    ],
    typed: options.Typed,
    json: Annotated[bool, typer.Option("--json", help="Print every number as JSON.")] = False,
    save: Annotated[
        bool, typer.Option("--save", help="Keep R's numbers of every outcome of an analysis beside it, for its report.")
    ] = False,
) -> None:
    """Compare an analysis with the same one by PyMARE, by statsmodels and by R (metafor, meta), where they can do it.

    evidence crosscheck sts-calcinosis-cutis --outcome complete_remission

    evidence crosscheck ANALYSIS --save
    """
    arms, asked = arms_typed(typed), model_typed(typed)
    if save:
        _refuse_options(arms, asked)
        typer.echo(f"wrote {_save(source)}")
        return
    (_print_json if json else _show)(_checked(source, arms, typed["model"], asked, typed["study_limits"]))


def _checked(
    source: str, arms: Arms, model: str | None, asked: Mapping[str, Any], study_limits: str
) -> tuple[tuple[str, CrossCheck], ...]:
    from rich.console import Console

    from ..crosscheck import check
    from .cases import cases

    chosen = cases(source, arms, model, asked, study_limits)
    with Console(stderr=True).status("asking the others", spinner="line"):
        return tuple((title, check(case)) for title, case in chosen)


def _print_json(found: Sequence[tuple[str, CrossCheck]]) -> None:
    import json

    (_, overall), *groups = found
    content = overall.to_dict()
    if groups:
        content["subgroups"] = [{"group": title, **checked.to_dict()} for title, checked in groups]
    typer.echo(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2))


def _show(found: Sequence[tuple[str, CrossCheck]]) -> None:
    from .rendering import print_blocks, terminal

    console = terminal()
    print_blocks((block for title, checked in found for block in _blocks(title, checked)), console)


def _blocks(title: str, checked: CrossCheck) -> Iterator[RenderableType]:
    from rich.console import Group
    from rich.text import Text

    yield Text.assemble((title, "bold"), "\n", checked.title)
    for software, rows in checked.by_software().items():
        yield Group(Text(software, style="bold"), _table(rows), *_footnotes(rows))
    if checked.remarks:
        yield Text("\n").join(Text.assemble((f"{software}: ", "bold"), text) for software, text in checked.remarks)


def _table(rows: Sequence[Row]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    from ..crosscheck.comparison import said, shown

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column()
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_row("", Text("ours", style="dim"), Text("theirs", style="dim"), Text("difference", style="dim"))
    for row in rows:
        verdict = Text(said(row), style=STYLES[row.verdict])
        grid.add_row(Text(row.quantity), Text(shown(row.ours)), Text(shown(row.theirs)), verdict)
    return grid


def _footnotes(rows: Sequence[Row]) -> list[RenderableType]:
    from rich.text import Text

    from ..crosscheck.comparison import footnotes

    return [Text(text, style="dim") for text in footnotes(tuple(rows))]


def _refuse_options(arms: Arms, asked: Mapping[str, Any]) -> None:
    typed = {"outcome": arms.outcome, "by": arms.by, "cut": arms.cut, "where": arms.where, "time": arms.time}
    given = [f"--{name}" for name, value in {**typed, "unread": arms.unread, **arms.table, **asked}.items() if value]
    if given:
        mend = f"leave out {' and '.join(given)}: the analysis says which outcomes and models"
        raise usage(f"{' and '.join(given)} can't be used with --save", mend)


def _save(name: str) -> Path:
    """Keep R's numbers of every outcome of an analysis; the file.

    Raises:
        EvidenceError: a table, no such analysis, bad data, or an R that is not here or does not start.
    """
    from rich.console import Console

    from ..analysis_file import find_analyses, read_analysis
    from ..crosscheck.r import find_r
    from ..crosscheck.stored import path_of, to_text
    from ..files import write_whole

    path = find_analyses([name])[0]
    if path.suffix != ".toml":
        raise usage(f"{name} is not an analysis", "give the name of a file in analyses/, or leave out --save", "usage")
    analysis = read_analysis(path)
    r = find_r()
    if r is None or not r.packages:
        message = "R is not here" if r is None else "R has neither metafor nor meta"
        raise ComputeError(Problem("no-r", f"{message}, so there is nothing to keep", "install R and metafor"))
    with Console(stderr=True).status(analysis.name, spinner="line"):
        kept = [_kept(analysis, i) for i in range(len(analysis.outcomes))]
    path = path_of(analysis.path)
    write_whole(path, to_text(kept).encode("utf-8"))
    return path


def _kept(analysis: Analysis, i: int) -> Stored:
    """R's numbers of one outcome."""
    from ..crosscheck.case import case_of
    from ..crosscheck.r import answers
    from ..crosscheck.stored import store
    from ..errors import EvidenceError
    from ..outcomes import select
    from ..review.review import read_review

    request = analysis.outcomes[i]
    try:
        selection = select(read_review(analysis.review), request.outcome, where=request.where, time=request.time)
        case = case_of(selection.counts, request.model, request.study_limits)
    except EvidenceError as error:
        raise analysis.place(error, request) from error
    return store(case, request.outcome, request.where, answers(case))
