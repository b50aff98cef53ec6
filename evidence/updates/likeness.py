"""Rows whose id changed and a cell with it: reports by DOI or address, arms by nearly equal cells, studies by both."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

from ..bibliography.cleaning import doi

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]
Pairs = dict[str, str]

#: Share of the filled cells that agree in two rows that are nearly equal, and how many of them at least.
NEARLY, LEAST_NEARLY = 0.8, 3
#: Cells that agree in two arms that are equal throughout, from which they are the same whatever their study is called.
LEAST_EQUAL = 5
#: Cells of a study, its label aside, that may differ where its label is the same.
OTHER_CELLS = 1
_WORD = re.compile(r"[^\W\d_]{3,}")
_SCHEME = re.compile(r"^https?://(www\.)?", re.IGNORECASE)


def same_reports(before: Sequence[Row], after: Sequence[Row]) -> Pairs:
    """Old id -> new id of reports that went and came with the same DOI or address."""
    return _by_mark(before, after, "report_id", identity)


def identity(report: Row) -> str:
    """The DOI of a report, else its address; empty where it has neither."""
    text = report.get("url_or_doi", "")
    return doi(text) or _SCHEME.sub("", text.strip()).rstrip("/").casefold()


def same_arms(before: Tables, after: Tables, studies: Pairs) -> Pairs:
    """Old id -> new id of arms that went and came nearly equal, of studies that may be the same.

    Args:
        before, after: The tables. studies: Old id -> new id of those that are known to be the same.
    """
    went, came = _moved(before.get("arms", ()), after.get("arms", ()), "arm_id")
    wanted: dict[str, list[str]] = {}
    for old, row in went.items():
        found = [new for new, other in came.items() if _same_arm(row, other, (before, after), studies)]
        wanted[old] = found
    return _mutual(wanted)


def _same_arm(row: Row, other: Row, versions: tuple[Tables, Tables], studies: Pairs) -> bool:
    equal, filled = _agreeing(row, other, ("arm_id", "study_id"))
    old, new = row.get("study_id", ""), other.get("study_id", "")
    if old == new or studies.get(old) == new:
        return equal >= NEARLY * filled and equal > 0
    if old in studies or new in studies.values() or _known_apart(old, new, versions):
        return False
    if equal == filled >= LEAST_EQUAL:
        return True
    labels = [_label(study, tables) for study, tables in zip((old, new), versions, strict=True)]
    return equal >= max(NEARLY * filled, LEAST_NEARLY) and bool(_words(labels[0]) & _words(labels[1]))


def same_labels(before: Tables, after: Tables) -> Pairs:
    """Old id -> new id of studies that went and came with the same label, and hardly another cell changed."""
    pairs = _by_mark(before.get("studies", ()), after.get("studies", ()), "study_id", lambda row: row.get("label", ""))
    went, came = _moved(before.get("studies", ()), after.get("studies", ()), "study_id")
    found = {}
    for old, new in pairs.items():
        equal, filled = _agreeing(went[old], came[new], ("study_id", "label"))
        if filled - equal <= OTHER_CELLS and not _known_apart(old, new, (before, after)):
            found[old] = new
    return found


def _known_apart(old: str, new: str, versions: tuple[Tables, Tables]) -> bool:
    """Whether two studies have reports with DOIs or addresses, and none of them in common."""
    marks = [
        {identity(row) for row in tables.get("reports", ()) if row.get("study_id") == study} - {""}
        for study, tables in zip((old, new), versions, strict=True)
    ]
    return all(marks) and not marks[0] & marks[1]


def _label(study: str, tables: Tables) -> str:
    return next((row.get("label", "") for row in tables.get("studies", ()) if row.get("study_id") == study), "")


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def _agreeing(row: Row, other: Row, apart: tuple[str, ...]) -> tuple[int, int]:
    """How many cells agree, and how many are filled in either row; ids are no cells."""
    names = [name for name in dict.fromkeys((*row, *other)) if name not in apart]
    cells = [(row.get(name, ""), other.get(name, "")) for name in names]
    filled = [(one, two) for one, two in cells if one or two]
    return sum(one == two for one, two in filled), len(filled)


def _moved(before: Sequence[Row], after: Sequence[Row], key: str) -> tuple[dict[str, Row], dict[str, Row]]:
    """Rows whose id went, and rows whose id came."""
    old, new = ({row[key]: row for row in rows if row.get(key)} for rows in (before, after))
    went = {name: row for name, row in old.items() if name not in new}
    return went, {name: row for name, row in new.items() if name not in old}


def _by_mark(before: Sequence[Row], after: Sequence[Row], key: str, mark: Callable[[Row], Hashable]) -> Pairs:
    """Rows that went and came with a mark that no other row of their version has."""
    went, came = _moved(before, after, key)
    alone = [_alone(rows, mark) for rows in (before, after)]
    at = {mark(row): new for new, row in came.items() if mark(row) in alone[1]}
    return {old: at[mark(row)] for old, row in went.items() if mark(row) in alone[0] and mark(row) in at}


def _alone(rows: Sequence[Row], mark: Callable[[Row], Hashable]) -> set[Hashable]:
    marks = [mark(row) for row in rows]
    return {one for one in marks if one and marks.count(one) == 1}


def _mutual(wanted: Mapping[str, Sequence[str]]) -> Pairs:
    """Pairs in which neither could be another."""
    return dict(_mutually(wanted))


def _mutually(wanted: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    many = [new for found in wanted.values() for new in found]
    for old, found in wanted.items():
        if len(found) == 1 and many.count(found[0]) == 1:
            yield old, found[0]
