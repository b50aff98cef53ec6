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
    from ..bare import RateSelection
    from ..errors import Problem
    from ..figures.forest_company import Origin
    from ..outcomes import LeftOut, Selection
    from ..pooling import Model
    from ..pooling.result import Pooled
    from ..pooling.subgroups import Subgroups
    from ..review.spreadsheet import BareTable

STDIN = "-"
STDIN_NAME = "<stdin>"
#: Options of a bare table, and of a model.
TABLE = ("sheet", "events", "total", "label", "study", "unit", "exposure", "time_unit")
MODEL = ("limits", "measure", "tau2", "prediction", "level", "option")
#: The studies' own limits where none are named.
STUDY_LIMITS = "clopper-pearson"


@dataclass(frozen=True, slots=True)
class Arms:
    """Which arms are asked for, as typed; None = not said.

    Attributes:
        outcome, time, unread: Only a review has them.
        by, cut, where: Groups and filters by column.
        group_tau: Whose the between-study standard deviation of a group is.
        table: ``sheet``, ``events``, ``total``, ``label``, ``study``, ``unit``, ``exposure``, ``time-unit`` of a bare
            table.
    """

    outcome: str | None = None
    by: str | None = None
    cut: str | None = None
    where: Sequence[str] = ()
    time: str | None = None
    unread: str | None = None
    table: Mapping[str, str | None] = field(default_factory=dict)
    group_tau: str = "by-size"


def arms_typed(typed: Mapping[str, Any]) -> Arms:
    """Which arms the options of `options.py` ask for."""
    table = {name.replace("_", "-"): typed.get(name) for name in TABLE}
    where = tuple(typed.get("where") or ())
    groups = (typed.get("by"), typed.get("cut"))
    group_tau = typed.get("group_tau", "by-size")
    return Arms(typed.get("outcome"), *groups, where, typed.get("time"), typed.get("unread"), table, group_tau)


def model_typed(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What the options of `options.py` say of the model; None = its default."""
    return {name: typed.get(name) for name in MODEL}


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


def answer(source: str, arms: Arms, model: str | None, options: Mapping[str, Any], study_limits: str) -> Answer:
    """The result for a review or a bare table.

    Args:
        source: Folder, name of a review, file, or ``-``.
        arms: Which arms. model: Name; None = the default for counts, or for rates. options: Of the model, as typed;
            None = its default.
        study_limits: Name of the limits of each study.

    Raises:
        EvidenceError: whatever was typed or read that can't be used.
    """
    from dataclasses import replace

    from ..bare import RateSelection
    from ..pooling import pool

    if model is not None:
        specified(model, options)
    selection, warnings = arms_or_rates(source, arms)
    chosen = model_for(selection, model, options)
    if isinstance(selection, RateSelection):
        refuse_study_limits(study_limits)
        pooled = chosen.fit(selection.rates)
        return Answer(replace(pooled, context=selection.context), selection.left_out, warnings)
    return Answer(pool(selection, chosen, study_limits, arms.group_tau), selection.left_out, warnings)


def refuse_study_limits(name: str) -> None:
    """Refuse a choice of limits for the studies' rates, which have one kind.

    Raises:
        UsageError: a name that is not the default, which stands for not said.
    """
    if name != STUDY_LIMITS:
        _refuse("times at risk", {"--study-limits": name}, "the limits of a study's rate are exact")


def model_for(selection: Selection | RateSelection, model: str | None, options: Mapping[str, Any]) -> Model:
    """The specification of a model of counts, or of rates; the usual one without a name.

    Args:
        options: As for ``specified``.

    Raises:
        UsageError: as there.
    """
    from ..bare import RateSelection

    return model_named(model, options, isinstance(selection, RateSelection))


def model_named(model: str | None, options: Mapping[str, Any], of_rates: bool) -> Model:
    """The same of what is told to be rates, or counts."""
    from ..pooling.named import default_name, default_options

    name = model or default_name(of_rates)
    given = {key: value for key, value in options.items() if value is not None}
    further = {text.partition("=")[0].strip() for text in given.get("option", ())}
    needed = {key: value for key, value in default_options(name, of_rates).items() if key not in further}
    return specified(name, {**needed, **given})


def specified(model: str, options: Mapping[str, Any]) -> Model:
    """The specification of a model by name.

    Args:
        options: As typed, by name; None = the model's default. ``option`` holds further ones as ``NAME=VALUE``.

    Raises:
        UsageError: an unknown name, option or value, or an option given twice.
    """
    from ..pooling import model as build_model

    given = {name: value for name, value in options.items() if value is not None}
    if "level" in given:
        given["level"] = fraction(str(given["level"]))
    further = model_options(model, given.pop("option", ()))
    for name in further:
        if name in given:
            raise usage(f"--{name} and --option {name}= are the same option", "give one of them", "option")
    return build_model(model, **{**given, **further})


def say_warnings(found: Answer) -> None:
    """Print to standard error what reading a bare table found."""
    say_problems(found.warnings)


def say_problems(problems: Sequence[Problem]) -> None:
    """Print problems to standard error."""
    for problem in problems:
        typer.echo(str(problem), err=True)


def say_as_warnings(problems: Sequence[Problem]) -> None:
    """Print to standard error what a check calls errors, and what does not stop this command."""
    from dataclasses import replace

    say_problems([replace(problem, severity="warning") for problem in problems])


def select_arms(source: str, arms: Arms) -> tuple[Selection, tuple[Problem, ...]]:
    """The arms asked for, and the warnings of a bare table.

    Raises:
        UsageError: a bare table of times at risk.
    """
    from ..bare import RateSelection

    selection, warnings = arms_or_rates(source, arms)
    if isinstance(selection, RateSelection):
        mend = "only proportions can be regressed: name a column of totals with --total"
        raise usage(f"{source} holds times at risk", mend, "rates")
    return selection, warnings


def arms_or_rates(source: str, arms: Arms) -> tuple[Selection | RateSelection, tuple[Problem, ...]]:
    """The arms asked for, as counts or as rates, and the warnings of a bare table."""
    if is_of_review(source):
        return _of_review(source, arms), ()
    table = _table(source, arms)
    selection = _of_counts(table, arms) if table.time_header is None else _of_rates(table, arms)
    return selection, table.problems


def _of_rates(table: BareTable, arms: Arms) -> RateSelection:
    from ..bare import select_rates

    groups = {"--by": arms.by, "--cut": arms.cut}
    _refuse("times at risk", groups, "groups of rates are not pooled; choose one group with --where")
    unit, time_unit = arms.table.get("unit") or "event", arms.table.get("time-unit")
    return select_rates(table, filters(arms.where), unit, time_unit)


def is_of_review(source: str) -> bool:
    """Whether a source is a review, not a bare table or standard input."""
    return source != STDIN and is_review(Path(source))


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
        raise type(error)(problem for problem in error.problems if problem.severity == "error") from None
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


def origin_of(source: str, typed: Mapping[str, Any]) -> Origin | None:
    """The review that a result comes from and what was selected from it; None of a bare table."""
    if not is_of_review(source):
        return None
    from ..figures.forest_company import Origin
    from ..review.review import read_review

    where = filters(typed.get("where") or ())
    return Origin(read_review(source), typed.get("outcome") or "", where, typed.get("time"))


def _table(source: str, arms: Arms) -> BareTable:
    asked = {"--outcome": arms.outcome, "--time": arms.time, "--unread": arms.unread}
    _refuse("a bare table", asked, "a bare table has one outcome; a review is a folder")
    if arms.table.get("exposure") is not None:
        _refuse("--exposure", {"--total": arms.table.get("total")}, "events have either a total or a time at risk")
    return read_source(source, arms.table)


def _of_counts(table: BareTable, arms: Arms) -> Selection:
    from ..bare import select_table

    _refuse("a table of totals", {"--time-unit": arms.table.get("time-unit")}, "name the times at risk with --exposure")
    unit = arms.table.get("unit") or "patient"
    return select_table(table, where=filters(arms.where), by=arms.by, cut=cuts(arms.cut), unit=unit)


def read_source(source: str, table: Mapping[str, str | None]) -> BareTable:
    """The bare table in a file or on standard input."""
    from ..review.headers import Choice
    from ..review.spreadsheet import parse_bare_table, read_bare_table

    choice = Choice(**{role: table.get(role) for role in ("events", "total", "label", "study", "exposure")})
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


def model_options(name: str, texts: Sequence[str]) -> dict[str, Any]:
    """``["add=0.25", "to=all"]`` to ``{"add": 0.25, "to": "all"}``, numbers where the model's option is one.

    Raises:
        UsageError: no equals sign, an unknown model, an option twice, or text where a number belongs. Names are left
            to the model.
    """
    from dataclasses import fields

    from ..pooling import MODELS, specification
    from ..pooling.options import check_choice

    check_choice("model", name, MODELS)
    kinds = {f.name: str(f.type) for f in fields(specification(name))}
    found: dict[str, Any] = {}
    for text in texts:
        option, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not option or not value:
            raise usage(f"--option {text!r} has no name and value", "write it as NAME=VALUE, e.g. add=0.25", "option")
        if option in found:
            raise usage(f"--option {option}= is given twice", "give one value", "option")
        found[option] = _typed(option, value, kinds.get(option, "str"))
    return found


def _typed(option: str, value: str, kind: str) -> Any:
    """The value as the option wants it: ``kind`` is its annotation."""
    number = int if kind.startswith("int") else float if kind.startswith("float") else None
    if number is None:
        return value
    try:
        return number(value)
    except ValueError:
        what = "a whole number" if number is int else "a number"
        raise usage(f"--option {option}={value}: {value!r} is not {what}", f"give {what}", "option") from None


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
