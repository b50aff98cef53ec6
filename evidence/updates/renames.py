"""An id that was renamed: a row that went and a row that came, equal in every cell but the id.

A study is also known by its reports and arms: where these are of another study now, which came as theirs went, it is
the same study with another id, whatever else of its row was corrected. Reports are known by their DOI or address, and
arms by nearly equal cells, where their ids changed as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..review.specs import LIST_SEPARATOR, TableSpec, items
from .likeness import same_arms, same_labels, same_reports

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
        tables = {**before, name: renamed_rows(before.get(name, ()), name, found, book)}
        found += [Rename(name, *pair) for pair in _corrected(name, tables, after, found).items()]
    return tuple(found)


def _corrected(
    name: str,
    before: Mapping[str, Sequence[Row]],
    after: Mapping[str, Sequence[Row]],
    found: Sequence[Rename],
) -> dict[str, str]:
    """Old id -> new id of rows that were renamed and corrected; those in ``found`` are called as they are now."""
    studies = {one.old: one.new for one in found if one.table == "studies"}
    if name == "studies":
        parts = {
            "reports": same_reports(before.get("reports", ()), after.get("reports", ())),
            "arms": same_arms(before, after, studies),
        }
        by_parts = dict(_by_parts(before, after, parts))
        free = {old: new for old, new in same_labels(before, after).items() if new not in by_parts.values()}
        return {**free, **by_parts}
    if name == "reports":
        return same_reports(before.get(name, ()), after.get(name, ()))
    return same_arms(before, after, studies) if name == "arms" else {}


def _by_parts(
    before: Mapping[str, Sequence[Row]], after: Mapping[str, Sequence[Row]], renamed: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str]]:
    """Studies whose reports or arms, by their ids, are those of one other study that came as they went.

    Args:
        before, after: The tables. renamed: Of reports and arms, old id -> new id where they are the same ones.
    """
    ids = [{row.get("study_id", "") for row in version.get("studies", ())} for version in (before, after)]
    went, came = ids[0] - ids[1], ids[1] - ids[0]
    onward: dict[str, set[str]] = {}
    back: dict[str, set[str]] = {}
    for table, key in PARTS:
        now = {row.get(key): row.get("study_id", "") for row in after.get(table, ())}
        for row in before.get(table, ()):
            part = row.get(key, "")
            old, new = row.get("study_id", ""), now.get(renamed[table].get(part, part), "")
            if old in went and new:
                onward.setdefault(old, set()).add(new)
                back.setdefault(new, set()).add(old)
    for old, news in sorted(onward.items()):
        if len(news) == 1 and (new := min(news)) in came and back[new] == {old}:
            yield old, new


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
