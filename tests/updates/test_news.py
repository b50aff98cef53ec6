"""Now against the latest version and the first one, and every version in the history."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidence.document.changes import analyses_in
from evidence.review.review import read_review
from evidence.updates.comparing import State
from evidence.updates.finding import read_version
from evidence.updates.news import News, news_of
from tests.updates.test_versions import analyses, freeze


def news(folder: Path) -> News | None:
    version = read_version(folder, analyses(folder), "now")
    return news_of(folder, State(version, read_review(folder), tuple(analyses_in(version))), analyses_in)


def correct(folder: Path, improved: int) -> None:
    """Give another count of those who improved among the 12 patients of one arm, and of those who did not."""
    path = folder / "outcomes.csv"
    text = re.sub(r"^bo,improved,patient,\d+,", f"bo,improved,patient,{improved},", path.read_text("utf-8"), flags=re.M)
    text = re.sub(r"^bo,not_improved,patient,-?\d+", f"bo,not_improved,patient,{12 - improved}", text, flags=re.M)
    path.write_text(text, encoding="utf-8")


def test_without_a_version_there_is_nothing(heel: Path) -> None:
    assert news(heel) is None


def test_a_version_like_now_is_passed_over(heel: Path) -> None:
    freeze(heel)
    found = news(heel)
    assert found is not None and found.same == ("first",) and found.told == () == found.histories


def test_latest_and_first_are_compared_and_all_are_in_the_history(heel: Path) -> None:
    freeze(heel, "a")
    correct(heel, 7)
    freeze(heel, "b")
    correct(heel, 6)
    freeze(heel, "c")
    correct(heel, 5)
    freeze(heel, "d")
    found = news(heel)
    assert found is not None and found.same == ("d",)
    assert [told.before.label for told in found.told] == ["c", "a"]
    improved, pain_free = found.histories
    assert [end.label for end in improved.ends] == ["a", "b", "c", "now"]
    assert [end.events for end in improved.ends] == [50, 49, 48, 47]
    assert improved.title == "Improved" and improved.to_dict()["versions"][0]["events"] == 50
    latest, first = (told.outcomes[0] for told in found.told)
    assert latest.parts is not None and first.parts is not None and first.before is not None
    assert first.before.value == improved.ends[0].value == first.parts.before
    assert sum(part.pooled for part in first.parts.parts) == pytest.approx(first.parts.after - first.parts.before)
    assert len({end.events for end in pain_free.ends}) == 1


def test_a_version_that_todays_codebook_refuses_is_said(heel: Path) -> None:
    correct(heel, 18)
    freeze(heel, "broken")
    correct(heel, 8)
    found = news(heel)
    assert found is not None and found.told == ()
    ((label, message),) = found.unreadable
    assert label == "broken" and "version broken" in message
