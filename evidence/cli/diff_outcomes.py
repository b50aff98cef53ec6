"""Outcomes of a difference in the terminal: a line for each change, or the sources with what each of them moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from ..updates.explained import Explained
    from ..updates.inclusion import End, Moved
    from ..updates.sources import Source

#: Headings of the terminal's table, in lines of few letters.
HEADS = ("Source", "What changed", "Observed,\npoints", "Proportion,\npoints")
#: Characters from which what changed stands below the table, where there is room.
LONG = 90
#: So many studies that came or went for the same reason are one line.
TOGETHER = 3


def change_lines(one: Explained) -> Iterator[RenderableType]:
    """An outcome before and after, and what changed: studies in and out, corrected numbers, the method."""
    from rich.padding import Padding
    from rich.text import Text

    assert one.before is not None
    yield Text(f"{one.after.title}: {_count(one.before)}, then {_count(one.after)}", style="bold")
    for line in (*_moved_lines(one.moved), *_source_lines(one)):
        yield Padding(Text(line), (0, 0, 0, 2))
    yield from concluded(one)


def _moved_lines(moved: Sequence[Moved]) -> Iterator[str]:
    from ..updates.inclusion import NEW

    alike: dict[tuple[str, str], list[Moved]] = {}
    for one in moved:
        alike.setdefault((one.direction, one.why), []).append(one)
    for (direction, why), members in alike.items():
        sign = "+" if direction == "in" else "-"
        if len(members) < TOGETHER or why == NEW:
            yield from (f"{sign} {one.label}: {why}" for one in members)
        else:
            yield f"{sign} {len(members)} studies ({why}): {'; '.join(one.label for one in members)}"


def _source_lines(one: Explained) -> Iterator[str]:
    """What no line of a study says: counts that changed within it, and the method."""
    from ..updates.sources import KINDS

    moved = {move.study for move in one.moved}
    for source in one.sources:
        if source.studies <= moved and source.kind != "method":
            continue
        name = f"{source.name}, new data" if source.kind == "new-data" else _spoken(KINDS[source.kind])
        yield f"~ {name}: {source.detail}"


def _spoken(name: str) -> str:
    return "method" if name.endswith("method") else name[:1].lower() + name[1:]


def concluded(one: Explained) -> Iterator[RenderableType]:
    """A line for each conclusion; one that changed stands out."""
    from rich.padding import Padding
    from rich.text import Text

    from ..updates.explained import conclusion_lines

    for judged, line in zip(one.conclusions, conclusion_lines(one), strict=True):
        yield Padding(Text(line, style="yellow" if judged.changed else ""), (0, 0, 0, 2))


def _count(end: End) -> str:
    from ..display import percent
    from ..updates.explained import counted_words

    told = f"{end.what} {percent(end.value, 1)}" if end.value is not None else "no estimate"
    return f"{counted_words(end)} ({told})"


def explained_blocks(one: Explained) -> Iterator[RenderableType]:
    """The paragraph, the conclusions, the sources as a table, and below it what is too long for a cell."""
    from rich.console import Group
    from rich.text import Text

    from ..updates.explained import ordered, paragraph, rows

    yield Text(paragraph(one))
    if one.conclusions:
        yield Group(*concluded(one))
    found = rows(one)
    if not found or one.parts is None:
        return
    sources = [part.source for part in ordered(one.parts.parts)]
    yield _table(found, sources)
    if below := [Text(f"{source.title}: {source.detail}") for source in sources if _is_long(source)]:
        yield Group(*below)


def _is_long(source: Source) -> bool:
    return len(source.detail) > LONG


def _table(found: Sequence[tuple[str, str, str, str]], sources: Sequence[Source]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from ..display import plural

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for heading, right in zip(HEADS, (False, False, True, True), strict=True):
        table.add_column(heading, justify="right" if right else "left", overflow="fold", no_wrap=right)
    for i, (source, detail, *numbers) in enumerate(found):
        if 0 < i <= len(sources) and _is_long(sources[i - 1]):
            many = len(sources[i - 1].studies)
            detail = f"{plural(many, 'study', 'studies')}, see below" if many else "see below"
        bold = i in (0, len(found) - 2, len(found) - 1)
        table.add_row(*(Text(cell) for cell in (source, detail, *numbers)), style="bold" if bold else "")
    return table
