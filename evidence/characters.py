"""Characters that no text may hold: XML, and so SVG and Word files, have no place for them, and nobody sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .errors import Problem

#: What XML has no place for.
NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: What a text may not hold: the same, and DEL.
UNSEEN = re.compile("[^\t\n\r -~\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REPLACEMENT = "\ufffd"
MEND = "delete it, or type this part of the line again"
LINE_ENDS = re.compile(r"\r\n|\r|\n")


def without_unseen(text: str) -> str:
    """A text that XML can hold: the replacement character in place of what it can't."""
    return NOT_XML.sub(REPLACEMENT, text)


def unseen(text: str, file: str) -> Iterator[Problem]:
    """A problem for each line of a text file that holds such a character: where the first stands, and which it is."""
    if UNSEEN.search(text) is None:
        return
    for number, line in enumerate(LINE_ENDS.split(text), start=1):
        if found := UNSEEN.search(line):
            message = f"character {found.start() + 1} of the line, U+{ord(found[0]):04X}, can't be seen"
            yield Problem("control-character", message, MEND, file, number)


def unseen_values(values: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Path of each key and each text below it that holds such a character: TOML lets them in where they are escaped."""
    if isinstance(values, str) and UNSEEN.search(values):
        yield at
    elif isinstance(values, dict):
        for key, value in values.items():
            if UNSEEN.search(key):
                yield (*at, key)
            yield from unseen_values(value, (*at, key))
    elif isinstance(values, list):
        for i, value in enumerate(values):
            yield from unseen_values(value, (*at, i))
