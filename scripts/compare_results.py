"""Compare the built results.json files with the committed ones: numbers to 1e-8, everything else to the letter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from evidence.document.comparison import differences

ROOT = Path(__file__).resolve().parents[1]
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


if __name__ == "__main__":
    sys.exit(main())
