"""The words of a note for many analyses at once hold nothing of one of them."""

from __future__ import annotations

from evidence.pooling.general_notes import _IN_GENERAL, in_general
from evidence.pooling.notes import codes


def test_every_code_has_one_sentence_without_places() -> None:
    for code in codes():
        words = in_general(code)
        assert words and "{" not in words and ". " not in words.rstrip("."), code
    assert set(_IN_GENERAL) <= set(codes())
    assert in_general("no-such-note") == ""


def test_words_of_a_note_without_numbers_are_its_own() -> None:
    assert in_general("tau-zero") == "The estimated between-study standard deviation is 0."
