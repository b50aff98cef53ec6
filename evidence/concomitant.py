"""What else the patients were given at the same time: which arms name it, which say nothing else, which don't say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .review.arm_columns import NOT_REPORTED, arm_columns
from .review.arm_groups import counted_once, patients_of
from .review.codebook import items

if TYPE_CHECKING:
    from .review.review import Review

#: What a cell says where a report states that nothing else was given.
NONE = ("none", "no", "nothing else")


@dataclass(frozen=True, slots=True)
class Concomitant:
    """Other treatments at the same time.

    Attributes:
        heading: Of the column.
        arms, patients: All of them, patients counted once.
        named: arm_id -> what was given, word for word. named_patients: Treated in those arms.
        none: Arms whose report states that nothing else was given. none_patients: Treated in those.
        silent: Arms that don't say. silent_patients: Treated in those.
    """

    heading: str
    arms: int
    patients: int
    named: Mapping[str, str]
    named_patients: int
    none: tuple[str, ...]
    none_patients: int
    silent: tuple[str, ...]
    silent_patients: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "heading": self.heading,
            "arms": self.arms,
            "patients": self.patients,
            "named": dict(self.named),
            "named_patients": self.named_patients,
            "none": list(self.none),
            "none_patients": self.none_patients,
            "silent": list(self.silent),
            "silent_patients": self.silent_patients,
        }


def concomitant_treatment(review: Review) -> Concomitant | None:
    """Other treatments at the same time, by the column that review.toml names as ``concomitant``; None without one."""
    name = review.settings.concomitant
    if name is None:
        return None
    known = arm_columns(review)
    spec = known.specs[name]
    arms = counted_once(known, known.arms)
    said = {arm: known.arms[arm][name] for arm in arms}
    silent = tuple(arm for arm, value in said.items() if value is None or value == NOT_REPORTED)
    none = tuple(arm for arm, value in said.items() if arm not in silent and _says_none(str(value)))
    named = {arm: str(value) for arm, value in said.items() if arm not in silent and arm not in none}
    return Concomitant(
        heading=spec.title,
        arms=len(arms),
        patients=patients_of(known, arms),
        named=named,
        named_patients=patients_of(known, named),
        none=none,
        none_patients=patients_of(known, none),
        silent=silent,
        silent_patients=patients_of(known, silent),
    )


def _says_none(cell: str) -> bool:
    return all(item.strip(" .").casefold() in NONE for item in items(cell))
