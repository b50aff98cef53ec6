"""Conditions that choose arms, as cells of a table hold them: ``column=value; column=value``."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import Problem, near
from .reading import Table
from .specs import LIST_SEPARATOR, items


def split_condition(condition: str) -> tuple[str, str]:
    """Column and value of one condition; either is empty where it is not there."""
    name, _, value = (part.strip() for part in condition.partition("="))
    return name, value


def conditions(cell: str | None) -> dict[str, frozenset[str]]:
    """Column -> the values it may have; a column that is named twice has two."""
    found: dict[str, frozenset[str]] = {}
    for condition in items(cell or ""):
        name, value = split_condition(condition)
        found[name] = found.get(name, frozenset()) | {value}
    return found


def condition_problems(
    table: Table, position: int, column: str, condition: str, tables: Mapping[str, Table]
) -> list[Problem]:
    """What is wrong with one condition in ``column`` of a row: its form, its column, its value."""
    name, value = split_condition(condition)
    if not name or not value:
        mend = f"write column=value{LIST_SEPARATOR}column=value"
        message = f"{column}: {condition!r} is not column=value"
        return [table.problem("bad-filter", position, column, message, mend)]
    specs = [tables[t].spec for t in ("arms", "studies", "reports")]
    found = next((spec.column(name) for spec in specs if spec.column(name)), None)
    if found is None:
        known = tuple(dict.fromkeys(known for spec in specs for known in spec.names))
        message = f"{column}: {name!r} is not a column of arms, studies or reports"
        return [table.problem("unknown-column", position, column, message, near(name, known))]
    if found.terms and value not in found.terms:
        message = f"{column}: {value!r} is not a value of {name}"
        return [table.problem("unknown-term", position, column, message, near(value, tuple(found.terms)))]
    return []
