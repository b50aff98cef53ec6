"""Reports that are not in, each with its reason."""

from __future__ import annotations

from ...tables.review_tables import not_included
from ..blocks import Block, Details, Section, TableBlock, paragraph
from ..findings import Findings

_LISTS = (
    ("awaiting_classification", "awaiting", "Reports awaiting classification", "Reports that could not be decided."),
    ("excluded", "excluded", "Excluded reports", "Reports excluded, with reasons."),
    ("duplicate_report", "further-reports", "Further reports", "Further reports of included studies."),
)


def section(findings: Findings) -> Section | None:
    """Awaiting, excluded and further reports."""
    review, flow = findings.review, findings.flow
    blocks: list[Block] = []
    for decision, name, title, caption in _LISTS:
        if n := flow.total(decision):
            table = not_included(review, (decision,), name, caption)
            blocks.append(Details(f"{title}: {n}", (TableBlock(table),)))
    if not blocks:
        return None
    intro = paragraph(
        "A report that is awaiting classification may hold patients that belong here: its outcome could not be read."
    )
    return Section("excluded", "Reports not included", (intro, *blocks))
