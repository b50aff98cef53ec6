"""Files of ink: their resolution, their colours, their fonts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from evidence.figures import Figure, picture_figure
from evidence.figures.answers import PictureLayout
from tests.figures.pictures import PICTURES


@pytest.fixture(scope="module")
def figure() -> Figure[PictureLayout]:
    return picture_figure(PICTURES["publication"], "Größe", "default", "Seed.")


@pytest.mark.parametrize(("suffix", "dpi"), [("png", 300), ("png", 600), ("tiff", 600), ("tif", 300)])
def test_a_picture_says_its_resolution_and_has_no_alpha(
    figure: Figure[PictureLayout], tmp_path: Path, suffix: str, dpi: int
) -> None:
    path = tmp_path / f"a.{suffix}"
    figure.save(path, dpi=dpi)
    with Image.open(path) as picture:
        # PNG counts dots per metre.
        assert tuple(picture.info["dpi"]) == pytest.approx((dpi, dpi), abs=0.02)
        assert picture.mode == "RGB"
        page = figure.layout.page
        # Agg has whole pixels.
        assert picture.size == pytest.approx((page.width / 25.4 * dpi, page.height / 25.4 * dpi), abs=1)
        assert suffix == "png" or picture.info["compression"] == "tiff_lzw"
        assert picture.getpixel((0, 0)) == (255, 255, 255)
        assert picture.convert("L").getextrema()[0] < 60  # type: ignore[operator]


def test_pdf_has_its_fonts_in_it_and_is_as_large_as_the_page(figure: Figure[PictureLayout], tmp_path: Path) -> None:
    figure.save(tmp_path / "a.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    # One for each weight, as outlines and not as drawings of letters.
    assert content.count(b"/FontFile2") == 2 and b"/Type3" not in content
    assert f"/MediaBox [ 0 0 {figure.layout.page.width / 25.4 * 72:.6f}"[:24].encode() in content


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png", "tiff"])
def test_the_same_figure_gives_the_same_bytes(figure: Figure[PictureLayout], tmp_path: Path, suffix: str) -> None:
    paths = [tmp_path / f"{i}.{suffix}" for i in range(2)]
    for path in paths:
        figure.save(path, dpi=60, embed_font=True)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
