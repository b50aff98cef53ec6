"""review.toml: what the review asks, its outcomes, its own columns and words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from ..errors import Problem, UsageError, near, usage
from .appraisal_tools import TOOLS, Tool
from .codebook import DESIGNS, ColumnSpec
from .overlap_settings import OverlapColumns, read_overlap
from .own_columns import read_columns, read_vocabulary
from .own_tools import read_tools
from .screening_settings import ScreeningSettings, read_screening
from .toml_reading import TomlFile, read_toml

STATUSES = ("seed", "draft", "complete", "synthetic")

_TEXTS = (
    "title",
    "question",
    "status",
    "search_date",
    "registration",
    "protocol",
    "funding",
    "interests",
    "concomitant",
)
_LISTS = ("databases", "other_sources", "curators", "harm_words")
_LOOKED_FOR = ("search_date", "curators", "registration", "protocol", "funding", "interests")
_TABLES = ("eligibility", "outcomes", "vocabulary", "columns", "screening", "appraisal", "overlap")
_OUTCOME_KEYS = ("title", "definition", "unit", "part_of", "complement_of", "time")
#: Beginnings of words in the name, title or definition of an outcome that is about adverse events, where a review names
#: no others as ``harm_words``.
HARM_WORDS = (
    "adverse",
    "side effect",
    "harm",
    "complication",
    "toxic",
    "hepatotoxic",
    "nephrotoxic",
    "neurotoxic",
    "cardiotoxic",
    "safety",
    "tolerab",
    "reaction",
    "unwanted",
    "untoward",
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_WORD = re.compile(r"[^\W_]+")
_NEAREST = re.compile(r"nearest\s*=\s*(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class TimeRule:
    """Which row of an arm and outcome is taken when there are several time points.

    Attributes:
        kind: ``last``, ``first``, or ``nearest`` to ``months``.
        months: For ``nearest``.
    """

    kind: Literal["last", "first", "nearest"] = "last"
    months: float | None = None

    def __str__(self) -> str:
        return self.kind if self.months is None else f"nearest = {self.months:g}"


@dataclass(frozen=True, slots=True)
class OutcomeSpec:
    """One outcome of a review.

    Attributes:
        name, title, definition: Name in the tables, name to print, what counts as an event.
        unit: What is counted, in the singular; rows in another unit never meet it in a pool.
        part_of: Outcome whose events hold these events (complete remission is part of any response).
        complement_of: Outcome whose events are exactly the other units (no response of any response).
        time: Which row is taken.
    """

    name: str
    title: str
    definition: str
    unit: str = "patient"
    part_of: str | None = None
    complement_of: str | None = None
    time: TimeRule = TimeRule()

    def speaks_of(self, words: Sequence[str]) -> bool:
        """Whether a word of its name, title or definition begins with one of these; case and hyphens don't count."""
        said = " ".join(_WORD.findall(f"{self.name} {self.title} {self.definition}".casefold()))
        return any(f" {' '.join(_WORD.findall(word.casefold()))}" in f" {said}" for word in words if word.strip())


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """What review.toml says; None or empty = not stated.

    Attributes:
        title, question, eligibility: As in a protocol; eligibility by heading (population, intervention, ...).
        status: ``seed``, ``draft``, ``complete``, or ``synthetic`` where every number is made up.
        banner: Sentence that every output must carry, or None.
        search_date, registration, protocol, funding, interests: Texts, None = not stated.
        databases, other_sources, curators: Lists; no databases = none searched.
        outcomes: By name, in the order of the file.
        harm_words: Beginnings of words that tell an outcome about adverse events.
        columns: Table -> name -> column that only this review has.
        vocabulary: ``(table, column)`` -> the review's words, with their meanings.
        concomitant: Own column of arms that holds what else was given at the same time, or None.
        own_tools: Tools to appraise studies that only this review has, by name.
        screening: How citations are screened.
        overlap: Columns that tell whether two reports may be about the same patients.
    """

    title: str = ""
    question: str = ""
    eligibility: Mapping[str, str] = field(default_factory=dict)
    status: str = "draft"
    banner: str | None = None
    search_date: str | None = None
    registration: str | None = None
    protocol: str | None = None
    funding: str | None = None
    interests: str | None = None
    databases: tuple[str, ...] = ()
    other_sources: tuple[str, ...] = ()
    curators: tuple[str, ...] = ()
    outcomes: Mapping[str, OutcomeSpec] = field(default_factory=dict)
    harm_words: tuple[str, ...] = HARM_WORDS
    columns: Mapping[str, Mapping[str, ColumnSpec]] = field(default_factory=dict)
    vocabulary: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    concomitant: str | None = None
    own_tools: Mapping[str, Tool] = field(default_factory=dict)
    screening: ScreeningSettings = field(default_factory=ScreeningSettings)
    overlap: OverlapColumns = field(default_factory=OverlapColumns)

    @property
    def tools(self) -> Mapping[str, Tool]:
        """Every tool that its studies can be appraised with, by name, its own ones last."""
        return {**TOOLS, **self.own_tools}


def time_rule(value: TimeRule | str | Mapping[str, Any]) -> TimeRule:
    """A time rule from ``last``, ``first``, ``nearest = 12`` or ``{"nearest": 12}``.

    Raises:
        UsageError: anything else.
    """
    if isinstance(value, TimeRule):
        return value
    if isinstance(value, Mapping):
        months = value.get("nearest")
        if set(value) == {"nearest"} and isinstance(months, int | float) and not isinstance(months, bool):
            return TimeRule("nearest", float(months))
    elif value in ("last", "first"):
        return TimeRule("first" if value == "first" else "last")
    elif isinstance(value, str) and (found := _NEAREST.fullmatch(value.strip())):
        return TimeRule("nearest", float(found[1]))
    raise usage(f"time rule {value!r} is not known", "use last, first, or nearest = 12 (months)", "unknown-time-rule")


def read_settings(path: Path) -> tuple[ReviewSettings, list[Problem]]:
    """The settings of a review folder's review.toml and every problem in it; never raises for its content."""
    toml = read_toml(path)
    problems = list(toml.problems)
    if any(problem.severity == "error" for problem in problems):
        return ReviewSettings(), problems
    known = (*_TEXTS, *_LISTS, *_TABLES)
    problems.extend(toml.unknown_key((key,), known) for key in toml.values if key not in known)
    texts = {key: _text(toml, (key,), problems) for key in _TEXTS}
    problems.extend(_missing(toml, texts))
    problems.extend(_not_stated(toml))
    columns = read_columns(toml, _table(toml, "columns", problems), problems)
    settings = ReviewSettings(
        title=texts["title"] or "",
        question=texts["question"] or "",
        eligibility={
            key: _text(toml, ("eligibility", key), problems) or "" for key in _table(toml, "eligibility", problems)
        },
        status=texts["status"] or "draft",
        search_date=texts["search_date"],
        registration=texts["registration"],
        protocol=texts["protocol"],
        funding=texts["funding"],
        interests=texts["interests"],
        databases=_list(toml, "databases", problems),
        other_sources=_list(toml, "other_sources", problems),
        curators=_list(toml, "curators", problems),
        outcomes=_outcomes(toml, problems),
        harm_words=_list(toml, "harm_words", problems) if "harm_words" in toml.values else HARM_WORDS,
        columns=columns,
        vocabulary=read_vocabulary(toml, _table(toml, "vocabulary", problems), problems),
        concomitant=texts["concomitant"],
        own_tools=read_tools(toml, _table(toml, "appraisal", problems), tuple(DESIGNS), problems),
        screening=read_screening(toml, _table(toml, "screening", problems), problems),
        overlap=read_overlap(toml, columns, problems),
    )
    problems.extend(_without_column(toml, settings))
    return settings, problems


def _without_column(toml: TomlFile, settings: ReviewSettings) -> list[Problem]:
    """That ``concomitant`` names no column of words that the review declares for its arms."""
    name = settings.concomitant
    worded = [column for column, spec in settings.columns.get("arms", {}).items() if not spec.is_numeric]
    if name is None or name in worded:
        return []
    message = f"concomitant: {name!r} is no column of words that the review declares for its arms"
    mend = near(name, worded) if worded else f"declare [columns.arms.{name}], or delete the line"
    return [toml.problem("unknown-column", ("concomitant",), message, mend)]


def _missing(toml: TomlFile, texts: Mapping[str, str | None]) -> list[Problem]:
    problems = [
        toml.problem("missing-key", (key,), f"the review has no {key}", f'add {key} = "..."')
        for key in ("title", "question")
        if texts[key] is None
    ]
    status = texts["status"]
    if status is not None and status not in STATUSES:
        problems.append(
            toml.problem("unknown-status", ("status",), f"status {status!r} is not known", near(status, STATUSES))
        )
    if not toml.values.get("outcomes"):
        mend = "declare at least one, as [outcomes.name] with title, definition and unit"
        problems.append(toml.problem("no-outcomes", ("outcomes",), "the review has no outcomes", mend))
    return problems


def _not_stated(toml: TomlFile) -> list[Problem]:
    """A warning for each fact that readers look for and the review does not state."""
    return [
        replace(
            toml.problem("not-stated", (key,), f"{key} is not stated; printed so", "fill it when it is known"),
            severity="warning",
        )
        for key in _LOOKED_FOR
        if not toml.values.get(key)
    ]


def _value(toml: TomlFile, path: Sequence[str]) -> Any:
    value: Any = toml.values
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _text(toml: TomlFile, path: tuple[str, ...], problems: list[Problem]) -> str | None:
    value = _value(toml, path)
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    if type(value).__name__ in ("date", "datetime", "int"):
        return str(value)
    problems.append(
        toml.problem("not-a-text", path, f"{path[-1]} is {value!r}, not a text", 'write a text in "quotes"')
    )
    return None


def _list(toml: TomlFile, key: str, problems: list[Problem]) -> tuple[str, ...]:
    value = toml.values.get(key, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(item.strip() for item in value if item.strip())
    problems.append(
        toml.problem("not-a-list", (key,), f"{key} is {value!r}, not a list of texts", f'write {key} = ["...", "..."]')
    )
    return ()


def _table(toml: TomlFile, key: str, problems: list[Problem]) -> Mapping[str, Any]:
    value = toml.values.get(key, {})
    if isinstance(value, Mapping):
        return value
    problems.append(toml.problem("not-a-table", (key,), f"{key} is {value!r}, not a table", f"write a [{key}] table"))
    return {}


def _outcomes(toml: TomlFile, problems: list[Problem]) -> dict[str, OutcomeSpec]:
    outcomes: dict[str, OutcomeSpec] = {}
    for name, declared in _table(toml, "outcomes", problems).items():
        path = ("outcomes", name)
        if not _NAME.fullmatch(name):
            problems.append(
                toml.problem("bad-name", path, f"{name!r} is not a name", "use lower case letters, digits and _")
            )
        if not isinstance(declared, Mapping):
            problems.append(toml.problem("not-a-table", path, f"{name} is {declared!r}", f"write [outcomes.{name}]"))
            continue
        outcomes[name] = _outcome(toml, name, declared, problems)
    for name, outcome in outcomes.items():
        problems.extend(_relation_problems(toml, name, outcome, outcomes))
    return outcomes


def _outcome(toml: TomlFile, name: str, declared: Mapping[str, Any], problems: list[Problem]) -> OutcomeSpec:
    path = ("outcomes", name)
    problems.extend(toml.unknown_key((*path, key), _OUTCOME_KEYS) for key in declared if key not in _OUTCOME_KEYS)
    texts = {key: _text(toml, (*path, key), problems) for key in _OUTCOME_KEYS if key != "time"}
    for key in ("title", "definition"):
        if texts[key] is None:
            mend = f'add {key} = "..." under [outcomes.{name}]'
            problems.append(toml.problem("missing-key", path, f"the outcome {name} has no {key}", mend))
    try:
        time = time_rule(declared.get("time", "last"))
    except UsageError as error:
        time = TimeRule()
        first = error.problems[0]
        problems.append(toml.problem(first.code, (*path, "time"), first.message, first.mend))
    return OutcomeSpec(
        name,
        texts["title"] or name,
        texts["definition"] or "",
        texts["unit"] or "patient",
        texts["part_of"],
        texts["complement_of"],
        time,
    )


def _relation_problems(
    toml: TomlFile, name: str, outcome: OutcomeSpec, outcomes: Mapping[str, OutcomeSpec]
) -> list[Problem]:
    problems = []
    for key in ("part_of", "complement_of"):
        other = getattr(outcome, key)
        path = ("outcomes", name, key)
        if other is None:
            continue
        if other not in outcomes:
            message = f"{key}: the outcome {other!r} is not declared"
            problems.append(toml.problem("unknown-outcome", path, message, near(other, tuple(outcomes))))
        elif other == name or getattr(outcomes[other], key) == name:
            mend = "name the larger outcome on the smaller one only"
            problems.append(toml.problem("circular-outcome", path, f"{name} and {other} name each other", mend))
        elif outcomes[other].unit != outcome.unit:
            message = f"{name} counts {outcome.unit}s, {other} counts {outcomes[other].unit}s"
            problems.append(toml.problem("unit-differs", path, message, "give both outcomes one unit"))
    return problems
