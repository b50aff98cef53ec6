"""Whether a patient of one arm may be one of another: age, sex and the years between the reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log2
from typing import Any

from .overlap_facts import ArmFacts

Row = Mapping[str, Any]

#: Years by which an age may be off: a birthday between, or rounding.
SLACK = 1
#: Over how many years ages are spread, for the chance that two patients agree (J).
SPREAD = 50
_SEX = {"F": "woman", "M": "man"}


@dataclass(frozen=True, slots=True)
class Match:
    """Patients that may be in both arms.

    Attributes:
        pairs: Rows of patients.csv, one of each arm.
        chance: Probability that so many agree where no patient is in both, roughly.
    """

    pairs: tuple[tuple[Row, Row], ...]
    chance: float

    @property
    def bits(self) -> float:
        """How surprising that is: the binary logarithm of 1 in so many."""
        return -log2(max(self.chance, 1e-9))


def fits(one: Row, other: Row, years: int | None) -> bool | None:
    """Whether two rows may be one patient; None where age or sex of one is not known.

    Args:
        one, other: Rows of patients.csv.
        years: From the publication of the first to that of the other; None = not known.
    """
    if None not in (one["sex"], other["sex"]) and one["sex"] != other["sex"]:
        return False
    if None in (one["age_years"], other["age_years"]):
        return None
    low, high = age_range(years)
    if not low <= other["age_years"] - one["age_years"] <= high:
        return False
    return True if None not in (one["sex"], other["sex"]) else None


def age_range(years: int | None) -> tuple[int, int]:
    """By how much the age in a report may differ from that in another, ``years`` earlier."""
    gap = years or 0
    return min(gap, 0) - SLACK, max(gap, 0) + SLACK


def matched(one: ArmFacts, other: ArmFacts, years: int | None) -> Match | None:
    """The patients that may be in both arms, each once; None where there are none.

    The youngest first, each with the youngest that fits: as all may be off by the same, no other way finds more.
    """
    left, pairs = sorted(other.patients, key=_by_age), list[tuple[Row, Row]]()
    for row in sorted(one.patients, key=_by_age):
        theirs = next((theirs for theirs in left if fits(row, theirs, years)), None)
        if theirs is not None:
            left.remove(theirs)
            pairs.append((row, theirs))
    if not pairs:
        return None
    low, high = age_range(years)
    told = _told(one.patients) * _told(other.patients)
    return Match(tuple(pairs), _at_least(len(pairs), told * 0.5 * min(1.0, (high - low + 1) / SPREAD)))


def _by_age(row: Row) -> tuple[float, str]:
    """Age; among the same, everything but the names of rows, so that the order of a table changes nothing."""
    rest = sorted((name, str(value)) for name, value in row.items() if name not in ("patient_id", "arm_id"))
    return row["age_years"] or 0.0, str(rest)


def _told(rows: Sequence[Row]) -> int:
    """Patients whose age and sex are known."""
    return sum(None not in (row["age_years"], row["sex"]) for row in rows)


def _at_least(times: int, expected: float) -> float:
    """Probability of ``times`` or more where so many are expected by chance (Poisson)."""
    term, below = exp(-expected), 0.0
    for i in range(times):
        below += term
        term *= expected / (i + 1)
    return max(0.0, 1 - below)


def excluded(one: ArmFacts, other: ArmFacts, years: int | None) -> str | None:
    """Why no patient can be in both arms, where all patients of both are described; else None."""
    if any(arm.n is None or len(arm.patients) != arm.n for arm in (one, other)):
        return None
    if any(fits(a, b, years) is not False for a in one.patients for b in other.patients):
        return None
    return f"no patient fits: {_listed(one)}, {_listed(other)}"


def _listed(arm: ArmFacts) -> str:
    """The patients of an arm, or how many."""
    if len(arm.patients) > 3:
        return f"{len(arm.patients)} patients{when(arm)}"
    return " and ".join(described(row) for row in arm.patients) + when(arm)


def described(row: Row) -> str:
    """A patient in words: ``a woman of 54``."""
    who = _SEX.get(row["sex"] or "", "patient")
    return f"a {who}" if row["age_years"] is None else f"a {who} of {row['age_years']:g}"


def when(arm: ArmFacts) -> str:
    """The year of an arm's report in brackets, nothing where it is not known."""
    return "" if arm.year is None else f" ({arm.year})"


def told(match: Match, one: ArmFacts, other: ArmFacts) -> str:
    """The patients that fit, with their ages: ``a woman of 54 (2019) and one of 55 (2020)``."""
    (first, second), n = match.pairs[0], len(match.pairs)
    if n > 1:
        ages = ", ".join(f"{a['age_years']:g} and {b['age_years']:g}" for a, b in match.pairs[:4])
        more = f" and {n - 4} more" if n > 4 else ""
        return f"{n} patients agree in sex and age{when(one)}{when(other)}: {ages}{more}"
    of = f"one of {second['age_years']:g}"
    many = "" if len(one.patients) == len(other.patients) == 1 else "among others, "
    return f"{many}{described(first)}{when(one)} and {of}{when(other)}"
