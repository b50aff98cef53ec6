"""`evidence diff`: what changed between two versions of a review, and what moved its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .versions import (
    frozen_until,
    no_version,
    said_of_latest,
    state_of_later,
    state_of_version,
    unless_now_is_wrong,
    version_asked,
    warn_of_another,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..updates.change_text import Told
    from ..updates.version import Version

#: Up to so many rows or cells of a kind are listed without --all; of more, the first.
MOST_LINES, FIRST_LINES = 12, 8

HELP = "Tell what changed between two versions of a review, and why."


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.", show_default=False)],
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="VERSION",
            help="The earlier version: a label, a folder or a revision of git (HEAD~3); without it the latest label.",
        ),
    ] = None,
    to: Annotated[
        str, typer.Option("--to", metavar="VERSION", help="The later version; now = the tables as they are.")
    ] = "now",
    outcome: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Explain the change of this outcome by its sources. May be repeated."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every row and cell, however many.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the difference as JSON.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the difference as .md, .json or .csv; without --from the history of all versions (CHANGES.md).",
        ),
    ] = None,
) -> None:
    """Print what differs between two versions: rows added, removed, corrected and reclassified, studies in and out.

    With --outcome the pooled proportion before and after is shared out among its sources in percentage points, averaged
    over the orders in which they can come (Shapley): each new study, new data of each known study (first counts, a
    later time point, a further arm), corrected numbers, changed eligibility (each study that was excluded, with its
    reason), changed method. All orders are taken up to 12 sources (more where some are alike), else a sample with its
    error.

    A file in .csv has these sources, in points at full precision; without --outcome each row and cell that differs.

    Why a cell was changed is told beside it: from changes.csv, where evidence correct writes it, from what extractors
    settled (evidence agree --settle), or from a note that was written with the change.

    evidence diff sts-calcinosis-cutis --from end-of-2016 --outcome any_response

    evidence diff sts-calcinosis-cutis --from HEAD~3

    evidence diff sts-calcinosis-cutis -o data/sts-calcinosis-cutis/CHANGES.md
    """
    from ..errors import usage
    from ..review.review import find_review
    from .diff_files import check_ending, json_of, write_difference

    if json and output is not None:
        raise usage("--json and --output are two ways to say the same", "give one of them")
    folder = find_review(review)
    if output is not None:
        check_ending(output, from_ is None)
    if output is not None and from_ is None:
        _history(folder, output, to, tuple(outcome or ()))
        return
    before, latest = _start(folder, from_, to)
    if before is None:
        _first(folder, to, tuple(outcome or ()), json)
        return
    after = version_asked(folder, to)
    warn_of_another(folder, from_ or "", before, after)
    warn_of_another(folder, to, after, before)
    told = _told(folder, before, after, tuple(outcome or ()))
    if json:
        typer.echo(json_of(told))
    elif output is not None:
        write_difference(output, told, bool(outcome))
    else:
        _print_text(folder, told, Shown(bool(outcome), every, latest))


def _start(folder: Path, from_: str | None, to: str) -> tuple[Version | None, str]:
    """The earlier version, and a sentence where it was not named; None where there is none."""
    if from_ is not None:
        return version_asked(folder, from_), ""
    versions = frozen_until(folder, to)
    return (versions[-1], said_of_latest(versions[-1], to)) if versions else (None, "")


def _told(folder: Path, before: Version, after: Version, names: Sequence[str]) -> Told:
    from ..errors import DataError
    from ..updates.change_text import Told, refusal
    from ..updates.comparing import outcomes_of, told_of
    from ..updates.difference import difference
    from ..updates.version import NOW
    from .stepping import bar

    with bar("versions", (before.label, after.label)) as tell:
        states = []
        for version in (before, after):
            tell(version.label)
            try:
                states.append(state_of_later(folder, version))
            except DataError as error:
                if names or version.label == NOW:
                    raise
                return Told(before, after, difference(before, after), uncompared=refusal(version, error))
        old, new = states
        chosen = outcomes_of(new, names)
    with bar("outcomes", chosen) as tell:
        return told_of(old, new, chosen, tell)


def _history(folder: Path, output: Path, to: str, names: Sequence[str]) -> None:
    from itertools import pairwise

    from ..files import write_whole
    from ..updates.change_text import changes_file

    frozen = frozen_until(folder, to)
    if not frozen_until(folder, "now"):
        raise no_version(folder, to, any_version=False)
    versions = (*frozen, *unless_now_is_wrong(version_asked(folder, to)))
    sections = [_told(folder, before, after, names) for before, after in pairwise(versions)]
    if sections and sections[-1].after.label == "now" and sections[-1].difference.same:
        sections.pop()
    write_whole(output, changes_file(folder.resolve().name, sections).encode())
    typer.echo(f"wrote {output}")


def _first(folder: Path, to: str, names: Sequence[str], json: bool) -> None:
    """Where there is no earlier version: what the review says now."""
    import json as writer

    from ..updates.comparing import nothing_before, outcomes_of
    from ..updates.explained import conclusion_lines, paragraph
    from .stepping import bar

    state = state_of_version(version_asked(folder, to))
    chosen = outcomes_of(state, names)
    with bar("outcomes", chosen) as tell:
        told = nothing_before(state, chosen, tell)
    if json:
        values = {"from": None, "to": to, "outcomes": [one.to_dict() for one in told]}
        typer.echo(writer.dumps(values, indent=2, ensure_ascii=False, allow_nan=False))
        return
    for one in told:
        typer.echo("\n  ".join((paragraph(one), *conclusion_lines(one))))
    typer.echo(f"evidence snapshot {folder} --label LABEL makes a version to compare with later.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is printed: the outcomes with their sources, all rows or the first of them, and which version was taken."""

    explained: bool
    every: bool
    latest: str = ""


def _print_text(folder: Path, told: Told, shown: Shown) -> None:
    from .rendering import print_blocks, terminal

    print_blocks(_blocks(folder, told, shown), terminal())


def _blocks(folder: Path, told: Told, shown: Shown) -> Iterator[RenderableType]:
    from rich.console import Group
    from rich.text import Text

    from .diff_outcomes import change_lines, explained_blocks

    latest = [shown.latest] if shown.latest else []
    notes = dict.fromkeys((*latest, *told.before.notes, *told.after.notes))
    title = Text(f"{told.after.review}: {told.before.label} to {told.after.label}", style="bold")
    yield Group(title, *(Text(note, style="dim") for note in notes))
    if shown.explained:
        for one in told.outcomes:
            yield from explained_blocks(one)
    if told.uncompared:
        yield Text(told.uncompared, style="yellow")
    if told.difference.same:
        yield Text("Nothing changed: no table, no setting, no analysis.")
    else:
        yield Group(*_difference(told, shown.every))
        yield from _unexplained(folder, told)
    if not shown.explained and not told.difference.same and told.outcomes:
        yield Group(*(line for one in told.outcomes for line in change_lines(one)))
        name = told.outcomes[0].outcome
        line = f"  evidence diff {folder} --from {told.before.label.split(' ')[0]} --outcome {name}"
        yield Text(f"What moved an outcome:\n{line}", style="dim")


def _unexplained(folder: Path, told: Told) -> Iterator[RenderableType]:
    """How to record the reason of corrections that have none; of now alone, as a version is never edited."""
    from rich.text import Text

    from ..display import plural

    found = [
        (table.table, change) for table in told.difference.tables for change in table.of("corrected") if not change.why
    ]
    if not found or told.after.label != "now":
        return
    table, one = min(found, key=lambda each: len(each[1].old) + len(each[1].new))
    line = f'evidence correct {folder} {table} "{one.row}" {one.column} "{one.new}" --was "{one.old}" --reason "..."'
    text = f"{plural(len(found), 'corrected cell')} without a reason; to record one:\n  {line}"
    yield Text(text, style="dim", no_wrap=True, overflow="ignore")


def _difference(told: Told, every: bool) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    from ..updates.change_text import details, summary

    for rename in told.difference.renames:
        yield Text(f"{rename.table}: {rename.old} is called {rename.new} now")
    for table in told.difference.tables:
        if table.same:
            continue
        yield Text(f"{table.table}: {summary(table)}", style="cyan")
        for heading, lines in details(table):
            for line in _listed(heading, lines, every):
                yield Padding(Text(line), (0, 0, 0, 4))
    for table in told.difference.tables:
        if table.not_kept:
            yield Text(f"{table.table}: {summary(table)}", style="dim")
    if unchanged := [table.table for table in told.difference.tables if table.same and not table.not_kept]:
        yield Text(f"no change: {', '.join(unchanged)}")
    if told.difference.other:
        yield Text(f"changed as well: {', '.join(told.difference.other)}")


def _listed(heading: str, lines: Sequence[str], every: bool) -> list[str]:
    """Rows in one paragraph, cells one on a line; the first of many, unless every one is asked for."""
    first = list(lines if every or len(lines) <= MOST_LINES else lines[:FIRST_LINES])
    more = f"and {len(lines) - len(first)} more (--all)" if len(first) < len(lines) else ""
    if heading in ("Added", "Removed"):
        return [f"{heading}: {', '.join(first)}{f', {more}' if more else ''}"]
    return [f"{heading}: {line}" for line in first] + ([more] if more else [])
