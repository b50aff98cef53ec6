"""Reports that are not in, each with its reason."""

from __future__ import annotations

from ... import display
from ...tables.records import rows_of
from ...tables.review_tables import not_included
from ..blocks import Block, Details, Section, TableBlock, paragraph
from ..findings import Findings

_LISTS = (
    ("awaiting_classification", "awaiting", "Reports awaiting classification", "Reports that could not be decided."),
    ("excluded", "excluded", "Excluded reports", "Reports excluded, with reasons."),
    ("duplicate_report", "further-reports", "Further reports", "Further reports of included studies."),
)


def section(findings: Findings) -> Section:
    """Awaiting, excluded and further reports."""
    review, flow = findings.review, findings.flow
    blocks: list[Block] = []
    for decision, name, title, caption in _LISTS:
        if n := flow.total(decision):
            table = not_included(review, (decision,), name, caption)
            blocks.append(Details(f"{title}: {n}", (TableBlock(table),)))
    return Section("excluded", "Reports not included", (*_introduction(findings), *blocks))


def _introduction(findings: Findings) -> list[Block]:
    """How many of each, what awaiting means, and how many have no reason."""
    flow = findings.flow
    named = {title: flow.total(decision) for decision, _, title, _ in _LISTS}
    if not any(named.values()):
        return [paragraph("Every report that was screened is included.")]
    counts = "; ".join(f"{title[:1].lower()}{title[1:]}: {n}" for title, n in named.items())
    text = f"{counts[:1].upper()}{counts[1:]}."
    if flow.total("awaiting_classification"):
        text += " A report awaiting classification may hold patients that belong here: its outcome could not be read."
    left_out = ("awaiting_classification", "excluded")
    silent = [row for row in rows_of(findings.review, "screening") if row["decision"] in left_out]
    without = sum(row["reason"] is None for row in silent)
    blocks: list[Block] = [paragraph(text)]
    if without:
        blocks.append(paragraph(f"No reason is given for {display.plural(without, 'report')}.", kind="caution"))
    return blocks
