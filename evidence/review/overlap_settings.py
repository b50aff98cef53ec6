"""``[overlap]`` of review.toml: the columns that tell whether two reports may be about the same patients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Problem, near
from .codebook import CORE, ColumnSpec
from .toml_reading import TomlFile

#: Tables whose columns may be named, in the order in which a name is looked up.
TABLES = ("arms", "patients", "studies", "reports")

Own = Mapping[str, Mapping[str, ColumnSpec]]


@dataclass(frozen=True, slots=True)
class OverlapColumns:
    """Names of columns of arms, patients, studies or reports.

    Attributes:
        where: Say where patients were treated, closer than a country: centre, hospital, city.
        alike: Agree where patients are the same: site, disease, dose. None = every own column of words or numbers of
            the arms and every own column of words of the patients.
        years: One or two columns: first and last year of recruitment.
    """

    where: tuple[str, ...] = ()
    alike: tuple[str, ...] | None = None
    years: tuple[str, ...] = ()


def column_of(own: Own, name: str) -> tuple[str, ColumnSpec] | None:
    """The table and the column of that name, the review's own or a core one."""
    for table in TABLES:
        spec = own.get(table, {}).get(name) or CORE[table].column(name)
        if spec is not None:
            return table, spec
    return None


def read_overlap(toml: TomlFile, own: Own, problems: list[Problem]) -> OverlapColumns:
    """The columns that a review names; problems are appended."""
    declared = toml.values.get("overlap", {})
    if not isinstance(declared, Mapping):
        message = f"overlap is {declared!r}, not a table"
        problems.append(toml.problem("not-a-table", ("overlap",), message, "write an [overlap] table"))
        return OverlapColumns()
    keys = ("where", "alike", "years")
    problems += [toml.unknown_key(("overlap", key), keys) for key in declared if key not in keys]
    found = {key: _names(toml, own, key, declared[key], problems) for key in keys if key in declared}
    if len(found.get("years", ())) > 2:
        message = "years names more than two columns"
        problems.append(toml.problem("bad-value", ("overlap", "years"), message, "name the first and the last year"))
    return OverlapColumns(found.get("where", ()), found.get("alike"), found.get("years", ())[:2])


def _names(toml: TomlFile, own: Own, key: str, value: Any, problems: list[Problem]) -> tuple[str, ...]:
    path = ("overlap", key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        message = f"{key} is {value!r}, not a list of columns"
        problems.append(toml.problem("not-a-list", path, message, f'write {key} = ["...", "..."]'))
        return ()
    found = []
    for name in value:
        column = column_of(own, name)
        if column is None:
            known = [name for table in TABLES for name in (*own.get(table, {}), *CORE[table].names)]
            message = f"{key}: {name!r} is no column of {', '.join(TABLES)}"
            problems.append(toml.problem("unknown-column", path, message, near(name, list(dict.fromkeys(known)))))
        elif key == "years" and not column[1].is_numeric:
            message = f"years: {name} is a {column[1].type}, not a year"
            problems.append(toml.problem("bad-value", path, message, "name columns of whole numbers or years"))
        else:
            found.append(name)
    return tuple(dict.fromkeys(found))
