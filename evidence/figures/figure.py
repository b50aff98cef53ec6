"""A figure: a layout, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from .ink import DPI, render, write
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

    def to_svg(self) -> str:
        """The figure as SVG, text as text."""
        return render(self.layout.page, "svg").decode("utf-8")

    def save(self, path: str | Path, dpi: int = DPI) -> None:
        """Write the figure; the name's ending decides: .svg, .pdf, .png or .tiff.

        Raises:
            UsageError: an unknown ending, or a place that can't be written.
        """
        write(self.layout.page, path, dpi)

    def _repr_svg_(self) -> str:
        return self.to_svg()
