"""Adverse events that a claim names, or denies, against those that our arms tell of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import display
from ..review.arm_groups import patients_of
from ..review.codebook import items
from ..review.harm_statements import telling_arms
from ..tables.records import Row, rows_of
from .claim_proportions import LEVEL, exact_limits
from .claimed import FEW_STUDIES, FEW_UNITS, CheckedClaim, Verdict, arms_meant, is_own, parse_filter, studies_of

if TYPE_CHECKING:
    from ..review.review import Review


def check_events(review: Review, row: Row, model: Any = None) -> CheckedClaim:
    """Events said to occur, or not to, in the arms that say anything about adverse events.

    An event that is denied and was seen contradicts; a named one that was not seen does not: its absence from a few
    reports shows nothing. A claimed share is held against the exact limits of the patients whose reports count it.
    """
    where = parse_filter(row["filter"])
    known, arms = arms_meant(review, where)
    telling = [arm for arm in arms if arm in telling_arms(review)]
    seen = [one for one in rows_of(review, "adverse_events") if one["arm_id"] in telling]
    names = items(row.get("events") or "")
    matched = {name: [one for one in seen if _names(name, one)] for name in names}
    rows = [one for found in matched.values() for one in found if one["events"] is not None]
    events, n = sum(int(one["events"]) for one in rows), sum(int(one["total"]) for one in rows)
    share = _share(row)
    counted = share is not None and n > 0
    studies, patients = studies_of(known, telling), patients_of(known, telling)
    verdict = _verdict(row, matched, studies, patients)
    limits = exact_limits(events, n, LEVEL) if counted else None
    if verdict != "too few data" and share is not None:
        few = limits is None or n < FEW_UNITS or len({one["arm_id"] for one in rows}) < FEW_STUDIES
        inside = limits is not None and limits[0] <= share <= limits[1]
        verdict = "too few data" if few else "not contradicted" if inside else "contradicted"
    return CheckedClaim(
        row,
        where,
        share,
        share,
        events if counted else None,
        n if counted else None,
        studies,
        limits,
        found=_found(len(arms), len(telling), patients, matched, seen),
        numbers={"arms": len(arms), "arms_telling": len(telling), "patients_telling": patients},
        own=is_own(review, row, known, telling),
        verdict=verdict,
    )


def _names(name: str, event: Row) -> bool:
    told = {str(event[column]).casefold() for column in ("term", "system_organ_class") if event[column] is not None}
    return name.casefold() in told


def _share(row: Row) -> float | None:
    """The claimed share of patients, or None where none is stated."""
    if row["value"] is None:
        return None
    if str(row["unit"] or "").startswith("percent"):
        return float(row["value"]) / 100
    return float(row["value"]) / int(row["n_patients"]) if row["n_patients"] else None


def _verdict(row: Row, matched: dict[str, list[Row]], studies: int, patients: int) -> Verdict:
    if studies < FEW_STUDIES or patients < FEW_UNITS:
        return "too few data"
    if not matched:
        return "not checked"
    if row.get("denied") == "yes":
        return "contradicted" if any(matched.values()) else "not contradicted"
    return "not contradicted" if all(matched.values()) else "too few data"


def _found(arms: int, telling: int, patients: int, matched: dict[str, list[Row]], seen: Sequence[Row]) -> str:
    verb = "says" if telling == 1 else "say"
    text = f"{telling} of {display.plural(arms, 'arm')} {verb} anything about adverse events"
    if not telling:
        return text
    text += f" ({display.plural(patients, 'patient')})"
    told = [f"{name} {_counts(found)}" for name, found in matched.items() if found]
    absent = [name for name, found in matched.items() if not found]
    others = {str(one["term"]): None for one in seen if not any(one in found for found in matched.values())}
    parts = [
        *([f"told of: {', '.join(told)}"] if told else []),
        *([f"not told of: {', '.join(absent)}"] if absent else []),
    ]
    if others:
        parts.append(f"other events there: {', '.join(others)}")
    return "; ".join([text, *parts])


def _counts(found: Sequence[Row]) -> str:
    """Of each arm the patients with the event: ``(1 of 1 patient)``."""
    known = [one for one in found if one["events"] is not None]
    if not known:
        return "(number not given)"
    return f"({sum(int(o['events']) for o in known)} of {sum(int(o['total']) for o in known)})"
