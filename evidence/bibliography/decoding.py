"""Bytes of a file of records to text, in whatever encoding a database or program wrote them."""

from __future__ import annotations

from dataclasses import dataclass

from ..encoding import decode
from ..errors import Problem


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a file.

    Attributes:
        text: Without BOM, line ends made a line feed; None where the file holds no text.
        encoding: What it was read as.
        problems: What was found on the way.
    """

    text: str | None
    encoding: str
    problems: tuple[Problem, ...] = ()


def decode_records(content: bytes, file: str) -> Decoded:
    """The text of a file of records; never raises for what the file holds."""
    text, problems = decode(content, file)
    if text is None:
        return Decoded(None, "", tuple(problems))
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), "utf-8", tuple(problems))
