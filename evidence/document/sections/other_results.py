"""Studies that no pool holds, and what they found."""

from __future__ import annotations

from ... import display
from ...tables.records import rows_of
from ...tables.review_tables import arms_without_outcome, continuous_results
from ..blocks import Block, Section, TableBlock, paragraph
from ..findings import Findings


def section(findings: Findings) -> Section | None:
    """Arms without any dichotomous outcome, then the continuous results."""
    review = findings.review
    table = arms_without_outcome(review)
    results = rows_of(review, "continuous_results")
    if not table.rows and not results:
        return None
    blocks: list[Block] = []
    if table.rows:
        patients, one = sum(int(row[1].value) for row in table.rows), len(table.rows) == 1
        text = (
            f"{display.plural(len(table.rows), 'arm')} with {patients} of {findings.treated} treated patients"
            f" {'has' if one else 'have'} no count of any outcome and so {'is' if one else 'are'} in no pool."
        )
        blocks.append(paragraph(text + _continuous_only(findings), kind="lead"))
        blocks.append(TableBlock(table))
    if results:
        blocks.append(TableBlock(continuous_results(review)))
    return Section("other-results", "Studies without a poolable outcome", tuple(blocks))


def _continuous_only(findings: Findings) -> str:
    review = findings.review
    counted = {row["arm_id"] for row in rows_of(review, "outcomes")}
    measured = {row["arm_id"] for row in rows_of(review, "continuous_results")} - counted
    patients = sum(int(row["n_treated"]) for row in rows_of(review, "arms") if row["arm_id"] in measured)
    if not patients:
        return ""
    arms = display.plural(len(measured), "arm")
    return f" {patients} of {findings.treated}, in {arms}, have continuous results only: they are listed below."
