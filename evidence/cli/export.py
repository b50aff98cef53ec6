"""`evidence export`: the records of a review for other programs."""

from __future__ import annotations

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
    which: Annotated[str, typer.Option(metavar="WHICH", help="all, or included.")] = "all",
) -> None:
    """Export the imported records of a review for another program.

    Importing such a file again gives the same records. CSV has the headers that ASReview and Rayyan read.

    evidence export sts-calcinosis-cutis --to ris -o records.ris
    """
    from ..bibliography.choosing import chosen, included_reports
    from ..bibliography.store import read_store
    from ..bibliography.writing import TARGETS
    from ..display import plural
    from ..errors import usage
    from ..files import write_whole
    from ..review.review import find_review

    target = TARGETS[_target(to, output)]
    folder = find_review(review)
    store = read_store(folder)
    if not store.records:
        raise usage(
            f"{folder} has no imported records", "import some first: evidence import REVIEW FILE...", "no-records"
        )
    included = included_reports(folder)
    records = chosen(store, which, included)
    if not records:
        raise usage(f"no record of {folder} is {which}", "screen them first, or export --which all", "no-records")
    text = target.write([(row.record_id, row.record) for row in records])
    if which == "included":
        _say_missing([identity for identity in included if identity not in store.by_id])
    if output is None:
        typer.echo(text, nl=False)
        return
    _keep_tables(output, folder)
    write_whole(output, text.encode("utf-8"))
    typer.echo(f"wrote {output}: {plural(len(records), 'record')} as {target.title}")


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


def _say_missing(missing: list[str]) -> None:
    from ..display import plural

    if missing:
        shown = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
        typer.echo(f"{plural(len(missing), 'included report')} without an imported record: {shown}", err=True)
