"""What another software found beside what we found: quantity by quantity, with a verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from .. import display

if TYPE_CHECKING:
    import pandas as pd

#: One number, or one for each study.
Value = float | tuple[float, ...]

SAME, DIFFERS, NOT_COMPARABLE = "same", "differs", "not comparable"
#: Differences below this are the processor's and are not told apart.
TINY = 1e-12
#: Width of the text of a whole comparison.
WIDTH = 80


@dataclass(frozen=True, slots=True)
class Closeness:
    """How close two numbers of one quantity must be to be called the same.

    Attributes:
        fraction: Of the quantity's scale (``Quantity.scale``).
        why: Why not closer.
    """

    fraction: float
    why: str

    @property
    def reason(self) -> str:
        """The tolerance in words."""
        return f"{self.fraction:.0e} of the standard error, width or value; {self.why}"


ROUNDING = Closeness(1e-8, "only rounding lies between closed forms")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One of our numbers.

    Attributes:
        key, label: Stable name, and words.
        value: One number, or one for each study.
        scale: What a difference is measured by, > 0: the standard error for an estimate and its limits.
    """

    key: str
    label: str
    value: Value
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What one software says to an analysis.

    Attributes:
        software, version: Name, and version or None where it is not here.
        values: Key of a quantity -> its number.
        closeness: Key -> how close; ``ROUNDING`` for those not named.
        apart: Key -> why its number can't be compared.
        says: A sentence on what it can't do, or None.
        options: The call's options that were not left to a default, for the record.
    """

    software: str
    version: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    closeness: Mapping[str, Closeness] = field(default_factory=dict)
    apart: Mapping[str, str] = field(default_factory=dict)
    says: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity by one software.

    Attributes:
        software, version: Whose number it is.
        key, quantity: Stable name of the quantity, and words.
        ours, theirs: The numbers; of one for each study those furthest apart; None where there is none.
        difference: Absolute difference, or None.
        tolerance: Up to which difference the two are the same, and ``reason`` why not less; None if not comparable.
        reason: Of the tolerance, or why they are not comparable.
        verdict: ``same``, ``differs`` or ``not comparable``.
    """

    software: str
    version: str | None
    key: str
    quantity: str
    ours: float | None
    theirs: float | None
    difference: float | None
    tolerance: float | None
    reason: str
    verdict: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """One analysis by other software.

    Attributes:
        title: Of the analysis: its model and limits.
        rows: Quantity by quantity, software by software.
        remarks: (software, sentence) on what it can't do, or that it is not here.
    """

    title: str
    rows: tuple[Row, ...]
    remarks: tuple[tuple[str, str], ...] = ()

    @property
    def differing(self) -> tuple[Row, ...]:
        """Rows whose difference is beyond its tolerance."""
        return tuple(row for row in self.rows if row.verdict == DIFFERS)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; None where there is none, never NaN."""
        return {
            "title": self.title,
            "rows": [row.to_dict() for row in self.rows],
            "remarks": [{"software": software, "text": text} for software, text in self.remarks],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per quantity and software; the columns are the fields of ``Row``."""
        import pandas as pd

        names = [f.name for f in fields(Row)]
        return pd.DataFrame([[getattr(row, name) for name in names] for row in self.rows], columns=names)

    def __str__(self) -> str:
        lines = [self.title]
        for software, rows in self.by_software().items():
            lines += ["", software]
            lines += [f"  {row.quantity:<34}{shown(row.ours):>13}{shown(row.theirs):>13}  {said(row)}" for row in rows]
            lines += self._footnotes(rows)
        for software, text in self.remarks:
            lines += ["", *textwrap.wrap(f"{software}: {text}", WIDTH)]
        return "\n".join(lines)

    def by_software(self) -> dict[str, tuple[Row, ...]]:
        """``metafor 3.8-1`` -> its rows."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(" ".join(part for part in (row.software, row.version) if part), []).append(row)
        return {software: tuple(rows) for software, rows in found.items()}

    def _footnotes(self, rows: tuple[Row, ...]) -> list[str]:
        return [line for text in footnotes(rows) for line in textwrap.wrap(text, WIDTH - 2, initial_indent="  ")]


def compare(ours: Mapping[str, Quantity], theirs: Answer) -> tuple[Row, ...]:
    """The rows of one software, in our order of quantities."""
    rows = []
    for key, quantity in ours.items():
        if key in theirs.apart:
            rows.append(_apart(quantity, theirs))
        elif key in theirs.values:
            rows.append(_row(quantity, theirs))
    return tuple(rows)


def _apart(quantity: Quantity, theirs: Answer) -> Row:
    value = theirs.values.get(quantity.key)
    ours = quantity.value if isinstance(quantity.value, float) else None
    return Row(
        theirs.software,
        theirs.version,
        quantity.key,
        quantity.label,
        ours,
        value if isinstance(value, float) else None,
        None,
        None,
        theirs.apart[quantity.key],
        NOT_COMPARABLE,
    )


def _row(quantity: Quantity, theirs: Answer) -> Row:
    ours, value = furthest(quantity.value, theirs.values[quantity.key])
    closeness = theirs.closeness.get(quantity.key, ROUNDING)
    tolerance = closeness.fraction * quantity.scale
    difference = abs(ours - value)
    return Row(
        theirs.software,
        theirs.version,
        quantity.key,
        quantity.label,
        ours,
        value,
        difference,
        tolerance,
        closeness.reason,
        SAME if difference <= tolerance else DIFFERS,
    )


def furthest(ours: Value, theirs: Value) -> tuple[float, float]:
    """The two numbers, or of one for each study the two furthest apart.

    Raises:
        ValueError: not as many numbers on both sides.
    """
    mine = ours if isinstance(ours, tuple) else (ours,)
    others = theirs if isinstance(theirs, tuple) else (theirs,)
    return max(zip(mine, others, strict=True), key=lambda pair: abs(pair[0] - pair[1]))


def shown(value: float | None) -> str:
    """A number with seven significant digits, or a dash."""
    return display.significant(value, 7)


def said(row: Row) -> str:
    """The verdict, with the difference where there is one."""
    if row.difference is None:
        return row.verdict
    return f"{row.verdict} (<{TINY:.0e})" if row.difference < TINY else f"{row.verdict} ({row.difference:.0e})"


def footnotes(rows: tuple[Row, ...]) -> list[str]:
    """Each reason once: of the tolerances, then why numbers are not comparable."""
    found: dict[tuple[bool, str], list[str]] = {}
    for row in rows:
        found.setdefault((row.verdict == NOT_COMPARABLE, row.reason), []).append(row.quantity)
    tolerances = [f"Tolerance: {reason}." for apart, reason in found if not apart]
    why = [f"Not comparable ({', '.join(names)}): {reason}." for (apart, reason), names in found.items() if apart]
    return [*tolerances, *why]
