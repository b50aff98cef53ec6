"""A change of a review's tables that is worked out before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..files import write_all


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be written.

    Attributes:
        files: Path -> new bytes. said: What changes, one sentence each.
    """

    files: Mapping[Path, bytes]
    said: tuple[str, ...]

    def write(self) -> None:
        """Write the files.

        Raises:
            UsageError: one can't be written; all of them are as they were then.
        """
        write_all(self.files)
