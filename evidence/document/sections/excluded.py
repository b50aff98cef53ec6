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
    blocks: list[Block] = []
    for decision, name, title, caption in _LISTS:
        table = not_included(findings.review, (decision,), name, caption)
        if table.rows:
            blocks.append(Details(f"{title}: {len(table.rows)}", (TableBlock(table),)))
    return Section("excluded", "Reports not included", (*_introduction(findings), *blocks))


def _introduction(findings: Findings) -> list[Block]:
    """How many of each, what awaiting means, and how many have no reason.

    Records that are excluded by title or abstract and have no row in reports.csv are counted; they are not listed.
    """
    flow, described = findings.flow, {row["report_id"] for row in rows_of(findings.review, "reports")}
    rows = [row for row in rows_of(findings.review, "screening") if row["decision"] != "included"]
    listed = [row for row in rows if row["report_id"] in described]
    named = {title: sum(row["decision"] == decision for row in listed) for decision, _, title, _ in _LISTS}
    if not rows:
        return [paragraph("Every report that was screened is included.")]
    counts = "; ".join(f"{title[:1].lower()}{title[1:]}: {n}" for title, n in named.items())
    text = f"{counts[:1].upper()}{counts[1:]}."
    if flow.total("awaiting_classification"):
        text += " A report awaiting classification may hold patients that belong here: its outcome could not be read."
    if bare := len(rows) - len(listed):
        text += f" Beside these, {display.plural(bare, 'record')} excluded by title or abstract."
    left_out = ("awaiting_classification", "excluded")
    without = sum(row["reason"] is None for row in listed if row["decision"] in left_out)
    blocks: list[Block] = [paragraph(text)]
    if without:
        blocks.append(paragraph(f"No reason is given for {display.plural(without, 'report')}.", kind="caution"))
    return blocks
