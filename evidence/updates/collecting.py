"""The files that make a version, from the folder of a review."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ..review.codebook import CORE
from ..rows import read_rows
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
    return Version(label, review, files | analyses_of(found, review), records=records_of(folder), place=folder)


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
