"""One cell of a worksheet to the text that the CSV table gets, or why it can't be told what was meant."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .cells import BadCell
from .sheet_layout import from_workbook
from .specs import ColumnSpec

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell

_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
#: 1,234 may be 1234 or 1.234.
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
#: An item of a drop-down of items: its number, then its wording.
_ITEM = re.compile(r"([0-9]+) \S.*", re.DOTALL)
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^]]*\]')
_LINE_END = re.compile(r"(_x000D_)?\r?\n|(_x000D_)|\r")
_TYPE_AGAIN = "set the format of the cell to text, and type it again as the paper has it"


@dataclass(frozen=True, slots=True)
class Told:
    """What a cell says.

    Attributes:
        text: For the table; "" = empty.
        doubt: That it was read otherwise than it stands there: code, what, mend; None where it says it plainly.
    """

    text: str
    doubt: BadCell | None = None


def told_by(shown: Cell | MergedCell, typed: Cell | MergedCell, column: ColumnSpec) -> Told | BadCell:
    """What a cell says.

    Args:
        shown: With the value that a formula had when the workbook was saved. typed: With the formula.
        column: Where it stands.
    """
    value: Any = shown.value
    if typed.data_type == "f":
        return _of_formula(value, typed, column, shown.number_format)
    return _of_value(value, column, shown.number_format, shown.data_type)


def _of_formula(value: Any, typed: Cell | MergedCell, column: ColumnSpec, number_format: str) -> Told | BadCell:
    formula = str(getattr(typed.value, "text", typed.value))
    if value is None:
        mend = "open the file in the spreadsheet program, let it calculate, and save it; or type the value"
        return BadCell("formula-without-value", f"the formula {formula!r} has no stored value", mend)
    found = _of_value(value, column, number_format, "")
    if isinstance(found, BadCell):
        return found
    message = f"the formula {formula!r} is read as the value it shows, {found.text!r}"
    return Told(found.text, BadCell("formula", message, "type the value, if the formula is to be kept elsewhere"))


def _of_value(value: Any, column: ColumnSpec, number_format: str, kind: str) -> Told | BadCell:
    if value is None:
        return Told("")
    if kind == "e" or (isinstance(value, str) and value in _ERRORS):
        return BadCell("spreadsheet-error", f"{value!r} is an error of the spreadsheet", "mend the formula, or type it")
    if isinstance(value, bool):
        return _of_truth(value, column)
    if isinstance(value, int | float):
        return _of_number(value, column, number_format)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return _of_date(value, column, number_format)
    text = from_workbook(_LINE_END.sub("\n", str(value))).strip()
    return _of_digits(text, column) if column.is_numeric else Told(text)


_ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"})


def _of_truth(value: bool, column: ColumnSpec) -> Told | BadCell:
    if column.type == "yes_no" or {"yes", "no"} <= set(column.terms):
        return Told("yes" if value else "no")
    if column.is_numeric:
        return BadCell("not-a-number", f"{value} is no number", "type the number, or empty the cell")
    return Told("TRUE" if value else "FALSE")


def _of_number(value: float, column: ColumnSpec, number_format: str) -> Told | BadCell:
    shown = f"{value * 100:.12g}%"
    text = f"{Decimal(f'{value:.15g}'):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if "%" not in _QUOTED.sub("", number_format):
        return Told(text)
    if not column.is_numeric:
        return Told(shown, BadCell("percent", f"the cell holds {text} and shows {shown}: read as {shown}", _TYPE_AGAIN))
    mend = f"set the format of the cell to number, and type what the table is to hold: {text} or {shown[:-1]}"
    return BadCell("percent", f"{shown} is a percentage", mend)


def _of_date(
    value: datetime.date | datetime.time | datetime.timedelta, column: ColumnSpec, number_format: str
) -> Told | BadCell:
    """A day in full may stand in a text; where day or year does not show, the spreadsheet made a date of something."""
    midnight = isinstance(value, datetime.datetime) and value.time() == datetime.time()
    if midnight and isinstance(value, datetime.datetime):
        value = value.date()
    code = _QUOTED.sub("", number_format).casefold()
    whole = type(value) is datetime.date and "y" in code and "d" in code and code.count("m") > 0
    if whole and not column.is_numeric:
        doubt = BadCell("date", f"the cell holds a date: read as {value}", _TYPE_AGAIN)
        return Told(str(value), None if column.name == "date" else doubt)
    return BadCell("date", f"the spreadsheet made the date {value} of what was typed", _TYPE_AGAIN)


def _of_digits(text: str, column: ColumnSpec) -> Told | BadCell:
    """A number that was typed as text; a decimal comma is read where it can be nothing else."""
    if column.name == "item" and (item := _ITEM.fullmatch(text)):
        return Told(item[1])
    if column.type == "number" and _AMBIGUOUS.fullmatch(text):
        mend = f"write {text.replace(',', '')} or {text.replace(',', '.')}"
        return BadCell("decimal-comma", f"{text!r} may be {text.replace(',', '')} or {text.replace(',', '.')}", mend)
    if column.type == "number" and _COMMA.fullmatch(text):
        number = text.replace(",", ".")
        return Told(number, BadCell("decimal-comma", f"{text!r} is read as {number}", "write a decimal point"))
    return Told(text)
