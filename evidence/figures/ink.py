"""A page to SVG, PDF, PNG or TIFF: matplotlib's object interface, no global state, the same bytes each time."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from ..errors import usage
from ..files import write_whole
from .page import Page
from .text import FAMILY

SUFFIXES = ("svg", "pdf", "png", "tiff")
ALIASES = {"tif": "tiff"}
DPI = 300
MM_PER_INCH = 25.4
#: Tried in this order for what the first one lacks, and by viewers that don't have it.
FAMILIES = (FAMILY, "Verdana", "Noto Sans", "Noto Sans CJK JP", "Arial Unicode MS", "sans-serif")
#: Further fonts of common systems, for letters of East Asia in files that can't look for fonts themselves.
FURTHER = ("Noto Sans CJK SC", "Droid Sans Fallback", "Hiragino Sans", "PingFang SC", "Yu Gothic", "Microsoft YaHei")
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evidence",
    "pdf.fonttype": 42,
    "font.family": [FAMILY],
    "path.simplify": False,
    # Hinting rounds the width of every letter to pixels, and measured text would not fit.
    "text.hinting": "none",
}
#: Shapes of these roles lie under the lines.
BENEATH = ("stripe", "band")
#: Nothing that changes from one run to the next goes into a file.
METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "evidence"},
    "pdf": {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": "evidence"},
    "png": {"Software": None},
    "tiff": {},
}


def render(page: Page, kind: str, dpi: int = DPI) -> bytes:
    """The page as a file's content."""
    buffer = BytesIO()
    with _settings():
        figure = _figure(page, _families(kind))
        options: dict[str, Any] = {"metadata": METADATA[kind]}
        if kind == "tiff":
            options = {"pil_kwargs": {"compression": "tiff_lzw"}}
        figure.savefig(buffer, format=kind, dpi=dpi, facecolor="white", **options)
    content = buffer.getvalue()
    return _portable(content) if kind == "svg" else content


def _portable(svg: bytes) -> bytes:
    """The SVG with the same fonts named on every machine, Verdana for viewers without DejaVu: it is as wide."""
    families = ", ".join(f"'{name}'" if " " in name else name for name in FAMILIES)
    text = re.sub(r"font-family: [^;]+;", f"font-family: {families};", svg.decode("utf-8").replace("\r\n", "\n"))
    return re.sub(r' transform="rotate\(-0 [^"]*"', "", text).encode("utf-8")


def kind_of(path: Path) -> str:
    """The kind of file that a name's ending asks for.

    Raises:
        UsageError: an ending that can't be written; the known ones are listed.
    """
    ending = path.suffix.lower().removeprefix(".")
    kind = ALIASES.get(ending, ending)
    if kind not in SUFFIXES:
        known = ", ".join(f".{suffix}" for suffix in SUFFIXES)
        found = path.suffix or "missing"
        raise usage(f"can't write {path.name!r}: its ending is {found}", f"end it in {known}", "suffix")
    return kind


def write(page: Page, path: str | Path, dpi: int = DPI) -> None:
    """Write the page; the name's ending decides. An older file of that name stays whole until the new one is complete.

    Raises:
        UsageError: an unknown ending, or a folder that does not exist.
    """
    target = Path(path)
    write_whole(target, render(page, kind_of(target), dpi))


@contextmanager
def _settings() -> Iterator[None]:
    import matplotlib as mpl

    fonts = logging.getLogger("matplotlib.font_manager")
    with mpl.rc_context(SETTINGS), warnings.catch_warnings():
        # A character without a glyph is said in the figure's own footnote.
        warnings.filterwarnings("ignore", message=r"Glyph \d+", category=UserWarning)
        fonts.addFilter(_not_about_weights)
        try:
            yield
        finally:
            fonts.removeFilter(_not_about_weights)


def _not_about_weights(record: logging.LogRecord) -> bool:
    """Fonts of East Asia often have one weight; a heading in it is drawn in that."""
    return "Failed to find font weight" not in record.msg


def _figure(page: Page, families: list[str]) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(page.width / MM_PER_INCH, page.height / MM_PER_INCH))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, page.width)
    axes.set_ylim(page.height, 0)
    _add_shapes(axes, page)
    _add_lines(axes, page)
    for text in page.texts:
        words = axes.text(
            text.x,
            text.y,
            text.text,
            fontsize=text.size_pt,
            color=text.colour,
            ha=text.align,
            va="baseline",
            fontweight="bold" if text.bold else "normal",
            fontstyle="italic" if text.italic else "normal",
            family=families,
        )
        words.set_parse_math(False)
    return figure


def _add_shapes(axes: Any, page: Page) -> None:
    from matplotlib.collections import PolyCollection
    from matplotlib.patches import Polygon

    for order, shape in enumerate(page.shapes):
        if shape.role == "field":
            continue
        face, edge = shape.fill or "none", shape.edge or "none"
        drawn = Polygon(shape.points, closed=True, facecolor=face, edgecolor=edge, linewidth=shape.width_pt)
        drawn.set_zorder(0.0 if shape.role in BENEATH else 2 + order / len(page.shapes))
        axes.add_patch(drawn)
    fields = [shape for shape in page.shapes if shape.role == "field"]
    if fields:
        # Thousands of small pieces: one by one they take seconds. Edges of their own colour close the seams.
        fills = [shape.fill or "none" for shape in fields]
        pieces = PolyCollection([shape.points for shape in fields], facecolors=fills, edgecolors=fills, linewidths=0.6)
        pieces.set_zorder(1.2)
        axes.add_collection(pieces)


def _add_lines(axes: Any, page: Page) -> None:
    from matplotlib.lines import Line2D

    for line in page.lines:
        dashes: Any = (0, (3, 2)) if line.dashed else "-"
        axes.add_line(
            Line2D(
                [line.x0, line.x1],
                [line.y0, line.y1],
                color=line.colour,
                linewidth=line.width_pt,
                linestyle=dashes,
                solid_capstyle="butt",
                zorder=1,
            )
        )
    for stroke in page.strokes:
        dashes = (0, stroke.dashes) if stroke.dashes else "-"
        drawn = Line2D(*zip(*stroke.points, strict=True), color=stroke.colour, linewidth=stroke.width_pt, zorder=1.5)
        drawn.set_linestyle(dashes)
        axes.add_line(drawn)


def _families(kind: str) -> list[str]:
    """The known fonts that are installed, in order, the first one always; PDF embeds TrueType outlines only."""
    from matplotlib import font_manager

    found = [font for font in font_manager.fontManager.ttflist if kind != "pdf" or font.fname.lower().endswith(".ttf")]
    installed = {font.name for font in found}
    return [name for name in (*FAMILIES, *FURTHER) if name in installed]
