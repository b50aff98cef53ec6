"""Figures on disk: the name's ending decides the kind of file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from ..errors import usage

Kind = Literal["svg", "pdf", "png", "tiff"]

KINDS: Mapping[str, Kind] = {".svg": "svg", ".pdf": "pdf", ".png": "png", ".tiff": "tiff", ".tif": "tiff"}


def kind_of(path: Path) -> Kind:
    """The kind of file that a name's ending asks for.

    Raises:
        UsageError: an ending that can't be written; the known ones are listed.
    """
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(ending for ending in KINDS if ending != ".tif")
        found = path.suffix or "missing"
        raise usage(f"can't write {path.name!r}: its ending is {found}", f"end it in {known}", "suffix")
    return kind


def write(content: bytes, target: Path) -> None:
    """Write a file. An older one of that name stays whole until the new one is complete.

    Raises:
        UsageError: the folder does not exist, or the file can't be written.
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
        aside.unlink(missing_ok=True)
