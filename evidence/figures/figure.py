"""A figure: a layout, ready to be drawn."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from ..files import write_whole
from .file_kinds import kind_of
from .ink import DPI, render, render_document
from .letters import MissingGlyphsWarning, lacking, missing_problem
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

    @property
    def pages(self) -> tuple[Page, ...]:
        """Each page of a file. Most figures have one; of a long one ``layout.page`` has all rows below each other."""
        pages: tuple[Page, ...] = getattr(self.layout, "pages", ())
        return pages or (self.layout.page,)

    def to_svg(self, embed_font: bool = False, studies: bool = False) -> str:
        """The figure as SVG, text as text.

        Args:
            embed_font: Bring along what is needed of the font, for machines without DejaVu Sans and for viewers that
                would replace it. Without it the file is smaller, and Verdana, which is as wide, stands in.
            studies: Say where the row of each study is, unseen, as ``data-study``: a page can answer to it.
        """
        return self._svg(self.layout.page, embed_font, studies)

    def _svg(self, page: Page, embed_font: bool, studies: bool = False) -> str:
        if not embed_font:
            return svg_of(page, self.alt, studies=studies)
        from .fonts import faces_of_page

        return svg_of(page, self.alt, faces_of_page(page), studies)

    def save(self, path: str | Path, dpi: int = DPI, embed_font: bool = False) -> tuple[Path, ...]:
        """Write the figure; the name's ending decides: .svg, .pdf, .png or .tiff.

        Several pages are one PDF, or a file each: ``name-1.svg``, ``name-2.svg``, ...

        Args:
            path: Where to. dpi: Dots per inch of .png and .tiff; journals ask for 300, of lines and text for 600.
            embed_font: Of .svg, as of ``to_svg``; PDF always has its fonts.

        Returns:
            What was written.

        Raises:
            UsageError: an unknown ending, or a place that can't be written.

        Warns:
            MissingGlyphsWarning: the file shows boxes for characters that no font here has.
        """
        target = Path(path)
        kind = kind_of(target)
        if missing := lacking(self.pages, kind):
            warnings.warn(MissingGlyphsWarning(missing_problem(missing, kind, target)), stacklevel=2)
        if kind == "pdf" and len(self.pages) > 1:
            write_whole(target, render_document(self.pages))
            return (target,)
        targets: tuple[Path, ...] = (target,)
        if len(self.pages) > 1:
            targets = tuple(target.with_stem(f"{target.stem}-{i + 1}") for i in range(len(self.pages)))
        for page, place in zip(self.pages, targets, strict=True):
            content = self._svg(page, embed_font).encode("utf-8") if kind == "svg" else render(page, kind, dpi)
            write_whole(place, content)
        return targets

    def _repr_svg_(self) -> str:
        return self.to_svg()
