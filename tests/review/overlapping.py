"""A review in memory with just what tells whether arms share patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from evidence.bibliography.reading import Reference
from evidence.review.codebook import CORE
from evidence.review.overlap_settings import OverlapColumns
from evidence.review.settings import ReviewSettings
from evidence.review.specs import ColumnSpec

OWN: Mapping[str, Mapping[str, ColumnSpec]] = {
    "arms": {
        "route": ColumnSpec("route", "term", "", terms={"topical": "", "oral": "", "not_reported": ""}),
        "dose_mg_min": ColumnSpec("dose_mg_min", "number", "", unit="mg"),
        "dose_mg_max": ColumnSpec("dose_mg_max", "number", "", unit="mg"),
    },
    "patients": {"site": ColumnSpec("site", "text", "")},
    "studies": {
        "centre": ColumnSpec("centre", "text", ""),
        "first": ColumnSpec("first", "year", ""),
        "last": ColumnSpec("last", "year", ""),
    },
}


@dataclass(frozen=True)
class Study:
    """One study with one arm; ``people`` are (age, sex, site)."""

    authors: Sequence[str] = ()
    year: int | None = None
    country: str | None = None
    n: int = 1
    people: Sequence[tuple[float | None, str | None, str | None]] = ()
    route: str | None = None
    dose: float | None = None
    centre: str | None = None
    recruited: tuple[int | None, int | None] = (None, None)
    note: str | None = None
    counts: Sequence[tuple[str, int, int]] = ()
    arm: Mapping[str, Any] = field(default_factory=dict)


def review(studies: Mapping[str, Study], overlap: OverlapColumns | None = None) -> Any:
    """A review of these studies by name; the arm of ``x`` is ``x-1``, its report ``x``."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in CORE}

    def add(table: str, **cells: Any) -> None:
        blank = dict.fromkeys((*CORE[table].names, *OWN.get(table, {})))
        rows[table].append({**blank, **cells})

    for name, one in studies.items():
        first, last = one.recruited
        place = {"country": one.country, "centre": one.centre, "first": first, "last": last}
        add("studies", study_id=name, label=name.title(), year=one.year, n_treated=one.n, **place)
        add("reports", report_id=name, study_id=name)
        add("screening", report_id=name, decision="included", notes=one.note)
        dose = {"route": one.route, "dose_mg_min": one.dose, "dose_mg_max": one.dose}
        add("arms", arm_id=f"{name}-1", study_id=name, label="all", n_treated=one.n, **dose, **one.arm)
        for i, (age, sex, site) in enumerate(one.people):
            add("patients", patient_id=f"{name}-{i}", arm_id=f"{name}-1", age_years=age, sex=sex, site=site)
        for outcome, events, total in one.counts:
            add("outcomes", arm_id=f"{name}-1", outcome=outcome, unit="patient", events=events, total=total)
    return SimpleNamespace(
        settings=ReviewSettings(columns=OWN, overlap=overlap or OverlapColumns(where=("centre",))),
        references={name: Reference(name, "article", {}, tuple(one.authors)) for name, one in studies.items()},
        rows=lambda table: rows[table],
    )
