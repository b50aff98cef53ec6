"""Whole days, as they are typed for a search or a decision."""

from __future__ import annotations

import re
from datetime import date

from ..errors import usage

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def is_whole_day(text: str) -> bool:
    """Whether it is a day of the calendar, as 2024-05-31."""
    if _DAY.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def past_day(text: str) -> str:
    """A day that somebody says something was done on.

    Raises:
        UsageError: it can be misread, is not in the calendar, or is still to come.
    """
    if _DAY.fullmatch(text) is None:
        raise usage(f"the day {text!r} can be misread", "write it as 2024-05-31", "date-unclear")
    if not is_whole_day(text):
        raise usage(f"the day {text} is not in the calendar", "write a day that exists, as 2024-05-31", "no-such-day")
    if text > (today := date.today().isoformat()):
        raise usage(
            f"the day {text} is still to come: today is {today}", "write the day it was done on", "date-to-come"
        )
    return text
