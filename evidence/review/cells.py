"""One cell of text to one value, or the problem with it and its mend."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .codebook import ColumnSpec

_WHOLE = re.compile(r"[+-]?[0-9]+(\.0*)?")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_FRACTION = re.compile(r"([0-9]+)\s*/\s*([0-9]+)")
_PERCENT = re.compile(r"[0-9.,]+\s*%")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")
_NOTHING = frozenset({"na", "n/a", "nan", "none", "null", "-", "–", "?", ".", "nr", "not reported", "not_reported"})

#: Largest count that a table may hold.
LARGEST_COUNT = 10**9


@dataclass(frozen=True, slots=True)
class BadCell:
    """Why a cell can't be used: stable code, what is wrong with it, the mend."""

    code: str
    message: str
    mend: str


def parse_number(text: str, whole: bool) -> float | int | BadCell:
    """The number in a cell that is not empty; ``12.0`` is a whole number, ``1e3``, ``inf`` and ``1_000`` are not."""
    pattern = _WHOLE if whole else _NUMBER
    if pattern.fullmatch(text) is None:
        return _not_a_number(text, whole)
    value = float(text)
    if abs(value) > LARGEST_COUNT:
        return BadCell("out-of-range", f"{text!r} is beyond {LARGEST_COUNT:,}", "check the number against the paper")
    return int(value) if whole else value


def _not_a_number(text: str, whole: bool) -> BadCell:
    kind = "whole number" if whole else "number"
    fraction = _FRACTION.fullmatch(text)
    if fraction:
        mend = f"put {fraction[1]} into events and {fraction[2]} into total, each as a whole number"
        return BadCell("fraction", f"{text!r} is a fraction, not a {kind}", mend)
    if _PERCENT.fullmatch(text):
        return BadCell("percent", f"{text!r} is a percentage, not a {kind}", f"write the {kind} itself, without %")
    if _GROUPED.fullmatch(text) and whole:
        return BadCell("thousands-comma", f"{text!r} holds a comma", f"write {text.replace(',', '')}")
    if _DECIMAL_COMMA.fullmatch(text):
        return BadCell("decimal-comma", f"{text!r} has a decimal comma", f"write {text.replace(',', '.')}")
    if text.casefold() in _NOTHING:
        return BadCell("not-a-number", f"{text!r} is not a number", "leave the cell empty where nothing is known")
    if whole and _NUMBER.fullmatch(text):
        if "e" in text.casefold() and float(text).is_integer() and abs(float(text)) <= LARGEST_COUNT:
            return BadCell("exponent", f"{text!r} is written with an exponent", f"write {int(float(text))}")
        return BadCell("not-whole", f"{text!r} is not a whole number", "write a whole number")
    mend = f"write a {kind} with digits only, such as 3; put words into notes"
    return BadCell("not-a-number", f"{text!r} is not a {kind}", mend)


def parse_cell(text: str, column: ColumnSpec) -> str | float | int | BadCell | None:
    """The value of a cell by the type of its column; None for an empty cell. Terms and ranges are checked later."""
    if not text:
        return None
    if column.type == "number":
        return parse_number(text, whole=False)
    if column.type in ("integer", "year"):
        return parse_number(text, whole=True)
    if column.type == "yes_no":
        return _yes_no(text)
    if column.type == "id" and any(mark in text for mark in ";,\n"):
        return BadCell("bad-id", f"{text!r} holds a separator", "use an id without comma, semicolon or line break")
    return text


def _yes_no(text: str) -> str | BadCell:
    if text in ("yes", "no"):
        return text
    return BadCell("not-yes-no", f"{text!r} is neither yes nor no", "write yes or no, or leave the cell empty")
