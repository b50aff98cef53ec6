"""The columns and words that a review declares for itself in review.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from ..errors import Problem, near
from .codebook import CORE, ColumnSpec, ColumnType
from .toml_reading import TomlFile

#: Types a review can declare; ids and references belong to the codebook.
OWN_TYPES: tuple[ColumnType, ...] = ("text", "list", "term", "yes_no", "integer", "number", "year")

_KEYS: Mapping[str, tuple[type, ...]] = {
    "type": (str,),
    "meaning": (str,),
    "heading": (str,),
    "unit": (str,),
    "required": (bool,),
    "min": (int, float),
    "max": (int, float),
    "terms": (list, dict),
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
#: Columns whose words are declared as outcomes and as tools.
_DECLARED_ELSEWHERE = frozenset({("outcomes", "outcome"), ("appraisals", "tool")})


def read_columns(
    toml: TomlFile, declared: Mapping[str, Any], problems: list[Problem]
) -> dict[str, dict[str, ColumnSpec]]:
    """``[columns.<table>.<name>]`` of review.toml: table -> name -> column; problems are appended."""
    columns: dict[str, dict[str, ColumnSpec]] = {}
    for table, own in declared.items():
        path = ("columns", table)
        if table not in CORE:
            problems.append(
                toml.problem("unknown-table", path, f"there is no table {table!r}", near(table, tuple(CORE)))
            )
        elif not isinstance(own, Mapping):
            problems.append(toml.problem("not-a-table", path, f"{table} is {own!r}", f"write [columns.{table}.name]"))
        else:
            specs = [_column(toml, table, name, value, problems) for name, value in own.items()]
            columns[table] = {spec.name: spec for spec in specs if spec is not None}
    return columns


def read_vocabulary(
    toml: TomlFile, declared: Mapping[str, Any], problems: list[Problem]
) -> dict[tuple[str, str], dict[str, str]]:
    """``[vocabulary.<table>]`` of review.toml: ``(table, column)`` -> terms; problems are appended."""
    words: dict[tuple[str, str], dict[str, str]] = {}
    for table, columns in declared.items():
        if table not in CORE or not isinstance(columns, Mapping):
            path = ("vocabulary", table)
            problems.append(
                toml.problem("unknown-table", path, f"there is no table {table!r}", near(table, tuple(CORE)))
            )
            continue
        known = tuple(
            c.name for c in CORE[table].columns if c.type == "term" and (table, c.name) not in _DECLARED_ELSEWHERE
        )
        for name, terms in columns.items():
            place = ("vocabulary", table, name)
            if name not in known:
                message = f"{table}.{name} takes no words from the review"
                problems.append(toml.problem("unknown-column", place, message, near(name, known)))
            else:
                words[table, name] = _terms(toml, place, terms, problems)
    return words


def _column(toml: TomlFile, table: str, name: str, declared: Any, problems: list[Problem]) -> ColumnSpec | None:
    path = ("columns", table, name)
    before = len(problems)
    if not isinstance(declared, Mapping):
        problems.append(toml.problem("not-a-table", path, f"{name} is {declared!r}", f"write [columns.{table}.{name}]"))
        return None
    if not _NAME.fullmatch(name):
        problems.append(toml.problem("bad-name", path, f"{name!r} is not a name", "use letters, digits and _"))
    if CORE[table].column(name) is not None:
        mend = "leave it out here; words for a core column go into [vocabulary]"
        problems.append(toml.problem("core-column", path, f"{table}.{name} is a core column already", mend))
    _check_keys(toml, path, declared, problems)
    if len(problems) > before:
        return None
    terms = _terms(toml, (*path, "terms"), declared.get("terms", {}), problems)
    _check_fit(toml, path, declared, terms, problems)
    return ColumnSpec(
        name,
        cast(ColumnType, declared["type"]),
        declared["meaning"].strip(),
        required=declared.get("required", False),
        unit=declared.get("unit") or None,
        terms=terms,
        minimum=declared.get("min"),
        maximum=declared.get("max"),
        heading=declared.get("heading", ""),
        own=True,
    )


def _check_keys(toml: TomlFile, path: tuple[str, ...], declared: Mapping[str, Any], problems: list[Problem]) -> None:
    for key, value in declared.items():
        if key not in _KEYS:
            problems.append(toml.unknown_key((*path, key), tuple(_KEYS)))
        elif not isinstance(value, _KEYS[key]) or (isinstance(value, bool) and bool not in _KEYS[key]):
            kinds = " or ".join(kind.__name__ for kind in _KEYS[key])
            message = f"{key} is {value!r}, not {kinds}"
            problems.append(toml.problem("bad-value", (*path, key), message, f"write {key} as {kinds}"))
    for key in ("type", "meaning"):
        if key not in declared:
            message = f"the column {path[-1]} has no {key}"
            problems.append(toml.problem("missing-key", path, message, f'add {key} = "..."'))
    kind = declared.get("type")
    if isinstance(kind, str) and kind not in OWN_TYPES:
        problems.append(
            toml.problem("unknown-type", (*path, "type"), f"type {kind!r} is not known", near(kind, OWN_TYPES))
        )


def _check_fit(
    toml: TomlFile,
    path: tuple[str, ...],
    declared: Mapping[str, Any],
    terms: Mapping[str, str],
    problems: list[Problem],
) -> None:
    kind = declared["type"]
    if kind == "term" and not terms:
        mend = 'add terms = ["...", "..."], or make it a text'
        problems.append(toml.problem("no-terms", path, f"{path[-1]} is a term column without terms", mend))
    if terms and kind not in ("term", "list"):
        problems.append(toml.problem("no-terms", path, f"a {kind} column has no terms", 'make it type = "term"'))
    limits = [declared[key] for key in ("min", "max") if key in declared]
    if limits and kind not in ("integer", "number", "year"):
        mend = 'make it type = "number" or "integer", or drop min and max'
        problems.append(toml.problem("no-limits", path, f"a {kind} column has no min and max", mend))
    if len(limits) == 2 and limits[0] > limits[1]:
        problems.append(toml.problem("bad-value", path, f"min {limits[0]} is above max {limits[1]}", "swap them"))


def _terms(toml: TomlFile, path: tuple[str, ...], value: Any, problems: list[Problem]) -> dict[str, str]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        terms = dict.fromkeys((item.strip() for item in value), "")
    elif isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values()):
        terms = {key.strip(): meaning.strip() for key, meaning in value.items()}
    else:
        mend = 'write ["word", "word"], or a table of word = "meaning"'
        problems.append(toml.problem("bad-value", path, f"terms are {value!r}", mend))
        return {}
    if "" in terms or len(terms) < len(value):
        problems.append(toml.problem("bad-value", path, "a term is empty or stands twice", "delete it"))
    return {term: meaning for term, meaning in terms.items() if term}
