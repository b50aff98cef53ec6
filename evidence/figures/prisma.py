"""PRISMA 2020 flow diagram: where records came from and what became of them, down to the patients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..updates.previous import flow_of
from .boxes import PlacedBox
from .figure import Figure
from .page import Page
from .pen import Pen
from .prisma_layout import place
from .prisma_words import Diagram, diagram
from .style import Style, style_named

if TYPE_CHECKING:
    from ..review.review import Review

TITLE = "Flow of records, reports, studies and patients"


@dataclass(frozen=True, slots=True)
class PrismaLayout:
    """The diagram placed.

    Attributes:
        page: Everything to draw.
        boxes: Every box in reading order. diagram: What they say.
        alt: Description for those who can't see it.
        pages: Of a file, where it is taller than paper.
    """

    page: Page
    boxes: tuple[PlacedBox, ...]
    diagram: Diagram
    alt: str
    pages: tuple[Page, ...] = ()


def prisma_flow(review: Review, *, style: str | Style = "default") -> Figure[PrismaLayout]:
    """The flow diagram of a review; with a column for the previous version where there was one.

    Args:
        review: Its screening, reports, studies, arms, patients and search log are counted; what was in before in its
            versions where it has any.
        style: A style or its name.

    Raises:
        UsageError: an unknown style. DataError: a version of the review is damaged.
    """
    said = diagram(flow_of(review), review.settings)
    pen = Pen(style_named(style) if isinstance(style, str) else style)
    pen.title(TITLE)
    if review.settings.banner:
        pen.banner(review.settings.banner)
    boxes = place(pen, said)
    for warning in said.warnings:
        pen.paragraph(warning, pen.style.margin_mm, pen.width, pen.style.note_pt, pen.style.accent, bold=True)
    pen.feet(said.footnotes)
    return Figure(PrismaLayout(pen.page(), boxes, said, _alt(said), pen.pages()))


def _alt(said: Diagram) -> str:
    parts = [f"PRISMA 2020 flow diagram. {TITLE}."]
    for column in (*([said.previous] if said.previous else []), *said.columns):
        parts.append(f"{column.title}:")
        for step in column.steps:
            parts += [step.main.said, *(box.said for box in step.beside)]
    parts += [said.included.said, *([said.total.said] if said.total else []), *said.warnings]
    return " ".join(parts)
