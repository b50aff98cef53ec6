"""Whether a folder that is compared with a review looks like one of another review."""

from __future__ import annotations

from pathlib import Path

from ..errors import Problem
from ..review.codebook import CORE
from ..rows import parse_rows
from .version import Version

#: Tables whose ids tell reviews apart.
_NAMED = ("reports", "studies", "arms")
#: Share of the fewer ids that both must have to count as one review.
SHARED = 0.1


def ids_of(version: Version) -> frozenset[tuple[str, str]]:
    """(table, id) of every report, study and arm of a version that can be read."""
    found = set()
    for name in _NAMED:
        spec = CORE[name]
        raw = parse_rows(version.files.get(spec.file, b""), spec.file)
        if spec.key in raw.header:
            place = raw.header.index(spec.key)
            found |= {(name, cells[place]) for _, cells in raw.rows if cells[place]}
    return frozenset(found)


def other_review(folder: Path, asked: str, version: Version, review: Version) -> Problem | None:
    """A warning where a folder has another name than the review and hardly any id of it.

    Args:
        folder: Of the review. asked: What was asked for. version: What was found so. review: What it is compared with.
    """
    name, own = Path(asked).resolve().name, folder.resolve().name
    if version.label != asked or not Path(asked).is_dir() or name == own:
        return None
    mine, theirs = ids_of(review), ids_of(version)
    shared, fewer = len(mine & theirs), min(len(mine), len(theirs))
    if not fewer or shared > SHARED * fewer:
        return None
    how = f"{shared} of {fewer} ids of reports, studies and arms" if shared else "no report, study or arm"
    what = f"{asked} and {own} share {how}: they look like two reviews"
    mend = "give a version or a copy of the same review; or go on, if one became the other"
    return Problem("another-review", what, mend, severity="warning")
