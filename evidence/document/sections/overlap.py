"""Patients who are, or may be, in several reports: what was decided on each pair of arms."""

from __future__ import annotations

from ... import display
from ...review.overlap import known_pairs
from ...tables.overlap_table import overlap_table
from ..blocks import Section, TableBlock, paragraph
from ..findings import Findings

#: What is said of one pair, and of several, that have the same patients, may have, and have not.
_SAYS = (
    ("has the same patients, who are counted once", "have the same patients, who are counted once"),
    ("may share patients; both arms stay in a pool", "may share patients; both arms of each stay in a pool"),
    ("was looked at and has different patients", "were looked at and have different patients"),
)


def section(findings: Findings) -> Section | None:
    """How many pairs of each kind, and the table; nothing where no pair is named."""
    review = findings.review
    table = overlap_table(review)
    if table is None:
        return None
    pairs = known_pairs(review.rows("arms"), review.rows("overlap"))
    by = {"same_patients": 0, "unclear": 0, "distinct": 0}
    for one in pairs:
        named = "same_patients" if one.named == "same_patients_as" else "unclear"
        by[one.decision.decision if one.decision else named] += 1
    said = [
        f"{display.plural(n, 'pair')} of arms {one if n == 1 else many}"
        for n, (one, many) in zip(by.values(), _SAYS, strict=True)
        if n
    ]
    open_ = sum(one.decision is None for one in pairs)
    of = "any of them" if open_ == len(pairs) else f"{open_} of them"
    without = f" No decision with its reason is recorded for {of}." if open_ else ""
    text = f"The same patients may be told of in several reports. {'; '.join(said)}.{without}"
    return Section("overlap", "Patients in several reports", (paragraph(text), TableBlock(table)))
