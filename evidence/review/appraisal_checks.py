"""Rules of appraisals.csv and searches.csv that show only when rows are seen together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..bibliography.decisions import FILE
from ..bibliography.earlier import version_of
from ..bibliography.searched import Searched
from ..bibliography.store import FOLDER
from ..bibliography.streams import REMOVED, Stream, streams
from ..bibliography.tally import completed, disagreements
from ..display import plural
from ..errors import Problem
from .appraisal_tools import CONSENSUS, Tool
from .days import is_day
from .reading import Table
from .settings import ReviewSettings

Row = tuple[int, dict[str, Any]]
Tables = Mapping[str, Table]
Tools = Mapping[str, Tool]


def appraisal_problems(tables: Tables, tools: Tools) -> list[Problem]:
    """Items that the tool does not have, rows twice, items left out, differences that nobody settled."""
    table = tables["appraisals"]
    rows = [
        (position, row)
        for position, row in enumerate(table.rows)
        if row["tool"] in tools and None not in (row["study_id"], row["item"], row["rater"])
    ]
    problems, known = [], list[Row]()
    seen = dict[tuple[Any, ...], int]()
    for position, row in rows:
        tool = tools[row["tool"]]
        key = tuple(row[name] for name in ("study_id", "tool", "item", "rater"))
        if tool.item(row["item"]) is None:
            message = f"item: {row['item']} is no item of {tool.name}"
            mend = f"give its number, 1 to {len(tool.items)}"
            problems.append(table.problem("unknown-item", position, "item", message, mend))
        elif key in seen:
            message = f"{row['study_id']} item {row['item']}: {row['rater']} judged it in line {table.lines[seen[key]]}"
            problems.append(table.problem("duplicate-row", position, "item", message, "delete one"))
        else:
            seen[key] = position
            known.append((position, row))
    return problems + _designs(tables, known, tools) + _left_out(table, known, tools) + _unsettled(table, known)


def _designs(tables: Tables, rows: list[Row], tools: Tools) -> list[Problem]:
    """A study appraised with a tool that is made for another design, once each."""
    design = {row["study_id"]: row["design"] for row in tables["studies"].rows}
    table, problems, said = tables["appraisals"], [], set[tuple[str, str]]()
    for position, row in rows:
        tool, of_study = tools[row["tool"]], design.get(row["study_id"])
        if of_study is not None and of_study not in tool.designs and (row["study_id"], tool.name) not in said:
            said.add((row["study_id"], tool.name))
            message = f"{row['study_id']} is a {of_study}; {tool.name} is made for {', '.join(tool.designs)}"
            mend = "use the tool of its design, or leave it and say why in support"
            problems.append(table.warning("tool-for-other-design", position, "tool", message, mend))
    return problems


def _left_out(table: Table, rows: list[Row], tools: Tools) -> list[Problem]:
    """Items that a rater judged some of, but not all; a consensus may be given for single items."""
    judged = defaultdict[tuple[str, str, str], dict[int, int]](dict)
    for position, row in rows:
        if row["rater"] != CONSENSUS:
            judged[row["study_id"], row["tool"], row["rater"]][row["item"]] = position
    problems = []
    for (study, name, rater), items in judged.items():
        missing = [str(item.number) for item in tools[name].items if item.number not in items]
        if missing:
            message = f"{study}: {rater} has no judgement on item {', '.join(missing)} of {name}"
            mend = "add a row for each; where the report does not tell, it is unclear"
            problems.append(table.warning("item-not-judged", max(items.values()), "item", message, mend))
    return problems


def _unsettled(table: Table, rows: list[Row]) -> list[Problem]:
    """Raters differ and no consensus is given, or all agree and the consensus is another."""
    said = defaultdict[tuple[str, str, int], dict[str, Row]](dict)
    for position, row in rows:
        if row["judgement"] is not None:
            said[row["study_id"], row["tool"], row["item"]][row["rater"]] = (position, row)
    problems = []
    for (study, _, number), by in said.items():
        words = {rater: row["judgement"] for rater, (_, row) in by.items() if rater != CONSENSUS}
        told = ", ".join(f"{rater} {word}" for rater, word in words.items())
        if len(set(words.values())) > 1 and CONSENSUS not in by:
            last = max(position for position, _ in by.values())
            message = f"{study} item {number}: {told}, not settled"
            mend = f"add a row of the rater {CONSENSUS}; until then it is shown as open"
            problems.append(table.warning("raters-differ", last, "judgement", message, mend))
        if CONSENSUS in by and len(words) > 1 and len(set(words.values())) == 1:
            position, row = by[CONSENSUS]
            if row["judgement"] not in words.values():
                message = f"{study} item {number}: the consensus is {row['judgement']}, but {told}"
                mend = "say why in support, or correct it"
                problems.append(table.warning("consensus-differs", position, "judgement", message, mend))
    return problems


def search_problems(tables: Tables, settings: ReviewSettings, searched: Searched) -> list[Problem]:
    """Searches whose records, less those removed before screening, are not those screened; days that can be misread.

    Where records were imported, their number is held against the log as well.
    """
    table, screening = tables["searches"], tables["screening"].rows
    problems = _days(table)
    if searched.open:
        message = f"{plural(searched.open, 'pair')} of records may be duplicates, and nobody has decided"
        file = str(Path(table.file).parent / FOLDER / FILE)
        mend = f"evidence dedupe {Path(table.file).parent} --ask --by NAME"
        problems.append(Problem("open-pairs", message, mend, file, severity="warning"))
    problems += [table.problem("records-differ", *told) for told in disagreements(table.rows, searched.tallies)]
    problems += _unlogged(table, searched)
    log = completed(table.rows, searched.tallies)
    negative = any((row[name] or 0) < 0 for row in log for name in ("records", *REMOVED))
    if negative or not (table.complete and tables["screening"].complete):
        return problems
    for version in sorted({version_of(row) for row in log}):
        rows, waiting = ([row for row in some if version_of(row) == version] for some in (screening, searched.waiting))
        for stream in streams(rows, log, settings.databases, version, waiting):
            if stream.gap:
                problems.append(_gap(table, stream, version))
    return problems


def _unlogged(table: Table, searched: Searched) -> list[Problem]:
    """Searches of which files were imported, and that the log does not have."""
    logged = {row["search_id"] for row in table.rows}
    return [
        Problem(
            "search-not-logged",
            f"{one.search_id}: {plural(one.records, 'record')} of {one.source} came with it, but it has no row",
            f"add the row {one.search_id} with the query and the day of the search; the numbers may stay empty",
            table.file,
            severity="warning",
        )
        for one in searched.tallies
        if table.complete and one.search_id not in logged
    ]


def _days(table: Table) -> list[Problem]:
    """Days that are not written as 2024-05-31: 2/1/2024 is January or February."""
    return [
        table.warning("date-unclear", i, "date", f"{row['date']!r} can be misread", "write the day as 2024-05-31")
        for i, row in enumerate(table.rows)
        if row["date"] is not None and not is_day(row["date"])
    ]


def _gap(table: Table, stream: Stream, version: int) -> Problem:
    """What does not add up, at the last search of the stream; at the file where only imports tell of it."""
    named = {source.name.casefold() for source in stream.sources}
    rows = enumerate(table.rows)
    mine = [i for i, row in rows if version_of(row) == version and str(row["source"]).casefold() in named]
    records, removed = stream.records or 0, sum(n or 0 for n in stream.removed)
    waiting = f", and {stream.to_screen} wait to be screened" if stream.to_screen else ""
    message = (
        f"{stream.title}: {records} records less {removed} removed leave {records - removed}, but screening.csv has"
        f" {stream.screened}{waiting}"
    )
    mend = "correct records or the removed ones, or add the missing rows to screening.csv"
    if not mine:
        return Problem("records-differ", message, mend, table.file, severity="warning")
    return table.warning("records-differ", mine[-1], "records", message, mend)
