"""`evidence matter`: how much new evidence would move a pooled proportion, or its interval, across a threshold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..errors import EvidenceError
    from ..updates.inclusion import End
    from ..updates.prospective import Plan, Prospect
    from ..updates.requests import Request

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

    The outcome's own model and selection are used, as its analysis says.

    evidence matter sts-calcinosis-cutis --outcome any_response --threshold 0.5

    evidence matter sts-calcinosis-cutis --outcome any_response --threshold 50% --rate 0.2,0.4 --size 5,20
    """
    from ..review.review import find_review
    from ..updates.comparing import request_of
    from ..updates.inclusion import end_of
    from .draw_versions import outcome_asked
    from .versions import state_now

    typed = [_proportions(given, "--threshold") for given in (threshold or ())]
    rates = tuple(dict.fromkeys(value for given in (rate or ()) for value in _proportions(given, "--rate")))
    sizes = tuple(dict.fromkeys(value for given in (size or ()) for value in _sizes(given))) or (SIZE,)
    state = state_now(find_review(review))
    example = f"evidence matter {review} --outcome NAME --threshold 0.5"
    request = request_of(state, outcome_asked(state, outcome, example))
    end = end_of("now", state.review, request)
    wanted = tuple(dict.fromkeys(value for values in typed for value in values)) or _concluded(request)
    model = _at_look(request.model, look)
    answers = [_answer(end, model, one, (rates, sizes)) for one in wanted]
    if json:
        _print_json(end, model, answers)
    else:
        _print_text(end, model, answers)


@dataclass(frozen=True, slots=True)
class Answered:
    """What it takes for one threshold: where the interval stands, and each prospect."""

    threshold: float
    limits: tuple[float, float]
    found: tuple[Prospect, ...]


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


def _concluded(request: Request) -> tuple[float, ...]:
    """The thresholds that the conclusions of the outcome name."""
    from ..errors import usage

    found = [condition.threshold for one in request.conclusions for condition in one.conditions]
    inner = tuple(dict.fromkeys(value for value in found if value is not None and 0 < value < 1))
    if not inner:
        mend = "give --threshold 0.5, or write [[outcomes.conclusions]] with a rule such as interval excludes 50 %"
        raise usage(f"no threshold is known for {request.outcome}", mend, "no-threshold")
    return inner


def _at_look(model: Any, look: str | None) -> Any:
    """The model, at the level of a look where one is asked for."""
    from dataclasses import replace

    from ..errors import usage
    from ..updates.sequential import level_at

    if look is None:
        return model
    found = re.fullmatch(r"\s*(\d{1,3})\s*/\s*(\d{1,3})\s*", look)
    if found is None:
        raise usage(f"--look {look}: is no look", "write the look and the number of planned looks: --look 2/5")
    return replace(model, level=level_at(int(found[1]), int(found[2]), float(model.level)))


def _answer(end: End, model: Any, threshold: float, asked: tuple[Sequence[float], Sequence[int]]) -> Answered:
    from ..errors import ComputeError, Problem
    from ..updates.prospective import default_rates, printed_now, prospects
    from .stepping import bar

    if end.value is None:
        reason = (end.reason or "the model has none").rstrip(".")
        raise ComputeError(Problem("no-estimate", f"{end.title} has no estimate now: {reason}", "read the counts"))
    rates = tuple(asked[0]) or default_rates(end.value, threshold)
    plans = _plans(rates, asked[1])
    counts = end.side.counts(end.unit)
    with bar("searching", tuple(str(plan) for plan in plans)) as tell:
        found = prospects(counts, model, threshold, plans, tell=tell)
    now = printed_now(counts, model)
    return Answered(threshold, (float(now.lower[0]), float(now.upper[0])), found)


def _plans(rates: Sequence[float], sizes: Sequence[int]) -> list[Plan]:
    from ..updates.prospective import OneSeries, SeveralSeries

    single: list[Plan] = [OneSeries(rate) for rate in rates]
    return single + [SeveralSeries(rate, size) for size in sizes for rate in rates]


def _print_json(end: End, model: Any, answers: Sequence[Answered]) -> None:
    import json

    values = {
        "now": end.to_dict(),
        "model": model.to_dict(),
        "thresholds": [
            {"threshold": one.threshold, "limits": list(one.limits), "prospects": [p.to_dict() for p in one.found]}
            for one in answers
        ],
    }
    typer.echo(json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False))


def _print_text(end: End, model: Any, answers: Sequence[Answered]) -> None:
    from .rendering import print_blocks, terminal

    print_blocks(_blocks(end, model, answers), terminal())


def _blocks(end: End, model: Any, answers: Sequence[Answered]) -> Iterator[RenderableType]:
    from rich.table import Table
    from rich.text import Text

    from ..updates.prospect_text import CAVEATS, headings, rows, standing, verdict

    for one in answers:
        yield Text(standing(end, one.threshold, *one.limits), style="bold")
        if said := verdict(one.found, end.unit):
            yield Text(said)
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
        for heading in headings(one.found):
            table.add_column(heading, overflow="fold")
        for row in rows(one.found, end.unit):
            table.add_row(*(Text(cell) for cell in row))
        yield table
    level = f"; intervals at {100 * float(model.level):.6g} %"
    yield Text(f"{model.title}{level}", style="dim")
    for caveat in CAVEATS:
        yield Text(caveat, style="dim")
