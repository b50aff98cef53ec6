"""Differences between extractors settled on the command line, one by arguments or all that are open one by one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from ..errors import UsageError, usage

if TYPE_CHECKING:
    from ..double_extraction import ComparedCell
    from ..review.adjudication import Ruling
    from ..review.adjudication_checks import Extracted
    from ..review.review import Review
    from ..review.side_by_side import Desk

QUIT = "quit"


def settle_one(review: Review, cell: tuple[str, str, str], final: str | None, reason: str | None) -> None:
    """Write what was settled, and say what the tables still have otherwise.

    Args:
        review: The review. cell: Table, arm (or what else names the row) and field. final, reason: As typed.

    Raises:
        UsageError: whatever can't be settled so.
    """
    from ..review.settling import Settled, settle

    if final is None:
        raise usage("what is it settled as?", "add --final 2/5, or --final 'no row'", "no-final")
    desk, extracted = _read(review)
    ruling = settle(extracted, desk, Settled(*cell, final, reason or ""))
    _say(review, ruling)


def settle_aloud(review: Review) -> None:
    """Show each open difference and ask what holds and why; each answer is written at once.

    Raises:
        UsageError: no terminal to ask in.
    """
    from ..double_extraction.joined import compared_cells

    if not sys.stdin.isatty():
        mend = 'settle one at a time: --settle ARM OUTCOME --final 2/5 --reason "..."'
        raise usage("--adjudicate asks in a terminal, and there is none", mend, "no-terminal")
    _, extracted = _read(review)
    waiting = [one for one in compared_cells(extracted) if one.cell.differs and one.ruling is None]
    if not waiting:
        typer.echo("Nothing to settle: every difference has its final value and its reason.")
        return
    done = 0
    typer.echo("Type whose value holds (as A), or the value itself, then why. Enter leaves it open, quit stops.")
    for i, one in enumerate(waiting, start=1):
        typer.echo(f"\n{i} of {len(waiting)}  {_shown(one)}")
        answer = _ask(review, one)
        if answer is None:
            break
        done += answer
    typer.echo(f"\nsettled {done} of {len(waiting)}, {len(waiting) - done} open")


def _read(review: Review) -> tuple[Desk, Extracted]:
    from ..double_extraction.joined import desk_of, readable, too_few
    from ..review.adjudication_checks import read_extracted

    desk = desk_of(review)
    extracted = readable(read_extracted(desk))
    if not any(len(tables) > 1 for tables in extracted.entered.values()):
        raise too_few(extracted)
    return desk, extracted


def _shown(one: ComparedCell) -> str:
    from ..review.side_by_side import place_of

    lines = [f"{one.where}  {one.cell.field}  ({one.cell.table})"]
    for name, entry in zip(one.extractors, one.cell.entries, strict=True):
        said = f"  {entry.source}" if entry.source else ""
        lines.append(f"  {name.upper()}  {entry.text}  {place_of(entry)}{said}")
    return "\n".join(lines)


def _ask(review: Review, one: ComparedCell) -> bool | None:
    """Whether it was settled; None = stop."""
    from ..review.settling import Settled, settle

    while True:
        typed = _line("holds: ")
        if typed is None or typed.casefold() == QUIT:
            return None
        if not typed:
            return False
        texts = {name.casefold(): entry.text for name, entry in zip(one.extractors, one.cell.entries, strict=True)}
        # A value that somebody entered is meant as that value, even where an extractor is called the same.
        final = typed if typed in texts.values() else texts.get(typed.casefold(), typed)
        reason = _line("why:   ")
        if reason is None:
            return None
        row = one.cell.arm_id or " ".join(one.cell.row)
        try:
            desk, extracted = _read(review)
            ruling = settle(extracted, desk, Settled(one.cell.table, row, one.cell.field, final, reason))
        except UsageError as error:
            for problem in error.problems:
                typer.echo(str(problem))
            continue
        _say(review, ruling)
        return True


def _line(prompt: str) -> str | None:
    """A line as typed; None at the end of what can be typed."""
    typer.echo(prompt, nl=False)
    text = sys.stdin.readline()
    return text.strip() if text else None


def _say(review: Review, ruling: Ruling) -> None:
    """What was written, and what the tables have otherwise."""
    from ..review.adjudication_checks import settling_problems

    desk, extracted = _read(review)
    place = f"{extracted.record.path}:{ruling.line}"
    typer.echo(f"{ruling.arm_id or ruling.report_id} {ruling.field}: settled as {ruling.final} ({place})")
    for problem in settling_problems(extracted, desk):
        if problem.file == str(extracted.record.path) and problem.line == ruling.line:
            typer.echo(str(problem))
