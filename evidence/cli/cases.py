"""From what was typed to the cases that other software is asked about: all arms, and each group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .asking import Arms, say_problems, select_arms, specified

if TYPE_CHECKING:
    from ..crosscheck.case import Case


def cases(
    source: str, arms: Arms, model: str, options: Mapping[str, Any], study_limits: str
) -> tuple[tuple[str, Case], ...]:
    """Title and case of all arms, then of each group where groups were asked for.

    Args:
        source: Folder, name of a review, file, or ``-``.
        arms: Which arms. model: Name. options: Of the model, as typed; None = its default.
        study_limits: Name of the limits of each study.

    Raises:
        EvidenceError: whatever was typed or read that can't be used.
    """
    import numpy as np

    from ..crosscheck.case import case_of

    specification = specified(model, options)
    selection, warnings = select_arms(source, arms)
    say_problems(warnings)
    counts = selection.counts.counted_in(selection.context.unit)
    title = selection.context.title or "counts"
    found = [(title, case_of(counts, specification, study_limits))]
    heading = str(selection.context.headings.get(selection.by, selection.by)) if selection.by else ""
    for label, positions in (selection.groups or {}).items():
        group = counts.take(np.asarray(positions, dtype=int))
        found.append((f"{heading}: {label}", case_of(group, specification, study_limits)))
    return tuple(found)
