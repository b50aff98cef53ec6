"""The treatment given: what the arms of a review report of its numbers, and how many arms report nothing of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from .review.arm_columns import ArmColumns, arm_columns
from .review.arm_groups import arm_groups, counted_once, patients_of

if TYPE_CHECKING:
    from .review.review import Review
    from .review.specs import ColumnSpec

#: Lower and upper end of what an arm reports; None = that end is not reported.
Ends = tuple[float | None, float | None]

_MEASURED = ("number", "integer")
#: A longer text is no heading.
_HEADING_WORDS = 6
_NOTE = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of the treatment.

    Attributes:
        name: Of its column, without ``_min`` where two columns hold the ends of a range.
        heading: For people, without the unit. unit: Of the number, or None.
        lower, upper: Columns of the ends; the same one where a single column holds the number.
    """

    name: str
    heading: str
    unit: str | None
    lower: str
    upper: str

    @property
    def title(self) -> str:
        """Heading with the unit."""
        return f"{self.heading} ({self.unit})" if self.unit else self.heading


@dataclass(frozen=True, slots=True)
class Given:
    """One quantity in one group of arms.

    Attributes:
        group: Label of the group; empty for all arms.
        arms, patients: How many there are, patients counted once.
        arms_reporting, patients_reporting: How many of them report the quantity.
        ranges: Reporting arms whose two ends differ. one_ended: Reporting arms that report one end only.
        median: Over the reporting arms with both ends, a range taken as its middle; None with fewer than two of them.
        lowest, highest: Smallest and largest end reported; None where none is.
    """

    group: str
    arms: int
    patients: int
    arms_reporting: int
    patients_reporting: int
    ranges: int
    one_ended: int
    median: float | None
    lowest: float | None
    highest: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Treatment:
    """The treatment given in a review.

    Attributes:
        heading: What makes the groups; empty without groups.
        arms, patients: All of them, patients counted once.
        doubled: Arms left out, as another arm counts their patients.
        quantities: Each with all arms first, then its groups in display order.
        as_text: Heading of a column of text as printed -> arms that have a text there and none of its number.
    """

    heading: str
    arms: int
    patients: int
    doubled: int
    quantities: tuple[tuple[Quantity, tuple[Given, ...]], ...]
    as_text: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "by": self.heading or None,
            "arms": self.arms,
            "patients": self.patients,
            "doubled": self.doubled,
            "quantities": [
                {"name": one.name, "heading": one.heading, "unit": one.unit, "groups": [g.to_dict() for g in groups]}
                for one, groups in self.quantities
            ],
            "as_text": dict(self.as_text),
        }


def treatment_given(review: Review, by: str | None = None, cut: Sequence[float] = ()) -> Treatment:
    """What the arms report of every number that the review declares for them.

    Args:
        review: The review.
        by: Column of arms, their studies or their reports that makes the groups; none if None.
        cut: Where a column of numbers is cut.

    Raises:
        UsageError: an unknown column, or cuts that do not fit.
    """
    known = arm_columns(review)
    kept = counted_once(known, known.arms)
    groups: dict[str, tuple[str, ...]] = {"": kept}
    heading = ""
    if by is not None:
        made = arm_groups(review, by, cut)
        heading = made.heading
        groups |= {label: tuple(arm for arm in arms if arm in set(kept)) for label, arms in made.arms.items()}
    found = quantities(review)
    return Treatment(
        heading=heading,
        arms=len(kept),
        patients=patients_of(known, kept),
        doubled=len(known.arms) - len(kept),
        quantities=tuple(
            (one, tuple(_given(known, one, label, arms) for label, arms in groups.items())) for one in found
        ),
        as_text=_as_text(review, known, kept, found),
    )


def quantities(review: Review) -> tuple[Quantity, ...]:
    """The numbers that a review declares for its arms, in its order; ``_min`` and ``_max`` of one name are one."""
    own = {name: spec for name, spec in review.settings.columns.get("arms", {}).items() if spec.type in _MEASURED}
    found = []
    for name, spec in own.items():
        stem = name.removesuffix("_min").removesuffix("_max")
        low, high = own.get(f"{stem}_min"), own.get(f"{stem}_max")
        if low is None or high is None:
            found.append(Quantity(name, _heading(spec), spec.unit, name, name))
        elif name.endswith("_min"):
            found.append(Quantity(stem, _shared_heading(stem, low, high), low.unit or high.unit, low.name, high.name))
    return tuple(found)


def _heading(spec: ColumnSpec) -> str:
    """The heading of a column, its meaning if that is short, else its name."""
    meaning = _NOTE.sub("", spec.meaning).strip(" .")
    return spec.heading or (meaning if 0 < len(meaning.split()) <= _HEADING_WORDS else _bare(spec.name, spec.unit))


def _shared_heading(stem: str, low: ColumnSpec, high: ColumnSpec) -> str:
    """What the two columns of a range have in common: of their headings, of their meanings, else of their names."""
    for pair in ((low.heading, high.heading), (low.meaning, high.meaning)):
        first, second = (_NOTE.sub("", text).split() for text in pair)
        if first and first == second and len(first) <= _HEADING_WORDS:
            return " ".join(first)
        if len(first) == len(second) > 1 and first[1:] == second[1:] and len(first) <= _HEADING_WORDS:
            text = " ".join(first[1:])
            return text[:1].upper() + text[1:]
    return _bare(stem, low.unit)


def _bare(name: str, unit: str | None) -> str:
    """A column's name as words, without the unit at its end."""
    ending = "_" + re.sub(r"\W+", "_", unit or "").casefold()
    shown = name[: -len(ending)] if unit and name.casefold().endswith(ending) else name
    text = shown.replace("_", " ").strip() or name
    return text[:1].upper() + text[1:]


def _given(known: ArmColumns, one: Quantity, label: str, arms: Collection[str]) -> Given:
    ends = {arm: _ends(known.arms[arm], one) for arm in arms}
    reporting = {arm: pair for arm, pair in ends.items() if pair != (None, None)}
    whole = [(low, high) for low, high in reporting.values() if low is not None and high is not None]
    values = [end for pair in reporting.values() for end in pair if end is not None]
    return Given(
        group=label,
        arms=len(arms),
        patients=patients_of(known, arms),
        arms_reporting=len(reporting),
        patients_reporting=patients_of(known, reporting),
        ranges=sum(low != high for low, high in whole),
        one_ended=len(reporting) - len(whole),
        median=median((low + high) / 2 for low, high in whole) if len(whole) > 1 else None,
        lowest=min(values, default=None),
        highest=max(values, default=None),
    )


def _ends(arm: Mapping[str, Any], one: Quantity) -> Ends:
    low, high = arm[one.lower], arm[one.upper]
    return None if low is None else float(low), None if high is None else float(high)


def _as_text(review: Review, known: ArmColumns, arms: Collection[str], found: Sequence[Quantity]) -> dict[str, int]:
    """Arms with a text in ``<name>_raw`` and no number in ``<name>_...``, by the heading of the column of texts."""
    counted = {}
    for name, spec in review.settings.columns.get("arms", {}).items():
        stem = name.removesuffix("_raw")
        numbers = [one for one in found if one.name == stem or one.name.startswith(f"{stem}_")]
        if spec.type != "text" or stem == name or not numbers:
            continue
        told = [arm for arm in arms if known.arms[arm][name] is not None]
        bare = [arm for arm in told if all(_ends(known.arms[arm], one) == (None, None) for one in numbers)]
        if bare:
            counted[spec.heading or _bare(name, spec.unit)] = len(bare)
    return counted
