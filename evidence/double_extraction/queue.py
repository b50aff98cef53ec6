"""Cells of extractors as a table for a spreadsheet: the queue of differences, or all of them side by side."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from .joined import ComparedCell

#: What a spreadsheet would take for a formula at the start of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def queue_bytes(cells: Sequence[ComparedCell]) -> bytes:
    """A CSV file in UTF-8 with a mark of order, so that spreadsheets read it so: a row for each cell.

    Columns are those of adjudication.csv, with where and how each value was read beside it; texts that a spreadsheet
    would compute are preceded by an apostrophe.
    """
    names = sorted({name for one in cells for name in one.extractors})
    header = ["arm_id", "report_id", "table", "field"]
    for name in names:
        header += [f"value_{name}", f"at_{name}", f"source_{name}"]
    header += ["alike", "final", "reason"]
    out = io.StringIO()
    writer = csv.DictWriter(out, header, lineterminator="\r\n")
    writer.writeheader()
    for one in cells:
        plain = one.to_dict()
        row = {name: plain[name] or "" for name in ("arm_id", "report_id", "table", "field", "final", "reason")}
        row["alike"] = "yes" if plain["alike"] else "no"
        for name, entry in plain["values"].items():
            row |= {f"value_{name}": entry["value"], f"at_{name}": entry["at"], f"source_{name}": entry["source"]}
        writer.writerow({name: _harmless(text) for name, text in row.items()})
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _harmless(text: str) -> str:
    if not text.startswith(_FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text
