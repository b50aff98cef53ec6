"""A difference as lines of text and of Markdown; CHANGES.md of a review from the differences of all of its versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..display import plural
from ..errors import DataError
from .corrections import OF_REASON, shortened
from .difference import CellChange, Difference, TableDifference
from .explained import Explained, conclusion_lines, paragraph, table_text
from .version import Version

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


@dataclass(frozen=True, slots=True)
class Told:
    """A difference with what is said of it.

    Attributes:
        before, after: The versions. difference: Of their tables. outcomes: The explained changes.
        uncompared: Why no outcome is compared: today's codebook refuses a version; else None.
    """

    before: Version
    after: Version
    difference: Difference
    outcomes: tuple[Explained, ...] = ()
    uncompared: str | None = None


def refusal(version: Version, error: DataError) -> str:
    """Why the outcomes of a version can't be compared, with the first of its problems."""
    first, *others = error.problems
    place = f"{first.place}: " if first.place else ""
    more = f"; and {plural(len(others), 'more problem')}" if others else ""
    message = first.message.removeprefix(f"version {version.label}: ")
    return (
        f"Outcomes are not compared, as today's codebook refuses the version {version.label}: {place}{message}{more}."
    )


def cell_line(change: CellChange) -> str:
    """A changed cell: ``cy-1 events: 1, now 2 (why)``."""
    old, new = shortened(change.old) or "empty", shortened(change.new) or "empty"
    why = f" ({shortened(change.why, OF_REASON)})" if change.why else ""
    return f"{change.row} {change.column}: {old}, now {new}{why}"


def summary(table: TableDifference) -> str:
    """What differs in a table, counted: ``3 rows added, 1 cell corrected``."""
    if table.absent:
        where = "earlier" if table.absent == "before" else "later"
        if table.not_kept:
            return f"not compared: the {where} version was rebuilt without it"
        rows = len(table.added) + len(table.removed)
        return f"not in the {where} version, {plural(rows, 'row')} in the other"
    parts = (
        (len(table.added), "row", "added"),
        (len(table.removed), "row", "removed"),
        (len(table.of("corrected")), "cell", "corrected"),
        (len(table.of("reclassified")), "cell", "reclassified"),
        (len(table.columns_added), "column", "added"),
        (len(table.columns_removed), "column", "removed"),
    )
    said = [f"{plural(n, what)} {how}" for n, what, how in parts if n]
    return ", ".join([*said, *_links(table)]) or "no change"


def _links(table: TableDifference) -> Iterator[str]:
    """Links that rows lost or gained with the rows that they named, counted."""
    for changes, one, many, others in (
        (table.of("unlinked"), "no longer belongs", "no longer belong", "cut to a row that went"),
        (table.of("linked"), "now belongs", "now belong", "made to a row that came"),
    ):
        own = sum(change.column == "study_id" for change in changes)
        if own:
            yield f"{plural(own, 'row')} {one if own == 1 else many} to a study"
        if rest := len(changes) - own:
            yield f"{plural(rest, 'link')} {others}"


def details(table: TableDifference) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Heading and lines of each kind of change of a table."""
    for heading, lines in (
        ("Added", table.added),
        ("Removed", table.removed),
        ("Corrected", tuple(cell_line(change) for change in table.of("corrected"))),
        ("Reclassified", tuple(cell_line(change) for change in table.of("reclassified"))),
        ("Link cut", tuple(cell_line(change) for change in table.of("unlinked"))),
        ("Link made", tuple(cell_line(change) for change in table.of("linked"))),
        ("Columns added", table.columns_added),
        ("Columns removed", table.columns_removed),
    ):
        if lines:
            yield heading, tuple(lines)


def markdown(told: Told) -> str:
    """One difference as a section of Markdown."""
    return "\n".join(_section(told)) + "\n"


def _section(told: Told) -> Iterator[str]:
    made = f", frozen {told.after.day}" if told.after.day else ""
    yield f"## {_escaped(told.after.label)}{made}, since {_escaped(told.before.label)}"
    for note in dict.fromkeys((*told.before.notes, *told.after.notes)):
        yield from ("", _escaped(note))
    if told.uncompared:
        yield from ("", _escaped(told.uncompared))
    if told.difference.same:
        yield from ("", "Nothing changed.")
    for explained in told.outcomes:
        yield from ("", f"### {_escaped(explained.after.title)}", "", _escaped(paragraph(explained)))
        if lines := table_text(explained, _escaped):
            yield from ("", *lines)
        if concluded := conclusion_lines(explained):
            yield from ("", "Conclusions:", "", *(f"- {_escaped(line)}" for line in concluded))
    if not told.difference.same:
        yield from ("", "### Tables", "", *_tables(told.difference))


def _tables(difference: Difference) -> Iterator[str]:
    for rename in difference.renames:
        yield f"- {rename.table}: {_escaped(rename.old)} is called {_escaped(rename.new)} now"
    for table in difference.tables:
        if table.same:
            continue
        yield f"- {table.table}: {summary(table)}"
        for heading, lines in details(table):
            if heading in ("Added", "Removed"):
                yield f"    - {heading}: {', '.join(_escaped(line) for line in lines)}"
            else:
                yield from (f"    - {heading}: {_escaped(line)}" for line in lines)
    for table in difference.tables:
        if table.not_kept:
            yield f"- {table.table}: {summary(table)}"
    unchanged = [table.table for table in difference.tables if table.same and not table.not_kept]
    if unchanged:
        yield f"- no change: {', '.join(_escaped(name) for name in unchanged)}"
    if difference.other:
        yield f"- changed as well: {', '.join(_escaped(name) for name in difference.other)}"


def changes_file(title: str, sections: Sequence[Told]) -> str:
    """CHANGES.md of a review: its versions, the latest first."""
    head = (
        f"# Changes of {_escaped(title)}\n\n"
        "Written by `evidence diff` from the versions of the review; edits here are lost when it is written again.\n"
    )
    return "\n".join((head, *(markdown(told) for told in reversed(sections))))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
