"""What a result was made of: versions, table, columns, model. Dates are left out, so that its bytes stay the same."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import DataError
from ..rows import unreadable
from .parquet_files import files_of

if TYPE_CHECKING:
    from ..pooling import Model
    from .columns import Columns

#: Key of the metadata of a Parquet file.
KEY = b"evidence"


def made_of(table: Any, columns: Columns, model: Model, chunk: int) -> dict[str, Any]:
    """What a result is made of, as JSON can hold it.

    Args:
        table: Its path, or a table in memory, which has no hash. columns: That are read. model: The specification.
        chunk: Rows of a chunk.

    Raises:
        DataError: a table that can't be read.
    """
    size = "time" if columns.of_rates else "total"
    return {
        "evidence": __version__,
        "libraries": _libraries(),
        "input": _input(table),
        "columns": {"by": columns.by, "events": columns.events, size: columns.total, "study": columns.study},
        "model": model.to_dict(),
        "chunk": chunk,
    }


def _input(table: Any) -> dict[str, str]:
    if not isinstance(table, str | Path):
        return {"name": type(table).__name__}
    path = Path(table)
    return {"name": path.name or str(path), "sha256": hash_of(path)}


def _libraries() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in ("numpy", "scipy", "pandas", "pyarrow"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found


def hash_of(path: Path) -> str:
    """SHA-256 of a file; of a folder that of its tables' names and hashes, as ``sha256sum`` prints them.

    Raises:
        DataError: a file that can't be read.
    """
    if path.is_dir():
        lines = (f"{hash_of(file)}  {file.relative_to(path).as_posix()}\n" for file in files_of(path))
        return hashlib.sha256("".join(lines).encode("utf-8")).hexdigest()
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DataError(unreadable(path, error)) from error
