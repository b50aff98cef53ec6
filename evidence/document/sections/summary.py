"""What a hurried reader must know first: what the numbers can't bear, then the numbers."""

from __future__ import annotations

from ...tables.result_tables import glance
from ..blocks import Block, Cite, Heading, Points, Section, Strong, TableBlock, paragraph, text
from ..findings import Findings
from ..found import found
from ..sentences import summary

#: Words that the summary can't do without.
WORDS = "An arm is a group of patients who were treated alike; a case report is an arm of one patient."
AVERAGE = (
    "On average over studies: the share in an average study. Small reports take part in it beside large series, so it"
    " is not the share of all patients."
)


def section(findings: Findings) -> Section:
    """What is uncertain, point by point; then each outcome in people of 100; then every outcome in one table."""
    points = summary(findings)
    blocks: list[Block] = []
    if points:
        blocks.append(paragraph("Read this before any number below. " + WORDS))
        blocks.append(
            Points(
                tuple(
                    text(Strong(point.title + ". "), point.text, *((" ", Cite(point.cites)) if point.cites else ()))
                    for point in points
                ),
                numbered=True,
            )
        )
    said = found(findings)
    blocks.append(Heading("What was found"))
    blocks.append(Points(tuple(text(Strong(f"{one.title}. "), one.text) for one in said)))
    if any("mean" in one.numbers for one in said):
        blocks.append(paragraph(AVERAGE))
    blocks.append(TableBlock(glance([(one.spec.title, one.pooled) for one in findings.outcomes])))
    return Section("summary", "Summary", tuple(blocks))
