"""Measured text: widths letter by letter, and where long words are broken."""

from __future__ import annotations

import pytest

from evidence.figures.text import width_mm, wrapped


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("words", ["AVATAR To", "A rather long name 5", "23 to 49", "Ångström", "Παπαδόπουλος"])
def test_widths_are_those_of_the_whole_line(words: str, bold: bool) -> None:
    from matplotlib.ft2font import FT2Font

    from evidence.figures.text import MM_PER_POINT, SLACK, font_file

    font = FT2Font(str(font_file(bold)))
    font.set_size(100, 72)
    font.set_text(words, 0.0)
    whole = font.get_width_height()[0] / 64 * 7.5 / 100 * MM_PER_POINT * SLACK
    # The line is hinted, which moves its letters by up to half a point of 100, and ends at ink, not at the pen.
    assert width_mm(words, 7.5, bold) == pytest.approx(whole, rel=0.01)


def test_letters_without_a_glyph_are_as_wide_as_high() -> None:
    assert width_mm("山", 10) == pytest.approx(10 * 25.4 / 72 * 1.01)


def test_a_long_word_is_broken_behind_its_hyphen() -> None:
    room = width_mm("Baumgartner-N", 7.5)
    assert wrapped("Baumgartner-Nielsen 2020", room, 7.5) == ["Baumgartner-", "Nielsen 2020"]


def test_a_long_word_without_hyphen_is_broken_where_the_line_ends() -> None:
    lines = wrapped("x" * 50, width_mm("x" * 12, 7.5), 7.5)
    assert "".join(lines) == "x" * 50 and max(map(len, lines)) == 12


def test_no_line_begins_with_a_percent_sign() -> None:
    text = "exact 95 % limits of 12 % and 40 % of all"
    for width in range(8, 60):
        lines = wrapped(text, float(width), 7.5)
        assert " ".join(lines) == text and not any(line.startswith("%") for line in lines)


def test_words_that_fit_stay_whole() -> None:
    assert wrapped("Perez-Moreno 2014", width_mm("Perez-Moreno 2014", 7.5), 7.5) == ["Perez-Moreno 2014"]
