"""`evidence sensitivity`: a question asked of an outcome, or the questions that can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import unknown, usage
from . import options
from .asking import arms_typed, model_typed
from .questioning import answer_drawn, ask_aloud, asked_of, print_options, question_options
from .saving import print_written, save_figure
from .working import one_thread, spread_as_typed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..sensitivity.answer import Answer
    from ..sensitivity.asked import Asked

HELP = "Ask how far a result can be relied on: without one study, by year, ..."


@options.shared(options.of_review, options.of_table, options.of_proportion_model, options.of_work)
def command(
    source: options.Source,
    typed: options.Typed,
    question: Annotated[
        str | None, typer.Option(metavar="NAME", help="What is asked, e.g. leave-one-out. None: list the questions.")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Option of the question. May be repeated.")
    ] = None,
    model_option: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Any other option of the model. May be repeated.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print every number as JSON.")] = False,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it; the ending decides: .svg, .pdf, .png, .tiff.")
    ] = None,
    listed: Annotated[
        bool, typer.Option("--options", help="Tell the options of the question, or of every question, and stop.")
    ] = False,
) -> None:
    """Ask a question of a review's outcome, or of the counts of a spreadsheet.

    evidence sensitivity sts-calcinosis-cutis --outcome complete_remission

    evidence sensitivity counts.csv --question leave-one-out --figure left.svg

    evidence sensitivity counts.csv --question cumulative --options
    """
    if question is None:
        _refuse({"--option": option, "--figure": figure})
    else:
        _check_name(question)
    if listed:
        print_options(question)
        return
    one_thread()
    model = {**model_typed(typed), "option": tuple(model_option or ())}
    asked = replace(asked_of(source, arms_typed(typed), typed["model"], model), options=question_options(option or ()))
    if question is None:
        _list(asked, json)
        return
    with spread_as_typed(typed):
        answer = ask_aloud(question, asked)
    written = () if figure is None else save_figure(answer_drawn(answer, asked), figure)
    if json:
        _print_json(answer.to_dict())
        return
    _show(answer, asked)
    if written:
        typer.echo("")
        print_written(written)


def _refuse(options: dict[str, Any]) -> None:
    given = [name for name, value in options.items() if value]
    if given:
        raise usage(f"{' and '.join(given)} without a question", "name one with --question NAME", "no-question")


def _check_name(question: str) -> None:
    from ..sensitivity.questions import QUESTIONS

    if question not in QUESTIONS:
        raise unknown("question", question, tuple(QUESTIONS))


def _print_json(content: Any) -> None:
    import json

    typer.echo(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2))


def _show(answer: Answer, asked: Asked) -> None:
    from ..sensitivity.questions import title_of
    from .answer_rendering import answer_blocks
    from .rendering import print_blocks, terminal

    console = terminal()
    blocks = [*_heading(asked), *answer_blocks(title_of(answer.question, answer), answer, console.width), _model(asked)]
    print_blocks(blocks, console)


def _heading(asked: Asked) -> Iterator[RenderableType]:
    from rich.text import Text

    from .. import display

    context, counts = asked.selection.context, asked.counts.present()
    if context.banner:
        yield Text(context.banner, style="yellow")
    many = display.plural(int(counts.n.sum()), context.unit)
    said = f"{int(counts.events.sum())} of {many} in {context.arms_in} of {display.plural(context.arms_all, 'arm')}"
    if context.treated is not None and context.unit == "patient":
        said += f"; {int(counts.n.sum())} of {context.treated} treated"
    yield Text.assemble((f"{context.title}\n" if context.title else "", "bold"), said)


def _model(asked: Asked) -> RenderableType:
    from rich.text import Text

    return Text(asked.model.title, style="dim")


def _list(asked: Asked, json: bool) -> None:
    """The questions, which of them these data allow, and which take long and so were not tried."""
    from ..sensitivity.questions import QUESTIONS

    found = {name: "takes longer: not tried" if q.costly else _reason(name, asked) for name, q in QUESTIONS.items()}
    if json:
        rows = [
            {
                "question": name,
                "title": QUESTIONS[name].title,
                "options": {option: one.default for option, one in QUESTIONS[name].options.items()},
                "remark": found[name],
            }
            for name in found
        ]
        _print_json(rows)
        return
    from rich.table import Table
    from rich.text import Text

    from .rendering import print_blocks, terminal

    needing = [name for name, question in QUESTIONS.items() if question.of_review] if asked.review is None else []
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for name, remark in found.items():
        if name not in needing:
            title, said = QUESTIONS[name].title, f"  {remark}" if remark else ""
            grid.add_row(Text(name, style="bold"), Text.assemble(title, (said, "dim")))
    told = [Text(f"Of a review only: {', '.join(needing)}.", style="dim")] if needing else []
    ways = Text("Ask one with --question NAME; --options tells what can be chosen.", style="dim")
    print_blocks([*_heading(asked), grid, *told, ways], terminal())


def _reason(name: str, asked: Asked) -> str | None:
    """Why a question can't be asked of these data; None where it can."""
    from ..errors import ComputeError
    from ..sensitivity.answer import NotAsked

    try:
        answer = ask_aloud(name, asked)
    except ComputeError as error:
        return f"not here: {error.problems[0].message}"
    return f"not here: {answer.reason}" if isinstance(answer, NotAsked) else None
