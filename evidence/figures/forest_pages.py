"""Where the rows of a long forest plot are broken into pages; what was broken, one below the other on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .forest_rows import Row
from .page import Area, Line, Page, Shape, Stroke, Text


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a page holds: mm of rows, rows, and the height of what stands below the axis of the last page."""

    height: float | None = None
    rows: int | None = None
    feet: float = 0.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one page: their indices, and the index of the group heading that is repeated above them, or None."""

    rows: tuple[int, ...]
    continued: int | None = None


def break_rows(rows: Sequence[Row], heights: Sequence[float], limits: Limits) -> tuple[Sheet, ...]:
    """Rows to pages: no heading stands at the foot of one, and the overall rows stay together where they can."""
    if limits.height is None and limits.rows is None:
        return (Sheet(tuple(range(len(rows)))),)
    pages: list[list[int]] = [[]]
    tail = next((i for i, row in enumerate(rows) if row.kind == "rule"), len(rows))
    for i in range(len(rows)):
        page = pages[-1]
        block = range(tail, len(rows)) if i == tail else range(i, i + 1)
        if page and not _fits([*page, *block], rows, heights, limits, last=block.stop == len(rows)):
            pages.append(_taken_along(page, rows))
        pages[-1].append(i)
    kept = [page for page in pages if page]
    return tuple(_sheet(page, rows) for page in kept)


def _fits(page: Sequence[int], rows: Sequence[Row], heights: Sequence[float], limits: Limits, last: bool) -> bool:
    if limits.rows is not None and sum(rows[i].kind not in ("gap", "rule") for i in page) > limits.rows:
        return False
    taken = sum(heights[i] for i in page) + (limits.feet if last else 0.0)
    return limits.height is None or taken <= limits.height


def _taken_along(page: list[int], rows: Sequence[Row]) -> list[int]:
    """Headings and gaps at the end of a page, which belong to what follows."""
    along: list[int] = []
    while len(page) > 1 and rows[page[-1]].kind in ("group", "gap", "rule"):
        along.insert(0, page.pop())
    return along


def _sheet(page: list[int], rows: Sequence[Row]) -> Sheet:
    shown = list(page)
    while shown and rows[shown[0]].kind in ("gap", "rule"):
        shown.pop(0)
    heading = None
    if shown and rows[shown[0]].level and rows[shown[0]].kind != "group":
        heading = max(i for i in range(shown[0]) if rows[i].kind == "group")
    return Sheet(tuple(shown), heading)


def stacked(pages: Sequence[Page], gap: float) -> Page:
    """Pages below each other on one page."""
    if len(pages) == 1:
        return pages[0]
    shapes: list[Shape] = []
    lines: list[Line] = []
    texts: list[Text] = []
    strokes: list[Stroke] = []
    areas: list[Area] = []
    down = 0.0
    for page in pages:
        shapes += [replace(s, points=tuple((x, y + down) for x, y in s.points)) for s in page.shapes]
        lines += [replace(line, y0=line.y0 + down, y1=line.y1 + down) for line in page.lines]
        texts += [replace(text, y=text.y + down) for text in page.texts]
        strokes += [replace(s, points=tuple((x, y + down) for x, y in s.points)) for s in page.strokes]
        areas += [replace(area, y0=area.y0 + down, y1=area.y1 + down) for area in page.areas]
        down += page.height + gap
    drawn = (tuple(shapes), tuple(lines), tuple(texts), tuple(strokes), tuple(areas))
    return Page(pages[0].width, down - gap, *drawn, font=pages[0].font)
