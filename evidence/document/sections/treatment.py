"""What was given: concentration, volume, interval, sessions, duration, follow-up, or whatever numbers a review has."""

from __future__ import annotations

from ... import display
from ...tables.given_tables import treatment_table
from ...treatment import Treatment
from .. import given
from ..blocks import Section, TableBlock, paragraph
from ..findings import Findings
from ..sentences import lower


def section(findings: Findings) -> Section | None:
    """How many arms report each number, then medians and ranges; None where the review declares no number for arms."""
    found = given.treatment(findings)
    if not found.quantities:
        return None
    told = any(groups[0].arms_reporting for _, groups in found.quantities)
    words = (
        f"Of {display.plural(found.arms, 'arm')} with {display.plural(found.patients, 'treated patient')}:"
        f" {_reported(found)}. What an arm does not report is not known; it is not 0."
    )
    blocks = (paragraph(words, kind="plain" if told else "caution"), TableBlock(treatment_table(found)))
    return Section("treatment", "Treatment given", blocks)


def _reported(found: Treatment) -> str:
    """How many arms report each quantity; those of no arm together at the end."""
    parts = [
        f"{lower(one.heading)} is reported by {display.plural(groups[0].arms_reporting, 'arm')}"
        f" ({display.plural(groups[0].patients_reporting, 'patient')})"
        for one, groups in found.quantities
        if groups[0].arms_reporting
    ]
    silent = [lower(one.heading) for one, groups in found.quantities if not groups[0].arms_reporting]
    if silent:
        parts.append(f"no arm reports {' or '.join(silent) if len(silent) < 3 else ', '.join(silent)}")
    return "; ".join(parts)
