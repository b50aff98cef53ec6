"""Times of whole calls, the best of several, beside R's metafor, PyMARE and statsmodels where they are installed.

python -m benchmarks [--quick] [-o FILE]
"""

from __future__ import annotations

import argparse
import platform
import sys
from pathlib import Path

from . import others, ours
from .timing import Row, table


def main() -> int:
    """Run, print the table, write it where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer repetitions and smaller stacks")
    parser.add_argument("-o", "--output", type=Path, help="write the table to this file as well")
    chosen = parser.parse_args()
    rows: list[Row] = [*ours.rows(chosen.quick), *others.python_rows(chosen.quick), *others.r_rows(chosen.quick)]
    text = f"Python {platform.python_version()}, one thread\n\n{table(rows)}\n"
    sys.stdout.write(text)
    if chosen.output:
        chosen.output.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
