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
from .questioning import ask_aloud, asked_of, question_options

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..sensitivity.answer import Answer
    from ..sensitivity.asked import Asked

HELP = "Ask how far a result can be relied on: without one study, by year, ..."


@options.shared(options.of_review, options.of_table, options.of_model)
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
) -> None:
    """Ask a question of a review's outcome, or of the counts of a spreadsheet.

    evidence sensitivity sts-calcinosis-cutis --outcome complete_remission

    evidence sensitivity counts.csv --question leave-one-out --figure left.svg
    """
    if question is None:
        _refuse({"--option": option, "--figure": figure})
    else:
        _check_name(question)
    model = {**model_typed(typed), "option": tuple(model_option or ())}
    asked = replace(asked_of(source, arms_typed(typed), typed["model"], model), options=question_options(option or ()))
    if question is None:
        _list(asked, json)
        return
    answer = ask_aloud(question, asked)
    if figure is not None:
        _draw(answer, asked, figure)
    if json:
        _print_json(answer.to_dict())
        return
    _show(answer, asked)
    if figure is not None:
        typer.echo(f"\nwrote {figure}")


def _refuse(options: dict[str, Any]) -> None:
    given = [name for name, value in options.items() if value]
    if given:
        raise usage(f"{' and '.join(given)} without a question", "name one with --question NAME", "no-question")


def _check_name(question: str) -> None:
    from ..sensitivity.questions import QUESTIONS

    if question not in QUESTIONS:
        raise unknown("question", question, tuple(QUESTIONS))


def _draw(answer: Answer, asked: Asked, figure: Path) -> None:
    from ..figures import answer_figure
    from ..sensitivity.answer import NotAsked
    from ..sensitivity.questions import title_of

    if isinstance(answer, NotAsked):
        raise usage(f"{answer.question}: nothing to draw: {answer.reason}", "leave out --figure", "no-picture")
    title, outcome = title_of(answer.question, answer), asked.selection.context.title
    above = f"{outcome}: {title[:1].lower()}{title[1:]}" if outcome else title
    answer_figure(answer, title=above, banner=asked.selection.context.banner).save(figure)


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
        rows = [{"question": name, "title": QUESTIONS[name].title, "remark": found[name]} for name in found]
        _print_json(rows)
        return
    from rich.table import Table
    from rich.text import Text

    from .rendering import print_blocks, terminal

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for name, remark in found.items():
        grid.add_row(
            Text(name, style="bold"), Text.assemble(QUESTIONS[name].title, (f"  {remark}" if remark else "", "dim"))
        )
    print_blocks([*_heading(asked), grid, Text("Ask one with --question NAME.", style="dim")], terminal())


def _reason(name: str, asked: Asked) -> str | None:
    """Why a question can't be asked of these data; None where it can."""
    from ..errors import ComputeError
    from ..sensitivity.answer import NotAsked

    try:
        answer = ask_aloud(name, asked)
    except ComputeError as error:
        return f"not here: {error.problems[0].message}"
    return f"not here: {answer.reason}" if isinstance(answer, NotAsked) else None
