"""Languages as databases write them."""

from __future__ import annotations

import pytest

from evidence.bibliography.languages import language_code


@pytest.mark.parametrize("text", ["en", "eng", "English", " ENGLISH "])
def test_one_language(text: str) -> None:
    assert language_code(text) == "en"


@pytest.mark.parametrize("text", [None, "", "eng; fre", "Klingon", "e"])
def test_none_is_guessed(text: str | None) -> None:
    assert language_code(text) is None
