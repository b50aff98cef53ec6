"""Whether the imported files are still there, and are what they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import DataError, Problem
from .store import FILES, FOLDER, IMPORTS, kept_bytes, read_imports


def kept_file_problems(review: Path) -> Iterator[Problem]:
    """Imported files that are gone or were changed, by their sha256; a warning for one that no import names.

    Every file is read whole. Where the log of imports can't be read nothing is told: that is told elsewhere.
    """
    try:
        imports = read_imports(review)
    except DataError:
        return
    for one in imports:
        try:
            kept_bytes(review, one)
        except DataError as error:
            yield from error.problems
    names = {one.copy for one in imports}
    folder = review / FOLDER / FILES
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in names and path.name[0] not in ".~":
            message = f"no import of {IMPORTS} is of this file"
            mend = "import it again (evidence import) and delete this copy, or bring the row of its import back"
            yield Problem("file-without-import", message, mend, str(path), severity="warning")
