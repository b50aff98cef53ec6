"""From what was typed to the cases that other software is asked about: all arms, and each group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .asking import Arms, arms_or_rates, model_for, refuse_study_limits, say_problems, specified

if TYPE_CHECKING:
    from ..crosscheck.case import Case
    from ..outcomes import Selection
    from ..pooling import Model


def cases(
    source: str, arms: Arms, model: str | None, options: Mapping[str, Any], study_limits: str
) -> tuple[tuple[str, Case], ...]:
    """Title and case of all arms, then of each group where groups were asked for.

    Args:
        source: Folder, name of a review, file, or ``-``.
        arms: Which arms. model: Name; None = the default for counts, or for rates. options: Of the model, as typed;
            None = its default.
        study_limits: Name of the limits of each study.

    Raises:
        EvidenceError: whatever was typed or read that can't be used.
    """
    from ..bare import RateSelection
    from ..crosscheck.case import case_of

    if model is not None:
        specified(model, options)
    selection, warnings = arms_or_rates(source, arms)
    chosen = model_for(selection, model, options)
    say_problems(warnings)
    title = selection.context.title or "counts"
    if isinstance(selection, RateSelection):
        refuse_study_limits(study_limits)
        return ((title, case_of(selection.rates, chosen)),)
    return ((title, _case(selection, None, chosen, study_limits)), *_groups(selection, chosen, study_limits))


def _groups(selection: Selection, chosen: Model, study_limits: str) -> Iterator[tuple[str, Case]]:
    heading = str(selection.context.headings.get(selection.by, selection.by)) if selection.by else ""
    for label, positions in (selection.groups or {}).items():
        yield f"{heading}: {label}", _case(selection, positions, chosen, study_limits)


def _case(selection: Selection, positions: Sequence[int] | None, chosen: Model, study_limits: str) -> Case:
    from ..crosscheck.case import case_of

    counts = selection.counts.counted_in(selection.context.unit)
    return case_of(counts if positions is None else counts.take(list(positions)), chosen, study_limits)
