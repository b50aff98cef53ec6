"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from .errors import UsageError, usage

#: What the system says -> what to do; anything else is often a file that another program holds.
_MENDS = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room: the disk has more, but not for you",
    errno.EISDIR: "it is a folder: give the name of a file",
    errno.ENAMETOOLONG: "give a shorter name",
    errno.EFBIG: "write elsewhere: no file so large can be written there",
    errno.EROFS: "write elsewhere: nothing can be written there",
    errno.ENOENT: "write elsewhere: no file can be made there",
    errno.ENOTDIR: "write elsewhere: a part of the path is a file",
}


def write_whole(target: Path, content: bytes) -> None:
    """Write a file. An older one of that name stays whole until the new one is complete.

    Raises:
        UsageError: a folder that does not exist, or a file that can't be written.
    """
    refuse_no_folder(target.parent)
    aside = target.with_name(f".{target.name}.part")
    try:
        aside.write_bytes(content)
        os.replace(aside, target)
    except OSError as error:
        raise unwritten(target, error) from error
    finally:
        with suppress(OSError):  # in a folder that may not be entered even this fails
            aside.unlink()


def refuse_no_folder(folder: Path) -> None:
    """Refuse to write where no folder is.

    Raises:
        UsageError: it does not exist, or is something else.
    """
    if folder.is_dir():
        return
    if folder.exists():
        raise usage(f"{folder} is no folder", "write elsewhere", "no-folder")
    raise usage(f"the folder {folder} does not exist", "make it first, or write elsewhere", "no-folder")


def unwritten(path: Path, error: OSError) -> UsageError:
    """The error of a file that can't be written, with the mend for its cause."""
    mend = _MENDS.get(error.errno or 0, "close it in other programs, mend the rights, or write elsewhere")
    return usage(f"can't write {path}: {error.strerror}", mend, "write")


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Write several files, or none of them: where one fails, those before it are put back as they were.

    A link is followed, and a file keeps its rights.

    Raises:
        UsageError: a file that may not be written, with its path; nothing has changed then.
    """
    targets = {path.resolve(): content for path, content in contents.items()}
    before = {path: _writable(path) for path in targets}
    written: list[Path] = []
    try:
        for path, content in targets.items():
            write_whole(path, content)
            written.append(path)
            if (mode := _mode(before[path])) is not None:
                path.chmod(mode)
    except BaseException:
        for path in reversed(written):
            _put_back(path, before[path])
        raise


_Before = tuple[bytes, int]


def _writable(path: Path) -> _Before | None:
    """Bytes and rights of a file that may be written; None where there is none yet."""
    try:
        if not path.exists():
            return None
        mode = stat.S_IMODE(path.stat().st_mode)
        if not mode & 0o222 or not os.access(path, os.W_OK):
            raise usage(
                f"can't write {path}: it is read-only", "take the write protection away, then run it again", "write"
            )
        return path.read_bytes(), mode
    except OSError as error:
        raise usage(f"can't write {path}: {error.strerror}", "close it in other programs", "write") from error


def _mode(before: _Before | None) -> int | None:
    return None if before is None else before[1]


def _put_back(path: Path, before: _Before | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
        return
    write_whole(path, before[0])
    path.chmod(before[1])
