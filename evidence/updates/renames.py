"""An id that was renamed: a row that went and a row that came, equal in every cell but the id.

A study is also known by its reports and arms: where these are of another study now, which came as theirs went, it is
the same study with another id, whatever else of its row was corrected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..review.specs import LIST_SEPARATOR, TableSpec, items

Row = Mapping[str, str]
#: Tables in the order in which ids depend on each other.
ORDER = ("studies", "reports", "arms", "patients", "claims", "continuous_results", "searches")
#: Cells without which two rows are too little known to be called the same.
LEAST_CELLS = 2
#: Tables of which a row is of one study, with their keys.
PARTS = (("reports", "report_id"), ("arms", "arm_id"))


@dataclass(frozen=True, slots=True)
class Rename:
    """An id and what it is called now."""

    table: str
    old: str
    new: str


def find_renames(
    before: Mapping[str, Sequence[Row]], after: Mapping[str, Sequence[Row]], book: Mapping[str, TableSpec]
) -> tuple[Rename, ...]:
    """The renamed ids; where several rows could be the same one, none is taken for it."""
    found: list[Rename] = []
    for name in ORDER:
        if name not in book or (key := book[name].key) is None:
            continue
        old = renamed_rows(before.get(name, ()), name, found, book)
        same = list(_pairs(name, key, old, after.get(name, ())))
        found += same
        if name == "studies":
            found += _by_parts(before, after, {rename.old for rename in same})
    return tuple(found)


def _by_parts(
    before: Mapping[str, Sequence[Row]], after: Mapping[str, Sequence[Row]], known: set[str]
) -> Iterator[Rename]:
    """Studies whose reports or arms, by their ids, are those of one other study that came as they went."""
    ids = [{row.get("study_id", "") for row in version.get("studies", ())} for version in (before, after)]
    went, came = ids[0] - ids[1] - known, ids[1] - ids[0]
    onward: dict[str, set[str]] = {}
    back: dict[str, set[str]] = {}
    for table, key in PARTS:
        now = {row.get(key): row.get("study_id", "") for row in after.get(table, ())}
        for row in before.get(table, ()):
            old, new = row.get("study_id", ""), now.get(row.get(key), "")
            if old in went and new:
                onward.setdefault(old, set()).add(new)
                back.setdefault(new, set()).add(old)
    for old, news in sorted(onward.items()):
        if len(news) == 1 and (new := min(news)) in came and back[new] == {old}:
            yield Rename("studies", old, new)


def _pairs(table: str, key: str, before: Sequence[Row], after: Sequence[Row]) -> Iterator[Rename]:
    kept = {row.get(key) for row in before} & {row.get(key) for row in after}
    went, came = _by_content(before, key, kept), _by_content(after, key, kept)
    for content, ids in went.items():
        others = came.get(content, [])
        if len(ids) == len(others) == 1 and len(content) >= LEAST_CELLS:
            yield Rename(table, ids[0], others[0])


def _by_content(rows: Sequence[Row], key: str, kept: set[str | None]) -> dict[frozenset[tuple[str, str]], list[str]]:
    found: dict[frozenset[tuple[str, str]], list[str]] = {}
    for row in rows:
        if row.get(key) and row[key] not in kept:
            content = frozenset((name, cell) for name, cell in row.items() if name != key and cell)
            found.setdefault(content, []).append(row[key])
    return found


def renamed_rows(
    rows: Sequence[Row], table: str, renames: Sequence[Rename], book: Mapping[str, TableSpec]
) -> list[dict[str, str]]:
    """The rows with ids as they are called now, in the id column and wherever they are named."""
    names = {(rename.table, rename.old): rename.new for rename in renames}
    spec = book[table]
    links = {column.name: column.refers[0] for column in spec.columns if column.refers}
    if spec.key is not None:
        links[spec.key] = links.get(spec.key, "reports" if table == "screening" else table)
    return [
        {name: _renamed(cell, links[name], names) if name in links else cell for name, cell in row.items()}
        for row in rows
    ]


def _renamed(cell: str, table: str, names: Mapping[tuple[str, str], str]) -> str:
    return LIST_SEPARATOR.join(names.get((table, item), item) for item in items(cell)) if cell else cell
