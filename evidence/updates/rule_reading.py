"""Rules as people write them: read, or told what is wrong with the mend that fits.

A rule is one condition or several with "and": ``interval excludes 50 %``, ``lower > 0.5``, ``k >= 10 and tau < 1``,
``certainty >= low``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..errors import near
from ..review.certainty_domains import LEVELS
from ..toml_values import WrongError, word
from .rules import (
    CERTAINTY,
    COUNTED,
    EXACT,
    HOLDING,
    KNOWN,
    OPERATORS,
    PREDICTED,
    PREDICTION,
    PROPORTIONS,
    SPANS,
    TAU,
    WIDTH,
    Condition,
)

_CODE = "bad-rule"
_MEND = (
    'write rule = "interval excludes 50 %", "lower > 0.5", "k >= 10 and tau < 1" or "certainty >= low";'
    f" names: {', '.join(KNOWN)}"
)
#: Names in words, the longest first, as sentences print them.
_SPOKEN: Mapping[str, str] = {
    "prediction interval": "prediction_interval",
    "lower prediction limit": "prediction_lower",
    "upper prediction limit": "prediction_upper",
    "lower limit": "lower",
    "upper limit": "upper",
    "observed share": "observed",
    "interval width": "width",
    "width of the interval": "width",
    "i²": "i2",
    "i^2": "i2",
}
#: Names of others -> ours.
_OTHERS: Mapping[str, str] = {
    "ci": "interval",
    "pi": "prediction_interval",
    "prediction": "prediction_interval",
    "ci_lower": "lower",
    "ci_upper": "upper",
    "pi_lower": "prediction_lower",
    "pi_upper": "prediction_upper",
    "mean": "estimate",
    "median": "estimate",
    "proportion": "estimate",
    "pooled": "estimate",
    "share": "observed",
    "studies": "k",
    "patients": "n",
    "participants": "n",
    "total": "n",
    "grade": "certainty",
    "tau2": "tau, its square root",
    "heterogeneity": "i2",
}
#: What is read as an operator.
_READ: Mapping[str, str] = {"==": "=", "≥": ">=", "≤": "<=", "≠": "!="}
#: What is not, but plainly means one.
_MEANT: Mapping[str, str] = {
    "=>": ">=",
    "=<": "<=",
    "<>": "!=",
    "is": "=",
    "equals": "=",
    "equal to": "=",
    "above": ">",
    "over": ">",
    "exceeds": ">",
    "more than": ">",
    "greater than": ">",
    "higher than": ">",
    "below": "<",
    "under": "<",
    "less than": "<",
    "lower than": "<",
    "at least": ">=",
    "at most": "<=",
}
_HELD: Mapping[str, str] = {
    **dict.fromkeys(("contains", "covers", "crosses", "holds", "has", "include"), "includes"),
    **dict.fromkeys(("misses", "exclude", "avoids"), "excludes"),
}
_SHAPE = re.compile(
    r"(?P<of>[a-z_][a-z0-9_]*)"
    r"(?P<how>\s*[<>=!≤≥≠~]+\s*|"
    r" (?:is )?(?:at least|at most|(?:more|less|greater|higher|lower) than|equal to|[a-z]+) )"
    r"(?P<value>\S.*)"
)
_NUMBER = re.compile(r"(?P<number>\d+(?:\.\d+)?|\.\d+)\s*(?P<unit>%|percent|percentage points?|points?)?")
#: What joins or changes comparisons in other languages -> the mend.
_JOINS: Mapping[str, str] = {
    r"\bor\b|\|+": "write two conclusions, one for each side of or",
    r"\bnot\b|!(?!=)": "turn the comparison round: lower <= 50 % is the opposite of lower > 50 %, includes of excludes",
    r"&+|;": "write and",
    r"[()\[\]{}]": "leave the brackets out: all parts must hold",
}


def parse_rule(text: Any) -> tuple[Condition, ...]:
    """The conditions of a rule.

    Raises:
        WrongError: what can't be read, with the mend.
    """
    whole = " ".join(word(text).split())
    for pattern, mend in _JOINS.items():
        if found := re.search(pattern, whole, flags=re.IGNORECASE):
            raise WrongError(f"{found[0]!r} can't be in a rule: its parts are joined by and only", mend, _CODE)
    parts = re.split(r"\band\b", whole, flags=re.IGNORECASE)
    if len(parts) > 1 and not all(part.strip() for part in parts):
        raise WrongError(f"{whole!r} lacks a comparison beside and", _MEND, _CODE)
    return tuple(_condition(part.strip()) for part in parts)


def _condition(text: str) -> Condition:
    plain = text.lower().removeprefix("the ")
    for spoken, name in _SPOKEN.items():
        plain = re.sub(rf"^{re.escape(spoken)}(?![a-z0-9])", name, plain)
    found = _SHAPE.fullmatch(plain)
    if found is None:
        raise WrongError(f"{text!r} is no rule", _MEND, _CODE)
    of, how, value = found["of"], found["how"].strip(), found["value"]
    how = _READ.get(how, how)
    if of not in KNOWN:
        mend = f"write {_OTHERS[of]}" if of in _OTHERS else near(of, KNOWN)
        raise WrongError(f"{of!r} is nothing that a rule can speak of", mend, _CODE)
    _check_how(of, how, value)
    if of == CERTAINTY:
        level = re.sub(r"[ -]+", "_", value)
        if level not in LEVELS:
            raise WrongError(f"{value!r} is no level of certainty", near(level, LEVELS), _CODE)
        return Condition(of, how, float(LEVELS.index(level)))
    return Condition(of, how, _amount(of, how, value))


def _check_how(of: str, how: str, value: str) -> None:
    meant = _MEANT.get(how.removeprefix("is "), "")
    if of in SPANS:
        if how in HOLDING:
            return
        if how in _HELD:
            mend = f"write {of} {_HELD[how]} {value}"
        elif how in OPERATORS or meant:
            mend = f"write {of} excludes {value}, or {_limit_beyond(of, meant or how)} {value}"
        else:
            mend = near(how, HOLDING)
        raise WrongError(f"{how!r} can't be said of {of}", mend, _CODE)
    if how not in OPERATORS:
        mend = _equality(of, meant, value) if meant else near(how, tuple(OPERATORS))
        if how in HOLDING or how in _HELD:
            mend = f"write interval {_HELD.get(how, how)} {value}, or {of} > {value}"
        raise WrongError(f"{how!r} can't be said of {of}", mend, _CODE)
    if how in ("=", "!=") and of not in EXACT:
        says = f"{how!r} can't be said of {of}: it is computed, and has more decimals than are written"
        raise WrongError(says, _equality(of, how, value), _CODE)


def _limit_beyond(of: str, sign: str) -> str:
    """The comparison of a limit that says that a whole interval lies beyond a number: ``lower >``."""
    lower, upper = PREDICTED if of == PREDICTION else ("lower", "upper")
    return f"{upper} {sign}" if "<" in sign else f"{lower} {sign if '>' in sign else '>'}"


def _equality(of: str, how: str, value: str) -> str:
    """How to write a comparison; for = of a computed number, the span that is printed so."""
    if how not in ("=", "!=") or of in EXACT:
        return f"write {of} {how} {value}"
    found = _NUMBER.fullmatch(value)
    if found is None or how == "!=" or not float(found["number"]):
        return f"write one side: {of} > {value}, or {of} <= {value}"
    given = Decimal(found["number"])
    half = Decimal(5).scaleb(int(given.as_tuple().exponent) - 1)
    unit = f" {found['unit']}" if found["unit"] else ""
    return f"write {of} >= {given - half}{unit} and {of} < {given + half}{unit}, or one side alone"


def _amount(of: str, how: str, text: str) -> float:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise WrongError(*_no_number(of, how, text), _CODE)
    number, unit = found["number"], found["unit"] or ""
    if of in PROPORTIONS or of in SPANS:
        return _proportion(of, number, unit)
    if of == WIDTH:
        return _points(how, number, unit)
    if unit:
        raise WrongError(f"{of} is not in {'percent' if unit == '%' else unit}", f"leave {unit} out", _CODE)
    if of in COUNTED and "." in number and how in ("=", "!="):
        raise WrongError(f"{of} is a whole number, {number} is none", "write a whole number", _CODE)
    return float(number)


def _no_number(of: str, how: str, text: str) -> tuple[str, str]:
    """What was found where a number belongs, and the mend."""
    example = {WIDTH: "30 points", TAU: "1", **dict.fromkeys(COUNTED, "10")}.get(of, "50 %")
    if re.fullmatch(r"\d*,\d+\s*%?", text):
        return f"{text!r} has a decimal comma", f"write a decimal point: {of} {how} {text.replace(',', '.')}"
    if (first := re.split(r"[^a-z0-9_²]", text)[0]) in KNOWN or first in _OTHERS:
        return f"{text!r} is a name: a rule compares a name with a number", f"write {of} {how} {example}"
    if any(re.search(rf"\b{name}\b", text) for name in KNOWN):
        return f"{text!r} is no number", "write and between two comparisons"
    if text.startswith(("-", "−")):
        return f"{text!r} is below 0", f"numbers of a rule go from 0 on: write {of} {how} {example}"
    if leading := re.match(r"(\d+(?:\.\d+)?)\s*(%?)", text):
        return f"{text!r} is no number", f"write {of} {how} {' '.join(leading.groups()).strip()}"
    return f"{text!r} is no number", f"write {of} {how} {example}"


def _proportion(of: str, number: str, unit: str) -> float:
    if "point" in unit:
        raise WrongError(f"{of} is in percent, not in points", f"write {number} %", _CODE)
    value = float(Fraction(number) / 100) if unit else float(number)
    if value <= 1:
        return value
    if unit or float(number) > 100:
        says = f"{number} % is no proportion" if unit else f"{number} is no proportion"
        raise WrongError(f"{says}: percent go from 0 to 100", "write a number from 0 to 1, or 0 % to 100 %", _CODE)
    raise WrongError(f"{number} is no proportion", f"write {number} %, or a number from 0 to 1", _CODE)


def _points(how: str, number: str, unit: str) -> float:
    value = float(number)
    if "point" not in unit and (unit or 0 < value < 1):
        points = f"{value:g}" if unit else f"{100 * value:g}"
        says = f"the width is in percentage points, {number}{' %' if unit else ''} is not"
        raise WrongError(says, f"write width {how} {points} points", _CODE)
    if value > 100:
        raise WrongError(f"{number} points is no width: they go from 0 to 100", "write width < 30 points", _CODE)
    return value
