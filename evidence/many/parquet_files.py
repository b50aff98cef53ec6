"""The files of a Parquet table: one, or those of a folder, whose paths may hold columns too (``year=2020/``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ..errors import DataError, Problem, usage
from ..rows import unreadable
from .columns import Columns

ENDINGS = (".parquet", ".pq")
NO_ARROW = "install the extra [many] (pyarrow), or use CSV"
#: What other software writes into a path for a value that is missing.
_MISSING = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a table.

    Attributes:
        path: Of the file. names: Of its columns, those of its path among them. fixed: Column of the path -> its text.
    """

    path: Path
    names: tuple[str, ...]
    fixed: Mapping[str, str | None] = field(default_factory=dict)


def files_of(folder: Path) -> list[Path]:
    """The Parquet files of a folder and those below it, sorted by name; hidden ones and notes of other software not.

    Raises:
        DataError: a folder that can't be read.
    """
    try:
        found = sorted(path for path in folder.rglob("*") if path.suffix.casefold() in ENDINGS and path.is_file())
    except OSError as error:
        raise DataError(unreadable(folder, error)) from error
    return [path for path in found if not any(part[0] in "._" for part in path.relative_to(folder).parts)]


def parts_of(path: Path) -> list[Part]:
    """The files of a table.

    Raises:
        UsageError: pyarrow is not installed. DataError: no Parquet file, or a folder without one.
    """
    if not path.is_dir():
        return [Part(path, tuple(schema_of(path).names))]
    files = files_of(path)
    if not files:
        mend = "give a file, or a folder of Parquet files (.parquet); join CSV files to one"
        raise DataError(Problem("no-parquet", "the folder holds no Parquet file", mend, str(path)))
    parts = []
    for file in files:
        pairs = [part.partition("=") for part in file.relative_to(path).parts[:-1] if "=" in part]
        fixed = {unquote(name): None if text == _MISSING else unquote(text) for name, _, text in pairs}
        own = [name for name in schema_of(file).names if name not in fixed]
        parts.append(Part(file, (*own, *fixed), fixed))
    return parts


def id_type_of(parts: Sequence[Part], columns: Columns) -> Any:
    """The type that ids have in all files and keep; text where they are of a kind that is neither number nor text.

    Raises:
        DataError: a file that lacks a column, has ids of another type, or lists of values where one belongs.
    """
    types = []
    for part in parts:
        schema = schema_of(part.path)
        for name in columns.wanted:
            _refuse_unfit(part, schema, name)
        types.append(_kept(part, schema, columns.by))
        if types[-1] != types[0]:
            says = f"{columns.by} is {types[-1]} here, and {types[0]} in {parts[0].path.name}"
            raise DataError(Problem("other-type", says, "write all files with one schema", str(part.path)))
    return types[0]


def _refuse_unfit(part: Part, schema: Any, name: str) -> None:
    import pyarrow as pa

    if name not in part.names:
        says, mend = f"this file has no column {name!r}", "write all files of the folder with the same columns"
        raise DataError(Problem("unknown-column", says, mend, str(part.path)))
    if name not in part.fixed and pa.types.is_nested(plain_type(schema.field(name).type)):
        says = f"{name!r} holds {schema.field(name).type}, not one value in each row"
        raise DataError(Problem("not-a-value", says, "give it one value in each row", str(part.path), None, name))


def _kept(part: Part, schema: Any, name: str) -> Any:
    import pyarrow as pa

    if name in part.fixed:
        return pa.string()
    kind = plain_type(schema.field(name).type)
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return kind if number or pa.types.is_string(kind) or pa.types.is_large_string(kind) else pa.string()


def plain_type(kind: Any) -> Any:
    """The type of the values of a column."""
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def schema_of(path: Path) -> Any:
    """Names and types of the columns of a file.

    Raises:
        UsageError: pyarrow is not installed. DataError: no such file, or no Parquet file.
    """
    with opened(path) as file:
        return file.schema_arrow


def opened(path: Path) -> Any:
    """A Parquet file.

    Raises:
        UsageError: pyarrow is not installed. DataError: no such file, or no Parquet file.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise usage(f"{path} is Parquet, which needs pyarrow", NO_ARROW, "no-pyarrow") from None
    try:
        return parquet.ParquetFile(path)
    except OSError as error:
        raise DataError(unreadable(path, error)) from error
    except pa.ArrowInvalid as error:
        says, mend = f"this is no Parquet file: {error}", "give a Parquet or a CSV file"
        raise DataError(Problem("not-parquet", says, mend, str(path))) from error
