"""A figure: a layout, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from ..files import write_whole
from .file_kinds import kind_of
from .ink import DPI, render
from .page import Page
from .svg import svg_of


class Layout(Protocol):
    """Where everything of a figure stands."""

    @property
    def page(self) -> Page:
        """What is drawn."""

    @property
    def alt(self) -> str:
        """Description for those who can't see it."""


Placed = TypeVar("Placed", bound=Layout)


@dataclass(frozen=True, slots=True)
class Figure(Generic[Placed]):
    """A figure.

    Attributes:
        layout: Where everything stands; ``layout.page`` is what is drawn.
    """

    layout: Placed

    @property
    def alt(self) -> str:
        """Description for those who can't see it."""
        return self.layout.alt

    def to_svg(self, embed_font: bool = False) -> str:
        """The figure as SVG, text as text.

        Args:
            embed_font: Bring along what is needed of the font, for machines without DejaVu Sans and for viewers that
                would replace it. Without it the file is smaller, and Verdana, which is as wide, stands in.
        """
        if not embed_font:
            return svg_of(self.layout.page, self.alt)
        from .fonts import faces_of_page

        return svg_of(self.layout.page, self.alt, faces_of_page(self.layout.page))

    def save(self, path: str | Path, dpi: int = DPI, embed_font: bool = False) -> None:
        """Write the figure; the name's ending decides: .svg, .pdf, .png or .tiff.

        Args:
            path: Where to. dpi: Dots per inch of .png and .tiff; journals ask for 300, of lines and text for 600.
            embed_font: Of .svg, as of ``to_svg``; PDF always has its fonts.

        Raises:
            UsageError: an unknown ending, or a place that can't be written.
        """
        target = Path(path)
        kind = kind_of(target)
        content = self.to_svg(embed_font).encode("utf-8") if kind == "svg" else render(self.layout.page, kind, dpi)
        write_whole(target, content)

    def _repr_svg_(self) -> str:
        return self.to_svg()
