"""`evidence sheet`: a review as one workbook for people who extract in a spreadsheet, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..review.sheet_changes import Change
    from ..review.sheet_exchange import Exchange
    from ..review.sheet_merging import Merged

HELP = "Write a review as one workbook with drop-downs, or read it back."

#: Characters of a cell that are shown.
_SHOWN = 60


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Workbook to write; REVIEW.xlsx if not given."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over a workbook that is there, whatever was typed into it.")
    ] = False,
    read: Annotated[
        Path | None, typer.Option("--read", metavar="FILE", help="Read a filled workbook into the tables.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --read: show what would change, write nothing.")
    ] = False,
) -> None:
    """Write a review as one workbook with a worksheet for each table, or read a filled one back.

    The workbook has drop-downs, checks of numbers and the meaning of each column. Reading it back prints what changed
    and writes the tables that did; rows that nobody touched keep their bytes. Exit code 1, and nothing written, where a
    cell can't be read or the same row was changed in the table too.

    evidence sheet sts-calcinosis-cutis -o extraction.xlsx

    evidence sheet sts-calcinosis-cutis --read extraction.xlsx --dry-run
    """
    from ..errors import usage

    if read is None:
        if dry_run:
            raise usage("--dry-run is for reading a workbook back", "add --read FILE.xlsx, or leave it out")
        _write(review, output, replace)
    elif output is not None or replace:
        option = "--replace" if output is None else "--output"
        raise usage(f"--read and {option} are two things", "read the workbook first, then write another")
    else:
        _read(review, read, dry_run)


def _write(review: str, output: Path | None, over: bool) -> None:
    from ..display import plural
    from ..errors import usage
    from ..files import write_whole
    from ..review.sheet_layout import sheet_review
    from ..review.sheet_writing import workbook_of

    ours = sheet_review(review)
    path = output or Path(f"{ours.name}.xlsx")
    if path.suffix.casefold() != ".xlsx":
        raise usage(f"{path} does not end in .xlsx", f"write -o {path.with_suffix('.xlsx')}", "ending")
    content = workbook_of(ours)
    if path.is_file() and not over and path.read_bytes() != content:
        mend = f"read it first: evidence sheet {review} --read {path}; or write over it with --replace"
        raise usage(f"{path} is there already and may hold what somebody typed", mend, "file-exists")
    write_whole(path, content)
    rows = sum(len(table.text.rows) for table in ours.tables.values())
    told = f"{plural(len(ours.tables), 'worksheet')}, {plural(rows, 'row')}"
    typer.echo(f"wrote {path}: {told}")
    typer.echo(f"read it back with: evidence sheet {review} --read {path}")


def _read(review: str, path: Path, dry_run: bool) -> None:
    from ..display import plural
    from ..review.sheet_exchange import STEPS, read_sheet, write_exchange
    from .asking import say_problems
    from .stepping import bar

    with bar(path.name, STEPS) as tell:
        found = read_sheet(review, path, tell)
    say_problems(found.warnings)
    for one in found.tables.values():
        if one.made:
            _say_table(one)
        if len(one.made) < len(one.changes.changes):
            there = len(one.changes.changes) - len(one.made)
            typer.echo(f"{one.changes.table.spec.file}: {plural(there, 'change')} there already")
    if found.worse:
        typer.echo(f"evidence check will find {plural(len(found.worse), 'problem')} that it does not find now:")
        for problem in found.worse:
            typer.echo(str(problem))
    if dry_run:
        typer.echo("nothing written (--dry-run)" if found.files else f"{path}: no changes")
        return
    stamped = write_exchange(found)
    _say_written(found, stamped)


def _say_written(found: Exchange, stamped: bool) -> None:
    for name in found.files:
        typer.echo(f"wrote {found.review.tables[name].text.file}")
    if not found.files:
        typer.echo(f"{found.path}: no changes")
    if not stamped:
        typer.echo(f"{found.path} is open elsewhere or may not be written: write a new one before you go on", err=True)


def _say_table(one: Merged) -> None:
    table = one.changes.table
    changed = sum(change.was is not None and change.now is not None for change in one.made)
    added = sum(change.was is None for change in one.made)
    removed = len(one.made) - changed - added
    counts = ((changed, "changed"), (added, "added"), (removed, "removed"))
    told = ", ".join(f"{number} {word}" for number, word in counts if number)
    typer.echo(f"{table.spec.file}: rows {told}")
    for change in one.made:
        _say_change(one, change)


def _say_change(one: Merged, change: Change) -> None:
    from ..review.sheet_changes import named

    table = one.changes.table
    if change.now is None:
        typer.echo(f"  - {named(table, change.was or {})}")
    elif change.was is None:
        typer.echo(f"  + {named(table, change.now)} (row {change.place})")
        for name, (_, now) in change.cells.items():
            typer.echo(f"      {name}: {_short(now)}")
    else:
        typer.echo(f"  ~ {named(table, change.was)} (row {change.place})")
        for name, (was, now) in change.cells.items():
            typer.echo(f"      {name}: {_short(was)} -> {_short(now)}")


def _short(text: str) -> str:
    """A cell as it is shown in a line: empty is said, long is cut."""
    if not text:
        return "(empty)"
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
