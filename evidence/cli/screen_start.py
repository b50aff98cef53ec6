"""What is read before screening begins, and what is told when it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import typer

from ..bibliography.citations import citations, known_reports
from ..bibliography.final_rows import SCREENING, Written, final_row, write_final, write_missing
from ..bibliography.foreign_decisions import Taking, read_decisions, word_named
from ..bibliography.screening import (
    CONSENSUS,
    STAGES,
    ScreenedFiles,
    Stage,
    path_of,
    screener_name,
    screening_problems,
    stage_named,
)
from ..bibliography.screening_states import Screening, ordered
from ..bibliography.unknown_ids import unknown_ids
from ..display import plural
from ..errors import DataError, unknown, usage
from ..kept_rows import read_kept
from ..review.review import SETTINGS, find_review
from ..review.settings import ReviewSettings, read_settings
from .asking import say_as_warnings, say_problems
from .keys import keys
from .screen_page import STAGES as TITLES
from .screen_session import Item, Session


@dataclass(frozen=True, slots=True)
class Start:
    """A review as it is before screening: its folder, what review.toml says, the citations with all decisions."""

    review: Path
    settings: ReviewSettings
    files: ScreenedFiles
    screening: Screening

    @property
    def title(self) -> str:
        """The name of the folder."""
        return self.review.resolve().name

    @property
    def reasons(self) -> Mapping[str, str]:
        """The review's words for reasons, code -> meaning."""
        return self.settings.vocabulary.get(("screening", "reason"), {})


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line; an empty name: conflicts are settled together."""

    name: str
    stage: str
    order: str
    reports: tuple[str, ...]
    highlight: tuple[str, ...]


def open_screening(review: str) -> Start:
    """Read a review for screening.

    Raises:
        DataError: it, its records or a screener's file can't be read, or nothing was imported.
    """
    folder = find_review(review)
    settings, problems = read_settings(folder / SETTINGS)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DataError(errors)
    found = citations(folder)
    if not found:
        raise usage(f"{folder} holds no records to screen", f"import some: evidence import {review} FILE", "no-records")
    files = ScreenedFiles(folder)
    rows = read_kept(folder / SCREENING, ("report_id",), "report_id").by("report_id")
    members = {name for one in found for name in (one.report_id, *one.members)}
    say_as_warnings(unknown_ids(folder, {*members, *known_reports(folder), *rows}))
    screening = Screening(found, files.screened(), settings.screening.screeners)
    # A row that was written from the screeners' files is not one of its own: the decision may be taken back.
    tabled = frozenset(rows) - screening.spoken_of
    return Start(folder, settings, files, replace(screening, tabled=tabled))


def screen(start: Start, asked: Asked) -> None:
    """Screen until everything is decided, or the screener quits; then tell what was done."""
    name = screener_name(asked.name, start.screening.screened.screeners) if asked.name else CONSENSUS
    stages = _stages(start.screening, name, asked)
    items = _items(start.screening, name, stages, asked.order)
    own = start.screening.said.of(name)
    trail = [key for key in own if key[1] in stages and key[0] in start.screening.by_id]
    if asked.reports:
        items = trail = _named(start.screening, asked)
    _say_written(write_missing(start.review, start.screening))
    say_problems([replace(one, severity="warning") for one in screening_problems(start.review, start.reasons)])
    session = _session(start, name, items, trail, asked.highlight)
    if asked.reports:
        session.begin = 0
        stages = tuple(stage for stage in stages if any(item[1] == stage for item in items))
    _run(session)
    _tell(start, session, stages)


def _stages(screening: Screening, name: str, asked: Asked) -> tuple[Stage, ...]:
    """The stage asked for, else the first with something left; conflicts of all stages."""
    if asked.stage:
        return (stage_named(asked.stage),)
    if name == CONSENSUS or asked.reports:
        return STAGES
    left = (stage for stage in STAGES if screening.queue(name, stage))
    return (next(left, STAGES[0]),)


def _items(screening: Screening, name: str, stages: tuple[Stage, ...], order: str) -> list[Item]:
    found = []
    own = screening.said.of(name)
    for stage in stages:
        ids = {one.report_id for one in screening.conflicts(stage)} if name == CONSENSUS else None
        for one in ordered(screening.citations, order):
            key = (one.report_id, stage)
            if key in own or (one.report_id in ids if ids is not None else screening.asks(name, stage, one.report_id)):
                found.append(key)
    return found


def _named(screening: Screening, asked: Asked) -> list[Item]:
    """The reports that were named, at the stage at which they stand."""
    found: list[Item] = []
    for report in asked.reports:
        if report not in screening.by_id:
            raise unknown("citation", report, tuple(screening.by_id))
        row = final_row(screening, report)
        in_full = row["stage"] == "full_text" if row else screening.state(report) in ("wanted", "tabled")
        found.append((report, stage_named(asked.stage) if asked.stage else STAGES[in_full]))
    return found


def _session(start: Start, name: str, items: list[Item], trail: list[Item], highlight: tuple[str, ...]) -> Session:
    from rich.console import Console

    return Session(
        review=start.review,
        title=start.title,
        name=name,
        screening=start.screening,
        items=items,
        trail=list(trail),
        reasons=start.reasons,
        highlight=highlight or start.settings.screening.highlight,
        console=Console(highlight=False),
        files=start.files,
        begin=len(trail),
    )


def _run(session: Session) -> None:
    with keys() as source:
        session.keys = source
        if not source.single:
            session.run()
            return
        session.console.set_alt_screen(True)
        try:
            session.run()
        finally:
            session.console.set_alt_screen(False)


def _tell(start: Start, session: Session, stages: tuple[Stage, ...]) -> None:
    """What was done, what is left, and what comes next."""
    screening, name = session.screening, session.name
    if name == CONSENSUS:
        left = sum(len(screening.conflicts(stage)) for stage in stages)
        typer.echo(f"{plural(len(session.done), 'conflict')} settled now, {left} to go")
    else:
        for stage in stages:
            judged, queue = screening.judged(name, stage), len(screening.queue(name, stage))
            now = sum(item[1] == stage for item in session.done)
            typer.echo(f"{name}, {TITLES[stage]}: {now} decided now, {judged} in all, {queue} to go")
    if session.done:
        typer.echo(f"saved in {path_of(start.review, name)}")
    _tell_next(start, session)


def _tell_next(start: Start, session: Session) -> None:
    screening = session.screening
    conflicts = sum(len(screening.conflicts(stage)) for stage in STAGES)
    name = session.name
    if name != CONSENSUS and not screening.queue(name, "title_abstract"):
        if wanted := len(screening.queue(name, "full_text")):
            typer.echo(f"{plural(wanted, 'report')} to read in full: evidence screen {start.review} --as {name}")
        if conflicts:
            typer.echo(f"{plural(conflicts, 'conflict')}: evidence screen {start.review} --conflicts")
    described = read_kept(start.review / "reports.csv", ("report_id",), "report_id").by("report_id")
    for report, _ in session.done:
        if screening.state(report) == "included" and report not in described:
            typer.echo(f"{report} is included: evidence add {start.review} {report} makes the rows for its data")


def import_decisions(start: Start, name: str, stage: str, file: Path, voter: str | None, word: str | None) -> None:
    """Take over the decisions in a file of another program; what is not taken over is told, line by line."""
    name = screener_name(name, start.screening.screened.screeners)
    day = date.today().isoformat()
    taking = Taking(stage_named(stage), day, start.reasons, voter, word_named(word) if word else None)
    found = read_decisions(file, start.screening.citations, taking)
    before = start.screening
    own = before.said.of(name)
    new = [one for one in found.decisions if (one.report_id, one.stage) not in own]
    changed = [
        one for one in found.decisions if (known := own.get((one.report_id, one.stage))) and known.says != one.says
    ]
    say_problems(found.problems)
    if new or changed:
        after = before.with_file(name, start.files.record(name, [*new, *changed]))
        _say_written(write_missing(start.review, before))
        write_final(start.review, before, after, [one.report_id for one in (*new, *changed)])
    same = len(found.decisions) - len(new) - len(changed)
    typer.echo(
        f"{plural(found.records, 'record')} in {file}: {len(new)} new, {len(changed)} changed, {same} as before,"
        f" {found.repeated} of the same citation, {found.undecided} undecided, {found.left} not taken over"
    )
    if new or changed:
        typer.echo(f"saved in {path_of(start.review, name)}")


def _say_written(written: Written) -> None:
    """What the tables say otherwise than the screeners, and what was put right in them."""
    say_problems(written.problems)
    if written.removed:
        typer.echo(f"taken out of {SCREENING}, duplicates by now: {', '.join(written.removed)}")
