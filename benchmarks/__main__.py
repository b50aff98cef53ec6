"""Times beside R's metafor and meta, PyMARE and statsmodels, in one run on the same data: the median of several rounds.

python -m benchmarks [--quick] [--rounds N] [-o FILE]

Each round times everything once, ours and theirs in turn, on one thread. Answers that differ from metafor's by more
than is allowed make the run fail.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from . import others, ours, startup, tasks
from .agreement import Agreement, agreement
from .machine import machine
from .timing import Row, table


def main() -> int:
    """Run, print the table, write it where asked; 1 where answers differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller stacks and fewer rounds")
    parser.add_argument("--rounds", type=int, default=0, help="rounds, 5 if not given, 2 with --quick")
    parser.add_argument("-o", "--output", type=Path, help="write the table to this file as well")
    chosen = parser.parse_args()
    rounds = chosen.rounds or (2 if chosen.quick else 5)
    with tempfile.TemporaryDirectory() as folder:
        rows, agreed = _rounds(Path(folder), tasks.tasks(chosen.quick), chosen.quick, rounds)
    aims = {task.title: task.aim for task in tasks.tasks(chosen.quick)}
    text = f"{machine()}\n\nMedian of {rounds} rounds, one thread.\n\n{table(rows, aims)}\n\n"
    text += "".join(f"- {line}\n" for line in agreed)
    sys.stdout.write(text)
    if chosen.output:
        chosen.output.write_text(text, encoding="utf-8", newline="\n")
    return int(any(line.apart for line in agreed))


def _rounds(folder: Path, chosen: list[tasks.Task], quick: bool, rounds: int) -> tuple[list[Row], list[Agreement]]:
    """All times, and how far the answers are apart."""
    rows: list[Row] = []
    others.write_for_r(folder, chosen)
    for number in range(rounds):
        _say(f"round {number + 1} of {rounds}")
        for task in chosen:
            rows += [*ours.rows(task), *others.python_rows(task)]
        rows += [*ours.alone(quick), *startup.rows(), *others.r_rows(folder, chosen)]
    return rows, [found for task in chosen if (found := agreement(folder, task)) is not None]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
