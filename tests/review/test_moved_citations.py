"""Merging records that were screened: whoever stands elsewhere by it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.bibliography.screening import ScreenedFiles
from evidence.review.duplicates import decide_pair
from evidence.review.moved_citations import moved_citations
from tests.bibliography.citing import citation, decision, import_records, record


@pytest.fixture
def review(third_review: Path) -> Path:
    import_records(third_review, [record(i) for i in range(4)])
    anna = [
        decision(0, "exclude"),
        decision(1, "include"),
        decision(1, "include", stage="full_text"),
        decision(2, "exclude"),
    ]
    ScreenedFiles(third_review).record("anna", anna)
    return third_review


def test_a_merge_that_changes_what_was_decided_says_so(review: Path) -> None:
    told = decide_pair(review, ("author0", "author1"), "same", "anna", "")
    assert told.splitlines()[1:] == [
        "  author0 was excluded, and is included together with author1 now: judge it again if that is wrong:"
        f" evidence screen {review} --report author0 --as NAME"
    ]
    apart = decide_pair(review, ("author0", "author1"), "different", "anna", "").splitlines()
    assert len(apart) == 2
    assert apart[1].startswith("  author0 was included, and is excluded now: ")


def test_what_moves_nothing_says_nothing(review: Path) -> None:
    assert len(decide_pair(review, ("author0", "author2"), "same", "anna", "").splitlines()) == 1
    # author3, at which nobody had looked, is part of an excluded one now.
    assert len(decide_pair(review, ("author2", "author3"), "same", "anna", "").splitlines()) == 1


def test_with_a_broken_file_nothing_is_told(review: Path) -> None:
    before, after = (citation(0), citation(1)), (citation(0, "author1"),)
    assert len(moved_citations(review, before, after)) == 1
    (review / "records" / "screened" / "ben.csv").write_text("wrong\n", encoding="utf-8")
    assert moved_citations(review, before, after) == ()
