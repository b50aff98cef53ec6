"""How often `evidence replicate` finds the recipe that printed a result, by the digits that were printed.

    python -m benchmarks.replication [--tables N] [--seed N]

Tables are those of the folder ../shared/reference beside the clone (none without it) and random ones. Each usual recipe
prints its numbers as a paper would; the text is read and compared with that recipe, as the command does.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.updates.computing import Values, compute, stack_of
from evidence.updates.matching import compare
from evidence.updates.reading_published import read_published
from evidence.updates.recipes import OWN, RECIPES

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
#: Tables of more studies take minutes by every recipe.
_LARGEST = 150
#: Form of print -> proportions as text, with this many decimals of a fraction.
FORMS = {"2 digits": 2, "3 digits": 3, "4 digits": 4, "percent, 0 decimals": 2, "percent, 1 decimal": 3}


def reference_tables() -> Iterator[tuple[str, Counts]]:
    """Name and counts of each table of the reference folder."""
    for path in sorted(REFERENCE.glob("*.json")):
        rows = json.loads(path.read_text(encoding="utf-8")).get("data")
        if isinstance(rows, list) and 1 < len(rows) <= _LARGEST and "xi" in rows[0]:
            yield path.stem, Counts([int(row["xi"]) for row in rows], [int(row["ni"]) for row in rows])


def random_tables(tables: int, seed: int) -> Iterator[tuple[str, Counts]]:
    """Counts of 3 to 25 studies, rare to common, alike to far apart, small to large."""
    generator = np.random.default_rng(seed)
    for i in range(tables):
        k, centre, spread = int(generator.integers(3, 26)), generator.uniform(-3, 3), generator.uniform(0, 1.5)
        n = generator.integers(2, int(generator.choice([12, 60, 400])), size=k)
        p = 1 / (1 + np.exp(-(centre + spread * generator.standard_normal(k))))
        yield f"random {i + 1}", Counts(generator.binomial(n, p), n)


def printed(values: Values, form: str) -> str | None:
    """The numbers as a paper prints them; None where the recipe has none."""
    numbers = [float(array[0]) for array in (values.estimate, values.lower, values.upper)]
    if not np.isfinite(numbers).all():
        return None
    if form.startswith("percent"):
        shown = [f"{100 * number:.{FORMS[form] - 2}f}" for number in numbers]
        return f"{shown[0]}% (95% CI {shown[1]} to {shown[2]})"
    shown = [f"{number:.{FORMS[form]}f}" for number in numbers]
    return f"{shown[0]} [{shown[1]}, {shown[2]}]"


def tally_of(counts: Counts, name: str, tally: Counter[tuple[str, str]]) -> list[str]:
    """Count, for each form, how many usual recipes print numbers and are found by them; what is not, as text."""
    stack, lost = stack_of(counts), []
    for recipe in (*RECIPES, *OWN):
        values = compute(recipe, stack)
        for form in FORMS:
            text = printed(values, form)
            if text is None:
                continue
            tally[form, "printed"] += 1
            try:
                found = compare(recipe, values, read_published(text)).matches
            except UsageError as error:
                found, text = False, f"{text} ({error.problems[0].message})"
            tally[form, "found"] += found
            lost += [] if found else [f"{name}, {recipe.key}: {text}"]
    return lost


def main() -> int:
    """Print the share that is found by form, then what is not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replication")
    parser.add_argument("--tables", type=int, default=20, help="random tables")
    parser.add_argument("--seed", type=int, default=1)
    typed = parser.parse_args()
    tally: Counter[tuple[str, str]] = Counter()
    tables = [*reference_tables(), *random_tables(typed.tables, typed.seed)]
    lost = [text for name, counts in tables for text in tally_of(counts, name, tally)]
    lines = [f"{len(tables)} tables, {len(RECIPES) + len(OWN)} recipes"]
    for form in FORMS:
        number, found = tally[form, "printed"], tally[form, "found"]
        lines.append(f"{form}: {found:,} of {number:,} found ({found / number:.2%})")
    sys.stdout.write("\n".join([*lines, "", "not found:", *lost]) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
