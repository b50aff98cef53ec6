"""How citations are screened: the table [screening] of review.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Problem
from .toml_reading import TomlFile

_KEYS = ("screeners", "highlight")


@dataclass(frozen=True, slots=True)
class ScreeningSettings:
    """What the protocol says of screening.

    Attributes:
        screeners: How many judge each citation, each without seeing what the others said.
        highlight: Words that are marked in titles and abstracts.
    """

    screeners: int = 1
    highlight: tuple[str, ...] = ()


def read_screening(toml: TomlFile, declared: Mapping[str, Any], problems: list[Problem]) -> ScreeningSettings:
    """The settings of [screening]; what can't be read is a problem, and is then as if it were not there."""
    table = "screening"
    problems.extend(toml.unknown_key((table, key), _KEYS) for key in declared if key not in _KEYS)
    screeners, highlight = declared.get("screeners", 1), declared.get("highlight", [])
    if not isinstance(screeners, int) or isinstance(screeners, bool) or screeners < 1:
        message = f"screeners is {screeners!r}, not a number of people"
        problems.append(toml.problem("bad-value", (table, "screeners"), message, "write screeners = 2"))
        screeners = 1
    if not isinstance(highlight, list) or not all(isinstance(word, str) for word in highlight):
        message = f"highlight is {highlight!r}, not a list of texts"
        mend = 'write highlight = ["...", "..."]'
        problems.append(toml.problem("not-a-list", (table, "highlight"), message, mend))
        highlight = []
    return ScreeningSettings(screeners, tuple(word.strip() for word in highlight if word.strip()))
