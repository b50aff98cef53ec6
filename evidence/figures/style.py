"""Looks of figures as values: sizes in mm and points, colours that also work in grey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..errors import unknown

#: Colours of the third line and the further ones.
SERIES = ("#2f7d6d", "#7d4a8f", "#8a6a00", "#4d4d4d", "#0f7ea8", "#a8326a")


@dataclass(frozen=True, slots=True)
class Wording:
    """How a journal words a forest plot.

    Attributes:
        first: Heading of the labels.
        left, right: Columns beside the axis where none are asked for, by name; weights only where there are some.
        headings: (column, heading) where the journal has its own.
        scale: What proportions are printed as: percent, per-1000 or proportion.
        mark: Decimal mark. to: Between the limits of an interval. brackets: Around them beside an estimate.
        percent_sign: After a number of percent, as of weights and levels.
    """

    first: str = "Study"
    left: tuple[str, ...] = ("events_n",)
    right: tuple[str, ...] = ("estimate", "ci", "weight")
    headings: tuple[tuple[str, str], ...] = ()
    scale: str = "percent"
    mark: str = "."
    to: str = " to "
    brackets: tuple[str, str] = ("(", ")")
    percent_sign: str = " %"


@dataclass(frozen=True, slots=True)
class Style:
    """How a figure looks.

    Attributes:
        name: Of the style.
        width_mm: Width of the page.
        page_mm: Height of paper: a file of a taller figure has its rows on several pages; None: one tall page. The
            page of a report shows the tall one.
        margin_mm: Around everything.
        font_pt, title_pt, note_pt: Sizes of body, title and footnotes.
        line_mm: Height of one line of body text; gap_mm: between columns; row_pad_mm: above and below a row.
        ink, muted, faint: Text, secondary text, hairlines.
        study, pooled, prediction, accent: Study marks, diamonds, the bar of the prediction interval, the banner.
        marker_mm: Side of the largest study's square; marker_min_mm: of the smallest.
        series: Of the third line and the further ones, six of them.
        stripe: Shade of every other row, or None.
        decimals: Of percentages.
        font: A file with a font for letters that DejaVu Sans lacks, such as those of East Asia; of .pdf a .ttf file.
        wording: How a forest plot is worded.
    """

    name: str = "default"
    width_mm: float = 174.0
    page_mm: float | None = 247.0
    margin_mm: float = 4.0
    font_pt: float = 7.5
    title_pt: float = 10.0
    note_pt: float = 6.5
    line_mm: float = 3.3
    gap_mm: float = 3.5
    row_pad_mm: float = 0.75
    ink: str = "#1a1a1a"
    muted: str = "#5a5a5a"
    faint: str = "#d9d9d9"
    study: str = "#33516f"
    pooled: str = "#b3541e"
    prediction: str = "#e3b596"
    accent: str = "#8c1d18"
    marker_mm: float = 3.0
    marker_min_mm: float = 1.1
    series: tuple[str, ...] = SERIES
    stripe: str | None = None
    decimals: int = 0
    font: str = ""
    wording: Wording = Wording()


DEFAULT = Style()
#: Journal presets are values.
STYLES: Mapping[str, Style] = {
    "default": DEFAULT,
    "jama": replace(
        DEFAULT,
        name="jama",
        ink="#000000",
        muted="#4d4d4d",
        faint="#dfe5e8",
        study="#1f4e79",
        pooled="#1f4e79",
        prediction="#a9bfd4",
        accent="#7a1f1f",
        stripe="#eef2f5",
        wording=Wording(
            first="Source",
            left=("events_n", "estimate_ci"),
            right=("weight",),
            headings=(("events_n", "No./total No."), ("weight", "Weight, %")),
            to="-",
            percent_sign="%",
        ),
    ),
    "revman5": replace(
        DEFAULT,
        name="revman5",
        ink="#000000",
        muted="#404040",
        faint="#e6e6e6",
        study="#1f3fbf",
        pooled="#000000",
        prediction="#bfbfbf",
        accent="#8c1d18",
        wording=Wording(
            first="Study or Subgroup",
            left=("events", "n", "weight", "estimate_ci"),
            right=(),
            headings=(("n", "Total"),),
            scale="proportion",
            to=", ",
            brackets=("[", "]"),
            percent_sign="%",
        ),
    ),
    "bmj": replace(
        DEFAULT,
        name="bmj",
        muted="#58595b",
        faint="#d7d8da",
        study="#6b58a6",
        pooled="#4a3b80",
        prediction="#c5bddf",
        accent="#9a1b2f",
        wording=Wording(
            first="Study",
            right=("weight", "estimate_ci"),
            headings=(("events_n", "No with event/total"), ("weight", "Weight (%)")),
            percent_sign="%",
        ),
    ),
    "lancet": replace(
        DEFAULT,
        name="lancet",
        ink="#111111",
        muted="#555555",
        faint="#dcdcdc",
        study="#1d4f8f",
        pooled="#a3172b",
        prediction="#e4b3ba",
        accent="#a3172b",
        decimals=1,
        wording=Wording(
            right=("estimate_ci", "weight"),
            headings=(("events_n", "n/N"),),
            mark="·",
            to="–",
            percent_sign="%",
        ),
    ),
}
#: Widths by name, and the height in mm that a printed page of that width has: an A4 page without its margins.
WIDTHS: Mapping[str, tuple[float, float]] = {
    "column": (84.0, 247.0),
    "two-columns": (174.0, 247.0),
    "page": (257.0, 160.0),
}
#: Least and largest width of a page in mm.
LEAST_MM, MOST_MM = 60.0, 1000.0
#: Narrower pages than this have smaller letters and closer columns.
NARROW_MM = 130.0


def of_width(style: Style, width: float) -> Style:
    """The style on a page of another width in mm; letters and gaps are smaller on a narrow one."""
    return replace(style if width >= NARROW_MM else compact(style, 2.0), width_mm=width)


def compact(style: Style, margin: float) -> Style:
    """The style with the smallest letters that journals take, and closer columns."""
    return replace(
        style,
        margin_mm=margin,
        font_pt=6.5,
        title_pt=8.5,
        note_pt=6.0,
        line_mm=2.9,
        gap_mm=2.2,
        row_pad_mm=0.6,
        marker_mm=2.6,
    )


def style_named(name: str) -> Style:
    """A style by name.

    Raises:
        UsageError: no such style; the known ones are listed.
    """
    if name not in STYLES:
        raise unknown("style", name, list(STYLES))
    return STYLES[name]
