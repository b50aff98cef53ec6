"""From what was typed to a result: the same steps for every command that pools."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..errors import DataError, usage

if TYPE_CHECKING:
    from ..errors import Problem
    from ..outcomes import LeftOut, Selection
    from ..pooling import Model
    from ..pooling.result import Pooled
    from ..pooling.subgroups import Subgroups
    from ..review.spreadsheet import BareTable

STDIN = "-"
STDIN_NAME = "<stdin>"


@dataclass(frozen=True, slots=True)
class Arms:
    """Which arms are asked for, as typed; None = not said.

    Attributes:
        outcome, time, unread: Only a review has them.
        by, cut, where: Groups and filters by column.
        table: ``sheet``, ``events``, ``total``, ``label``, ``study``, ``unit`` of a bare table.
    """

    outcome: str | None = None
    by: str | None = None
    cut: str | None = None
    where: Sequence[str] = ()
    time: str | None = None
    unread: str | None = None
    table: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for.

    Attributes:
        result: The pooled result, with groups where they were asked for.
        left_out: Arms that are not in the pool, with ``label``, ``reason`` and ``text``.
        warnings: What reading a bare table found.
    """

    result: Pooled | Subgroups
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Problem, ...]


def answer(source: str, arms: Arms, model: str, options: Mapping[str, Any], study_limits: str) -> Answer:
    """The result for a review or a bare table.

    Args:
        source: Folder, name of a review, file, or ``-``.
        arms: Which arms. model: Name. options: Of the model, as typed; None = its default.
        study_limits: Name of the limits of each study.

    Raises:
        EvidenceError: whatever was typed or read that can't be used.
    """
    from ..pooling import pool

    specification = specified(model, options)
    selection, warnings = select_arms(source, arms)
    result = pool(selection, model=specification, study_limits=study_limits)
    return Answer(result, selection.left_out, warnings)


def specified(model: str, options: Mapping[str, Any]) -> Model:
    """The specification of a model by name, with the options that were typed.

    Raises:
        UsageError: an unknown name, option or value.
    """
    from ..pooling import model as build_model

    given = {name: value for name, value in options.items() if value is not None}
    if "level" in given:
        given["level"] = fraction(str(given["level"]))
    return build_model(model, **given)


def say_warnings(found: Answer) -> None:
    """Print to standard error what reading a bare table found."""
    say_problems(found.warnings)


def say_problems(problems: Sequence[Problem]) -> None:
    """Print problems to standard error."""
    for problem in problems:
        typer.echo(str(problem), err=True)


def select_arms(source: str, arms: Arms) -> tuple[Selection, tuple[Problem, ...]]:
    """The arms asked for, and the warnings of a bare table."""
    if source != STDIN and is_review(Path(source)):
        return _of_review(source, arms), ()
    return _of_table(source, arms)


def is_review(path: Path) -> bool:
    """Whether this is meant as a review: a folder, or a name under ``data/``.

    Raises:
        UsageError: it is a file of a review, which can't be pooled by itself.
    """
    if path.is_dir():
        return True
    if path.is_file():
        _refuse_table_of_review(path)
        return False
    return path.suffix == "" or (Path("data") / path).is_dir()


def _refuse_table_of_review(path: Path) -> None:
    if (path.parent / "review.toml").is_file():
        mend = f"name the folder and an outcome: {path.parent} --outcome NAME"
        raise usage(f"{path} is a table of a review", mend, "table-of-review")


def _of_review(source: str, arms: Arms) -> Selection:
    from ..outcomes import select
    from ..review.review import read_review

    _refuse("a review", {f"--{name}": value for name, value in arms.table.items()}, "they are for bare tables")
    try:
        review = read_review(source)
    except DataError as error:
        # The warnings of a review are many and stop nothing; `evidence check` prints them.
        raise DataError(problem for problem in error.problems if problem.severity == "error") from None
    names = list(review.settings.outcomes)
    if arms.outcome is None:
        raise usage(f"which outcome of {source}?", f"add --outcome with one of {', '.join(names)}", "no-outcome")
    return select(
        review,
        arms.outcome,
        where=filters(arms.where),
        by=arms.by,
        time=arms.time,
        cut=cuts(arms.cut),
        unread=arms.unread or "left-out",
    )


def _of_table(source: str, arms: Arms) -> tuple[Selection, tuple[Problem, ...]]:
    from ..bare import select_table

    asked = {"--outcome": arms.outcome, "--time": arms.time, "--unread": arms.unread}
    _refuse("a bare table", asked, "a bare table has one outcome; a review is a folder")
    table = read_source(source, arms.table)
    unit = arms.table.get("unit") or "patient"
    selection = select_table(table, where=filters(arms.where), by=arms.by, cut=cuts(arms.cut), unit=unit)
    return selection, table.problems


def read_source(source: str, table: Mapping[str, str | None]) -> BareTable:
    """The bare table in a file or on standard input."""
    from ..review.headers import Choice
    from ..review.spreadsheet import parse_bare_table, read_bare_table

    choice = Choice(table.get("events"), table.get("total"), table.get("label"), table.get("study"))
    if source != STDIN:
        return read_bare_table(source, choice, table.get("sheet"))
    if sys.stdin.isatty():
        typer.echo("Paste the table, then press Ctrl-D (Windows: Ctrl-Z and Enter).", err=True)
    return parse_bare_table(sys.stdin.buffer.read(), STDIN_NAME, choice, table.get("sheet"))


def _refuse(what: str, options: Mapping[str, str | None], mend: str) -> None:
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise usage(f"{' and '.join(given)} can't be used with {what}", f"leave out {' and '.join(given)}: {mend}")


def filters(texts: Sequence[str]) -> dict[str, list[str]]:
    """``["route=topical"]`` to ``{"route": ["topical"]}``; one column several times collects its values.

    Raises:
        UsageError: no equals sign, or nothing before it.
    """
    found: dict[str, list[str]] = {}
    for text in texts:
        column, sign, value = text.partition("=")
        if not sign or not column.strip():
            raise usage(f"--where {text!r} has no column and value", "write it as COLUMN=VALUE, e.g. route=topical")
        found.setdefault(column.strip(), []).append(value.strip())
    return found


def cuts(text: str | None) -> tuple[float, ...]:
    """``"100,200"`` to ``(100.0, 200.0)``.

    Raises:
        UsageError: not rising numbers.
    """
    if text is None:
        return ()
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if not found or any(not low < high for low, high in pairwise(found)):
        raise usage(f"--cut {text!r} is not a list of rising numbers", "write it as 100,200")
    return found


def fraction(text: str) -> float:
    """A level as a fraction.

    Raises:
        UsageError: not a number between 0 and 1; for 95 and 95% the mend is 0.95.
    """
    try:
        value = float(text.strip().rstrip("%").replace(",", "."))
    except ValueError:
        raise usage(f"--level {text!r} is not a number", "write it as a fraction: --level 0.95") from None
    if 0 < value < 1 and "%" not in text:
        return value
    meant = value / 100 if 1 < value < 100 else 0.95
    raise usage(f"--level {text} is not a fraction", f"write it as a fraction: --level {meant:g}", "level")
