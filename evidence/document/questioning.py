"""The questions that an analysis asks of its outcomes: checked first, then asked, each answer with its figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..analysis import Analysis, OutcomeAnalysis, QuestionRequest
from ..errors import ComputeError, DataError, Problem, UsageError, near
from .drawing import Drawing, drawing_of

if TYPE_CHECKING:
    from pathlib import Path

    from ..outcomes import Selection
    from ..review.review import Review
    from ..sensitivity.answer import Answer

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer.

    Attributes:
        request: What the analysis asks. title: The question in a reader's words.
        name: File names and anchors start with it; no two of an outcome are the same.
        answer: With a reason in its place where the question can't be asked.
        drawing: Its figure, or None.
    """

    request: QuestionRequest
    title: str
    name: str
    answer: Answer
    drawing: Drawing | None = None

    @property
    def reason(self) -> str | None:
        """Why it was not asked, or None."""
        from ..sensitivity.answer import NotAsked

        return self.answer.reason if isinstance(self.answer, NotAsked) else None

    def to_dict(self) -> dict[str, Any]:
        """The answer's own values, with the question's title and options."""
        return {"title": self.title, "options": dict(self.request.options), **self.answer.to_dict()}


def check_questions(analysis: Analysis) -> None:
    """Refuse unknown questions, and options that a question does not have, before anything is computed.

    Raises:
        DataError: every one of them, with its line and the near names.
    """
    wanted = {(asked.question, asked.line): asked for outcome in analysis.outcomes for asked in outcome.sensitivity}
    problems = [_placed(analysis, asked, problem) for asked in wanted.values() for problem in _problems(asked)]
    if problems:
        raise DataError(problems)


def _problems(asked: QuestionRequest) -> Iterable[Problem]:
    from ..sensitivity.option import chosen
    from ..sensitivity.questions import QUESTIONS

    name = asked.question
    if name not in QUESTIONS:
        return [Problem("unknown-question", f"question {name!r} is not known", near(name, tuple(QUESTIONS)))]
    try:
        chosen(asked.options, QUESTIONS[name].options)
    except UsageError as error:
        return error.problems
    return []


def put_off(request: OutcomeAnalysis, first: bool) -> tuple[str, ...]:
    """Titles of the costly questions that only the first outcome is asked, unless an outcome asks for them itself."""
    from ..sensitivity.questions import QUESTIONS

    return tuple(QUESTIONS[asked.question].title for asked in request.sensitivity if not _is_due(asked, first))


def ask_questions(
    analysis: Analysis,
    review: Review,
    request: OutcomeAnalysis,
    selection: Selection,
    progress: Progress,
    kept: Path | None = None,
) -> tuple[Answered, ...]:
    """The answers to what is asked of one outcome; costly ones are looked up and kept in the folder ``kept``, if any.

    Raises:
        DataError: an option that a question does not have, with its line.
    """
    return tuple(_answers(analysis, review, request, selection, progress, kept))


def due(analysis: Analysis, request: OutcomeAnalysis) -> tuple[QuestionRequest, ...]:
    """The questions that an outcome is asked."""
    first = request is analysis.outcomes[0]
    return tuple(asked for asked in request.sensitivity if _is_due(asked, first))


def _is_due(asked: QuestionRequest, first: bool) -> bool:
    from ..sensitivity.questions import QUESTIONS

    return first or asked.here or not QUESTIONS[asked.question].costly


def _answers(
    analysis: Analysis,
    review: Review,
    request: OutcomeAnalysis,
    selection: Selection,
    progress: Progress,
    kept: Path | None,
) -> Iterator[Answered]:
    from ..sensitivity.asked import Asked
    from ..sensitivity.questions import title_of

    names: list[str] = []
    for asked in due(analysis, request):
        said = f"{request.outcome}: {asked.question}"
        progress(said)
        data = Asked(
            selection,
            request.model,
            review,
            request.outcome,
            request.where,
            request.time,
            options=asked.options,
            store=kept,
            progress=partial(_told, progress, said),
        )
        names.append(asked.question)
        again = names.count(asked.question)
        name = asked.question if again == 1 else f"{asked.question}-{again}"
        answer = _answer(analysis, asked, data)
        yield Answered(asked, title_of(asked.question, answer), name, answer)


def _told(progress: Progress, said: str, step: str) -> None:
    progress(f"{said}: {step}")


def _answer(analysis: Analysis, asked: QuestionRequest, data: Any) -> Answer:
    """The answer; where the numbers can't be computed, the sentence that says so stands in its place."""
    from typing import cast

    from ..sensitivity.answer import NotAsked
    from ..sensitivity.questions import ask

    try:
        return ask(asked.question, data)
    except UsageError as error:
        raise DataError(
            problem if problem.file else _placed(analysis, asked, problem) for problem in error.problems
        ) from error
    except ComputeError as error:
        return cast("Answer", NotAsked(asked.question, error.problems[0].message.rstrip(".")))


def _placed(analysis: Analysis, asked: QuestionRequest, problem: Problem) -> Problem:
    """The problem with the place where the question stands."""
    return replace(problem, file=str(analysis.path), line=asked.line, column="sensitivity")


def draw_answer(
    found: Answered, outcome: str, title: str, banner: str | None, model: str, style: str
) -> Drawing | None:
    """The figure of an answer; None where there is nothing to draw.

    Args:
        found: The answer. outcome: Name of the outcome, for the file. title: Of the outcome, for its readers.
        banner: The sentence that every output must carry. model: The model in words.
        style: Name of the look.
    """
    from ..figures import answer_figure

    if found.reason is not None or found.answer.picture() is None:
        return None
    question = found.title[:1].lower() + found.title[1:]
    figure = answer_figure(found.answer, style, f"{title}: {question}", banner)
    caption = f"{title}: {found.title[:1].lower()}{found.title[1:]} Model of the analysis: {model}."
    return drawing_of(f"sensitivity-{outcome}-{found.name}", figure, caption)
