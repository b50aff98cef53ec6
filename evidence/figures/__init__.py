"""Figures: a result in, a drawing out. The only room that imports matplotlib, and only when it draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .answers import answer_figure, picture_figure
from .figure import Figure
from .forest_plot import forest
from .style import STYLES, Style, style_named

#: Figures of a result (``Pooled`` or ``Subgroups``, column names, style) by name: a new one is a file and a line here.
FIGURES: Mapping[str, Callable[..., Figure[Any]]] = {"forest": forest}

__all__ = [
    "FIGURES",
    "STYLES",
    "Figure",
    "Style",
    "answer_figure",
    "forest",
    "picture_figure",
    "style_named",
]
