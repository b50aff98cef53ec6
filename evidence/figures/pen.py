"""A page being written from top to bottom: paragraphs, the banner, footnotes."""

from __future__ import annotations

from collections.abc import Sequence

from .page import Area, Line, Page, Shape, Stroke, Text, rectangle
from .paging import Breaks, pages_of
from .style import Style
from .text import FAMILY, MM_PER_POINT, missing_characters, wrapped


class Pen:
    """What has been written; ``y`` is where the pen stands, in mm from the top."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.y = style.margin_mm
        self.shapes: list[Shape] = []
        self.lines: list[Line] = []
        self.strokes: list[Stroke] = []
        self.texts: list[Text] = []
        self.breaks = Breaks()
        self.areas: list[Area] = []
        self._footnotes: set[str] = set()

    @property
    def width(self) -> float:
        """Room between the margins."""
        return self.style.width_mm - 2 * self.style.margin_mm

    def paragraph(self, text: str, x: float, width: float, size: float, colour: str, bold: bool = False) -> None:
        """Lines of text, each below the other."""
        leading = size * MM_PER_POINT * 1.3
        for line in wrapped(text, width, size, bold):
            self.y += leading
            self.texts.append(Text(x, self.y - leading * 0.25, line, size, colour, bold=bold))

    def title(self, text: str) -> None:
        """The title, across the page."""
        self.paragraph(text, self.style.margin_mm, self.width, self.style.title_pt, self.style.ink, bold=True)

    def banner(self, text: str) -> None:
        """The sentence that every output must carry, with a bar beside it."""
        self.y += 1.2
        top, left = self.y, self.style.margin_mm
        self.y += 0.6
        self.paragraph(text, left + 2.5, self.width - 4.0, self.style.font_pt, self.style.accent, bold=True)
        self.y += 1.0
        self.shapes.append(Shape(rectangle(left, top, left + 1.0, self.y), self.style.accent, role="banner"))

    def feet(self, paragraphs: Sequence[str]) -> None:
        """Footnotes that this page does not have yet, and a word on characters that the font lacks."""
        lacking = missing_characters([*(text.text for text in self.texts), *paragraphs])
        self.y += 1.0
        for line in [*paragraphs, *([missing_glyphs(lacking)] if lacking else [])]:
            if line in self._footnotes:
                continue
            self._footnotes.add(line)
            self.paragraph(line, self.style.margin_mm, self.width, self.style.note_pt, self.style.muted)
            self.y += 0.5

    def page(self) -> Page:
        """Everything written, on a page as high as it needs."""
        height = self.y + self.style.margin_mm
        written = (tuple(self.shapes), tuple(self.lines), tuple(self.texts), tuple(self.strokes), tuple(self.areas))
        return Page(self.style.width_mm, height, *written, font=self.style.font)

    def pages(self) -> tuple[Page, ...]:
        """The page, or where it is taller than paper its rows on several."""
        return pages_of(self.page(), self.breaks.parts, self.style)


def missing_glyphs(lacking: str) -> str:
    """What is said of characters that the font does not have."""
    return f"Not in this figure's font ({FAMILY}), shown only where another font has them: {lacking}"
