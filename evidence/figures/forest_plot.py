"""The forest plot."""

from __future__ import annotations

from collections.abc import Sequence

from ..columns import Column
from ..errors import usage
from ..pooling.rate_result import PooledRate
from ..pooling.result import Pooled
from ..pooling.subgroups import Subgroups
from .figure import Figure
from .forest_layout import ForestLayout, layout_forest
from .style import Style, style_named


def forest(
    result: Pooled | Subgroups, columns: Sequence[str | Column] = (), style: str | Style = "default"
) -> Figure[ForestLayout]:
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
