"""Files are written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from .errors import usage


def write_whole(target: Path, content: bytes) -> None:
    """Write a file. An older one of that name stays whole until the new one is complete.

    Raises:
        UsageError: a folder that does not exist, or a file that can't be written.
    """
    if not target.parent.is_dir():
        raise usage(f"the folder {target.parent} does not exist", "make it first, or write elsewhere", "no-folder")
    aside = target.with_name(f".{target.name}.part")
    try:
        aside.write_bytes(content)
        os.replace(aside, target)
    except OSError as error:
        mend = "close it in other programs, or write elsewhere"
        raise usage(f"can't write {target}: {error.strerror}", mend, "write") from error
    finally:
        with suppress(OSError):  # in a folder that may not be entered even this fails
            aside.unlink()
