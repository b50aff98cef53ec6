"""`evidence export`: the records of a review for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

HELP = "Export the records of a review as RIS, BibTeX or CSV (ASReview, Rayyan)."


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.", show_default=False)],
    to: Annotated[
        str, typer.Option(metavar="FORMAT", help="ris, bibtex or csv; by the ending of --output.", show_default=False)
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write; standard output if not given.")
    ] = None,
    which: Annotated[
        str,
        typer.Option(
            metavar="WHICH",
            help="all records; unique: duplicates are one; to-screen; to-read: passed title and abstract; included.",
        ),
    ] = "all",
) -> None:
    """Export the imported records of a review for another program.

    Importing such a file again gives the same records. CSV has the headers that ASReview and Rayyan read.

    evidence export sts-calcinosis-cutis --to ris -o records.ris
    """
    from ..bibliography.choosing import chosen, read_records
    from ..bibliography.writing import TARGETS
    from ..display import plural
    from ..errors import usage
    from ..files import write_whole
    from ..review.review import find_review, screeners_of

    target = TARGETS[_target(to, output)]
    folder = find_review(review)
    found = read_records(folder, screeners_of(folder))
    if not found.store.records:
        raise usage(
            f"{folder} has no imported records", "import some first: evidence import REVIEW FILE...", "no-records"
        )
    records = chosen(found, which)
    if not records:
        raise usage(*_none_chosen(str(folder), which, len(found.included)), "no-records")
    text = target.write(records)
    if which == "included":
        _say_missing(found.without_record)
    if output is None:
        typer.echo(text, nl=False)
        return
    _keep_tables(output, folder)
    write_whole(output, text.encode("utf-8"))
    typer.echo(f"wrote {output}: {plural(len(records), 'record')} as {target.title}")


def _none_chosen(folder: str, which: str, included: int) -> tuple[str, str]:
    """Why there is nothing to export of what was asked for, and the mend."""
    from ..display import plural

    if which != "included":
        return (
            f"no record of {folder} is {which.replace('-', ' ')}",
            f"evidence screen {folder} --status tells where they are",
        )
    if included:
        found = f"none of the {plural(included, 'included report')} of {folder} has an imported record"
        return found, "export --which all, or take the reports from references.bib"
    return f"screening.csv of {folder} includes no report", "screen the records first, or export --which all"


def _target(to: str, output: Path | None) -> str:
    """Name of the format: as typed, else by the ending of the file.

    Raises:
        UsageError: an unknown name, or nothing that tells it.
    """
    from ..bibliography.writing import TARGETS
    from ..errors import unknown, usage

    if to:
        if to.casefold() not in TARGETS:
            raise unknown("format", to, list(TARGETS), "unknown-format")
        return to.casefold()
    endings = {target.suffix: name for name, target in TARGETS.items()}
    ending = output.suffix.casefold() if output else ""
    if ending not in endings:
        raise usage("in which format?", f"add --to with one of {', '.join(TARGETS)}", "no-format")
    return endings[ending]


def _keep_tables(output: Path, folder: Path) -> None:
    """Refuse to write over a file of the review.

    Raises:
        UsageError: it is one.
    """
    from ..errors import usage

    if output.exists() and folder.resolve() in output.resolve().parents:
        raise usage(f"{output} is a file of the review", "write elsewhere: an export replaces no table", "own-file")


def _say_missing(missing: Sequence[str]) -> None:
    from ..display import plural

    if missing:
        shown = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
        typer.echo(f"{plural(len(missing), 'included report')} without an imported record: {shown}", err=True)
