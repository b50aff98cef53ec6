"""What was measured, as a table and as curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Name of a curve -> its points: a number of something, microseconds.
Curves = Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Measured:
    """Some measurements.

    Attributes:
        says: What was measured, and how. head, rows: The table, as text. along: What the curves go along; empty where
            there are none. curves: Microseconds of processor for one.
    """

    says: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    along: str = ""
    curves: Curves = field(default_factory=dict)

    def __str__(self) -> str:
        """As Markdown."""
        lines = ["| " + " | ".join(self.head) + " |", "|" + "---:|" * len(self.head)]
        return "\n".join([self.says, "", *lines, *("| " + " | ".join(row) + " |" for row in self.rows)])


def draw(measured: Sequence[Measured], path: Path) -> None:
    """A panel for each that has curves, both axes logarithmic: a slope of one is a cost that grows in proportion."""
    import matplotlib as mpl

    mpl.use("svg")
    import seaborn as sns
    from matplotlib import pyplot as plt

    shown = [each for each in measured if each.curves]
    with sns.axes_style("whitegrid"), mpl.rc_context({"svg.hashsalt": "evidence", "font.size": 9}):
        figure, panels = plt.subplots(1, len(shown), figsize=(3.4 * len(shown), 3.2), squeeze=False)
        for panel, each in zip(panels[0], shown, strict=True):
            for (name, points), mark in zip(each.curves.items(), "os^vD", strict=False):
                panel.plot(*zip(*points, strict=True), marker=mark, markersize=4, linewidth=1.2, label=name)
            panel.set(xscale="log", yscale="log", xlabel=each.along, ylabel="microseconds for one")
            _mark(panel.xaxis, panel.get_xlim())
            _mark(panel.yaxis, panel.get_ylim())
            panel.legend(frameon=False, fontsize=7)
        sns.despine(figure)
        figure.tight_layout()
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


def _mark(axis: Any, ends: tuple[float, float]) -> None:
    """Ticks at powers of ten, and at 2 and 5 times these on a short axis, as plain numbers."""
    from matplotlib import ticker

    short = ends[1] / ends[0] < 200
    axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5) if short else (1,)))
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, place: f"{value:,.9g}"))
    axis.set_minor_locator(ticker.NullLocator())
