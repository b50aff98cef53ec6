"""The forest plot: of one result, of several outcomes side by side, of several models of the same counts."""

from __future__ import annotations

from collections.abc import Sequence

from ..columns import Column
from ..errors import usage
from ..pooling.rate_result import PooledRate
from ..pooling.result import Pooled
from ..pooling.subgroups import Subgroups
from ..review.appraisal_tools import OWN_TOOL, TOOLS
from .figure import Figure
from .forest_company import EVERY_TOOL
from .forest_layout import Asked, ForestLayout, layout_forest
from .forest_view import PLAIN, PREDICTIONS, SCALES, SORTS, View, sized_style
from .style import WIDTHS, Style

Columns = Sequence[str | Column]
#: Option -> what it takes.
ACCEPTS = {
    "columns": ("A,B",),
    "right": ("A,B",),
    "sort": (*SORTS, *(f"-{word}" for word in SORTS)),
    "width": (*WIDTHS, "MM"),
    "scale": SCALES,
    "decimals": ("N",),
    "axis": ("LOW,HIGH",),
    "references": ("P,P",),
    "prediction_as": PREDICTIONS,
    "page_rows": ("N",),
    "risk_of_bias": (*TOOLS, OWN_TOOL, EVERY_TOOL),
}
#: More panels have no room on any page.
MOST_PANELS = 6


def forest(
    result: Pooled | Subgroups,
    columns: Columns = (),
    right: Columns | None = None,
    sort: str = "given",
    style: str | Style = "default",
    width: str | float | None = None,
    view: View = PLAIN,
) -> Figure[ForestLayout]:
    """A forest plot.

    Args:
        result: A pooled result, with or without groups.
        columns: Further columns left of the axis: names (built in, or any fact the studies carry, e.g. ``route``;
            ``dose:1`` with one decimal), or Columns.
        right: Columns right of the axis instead of the style's own.
        sort: Order of the studies: given, label, year, size (largest first) or estimate; ``-year`` the other way round.
        style: A style or its name: default, jama, revman5, bmj, lancet.
        width: Of the page: column (84 mm), two-columns (174), page (257: A4 across), or mm; the style's own if None.
            On a page of a named width more than 60 studies are broken into pages.
        view: Scale, axis, prediction interval, lines, pages, blocks beside the rows.

    Raises:
        UsageError: an unknown name (near ones are listed), or more columns than the page is wide.
    """
    chosen, high = sized_style(style, width)
    return Figure(layout_forest([result], Asked(columns, right, sort, view), chosen, high))


def forest_panels(
    results: Sequence[Pooled | Subgroups],
    columns: Columns = (),
    right: Columns | None = None,
    sort: str = "given",
    style: str | Style = "default",
    width: str | float | None = None,
    view: View = PLAIN,
) -> Figure[ForestLayout]:
    """Several outcomes side by side, each with its own axis; the studies are matched by their key.

    A study that an outcome does not have is an empty cell there. The arguments are those of ``forest``.

    Raises:
        UsageError: as of ``forest``; no result, more than 6, rates beside proportions, or groups in some of them only.
        DataError: one study has two labels.
    """
    _check(results)
    chosen, high = sized_style(style, width)
    return Figure(layout_forest(list(results), Asked(columns, right, sort, view), chosen, high))


def forest_models(
    results: Sequence[Pooled],
    columns: Columns = (),
    right: Columns | None = None,
    sort: str = "given",
    style: str | Style = "default",
    width: str | float | None = None,
    view: View = PLAIN,
) -> Figure[ForestLayout]:
    """Several models of the same counts: the studies once, then the pooled rows of each model.

    The arguments are those of ``forest``.

    Raises:
        UsageError: as of ``forest``; results of other counts, or with groups.
    """
    _check(results)
    if any(isinstance(result, Subgroups) for result in results):
        raise usage("models of groups can't share their rows", "pool without by", "groups")
    counted = [[(s.key, s.events, s.n) for s in result.studies] for result in results]
    if any(other != counted[0] for other in counted):
        raise usage("the models are of other counts", "pool the same counts, or use forest_panels", "other-counts")
    chosen, high = sized_style(style, width)
    return Figure(layout_forest(list(results), Asked(columns, right, sort, view, models=True), chosen, high))


def _check(results: Sequence[Pooled | Subgroups]) -> None:
    if not 1 <= len(results) <= MOST_PANELS:
        raise usage(f"{len(results)} results side by side", f"give 1 to {MOST_PANELS}", "panels")
    if len({isinstance(result, PooledRate) for result in results}) > 1:
        raise usage("rates and proportions can't share a figure", "draw them apart", "panels")
