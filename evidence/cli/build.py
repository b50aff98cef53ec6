"""`evidence build`: analyses to reports that a browser shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .working import one_thread, spread_as_typed

if TYPE_CHECKING:
    from ..document.build import Built
    from ..errors import EvidenceError

HELP = "Build reports: page, Word file, Markdown, tables, figures and results of each analysis."

#: Files that are named when a report was written; the rest is counted.
NAMED = ("index.html", "report.docx", "report.md", "results.json")


@options.shared(options.of_work, arguments=("analyses",))
def command(
    typed: options.Typed,
    analyses: Annotated[
        list[str] | None,
        typer.Argument(metavar="ANALYSIS", help="TOML files or names under analyses/; none means all of them."),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder in which each report has a folder.")
    ] = Path("reports"),
) -> None:
    """Build the report of each analysis: index.html, report.docx, report.md, results.json, tables/ and figures/.

    The previous report stays whole until the new one is complete.

    evidence build sts-calcinosis-cutis
    """
    one_thread()
    from ..analysis_file import find_analyses
    from ..errors import EvidenceError

    failures: list[EvidenceError] = []
    with spread_as_typed(typed):
        for path in find_analyses(analyses or ()):
            try:
                _build(path, output)
            except EvidenceError as error:
                failures.append(error)
    if failures:
        raise type(failures[0])(problem for failure in failures for problem in failure.problems)


def _build(path: Path, output: Path) -> None:
    from time import perf_counter

    from ..analysis_file import read_analysis
    from ..document.build import build
    from ..document.swap import restore
    from .stepping import bar, planned

    start = perf_counter()
    if done := restore(output / path.stem):
        typer.echo(done)
    analysis = read_analysis(path)
    with bar(analysis.name, planned(analysis)) as tell:
        built = build(analysis, output, tell, _log(path, start, perf_counter))
    _say(built, analysis.review, perf_counter() - start)


def _say(built: Built, review: str | Path, seconds: float) -> None:
    from ..display import plural
    from .asking import say_problems

    say_problems(built.unfinished)
    typer.echo(f"{built.folder} written in {seconds:.1f} s")
    for name in NAMED:
        typer.echo(f"  {name}  {_size(built.files[name])}")
    for folder in ("tables", "figures"):
        sizes = [size for name, size in built.files.items() if name.startswith(f"{folder}/")]
        typer.echo(f"  {folder}/  {plural(len(sizes), 'file')}, {_size(sum(sizes))}")
    if built.warnings:
        typer.echo(f"  {plural(built.warnings, 'warning')} in the tables: evidence check {review}")
    say_problems(built.left_out)


def _size(size: int) -> str:
    return f"{size / 1000:,.0f} kB" if size >= 1000 else f"{size} bytes"


def _log(path: Path, start: float, now: Callable[[], float]) -> Callable[[], str]:
    """What differs between machines and runs; written last, never committed."""

    def text() -> str:
        import platform
        from datetime import UTC, datetime

        from ..document.inputs import versions

        lines = [
            f"analysis: {path}",
            f"built: {datetime.now(UTC).isoformat(timespec='seconds')}",
            f"seconds: {now() - start:.1f}",
            f"python: {platform.python_version()} on {platform.platform()}",
            *(f"{name}: {version}" for name, version in versions().items()),
        ]
        return "\n".join(lines) + "\n"

    return text
