"""Who entered the counts, in words: what the extractors' files tell and no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evidence.document.findings import Findings
from evidence.document.search_words import found_and_read
from tests.review.extractors import HEAD, A, B, read_beside, with_extractors

SAME = "bo,improved,patient,8,12,6,high,text\n"
SETTLED = (
    "na-1,,outcomes,improved,1/1,empty,1/1,title\nbo,,outcomes,not_improved,4/12,empty,4/12,12 - 8\n"
    "cy,,outcomes,improved,empty,20/25,20/25,table 1\n"
)


@pytest.mark.parametrize(
    ("record", "tables", "said"),
    [
        (
            "",
            {"a": A, "b": B},
            "Two extractors entered the counts, each into a table of their own, and 3 differences are",
        ),
        (SETTLED, {"a": A, "b": B}, "and differences were adjudicated."),
        ("", {"a": SAME, "b": SAME}, "and no count differed."),
        (
            "",
            {"a": A, "b": B},
            "1 of the 4 counts (25 %, exact limits 1 to 81 %) that either had entered. The limits take",
        ),
        ("", {"a": SAME, "b": SAME, "c": SAME}, "Three extractors entered the counts, each into a table of their own"),
        (
            "",
            {"a": "", "b": ""},
            "Two extractors entered the counts, each into a table of their own, and no count differed.",
        ),
        ("", {"a": SAME}, "by one extractor; nobody entered them a second time."),
    ],
)
def test_what_extractors_made_of_the_counts(
    findings: Findings, tmp_path: Path, record: str, tables: dict[str, str], said: str
) -> None:
    texts = {f"{name}_outcomes": HEAD + rows for name, rows in tables.items()}
    review = read_beside(with_extractors(tmp_path, record, **texts))
    assert said in found_and_read(replace(findings, review=review))
