"""What a row of a table is called where people name it: its id, or the cells that together tell it from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .specs import TableSpec

#: Cells that together name a row of a table without an id.
NATURAL_KEYS: Mapping[str, tuple[str, ...]] = {
    "outcomes": ("arm_id", "outcome", "unit", "timepoint_months"),
    "adverse_events": ("arm_id", "term"),
    "appraisals": ("study_id", "tool", "item", "rater"),
    "certainty": ("outcome", "selection", "domain", "rater"),
    "overlap": ("arm_a", "arm_b"),
}


def naming(spec: TableSpec) -> tuple[str, ...]:
    """The columns that name a row of a table."""
    return (spec.key,) if spec.key else NATURAL_KEYS.get(spec.name, spec.names)


def row_names(rows: Sequence[Mapping[str, Any]], spec: TableSpec) -> tuple[str, ...]:
    """The name of each row; one that shares its name with an earlier row has its number beside it."""
    columns, found = naming(spec), dict[str, None]()
    for row in rows:
        parts = [_text(row.get(column)) for column in columns]
        name = " ".join(part for part in parts if part)
        number = 1
        while (key := name if number == 1 else f"{name} #{number}") in found:
            number += 1
        found[key] = None
    return tuple(found)


def plain(text: str) -> str:
    """A cell or a name without what tells nothing apart: blanks, and ``6.0`` for ``6``."""
    return " ".join(_number(part) for part in text.split())


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _number(text: str) -> str:
    try:
        return f"{float(text):.12g}"
    except ValueError:
        return text
