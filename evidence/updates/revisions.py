"""What git says of a folder, and why it knows no revision of some name."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from shutil import which

from ..display import plural
from ..errors import ID_LIKENESS, UsageError, near, usage
from .version import NOW

#: Branches that are listed where none of the asked name exists.
_SHOWN = 8
#: A revision so many commits before another: HEAD~3, main^^.
_BEFORE = re.compile(r"(?P<start>.+?)[~^][~^\d]*")


def git(folder: Path, *arguments: str) -> bytes | None:
    """What git says in a folder; None where it fails or does not exist."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False, timeout=60)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def not_found(folder: Path, asked: str, labels: Sequence[str]) -> UsageError:
    """The error for a version that does not exist: neither as a label or folder, nor in git, and why not there.

    Args:
        folder: Of the review. asked: What was asked for. labels: The labels of its versions.
    """
    what = f"{asked!r} is no version of the review, no folder and {_why_not(folder, asked)}"
    if not labels:
        mend = "there is none yet: evidence snapshot REVIEW --label LABEL makes one"
    else:
        mend = near(asked, [*labels, NOW], ID_LIKENESS)
    return usage(what, mend, "unknown-version")


def _why_not(folder: Path, asked: str) -> str:
    """What keeps a text from being a revision of git."""
    if which("git") is None:
        return "no revision that can be looked up: git is not installed"
    if git(folder, "rev-parse", "--git-dir") is None:
        return f"no revision of git: {folder} is not in git"
    if git(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") is None:
        return "no revision of git: nothing has been committed there yet"
    found = _BEFORE.fullmatch(asked)
    if found is not None and (many := _commits(folder, found["start"])):
        return f"no revision of git: the history of {found['start']} has {plural(many, 'commit')}" + (
            f", the earliest is {found['start']}~{many - 1}" if many > 1 else ""
        )
    names = (git(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags") or b"").decode()
    known = names.split()
    if not known:
        return "no revision of git"
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"no revision of git: branches and tags there are {', '.join(known[:_SHOWN])}{more}"


def _commits(folder: Path, start: str) -> int:
    """Commits from a revision back to the first, by the first parent of each; 0 where there is no such revision."""
    if start.startswith("-"):
        return 0
    said = git(folder, "rev-list", "--count", "--first-parent", start, "--")
    return int(said) if said and said.strip().isdigit() else 0
