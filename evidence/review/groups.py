"""Groups of arms by a column: terms, texts, or a number that is cut."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ..errors import usage
from .arm_columns import NOT_REPORTED
from .codebook import ColumnSpec

#: Label of the arms whose column is empty; always a group of its own, always last.
NOT_REPORTED_LABEL = "not reported"


def group_labels(column: ColumnSpec, values: Mapping[str, Any], cut: Sequence[float] = ()) -> dict[str, str]:
    """The group of each arm.

    Args:
        column: Column of the groups.
        values: arm_id -> value; None = not reported.
        cut: Where a number is cut, in its unit: k cuts make k + 1 groups.

    Returns:
        arm_id -> label, ordered by group in display order: terms as the codebook lists them, numbers rising, texts as
        they come, "not reported" last.

    Raises:
        UsageError: a number without cuts, or cuts that do not fit.
    """
    limits = _checked_cut(column, values, cut)
    labels = {arm: _label(column, value, limits) for arm, value in values.items()}
    present = list(dict.fromkeys(labels.values()))
    order = _cut_labels(column, limits) if limits else [_shown(column, term) for term in column.terms]
    ranks = {label: rank for rank, label in enumerate([*order, *(name for name in present if name not in order)])}
    ranks[NOT_REPORTED_LABEL] = len(ranks)
    return dict(sorted(labels.items(), key=lambda item: ranks[item[1]]))


def _checked_cut(column: ColumnSpec, values: Mapping[str, Any], cut: Sequence[float]) -> tuple[float, ...]:
    if not column.is_numeric:
        if cut:
            mend = f"leave the cut out, or group by a number instead of {column.name}"
            raise usage(f"{column.name} is not a number and can't be cut", mend, "cut-not-a-number")
        return ()
    if not cut:
        mend = f"give cuts, such as {_suggestion(values)}"
        raise usage(f"{column.name} is a number: groups need cuts", mend, "cut-missing")
    limits = tuple(float(value) for value in cut)
    if any(not math.isfinite(value) for value in limits) or list(limits) != sorted(set(limits)):
        raise usage(f"the cuts {', '.join(map(str, cut))} do not rise", "give each once, smallest first", "bad-cut")
    return limits


def _suggestion(values: Mapping[str, Any]) -> str:
    known = sorted({float(value) for value in values.values() if value is not None})
    return f"{known[len(known) // 2]:g}" if known else "10"


def _label(column: ColumnSpec, value: Any, limits: tuple[float, ...]) -> str:
    if value is None or value == NOT_REPORTED:
        return NOT_REPORTED_LABEL
    if limits:
        return _cut_labels(column, limits)[bisect_right(limits, float(value))]
    return _shown(column, str(value))


def _shown(column: ColumnSpec, value: str) -> str:
    return one_line(value.replace("_", " ") if column.type == "term" else value)


def one_line(text: str) -> str:
    """A text without line breaks."""
    return " ".join(text.split())


def _cut_labels(column: ColumnSpec, limits: tuple[float, ...]) -> list[str]:
    unit = f" {column.unit}" if column.unit else ""
    inner = [f"{low:g} to < {high:g}{unit}" for low, high in pairwise(limits)]
    return [f"< {limits[0]:g}{unit}", *inner, f">= {limits[-1]:g}{unit}"]
