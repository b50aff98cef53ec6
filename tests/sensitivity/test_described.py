"""Every question has its method in words, and no words are without a question."""

from __future__ import annotations

from evidence.document.references import methods_bibliography
from evidence.sensitivity.described import DESCRIBED
from evidence.sensitivity.questions import QUESTIONS


def test_every_question_is_described_in_whole_sentences_with_sources_that_exist() -> None:
    assert set(DESCRIBED) == set(QUESTIONS)
    known = set(methods_bibliography())
    for name, how in DESCRIBED.items():
        assert how.words[0].isupper() and how.words.endswith("."), name
        assert set(how.cites) <= known, name


def test_numbers_in_the_words_are_those_of_the_code() -> None:
    assert "50% quantile of chi-squared" in DESCRIBED["influence"].words
    assert "at most 16 of them, else 32,768 random subsets" in DESCRIBED["subsets"].words
    assert "tau as estimated, 0.5 and 1 and its upper limit (at most 2)" in DESCRIBED["calibration"].words
    assert all("from 10 studies on" in DESCRIBED[name].words for name in ("egger", "begg", "peters", "trim-and-fill"))
