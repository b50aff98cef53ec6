"""A drawn figure on its way into a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .blocks import FigureBlock

if TYPE_CHECKING:
    from ..figures import Figure
    from ..figures.page import Page


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure as SVG and as shapes: name of its file, what it shows for those who can't see it, caption.

    ``pages`` are for the formats that can't have SVG; a long figure is broken into several there.
    """

    name: str
    svg: str
    alt: str
    caption: str
    pages: tuple[Page, ...] = ()

    @property
    def block(self) -> FigureBlock:
        """The figure as it stands in a section."""
        return FigureBlock(self.name, self.svg, self.alt, self.caption, self.pages)


def drawing_of(name: str, figure: Figure[Any], caption: str) -> Drawing:
    """A figure, drawn as SVG; other pictures are made of its pages where they are needed."""
    return Drawing(name, figure.to_svg(), figure.alt, caption, figure.pages)
