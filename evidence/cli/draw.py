"""`evidence draw`: any figure of a review's outcome, of a bare table, or of a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import usage
from . import options
from .asking import answer, arms_typed, is_of_review, model_typed, origin_of, say_warnings
from .forest import default_name
from .questioning import answer_drawn, ask_aloud, asked_of, option_lines, question_options
from .saving import print_written, save_figure

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..figures import Figure, Kind, Style

HELP = "Draw any figure: forest, funnel, flow of reports, ...; alone: list them."

#: Options that only a pooled result has; a figure of a whole review refuses them.
OF_RESULT = ("outcome", "by", "cut", "where", "time", "unread", "model", "limits", "measure", "tau2", "prediction")


@options.shared(
    options.of_review,
    options.of_groups,
    options.of_table,
    options.of_rates,
    options.of_model,
    arguments=("name", "source"),
)
def command(
    typed: options.Typed,
    name: Annotated[
        str | None, typer.Argument(metavar="FIGURE", help="Name of the figure.", show_default=False)
    ] = None,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="REVIEW|FILE",
            help="A review's folder or name, or a table: CSV, TSV, XLSX, or -.",
            show_default=False,
        ),
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Option of the figure. May be repeated.")
    ] = None,
    model_option: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Any other option of the model. May be repeated.")
    ] = None,
    style: options.Look = "default",
    palette: options.Palette = None,
    width: options.Width = None,
    dpi: options.Dpi = 300,
    font: options.Font = None,
    output: options.Drawn = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="VERSION", help="Of a waterfall: the earlier version.  [latest]", show_default=False
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="VERSION", help="Of a waterfall or history: the last version.  [now]", show_default=False
        ),
    ] = None,
) -> None:
    """Draw a figure. Without a name the figures are listed, with a name alone the options of that one.

    evidence draw forest sts-calcinosis-cutis --outcome complete_remission --by route -o remission.svg

    evidence draw gosh counts.csv -o subsets.png
    """
    from ..figures import kind_named, sized_style, style_named, with_palette
    from ..figures.kinds import OF_VERSIONS
    from .draw_versions import subject_of_versions

    if name is None:
        _list()
        return
    kind = kind_named(name)
    if source is None:
        _describe(name, kind)
        return
    look, _ = sized_style(with_palette(style, palette) if palette else style_named(style), width)
    look = replace(look, font=str(font or ""))
    typed = {**typed, "option": tuple(model_option or ())}
    given = question_options(option or ())
    if width is not None and "width" in kind.options:  # a page of a named width is also as high as paper
        given = {"width": width, **given}
    if kind.of in OF_VERSIONS:
        kind.check(given, ())
        subject = subject_of_versions(kind, source, typed, from_, to)
        figure = kind.draw(subject, look, given)
    elif from_ is not None or to is not None:
        wrong = "--from" if from_ is not None else "--to"
        raise usage(f"{name} does not compare versions: {wrong} can't be used", "leave it out", "no-versions")
    else:
        figure = _figure(name, kind, source, typed, look, given)
    path = output or Path(default_name(source, typed.get("outcome"), name))
    print_written(save_figure(figure, path, dpi))


def _figure(
    name: str, kind: Kind, source: str, typed: Mapping[str, Any], style: Style, given: Mapping[str, Any]
) -> Figure[Any]:
    from ..figures.forest_company import COMPANY

    if kind.of == "question":
        return _of_question(name, kind, source, typed, style, given)
    if kind.of == "review":
        return _of_review(name, kind, source, typed, style, given)
    found = answer(source, arms_typed(typed), typed["model"], model_typed(typed), "clopper-pearson")
    say_warnings(found)
    origin = origin_of(source, typed) if any(given.get(name) for name in COMPANY) else None
    return kind.draw(found.result, style, given, origin)


def _of_review(
    name: str, kind: Kind, source: str, typed: Mapping[str, Any], style: Style, given: Mapping[str, Any]
) -> Figure[Any]:
    from ..review.review import read_review

    said = [f"--{option}" for option in OF_RESULT if typed.get(option)]
    if said:
        raise usage(f"{name} shows a whole review: {', '.join(said)} can't be used", "leave it out", "whole-review")
    if not is_of_review(source):
        raise usage(f"{name} is drawn of a review, and {source} is a table", "name a review's folder", "no-review")
    return kind.draw(read_review(source), style, given)


def _of_question(
    name: str, kind: Kind, source: str, typed: Mapping[str, Any], style: Style, given: Mapping[str, Any]
) -> Figure[Any]:
    asked = asked_of(source, arms_typed(typed), typed["model"], model_typed(typed), f"figure {name}")
    answer = ask_aloud(kind.home, replace(asked, options=given))
    return answer_drawn(answer, asked, style, "choose another figure or outcome", name)


def _list() -> None:
    from rich.table import Table
    from rich.text import Text

    from ..figures import FIGURES
    from .rendering import print_blocks, terminal

    words = {
        "result": "Of a pooled outcome",
        "question": "Of a question asked of an outcome",
        "review": "Of a review",
        "change": "Of the change of an outcome between two versions of a review",
        "history": "Of an outcome in all versions of a review",
    }
    blocks: list[RenderableType] = []
    for of, said in words.items():
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, min_width=max(map(len, FIGURES)))
        grid.add_column()
        for name, kind in FIGURES.items():
            if kind.of == of:
                grid.add_row(Text(name, style="bold"), Text(kind.title))
        blocks += [Text(said, style="dim"), grid]
    blocks.append(Text("evidence draw FIGURE tells the options of one.", style="dim"))
    print_blocks(blocks, terminal())


def _describe(name: str, kind: Kind) -> None:
    typer.echo(f"{name}: {kind.title}")
    typed = {
        f"--option {option}={_shown(default, kind.accepts(option))}": option for option, default in kind.options.items()
    }
    width = max(map(len, typed), default=0)
    for text, option in typed.items():
        words = kind.accepts(option)
        typer.echo(f"  {text.ljust(width)}  {'one of ' + ', '.join(words) if words[1:] else ''}".rstrip())
    if kind.of == "question":
        typer.echo("\n".join(option_lines(kind.home) or ["  no options"]))
    if kind.of == "change":
        typer.echo(
            "  --from VERSION  the earlier version: a label, a folder or a revision of git; without it the latest"
        )
    if kind.of in ("change", "history"):
        typer.echo("  --to VERSION    the last version; without it the tables as they are now")
    typer.echo(f"draw it: evidence draw {name} REVIEW{'' if kind.of == 'review' else ' --outcome NAME'} -o {name}.svg")


def _shown(default: Any, words: Sequence[str]) -> str:
    """A default as it is typed; where there is none, what may stand there."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple):
        return ",".join(map(str, default)) or ",".join(words) or "A,B"
    if default is not None and default != "":
        return str(default)
    return words[0] if len(words) == 1 else "WORD" if words else "VALUE"
