"""From the studies of a figure to their rows in a table of the page, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape

from .blocks import FigureBlock
from .document import Document

#: The places of studies in a drawing, as ``figures/svg.py`` writes them.
_PLACES = re.compile(r'<g class="studies"[^>]*>\n?(.*?)</g>\n?', re.DOTALL)
_PLACE = re.compile(r'<path data-study=("[^"]*"|\'[^\']*\') d="([^"]*)"/>\n?')


@dataclass(frozen=True, slots=True)
class StudyRow:
    """The row of a study in a table: its anchor, and its estimate in words."""

    anchor: str
    said: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in a figure a study stands: the anchor of that place, and the figure's number."""

    anchor: str
    figure: int


Rows = Mapping[str, StudyRow]


def row_anchor(table: str, key: str) -> str:
    """Anchor of a row."""
    return f"row-{table}-{_word(key)}"


def rows_by_table(document: Document) -> dict[str, dict[str, StudyRow]]:
    """Table -> key -> row, of every table whose rows have anchors."""
    return {
        table.name: {
            key: StudyRow(row_anchor(table.name, key), said)
            for key, said in zip(table.keys, table.said or ("",) * len(table.keys), strict=True)
        }
        for table in (block.table for block in document.tables)
        if table.keys is not None
    }


def origins(document: Document) -> dict[str, Origin]:
    """Anchor of a row -> where the study stands in the first figure that leads there."""
    found: dict[str, Origin] = {}
    for number, figure in enumerate(document.figures, start=1):
        if figure.rows is None:
            continue
        for places in _PLACES.findall(figure.svg):
            for quoted, _ in _PLACE.findall(places):
                key = unescape(quoted[1:-1])
                found.setdefault(row_anchor(figure.rows, key), Origin(_place_anchor(figure.name, key), number))
    return found


def link_studies(svg: str, figure: FigureBlock, rows: Rows) -> tuple[str, str]:
    """The drawing without the places of its studies, and the links that stand there: those that lead somewhere."""
    links = "".join(
        _link(figure.name, unescape(quoted[1:-1]), data, rows)
        for places in _PLACES.findall(svg)
        for quoted, data in _PLACE.findall(places)
    )
    return _PLACES.sub("", svg), links


def _link(figure: str, key: str, data: str, rows: Rows) -> str:
    row = rows.get(key)
    if row is None:
        return ""
    name, anchor = escape(row.said or key), _place_anchor(figure, key)
    return f'<a id="{anchor}" href="#{row.anchor}" aria-label="{name}"><path d="{data}"/></a>'


def _place_anchor(figure: str, key: str) -> str:
    return f"{figure}--{_word(key)}"


def _word(key: str) -> str:
    """A key as part of an anchor: letters, digits, ``_``, ``-`` and ``.``; anything else by its number, so that no two
    keys are the same word.
    """
    return re.sub(r"[^A-Za-z0-9_.-]", lambda found: f"~{ord(found[0]):x}~", key)
