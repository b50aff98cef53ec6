"""Figures: a result in, a drawing out. The only room that imports matplotlib, and only when it draws."""

from __future__ import annotations

from .answers import answer_figure, picture_figure
from .figure import Figure
from .forest_plot import forest, forest_models, forest_panels
from .forest_view import View, sized_style
from .kinds import FIGURES, Kind, kind_named
from .style import STYLES, Style, style_named
from .theme import with_palette

__all__ = [
    "FIGURES",
    "STYLES",
    "Figure",
    "Kind",
    "Style",
    "View",
    "answer_figure",
    "forest",
    "forest_models",
    "forest_panels",
    "kind_named",
    "picture_figure",
    "sized_style",
    "style_named",
    "with_palette",
]
