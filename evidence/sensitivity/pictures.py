"""What the figures of the questions show, as plain numbers and words: proportions in [0, 1], None = not defined."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One variation: its value with limits, and words that stand beside it.

    Attributes:
        label: What was varied. cells: Further words, one for each of the picture's ``heads``.
        estimate, lower, upper: None where not defined.
        primary: Whether it is the analysis itself. remark: Why something is missing, or None.
        beyond: Whether the estimate is only a place at the end of the axis, for one that is not defined.
    """

    label: str
    estimate: float | None
    lower: float | None
    upper: float | None
    cells: tuple[str, ...] = ()
    primary: bool = False
    remark: str | None = None
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """One number of every row, on an axis of its own.

    Attributes:
        title: What it is. values: One for each row, None where not defined.
        neutral: Where a row that changes nothing stands. thresholds: Beyond them (above, where there is one) it stands
            out; empty for none.
        least: The axis never begins below it; None where values have no least one.
        proportion: Whether it is a proportion.
    """

    title: str
    values: tuple[float | None, ...]
    neutral: float
    thresholds: tuple[float, ...] = ()
    proportion: bool = False
    least: float | None = None

    def beyond(self, i: int) -> bool:
        """Whether row ``i`` lies beyond a threshold."""
        value = self.values[i]
        if value is None or not self.thresholds:
            return False
        return value > max(self.thresholds) or (len(self.thresholds) > 1 and value < min(self.thresholds))


@dataclass(frozen=True, slots=True)
class Intervals:
    """Rows of estimates with limits on one axis: leave-one-out, cumulative, extractors, a specification curve.

    Attributes:
        rows: From top to bottom. axis: What the horizontal axis shows.
        heads: Headings of the rows' further words. reference: A value to draw a line at, or None.
        specification: Whether ``cells`` are choices, to be drawn as a grid of dots under the estimates.
        proportion: Whether values are proportions (axis from 0 to 1, printed as percent).
        strips: Several numbers of every row, to be drawn side by side in the place of the one on the axis; of
            a row's cells only the first is then drawn.
        remark: Sentences below it, or empty.
        ratio: Whether values are ratios: above 0, on a logarithmic axis.
    """

    rows: tuple[IntervalRow, ...]
    axis: str
    heads: tuple[str, ...] = ()
    reference: float | None = None
    specification: bool = False
    proportion: bool = True
    strips: tuple[Strip, ...] = ()
    remark: str = ""
    ratio: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """One line, with limits where it has them: y, lower and upper have the length of the picture's x."""

    label: str
    y: tuple[float | None, ...]
    lower: tuple[float | None, ...] | None = None
    upper: tuple[float | None, ...] | None = None


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines over one x: report-size curve, publication filter, coverage.

    Attributes:
        x: Ascending or descending. ticks: Words for each x, or empty for its number.
        x_label, y_label: Axes. curves: The first is the main one.
        reference: A horizontal line (a nominal coverage, the estimate of all data), or None.
        proportion: Whether y is a proportion. log_x: Whether x is drawn on a logarithmic axis.
    """

    x: tuple[float, ...]
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    ticks: tuple[str, ...] = ()
    reference: float | None = None
    proportion: bool = True
    log_x: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A scatter: Baujat, funnel, bubble, all subsets (drawn as a density above some hundred points).

    Attributes:
        x, y: Of each point. labels: Its name, or empty strings. size: Areas (patients), or empty.
        flagged: Whether a point stands out; empty for none. beyond: Whether y is only a place at the edge, for one that
            is not defined; empty for none.
        x_label, y_label: Axes. lines: Further lines (x values, y values, label), such as a fitted curve or its limits.
        vertical: An x at which a line is drawn, or None.
        x_proportion, y_proportion, log_x, log_y: How the axes count.
        remark: A sentence below it, such as who is not in it, or empty.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    labels: tuple[str, ...]
    x_label: str
    y_label: str
    size: tuple[float, ...] = ()
    flagged: tuple[bool, ...] = ()
    lines: tuple[tuple[tuple[float, ...], tuple[float, ...], str], ...] = ()
    vertical: float | None = None
    x_proportion: bool = False
    y_proportion: bool = False
    log_x: bool = False
    log_y: bool = False
    remark: str = ""
    beyond: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Contour:
    """A value over two axes: z[i][j] at y[i], x[j]; None where not defined. ``whole_y``: y are whole numbers."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    z: tuple[tuple[float | None, ...], ...]
    x_label: str
    y_label: str
    z_label: str
    proportion: bool = True
    log_x: bool = False
    log_y: bool = False
    whole_y: bool = False


@dataclass(frozen=True, slots=True)
class Panels:
    """Several pictures one below the other, each with a heading."""

    pictures: tuple[tuple[str, Intervals | Curves | Points | Contour], ...]


Picture = Intervals | Curves | Points | Contour | Panels
