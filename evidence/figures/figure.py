"""A figure: a layout, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from ..files import write_whole
from .ink import DPI, kind_of, render, render_pages, write
from .page import Page


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
        """Each page. Most figures have one; where a long one was broken, ``layout.page`` has all below each other."""
        pages: tuple[Page, ...] = getattr(self.layout, "pages", (self.layout.page,))
        return pages

    def to_svg(self) -> str:
        """The figure as SVG, text as text."""
        return render(self.layout.page, "svg").decode("utf-8")

    def save(self, path: str | Path, dpi: int = DPI) -> tuple[Path, ...]:
        """Write the figure; the name's ending decides: .svg, .pdf, .png or .tiff.

        Several pages are one PDF, or a file each: ``name-1.svg``, ``name-2.svg``, ...

        Returns:
            What was written.

        Raises:
            UsageError: an unknown ending, or a place that can't be written.
        """
        target = Path(path)
        if len(self.pages) == 1:
            write(self.layout.page, target, dpi)
            return (target,)
        if kind_of(target) == "pdf":
            write_whole(target, render_pages(self.pages))
            return (target,)
        targets = tuple(target.with_stem(f"{target.stem}-{i + 1}") for i in range(len(self.pages)))
        for page, place in zip(self.pages, targets, strict=True):
            write(page, place, dpi)
        return targets

    def _repr_svg_(self) -> str:
        return self.to_svg()
