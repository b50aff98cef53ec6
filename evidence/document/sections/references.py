"""Every reference the document cites."""

from __future__ import annotations

from pathlib import PurePath

from ..blocks import ReferenceList, Section, paragraph
from ..findings import Findings


def section(findings: Findings) -> Section:
    """In the order of their style, which of ours is that of first mention."""
    chosen = findings.analysis.csl
    how = "Numbered in the order of first mention." if chosen is None else f"In the style {PurePath(chosen).name}."
    intro = paragraph(f"{how} “[not seen]” marks what was not on the page that was read: it is left open, not guessed.")
    return Section("references", "References", (intro, ReferenceList()))
