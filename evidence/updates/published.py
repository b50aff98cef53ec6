"""A published pooled proportion as it was printed: its numbers, each with its digits."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from math import floor, log10
from typing import Any

from ..errors import UsageError, usage

#: Words that may stand around the numbers.
_WORDS = re.compile(
    r"\b(?:pooled|overall|summary|weighted|proportions?|prevalence|rates?|estimates?|random|fixed|effects?|model|the|was|is)\b",
    re.IGNORECASE,
)
_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)(?![\d.])"
_SIGNED = rf"-?{_NUMBER}"
_BETWEEN = r"(?:-|to\b|and\b|bis\b|;|,|\s)"
_LIMITS = rf"(?P<lower>{_SIGNED})\s*(?P<p2>%?)\s*{_BETWEEN}\s*(?P<upper>{_SIGNED})\s*(?P<p3>%?)"
_INTERVAL = rf"[\[({{]?\s*{_LIMITS}\s*[\])}}]?"
_WHOLE = re.compile(rf"(?:(?P<estimate>{_SIGNED})\s*(?P<p1>%?))?\s*[,;:]?\s*(?:{_INTERVAL})?")
#: Nominal coverages that stand before CI: another percentage there is the estimate.
_LEVELS = "50|80|90|95|97\\.5|98|99|99\\.9"
_CI = r"(?:CI|C\.I\.|CrI|KI|confidence\s+(?:interval|limits)|credible\s+interval|limits?)s?\b\.?"
_LEVEL = re.compile(rf"(?<![\d.])(?P<level>{_LEVELS})\s*%?\s*-?\s*{_CI}\s*[:=,]?", re.IGNORECASE)
_BARE_CI = re.compile(rf"\b{_CI}\s*[:=,]?", re.IGNORECASE)
_IS = r"\s*(?:=|:|of\b|was\b|is\b)?\s*"
_LABELLED = {
    "i2": re.compile(rf"\bI\s*(?:\^?\s*2|-?\s*squared)\b{_IS}(?P<value>{_NUMBER})\s*(?P<percent>%?)", re.IGNORECASE),
    "tau2": re.compile(rf"\btau\s*(?:\^?\s*2|-?\s*squared)\b{_IS}(?P<value>{_NUMBER})", re.IGNORECASE),
    "tau": re.compile(rf"\btau\b{_IS}(?P<value>{_NUMBER})", re.IGNORECASE),
    "q": re.compile(rf"\b(?:Q|chi\s*\^?\s*2)\b\s*(?:\([^)]*\))?\s*[=:]\s*(?P<value>{_NUMBER})", re.IGNORECASE),
}
#: Limits of I2 or tau2, right behind them; those of the proportion, which then stand before.
_OWN_LIMITS = re.compile(r"\s*[\[(][^\])]*\d[^\])]*[\])]")
_MAIN_LIMITS = re.compile(rf"{_NUMBER}\s*%?\s*{_BETWEEN}\s*{_NUMBER}")
_STUDIES = re.compile(r"\bk\s*[=:]\s*(\d+)|\b(\d+)\s+studies\b", re.IGNORECASE)
_UNITS = re.compile(r"\bn\s*[=:]\s*(\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+)", re.IGNORECASE)
_P = re.compile(rf"\bp\s*(?:-?\s*value)?\s*[=<>]+\s*{_NUMBER}|\bdf\s*=\s*\d+", re.IGNORECASE)
_PER = re.compile(r"\bper\s+(\d{1,3}(?:[, ]?000)+|\d+)\b", re.IGNORECASE)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_FORMS = 'write it as "0.26 [0.16, 0.38]", "26% (16-38)" or "26.1% (95% CI 15.9 to 38.4; I2 = 45%)"'

#: Rounding -> how the last digit came about, in words.
ROUNDINGS = {
    "rounded": "rounded",
    "half-up": "rounded, a half up",
    "half-even": "rounded, a half to the even digit",
    "truncated": "cut off",
}
#: A limit of a fraction is at most this: on the raw and the log scale it may lie beyond 1 (J).
FURTHEST = 2.0
#: Of the last digit: more than rounding errors of the arithmetic.
_NOISE = 1e-7
#: Parts of a published result, in the order in which they are compared.
PARTS = ("estimate", "lower", "upper", "i2", "tau2", "tau", "q")


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it was printed.

    Attributes:
        value: On its own scale, proportions and I2 as fractions. digits: Decimals of ``value``. text: As printed.
    """

    value: float
    digits: int
    text: str

    def roundings(self, value: float) -> frozenset[str]:
        """The ways of rounding (half-up, half-even, truncated) that print ``value`` as this number."""
        scaled, printed = value * 10.0**self.digits, round(self.value * 10.0**self.digits)
        low = floor(scaled + _NOISE)
        found = set()
        if abs(scaled - low - 0.5) <= _NOISE:
            found |= {"half-up"} if printed == low + 1 else set()
            found |= {"half-even"} if printed == low + low % 2 else set()
        elif printed == floor(scaled + 0.5):
            found |= {"half-up", "half-even"}
        if printed == (low if scaled > -_NOISE else -floor(-scaled + _NOISE)):
            found.add("truncated")
        return frozenset(found)

    def apart(self, value: float) -> float:
        """How far ``value`` is from the printed number, in units of its last digit."""
        return abs(value - self.value) * 10.0**self.digits


@dataclass(frozen=True, slots=True)
class Published:
    """A published result; what was not printed is None.

    Attributes:
        text: As given. estimate, lower, upper: The pooled proportion and its limits. level: Of the limits, a fraction.
        i2, tau2, tau, q: What was printed of heterogeneity. studies, units: k and n, where printed.
        per: What the proportions are printed per: 1, 100 or more.
    """

    text: str
    estimate: Printed | None
    lower: Printed | None
    upper: Printed | None
    level: float = 0.95
    i2: Printed | None = None
    tau2: Printed | None = None
    tau: Printed | None = None
    q: Printed | None = None
    studies: int | None = None
    units: int | None = None
    per: int = 1

    @property
    def parts(self) -> dict[str, Printed]:
        """What was printed, by name."""
        return {name: value for name in PARTS if (value := getattr(self, name)) is not None}

    def flipped(self) -> Published:
        """The same of the non-events."""

        def other(number: Printed | None) -> Printed | None:
            return None if number is None else replace(number, value=1 - number.value)

        return replace(self, estimate=other(self.estimate), lower=other(self.upper), upper=other(self.lower))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        numbers = {name: {"value": part.value, "digits": part.digits} for name, part in self.parts.items()}
        return {"text": self.text, "level": self.level, "per": self.per, **numbers, "k": self.studies, "n": self.units}


def read_published(text: str, level: float | None = None) -> Published:
    """The numbers of a published result.

    Args:
        text: As printed: fractions, percent or per 1,000; limits in any brackets; I2, tau2, tau, Q, k and n, if given.
        level: Of the limits; by the text, else 0.95, if None.

    Raises:
        UsageError: a part that can't be read is quoted, or the numbers contradict each other.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).replace("τ", "tau").replace("χ", "chi")
    plain = re.sub(r"(?<=\d)[·∙⋅](?=\d)", ".", plain).replace("\u200b", "")
    commas = re.search(r"\d,\d", plain) is not None and re.search(r"\d\.\d", plain) is None
    if not commas:
        return _read(text, plain, level)
    try:
        return _read(text, re.sub(r"(?<=\d),(?=\d)", ".", plain), level)
    except UsageError as error:
        try:
            return _read(text, plain, level)
        except UsageError:
            raise error from None


def _read(text: str, plain: str, level: float | None) -> Published:
    found: dict[str, Printed | None] = {}
    studies, plain = _whole(_STUDIES, plain)
    units, plain = _whole(_UNITS, plain)
    for name, pattern in _LABELLED.items():
        match = pattern.search(plain)
        found[name] = None if match is None else _labelled(match)
        plain = plain if match is None else _cut(plain, match, limits=True)
    plain = _P.sub(" ", plain)
    per, plain = _whole(_PER, plain)
    said = _LEVEL.search(plain)
    if said is not None:
        plain = _cut(plain, said)
    own = None if said is None else float(said["level"]) / 100
    if own is not None and level is not None and abs(own - level) > 1e-9:
        raise usage(f"{text!r} has {100 * own:g} % limits, --level is {level:g}", "leave --level out", "published")
    main, scale = _main(text, _BARE_CI.sub(" ", plain), per, bool(any(found.values())))
    given = own if own is not None else level
    result = Published(text, *main, 0.95 if given is None else given, **found, studies=studies, units=units, per=scale)
    _refuse_contradictions(result)
    return result


def _whole(pattern: re.Pattern[str], plain: str) -> tuple[int | None, str]:
    """A whole number that a pattern finds, and the text without it."""
    match = pattern.search(plain)
    if match is None:
        return None, plain
    digits = next(group for group in match.groups() if group is not None)
    return int(re.sub(r"\D", "", digits)), _cut(plain, match)


def _cut(plain: str, match: re.Match[str], limits: bool = False) -> str:
    """The text without what was found and, where the pooled limits stand before it, without limits of its own."""
    before, after = plain[: match.start()], plain[match.end() :]
    own = _OWN_LIMITS.match(after) if limits and _MAIN_LIMITS.search(before) else None
    return f"{before} {after if own is None else after[own.end() :]}"


def _labelled(match: re.Match[str]) -> Printed:
    """A number with a name; I2 as a fraction."""
    number, parts = match["value"], match.groupdict()
    in_percent = bool(parts.get("percent")) or ("percent" in parts and float(number) > 1)
    return _printed(number, 2 if in_percent else 0)


def _printed(number: str, powers: int) -> Printed:
    decimals = len(number.partition(".")[2])
    return Printed(float(number) / 10**powers, decimals + powers, number)


def _main(
    text: str, plain: str, per: int | None, more: bool
) -> tuple[tuple[Printed | None, Printed | None, Printed | None], int]:
    """Estimate, lower and upper limit, and what they are per."""
    rest = _tidy(plain)
    match = _WHOLE.fullmatch(rest)
    if match is None or (match["estimate"] is None and match["lower"] is None):
        if not rest and more:
            raise usage(f"{text!r} has neither an estimate nor limits", _FORMS, "published")
        what = f"can't read {rest!r} in {text!r}" if rest else f"{text!r} holds no number"
        raise usage(what, _FORMS, "published")
    numbers = (match["estimate"], match["lower"], match["upper"])
    percent = any(match[name] for name in ("p1", "p2", "p3")) or _beyond(*numbers)
    scale = per or (100 if percent else 1)
    if abs(log10(scale) - round(log10(scale))) > 1e-9:
        raise usage(
            f"per {scale} in {text!r} is not a power of ten", "give it as a fraction or in percent", "published"
        )
    powers = round(log10(scale))
    estimate, lower, upper = (None if x is None else _printed(x, powers) for x in numbers)
    return (estimate, lower, upper), scale


def _beyond(estimate: str | None, lower: str | None, upper: str | None) -> bool:
    """Whether numbers without a sign can't be fractions: a limit on the raw scale may be a little more than 1."""
    if estimate is not None and float(estimate) > 1:
        return True
    return any(abs(float(x)) > (FURTHEST if estimate is not None else 1) for x in (lower, upper) if x)


def _tidy(plain: str) -> str:
    """The text without words, empty brackets and stray punctuation."""
    rest = _WORDS.sub(" ", plain).replace("=", " ")
    before = None
    while before != rest:
        before = rest
        rest = re.sub(r"([,;:])\s*(?=[,;:])", " ", rest)
        rest = re.sub(r"[,;:]\s*(?=[\])}])|(?<=[\[({])\s*[,;:]", " ", rest)
        rest = re.sub(r"[\[({]\s*[\])}]", " ", rest)
        rest = re.sub(r"\s+", " ", rest).strip(" ,;:.")
        # Brackets around everything, as of a text copied with its own: "(0.26 [0.16, 0.38])".
        rest = rest[1:-1] if rest[:1] in "([{" and rest[-1:] in ")]}" and len(re.findall(r"[\[({]", rest)) > 1 else rest
    return rest


def _refuse_contradictions(found: Published) -> None:
    values = [part.value for part in (found.lower, found.estimate, found.upper) if part is not None]
    if values != sorted(values):
        says = f"in {found.text!r} the estimate does not lie between the limits"
        raise usage(says, "check the numbers; percent and fractions can't be mixed", "published")
    if found.estimate is not None and not 0 <= found.estimate.value <= 1:
        raise usage(f"{found.text!r} is no proportion", "give a fraction of 0 to 1, or 0 to 100%", "published")
    if any(not -1 <= value <= FURTHEST for value in values):
        raise usage(f"the limits of {found.text!r} are no proportions", "give fractions, or percent", "published")
