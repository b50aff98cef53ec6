"""One record of RIS by rispy, with every tag and every value of it; imported only where there are records to read."""

from __future__ import annotations

import re
from typing import Any

from rispy.parser import RisParser

from ..tagged import Values

#: Stands after the last line of a record; no text holds it, control characters are removed before.
_END = "\x00"


class _SameNames(dict[str, str]):
    """A mapping of each tag to itself."""

    def __missing__(self, tag: str) -> str:
        return tag


class _OneRecord(RisParser):  # type: ignore[misc]
    """Keeps every tag under its own name, every value in its order, and the lines of a value apart.

    rispy's own parsing keeps the first of two values of a tag that is no list, and ends a record at any line ``ER``.
    """

    END_TAG = _END

    def __init__(self, line_tag: re.Pattern[str]) -> None:
        super().__init__(mapping=_SameNames())
        self._line_tag = line_tag

    def parse_line(self, line: str) -> Any:
        if line == _END:
            return _END, ""
        found = self._line_tag.match(line)
        return (found[1], line[found.end() :].strip()) if found else (None, line.strip())

    def _add_tag(self, record: dict[str, Any], tag: str, content: str, extend_multiline: bool = False) -> None:
        if extend_multiline:
            values = record[tag or self.START_TAG]
            if content:
                values[-1] = f"{values[-1]}\n{content}" if values[-1] else content
        else:
            record.setdefault(tag, []).append(content)

    def _iter_till_start(self, lines: Any) -> dict[str, Any]:
        return {self.START_TAG: [self.parse_line(next(lines))[1]]}


def tags(raw: str, line_tag: re.Pattern[str]) -> Values:
    """The tags of the text of one record, its end tag with them where a text stands beside it."""
    found = line_tag.match(raw)
    first = raw if found and found[1] == _OneRecord.START_TAG else f"{_OneRecord.START_TAG}  - \n{raw}"
    (values,) = _OneRecord(line_tag).parse(f"{first}\n{_END}")
    return {tag: found for tag, found in values.items() if any(found)}
