"""Days as they are written in tables."""

from __future__ import annotations

import re

from ..bibliography.days import is_whole_day

_DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def is_day(value: object) -> bool:
    """Whether it is a day as 2024-05-31, or its month or year alone where no more is known."""
    found = _DAY.fullmatch(str(value))
    return found is not None and (found[3] is None or is_whole_day(str(value)))
