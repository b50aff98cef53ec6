"""From what was typed to a question's answer: the same steps for every command that asks one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from ..errors import usage
from .asking import Arms, arms_or_rates, is_of_review, model_for, say_problems

if TYPE_CHECKING:
    from ..figures import Figure, Style
    from ..sensitivity.answer import Answer
    from ..sensitivity.asked import Asked


def question_options(texts: Sequence[str]) -> dict[str, Any]:
    """``["most=3", "seed=1"]`` to ``{"most": 3, "seed": 1}``: numbers, true and false as such, the rest as text.

    Raises:
        UsageError: no equals sign, or an option twice.
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name or not value:
            raise usage(f"--option {text!r} has no name and value", "write it as NAME=VALUE, e.g. most=3", "option")
        if name in found:
            raise usage(f"--option {name}= is given twice", "give one value", "option")
        found[name] = _value(value)
    return found


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def asked_of(source: str, arms: Arms, model: str | None, options: dict[str, Any], what: str = "the question") -> Asked:
    """What a question is asked of.

    Args:
        source, arms, model, options: As typed. what: What was named: the question, or a figure.

    Raises:
        UsageError: a table of times at risk.
    """
    from ..analysis import FOLDER as ANALYSES
    from ..bare import RateSelection
    from ..review.review import read_review
    from ..sensitivity.asked import Asked
    from ..sensitivity.option import Spelling
    from ..sensitivity.store import FOLDER as STORE
    from .asking import filters

    selection, warnings = arms_or_rates(source, arms)
    if isinstance(selection, RateSelection):
        mend = "name a column of totals with --total"
        raise usage(f"{source} holds times at risk: {what} is of proportions", mend, "rates")
    say_problems(warnings)
    spelling = Spelling(what, "--option {name}={value}")
    asked = Asked(selection, model_for(selection, model, options), spelling=spelling)
    if not is_of_review(source):
        return asked
    if ANALYSES.is_dir():
        asked = replace(asked, store=ANALYSES / STORE)
    where, time, unread = filters(arms.where), arms.time, arms.unread or "left-out"
    return replace(asked, review=read_review(source), outcome=arms.outcome, where=where, time=time, unread=unread)


def ask_aloud(question: str, asked: Asked) -> Answer:
    """The answer to a question; what it is doing is shown while it takes time."""
    from rich.console import Console

    from ..sensitivity.questions import ask

    with Console(stderr=True).status(question, spinner="line") as status:

        def progress(step: str) -> None:
            status.update(f"{question}: {step}".replace("[", "\\["))

        return ask(question, replace(asked, progress=progress))


def answer_drawn(
    answer: Answer,
    asked: Asked,
    style: str | Style = "default",
    mend: str = "leave out --figure",
    name: str | None = None,
) -> Figure[Any]:
    """The figure of an answer, under the outcome and the question.

    Args:
        answer, asked: The answer, and what it was asked of. style: A style or its name.
        mend: What to do where there is none. name: Of the figure, as it was typed; the question's if not given.

    Raises:
        ComputeError: the question can't be asked of these data, or its answer has no picture.
    """
    from ..errors import ComputeError, Problem
    from ..figures import answer_figure
    from ..sensitivity.answer import NotAsked
    from ..sensitivity.questions import title_of

    if answer.picture() is None:
        why = answer.reason if isinstance(answer, NotAsked) else str(answer)
        raise ComputeError(Problem("no-picture", f"{name or answer.question}: nothing to draw: {why}", mend))
    title, outcome = title_of(answer.question, answer), asked.selection.context.title
    above = f"{outcome}: {title[:1].lower()}{title[1:]}" if outcome else title
    return answer_figure(answer, style, above, asked.selection.context.banner)


def print_options(question: str | None) -> None:
    """The options of a question with their defaults, or of every question that has any."""
    from ..sensitivity.questions import QUESTIONS

    for name in QUESTIONS if question is None else [question]:
        lines = option_lines(name)
        if lines or question is not None:
            typer.echo("\n".join([name, *(lines or ["  no options"])]))


def option_lines(question: str) -> list[str]:
    """The options of a question as they are typed, each with what it does."""
    from ..sensitivity.questions import QUESTIONS

    typed = {f"--option {name}={one.shown or 'A,B'}": one for name, one in QUESTIONS[question].options.items()}
    width = max(map(len, typed), default=0)
    return [f"  {text.ljust(width)}  {one.meaning}" for text, one in typed.items()]
