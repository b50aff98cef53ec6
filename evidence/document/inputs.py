"""Which files and libraries a document was made from: the same on every machine that has the same of them."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..crosscheck.stored import path_of
from ..tables.table import Cell, Table, TableColumn
from ..updates.finding import labels_of
from ..updates.version import MANIFEST, VERSIONS

if TYPE_CHECKING:
    from ..analysis import Analysis
    from ..review.review import Review

#: Libraries whose version can change a number, a page, a figure or the Word file.
LIBRARIES = (
    "numpy",
    "scipy",
    "pandas",
    "pandera",
    "statsmodels",
    "pymare",
    "bibtexparser",
    "citeproc-py",
    "matplotlib",
    "seaborn",
    "fonttools",
    "jinja2",
    "python-docx",
    "pillow",
)


@dataclass(frozen=True, slots=True)
class Input:
    """A file: its name from the review's or the analysis's folder on, and the hash of its text.

    The hash is SHA-256 with line ends as LF, so that it is the same however git checked the file out.
    """

    name: str
    sha256: str


def inputs(analysis: Analysis, review: Review) -> tuple[Input, ...]:
    """Every file that the document was made from; of a version its manifest, which has the hashes of its files."""
    kept = path_of(analysis.path)
    beside = (Input(f"analyses/{kept.name}", _hash(kept)),) if kept.is_file() else ()
    names = ["review.toml", *(table.file for table in review.codebook.values()), "references.bib"]
    files = [review.path / name for name in names if (review.path / name).is_file()]
    found = [Input(f"data/{review.name}/{path.name}", _hash(path)) for path in files]
    frozen = (review.path / VERSIONS / label / MANIFEST for label in labels_of(review.path))
    of_versions = [
        Input(f"data/{review.name}/{path.relative_to(review.path).as_posix()}", _hash(path)) for path in frozen
    ]
    style = analysis.csl_path
    styled = () if style is None else (Input(posixpath.normpath(f"analyses/{analysis.csl}"), _hash(style)),)
    return (Input(f"analyses/{analysis.path.name}", _hash(analysis.path)), *beside, *styled, *found, *of_versions)


def _hash(path: Path) -> str:
    return text_hash(path.read_bytes())


def text_hash(content: bytes) -> str:
    """SHA-256 with line ends as LF."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def versions() -> dict[str, str]:
    """Our version, and that of each library that can change a number or a page."""
    return {"evidence": __version__} | {name: found for name in LIBRARIES if (found := _version(name)) is not None}


@cache
def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def inputs_table(files: tuple[Input, ...]) -> Table:
    """One row per file."""
    columns = (TableColumn("file", "File"), TableColumn("sha256", "SHA-256 (line ends as LF)"))
    rows = tuple((Cell(file.name, file.name), Cell(file.sha256, file.sha256)) for file in files)
    return Table("inputs", "Files that this document was made from.", columns, rows)
