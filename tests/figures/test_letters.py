"""Characters that no font has: said, never boxes in silence; a font that is given shows them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager

from evidence.cli import main
from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.figures import Figure, forest
from evidence.figures.letters import MissingGlyphsWarning, lacking, missing_problem
from evidence.figures.style import DEFAULT
from tests.figures.forests import pooled

#: A letter of a plane that fonts seldom have: it is in no font here, whatever is installed.
RARE = "\U0003134a"
COUNTS = Counts([3, 6, 10], [11, 17, 21], [f"Study {RARE}", "Ångström 2019", "Παππάς 2021"])


@pytest.fixture(autouse=True)
def no_other_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what comes with matplotlib, as on a bare machine."""
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda *_, **__: [])


@pytest.fixture(scope="module")
def font(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A font with one letter: a filled square."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    glyph, empty = pen.glyph(), TTGlyphPen(None).glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(RARE): "square"})
    builder.setupGlyf({".notdef": empty, "square": glyph})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "square": (1000, 100)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "One Letter", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    path = tmp_path_factory.mktemp("fonts") / "one.ttf"
    builder.save(path)
    return str(path)


def drawn(font: str = "") -> Figure[Any]:
    return forest(pooled(COUNTS, "common-effect"), style=replace(DEFAULT, font=font))


@pytest.mark.parametrize("kind", ["png", "pdf", "tiff"])
def test_a_character_that_no_font_has_is_said(kind: str, tmp_path: Path) -> None:
    with pytest.warns(MissingGlyphsWarning) as caught:
        drawn().save(tmp_path / f"a.{kind}", dpi=50)
    (message,) = [one.message for one in caught]
    assert isinstance(message, MissingGlyphsWarning)
    problem = message.problem
    assert RARE in problem.message and problem.severity == "warning" and str(problem.file).endswith(f"a.{kind}")
    assert "--font FILE" in problem.mend and "Noto Sans SC" in problem.mend
    assert (".ttf" in problem.mend) == (kind == "pdf")
    assert (tmp_path / f"a.{kind}").is_file()


def test_in_svg_text_stays_text(tmp_path: Path) -> None:
    (path,) = drawn().save(tmp_path / "a.svg")
    assert f"Study {RARE}" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_a_font_that_is_given_shows_it(kind: str, font: str, tmp_path: Path) -> None:
    before = [one.fname for one in font_manager.fontManager.ttflist]
    figure = drawn(font)
    assert figure.pages[0].font == font and lacking(figure.pages, "png") == ""
    (path,) = figure.save(tmp_path / f"a.{kind}", dpi=50)
    with pytest.warns(MissingGlyphsWarning):
        (boxes,) = drawn().save(tmp_path / f"b.{kind}", dpi=50)
    assert path.read_bytes() != boxes.read_bytes()
    assert [one.fname for one in font_manager.fontManager.ttflist] == before


def test_a_file_that_is_no_font_is_an_error(tmp_path: Path) -> None:
    text = tmp_path / "font.ttf"
    for file in (text, tmp_path / "nowhere.ttf"):
        with pytest.raises(UsageError, match=r"can't be read as a font"):
            drawn(str(file)).save(tmp_path / "a.png")
        text.write_text("not a font", encoding="utf-8")


def test_what_the_font_has_is_not_said() -> None:
    assert lacking(forest(pooled(Counts([3, 6, 10], [11, 17, 21]), "common-effect")).pages, "png") == ""


@pytest.mark.parametrize(
    ("letter", "named"),
    [
        ("漢", "Noto Sans SC"),
        ("か", "Noto Sans JP"),
        ("김", "Noto Sans KR"),
        ("🦴", "Noto Emoji"),
        ("ሀ", "of its script"),
    ],
)
def test_the_mend_names_a_font_of_the_script(letter: str, named: str) -> None:
    assert missing_problem(letter, "png", "a.png").mend.endswith(named)


def test_the_command_says_it_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str], font: str) -> None:
    table = tmp_path / "counts.csv"
    table.write_text(f"study,events,total\nStudy {RARE},3,11\nOther,6,17\nThird,10,21\n", encoding="utf-8")
    command = ["draw", "forest", str(table), "--model", "common-effect", "--dpi", "50", "-o", str(tmp_path / "a.png")]
    assert main(command) == 0
    said = capsys.readouterr()
    assert "[missing-glyphs]" in said.err and "[missing-glyphs]" not in said.out and "wrote " in said.out
    assert main([*command, "--font", font]) == 0
    assert "[missing-glyphs]" not in capsys.readouterr().err
