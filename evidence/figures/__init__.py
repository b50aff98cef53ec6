"""Figures: a result in, a drawing out. The only room that imports matplotlib, and only when it draws."""

from __future__ import annotations

from .forest_plot import Figure, forest
from .style import STYLES, Style, style_named

__all__ = ["STYLES", "Figure", "Style", "forest", "style_named"]
