"""The included studies and their arms."""

from __future__ import annotations

from ... import display
from ...tables.records import rows_of
from ...tables.review_tables import characteristics, designs
from ...tables.table import words
from ..blocks import Section, TableBlock, paragraph
from ..findings import Findings


def section(findings: Findings) -> Section:
    """What kind of studies, then one row per arm."""
    arms = len(rows_of(findings.review, "arms"))
    kinds = ", ".join(f"{words(code)} {n}" for code, n in designs(findings.review).items())
    intro = (
        f"{display.plural(findings.flow.studies, 'study', 'studies')} with {display.plural(arms, 'arm')} and"
        f" {findings.treated} treated patients. Designs: {kinds}."
    )
    return Section(
        "characteristics",
        "Studies and arms",
        (paragraph(intro), TableBlock(characteristics(findings.review))),
    )
