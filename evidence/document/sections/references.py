"""Every reference the document cites."""

from __future__ import annotations

from ..blocks import ReferenceList, Section, paragraph
from ..findings import Findings


def section(findings: Findings) -> Section:
    """Numbered in the order of first mention."""
    intro = paragraph(
        "Numbered in the order of first mention. “[not seen]” marks what was not on the page that was read: it is left"
        " open, not guessed."
    )
    return Section("references", "References", (intro, ReferenceList()))
