"""TOML files with the line of every key, so that a problem can say where it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..characters import unseen_values
from ..encoding import decode
from ..errors import Problem, near
from ..rows import conflict_markers, unreadable

_AT = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")
_HEADER = re.compile(r"^\s*\[\[?\s*(.+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """What a TOML file holds, and on which line each key stands.

    Attributes:
        file: Path as the user gave it.
        values: The parsed document; empty where it could not be read.
        lines: Key path -> 1-based line, for keys and table headers written in full.
        problems: What was found while reading; an error means ``values`` is empty.
    """

    file: str
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, path: Sequence[str]) -> int | None:
        """Line of a key, or where something below it first stands, or of the nearest table around it."""
        for length in range(len(path), 0, -1):
            part = tuple(path[:length])
            if part in self.lines:
                return self.lines[part]
            below = [line for key, line in self.lines.items() if key[:length] == part]
            if below:
                return min(below)
        return None

    def problem(self, code: str, path: Sequence[str], message: str, mend: str) -> Problem:
        """A problem at a key."""
        return Problem(code, message, mend, self.file, self.line(path), ".".join(path))

    def unknown_key(self, path: Sequence[str], known: Sequence[str]) -> Problem:
        """The problem for a key that does not exist, with the near ones."""
        return self.problem("unknown-key", path, f"{path[-1]!r} is not a key here", near(path[-1], known))


def read_toml(path: str | Path) -> TomlFile:
    """Read a TOML file; a file that can't be read or parsed is a problem with its line, never an exception."""
    file = str(path)
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        return TomlFile(file, problems=(unreadable(Path(path), error),))
    text, problems = decode(content, file)
    if text is None:
        return TomlFile(file, problems=tuple(problems))
    if (conflict := conflict_markers(text, file)) is not None:
        return TomlFile(file, problems=(*problems, conflict))
    try:
        values = tomllib.loads(text.replace("\r\n", "\n").replace("\r", "\n"))
    except tomllib.TOMLDecodeError as error:
        return TomlFile(file, problems=(*problems, _syntax_problem(error, file)))
    read = TomlFile(file, values, key_lines(text), tuple(problems))
    return replace(read, problems=(*problems, *_unseen(read)))


def _unseen(read: TomlFile) -> Iterator[Problem]:
    for at in unseen_values(read.values):
        path = [part for part in at if isinstance(part, str)]
        message = f"{path[-1]} holds a character that can't be seen"
        yield read.problem("control-character", path, message, "type the text again without it")


def _syntax_problem(error: tomllib.TOMLDecodeError, file: str) -> Problem:
    text = str(error)
    at = _AT.search(text)
    message = f"not valid TOML: {_AT.sub('', text)}"
    mend = 'mend this line: texts stand in "quotes", lists in [brackets], each key stands once in its table'
    if at is None:
        return Problem("bad-toml", message + " (at the end)", mend, file)
    return Problem("bad-toml", f"{message}, at character {at[2]}", mend, file, int(at[1]))


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Key path -> line of each ``key =`` and ``[table]`` line; of an array of tables, the first."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        header = _HEADER.match(line)
        if header:
            table = _parts(header[1])
            lines.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            lines.setdefault((*table, *_parts(key[1])), number)
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
