"""The whole folder of reference numbers against ours, as a tally and as the tables of README.md.

python -m tests.reference.conformance FOLDER     writes the tables into README.md
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.reference import binomial
from tests.reference.cases import Case, cases, peer_cases
from tests.reference.extract import Record, read
from tests.reference.matching import Pair
from tests.reference.procedures import ROWS, Row, arms_of
from tests.reference.scope import ELSEWHERE, FAILED, LATER, OUT, place

README = Path(__file__).parent / "README.md"
START, END = "<!-- table made by tests.reference.conformance -->", "<!-- end of table -->"
PEERS = "peer_cases.json"
KINDS = {
    ELSEWHERE: "Tested one by one",
    LATER: "Of later work",
    OUT: "Out of scope",
    FAILED: "Nothing to compare with",
}


@dataclass(slots=True)
class Tally:
    """One row: records, and their numbers: compared, matching, apart for a known reason, apart for none."""

    row: Row
    records: int = 0
    compared: int = 0
    matching: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, Record, Pair]] = field(default_factory=list)

    def add(self, case: Case, pair: Pair) -> None:
        """Count one number."""
        self.compared += 1
        if pair.matches:
            self.matching += 1
        elif pair.explained:
            self.explained[pair.explained] += 1
        else:
            self.wrong.append((case.dataset, case.options, pair))


@dataclass(frozen=True, slots=True)
class Account:
    """All records: the rows that are compared, and how many of the others belong where; ``lost`` belong nowhere."""

    tallies: tuple[Tally, ...]
    places: Counter[tuple[str, str]]
    lost: tuple[Case, ...]

    @property
    def records(self) -> int:
        """Records that have a place."""
        return sum(tally.records for tally in self.tallies) + sum(self.places.values())


@cache
def every_case(folder: Path) -> tuple[Case, ...]:
    """Every record of every file."""
    peers = json.loads((folder / PEERS).read_text(encoding="utf-8"))
    return (*cases(read(folder)), *peer_cases(peers))


def sorted_out(found: Iterable[Case]) -> tuple[list[tuple[int, Case]], Counter[tuple[str, str]], tuple[Case, ...]]:
    """Records that are compared with their row, how many have which other place, and those that have none."""
    compared: list[tuple[int, Case]] = []
    places: Counter[tuple[str, str]] = Counter()
    lost = []
    for case in found:
        where = place(case)
        if where:
            places[where] += 1
            continue
        row = next((i for i, row in enumerate(ROWS) if row.wanted(case)), None)
        if row is None:
            lost.append(case)
        else:
            compared.append((row, case))
    return compared, places, tuple(lost)


def account(folder: Path, slow: bool = True) -> Account:
    """Every record of the folder, compared or placed; without ``slow``, records of slow rows are only counted."""
    compared, places, lost = sorted_out(every_case(folder))
    _register(case for _, case in compared)
    tallies = tuple(Tally(row) for row in ROWS)
    for row, case in compared:
        tallies[row].records += 1
        for pair in ROWS[row].pairs(case) if slow or not ROWS[row].slow else ():
            tallies[row].add(case, pair)
    return Account(tallies, places, lost)


def _register(found: Iterator[Case]) -> None:
    """Tell the logistic-normal model which data sets will be asked for: it fits them as one stack."""
    for case in found:
        separate = case.procedure == "metaprop_subgroup" and not case.options.get("tau.common")
        if separate and case.options["method"] == "GLMM":
            assert case.values is not None
            for x, n in arms_of(case, case.options["group"], case.values["levels"]).values():
                binomial.register(x, n)
        elif case.procedure in (
            "rma.glmm",
            "glmer",
            "reference_glmm",
            "VGAM_betabinomial",
            "peers: rma.glmm",
            "peers: glmm_exact",
        ):
            binomial.register(tuple(map(float, case.xi)), tuple(map(float, case.ni)))


def table(found: Account) -> str:
    """The tally as Markdown."""
    lines = [
        "| procedure | source | records | values compared | match | tolerance | apart, explained | apart |",
        "| --- | --- | ---: | ---: | ---: | --- | --- | ---: |",
    ]
    for tally in found.tallies:
        why = "; ".join(f"{number:,} {reason}" for reason, number in sorted(tally.explained.items()))
        numbers = f"{tally.records:,} | {tally.compared:,} | {tally.matching:,}"
        row = tally.row
        lines.append(f"| {row.procedure} | {row.source} | {numbers} | {row.tolerance} | {why} | {len(tally.wrong):,} |")
    total = [sum(getattr(tally, name) for tally in found.tallies) for name in ("records", "compared", "matching")]
    explained = sum(sum(tally.explained.values()) for tally in found.tallies)
    wrong = sum(len(tally.wrong) for tally in found.tallies)
    lines.append(f"| all | | {total[0]:,} | {total[1]:,} | {total[2]:,} | | {explained:,} | {wrong:,} |")
    lines += ["", "Records that are not compared here:", "", "| | what | records |", "| --- | --- | ---: |"]
    for kind, title in KINDS.items():
        for (of, name), number in sorted(found.places.items()):
            if of == kind:
                lines.append(f"| {title} | {name} | {number:,} |")
    lines += ["", f"Together {found.records:,} records: every one of the folder."]
    return "\n".join(lines)


def written(text: str, found: Account) -> str:
    """README.md with fresh tables."""
    before, rest = text.split(START)
    return f"{before}{START}\n{table(found)}\n{END}{rest.split(END)[1]}"


def main(folder: str) -> Any:
    """Renew the tables."""
    README.write_text(written(README.read_text(encoding="utf-8"), account(Path(folder))), encoding="utf-8")


def failures(found: Account) -> Mapping[str, list[tuple[str, Record, Pair]]]:
    """Numbers apart for no known reason, by row."""
    return {f"{t.row.procedure}, {t.row.source}": t.wrong for t in found.tallies if t.wrong}


if __name__ == "__main__":
    main(sys.argv[1])
