"""Looks of figures as values: sizes in mm and points, colours that also work in grey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..errors import unknown

#: Colours of the third line and the further ones.
SERIES = ("#2f7d6d", "#7d4a8f", "#8a6a00", "#4d4d4d", "#0f7ea8", "#a8326a")


@dataclass(frozen=True, slots=True)
class Style:
    """How a figure looks.

    Attributes:
        name: Of the style.
        width_mm: Width of the page.
        margin_mm: Around everything.
        font_pt, title_pt, note_pt: Sizes of body, title and footnotes.
        line_mm: Height of one line of body text; gap_mm: between columns; row_pad_mm: above and below a row.
        ink, muted, faint: Text, secondary text, hairlines.
        study, pooled, prediction, accent: Study marks, diamonds, the bar of the prediction interval, the banner.
        marker_mm: Side of the largest study's square; marker_min_mm: of the smallest.
        series: Of the third line and the further ones, six of them.
        stripe: Shade of every other row, or None.
        decimals: Of percentages.
    """

    name: str = "default"
    width_mm: float = 174.0
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
    ),
}


def style_named(name: str) -> Style:
    """A style by name.

    Raises:
        UsageError: no such style; the known ones are listed.
    """
    if name not in STYLES:
        raise unknown("style", name, list(STYLES))
    return STYLES[name]
