"""A page to PDF, PNG or TIFF: matplotlib's object interface, no global state, the same bytes each time.

Areas of studies are left out: they leave no ink.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from .file_kinds import Kind
from .letters import families, known_fonts
from .page import Page
from .svg import BENEATH, SEAM
from .text import FAMILY

DPI = 300
MM_PER_INCH = 25.4
SETTINGS: dict[Any, Any] = {
    "pdf.fonttype": 42,
    "font.family": [FAMILY],
    "path.simplify": False,
    # Hinting rounds the width of every letter to pixels, and measured text would not fit.
    "text.hinting": "none",
}
#: Nothing that changes from one run to the next goes into a file.
METADATA = {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": "evidence"}


def render(page: Page, kind: Kind, dpi: int = DPI) -> bytes:
    """The page as a file's content; pictures are RGB and say their dots per inch, TIFF is packed with LZW."""
    with _settings(), known_fonts([page]) as own:
        figure = _figure(page, families(kind, own))
        return _document(figure) if kind == "pdf" else _picture(figure, kind, dpi)


def render_document(pages: Sequence[Page]) -> bytes:
    """Several pages as one PDF."""
    from matplotlib.backends.backend_pdf import PdfPages

    buffer = BytesIO()
    with _settings(), known_fonts(pages) as own, PdfPages(buffer, metadata=METADATA) as document:
        for page in pages:
            document.savefig(_figure(page, families("pdf", own)), facecolor="white")
    return buffer.getvalue()


def _document(figure: Any) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="pdf", facecolor="white", metadata=METADATA)
    return buffer.getvalue()


def _picture(figure: Any, kind: Kind, dpi: int) -> bytes:
    from PIL import Image

    figure.set_dpi(dpi)
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    drawn = Image.frombuffer("RGBA", (width, height), figure.canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    options: dict[str, Any] = {"compression": "tiff_lzw"} if kind == "tiff" else {}
    buffer = BytesIO()
    drawn.convert("RGB").save(buffer, format=kind, dpi=(dpi, dpi), **options)
    return buffer.getvalue()


@contextmanager
def _settings() -> Iterator[None]:
    import matplotlib as mpl

    fonts = logging.getLogger("matplotlib.font_manager")
    with mpl.rc_context(SETTINGS), warnings.catch_warnings():
        # Whoever saves the figure is told of all characters without a glyph at once.
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

    figure = Figure(figsize=(page.width / MM_PER_INCH, page.height / MM_PER_INCH), facecolor="white")
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
        # Thousands of small pieces: one by one they take seconds.
        fills = [shape.fill or "none" for shape in fields]
        pieces = PolyCollection([shape.points for shape in fields], facecolors=fills, edgecolors=fills, linewidths=SEAM)
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
