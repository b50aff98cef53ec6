"""The third review with what two or three extractors entered; no number in it is real."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from evidence.double_extraction import desk_of
from evidence.review.adjudication_checks import Extracted, read_extracted
from evidence.review.review import Review, read_review
from evidence.review.side_by_side import Cell, Desk
from tests.thirdreview import write_third_review

HEAD = "arm_id,outcome,unit,events,total,timepoint_months,confidence,coding\n"
A = "bo,improved,patient,8,12,6,high,text\nna-1,improved,patient,1,1,,low,title\nbo,not_improved,patient,4,12,6,low,\n"
B = "bo,improved,patient,8,12,6,medium,table\nna-1,improved,patient,,,,,\ncy,improved,patient,20,25,6,high,table 1\n"
RECORD = "arm_id,report_id,table,field,value_a,value_b,final,reason\n"


def with_extractors(folder: Path, record: str | None = None, **tables: str) -> Path:
    """The third review with files of its folder ``extraction``.

    Args:
        folder: Where. record: Rows of adjudication.csv below its usual header; None = no such file.
        tables: ``a_outcomes`` -> the text of extractor_a_outcomes.csv; those of A and B below HEAD if none is given.
    """
    write_third_review(folder)
    (folder / "extraction").mkdir(exist_ok=True)
    for name, text in (tables or {"a_outcomes": HEAD + A, "b_outcomes": HEAD + B}).items():
        (folder / "extraction" / f"extractor_{name}.csv").write_text(text, encoding="utf-8", newline="\n")
    if record is not None:
        (folder / "extraction" / "adjudication.csv").write_text(RECORD + record, encoding="utf-8", newline="\n")
    return folder


def read_beside(folder: Path) -> Review:
    """The third review with the folder's own ``extraction``; its other tables, alike wherever it is, are read once."""
    return replace(_third(), name=folder.name, path=folder)


@cache
def _third() -> Review:
    with TemporaryDirectory() as folder:
        return read_review(write_third_review(Path(folder)))


def laid_out(folder: Path) -> tuple[Desk, Extracted]:
    """A review's desk, and its extractors side by side."""
    desk = desk_of(read_beside(folder))
    return desk, read_extracted(desk)


def cell(extracted: Extracted, row: str, field: str) -> Cell:
    """The one cell of that row and field."""
    (found,) = (one for one in extracted.cells if row in (one.arm_id, " ".join(one.row)) and one.field == field)
    return found
