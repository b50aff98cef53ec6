"""The third review with other tables: what the questions about the curation need and the real reviews lack."""

from __future__ import annotations

from pathlib import Path

from evidence.review.review import Review, read_review
from tests.thirdreview import TABLES, write_third_review


def changed(folder: Path, **tables: tuple[str, str]) -> Review:
    """The third review with texts of its tables replaced: table -> (before, after)."""
    write_third_review(folder)
    for name, (before, after) in tables.items():
        assert before in TABLES[name], f"{before!r} is not in {name}.csv"
        text = TABLES[name].lstrip().replace(before, after)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
    return read_review(folder)


def extracted(folder: Path, **rows: str) -> Path:
    """Files of extractors: name -> rows of arm_id,outcome,unit,events,total (with a header of its own if given)."""
    (folder / "extraction").mkdir(exist_ok=True)
    for name, text in rows.items():
        head = "" if text.startswith("arm_id") else "arm_id,outcome,unit,events,total\n"
        path = folder / "extraction" / f"extractor_{name}_outcomes.csv"
        path.write_text(head + text, encoding="utf-8", newline="\n")
    return folder
