"""Whether a report holds: its files and inputs are those it was made of, and its numbers come out again.

Nothing is written, and no kept answer is used: every number is computed anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import display
from ..errors import DataError, Problem
from . import swap
from .comparison import TOLERANCE, differences, largest_difference, numbers
from .inputs import inputs, text_hash, versions
from .sums import SUMS, is_unchanged, read_sums

if TYPE_CHECKING:
    from ..analysis import Analysis

#: Parts of results.json that say what it was made from; they are compared apart from the numbers.
MADE_FROM = frozenset({"inputs", "libraries", "files"})
#: Files that a repository leaves out: one that is missing changes nothing.
LEFT_OUT = frozenset({".docx", ".pdf", ".png", ".tiff"})
#: What the two sides of a difference are called.
SIDES = ("in the report", "now")
AGAIN = "build it again with evidence build"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: In one word. holds: Whether it is as it must be. says: In a sentence without full stop.
        differences: Every difference, a line each. decides: Whether the report stands or falls with it.
    """

    name: str
    holds: bool
    says: str
    differences: tuple[str, ...] = ()
    decides: bool = True


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a built report says of itself.

    Attributes:
        folder: Where it is. results: Its results.json. sums: Relative path -> hash of each file.
    """

    folder: Path
    results: Mapping[str, Any]
    sums: Mapping[str, str]

    @property
    def name(self) -> str:
        """Name of its analysis."""
        return str(self.results["analysis"]["name"])


def read_report(folder: Path) -> Recorded:
    """What a built report says of itself.

    Raises:
        DataError: there is no such folder, it is no report, or one of an earlier version.
    """
    file = folder / swap.MARK
    if not folder.is_dir():
        raise _wrong(folder, "no-report", "there is no such folder", "give the folder of a report, or build it first")
    results = _json(file)
    kinds = {"analysis": dict, "inputs": dict, "libraries": dict, "outcomes": list}
    lacking = [name for name, kind in kinds.items() if not isinstance(results.get(name), kind)]
    if lacking or not isinstance(results["analysis"].get("name"), str):
        named = ", ".join(lacking) or "the name of the analysis"
        raise _wrong(file, "not-a-report", f"these are no results of a report: {named} is not there", AGAIN)
    try:
        sums = read_sums((folder / SUMS).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        message = "the hashes of the report's files can't be read: it is of an earlier version, or not whole"
        raise _wrong(folder / SUMS, "no-sums", message, AGAIN) from error
    return Recorded(folder, results, sums)


def check_files(report: Recorded) -> Check:
    """Whether the files are those that were written; files beside them are somebody's own."""
    found: list[str] = []
    left = 0
    for name, sha256 in report.sums.items():
        path = report.folder / name
        if not path.exists() and path.suffix in LEFT_OUT:
            left += 1
            continue
        found += _changed(name, path, partial(is_unchanged, sha256=sha256))
    total = len(report.sums) - left
    says = f"{total - len(found)} of {display.plural(total, 'file')} as built"
    missing = f"; {display.plural(left, 'file')} that a repository leaves out not here" if left else ""
    return Check("files", not found and total > 0, says + missing, tuple(found))


def check_inputs(report: Recorded, analysis: Analysis) -> Check:
    """Whether the files that were read are the same; told before they are read again."""
    recorded = {str(name): str(sha256) for name, sha256 in report.results["inputs"].items()}
    found: list[str] = []
    for name, sha256 in recorded.items():
        path = _place(name, str(report.results.get("review")), analysis)
        found += _changed(name, path, partial(_has_text, sha256=sha256))
    says = f"{len(recorded) - len(found)} of {display.plural(len(recorded), 'input')} unchanged"
    return Check("inputs", not found, says, tuple(found))


def _has_text(path: Path, sha256: str) -> bool:
    return text_hash(path.read_bytes()) == sha256


def check_software(report: Recorded) -> Check:
    """Whether versions are the same; numbers that come out with others hold all the more."""
    before, now = {str(k): str(v) for k, v in report.results["libraries"].items()}, versions()
    found = [
        f"{name} {now.get(name, 'is not installed')}, the report had {before.get(name, 'none of it')}"
        for name in dict.fromkeys([*before, *now])
        if before.get(name) != now.get(name)
    ]
    says = "other versions" if found else f"the same versions of {', '.join(list(now)[:3])} and {len(now) - 3} more"
    return Check("software", not found, says, tuple(found), decides=False)


def check_numbers(report: Recorded, analysis: Analysis, progress: Callable[[str], None] = lambda step: None) -> Check:
    """Whether every number and sentence of results.json comes out again.

    Raises:
        EvidenceError: the numbers can't be computed from the inputs of now.
    """
    from ..review.review import read_review
    from .findings import find
    from .results_json import to_json

    progress("reading the tables")
    try:
        review = read_review(analysis.review)
    except DataError as error:
        raise analysis.place_of_review(error) from error
    now = json.loads(to_json(find(analysis, review, progress)))
    then = dict(report.results)
    added = sorted({file.name for file in inputs(analysis, review)} - set(then["inputs"]))
    for name in MADE_FROM:
        then.pop(name, None), now.pop(name, None)
    # What readers know first: the pooled numbers themselves.
    found = sorted(
        (line.removeprefix(".") for line in differences(then, now, "", SIDES)),
        key=lambda line: ".pooled." not in line.partition(":")[0],
    )
    found += [f"{name} is read now, and was not there" for name in added]
    total = numbers(then)
    if found:
        says = f"{display.plural(len(found), 'difference')} beyond {TOLERANCE:g} among {total} numbers and their words"
    else:
        says = f"{total} of {total} numbers equal, the largest difference {largest_difference(then, now):.1g}"
    return Check("numbers", not found, says, tuple(found))


def _changed(name: str, path: Path, is_same: Callable[[Path], bool]) -> Iterable[str]:
    try:
        return () if is_same(path) else (f"{name} was changed",)
    except FileNotFoundError:
        return (f"{name} is missing",)
    except OSError as error:
        return (f"{name} can't be read: {error.strerror}",)


def _place(name: str, review: str, analysis: Analysis) -> Path:
    """Where a file of results.json is, seen from the analysis that was found."""
    from ..review.review import find_review

    if name == f"analyses/{analysis.name}.toml":
        return analysis.path
    if name.startswith(f"data/{review}/"):
        return find_review(analysis.review) / name.removeprefix(f"data/{review}/")
    if name.startswith("analyses/"):
        return analysis.path.parent / name.removeprefix("analyses/")
    return analysis.path.parent / ".." / name


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        mend = "give the folder of a report that evidence build wrote"
        raise _wrong(file, "not-a-report", "there is no such file, so this is no report", mend) from error
    except (OSError, ValueError, RecursionError) as error:
        raise _wrong(file, "not-a-report", f"can't be read: {error}", AGAIN) from error
    if not isinstance(found, dict):
        raise _wrong(file, "not-a-report", "these are no results of a report", AGAIN)
    return found


def _wrong(path: Path, code: str, message: str, mend: str) -> DataError:
    return DataError(Problem(code, message, mend, str(path)))
