"""The whole folder of reference numbers against ours, as a tally and as the table of README.md.

python -m tests.reference.conformance FOLDER     writes the table into README.md
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evidence.counts import Counts
from evidence.measures.limits import study_limits
from evidence.pooling.inverse_variance import InverseVariance
from tests.reference.extract import METHODS, Record, read, records
from tests.reference.matching import PROCEDURES, STUDY_LIMITS, THRESHOLD, Floats, Pair, numbers

README = Path(__file__).parent / "README.md"
START, END = "<!-- table made by tests.reference.conformance -->", "<!-- end of table -->"


#: Procedure -> which of its records are in scope.
WANTED: Mapping[str, Callable[[Record], bool]] = {
    "escalc": lambda o: "vtype" not in o,
    "rma": lambda o: o["method"] in (*METHODS, "EE") and not {"weights", "weighted"} & set(o),
    "reference_tau2": lambda o: o["method"] in METHODS,
    "confint": lambda o: o["type"] in ("QP", "PL") and o["control"] == "tight" and o["method"] in METHODS,
}


@dataclass(slots=True)
class Tally:
    """Numbers of one procedure: compared, matching, apart for a known reason, apart for none."""

    compared: int = 0
    matching: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, Record, Pair]] = field(default_factory=list)

    def add(self, name: str, options: Record, pair: Pair) -> None:
        self.compared += 1
        if pair.matches:
            self.matching += 1
        elif pair.explained:
            self.explained[pair.explained] += 1
        else:
            self.wrong.append((name, options, pair))


def tallies(folder: Path) -> dict[str, Tally]:
    """Every procedure of this piece over every data set of the folder."""
    sets = read(folder)
    found: dict[str, Tally] = {}
    for label, name, options, pair in _pairs(sets):
        found.setdefault(label, Tally()).add(name, options, pair)
    return found


def _pairs(sets: Mapping[str, Record]) -> Iterator[tuple[str, str, Record, Pair]]:
    counts = {name: _counts(content) for name, content in sets.items()}
    for label, wanted in WANTED.items():
        for name, options, values in records(sets, label):
            xi, ni = counts[name]
            if wanted(options) and (label == "escalc" or xi.size > 1):
                for pair in PROCEDURES[label](xi, ni, options, _flat(values)):
                    yield label, name, options, pair
    xi, ni = counts["grid_proportion_ci_shared"]
    for procedure, method in STUDY_LIMITS:
        for name, options, values in records(sets, procedure):
            if options.get("method") == method:
                for pair in PROCEDURES["study_limits"](xi, ni, {"procedure": procedure, **options}, values):
                    yield "limits of one proportion", name, options, pair
    yield from _study_limits(sets, counts)
    yield from _stacks(sets, counts)


def _flat(values: Record) -> Record:
    """A record of rma with the numbers of its parts beside its own."""
    predict, back = values.get("predict") or {}, values.get("back") or {}
    return {**predict, **values, **{f"back_{key}": value for key, value in back.items()}}


def _counts(content: Record) -> tuple[Floats, Floats]:
    data = content["data"]
    if isinstance(data, Mapping):
        return np.array(data["xi"], dtype=float), np.array(data["ni"], dtype=float)
    rows = [row for row in data if "xi" in row]
    return np.array([row["xi"] for row in rows], dtype=float), np.array([row["ni"] for row in rows], dtype=float)


def _study_limits(
    sets: Mapping[str, Record], counts: Mapping[str, tuple[Floats, Floats]]
) -> Iterator[tuple[str, str, Record, Pair]]:
    for name, options, values in records(sets, "metaprop_study_ci"):
        method = STUDY_LIMITS.get(("meta_ci", options["method.ci"]))
        if method is None:
            continue
        xi, ni = counts[name]
        lower, upper = study_limits(xi, ni, method)
        for i in range(xi.size):
            open_side = method == "wilson-cc" and xi[i] in (0, ni[i])
            why = "meta excludes 0 at 0 events, 1 at n" if open_side else None
            for side, ours in (("lower", lower), ("upper", upper)):
                reference = numbers(values[side])[i]
                yield "metaprop_study_ci", name, options, Pair(side, ours[i], reference, 1e-12, why)


def _stacks(
    sets: Mapping[str, Record], counts: Mapping[str, tuple[Floats, Floats]]
) -> Iterator[tuple[str, str, Record, Pair]]:
    """Leave-one-out and cumulative analyses, each as one stack."""
    for label in ("leave1out", "cumul"):
        for name, options, values in records(sets, label):
            if options["method"] == "EE":
                continue
            xi, ni = counts[name]
            present = ~np.eye(xi.size, dtype=bool)
            if label == "cumul":
                rank = np.array(values["order"]).argsort()
                present = rank[None, :] <= np.arange(xi.size)[:, None]
            limits = "wald" if options["test"] == "z" else "hk"
            model = InverseVariance(options["measure"], options["method"], limits, boundary="corrected")
            stack = model.estimate(Counts(np.where(present, xi, 0), np.where(present, ni, 0)))
            yield from _stack_pairs(label, name, options, values, (stack.se, stack.tau2))


def _stack_pairs(
    label: str, name: str, options: Record, values: Record, ours: tuple[Floats, Floats]
) -> Iterator[tuple[str, str, Record, Pair]]:
    for quantity, found in zip(("se", "tau2"), ours, strict=True):
        reference = numbers(values[quantity])
        for i in np.flatnonzero(~np.isnan(found) & ~np.isnan(reference)):
            why = (
                "zero-width limits" if quantity == "se" and options["test"] == "knha" and reference[i] < 1e-7 else None
            )
            yield (
                label,
                name,
                options,
                Pair(quantity, found[i], reference[i], 1e-7 * abs(reference[i]) + 1e5 * THRESHOLD, why),
            )


def table(found: Mapping[str, Tally]) -> str:
    """The tally as Markdown."""
    lines = [
        "| procedure | numbers compared | match | apart, explained | apart |",
        "| --- | ---: | ---: | --- | ---: |",
    ]
    for label, tally in found.items():
        why = "; ".join(f"{number:,} {reason}" for reason, number in sorted(tally.explained.items()))
        lines.append(f"| {label} | {tally.compared:,} | {tally.matching:,} | {why} | {len(tally.wrong):,} |")
    return "\n".join(lines)


def written(text: str, found: Mapping[str, Tally]) -> str:
    """README.md with a fresh table."""
    before, rest = text.split(START)
    return f"{before}{START}\n{table(found)}\n{END}{rest.split(END)[1]}"


def main(folder: str) -> Any:
    """Renew the table."""
    README.write_text(written(README.read_text(encoding="utf-8"), tallies(Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
