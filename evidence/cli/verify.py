"""`evidence verify`: whether a built report still holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..document.verifying import Check, Recorded
    from ..errors import EvidenceError

HELP = "Verify that a report holds: its files, its inputs, and every number anew."

#: Differences of one kind that are printed; the rest is counted.
SHOWN = 20
REPORTS = Path("reports")


def command(
    reports: Annotated[
        list[str] | None,
        typer.Argument(metavar="REPORT", help="Folders of reports, or names under reports/; none means all there."),
    ] = None,
    analysis: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="The analysis that made it, where it is not analyses/NAME.toml.", show_default=False
        ),
    ] = None,
) -> None:
    """Compute the numbers of a report anew and say whether it holds. Nothing is written.

    Looked at: the report's files (untouched since built), the tables and the analysis (unchanged), versions of the
    software, and every number and sentence of results.json. The exit code is 0 where it holds, 1 where it does not.

    evidence verify sts-calcinosis-cutis

    evidence verify /copied/report --analysis analyses/sts-calcinosis-cutis.toml
    """
    from ..errors import EvidenceError, usage

    folders = _folders(reports or ())
    if analysis is not None and len(folders) > 1:
        raise usage("--analysis is of one report", "name the report, too")
    failures: list[EvidenceError] = []
    held = []
    for folder in folders:
        try:
            held.append(_verify(folder, analysis))
        except EvidenceError as error:
            failures.append(error)
    if failures:
        raise type(failures[0])(problem for failure in failures for problem in failure.problems)
    if not all(held):
        raise typer.Exit(1)


def _folders(names: Sequence[str]) -> list[Path]:
    """The folders named, or every report under reports/."""
    from ..document.swap import MARK
    from ..errors import unknown, usage

    there = sorted(path.parent for path in REPORTS.glob(f"*/{MARK}"))
    if not names and not there:
        raise usage(f"there is no report in {REPORTS}/", "give the folder of a report, or build one", "no-report")
    found = []
    for name in names:
        near = [path for path in (Path(name), REPORTS / name) if path.is_dir()]
        if not near:
            raise unknown("report", name, [path.name for path in there])
        found.append(near[0])
    return found or there


def _verify(folder: Path, analysis: str | None) -> bool:
    from ..document import verifying as v

    report = v.read_report(folder)
    typer.echo(str(folder))
    checks = [_told(v.check_files(report))]
    for check in _checks(report, analysis):
        checks.append(_told(check))
    holds = all(check.holds for check in checks if check.decides)
    failed = [check.name for check in checks if check.decides and not check.holds]
    typer.echo("The report holds." if holds else f"The report does not hold: {' and '.join(failed)} differ.")
    return holds


def _checks(report: Recorded, named: str | None) -> Iterator[Check]:
    from ..analysis_file import read_analysis
    from ..document import verifying as v
    from .stepping import bar, planned

    analysis = read_analysis(_analysis(report, named))
    yield v.check_inputs(report, analysis)
    yield v.check_software(report)
    with bar(analysis.name, planned(analysis)) as tell:
        check = v.check_numbers(report, analysis, tell)
    yield check


def _analysis(report: Recorded, named: str | None) -> Path:
    """The analysis named, or that of the report's name here or beside the report.

    Raises:
        UsageError: there is none; says what is needed.
    """
    from ..analysis import FOLDER
    from ..analysis_file import find_analyses
    from ..errors import usage

    if named is not None:
        return find_analyses([named])[0]
    file = FOLDER / f"{report.name}.toml"
    for path in (file, report.folder.resolve().parent.parent / file):
        if path.is_file():
            return path
    mend = f"run it where {file} and the review's tables are, or give --analysis FILE"
    raise usage(f"{report.folder}: the analysis that made it, {file}, is not here", mend, "no-analysis")


def _told(check: Check) -> Check:
    mark = "ok  " if check.holds else "FAIL" if check.decides else "note"
    typer.echo(f"  {mark}  {check.name:<8}  {check.says}")
    for line in check.differences[:SHOWN]:
        typer.echo(f"          {line}")
    if len(check.differences) > SHOWN:
        typer.echo(f"          and {len(check.differences) - SHOWN} more")
    return check
