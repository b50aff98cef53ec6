"""files.sha256: the hash of every file of a report, in the form that ``sha256sum -c`` reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from .inputs import text_hash

SUMS = "files.sha256"


def sums(files: Mapping[str, str | bytes]) -> str:
    """One line per file, by name: hash, two spaces, relative path."""
    contents = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(contents.items()))


def read_sums(text: str) -> dict[str, str]:
    """Relative path -> hash; lines that are none are left out."""
    lines = (line.split("  ", 1) for line in text.splitlines())
    return {line[1]: line[0] for line in lines if len(line) == 2 and len(line[0]) == 64 and line[1]}


def is_unchanged(path: Path, sha256: str) -> bool:
    """Whether a file is the one that was written, whatever line ends git gave it since.

    Raises:
        OSError: it can't be read.
    """
    content = path.read_bytes()
    return sha256 in (hashlib.sha256(content).hexdigest(), text_hash(content))
