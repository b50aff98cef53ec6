"""The ways in which records came in, as PRISMA keeps them apart, each with what became of its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Row = Mapping[str, Any]
Way = Literal["databases", "other"]
Tables = Mapping[str, Sequence[Row]]
#: (decision, stage, reason) -> rows of screening.csv; stage and reason may be None.
Decisions = Mapping[tuple[str, str | None, str | None], int]

#: Kinds of source that stand in PRISMA's column of databases and registers.
INDEXED = ("database", "register")
#: The reason for a report that was sought and could not be had, where a review uses this word.
NOT_RETRIEVED = "not_retrieved"
#: What is said of rows without a reason; and of those excluded for several, which their notes then begin with.
NO_REASON, DIFFER = "no reason given", "reasons differ"
#: Decisions by which a report belongs to an included study.
BELONG = ("included", "duplicate_report")
#: What a record can wait for: to be screened, to be read in full, to be entered as a study.
WAITING = ("title_abstract", "full_text", "entry")
#: Columns of searches.csv with the records removed before screening.
REMOVED = ("duplicates_removed", "automation_removed", "otherwise_removed")


@dataclass(frozen=True, slots=True)
class Source:
    """One place of the search.

    Attributes:
        name: As in the tables. kind: Of searches.csv, ``database`` for one that review.toml names, else None.
        records: Records found there; None = not recorded. screened: Records screened that name it.
    """

    name: str
    kind: str | None
    records: int | None
    screened: int


@dataclass(frozen=True, slots=True)
class Stream:
    """What came in one way: through databases and registers, or by other methods.

    Attributes:
        way: Which of the two.
        sources: In the order in which the tables name them.
        removed: Records removed before screening: as duplicates, by automation, otherwise; None = not recorded.
        decisions: What became of the records screened.
        to_screen: Records at which nobody has looked yet, or on which the screeners don't agree.
        to_read: Records that passed title and abstract, and whose report is still to be sought or read.
        to_enter: Reports that were read and included, and whose study is still to be entered.
    """

    way: Way
    sources: tuple[Source, ...]
    removed: tuple[int | None, int | None, int | None]
    decisions: Decisions
    to_screen: int = 0
    to_read: int = 0
    to_enter: int = 0

    @property
    def title(self) -> str:
        """The way in PRISMA's words."""
        return "databases and registers" if self.way == "databases" else "other methods"

    @property
    def records(self) -> int | None:
        """Records found; None where one source has no number."""
        return _sum([source.records for source in self.sources])

    @property
    def screened(self) -> int:
        """Records screened, those whose report is still to be read or entered among them."""
        return sum(self.decisions.values()) + self.to_read + self.to_enter

    @property
    def sought(self) -> int:
        """Reports sought for retrieval, those still to be read or entered among them."""
        return self.at("full_text") + self.to_read + self.to_enter

    @property
    def assessed(self) -> int:
        """Reports assessed for eligibility, those still to be entered among them."""
        return self.at("full_text") + self.to_enter - sum(self.not_retrieved.values())

    @property
    def unstaged(self) -> int:
        """Rows of which the stage is not recorded."""
        return self.at(None)

    def at(self, stage: str | None) -> int:
        """Rows settled at a stage (None: without a stage), whatever the decision."""
        return sum(n for (_, where, _), n in self.decisions.items() if where == stage)

    def rows(self, decision: str, stage: str | None) -> dict[str, int]:
        """Reason -> rows with that decision at that stage, most frequent first; reports not retrieved left out."""
        return _ordered(
            {
                reason or NO_REASON: n
                for (name, at, reason), n in self.decisions.items()
                if name == decision and at == stage and not (at == "full_text" and reason == NOT_RETRIEVED)
            }
        )

    @property
    def not_retrieved(self) -> dict[str, int]:
        """Decision -> reports that were sought and not had, whatever was then decided on them."""
        return _ordered(
            {name: n for (name, at, why), n in self.decisions.items() if at == "full_text" and why == NOT_RETRIEVED}
        )

    @property
    def gap(self) -> int:
        """Records found less those removed, screened and to be screened, where that is known to be wrong; else 0."""
        if self.records is None:
            return 0
        left = self.records - sum(n or 0 for n in self.removed) - self.screened - self.to_screen
        return left if left < 0 or None not in self.removed else 0


def decided(rows: Iterable[Row]) -> Decisions:
    """Rows of screening.csv by decision, stage and reason; :data:`DIFFER` where the screeners gave different ones."""
    found = Counter((str(row["decision"]), row["stage"], row["reason"] or _differ(row)) for row in rows)
    return dict(sorted(found.items(), key=lambda item: tuple(str(part) for part in item[0])))


def _differ(row: Row) -> str | None:
    return DIFFER if str(row.get("notes") or "").startswith(f"{DIFFER}: ") else None


def counted(values: Iterable[Any]) -> dict[str, int]:
    """Value -> how often, most frequent first."""
    return _ordered(Counter("not stated" if value is None else str(value) for value in values))


def streams(
    screening: Sequence[Row],
    searches: Sequence[Row],
    databases: Sequence[str],
    version: int | None,
    waiting: Sequence[Row] = (),
) -> tuple[Stream, ...]:
    """The two ways, each where there is anything to say of it.

    Args:
        screening: Rows of the version. searches: The search log, if one is kept. databases: Those of review.toml.
        version: Rows of the search log of other versions are left out; None = all versions together.
        waiting: Records of the version that are not through: ``source`` as in screening.csv, and ``stage``, the one of
            :data:`WAITING` at which it is.
    """
    log = [row for row in searches if version is None or (row.get("version") or 1) == version]
    kinds = {str(name).casefold(): "database" for name in databases}
    kinds |= {str(row["source"]).casefold(): str(row["kind"]) for row in log}
    names = {name.casefold(): name for name in databases}
    names |= {str(row["source"]).casefold(): str(row["source"]) for row in log}
    split, open_ = _by_way(screening, kinds), _by_way(waiting, kinds)
    named: Counter[str] = Counter()
    for row in screening:
        found = _parts(row["source"])
        named.update({part.casefold() for part in found})
        for part in found:
            names.setdefault(part.casefold(), part)
    made = []
    for way, rows in split.items():
        inside = [key for key in names if (kinds.get(key) in INDEXED) == (way == "databases")]
        sources = tuple(Source(names[key], kinds.get(key), _records(key, log), named[key]) for key in inside)
        mine = [row for row in log if str(row["source"]).casefold() in inside]
        whole = len({str(row["source"]).casefold() for row in mine}) == len(inside)
        removed = [_sum([row.get(name) for row in mine]) if mine and whole else None for name in REMOVED]
        if rows or sources or open_[way]:
            stages = Counter(row["stage"] for row in open_[way])
            left = tuple(stages[stage] for stage in WAITING)
            made.append(Stream(way, sources, (removed[0], removed[1], removed[2]), decided(rows), *left))
    return tuple(made)


def _by_way(rows: Iterable[Row], kinds: Mapping[str, str]) -> dict[Way, list[Row]]:
    """Rows that a database or register is a source of, and the others."""
    split: dict[Way, list[Row]] = {"databases": [], "other": []}
    for row in rows:
        indexed = any(kinds.get(part.casefold()) in INDEXED for part in _parts(row["source"]))
        split["databases" if indexed else "other"].append(row)
    return split


def _parts(cell: Any) -> list[str]:
    """Sources that a cell names."""
    return [part.strip() for part in str(cell or "").split(";") if part.strip()]


def _records(key: str, log: Sequence[Row]) -> int | None:
    return _sum([row.get("records") for row in log if str(row["source"]).casefold() == key])


def _sum(values: Sequence[Any]) -> int | None:
    """The sum; None where there is nothing, or one of them is not known."""
    if not values or any(value is None for value in values):
        return None
    return sum(int(value) for value in values)


def _ordered(found: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
