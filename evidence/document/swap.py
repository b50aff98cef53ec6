"""A folder is replaced as a whole: whatever happens, the previous or the new one stands there complete.

The new folder is written aside (``NAME.new``), the old one renamed to ``NAME.old``, the new one to ``NAME``, and
``NAME.old`` deleted. ``restore`` puts things right after a break at any step.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import ComputeError, Problem

#: A folder that holds this file was written by us and may be replaced: made first, deleted last.
MARK = "results.json"


def aside(folder: Path) -> Path:
    """Where the new folder is written."""
    return folder.with_name(folder.name + ".new")


def old(folder: Path) -> Path:
    """Where the previous folder stands during the swap."""
    return folder.with_name(folder.name + ".old")


def restore(folder: Path) -> str | None:
    """Mend what a break left behind; says what was done, or None.

    Raises:
        ComputeError: a file is held open by another program, or one of the folders is not ours.
    """
    done = None
    with _said(folder, "an earlier build broke off and can't be cleared away"):
        if old(folder).exists():
            refuse_foreign(old(folder))
            if folder.exists():
                _delete(old(folder))
            else:
                old(folder).rename(folder)
                done = f"put back {folder}: an earlier build broke off"
        if aside(folder).exists():
            refuse_foreign(aside(folder))
            _delete(aside(folder))
    return done


def replace(folder: Path, write: Callable[[Path], None], generated: Callable[[Path], frozenset[str]]) -> None:
    """Write a folder anew.

    Args:
        folder: What is replaced.
        write: Fills the new folder, ``MARK`` among the rest.
        generated: Relative paths (with /) of the files that an earlier ``write`` made in a folder; any other file
            there is somebody's own and is kept.

    Raises:
        ComputeError: the folder holds something else, or a file is held open by another program.
    """
    refuse_foreign(folder)
    restore(folder)
    new = aside(folder)
    with _said(folder, "can't be replaced; the previous one is untouched"):
        new.mkdir(parents=True)
        (new / MARK).touch()
        write(new)
        if folder.exists():
            _keep(folder, new, generated(folder))
            folder.rename(old(folder))
        try:
            new.rename(folder)
        except OSError:
            if old(folder).exists():
                old(folder).rename(folder)
            raise
    with _said(old(folder), "the new one is in its place, but the previous one can't be deleted"):
        if old(folder).exists():
            _delete(old(folder))


def _keep(folder: Path, new: Path, generated: frozenset[str]) -> None:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in generated and not (new / name).exists():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, new / name)


def _delete(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.name != MARK:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    (folder / MARK).unlink(missing_ok=True)
    folder.rmdir()


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder that holds something else than a report.

    Raises:
        ComputeError: it is there, and no build of ours made it.
    """
    ours = folder.is_dir() and ((folder / MARK).is_file() or not any(folder.iterdir()))
    if folder.exists() and not ours:
        mend = "choose another folder with -o, or move this one away: a build replaces it as a whole"
        raise ComputeError(
            Problem("not-a-report", f"is there, but no build of ours made it (no {MARK})", mend, str(folder))
        )


@contextmanager
def _said(folder: Path, message: str) -> Iterator[None]:
    """Says which file could not be touched, and the mend."""
    try:
        yield
    except PermissionError as error:
        mend = "close the program that shows it, or give write permission; then run the same command again"
        raise ComputeError(Problem("file-held", f"{message}: {error.strerror}", mend, _where(error, folder))) from error
    except OSError as error:
        mend = "check the disk and the folder, then run the same command again"
        raise ComputeError(
            Problem("not-written", f"{message}: {error.strerror or error}", mend, _where(error, folder))
        ) from error


def _where(error: OSError, folder: Path) -> str:
    return str(error.filename or folder)
