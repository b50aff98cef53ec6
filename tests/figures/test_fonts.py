"""The embedded font: the characters that are written and no others, as wide as they were measured."""

from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from evidence.figures import picture_figure
from evidence.figures.fonts import faces_of_drawings, faces_of_page, font_faces, subset
from evidence.figures.text import font_file
from tests.figures.pictures import PICTURES

FACE = re.compile(r'@font-face\{font-family:"([^"]+)";font-weight:(\d+);src:url\("data:font/woff;base64,([^"]+)"\)')
TEXT = "Größe 95 %: ≥ 0.5 – β"


@pytest.mark.parametrize("bold", [False, True])
def test_it_has_the_characters_that_are_written_as_wide_as_they_are(bold: bool) -> None:
    with TTFont(BytesIO(subset(TEXT, bold))) as cut, TTFont(font_file(bold)) as whole:
        assert set(cut.getBestCmap()) == {ord(character) for character in TEXT}
        for code, glyph in cut.getBestCmap().items():
            assert cut["hmtx"][glyph][0] == whole["hmtx"][whole.getBestCmap()[code]][0], chr(code)
        assert cut["OS/2"].usWeightClass == (700 if bold else 400)
        assert "Bitstream" in cut["name"].getDebugName(0) and "Permission is hereby granted" in cut[
            "name"
        ].getDebugName(13)


def test_the_same_text_gives_the_same_bytes() -> None:
    first = subset(TEXT, False)
    subset.cache_clear()
    assert subset(TEXT, False) == first
    # The licence alone is 4.8 kB of text.
    assert len(first) < 8_000 < font_file(False).stat().st_size / 50


def test_a_character_that_the_font_lacks_is_left_to_another_font() -> None:
    with TTFont(BytesIO(subset("a山", False))) as cut:
        assert set(cut.getBestCmap()) == {ord("a")}


def test_one_face_for_each_weight_that_is_written() -> None:
    assert font_faces([]) == ""
    faces = FACE.findall(font_faces([("thin", False), ("bold", True), ("in", False)]))
    assert [(name, weight) for name, weight, _ in faces] == [("DejaVu Sans", "400"), ("DejaVu Sans", "700")]
    with TTFont(BytesIO(b64decode(faces[0][2]))) as cut:
        assert {chr(code) for code in cut.getBestCmap()} == set("thin")


def test_a_drawing_and_its_page_ask_for_the_same_font(tmp_path: Path) -> None:
    figure = picture_figure(PICTURES["crowded words"], "Title", banner="Seed.")
    faces = faces_of_page(figure.layout.page)
    assert faces_of_drawings([figure.to_svg(), figure.to_svg()]) == faces
    figure.save(tmp_path / "a.svg", embed_font=True)
    written = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert f"<style>{faces}</style>" in written and written == figure.to_svg(embed_font=True)
    assert "font-family=\"'DejaVu Sans', Verdana" in written
