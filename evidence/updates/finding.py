"""A version by what it is called: a label, a folder, ``now``, or a revision of git; and its files as a review."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import DataError, Problem, data_error
from ..review.review import Review, read_review
from .collecting import SETTINGS, collect
from .revisions import at_revision, not_found
from .version import MANIFEST, NOW, VERSIONS, Version, read_frozen


def labels_of(folder: Path) -> tuple[str, ...]:
    """Labels of the versions of a review in the order in which their folders sort."""
    versions = folder / VERSIONS
    there = versions.iterdir() if versions.is_dir() else ()
    return tuple(sorted(path.name for path in there if path.is_dir() and not path.name.startswith(".")))


def frozen_versions(folder: Path) -> tuple[Version, ...]:
    """All versions of a review, the oldest state first: by the day and time up to which they tell, then by label.

    Raises:
        DataError: one of them is damaged.
    """
    found = [read_version(folder, Path(), label) for label in labels_of(folder)]
    return tuple(sorted(found, key=lambda one: one.order))


def read_version(folder: Path, analyses: Path, asked: str) -> Version:
    """A version.

    Args:
        folder: Of the review. analyses: Folder of the analyses.
        asked: ``now``, a label, the folder of a version or of another state of the review, or a revision of git.

    Raises:
        UsageError: it does not exist. DataError: it is damaged, or not of this review.
    """
    found = _found(folder, analyses, asked)
    review = folder.resolve().name
    if not any(name.endswith(".csv") and "/" not in name for name in found.files):
        raise data_error(
            f"the version {found.label} of {review} holds no table", "give another version", "version-empty"
        )
    return found


def _found(folder: Path, analyses: Path, asked: str) -> Version:
    if asked == NOW:
        return collect(folder, analyses)
    labels = labels_of(folder)
    if not asked.strip():
        raise not_found(folder, asked, labels)
    if asked in labels:
        return _own(folder, folder / VERSIONS / asked)
    path = Path(asked)
    if _is_folder(path):
        if (path / MANIFEST).exists():
            own = path.resolve().parent == (folder / VERSIONS).resolve()
            return _own(folder, path) if own else _of_this_review(folder, read_frozen(path))
        if (path / SETTINGS).exists():
            return replace(collect(path, analyses, asked), review=folder.resolve().name)
        what = f"{asked} is a folder without {MANIFEST} and without {SETTINGS}"
        raise data_error(what, "give the folder of a version or of a review", "version-damaged")
    revision = at_revision(folder, analyses, asked)
    if revision is None:
        raise not_found(folder, asked, labels)
    return revision


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _own(folder: Path, place: Path) -> Version:
    """A version in the folder of the review, which may have been called otherwise when it was frozen.

    Raises:
        DataError: it is damaged, or its folder was renamed.
    """
    version, name = read_frozen(place), place.resolve().name
    if version.label != name:
        what = f"the folder is called {name}, and the version in it was frozen as {version.label}"
        mend = f"call the folder {version.label} again; a copy of a version is none"
        raise DataError(Problem("version-renamed", what, mend, str(place / MANIFEST)))
    if version.review == folder.resolve().name:
        return version
    return replace(version, notes=(*version.notes, f"Frozen when the review was called {version.review}."))


def _of_this_review(folder: Path, version: Version) -> Version:
    if version.review != folder.resolve().name:
        what = f"the version {version.label} is of the review {version.review}, not of {folder.resolve().name}"
        raise data_error(what, "give a version of this review", "version-of-another-review")
    return version


@contextmanager
def laid_out(version: Version) -> Iterator[Path]:
    """A project folder for a while that holds the version: data/<review>/ and analyses/.

    Errors in what it holds leave with the name of the version, and their files without the folder.
    """
    with TemporaryDirectory(prefix="evidence-") as place:
        root = Path(place)
        for name, content in version.files.items():
            path = root / (name if name.startswith("analyses/") else f"data/{version.review}/{name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        try:
            yield root
        except DataError as error:
            errors = [problem for problem in error.problems if problem.severity == "error"]
            raise DataError(_placed(problem, version, root) for problem in errors) from None


def review_of(version: Version) -> Review:
    """The review as it was.

    Raises:
        DataError: what today's codebook finds wrong with it, each problem with the version.
    """
    with laid_out(version) as root:
        return read_review(root / "data" / version.review)


def _placed(problem: Problem, version: Version, root: Path) -> Problem:
    """The problem with a path that means something to the reader, and the version in its text."""
    folders = (root / "data" / version.review, root)
    file = problem.file
    for folder in folders:
        file = None if file is None else file.removeprefix(f"{folder}{os.sep}")
    of_review = version.made is not None or (file or "").partition(os.sep)[0] != "analyses"
    if version.place is not None and file is not None and of_review:
        file = str(version.place / file)
    return replace(problem, message=f"version {version.label}: {problem.message}", file=file)
