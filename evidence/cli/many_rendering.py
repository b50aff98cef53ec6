"""What a run over many analyses did: counts first, then what could not be pooled, then where it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from ..display import plural
from ..many.answers import ALONE, NO_FIT, NOT_POOLED, Tally

if TYPE_CHECKING:
    from ..many.running import Run, Settings

#: Status -> what it says of a pooled analysis.
_SAYS = {
    "tau-zero": "between-study standard deviation estimated as 0",
    "all-zero": "no events in any study: exact limits of the totals",
    "all-events": "events only: exact limits of the totals",
    "tau-not-identified": "one unit in every study",
    "tau-infinite": "every study all or none",
}


def print_text(run: Run, settings: Settings) -> None:
    """Print what was counted."""
    for line in _lines(run, settings):
        typer.echo(line)


def _lines(run: Run, settings: Settings) -> Iterator[str]:
    tally = run.tally
    yield f"{plural(tally.analyses, 'analysis', 'analyses')} of {plural(tally.rows, 'row')}; {settings.model.title}"
    yield ""
    yield from _table(_counts(tally))
    if tally.problems:
        yield ""
        yield "Problems, each with the first row that has it:"
        for code, count in tally.problems.most_common():
            yield f"  {code}: {plural(count, 'analysis', 'analyses')}"
            yield from (f"    {line}" for line in tally.examples[code].splitlines())
    yield ""
    if not run.together:
        yield "Rows of an analysis stand apart in the file: they were sorted on disk first."
    yield f"{_time(run, settings)}; wrote {run.out}"


def _counts(tally: Tally) -> Iterator[tuple[str, int]]:
    yield "pooled", tally.pooled
    for status, says in _SAYS.items():
        if tally.statuses[status]:
            yield f"  {says}", tally.statuses[status]
    for status, says in ((ALONE, "one study alone"), (NO_FIT, "without a fit"), (NOT_POOLED, "with problems")):
        if tally.statuses[status]:
            yield says, tally.statuses[status]


def _table(rows: Iterator[tuple[str, int]]) -> Iterator[str]:
    found = list(rows)
    width = max(len(name) for name, _ in found)
    digits = max(len(f"{count:,}") for _, count in found)
    for name, count in found:
        yield f"{name:<{width}}  {count:>{digits},}"


def _time(run: Run, settings: Settings) -> str:
    rate = run.tally.analyses / max(run.seconds, 1e-9)
    who = f" on {settings.workers.cluster}" if settings.workers.cluster else ""
    if settings.workers.count > 1:
        who = f", {settings.workers.count} workers"
    text = f"{run.seconds:,.1f} s{who}"
    if run.resumed:
        return f"{text}; {run.resumed} of {plural(run.chunks, 'chunk')} were finished before"
    return f"{text}, {rate:,.0f} analyses a second"


def print_json(run: Run) -> None:
    """Print the same as JSON."""
    import json

    tally = run.tally
    said = {
        "out": str(run.out),
        "analyses": tally.analyses,
        "rows": tally.rows,
        "pooled": tally.pooled,
        "statuses": dict(tally.statuses),
        "problems": dict(tally.problems),
        "examples": tally.examples,
        "seconds": run.seconds,
        "chunks": run.chunks,
        "resumed": run.resumed,
    }
    typer.echo(json.dumps(said, ensure_ascii=False, allow_nan=False, indent=2))
