"""What it takes to cross a threshold, on a terminal or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..updates.inclusion import End
    from ..updates.prospective import Prospect
    from ..updates.questions import Part, Question
    from ..updates.sequential import Look


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about.

    Attributes:
        end: The outcome now. model: Whose limits are looked at. look: With the widened limits, or None.
        left: Conclusions that can't be looked at.
    """

    end: End
    model: Any
    look: Look | None
    left: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What it takes for one question."""

    question: Question
    found: tuple[Prospect, ...]


def print_json(asked: Asked, answers: Sequence[Answered]) -> None:
    """Every number as JSON."""
    import json
    from dataclasses import asdict

    ci = asked.end.ci
    values = {
        "now": asked.end.to_dict(),
        "model": asked.model.to_dict(),
        "look": None if asked.look is None else asdict(asked.look),
        "thresholds": [
            {
                "threshold": one.question.threshold,
                "conclusion": None if one.question.part is None else one.question.part.to_dict(),
                "limits": None if ci is None else [ci.lower, ci.upper],
                "prospects": [prospect.to_dict() for prospect in one.found],
            }
            for one in answers
        ],
        "conclusions_without": [part.to_dict() for part in asked.left],
    }
    typer.echo(json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False))


def print_text(asked: Asked, answers: Iterable[Answered]) -> None:
    """Blocks, each as soon as its question is answered."""
    from .rendering import print_blocks, terminal

    console = terminal()
    for place, block in enumerate(_blocks(asked, answers)):
        if place:
            typer.echo()
        print_blocks([block], console)
        console.file.flush()


def _blocks(asked: Asked, answers: Iterable[Answered]) -> Iterator[RenderableType]:
    from rich.console import Group
    from rich.text import Text

    from ..updates.prospect_text import CAVEAT, LOOKED, LOOKS, concluded, counted

    level = f"{100 * float(asked.model.level):.6g} %"
    widened = "" if asked.look is None else f", widened for {asked.look.of}"
    yield Group(
        Text(counted(asked.end, asked.look), style="bold"),
        Text(f"{asked.model.title}; intervals at {level}{widened}", style="dim"),
    )
    last = None
    for one in answers:
        part = one.question.part
        if part is not None and part.conclusion != last:
            last = part.conclusion
            yield _conclusion(*concluded(part))
        yield from _answer(asked, one)
    for part in asked.left:
        yield _conclusion(*concluded(part))
    for caveat in (CAVEAT, LOOKS if asked.look is None else LOOKED):
        yield Text(caveat, style="dim")


def _conclusion(heading: str, said: str) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    return Group(Text(heading, style="bold"), Text(said))


def _answer(asked: Asked, one: Answered) -> Iterator[RenderableType]:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from ..updates.prospect_text import headings, rows, standing, verdict

    widened = asked.look is not None
    said = [standing(asked.end, one.question.threshold, asked.look)]
    if none := verdict(one.found, asked.end.unit, widened):
        said.append(none)
    yield Group(*(Text(line) for line in said))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for heading in headings(one.found, widened):
        table.add_column(heading, overflow="fold")
    for row in rows(one.found, asked.end.unit):
        table.add_row(*(Text(cell) for cell in row))
    yield table
