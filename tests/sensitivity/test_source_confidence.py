"""Full texts only, high confidence only, both."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evidence import model, select
from evidence.review.review import Review, read_review
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.source_confidence import RESTRICTIONS, held_to, source_confidence

BETA = model("beta-binomial")


def counts(review: Review, outcome: str, where: dict[str, str] | None = None) -> dict[str, tuple[int, int]]:
    varied = source_confidence(review, outcome, BETA, where).varied
    return dict(zip(varied.labels, zip(varied.events.tolist(), varied.n.tolist(), strict=True), strict=True))


def test_the_first_review(sts: Review) -> None:
    """From outcomes.csv and reports.csv: three of the patients were read of in full, two of these with confidence."""
    found = counts(sts, "any_response")
    assert found["all sources"] == (35, 57) and found["full text only"] == (2, 3)
    assert found["high confidence only"] == (15, 34) and found["full text and high confidence"] == (2, 2)
    assert set(found) == {"all sources", *RESTRICTIONS}
    answer = source_confidence(sts, "any_response", BETA)
    assert "full text only 2 of 3 patients (67 %)" in str(answer)
    high = select(sts, "any_response", where={"confidence": "high"})
    assert answer.varied.found.estimate[2] == pytest.approx(BETA.fit(high.counts).estimate, abs=1e-9)
    assert list(answer.varied.found.status[[1, 3]]) == ["too-few", "too-few"]


def test_a_review_without_any_full_text(vessels: Review) -> None:
    answer = source_confidence(vessels, "any_response", BETA)
    assert counts(vessels, "any_response")["full text only"] == (0, 0)
    assert "full text only: no patients" in str(answer)
    json.dumps(answer.to_dict(), allow_nan=False)


def test_a_restriction_does_not_lift_the_filter_of_the_analysis(sts: Review) -> None:
    found = counts(sts, "any_response", {"confidence": "low"})
    assert found["high confidence only"] == (0, 0) and found["without low confidence"] == (0, 0)
    assert held_to(sts, {"confidence": ["medium", "high"]}, RESTRICTIONS["high confidence only"]) == {
        "confidence": ["high"]
    }


def test_where_all_was_read_well_it_is_not_asked(third_review: Path) -> None:
    with pytest.raises(NotAskableError, match="every count was read in a full text"):
        source_confidence(read_review(third_review), "heel_swollen", BETA)


def test_a_review_with_other_words_has_other_restrictions(third_review: Path) -> None:
    text = (third_review / "review.toml").read_text(encoding="utf-8")
    own = '[vocabulary.outcomes]\nconfidence = ["sure", "unsure"]'
    (third_review / "review.toml").write_text(text.replace("[vocabulary.outcomes]", own), encoding="utf-8")
    table = third_review / "outcomes.csv"
    rows = table.read_text(encoding="utf-8").replace(",high,", ",sure,")
    table.write_text(rows.replace(",medium,", ",unsure,").replace(",low,", ",unsure,"), encoding="utf-8")
    labels = source_confidence(read_review(third_review), "improved", BETA).varied.labels
    assert "full text only" in labels and not any("confidence" in label for label in labels)


def test_the_sentence_names_the_ways_that_make_the_range(sts: Review) -> None:
    answer = source_confidence(sts, "any_response", BETA)
    varied = answer.varied
    values = varied.shown.value
    low, high = (varied.labels[i] for i in (np.nanargmin(values), np.nanargmax(values)))
    assert varied.ends == (int(np.nanargmin(values)), int(np.nanargmax(values)))
    assert f"{low} {varied.counted(varied.labels.index(low))}" in str(answer).lower()
    assert f"({low}) to" in str(answer) and f"({high}) over" in str(answer)


def own_words(folder: Path, table: str, column: str, words: dict[str, str]) -> None:
    """The review's own words in a core column, in the place of the codebook's."""
    settings = folder / "review.toml"
    text = settings.read_text(encoding="utf-8")
    head = f"[vocabulary.{table}]"
    own = f"{head}\n{column} = {json.dumps(sorted(set(words.values())))}"
    text = text.replace(head, own) if head in text else f"{text}\n{own}\n"
    settings.write_text(text, encoding="utf-8")
    rows = (folder / f"{table}.csv").read_text(encoding="utf-8")
    for before, after in words.items():
        rows = rows.replace(f",{before},", f",{after},")
    (folder / f"{table}.csv").write_text(rows, encoding="utf-8")


SEEN = {"full_text": "whole", "abstract": "abstract"}
READ = {"high": "sure", "medium": "unsure", "low": "unsure"}


def test_a_review_without_the_words_is_not_told_that_all_was_read_in_full(third_review: Path) -> None:
    own_words(third_review, "reports", "source_seen", SEEN)
    with pytest.raises(NotAskableError) as refused:
        source_confidence(read_review(third_review), "heel_swollen", BETA)
    said = refused.value.problems[0].message
    assert said == (
        "every count was read with high confidence, and which counts come from a full text is not known, as the review"
        " has words of its own for source_seen"
    )
    answer = source_confidence(read_review(third_review), "improved", BETA)
    assert answer.unknown == ("source_seen",) and "full text only" not in str(answer)
    assert "which counts come from a full text is not known" in str(answer)
    own_words(third_review, "outcomes", "confidence", READ)
    with pytest.raises(NotAskableError, match="full text and which counts were read with high confidence is not known"):
        source_confidence(read_review(third_review), "heel_swollen", BETA)
