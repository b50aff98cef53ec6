"""Which columns a forest plot has, left and right of its axis, and which of them give way on a narrow page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..columns import COLUMNS, Column, column
from ..pooling.rate_result import PooledRate
from ..pooling.result import Pooled
from ..pooling.subgroups import Subgroups
from .forest_fields import Field, Wanted
from .forest_rows import Row
from .forest_writing import Writing, cell_of, heading_of

#: What a column says already.
COVERS = {"events_n": ("events", "n", "time"), "estimate_ci": ("estimate", "ci")}
#: In this order columns that nobody asked for give way where the page is too narrow, and what is said of it.
GIVE_WAY = (
    ("weight", "the weights"),
    ("estimate", "a column of its own for the limits"),
    ("events", "a column of its own for the totals"),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The columns of a forest plot.

    Attributes:
        shared: Beside the labels, once for all panels. left, right: Of each panel, beside its axis.
        own: Names of those that were asked for: they never give way.
    """

    shared: tuple[Column, ...]
    left: tuple[Column, ...]
    right: tuple[Column, ...]
    own: frozenset[str]

    def narrowed(self, steps: int) -> Chosen:
        """After the first ``steps`` ways of ``GIVE_WAY``."""
        found = self
        for name, _ in GIVE_WAY[:steps]:
            found = replace(
                found, left=tuple(found._without(found.left, name)), right=tuple(found._without(found.right, name))
            )
        return found

    def _without(self, columns: Sequence[Column], gone: str) -> Iterator[Column]:
        """The columns without one that gives way; two numbers of one thing become one column."""
        joined = next((name for name, parts in COVERS.items() if gone in parts), None)
        parts = COVERS.get(joined or "", (gone,))
        if not any(c.name == gone for c in columns) or any(c.name in self.own for c in columns if c.name in parts):
            yield from columns
            return
        for c in columns:
            if c.name == gone and joined is not None:
                yield COLUMNS[joined]
            elif c.name not in parts:
                yield c


def choose_columns(
    results: Sequence[Pooled | Subgroups],
    rows: Sequence[Row],
    columns: Sequence[str | Column],
    right: Sequence[str | Column] | None,
    writing: Writing,
) -> Chosen:
    """The columns asked for, each once, and the style's own where none were asked for; weights where rows have any.

    Raises:
        UsageError: an unknown column; the near names are listed.
    """
    overall = [result.overall if isinstance(result, Subgroups) else result for result in results]
    weights = _has_weights(rows)
    asked = _found(results, columns, weights)
    asked_right = _found(results, right or (), weights)
    own = frozenset(c.name for c in (*asked, *asked_right))
    said = own | {part for name in own for part in COVERS.get(name, ())}
    names = [*writing.wording.left, *(writing.wording.right if right is None else ())]
    further = [name for name in names if name not in said and not _covered(name, own)]
    standing = {name: COLUMNS[name] for name in further if name != "weight" or weights}
    if isinstance(overall[0], PooledRate):
        standing = _of_rates(standing)
    left = [c for name, c in standing.items() if name not in writing.wording.right]
    default_right = [c for name, c in standing.items() if name in writing.wording.right]
    several = len(results) > 1
    beside = [c for c in asked if c.of_numbers and several]
    return Chosen(
        tuple(c for c in asked if c not in beside),
        (*beside, *left),
        (*asked_right, *default_right) if right is None else tuple(asked_right),
        own,
    ).narrowed(len(GIVE_WAY) if several else 0)


def _covered(name: str, own: frozenset[str]) -> bool:
    """A joined column that was asked for in parts."""
    return sum(part in own for part in COVERS.get(name, ())) > 1


def _of_rates(standing: dict[str, Column]) -> dict[str, Column]:
    """Rates have times instead of totals."""
    found: dict[str, Column] = {}
    for name, c in standing.items():
        for new in {"events_n": ("events", "time"), "n": ("time",)}.get(name, (name,)):
            found[new] = COLUMNS[new] if new != name else c
    return found


def _has_weights(rows: Sequence[Row]) -> bool:
    return any(entry.weight is not None for row in rows for entry in row.entries if entry is not None)


def lacks_weights(rows: Sequence[Row], *asked: Sequence[str | Column] | None) -> bool:
    """Whether weights are asked for that no study has."""
    given = [name for names in asked for name in (names.split(",") if isinstance(names, str) else names or ())]
    wanted = {name.strip() if isinstance(name, str) else name.name for name in given}
    return "weight" in wanted and not _has_weights(rows)


def _found(results: Sequence[Pooled | Subgroups], names: Sequence[str | Column], weights: bool) -> list[Column]:
    """Columns by name, each once, without labels, which always stand, and without weights where there are none."""
    given = names.split(",") if isinstance(names, str) else names
    made = [name if isinstance(name, Column) else _column(results, str(name).strip()) for name in given if name]
    kept = [c for c in made if c.name != "label" and (c.name != "weight" or weights or not c.of_numbers)]
    return list({c.name: c for c in kept}.values())


def _column(results: Sequence[Pooled | Subgroups], name: str) -> Column:
    """The column of the first result that has a fact of that name."""
    found = [column(name, result) for result in results]
    return next((c for c in found if not c.of_numbers), found[0])


def wanted_fields(chosen: Chosen, rows: Sequence[Row], writings: Sequence[Writing], blocks: Sequence[float]) -> Wanted:
    """The columns with the text of every row, not placed yet."""
    shared = tuple(_field(c, rows, None, writings[0]) for c in chosen.shared)
    panels = tuple(
        (
            tuple(_field(c, rows, at, writing) for c in chosen.left),
            tuple(_field(c, rows, at, writing) for c in chosen.right),
        )
        for at, writing in enumerate(writings)
    )
    return Wanted(shared, panels, tuple(blocks))


def _field(c: Column, rows: Sequence[Row], panel: int | None, writing: Writing) -> Field:
    """One column: of a panel, or shared, where each row shows what the first panel that has it says."""
    cells = tuple(_cell(c, row, panel, writing) for row in rows)
    heading = heading_of(c, writing)
    if not c.of_numbers:
        return Field(heading, c.align, cells, wraps=True, name=c.name)
    if c.name == "ci":
        return Field(heading, "range", cells, name=c.name, token=writing.wording.to)
    if c.name == "estimate_ci":
        return Field(heading, "range", cells, name=c.name, token=f" {writing.wording.brackets[0]}")
    return Field(heading, "right", cells, name=c.name)


def _cell(c: Column, row: Row, panel: int | None, writing: Writing) -> str:
    if row.kind in ("group", "words", "gap", "rule"):
        return ""
    if panel is None:
        return cell_of(c, row.entry, writing)
    return cell_of(c, row.entries[panel] if panel < len(row.entries) else None, writing)
