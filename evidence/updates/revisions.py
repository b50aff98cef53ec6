"""A review at a revision of git, read without a checkout."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from ..display import plural
from ..errors import ID_LIKENESS, UsageError, data_error, near, usage
from .collecting import SETTINGS, analyses_of, is_part
from .version import NOW, VERSIONS, Version

#: Characters of what was asked for that an error shows; folders that a mend names.
SHOWN, NAMED = 60, 3
#: Branches and tags that are listed where none of the asked name exists.
LISTED = 8
#: A revision so many commits before another: HEAD~3, main^^.
_BEFORE = re.compile(r"(?P<start>.+?)[~^][~^\d]*")
_COMMIT = "^{commit}"


def at_revision(folder: Path, analyses: Path, asked: str) -> Version | None:
    """The review at a revision of git; None where there is no such revision, or no git.

    Args:
        folder: Of the review. analyses: Folder of the analyses.
        asked: A revision, such as HEAD~3; with another folder of that revision behind a colon, such as
            HEAD~3:data/old-name, where the review was called otherwise.

    Raises:
        DataError: the review was not there at that revision.
    """
    found = _commit_and_place(folder, asked)
    if found is None:
        return None
    commit, place = found
    files = _at(folder, commit, place, is_part)
    review = PurePosixPath(place).name or folder.resolve().name
    if SETTINGS not in files:
        what = f"the review {review} was not there at {asked} ({commit[:10]})"
        raise data_error(what, _other_names(folder, commit, asked), "revision-without-review")
    beside = _place_of(analyses)
    near_by = {} if beside is None else _at(analyses, commit, beside, _is_toml)
    near_by |= _at(folder, commit, place, lambda name: _is_toml(name) and name != SETTINGS)
    return Version(f"{asked} ({commit[:10]})", review, files | analyses_of(near_by, review))


def _commit_and_place(folder: Path, asked: str) -> tuple[str, str] | None:
    """The commit, and the folder of the review in it, from the top of the checkout on."""
    here = _place_of(folder)
    if here is None or asked.startswith("-"):
        return None
    if commit := _commit(folder, asked):
        return commit, here
    revision, _, place = asked.partition(":")
    if revision and place.strip("/") and (commit := _commit(folder, revision)):
        return commit, place.strip("/")
    return None


def _commit(folder: Path, revision: str) -> str | None:
    found = _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}{_COMMIT}")
    return None if found is None else found.decode().strip()


def _place_of(folder: Path) -> str | None:
    """A folder from the top of its checkout on; None where it lies in none."""
    found = _git(folder, "rev-parse", "--show-prefix") if folder.is_dir() else None
    return None if found is None else found.decode().rstrip("\n").rstrip("/")


def _is_toml(name: str) -> bool:
    return "/" not in name and name.endswith(".toml")


def _at(folder: Path, commit: str, place: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Files below a place of a commit, by their names from there on."""
    start = f"{place}/" if place else ""
    names = sorted(path.removeprefix(start) for path in _listed(folder, commit, start))
    return {name: _git(folder, "show", f"{commit}:{start}{name}") or b"" for name in names if wanted(name)}


def _listed(folder: Path, commit: str, start: str) -> list[str]:
    """Paths of a commit below a place."""
    below = (start,) if start else ()
    listed = _git(folder, "ls-tree", "-r", "-z", "--full-tree", "--name-only", commit, "--", *below)
    return [path for path in (listed or b"").decode(errors="surrogateescape").split("\0") if path]


def _other_names(folder: Path, commit: str, asked: str) -> str:
    paths = [PurePosixPath(path) for path in _listed(folder, commit, "")]
    places = [str(path.parent) for path in paths if path.name == SETTINGS and VERSIONS not in path.parts]
    if not places:
        return "give a later revision: git log shows them"
    revision = asked.partition(":")[0]
    named = " or ".join(f"{revision}:{place}" for place in places[:NAMED])
    return f"give a later revision, or say what it was called: {named}"


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What git says in a folder; None where it fails or does not exist."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False, timeout=60)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def not_found(folder: Path, asked: str, labels: tuple[str, ...]) -> UsageError:
    """The error for a version that does not exist."""
    none = "there is none yet: evidence snapshot REVIEW --label LABEL makes one"
    mend = near(asked, [*labels, NOW], ID_LIKENESS) if labels else none
    why = ""
    if _place_of(folder) is None:
        mend += "; revisions of git can't be asked for, as the review lies in no checkout of it"
    elif (_git(folder, "rev-parse", "--is-shallow-repository") or b"").strip() == b"true":
        mend += "; this checkout of git is shallow: git fetch --unshallow brings its older revisions"
    else:
        why = _why_not(folder, asked)
    shown = asked if len(asked) <= SHOWN else f"{asked[:SHOWN]}..."
    return usage(
        f"{shown!r} is no version of the review, no folder and no revision of git{why}", mend, "unknown-version"
    )


def _why_not(folder: Path, asked: str) -> str:
    """What keeps a text from being a revision of a checkout, to be added to a sentence; empty where that is unclear."""
    if _commit(folder, "HEAD") is None:
        return ": nothing has been committed there yet"
    found = _BEFORE.fullmatch(asked)
    if found is not None and (many := _commits(folder, found["start"])):
        earliest = f", the earliest is {found['start']}~{many - 1}" if many > 1 else ""
        return f": the history of {found['start']} has {plural(many, 'commit')}{earliest}"
    names = _git(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags")
    known = (names or b"").decode(errors="replace").split()
    if not known:
        return ""
    more = f" and {len(known) - LISTED} more" if len(known) > LISTED else ""
    return f": branches and tags there are {', '.join(known[:LISTED])}{more}"


def _commits(folder: Path, start: str) -> int:
    """Commits from a revision back to the first, by the first parent of each; 0 where there is no such revision."""
    if start.startswith("-"):
        return 0
    said = _git(folder, "rev-list", "--count", "--first-parent", start, "--")
    return int(said) if said and said.strip().isdigit() else 0
