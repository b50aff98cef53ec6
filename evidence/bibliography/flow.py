"""Records found, screened, in and out: PRISMA's numbers counted from the tables, and nothing made up for a box."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from .earlier import (
    Earlier,
    Since,
    belonging,
    decided_anew,
    disagreement,
    latest_of,
    searched_anew,
    since,
    version_of,
)
from .streams import BELONG, Decisions, Row, Stream, Tables, counted, decided, streams


@dataclass(frozen=True, slots=True)
class Included:
    """What is in.

    Attributes:
        studies, arms: Their number. reports: Those that belong to the studies, further ones too.
        treated: Patients treated in the studies. repeated: Of them, those whom the arm of another study counts as well.
    """

    studies: int
    reports: int
    arms: int
    treated: int
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """Counts of a review.

    Attributes:
        found: Reports in screening.csv.
        sources: How each was found -> number, as the table has it.
        decisions: (decision, stage, reason or None) -> number.
        studies: Included studies; ``treated`` their patients; ``arms`` their arms.
        described: Patients with a row of their own.
        seen: How much of a report was read -> number of reports; ``seen_included`` those of included studies.
        streams: What the latest search brought: through databases and registers, and by other methods.
        searched: The same of all versions together.
        included: All that is in. previous: What was in before the latest version, None in a first version.
        new: What the latest version added. further: Reports that it added to studies that were in before.
        differences: Sentences on numbers that ought to agree and don't, each with its mend.
        since: What stands beside the counts of the previous version where that was frozen; else None.
    """

    found: int
    sources: dict[str, int]
    decisions: Decisions
    studies: int
    treated: int
    seen: dict[str, int]
    seen_included: dict[str, int]
    arms: int
    described: int
    streams: tuple[Stream, ...]
    searched: tuple[Stream, ...]
    included: Included
    previous: Included | None
    new: Included
    further: int
    differences: tuple[str, ...]
    since: Since | None = None

    def total(self, decision: str, stage: str | None = None) -> int:
        """Reports with a decision, at one stage or at all."""
        return sum(
            n for (name, at, _), n in self.decisions.items() if name == decision and (stage is None or at == stage)
        )

    def at(self, stage: str) -> int:
        """Reports settled at a stage, whatever the decision."""
        return sum(n for (_, where, _), n in self.decisions.items() if where == stage)

    def reasons(self, decision: str, stage: str | None = None) -> dict[str, int]:
        """Reason -> reports with that decision, most frequent first."""
        return counted(
            reason or "no reason given"
            for (name, at, reason), n in self.decisions.items()
            if name == decision and (stage is None or at == stage)
            for _ in range(n)
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "found": self.found,
            "sources": dict(self.sources),
            "decisions": [
                {"decision": decision, "stage": stage, "reason": reason, "reports": n}
                for (decision, stage, reason), n in self.decisions.items()
            ],
            "studies": self.studies,
            "treated": self.treated,
            "source_seen": dict(self.seen),
            "source_seen_included": dict(self.seen_included),
            "arms": self.arms,
            "described": self.described,
            "reports": self.included.reports,
            **({} if self.previous is None else self._update()),
        }

    def _update(self) -> dict[str, Any]:
        return {
            "previous": asdict(self.previous) if self.previous else None,
            "new": asdict(self.new),
            "further_reports": self.further,
            "since": None if self.since is None else self.since.to_dict(),
        }


def count_flow(tables: Tables, databases: Sequence[str] = (), earlier: Earlier | None = None) -> Flow:
    """The counts of a review.

    Args:
        tables: Rows by table: screening, reports, studies, arms, patients, searches; None in a cell = not reported.
            Also ``waiting``, where records were imported: those that are not through, as of :func:`streams` with
            their ``version``.
        databases: Names of the databases that were searched, as review.toml has them.
        earlier: The previous version as it was frozen. What was in before is then counted in its tables; what came in
            since are the rows of the latest ``version`` of screening.csv, or where that has one version only, those
            that the previous version did not have or decided otherwise.
    """
    screening, reports, studies = tables["screening"], tables["reports"], tables["studies"]
    log, waiting = tables.get("searches", ()), tables.get("waiting", ())
    included = {row["report_id"] for row in screening if row["decision"] == "included"}
    total = _included(tables, {row["study_id"] for row in studies})
    flow = Flow(
        found=len(screening),
        sources=counted(row["source"] for row in screening),
        decisions=decided(screening),
        studies=total.studies,
        treated=total.treated,
        seen=counted(row["source_seen"] for row in reports),
        seen_included=counted(row["source_seen"] for row in reports if row["report_id"] in included),
        arms=total.arms,
        described=len(tables.get("patients", ())),
        streams=(),
        searched=streams(screening, log, databases, None, waiting),
        included=total,
        previous=None,
        new=total,
        further=0,
        differences=tuple(_differences(tables, total)),
    )
    by_column = _by_column(flow, tables, databases)
    return by_column if earlier is None else _frozen(by_column, tables, databases, earlier)


def _by_column(flow: Flow, tables: Tables, databases: Sequence[str]) -> Flow:
    """What the latest version added, as the column ``version`` of screening.csv has it."""
    screening, waiting = tables["screening"], tables.get("waiting", ())
    latest = latest_of((*screening, *waiting))
    newest, open_ = ([row for row in rows if version_of(row) == latest] for rows in (screening, waiting))
    before = _before(tables, latest)
    everything = {row["study_id"] for row in tables["studies"]}
    return replace(
        flow,
        streams=streams(newest, tables.get("searches", ()), databases, latest, open_),
        previous=_included(tables, before, latest - 1) if before else None,
        new=_included(tables, everything - before, latest),
        further=_belonging(tables, before, latest) - _belonging(tables, before, latest - 1),
    )


def _before(tables: Tables, latest: int) -> set[Any]:
    """Studies that were in before the latest version, as the column has it."""
    return _studies_of([row for row in tables["screening"] if version_of(row) < latest], tables["reports"])


def _frozen(flow: Flow, tables: Tables, databases: Sequence[str], earlier: Earlier) -> Flow:
    """The same with what was in before as the previous version has it."""
    screening, waiting = tables["screening"], tables.get("waiting", ())
    everything = {row["study_id"] for row in tables["studies"]}
    latest = latest_of((*screening, *waiting))
    ways, differences = flow.streams, flow.differences
    if latest == 1:
        log = searched_anew(tables.get("searches", ()), earlier)
        ways = streams(decided_anew(screening, earlier), log, databases, None, waiting)
    else:
        differences = (*differences, *disagreement(_before(tables, latest), earlier, latest))
    known = belonging(earlier.tables, earlier.studies)
    return replace(
        flow,
        streams=ways,
        previous=_included(earlier.tables, earlier.studies),
        new=_included(tables, everything - earlier.studies),
        further=len(belonging(tables, everything & earlier.studies) - known),
        differences=differences,
        since=since(tables, earlier),
    )


def _studies_of(screening: Iterable[Row], reports: Sequence[Row]) -> set[Any]:
    """Studies that have an included report among these rows."""
    ids = {row["report_id"] for row in screening if row["decision"] == "included"}
    return {row["study_id"] for row in reports if row["report_id"] in ids and row["study_id"] is not None}


def _belonging(tables: Tables, studies: set[Any], until: int) -> int:
    """Reports of these studies that are in, up to a version."""
    ids = {row["report_id"] for row in tables["screening"] if row["decision"] in BELONG and version_of(row) <= until}
    return sum(row["study_id"] in studies and row["report_id"] in ids for row in tables["reports"])


def _included(tables: Tables, studies: set[Any], until: int | None = None) -> Included:
    latest = max((version_of(row) for row in tables["screening"]), default=1)
    rows, own = [row for row in tables["studies"] if row["study_id"] in studies], _own_patients(tables)
    return Included(
        studies=len(rows),
        reports=_belonging(tables, studies, latest if until is None else until),
        arms=sum(row["study_id"] in studies for row in tables["arms"]),
        treated=sum(int(row["n_treated"]) for row in rows),
        repeated=sum(int(row["n_treated"]) for row in rows if own.get(row["study_id"]) == 0),
    )


def _own_patients(tables: Tables) -> dict[Any, int]:
    """Study -> patients of its arms whom no other arm counts."""
    sums: dict[Any, int] = {}
    for row in tables["arms"]:
        n = int(row["n_treated"]) if row.get("same_patients_as") is None else 0
        sums[row["study_id"]] = sums.get(row["study_id"], 0) + n
    return sums


def _differences(tables: Tables, total: Included) -> Iterable[str]:
    """Numbers that ought to agree and don't."""
    own = _own_patients(tables)
    for row in tables["studies"]:
        n, arms = int(row["n_treated"]), own.get(row["study_id"], 0)
        if 0 < arms != n:
            yield f"{row['study_id']} has {n} patients, its arms {arms}: n_treated of a study is the sum of its arms."
    counts = Counter(row["decision"] for row in tables["screening"])
    decided_in = sum(counts[decision] for decision in BELONG)
    if decided_in != total.reports:
        yield (
            f"{decided_in} reports are in by screening.csv, {total.reports} belong to a study by reports.csv: fill"
            " study_id there, or change the decision."
        )
    carried = _studies_of(tables["screening"], tables["reports"])
    if len(carried) != total.studies:
        yield (
            f"{total.studies} studies are in studies.csv, {len(carried)} have an included report: each study needs one."
        )
