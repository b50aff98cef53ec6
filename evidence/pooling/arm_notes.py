"""Caveats that come from how each arm is known: read from the core columns that a review's selection carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .notes import note
from .result import Note

#: Ways a report was seen that show no more than its abstract.
SEEN_IN_PART = ("abstract", "secondary", "title_only")
#: Column of arms with what else was given, and what it holds where nothing was.
CONCOMITANT, NOTHING_ELSE = "concomitant_therapy", ("none", "no")


def notes_of_arms(arms: Sequence[Mapping[str, Any]]) -> tuple[Note, ...]:
    """Notes on the arms in a pool.

    Args:
        arms: Facts of each arm by column name; a column that the data don't have makes no note.
    """
    k = len(arms)
    low = sum(arm.get("confidence") == "low" for arm in arms)
    partly = sum(arm.get("source_seen") in SEEN_IN_PART for arm in arms)
    doubled = [str(arm.get("study") or arm.get("arm_id")) for arm in arms if arm.get("possible_overlap")]
    undated = sum("year" in arm and arm["year"] is None for arm in arms)
    told = [str(arm[CONCOMITANT] or "") for arm in arms if CONCOMITANT in arm]
    given = sum(text != "" and text.casefold() not in NOTHING_ELSE for text in told)
    found = []
    if low:
        found.append(note("low-confidence", low=low, k=k))
    if partly:
        found.append(note("abstract-only", partly=partly, k=k))
    if doubled:
        found.append(note("overlap", arms=", ".join(doubled)))
    if given:
        silent = f" (not said in {told.count('')} more)" if "" in told else ""
        found.append(note("mixed-concomitant", given=given, k=k, silent=silent))
    if undated:
        found.append(note("no-year", undated=undated, k=k))
    return tuple(found)
