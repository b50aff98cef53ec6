"""A table as CSV and as Markdown; the page has its own template."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

from .table import Cell, Table

_ALIGN = {"left": ":--", "right": "--:", "center": ":-:"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#$])")


def to_csv(table: Table) -> str:
    """One header row of keys, then the values at full precision; an empty cell where nothing was reported."""
    out, table = io.StringIO(), table.stored
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        writer.writerow([_csv_value(cell.value) for cell in row])
    return out.getvalue()


def to_markdown(table: Table, cite: Callable[[tuple[str, ...]], str] = lambda keys: "") -> str:
    """A pipe table with its caption above and its footnotes below; ``cite`` prints the numbers of references."""
    table = table.printed
    lines = [f"**{escape_markdown(table.caption)}**", ""]
    lines.append("| " + " | ".join(escape_markdown(column.heading) for column in table.columns) + " |")
    lines.append("| " + " | ".join(_ALIGN[column.align] for column in table.columns) + " |")
    lines += ["| " + " | ".join(_markdown_cell(cell, cite) for cell in row) + " |" for row in table.rows]
    if table.footnotes:
        lines += [""] + [f"- {escape_markdown(note)}" for note in table.footnotes]
    return "\n".join(lines)


def escape_markdown(text: str) -> str:
    """Text that Markdown prints as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("&", "&amp;")


def markdown_link(text: str, href: str) -> str:
    """A link whose text and address can't break out of it."""
    address = href.replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
    return f"[{escape_markdown(text)}](<{address}>)"


def _markdown_cell(cell: Cell, cite: Callable[[tuple[str, ...]], str]) -> str:
    # An anchor is one of the page.
    outside = cell.href if cell.href and not cell.href.startswith("#") else None
    text = markdown_link(cell.text, outside) if outside else escape_markdown(cell.text)
    return text + (cite(cell.cites) if cell.cites else "")


def _csv_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)
