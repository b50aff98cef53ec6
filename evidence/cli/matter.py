"""`evidence matter`: how much new evidence would move a pooled proportion, or its interval, across a threshold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..errors import EvidenceError
    from ..updates.inclusion import End
    from ..updates.prospective import Plan, Search
    from ..updates.questions import Part, Question
    from ..updates.requests import Request
    from ..updates.sequential import Look
    from .matter_rendering import Answered

HELP = "Tell how much new evidence would move a number across a threshold."

#: Patients of each of several new series, where nobody says.
SIZE = 10


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.", show_default=False)],
    outcome: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Outcome of the review, e.g. complete_remission.", show_default=False),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PROPORTION",
            help="0.5 or 50%; may be repeated.  [those of the outcome's conclusions in its analysis]",
        ),
    ] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A,B",
            help="Assumed share of events in new series, e.g. 0.2,0.8.  [the far end of the other side, and half way]",
        ),
    ] = None,
    size: Annotated[
        list[str] | None,
        typer.Option(metavar="N", help=f"Patients of each of several new series, e.g. 5,20.  [{SIZE}]"),
    ] = None,
    look: Annotated[
        str | None,
        typer.Option(metavar="I/K", help="Widen the interval for look I of K planned looks (O'Brien-Fleming type)."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print every number as JSON.")] = False,
) -> None:
    """Find the smallest new series of up to 10,000 patients, and the fewest new series of one size, that would move the
    pooled proportion across a threshold, or its interval onto or off it. That no single study can is an answer.

    The outcome's own model and selection are used, as its analysis says. Without --threshold each conclusion of the
    outcome is asked what would change it.

    evidence matter sts-calcinosis-cutis --outcome any_response --threshold 0.5

    evidence matter sts-calcinosis-cutis --outcome any_response --threshold 50% --rate 0.2,0.4 --size 5,20
    """
    from ..review.review import find_review
    from ..updates.comparing import request_of
    from ..updates.inclusion import end_of
    from .draw_versions import outcome_asked
    from .matter_rendering import Asked, print_json, print_text
    from .versions import state_now

    typed = [_proportions(given, "--threshold") for given in (threshold or ())]
    rates = tuple(dict.fromkeys(value for given in (rate or ()) for value in _proportions(given, "--rate")))
    sizes = tuple(dict.fromkeys(value for given in (size or ()) for value in _sizes(given))) or (SIZE,)
    state = state_now(find_review(review))
    example = f"evidence matter {review} --outcome NAME --threshold 0.5"
    request = request_of(state, outcome_asked(state, outcome, example))
    end = end_of("now", state.review, request)
    wanted = tuple(dict.fromkeys(value for values in typed for value in values))
    if not wanted:
        _check_conclusions(request)
    if end.value is None:
        raise _no_estimate(end)
    _warn_of_time(request.model)
    search, looked = _search(end, request.model, look)
    questions, left = _questions(request, end, looked, (wanted, rates))
    answers = _answers(search, questions, sizes)
    asked = Asked(end, search.model, looked, left)
    if json:
        print_json(asked, list(answers))
    else:
        print_text(asked, answers)


def _proportions(text: str, option: str) -> tuple[float, ...]:
    found = []
    for part in text.split(","):
        plain = part.strip().removesuffix("%").strip()
        try:
            value = float(plain) / (100 if "%" in part else 1)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1 or (option == "--threshold" and value in (0.0, 1.0)):
            raise _no_proportion(text, part.strip(), option)
        found.append(value)
    return tuple(dict.fromkeys(found))


#: A number with a decimal comma: ``0,5``, ``12,5 %``.
_COMMA = re.compile(r"0?,\d+|\d+,\d+\s*%")


def _no_proportion(text: str, part: str, option: str) -> EvidenceError:
    """The error for a part of what was typed that is none, with how to write what was probably meant."""
    from ..errors import usage

    plain = text.strip()
    if _COMMA.fullmatch(plain):
        mend = f"write a decimal point: {option} {plain.replace(',', '.').replace(' ', '')}"
        return usage(f"{option} {plain}: a comma stands between two numbers", mend, "decimal-comma")
    between = "between 0 and 1" if option == "--threshold" else "from 0 to 1"
    mend = f"give a number {between}, or percent: 20%"
    if re.fullmatch(r"\d+(\.\d+)?", part) and 1 < float(part) <= 100:
        mend = f"for {part} % write {option} {part}%, or {option} {float(part) / 100:g}"
    return usage(f"{option} {part}: is no proportion", mend)


def _sizes(text: str) -> tuple[int, ...]:
    from ..errors import usage
    from ..updates.prospective import LARGEST

    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        if not (part.isascii() and part.isdigit() and 1 <= int(part) <= LARGEST):
            raise usage(f"--size {part}: is no size of a series", f"give a whole number from 1 to {LARGEST:,}")
    return tuple(dict.fromkeys(int(part) for part in parts))


def _check_conclusions(request: Request) -> None:
    """That a conclusion of the outcome names a threshold, where none was given."""
    from ..errors import usage
    from ..updates.reversal import may_cross

    if not any(may_cross(condition) for one in request.conclusions for condition in one.conditions):
        mend = "give --threshold 0.5, or write [[outcomes.conclusions]] with a rule such as interval excludes 50 %"
        raise usage(f"no threshold is known for {request.outcome}", mend, "no-threshold")


def _warn_of_time(model: Any) -> None:
    """Say beforehand that a model without quick limits takes long."""
    from ..updates.reversal import takes_long

    if takes_long(model):
        typer.echo(
            "Every size is fitted anew, which takes a model of this kind half a minute to some minutes.", err=True
        )


def _no_estimate(end: End) -> EvidenceError:
    from ..errors import ComputeError, Problem

    reason = (end.reason or "the model has none").rstrip(".")
    return ComputeError(Problem("no-estimate", f"{end.title} has no estimate now: {reason}", "read the counts"))


def _search(end: End, model: Any, look: str | None) -> tuple[Search, Look | None]:
    """The search by the model, at the level of a look where one is asked for; and that look with its limits."""
    from dataclasses import replace

    from ..errors import usage
    from ..updates.prospective import Search
    from ..updates.sequential import Look, level_at

    counts = end.side.counts(end.unit)
    if look is None:
        return Search(counts, model), None
    found = re.fullmatch(r"\s*(\d{1,3})\s*/\s*(\d{1,3})\s*", look)
    if found is None:
        raise usage(f"--look {look}: is no look", "write the look and the number of planned looks: --look 2/5")
    first, last = int(found[1]), int(found[2])
    level = level_at(first, last, float(model.level))
    search = Search(counts, replace(model, level=level))
    now = search.now
    if now is None or not (now.lower[0] <= now.upper[0]):
        raise _no_estimate(end)
    return search, Look(first, last, level, float(now.lower[0]), float(now.upper[0]))


def _questions(
    request: Request, end: End, look: Look | None, given: tuple[Sequence[float], Sequence[float]]
) -> tuple[tuple[Question, ...], tuple[Part, ...]]:
    """A question for each threshold that is given, else for each that the conclusions of the outcome name."""
    from dataclasses import replace

    from ..updates.questions import of_conclusions, of_threshold

    thresholds, rates = given
    if thresholds:
        return tuple(of_threshold(one, rates, end) for one in thresholds), ()
    looked = end
    if look is not None and end.ci is not None:
        looked = replace(end, ci=replace(end.ci, lower=look.lower, upper=look.upper, level=look.level))
    return of_conclusions(tuple(request.conclusions), rates, end, looked)


def _answers(search: Search, questions: Sequence[Question], sizes: Sequence[int]) -> Iterator[Answered]:
    """Each question as it is answered, with a bar meanwhile."""
    from .matter_rendering import Answered
    from .stepping import bar

    for place, question in enumerate(questions, 1):
        plans = _plans(question.rates, sizes)
        title = "searching" if len(questions) == 1 else f"searching, {place} of {len(questions)}"
        with bar(title, tuple(str(plan) for plan in plans)) as tell:
            found = search.prospects(question.threshold, plans, question.targets, tell)
        yield Answered(question, found)


def _plans(rates: Sequence[float], sizes: Sequence[int]) -> list[Plan]:
    from ..updates.prospective import OneSeries, SeveralSeries

    single: list[Plan] = [OneSeries(rate) for rate in rates]
    return single + [SeveralSeries(rate, size) for size in sizes for rate in rates]
