"""Compare the built results.json files with the committed ones: numbers to 1e-8, everything else to the letter."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: Absolute for numbers up to 1, relative above: what another processor's rounding may move, and no more.
TOLERANCE = 1e-8
SHOWN = 20


def main() -> int:
    """Compare every results.json under reports/, committed or built, with its other half."""
    committed = _results("ls-tree", "-r", "--name-only", "HEAD", "reports")
    # Files that git ignores are not reports: an older one that a killed build left aside, for example.
    present = {name for name in _results("ls-files", "-co", "--exclude-standard", "reports") if (ROOT / name).exists()}
    failed = 0
    for name in sorted(committed | present):
        if name not in present:
            found = ["committed but not built"]
        elif name not in committed:
            found = ["built but not committed"]
        else:
            old = json.loads(_git("show", f"HEAD:{name}"))
            found = list(differences(old, json.loads((ROOT / name).read_text(encoding="utf-8"))))
        for line in found[:SHOWN]:
            print(f"{name}: {line}")
        print(f"{name}: {len(found)} difference{'' if len(found) == 1 else 's'}")
        failed += bool(found)
    if not committed | present:
        print("no reports to compare")
    return 1 if failed else 0


def _results(*arguments: str) -> set[str]:
    return {name for name in _git(*arguments).splitlines() if name.endswith("/results.json")}


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout


def differences(old: Any, new: Any, place: str = "") -> Iterator[str]:
    """Every place where two JSON values differ, numbers beyond the tolerance."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if key not in old or key not in new:
                yield f"{place}.{key} is only in the {'committed' if key in old else 'built'} one"
            else:
                yield from differences(old[key], new[key], f"{place}.{key}")
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{place} has {len(old)} entries committed, {len(new)} built"
        for index, (a, b) in enumerate(zip(old, new, strict=False)):
            yield from differences(a, b, f"{place}[{index}]")
    elif _is_number(old) and _is_number(new):
        if abs(old - new) > TOLERANCE * max(1.0, abs(old), abs(new)):
            yield f"{place}: {old!r} committed, {new!r} built"
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield f"{place}: {old!r} committed, {new!r} built"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


if __name__ == "__main__":
    sys.exit(main())
