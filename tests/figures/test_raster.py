"""PNG for documents: what it shows is what the other drawing shows."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from evidence.figures import picture_figure
from evidence.figures.ink import render
from evidence.figures.page import Line, Page, Shape, Stroke, Text, rectangle
from evidence.figures.raster import png_of, with_palette
from tests.figures.pictures import PICTURES

BLACK, BLUE = "#000000", "#3366cc"


def picture(page: Page, dpi: int = 100) -> Image.Image:
    with Image.open(BytesIO(png_of(page, dpi))) as found:
        return found.convert("RGB")


def page(*texts: Text) -> Page:
    return Page(100.0, 40.0, (), (), texts)


def ink(image: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """How dark each square of 2 mm is, from 0 to 255: what letters that are a fraction of a pixel aside share."""
    small = image.convert("L").resize((image.width // 8, image.height // 8), Image.Resampling.BOX)
    return 255.0 - np.asarray(small, dtype=float)


@pytest.mark.parametrize("name", ["publication", *list(PICTURES)[:2]])
def test_it_shows_what_the_files_of_journals_show(name: str) -> None:
    shown = picture_figure(PICTURES[name], "Größe: β ≥ 1", "default", "A banner.").layout.page
    with Image.open(BytesIO(render(shown, "png", 100))) as other:
        assert other.size == picture(shown).size
        # Letters stand up to a pixel apart, which moves a sixth of a line's ink from one square to the next.
        assert np.abs(ink(picture(shown)) - ink(other)).max() < 60
        assert ink(picture(shown)).sum() == pytest.approx(ink(other).sum(), rel=0.05)


def test_colours_and_places_are_exact() -> None:
    shapes = (Shape(rectangle(10, 10, 30, 30), BLUE), Shape(rectangle(0, 0, 100, 5), "#f4f4f4", role="stripe"))
    made = picture(Page(100.0, 40.0, shapes, (), ()), dpi=254)
    assert made.size == (1000, 400)
    assert made.getpixel((200, 200)) == (0x33, 0x66, 0xCC) and made.getpixel((500, 20)) == (0xF4, 0xF4, 0xF4)
    assert made.getpixel((500, 300)) == made.getpixel((95, 200)) == made.getpixel((305, 200)) == (255, 255, 255)


def test_lines_have_their_width_and_their_gaps() -> None:
    lines = (Line(0, 10, 100, 10, BLACK, 7.2), Line(0, 20, 100, 20, BLACK, 7.2, dashed=True))
    strokes = (Stroke(((0, 30), (50, 30), (100, 30)), BLUE, 7.2, (1, 1)),)
    made = np.asarray(picture(Page(100.0, 40.0, (), lines, (), strokes), dpi=100).convert("L"))
    column = made[:, 200] < 128
    # 7.2 points at 100 dots per inch are 10 dots.
    assert abs(int(column[20:60].sum()) - 10) <= 1
    assert 0.55 < (made[79] < 128).mean() < 0.65 and 0.45 < (made[118] < 200).mean() < 0.55


@pytest.mark.parametrize(("align", "left", "right"), [("left", 50, 75), ("center", 37, 63), ("right", 25, 50)])
def test_text_stands_where_it_was_measured(align: str, left: float, right: float) -> None:
    from evidence.figures.text import width_mm

    text = Text(50, 20, "MMMMMMMM", 10, BLACK, align)  # type: ignore[arg-type]
    width = width_mm(text.text, 10)
    dark = np.flatnonzero((np.asarray(picture(page(text), 254).convert("L")) < 128).any(axis=0)) / 10
    start = {"left": 50, "center": 50 - width / 2, "right": 50 - width}[align]
    # The measure has a hundredth of slack, and M has white beside it.
    assert start - 0.2 <= dark[0] <= start + 1.0 and start + width - 1.0 <= dark[-1] <= start + width + 0.2
    assert left - 5 < dark[0] and dark[-1] < right + 5


def test_bold_is_darker_and_italic_leans() -> None:
    def darkness(**looks: bool) -> float:
        return float(ink(picture(page(Text(10, 20, "Heel pain", 12, BLACK, **looks)))).sum())  # type: ignore[arg-type]

    assert darkness(bold=True) > 1.2 * darkness()
    assert png_of(page(Text(10, 20, "lll", 12, BLACK, italic=True))) != png_of(page(Text(10, 20, "lll", 12, BLACK)))


@pytest.mark.parametrize("words", ["漢字", "a\u0301\u0327", "שלום"])
def test_letters_that_need_more_than_a_row_of_outlines_are_drawn_too(words: str) -> None:
    assert ink(picture(page(Text(10, 20, words, 12, BLACK)))).sum() > 0


def test_the_same_page_gives_the_same_bytes_and_few_of_them() -> None:
    shown = picture_figure(PICTURES["publication"], "Größe", "default").layout.page
    assert png_of(shown) == png_of(shown)
    assert len(png_of(shown)) < len(render(shown, "png")) / 2


def test_too_many_colours_become_fewer() -> None:
    steps = np.arange(64, dtype=np.uint8) * 4
    pixels = np.full((64, 64, 4), 255, dtype=np.uint8)
    pixels[..., 0], pixels[..., 1] = steps[:, None], steps[None, :]
    pixels[..., 2] = steps[:, None] ^ steps[None, :]
    made = with_palette(pixels).convert("RGB")
    assert len(made.getcolors() or []) <= 256
    assert np.abs(np.asarray(made).astype(int) - pixels[..., :3]).max() <= 64


def test_an_empty_page_is_white() -> None:
    assert picture(page()).getextrema() == ((255, 255),) * 3
