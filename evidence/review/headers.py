"""Which column of a bare table holds labels, events and totals (or times at risk): synonyms, choices, near names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import Problem, near

#: Names that R users and spreadsheets give the columns, folded: no case, spaces, underscores, dots or hyphens.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "label": ("label", "labels", "slab", "studlab", "study", "studies", "author", "authors", "trial", "studyname"),
    "events": ("events", "event", "xi", "x", "cases", "nevents", "numberofevents", "noofevents"),
    "total": ("total", "totals", "n", "ni", "ntotal", "samplesize", "denominator"),
    "exposure": (
        "exposure",
        "time",
        "ti",
        "personyears",
        "patientyears",
        "persondays",
        "patientdays",
        "persontime",
        "timeatrisk",
    ),
}
#: Names that are taken for the role only of a column of numbers, and where no column has one of the names above.
ALSO: Mapping[str, tuple[str, ...]] = {
    "events": ("responders", "positive", "positives", "affected", "successes"),
    "total": (
        "sample",
        "samples",
        "size",
        "patients",
        "npatients",
        "numberofpatients",
        "noofpatients",
        "participants",
        "subjects",
    ),
}
WHAT = {"label": "labels", "events": "events", "total": "totals", "exposure": "times at risk"}
#: What time is counted in, by the folded header.
TIME_UNITS: Mapping[str, str] = {
    "personyears": "person-year",
    "patientyears": "patient-year",
    "persondays": "person-day",
    "patientdays": "patient-day",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Columns that the user names; None = found by their synonyms.

    Attributes:
        events, total, label: Headers of the counts and of the printed names.
        study: Header of the column that says which rows are arms of one study.
        exposure: Header of the times at risk: the table then holds rates.
    """

    events: str | None = None
    total: str | None = None
    label: str | None = None
    study: str | None = None
    exposure: str | None = None


@dataclass(frozen=True, slots=True)
class Roles:
    """Position of each column that has a part to play; None = the table has none.

    ``total`` is that of the times at risk where the table is one ``of_rates``.
    """

    events: int
    total: int
    label: int | None
    study: int | None
    year: int | None
    of_rates: bool = False

    @property
    def used(self) -> frozenset[int]:
        """Positions that are not further columns."""
        return frozenset(i for i in (self.events, self.total, self.label) if i is not None)


def fold(header: str) -> str:
    """A header without case, spaces, underscores, dots and hyphens: ``Stud.Lab`` is ``studlab``."""
    return re.sub(r"[\s_.\-]+", "", header.casefold())


def find_roles(
    headers: Sequence[str], numeric: Sequence[bool], choice: Choice, file: str, line: int
) -> Roles | list[Problem]:
    """The position of each role, or every problem that stands in the way.

    A table holds rates where the user names the times at risk, or where it has a column of times and none of totals.

    Args:
        headers: As written; numeric: whether every value below is a number (an author's column is not).
        choice: What the user named, which wins.
        file, line: Where the header stands.
    """
    search = _Search(tuple(headers), tuple(numeric), file, line, [])
    of_rates = choice.exposure is not None or (choice.total is None and search.only_times())
    events = search.role("events", choice.events)
    total = search.role("exposure", choice.exposure) if of_rates else search.role("total", choice.total)
    label = search.label(choice.label)
    study = None if choice.study is None else search.named("study", choice.study)
    if search.problems or events is None or total is None:
        return search.problems
    if events == total:
        size = "exposure" if of_rates else "total"
        says = f"the column {headers[events]!r} is used for the events and for the {WHAT[size]}"
        return [Problem("ambiguous-column", says, f"name them with --events COL and --{size} COL", file, line)]
    return Roles(events, total, label, study, search.first("year", "publicationyear", "pubyear"), of_rates)


def looks_like_header(cells: Sequence[str]) -> bool:
    """Whether this row names both an events column and one of totals or times."""
    folded = {fold(cell) for cell in cells}
    events = {*SYNONYMS["events"], *ALSO["events"]}
    return bool(folded & events) and bool(folded & {*SYNONYMS["total"], *ALSO["total"], *SYNONYMS["exposure"]})


@dataclass(frozen=True, slots=True)
class _Search:
    headers: tuple[str, ...]
    numeric: tuple[bool, ...]
    file: str
    line: int
    problems: list[Problem]

    def candidates(self, *names: str) -> list[int]:
        return [i for i, header in enumerate(self.headers) if fold(header) in names]

    def only_times(self) -> bool:
        """Whether there are times at risk and no totals."""
        return not self.candidates(*SYNONYMS["total"]) and bool(self.candidates(*SYNONYMS["exposure"]))

    def first(self, *names: str) -> int | None:
        return next(iter(self.candidates(*names)), None)

    def named(self, role: str, wanted: str) -> int | None:
        exact = [i for i, header in enumerate(self.headers) if header == wanted]
        alike = exact or self.candidates(fold(wanted))
        if len(alike) == 1:
            return alike[0]
        if alike:
            self._report("ambiguous-column", f"{len(alike)} columns are called {wanted!r}", "give each its own header")
        else:
            self._report("unknown-column", f"--{role} {wanted!r} is not a column", near(wanted, self.headers))
        return None

    def role(self, role: str, wanted: str | None) -> int | None:
        if wanted is not None:
            return self.named(role, wanted)
        also = [i for i in self.candidates(*ALSO.get(role, ())) if self.numeric[i]]
        found = self.candidates(*SYNONYMS[role]) or also
        if len(found) == 1:
            return found[0]
        if found:
            self._ambiguous(role, found)
        else:
            says = f"no column holds the {WHAT[role]}; the headers are {self._shown()}"
            names = ", ".join(SYNONYMS[role][:5])
            rates = "; for rates, name the times at risk with --exposure COL" if role == "total" else ""
            self._report(f"no-{role}-column", says, f"name it with --{role} COL, or call it one of {names}{rates}")
        return None

    def label(self, wanted: str | None) -> int | None:
        if wanted is not None:
            return self.named("label", wanted)
        found = self.candidates(*SYNONYMS["label"])
        names = [i for i in found if not self.numeric[i]]
        best = names if names else found
        if len(best) > 1:
            self._ambiguous("label", best)
        if best:
            return best[0]
        return 0 if self.headers and self.headers[0].startswith("column 1") else None

    def _ambiguous(self, role: str, found: list[int]) -> None:
        names = [self.headers[i] for i in found]
        says = f"{len(found)} columns could hold the {WHAT[role]}: {', '.join(names)}"
        ways = " or ".join(f"--{role} {_quoted(name)}" for name in names)
        self._report("ambiguous-column", says, f"name the one to use: {ways}")

    def _shown(self) -> str:
        return ", ".join(repr(header) for header in self.headers) or "none"

    def _report(self, code: str, says: str, mend: str) -> None:
        self.problems.append(Problem(code, says, mend, self.file, self.line))


def _quoted(name: str) -> str:
    return f'"{name}"' if re.search(r"\W", name) else name
