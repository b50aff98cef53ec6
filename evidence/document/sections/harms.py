"""Adverse events: counts in the arms that say anything, never rates."""

from __future__ import annotations

from ...harms import harm_counts
from ...tables.harm_table import harm_table
from ...tables.records import rows_of
from ...tables.review_tables import adverse_events
from ..blocks import Block, Details, Section, TableBlock, paragraph
from ..findings import Findings
from ..sentences import harm_arms


def section(findings: Findings) -> Section:
    """How many arms say anything, then what they say."""
    review = findings.review
    telling = harm_arms(findings)
    arms = rows_of(review, "arms")
    treated = sum(int(arm["n_treated"]) for arm in arms if str(arm["arm_id"]) in telling)
    says = "says" if len(telling) == 1 else "say"
    text = (
        f"{len(telling)} of {len(arms)} arms, with {treated} of {findings.treated} treated patients, {says} anything"
        " about adverse events. The others are silent, which is not the same as free of them. What follows are counts"
        " in those arms, not rates."
    )
    blocks: list[Block] = [paragraph(text, kind="lead" if telling else "caution")]
    counts = harm_counts(review)
    if counts.rows:
        blocks.append(TableBlock(harm_table(counts)))
    if rows_of(review, "adverse_events"):
        what = "Every statement, as the reports tell it"
        blocks.append(Details(what, (TableBlock(adverse_events(review)),)))
    else:
        blocks.append(paragraph("No single event is named in what was read."))
    return Section("harms", "Adverse events", tuple(blocks))
