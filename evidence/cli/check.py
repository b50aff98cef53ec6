"""`evidence check`: every problem of every table of a review at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..errors import Problem

HELP = "Check the tables of a review and print every problem at once."


def command(
    reviews: Annotated[
        list[str] | None,
        typer.Argument(metavar="REVIEW", help="Folder or name of a review; none means all under data/."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
    no_warnings: Annotated[
        bool, typer.Option("--no-warnings", "-q", help="Print errors only; warnings are counted.")
    ] = False,
) -> None:
    """Check the tables of a review and print every problem at once: where, what, code and mend.

    Exit code 1 if any is an error, 2 if a review does not exist; warnings do not fail.

    evidence check sts-calcinosis-cutis
    """
    from ..errors import usage
    from ..review.review import DATA, review_names

    names = reviews or [str(DATA / name) for name in review_names()]
    if not names:
        raise usage("there is no review under data/", "give the folder of a review", "no-review")
    found = [checked(name) for name in names]
    if json:
        _print_json(found, no_warnings)
    else:
        for one in found:
            _print_text(one, no_warnings)
    if any(problem.code == "no-such-review" for one in found for problem in one["problems"]):
        raise typer.Exit(2)
    if any(one["errors"] for one in found):
        raise typer.Exit(1)


def checked(name: str) -> dict[str, Any]:
    """What a check of one review found: its counts, and its problems; a review that does not exist is a problem."""
    from ..errors import DataError
    from ..review.review import read_checked

    try:
        reading = read_checked(name)
    except DataError as error:
        return _counted(name, (0, 0), 0, error.problems)
    tables = tuple(reading.tables.values())
    return _counted(
        str(reading.path),
        (sum(bool(table.rows) for table in tables), sum(Path(table.file).is_file() for table in tables)),
        sum(len(table.rows) for table in tables),
        reading.problems,
    )


def _counted(review: str, tables: tuple[int, int], rows: int, problems: tuple[Problem, ...]) -> dict[str, Any]:
    """The counts for JSON; ``tables``: those with rows, and those that there are."""
    errors = sum(problem.severity == "error" for problem in problems)
    return {
        "review": review,
        "tables": tables[0],
        "table_files": tables[1],
        "rows": rows,
        "errors": errors,
        "warnings": len(problems) - errors,
        "problems": problems,
    }


def _print_text(found: dict[str, Any], no_warnings: bool) -> None:
    from ..display import plural

    for problem in _shown(found["problems"], no_warnings):
        typer.echo(str(problem))
    rows = f"{plural(found['rows'], 'row')} in {found['tables']} of {plural(found['table_files'], 'table')}"
    told = ", ".join(plural(found[what], one) for what, one in (("errors", "error"), ("warnings", "warning")))
    typer.echo(f"{found['review']}: {rows}, {told}")


def _print_json(found: list[dict[str, Any]], no_warnings: bool) -> None:
    import json
    from dataclasses import asdict

    reviews = [
        {**one, "problems": [asdict(problem) for problem in _shown(one["problems"], no_warnings)]} for one in found
    ]
    typer.echo(json.dumps({"reviews": reviews}, ensure_ascii=False, allow_nan=False, indent=2))


def _shown(problems: tuple[Problem, ...], no_warnings: bool) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error" or not no_warnings]
