"""What a hurried reader must know first: what the numbers can't bear, then the numbers."""

from __future__ import annotations

from ...tables.result_tables import glance
from ..blocks import Block, Cite, Points, Section, Strong, TableBlock, paragraph, text
from ..findings import Findings
from ..sentences import summary


def section(findings: Findings) -> Section:
    """The points of METHODS section 7, then every outcome in one table."""
    points = summary(findings)
    blocks: list[Block] = []
    if points:
        blocks.append(paragraph("Read this before any number below."))
        blocks.append(
            Points(
                tuple(
                    text(Strong(point.title + ". "), point.text, *((" ", Cite(point.cites)) if point.cites else ()))
                    for point in points
                ),
                numbered=True,
            )
        )
    blocks.append(TableBlock(glance([(found.spec.title, found.pooled) for found in findings.outcomes])))
    return Section("summary", "Summary", tuple(blocks))
