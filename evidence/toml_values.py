"""TOML files that people write: where a key stands, and what its value must be."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

TIMES = "first, last or nearest = months"

Check = Callable[[Any], Any]


class WrongError(Exception):
    """A value that is not what its key takes: what it is, the mend, a stable code."""

    def __init__(self, says: str, mend: str, code: str = "wrong-value") -> None:
        super().__init__(says)
        self.mend, self.code = mend, code


def word(value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise WrongError("is not a text", 'write it in quotes: key = "text"')
    return value


def words(value: Any) -> tuple[str, ...]:
    """A text, or a list of different texts."""
    if isinstance(value, str):
        return (word(value),)
    if not isinstance(value, list):
        raise WrongError("is not a list of texts", 'write key = ["a", "b"]')
    found = tuple(word(item) for item in value)
    if twice := [name for i, name in enumerate(found) if name in found[:i]]:
        raise WrongError(f"names {twice[0]!r} twice", "name each once")
    return found


def questions(value: Any) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Names of questions, each alone or in a table with its options: name and options of each."""
    return _with_options(value, "question", "leave-one-out")


def figures(value: Any) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Names of figures, each alone or in a table with its options: name and options of each."""
    return _with_options(value, "figure", "forest")


def _with_options(value: Any, noun: str, example: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    found = [_named(item, noun, example) for item in (value if isinstance(value, list) else [value])]
    if any(item in found[:i] for i, item in enumerate(found)):
        raise WrongError("asks something twice", "ask each once, or with other options")
    return tuple(found)


def _named(item: Any, noun: str, example: str) -> tuple[str, dict[str, Any]]:
    if isinstance(item, str):
        return word(item), {}
    if not isinstance(item, dict) or noun not in item:
        mend = f'write "{example}", or {{{noun} = "{example}", OPTION = value}}'
        raise WrongError(f"holds something that is no {noun}", mend)
    options = dict(item)
    return word(options.pop(noun)), options


def prose(value: Any) -> str:
    """A sentence; numbers come from the tables, so it may not hold any."""
    text = word(value)
    if number := re.search(r"(?<![\w-])\d+(?:[.,]\d+)?(?![\w-])", text):
        mend = "say it without the number: numbers are computed from the tables, so they can't go stale"
        raise WrongError(f"holds the number {number[0]}", mend, "number-in-prose")
    return text


def proses(value: Any) -> tuple[str, ...]:
    """A list of sentences without numbers."""
    return tuple(prose(item) for item in words(value))


def table(value: Any) -> dict[str, Any]:
    """A table."""
    if not isinstance(value, dict):
        raise WrongError("is not a table", 'write key = {name = "value"}')
    return value


def tables(value: Any) -> list[Any]:
    """An array of tables."""
    if not isinstance(value, list):
        raise WrongError("is not a list of tables", "write [[outcomes]], in double brackets")
    return value


def where(value: Any) -> dict[str, Any]:
    """Columns and the value or values to compare with."""
    for name, wanted in table(value).items():
        if not isinstance(wanted, str | int | float | list) or wanted == []:
            raise WrongError(f"{name} has no value to compare with", 'write where = {column = "value"}')
    return dict(value)


def cuts(value: Any) -> Any:
    """Cut points: a list, or a list for each column."""
    if isinstance(value, list):
        return points(value)
    return {column: points(given) for column, given in table(value).items()}


def points(value: Any) -> tuple[float, ...]:
    """A rising list of numbers."""
    numbers = isinstance(value, list) and all(
        isinstance(item, int | float) and not isinstance(item, bool) for item in value
    )
    if not numbers or not value or list(value) != sorted(set(value)):
        raise WrongError("is not a rising list of numbers", "write cut = {COLUMN = [100, 200]}")
    return tuple(float(item) for item in value)


def time(value: Any) -> Any:
    """A time rule: ``first``, ``last`` or ``{"nearest": months}``."""
    if value in ("first", "last"):
        return value
    months = value.get("nearest") if isinstance(value, dict) and len(value) == 1 else None
    if isinstance(months, int | float) and not isinstance(months, bool) and months > 0:
        return {"nearest": float(months)}
    raise WrongError("is no time rule", f'use {TIMES}: time = "last" or time = {{nearest = 12}}')


def dotted(at: tuple[str | int, ...]) -> str:
    """The path of a key as it is written: ``outcomes.by``."""
    return ".".join(str(part) for part in at if not isinstance(part, int))


def find_line(source: str, at: tuple[str | int, ...]) -> int | None:
    """1-based line of a key of a TOML text, or of the table that holds it; None where it can't be told.

    Args:
        source: The text.
        at: Path of keys; a number is the index in an array of tables, e.g. ``("outcomes", 0, "by")``.
    """
    header, count, best = "", -1, None
    names = [str(part) for part in at if not isinstance(part, int)]
    index = next((part for part in at if isinstance(part, int)), None)
    for number, line in enumerate(source.split("\n"), start=1):
        if match := re.match(r"\s*(\[\[?)\s*([^\]#]+?)\s*\]", line):
            header = match[2].replace('"', "")
            count += match[1] == "[[" and bool(names) and header == names[0]
        elif match := re.match(r"""\s*["']?([\w-]+)["']?\s*[.=]""", line):
            key = ".".join(part for part in (header, match[1]) if part)
            if names and key == ".".join(names[: key.count(".") + 1]) and index in (None, count):
                return number
            continue
        if names and header == ".".join(names[: header.count(".") + 1]) and header and index in (None, count):
            best = best or number
    return best


def find_nested_line(source: str, at: tuple[str, int, str, int, str]) -> int | None:
    """1-based line of a key of a table in an array of tables inside another; of the table where the key isn't there.

    Args:
        source: The text. at: As ``("outcomes", 0, "conclusions", 1, "rule")``.
    """
    outer, i, inner, j, key = at
    counts, best = [-1, -1], None
    for number, line in enumerate(source.split("\n"), start=1):
        if match := re.match(r"\s*(\[\[?)\s*([^\]#]+?)\s*\]", line):
            header = "".join(match[2].replace('"', "").split())
            if match[1] == "[[" and header == outer:
                counts = [counts[0] + 1, -1]
            elif match[1] == "[[" and header == f"{outer}.{inner}":
                counts[1] += 1
            here = counts == [i, j] and header == f"{outer}.{inner}"
            best = number if here and best is None else best
        elif best is not None and counts == [i, j] and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
            return number
    return best
