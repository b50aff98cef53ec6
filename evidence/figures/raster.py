"""A page to PNG for a document with dozens of figures: few colours, few bytes, drawn in a twentieth of a second.

Shapes and lines go to Agg as ``ink.py`` sends them there. Letters go as outlines, all of one colour at once, each where
the layout measured it: letter by letter they take most of a picture's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import bidirectional, category

from .page import Page, Shape, Text
from .svg import BENEATH, SEAM
from .text import advance, font_file, kerning, missing_characters

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 300
MM_PER_INCH, POINTS_PER_INCH = 25.4, 72.0
#: Outlines of letters are kept at this size.
OUTLINE_PT = 100.0
#: Bits of red, green and blue that tell two colours apart; fewer where a picture has too many for one palette.
BITS = (4, 3, 2)
PALETTE = 256
#: Vertices and codes of a path.
Outline = tuple[Any, Any]
SHIFTS = {"left": 0.0, "center": 0.5, "right": 1.0}


def png_of(page: Page, dpi: int = DPI) -> bytes:
    """The page as a PNG of at most 256 colours; the same bytes each time.

    Args:
        page: What is drawn. A page with letters that DejaVu Sans lacks or that run from right to left is drawn as
            ``Figure.save`` draws it, with the fonts that this machine has.
        dpi: Dots per inch, which the file names.
    """
    picture = with_palette(_drawn(page, dpi) if _is_simple(page.texts) else _inked(page, dpi))
    buffer = BytesIO()
    picture.save(buffer, format="png", dpi=(dpi, dpi))
    return buffer.getvalue()


def with_palette(pixels: Any) -> Image:
    """A picture of few colours: similar ones become their mean, white stays white.

    Args:
        pixels: Red, green, blue and opacity of each, uint8, shape (height, width, 4); opacity is ignored.
    """
    import numpy as np
    from PIL import Image

    colours = np.ascontiguousarray(pixels).view("<u4").ravel() | 0xFF000000
    inked = colours != 0xFFFFFFFF
    found = colours[inked]
    for bits in BITS:
        keys = _keys(found, bits)
        counts = np.bincount(keys, minlength=1 << 3 * bits)
        used = np.flatnonzero(counts)
        if len(used) < PALETTE:
            break
    sums = [np.bincount(keys, (found >> shift) & 0xFF, len(counts))[used] for shift in (0, 8, 16)]
    means = np.round(np.stack(sums, axis=1) / counts[used, None]).astype(int)
    places = np.zeros(len(counts), dtype=np.uint8)
    places[used] = np.arange(1, len(used) + 1)
    numbers = np.zeros(len(colours), dtype=np.uint8)
    numbers[inked] = places[keys]
    picture = Image.frombytes("P", pixels.shape[1::-1], numbers.tobytes())
    picture.putpalette([255, 255, 255, *means.ravel().tolist()])
    return picture


def _keys(colours: Any, bits: int) -> Any:
    """A number for each colour, the same for colours that agree in the first bits of red, green and blue."""
    part = (1 << bits) - 1
    keys = (colours >> (8 - bits)) & part
    keys |= ((colours >> (16 - bits)) & part) << bits
    keys |= ((colours >> (24 - bits)) & part) << 2 * bits
    return keys


def _is_simple(texts: Sequence[Text]) -> bool:
    """Whether each letter stands beside the one before it, and the font has them all."""
    letters = {letter for text in texts for letter in text.text}
    if any(category(letter) in ("Mn", "Me") or bidirectional(letter) in ("R", "AL", "AN") for letter in letters):
        return False
    return not missing_characters(["".join(sorted(letters))])


def _inked(page: Page, dpi: int) -> Any:
    import numpy as np
    from PIL import Image

    from .ink import render

    with Image.open(BytesIO(render(page, "png", dpi))) as picture:
        return np.asarray(picture.convert("RGBA"))


def _drawn(page: Page, dpi: int) -> Any:
    import numpy as np

    brush = _Brush(page, dpi)
    brush.shapes(shape for shape in page.shapes if shape.role in BENEATH)
    for line in page.lines:
        brush.line(((line.x0, line.y0), (line.x1, line.y1)), line.colour, line.width_pt, (3, 2) if line.dashed else ())
    brush.fields([shape for shape in page.shapes if shape.role == "field"])
    for stroke in page.strokes:
        brush.line(stroke.points, stroke.colour, stroke.width_pt, stroke.dashes, "projecting")
    brush.shapes(shape for shape in page.shapes if shape.role not in (*BENEATH, "field"))
    brush.texts(page.texts)
    return np.asarray(brush.renderer.buffer_rgba())


class _Brush:
    """Draws on one white page; lengths in mm from its upper left corner, widths of lines in points."""

    def __init__(self, page: Page, dpi: int) -> None:
        from matplotlib.backends import backend_agg
        from matplotlib.transforms import Affine2D

        self.dots = dpi / MM_PER_INCH
        width, height = int(page.width * self.dots), int(page.height * self.dots)
        agg: Any = backend_agg
        self.renderer: Any = agg.RendererAgg(width, height, dpi)
        self.height, self.dpi = height, dpi
        self.placed = Affine2D().scale(self.dots, -self.dots).translate(0, height)
        corners = ((0, 0), (page.width + 1, 0), (page.width + 1, page.height + 1), (0, page.height + 1))
        self.shapes([Shape(corners, "white")])

    def shapes(self, shapes: Iterable[Shape]) -> None:
        from matplotlib.path import Path

        for shape in shapes:
            pen = self._pen(shape.edge, shape.width_pt, "miter")
            self.renderer.draw_path(pen, Path(*_polygons([shape])), self.placed, _rgba(shape.fill))

    def fields(self, shapes: Sequence[Shape]) -> None:
        """All pieces of one colour at once; edges of the same colour close the seams."""
        from matplotlib.path import Path

        for fill, pieces in groupby(sorted(shapes, key=lambda shape: shape.fill or ""), lambda shape: shape.fill):
            pen = self._pen(fill, SEAM, "round")
            self.renderer.draw_path(pen, Path(*_polygons(list(pieces))), self.placed, _rgba(fill))

    def line(self, points: Any, colour: str, width_pt: float, dashes: Sequence[float] = (), ends: str = "butt") -> None:
        """A line; ``dashes`` are lengths of ink and gap in widths of it."""
        from matplotlib.path import Path

        pen = self._pen(colour, width_pt, "round")
        pen.set_capstyle("butt" if dashes else ends)
        if dashes:
            pen.set_dashes(0, [length * width_pt for length in dashes])
        path = Path(points)
        path.should_simplify = False
        self.renderer.draw_path(pen, path, self.placed)

    def texts(self, texts: Iterable[Text]) -> None:
        import numpy as np
        from matplotlib.path import Path
        from matplotlib.transforms import IdentityTransform

        for colour, found in groupby(sorted(texts, key=lambda text: text.colour), lambda text: text.colour):
            outlines = [outline for text in found if (outline := self._letters(text))]
            if outlines:
                pen = self._pen(None, 0, "round")
                pen.set_snap(False)
                vertices, codes = (np.concatenate(parts) for parts in zip(*outlines, strict=True))
                self.renderer.draw_path(pen, Path(vertices, codes), IdentityTransform(), _rgba(colour))

    def _letters(self, text: Text) -> Outline | None:
        """The outline of a text in pixels from the lower left corner."""
        vertices, codes, width = _line_of(text.text, text.bold, text.italic)
        if not len(codes):
            return None
        scale = text.size_pt / OUTLINE_PT * self.dpi / POINTS_PER_INCH
        x = text.x * self.dots - SHIFTS[text.align] * width * scale
        return vertices * scale + (x, self.height - text.y * self.dots), codes

    def _pen(self, colour: str | None, width_pt: float, join: Literal["miter", "round"]) -> Any:
        pen = self.renderer.new_gc()
        pen.set_linewidth(width_pt if colour else 0)
        pen.set_foreground(colour or "white")
        pen.set_joinstyle(join)
        return pen


def _polygons(shapes: Sequence[Shape]) -> Outline:
    """One path of closed polygons."""
    import numpy as np

    vertices = [np.asarray((*shape.points, shape.points[0]), dtype=float) for shape in shapes]
    codes = [[1] + [2] * (len(points) - 2) + [79] for points in vertices]
    return np.concatenate(vertices), np.concatenate(codes)


@lru_cache(maxsize=256)
def _rgba(colour: str | None) -> Any:
    from matplotlib.colors import to_rgba

    return to_rgba(colour) if colour else None


@lru_cache(maxsize=4)
def _font(bold: bool, italic: bool) -> Any:
    from matplotlib.ft2font import FT2Font

    font = FT2Font(str(font_file(bold, italic)))
    font.set_size(OUTLINE_PT, POINTS_PER_INCH)
    return font


@lru_cache(maxsize=5_000)
def _letter(letter: str, bold: bool, italic: bool) -> Outline:
    """Outline of one letter of OUTLINE_PT, in points."""
    from matplotlib.ft2font import LoadFlags

    font = _font(bold, italic)
    font.load_char(ord(letter), LoadFlags.NO_HINTING)
    vertices, codes = font.get_path()
    return vertices, codes


@lru_cache(maxsize=20_000)
def _line_of(text: str, bold: bool, italic: bool) -> tuple[Any, Any, float]:
    """Outline of a line of text of OUTLINE_PT, in points from its beginning, and its width."""
    import numpy as np

    x, before = 0.0, ""
    vertices, codes = [np.zeros((0, 2))], [np.zeros(0, dtype=np.uint8)]
    for letter in _printed(text):
        x += kerning(before, letter, bold) if before else 0.0
        outline, kinds = _letter(letter, bold, italic)
        vertices.append(np.add(outline.reshape(-1, 2), (x, 0.0)))
        codes.append(kinds)
        x += advance(letter, bold)
        before = letter
    return np.concatenate(vertices), np.concatenate(codes), x


def _printed(text: str) -> Iterator[str]:
    return (letter for letter in text if letter.isprintable())
