"""A figure that says what is missing for it, and how to add it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .figure import Figure
from .page import Page, Shape, rectangle
from .pen import Pen
from .style import Style


@dataclass(frozen=True, slots=True)
class NotDone:
    """Words in the place of a figure.

    Attributes:
        page: Everything to draw. sentences: What is said, the first one above all.
        alt: The same for those who can't see it.
    """

    page: Page
    sentences: tuple[str, ...]
    alt: str


def words_instead(title: str, sentences: Sequence[str], style: Style, banner: str | None = None) -> Figure[NotDone]:
    """A figure of words: title, banner, and in a frame what is missing and how to add it."""
    pen = Pen(style)
    pen.title(title)
    if banner:
        pen.banner(banner)
    pen.y += 2.0
    top, left = pen.y, style.margin_mm
    pen.y += 1.5
    for i, sentence in enumerate(sentences):
        size = style.font_pt + 1 if i == 0 else style.font_pt
        pen.paragraph(sentence, left + 3.0, pen.width - 6.0, size, style.ink, bold=i == 0)
        pen.y += 1.2
    pen.y += 0.8
    frame = rectangle(left, top, left + pen.width, pen.y)
    pen.shapes.append(Shape(frame, None, style.muted, 0.6, "frame"))
    pen.y += 1.0
    return Figure(NotDone(pen.page(), tuple(sentences), f"{title}. {' '.join(sentences)}"))
