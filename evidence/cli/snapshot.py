"""`evidence snapshot`: a review as it is now, or was, frozen under a label."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..updates.version import Version

HELP = "Freeze a review under a label: tables, analyses and results."


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.", show_default=False)],
    label: Annotated[str, typer.Option(metavar="LABEL", help="Name of the version, e.g. 2026-11.", show_default=False)],
    until: Annotated[
        int | None,
        typer.Option(metavar="YEAR", help="What the review would have said at the end of that year, by its tables."),
    ] = None,
) -> None:
    """Freeze a review as a folder data/REVIEW/versions/LABEL/ that evidence diff compares with later states.

    In it: every table, review.toml, references.bib, what the extractors entered, the analyses of the review, the pooled
    results, and a manifest with the hash of each file. Of the imported records in records/ only counts and one hash are
    kept. A version is never written over.

    --until rebuilds an earlier state from the years in the tables: studies without a year are not in it.

    evidence snapshot sts-calcinosis-cutis --label 2026-11

    evidence snapshot sts-calcinosis-cutis --label end-of-2016 --until 2016
    """
    from datetime import UTC, date, datetime

    from ..errors import usage
    from ..review.review import find_review
    from ..updates import snapshot as s
    from ..updates.as_of import as_of
    from ..updates.finding import read_version
    from ..updates.version import NOW

    folder, today = find_review(review), date.today()
    s.place_of(folder, label)
    if until is not None and until > today.year:
        mend = f"give a year up to {today.year}, or leave --until out: then the review is frozen as it is now"
        raise usage(f"the year {until} has not begun", mend, "year-to-come")
    version = read_version(folder, analyses_of(folder), NOW)
    version = version if until is None else as_of(version, until)
    frozen = s.frozen(version, label, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", _results(version))
    place = s.write_version(folder, frozen)
    _say(frozen, place)


def _results(version: Version) -> dict[str, Any]:
    from ..document.changes import analyses_in
    from ..updates.finding import review_of
    from ..updates.snapshot import results_of
    from .stepping import bar

    with bar("results", ("reading", "pooling")) as tell:
        tell("reading")
        review = review_of(version)
        analyses = analyses_in(version)
        tell("pooling")
        return results_of(review, analyses)


def analyses_of(folder: Path) -> Path:
    """The folder of the analyses: the one beside data/, where the review lies there; else of the working directory."""
    from ..analysis import FOLDER

    beside = folder.resolve().parent.parent / FOLDER
    return beside if beside.is_dir() else FOLDER


def _say(version: Version, place: Path) -> None:
    from ..display import plural
    from ..updates.version import written

    files = written(version)
    size = sum(len(content) for content in files.values()) / 1000
    typer.echo(f"wrote {place}: {plural(len(files), 'file')}, {size:.0f} kB")
    for note in version.notes:
        typer.echo(note)
    for name, outcomes in version.results.items():
        typer.echo(f"{name}:")
        for result in outcomes:
            typer.echo(f"  {result['outcome']}: {_said(result)}")
    if not version.results:
        typer.echo("No analysis names this review: tables alone were frozen.")


def _said(result: Mapping[str, Any]) -> str:
    pooled = result["pooled"]
    return f"{result['none']}" if pooled is None else str(pooled["headline"]["text"])
