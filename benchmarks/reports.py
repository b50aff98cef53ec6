"""Time of whole builds as processes: the real review, and the synthetic example copied until it has 210 studies.

python -m benchmarks.reports
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "data" / "synthetic-example"
COPIES = 7
#: Columns that name a row or point to one.
IDS = re.compile(r"(?:report|study|arm|patient)_id$|label$")
#: The sums of the search log would not fit the copies; judgements of an outcome stand once, whatever its studies.
LEFT_OUT, ONCE = "searches.csv", "certainty.csv"
#: Without calibration, which fits every method to thousands of data sets of 210 studies: minutes by itself.
QUESTIONS = (
    "missing-outcomes",
    "report-size",
    "case-reports",
    "size-covariate",
    "leave-one-out",
    "cumulative",
    "influence",
    "baujat",
    "source-confidence",
    "regression",
    "subsets",
    "multiverse",
)


def write_large_review(folder: Path, copies: int = COPIES) -> Path:
    """A review of so many copies of the example's studies, and the file of an analysis that asks everything of it."""
    review = folder / "large-example"
    review.mkdir(parents=True)
    for source in sorted(EXAMPLE.glob("*.csv")):
        if source.name != LEFT_OUT:
            _copy_table(source, review / source.name, 1 if source.name == ONCE else copies)
    settings = (EXAMPLE / "review.toml").read_text(encoding="utf-8")
    (review / "review.toml").write_text(settings, encoding="utf-8", newline="\n")
    entries = (EXAMPLE / "references.bib").read_text(encoding="utf-8")
    copied = (re.sub(r"@(\w+)\{([^,]+),", rf"@\1{{\2c{i},", entries) for i in range(copies))
    (review / "references.bib").write_text("\n".join(copied), encoding="utf-8", newline="\n")
    outcomes = "".join(
        f'\n[[outcomes]]\noutcome = "{outcome}"\nby = ["route", "condition"]\ncolumns = ["route", "condition"]\n'
        f"sensitivity = {list(QUESTIONS)}\n".replace("'", '"')
        for outcome in ("complete_remission", "any_response")
    )
    analysis = folder / "large-example.toml"
    text = f'review = "large-example"\n\n[model]\nname = "logistic-normal"\nlimits = "profile-t"\n{outcomes}'
    analysis.write_text(text, encoding="utf-8", newline="\n")
    return analysis


def _copy_table(source: Path, target: Path, copies: int) -> None:
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or ()), list(reader)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        for i in range(copies):
            for row in rows:
                writer.writerow({name: _copied(name, value, i) for name, value in row.items()})


def _copied(name: str, value: str, i: int) -> str:
    if not value or not IDS.search(name):
        return value
    return f"{value} ({i + 1})" if name == "label" else f"{value}c{i}"


def timed_build(analysis: Path, output: Path) -> float:
    """Seconds that ``evidence build`` takes as a process of its own."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "evidence", "build", str(analysis), "--output", str(output)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    return time.perf_counter() - started


def main() -> int:
    """Build each twice, print both times: the first may find cold caches."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = write_large_review(folder / "data")
        for analysis in (ROOT / "analyses" / "sts-calcinosis-cutis.toml", large):
            first, second = (timed_build(analysis, folder / "reports") for _ in range(2))
            sys.stdout.write(f"{analysis.stem}: {first:.0f} s, again {second:.0f} s\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
