"""The files that make a version: from a folder, or from a revision of git without a checkout."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import data_error
from ..review.codebook import CORE
from ..rows import read_rows
from .revisions import git
from .version import NOW, Version

SETTINGS, REFERENCES = "review.toml", "references.bib"
#: Read with the tables, for what was settled and why.
EXTRACTION = "extraction"
RECORDS = "records"


def is_part(name: str) -> bool:
    """Whether a file of a review's folder, by its name from there on, belongs to a version."""
    parts = PurePosixPath(name).parts
    if len(parts) == 1:
        return name in (SETTINGS, REFERENCES) or name in {spec.file for spec in CORE.values()}
    return len(parts) == 2 and parts[0] == EXTRACTION and name.endswith(".csv")


def collect(folder: Path, analyses: Path, label: str = NOW) -> Version:
    """The review as it lies in its folder now, with the analyses of it.

    Args:
        folder: Of the review. analyses: Folder of the analyses; those beside the review's tables are seen as well.
    """
    there = [path for path in (*folder.iterdir(), *_inside(folder / EXTRACTION)) if path.is_file()]
    names = {path.relative_to(folder).as_posix(): path for path in there}
    files = {name: path.read_bytes() for name, path in sorted(names.items()) if is_part(name)}
    review = folder.resolve().name
    near = [*_inside(analyses), *folder.glob("*.toml")]
    found = {path.name: path.read_bytes() for path in near if path.suffix == ".toml" and path.name != SETTINGS}
    return Version(label, review, files | analyses_of(found, review), records=records_of(folder))


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def analyses_of(found: Mapping[str, bytes], review: str) -> dict[str, bytes]:
    """Those of the analysis files that name the review, as files of a version; one that can't be read is none."""
    named = {name: content for name, content in found.items() if PurePosixPath(_named(content)).name == review}
    return {f"analyses/{name}": named[name] for name in sorted(named)}


def _named(content: bytes) -> str:
    try:
        name = tomllib.loads(content.decode("utf-8-sig")).get("review")
    except ValueError:
        return ""
    return name if isinstance(name, str) else ""


def records_of(folder: Path) -> dict[str, Any]:
    """The imported records, which may be large: rows of each table, files, and one hash of all of them."""
    records = folder / RECORDS
    paths = sorted(path for path in records.rglob("*") if path.is_file()) if records.is_dir() else []
    if not paths:
        return {}
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(records).as_posix()} {hashlib.sha256(content).hexdigest()}\n".encode())
    rows = {path.stem: len(read_rows(path).rows) for path in paths if path.parent == records and path.suffix == ".csv"}
    return {"sha256": digest.hexdigest(), "files": len(paths), "rows": rows}


def at_revision(folder: Path, analyses: Path, revision: str) -> Version | None:
    """The review at a revision of git; None where there is no such revision, or no git.

    Raises:
        DataError: the review was not there at that revision.
    """
    if revision.startswith("-"):
        return None
    commit = git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if commit is None:
        return None
    name = commit.decode().strip()
    files = _at(folder, name, is_part)
    if SETTINGS not in files:
        what = f"the review {folder.resolve().name} was not there at {revision} ({name[:10]})"
        raise data_error(what, "give a later revision: git log shows them", "revision-without-review")
    review = folder.resolve().name
    found = _at(analyses, name, lambda path: "/" not in path and path.endswith(".toml"))
    found |= _at(folder, name, lambda path: "/" not in path and path.endswith(".toml") and path != SETTINGS)
    return Version(f"{revision} ({name[:10]})", review, files | analyses_of(found, review))


def _at(folder: Path, commit: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    listed = git(folder, "ls-tree", "-r", "-z", "--name-only", commit) if folder.is_dir() else None
    names = (listed or b"").decode().split("\0")
    return {name: git(folder, "show", f"{commit}:./{name}") or b"" for name in sorted(names) if name and wanted(name)}
