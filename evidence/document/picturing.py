"""The figures that an analysis asks for: checked first, then drawn of each outcome and of the review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..analysis import Analysis, FigureRequest
from ..errors import DataError, Problem, UsageError, near
from .drawing import Drawing, drawing_of
from .questioning import Progress

if TYPE_CHECKING:
    from ..figures import Figure
    from ..figures.forest_company import Origin
    from ..review.review import Review
    from .findings import OutcomeFindings


def check_figures(analysis: Analysis) -> None:
    """Refuse figures that can't be drawn where they are asked for, before anything is computed.

    Raises:
        DataError: every one of them, with its line; near names are listed. An unknown style.
    """
    wanted = [(drawn, "review") for drawn in analysis.figures]
    wanted += [(drawn, "result") for outcome in analysis.outcomes for drawn in outcome.figures]
    tools = _tools(analysis)
    problems = [_placed(analysis, drawn, problem) for drawn, of in wanted for problem in _problems(drawn, of, tools)]
    if problems:
        raise DataError(problems)
    _check_style(analysis)


def _check_style(analysis: Analysis) -> None:
    from ..figures import style_named
    from ..toml_values import find_line

    try:
        style_named(analysis.style)
    except UsageError as error:
        line = find_line(analysis.path.read_text(encoding="utf-8-sig"), ("style",))
        raise DataError(
            replace(problem, file=str(analysis.path), line=line, column="style") for problem in error.problems
        ) from error


def _tools(analysis: Analysis) -> Iterable[str]:
    """Names of the tools that studies can be appraised with; of a review that can't be found, those of every review."""
    from ..review.review import SETTINGS, find_review
    from ..review.settings import ReviewSettings, read_settings

    try:
        settings, _ = read_settings(find_review(analysis.review) / SETTINGS)
    except DataError:
        settings = ReviewSettings()
    return tuple(settings.tools)


def _problems(drawn: FigureRequest, of: str, tools: Iterable[str]) -> Iterator[Problem]:
    from ..figures import FIGURES
    from ..figures.kinds import OF_VERSIONS

    kind = FIGURES.get(drawn.figure)
    if kind is None:
        possible = [name for name, other in FIGURES.items() if other.of == of]
        yield Problem("unknown-figure", f"figure {drawn.figure!r} is not known", near(drawn.figure, possible))
    elif kind.of == "question":
        message = f"{drawn.figure} is the figure of a question"
        yield Problem("figure-of-question", message, f'ask it: sensitivity = ["{kind.home}"]; its figure comes with it')
    elif kind.of in OF_VERSIONS:
        message = f"{drawn.figure} is drawn by itself where the review has an earlier version"
        mend = "leave it out here; it stands in the section changes"
        yield Problem("figure-of-versions", message, mend)
    elif kind.of != of:
        here, there = ("an outcome", "above [[outcomes]]") if of == "result" else ("a review", "under [[outcomes]]")
        yield Problem("figure-elsewhere", f"{drawn.figure} is no figure of {here}", f"write figures = [...] {there}")
    else:
        try:
            kind.check(drawn.options, tools)
        except UsageError as error:
            yield from error.problems


def _placed(analysis: Analysis, drawn: FigureRequest, problem: Problem) -> Problem:
    """The problem with the place where the figure is asked for."""
    return replace(problem, file=str(analysis.path), line=drawn.line, column="figures")


def draw_outcome(analysis: Analysis, review: Review, found: OutcomeFindings) -> tuple[Drawing, ...]:
    """The figures of one outcome: of each grouping where the figure shows groups, else of all arms.

    Raises:
        DataError: an option that a figure does not have, with its line.
    """
    from ..figures import FIGURES

    drawings: list[Drawing] = []
    for asked in found.request.figures:
        grouped: list[Any] = [one.result for one in found.subgroups] if FIGURES[asked.figure].shows_groups else []
        for result in grouped or [found.pooled]:
            drawing = _of_result(analysis, review, found, asked, result)
            drawings.append(replace(drawing, name=_free(drawing.name, drawings)))
    return tuple(drawings)


def _of_result(
    analysis: Analysis, review: Review, found: OutcomeFindings, asked: FigureRequest, result: Any
) -> Drawing:
    from ..figures.forest_company import Origin

    by = getattr(result, "by", None)
    options = dict(asked.options)
    if asked.figure == "forest":
        options.setdefault("columns", [column for column in found.request.columns if column != by])
    request = found.request
    origin = Origin(review, request.outcome, request.where, request.time)
    figure = _draw(analysis, asked, result, options, origin)
    name = f"{asked.figure}-{found.name}" + (f"-by-{by}" if by else "")
    return drawing_of(name, figure, _caption(found, result))


def _free(name: str, drawn: Sequence[Drawing]) -> str:
    """The name, with a number where an earlier figure has it."""
    again = sum(other.name == name or other.name.startswith(f"{name}--") for other in drawn)
    return f"{name}--{again + 1}" if again else name


def draw_review(analysis: Analysis, review: Review, progress: Progress) -> dict[str, tuple[Drawing, ...]]:
    """Section -> figures of the whole review that stand there; one without data has no figure, its section says so.

    Raises:
        DataError: an option that a figure does not have, or one that leaves nothing to draw, with its line.
    """
    from ..figures import FIGURES
    from ..figures.not_done import NotDone

    placed: dict[str, tuple[Drawing, ...]] = {}
    for asked in analysis.figures:
        progress(f"drawing {asked.figure}")
        kind = FIGURES[asked.figure]
        figure = _draw(analysis, asked, review, asked.options)
        if isinstance(figure.layout, NotDone):
            if asked.options and not isinstance(_draw(analysis, asked, review, {}).layout, NotDone):
                raise DataError(_placed(analysis, asked, _nothing_left(asked, figure.layout.sentences[0])))
            continue
        every = [drawing for drawings in placed.values() for drawing in drawings]
        drawing = drawing_of(_free(asked.figure, every), figure, f"{kind.title}.")
        placed[kind.section] = (*placed.get(kind.section, ()), drawing)
    return placed


def _nothing_left(asked: FigureRequest, says: str) -> Problem:
    options = ", ".join(asked.options)
    mend = f"choose another value of {options}, or leave the figure out until there is something to draw"
    return Problem("nothing-to-draw", f"{asked.figure}: {says}", mend)


def _draw(
    analysis: Analysis, asked: FigureRequest, subject: Any, options: Any, origin: Origin | None = None
) -> Figure[Any]:
    from ..figures import FIGURES

    try:
        return FIGURES[asked.figure].draw(subject, analysis.style, options, origin)
    except UsageError as error:
        if asked.line is None:  # drawn by default: the outcome is what asks
            raise
        raise DataError(
            problem if problem.file else _placed(analysis, asked, problem) for problem in error.problems
        ) from error


def _caption(found: OutcomeFindings, result: Any) -> str:
    grouped = f" by {result.heading[:1].lower()}{result.heading[1:]}" if hasattr(result, "heading") else ""
    context = found.pooled.context
    single = "" if context is None else f" Case reports: {context.case_reports} of {context.arms_in} arms;"
    compared = "" if context is None or context.comparison else " no comparison group."
    return f"{found.spec.title}{grouped}: counts and exact limits of each arm.{single}{compared}"
