"""What was given and when it was seen to work: computed for sections and results.json alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..concomitant import concomitant_treatment
from ..response_times import ResponseTimes, response_times
from ..review.arm_columns import arm_columns
from ..treatment import Treatment, treatment_given

if TYPE_CHECKING:
    from .findings import Findings


def given(findings: Findings) -> dict[str, Any]:
    """Treatment, treatment at the same time and times, as plain values for JSON; None for what the review lacks."""
    other = concomitant_treatment(findings.review)
    return {
        "treatment": treatment(findings).to_dict(),
        "concomitant": None if other is None else other.to_dict(),
        "times": times(findings).to_dict(),
    }


def treatment(findings: Findings) -> Treatment:
    """The treatment given, by the first column of arms that the analysis makes groups by."""
    by, cut = _grouping(findings)
    return treatment_given(findings.review, by, cut)


def times(findings: Findings) -> ResponseTimes:
    """Times, of the outcomes as the analysis pools them."""
    selections = {_title(findings, i): (found.spec.unit, found.selection) for i, found in enumerate(findings.outcomes)}
    return response_times(findings.review, selections)


def _title(findings: Findings, i: int) -> str:
    """Title of an outcome, with the arms it is asked of."""
    found = findings.outcomes[i]
    return str(found.spec.title) + "".join(f"; {column} = {value}" for column, value in found.request.where.items())


def _grouping(findings: Findings) -> tuple[str | None, Sequence[float]]:
    known = arm_columns(findings.review).specs
    for found in findings.outcomes:
        for column in found.request.by:
            if column in known:
                return column, found.request.cut.get(column, ())
    return None, ()
