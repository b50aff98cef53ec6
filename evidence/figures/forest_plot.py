"""The forest plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..columns import Column
from ..errors import usage
from ..pooling.rate_result import PooledRate
from ..pooling.result import Pooled
from ..pooling.subgroups import Subgroups
from .forest_layout import ForestLayout, layout_forest
from .ink import DPI, render, write
from .style import Style, style_named


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its layout, ready to be drawn.

    Attributes:
        layout: Where everything stands; ``layout.page`` is what is drawn.
    """

    layout: ForestLayout

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


def forest(result: Pooled | Subgroups, columns: Sequence[str | Column] = (), style: str | Style = "default") -> Figure:
    """A forest plot.

    Args:
        result: A pooled result, with or without groups.
        columns: Further columns: names (built in, or any fact the studies carry, e.g. ``route``), or Columns.
        style: A style or its name.

    Raises:
        UsageError: an unknown column or style (near ones are listed), more columns than the page is wide, or rates.
    """
    if isinstance(result, PooledRate):
        raise usage(
            "a forest plot of rates can't be drawn",
            "read them with evidence pool, or as a table with to_frame()",
            "forest-of-rates",
        )
    chosen = style_named(style) if isinstance(style, str) else style
    return Figure(layout_forest(result, columns, chosen))
