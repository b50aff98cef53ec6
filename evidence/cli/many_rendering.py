"""What a run over many analyses did: counts first, then notes, then what could not be pooled, then where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

import typer

from ..display import plural
from ..errors import ComputeError, Problem
from ..many.answers import ALONE, NO_FIT, NOT_POOLED, Tally
from ..many.spellings import ID_SPELLINGS
from ..pooling.general_notes import in_general

if TYPE_CHECKING:
    from ..many.running import Run
    from ..pooling import Model
    from ..workers import Workers

#: Runs that are shorter, or have fewer analyses, tell no speed: the start would be most of it.
SHORTEST, FEWEST = 1.0, 1000
#: Options that a model's title tells.
_TITLED = ("measure", "tau2", "limits")
_SPELLINGS = "The id is also written with blanks around it: rows of both are one analysis."
#: Status -> what it says of a pooled analysis.
_SAYS = {
    "tau-zero": "between-study standard deviation estimated as 0",
    "all-zero": "no events in any study: exact limits of the totals",
    "all-events": "events only: exact limits of the totals",
    "tau-infinite": "every study all or none",
}


def print_text(run: Run, workers: Workers) -> None:
    """Print what was counted."""
    for line in _lines(run, workers):
        typer.echo(line)


def _lines(run: Run, workers: Workers) -> Iterator[str]:
    tally = run.tally
    columns = run.made_of["columns"]
    size = f"{plural(tally.analyses, 'analysis', 'analyses')} of {plural(tally.rows, 'row')}"
    yield f"{size}; {headline(run.model)}{_of_arms(run.model) if columns['study'] is not None else ''}"
    yield f"Columns: {', '.join(name for name in columns.values() if name is not None)}"
    yield ""
    yield from _table(_counts(tally))
    if tally.notes:
        yield ""
        yield "Notes, and how many analyses have each:"
        yield from _notes(tally)
    if tally.problems:
        yield ""
        yield "Problems, each with the first row that has it:"
        for code, count in tally.problems.most_common():
            yield f"  {code}: {plural(count, 'analysis', 'analyses')}"
            yield from (f"    {line}" for line in tally.examples[code].splitlines())
    yield ""
    if not run.together:
        yield "Rows of an analysis stand apart in the file: they were sorted on disk first."
    table = run.made_of["input"]
    yield f"evidence {run.made_of['evidence']}; {table['name']}, SHA-256 {table['sha256']}"
    yield f"{_time(run, workers)}; wrote {run.out}"


def headline(model: Model) -> str:
    """The model's title, and every option that is not as it is by default."""
    given: Any = model
    used = model.to_dict()
    changed = [
        f"{field.name} {used[field.name]}"
        for field in fields(given)
        if field.name not in _TITLED and field.default is not MISSING and getattr(model, field.name) != field.default
    ]
    return ", ".join([model.title, *changed])


def _of_arms(model: Model) -> str:
    """The limits of analyses in which a study has several arms, where they are others."""
    from ..pooling.inverse_variance import InverseVariance

    others = isinstance(model, InverseVariance) and model.limits != "cr2"
    return "; cr2 where a study has several arms" if others else ""


def _counts(tally: Tally) -> Iterator[tuple[str, int]]:
    yield "pooled", tally.pooled
    if tally.too_few:
        few = "few-studies-rates" if tally.notes["few-studies-rates"] else "few-studies"
        which = "studies" if few == "few-studies-rates" else "studies or units"
        yield f"  too few {which}: the counts are the result (note {few})", tally.too_few
    for status, says in _SAYS.items():
        if tally.statuses[status]:
            yield f"  {says}", tally.statuses[status]
    others = tally.statuses[ALONE], tally.statuses[NO_FIT], tally.statuses[NOT_POOLED]
    without = tally.analyses - tally.pooled - tally.mean_only - sum(others)
    names = ("mean only: one unit in every study", "one study alone", "without a fit", "with problems")
    for says, count in zip((*names, "without an estimate"), (tally.mean_only, *others, without), strict=True):
        if count:
            yield says, count


def _notes(tally: Tally) -> Iterator[str]:
    found = sorted(tally.notes.items(), key=lambda pair: (-pair[1], pair[0]))
    width, digits = max(len(code) for code, _ in found), len(f"{found[0][1]:,}")
    for code, count in found:
        words = _SPELLINGS if code == ID_SPELLINGS else in_general(code)
        yield f"  {code:<{width}}  {count:>{digits},}  {words}"


def _table(rows: Iterator[tuple[str, int]]) -> Iterator[str]:
    found = list(rows)
    width = max(len(name) for name, _ in found)
    digits = max(len(f"{count:,}") for _, count in found)
    for name, count in found:
        yield f"{name:<{width}}  {count:>{digits},}"


def _time(run: Run, workers: Workers) -> str:
    who = f" on {workers.cluster}" if workers.cluster else ""
    if workers.count > 1:
        who = f", {workers.count} workers"
    text = f"{run.seconds:,.1f} s{who}"
    if run.resumed:
        return f"{text}; {run.resumed} of {plural(run.chunks, 'chunk')} were finished before"
    if run.seconds < SHORTEST or run.tally.analyses < FEWEST:
        return text
    return f"{text}, {run.tally.analyses / run.seconds:,.0f} analyses a second"


def print_json(run: Run) -> None:
    """Print the same as JSON."""
    import json

    tally = run.tally
    said = {
        "out": str(run.out),
        "analyses": tally.analyses,
        "rows": tally.rows,
        "pooled": tally.pooled,
        "too_few": tally.too_few,
        "mean_only": tally.mean_only,
        "statuses": dict(tally.statuses.most_common()),
        "notes": dict(tally.notes.most_common()),
        "problems": dict(tally.problems.most_common()),
        "examples": tally.examples,
        "seconds": run.seconds,
        "chunks": run.chunks,
        "resumed": run.resumed,
        "made_of": run.made_of,
    }
    typer.echo(json.dumps(said, ensure_ascii=False, allow_nan=False, indent=2))


def refuse_no_answer(run: Run) -> None:
    """A run that gives no number at all has written its file, and is no success.

    Raises:
        ComputeError: no analysis has any number.
    """
    if run.tally.answered:
        return
    none = "the table has no rows" if run.tally.analyses == 0 else "no analysis has a number"
    mend = "fill in the table" if run.tally.analyses == 0 else f"see the column problem of {run.out}, mend the rows"
    raise ComputeError(Problem("nothing-pooled", f"nothing was pooled: {none}", f"{mend}, then run it with --anew"))
