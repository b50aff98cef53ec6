"""Numbers to text: the only rounding in the package."""

from __future__ import annotations

import math

DASH = "–"


def number(value: float | None, digits: int = 2) -> str:
    """A decimal number, or a dash for None; never ``-0.00``."""
    if value is None:
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text


def number_with_limits(value: float | None, lower: float | None, upper: float | None, digits: int = 2) -> str:
    """``0.40 [0.15, 0.65]``, the number alone where it has no limits, a dash for None."""
    shown = number(value, digits)
    return shown if lower is None or upper is None else f"{shown} [{number(lower, digits)}, {number(upper, digits)}]"


def significant(value: float | None, digits: int = 3) -> str:
    """A number of any size with so many significant digits, ``0.0353`` or ``1,230``; ``no limit`` for infinity.

    A whole number below 10,000 is printed whole: a year has no significant digits.
    """
    if value is None:
        return DASH
    if math.isinf(value):
        return "no limit"
    if value == int(value) and abs(value) < 10_000:
        return str(int(value))
    text = f"{value:.{digits}g}"
    return f"{float(text):,.0f}" if "e+" in text and abs(value) < 1e6 else text


def ratio(value: float | None) -> str:
    """An odds ratio or a limit of one: ``1.02``, ``7.0``, ``54``, ``0.011``; beyond a thousand either way, that it is.

    Two significant digits; near 1, where a hundredth counts, two decimals.
    """
    if value is None:
        return DASH
    if math.isinf(value):
        return "no limit"
    if value == 0:
        return "0"
    if value < 0.001:
        return "<0.001"
    if value > 1000:
        return ">1,000"
    if value >= 0.1 and value < 1.995:
        return f"{value:.2f}"
    return f"{value:.1f}" if 1.995 <= value < 9.95 else f"{float(f'{value:.2g}'):g}"


def proportion(value: float | None, digits: int = 3) -> str:
    """A proportion as a decimal; values next to 0 or 1 that are not 0 or 1 say so with < or >."""
    if value is None:
        return DASH
    return _guarded(value, digits, 1.0, "")


def percent(value: float | None, digits: int = 0) -> str:
    """A proportion as percent, ``61 %``; values that would round to 0 or 100 but are not say ``<1 %``, ``>99 %``."""
    if value is None:
        return DASH
    return _guarded(value, digits, 100.0, " %")


def of_hundred(value: float | None, lower: float | None = None, upper: float | None = None) -> str:
    """A proportion as people of a hundred: ``61 of 100``; with limits ``61 of 100 (48 to 74)``; ``<1 of 100``."""
    if value is None:
        return DASH
    limits = "" if lower is None or upper is None else f" ({_hundred_span(lower, upper)})"
    return f"{scaled(value, 0, 100.0)} of 100{limits}"


def hundred_interval(lower: float | None, upper: float | None) -> str:
    """Limits as people of a hundred: ``48 to 74 of 100``."""
    return DASH if lower is None or upper is None else f"{_hundred_span(lower, upper)} of 100"


def _hundred_span(lower: float, upper: float) -> str:
    return f"{scaled(lower, 0, 100.0)} to {scaled(upper, 0, 100.0)}"


def points(difference: float) -> str:
    """The size of a difference of two proportions: ``9 percentage points``, ``less than 1 percentage point``."""
    shown = round(100 * abs(difference))
    return f"{'less than 1' if shown == 0 else shown} percentage point{'' if shown <= 1 else 's'}"


def scaled(value: float | None, digits: int, scale: float) -> str:
    """A proportion times ``scale``, without a unit; values next to 0 or 1 that are not 0 or 1 say so with < or >."""
    if value is None:
        return DASH
    return _guarded(value, digits, scale, "")


#: Of the last decimal, more than a rounding error.
_NUDGE = 1e-9


def _guarded(value: float, digits: int, scale: float, suffix: str) -> str:
    smallest = 10.0**-digits
    # Halves go up: 1 of 1 and 0 of 1 have limits at 2.5 % and 97.5 %, where rounding errors would decide.
    text = f"{value * scale + _NUDGE * smallest:.{digits}f}"
    if value > 0 and float(text) == 0:
        return f"<{smallest:.{digits}f}{suffix}"
    if value < 1 and float(text) == scale:
        return f">{scale - smallest:.{digits}f}{suffix}"
    return text + suffix


def interval(lower: float | None, upper: float | None, digits: int = 3) -> str:
    """``[0.658, 0.859]``, or a dash where there is none."""
    if lower is None or upper is None:
        return DASH
    return f"[{proportion(lower, digits)}, {proportion(upper, digits)}]"


def percent_interval(lower: float | None, upper: float | None, digits: int = 0) -> str:
    """``48 to 74 %``, or a dash where there is none."""
    if lower is None or upper is None:
        return DASH
    low, high = percent(lower, digits), percent(upper, digits)
    return f"{low.removesuffix(' %')} to {high}"


def percent_with_interval(value: float | None, lower: float | None, upper: float | None, digits: int = 0) -> str:
    """``11 (2 to 28)``: a proportion and its limits in percent, for a column whose heading says so."""
    if value is None:
        return DASH
    limits = percent_interval(lower, upper, digits).removesuffix(" %")
    return f"{percent(value, digits).removesuffix(' %')} ({limits})"


def p_value(value: float | None) -> str:
    """``0.032``, ``<0.001``, or a dash."""
    if value is None:
        return DASH
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def count(events: int | None, n: int | None) -> str:
    """``3/28``, or a dash."""
    return DASH if events is None or n is None else f"{events}/{n}"


def plural(amount: int, one: str, many: str | None = None) -> str:
    """``1 study``, ``3 studies``."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"
