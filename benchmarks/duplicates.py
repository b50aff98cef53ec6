"""Time and memory to find the duplicates among synthetic records, and how many are found.

python -m benchmarks.duplicates [RECORDS]
"""

from __future__ import annotations

import resource
import sys
import time

from evidence.bibliography.duplicates import find_duplicates

from .exports import exports, removable

RECORDS = 50_000


def main() -> int:
    """Make the records, find the duplicates, print what it took."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    made = exports(size)
    wall, cpu = time.perf_counter(), time.process_time()
    pairs = find_duplicates(made.records)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found, missed, kept, wrong = removable(made, ((p.first, p.second) for p in pairs if p.outcome == "same"))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    sys.stdout.write(
        f"{size:,} records: {wall:.1f} s, {cpu:.1f} s of processor time, {memory:.2f} GB at most\n"
        f"{found:,} of {found + missed:,} duplicates found, {wrong} of {kept + wrong:,} others taken for one,"
        f" {sum(pair.outcome == 'ask' for pair in pairs)} pairs to ask about\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
