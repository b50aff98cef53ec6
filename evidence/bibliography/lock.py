"""One writer at a time: the lock of ``records/``, a file that only one process can make."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from ..errors import UsageError, usage
from .store import FOLDER

#: The lock, and what is held while the lock of a dead process is taken away.
LOCK, GUARD = ".lock", ".lock-taken-over"
#: Seconds that another process is waited for, and between two looks.
PATIENCE, PAUSE = 10.0, 0.05


@contextmanager
def locked(review: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the records of a review, so that what is read in this block is still so when it is written.

    The lock is the file ``records/.lock`` with the process, its computer and the time. That of a process which has
    died on this computer is taken over. It is not for two blocks of one process, one within the other.

    Args:
        review: Folder of the review. patience: Seconds to wait for another process.

    Raises:
        UsageError: another process holds the records for longer; the folder can't be written.
    """
    folder = review / FOLDER
    path = folder / LOCK
    made = not folder.exists()
    handle = _made(path, patience)
    try:
        yield
    finally:
        with suppress(OSError):
            os.close(handle)
        with suppress(OSError):
            path.unlink()
        if made:
            with suppress(OSError):  # something is in it now
                folder.rmdir()


def _made(path: Path, patience: float) -> int:
    """The open lock, as soon as nobody else has it."""
    end = time.monotonic() + patience
    while True:
        try:
            path.parent.mkdir(exist_ok=True)
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileNotFoundError:  # the folder went away again with the lock of another
            if not path.parent.parent.is_dir():
                raise usage(f"the folder {path.parent.parent} does not exist", "check the path", "no-folder") from None
        except OSError as error:
            if not path.exists():
                raise usage(
                    f"can't write in {path.parent}: {error.strerror}", "mend the rights of the folder", "write"
                ) from error
            if _dead(path):
                _take_away(path)
                continue
        else:
            os.write(handle, _holder().encode("utf-8"))
            return handle
        if time.monotonic() >= end:
            raise _held(path)
        time.sleep(PAUSE)


def _holder() -> str:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    return f"{os.getpid()}\n{socket.gethostname()}\n{now}\n"


def _read(path: Path) -> tuple[str, str, str]:
    """Process, computer and time of a lock; empty where it is gone or not written yet."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    process, computer, since = (*lines, "", "", "")[:3]
    return process, computer, since


def _dead(path: Path) -> bool:
    """Whether the process that made a lock has ended without removing it, as far as this computer can know."""
    process, computer, _ = _read(path)
    if computer != socket.gethostname() or not (process.isascii() and process.isdigit()):
        return False
    if os.name == "nt":  # there a file that is held open can't be removed, so that trying is safe
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _take_away(path: Path) -> None:
    """Remove the lock of a dead process: one of those who try does, and none removes that of a living one."""
    guard = path.with_name(GUARD)
    try:
        handle = os.open(guard, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except OSError:
        time.sleep(PAUSE)
        if guard.exists() and time.time() - guard.stat().st_mtime > PATIENCE:
            guard.unlink(missing_ok=True)
        return
    try:
        if _dead(path):
            path.unlink(missing_ok=True)
    except OSError:
        time.sleep(PAUSE)
    finally:
        os.close(handle)
        guard.unlink(missing_ok=True)


def _held(path: Path) -> UsageError:
    process, computer, since = _read(path)
    who = f"process {process} on {computer}, since {since}" if process else "another process"
    return usage(
        f"the records are being changed by {who}; nothing was done",
        f"wait until that is done, and run this again; if nothing runs there any more, delete {path}",
        "records-locked",
    )
