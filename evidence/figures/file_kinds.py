"""The name of a figure's file decides its kind."""

from __future__ import annotations

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
