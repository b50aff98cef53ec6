"""The numbers of a published pooled proportion, read from the text that a paper prints."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from math import log10
from typing import Any

from ..errors import UsageError, usage
from .published import PROPORTIONS, Printed, Published

#: Words that may stand around the numbers.
_WORDS = re.compile(
    r"\b(?:pooled|overall|summary|combined|weighted|crude|proportions?|prevalence|incidence|rates?|risk|estimates?|"
    r"random|fixed|common|effects?|models?|the|was|is|an?|of|with|were|ES|mean|average|median|subtotal|total|D\+L|DL|REML|"
    r"IQR|interquartile|range|heterogeneity|patients|participants|persons|people|cases|subjects|individuals|women|men|"
    r"children|lesions|samples|low(?:er)?|up(?:per)?|limit|LCL|UCL|LCI|UCI|LL|UL)\b|--+",
    re.IGNORECASE,
)
_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)(?![\d.])"
_SIGNED = rf"-?{_NUMBER}"
_BETWEEN = r"(?:-|~|to\b|and\b|through\b|bis\b|al?\b|à|;|,|\s)"
_OPEN, _CLOSE = r"[\[({<]?", r"[\])}>]?"


def _interval(lower: str, upper: str, signs: tuple[str, str]) -> str:
    return (
        rf"{_OPEN}\s*(?P<{lower}>{_SIGNED})\s*(?P<{signs[0]}>%?)\s*{_BETWEEN}\s*"
        rf"(?P<{upper}>{_SIGNED})\s*(?P<{signs[1]}>%?)\s*{_CLOSE}"
    )


_MAIN = re.compile(
    rf"(?:(?P<estimate>{_SIGNED})\s*(?P<p1>%?))?\s*[,;:]?\s*(?:{_interval('lower', 'upper', ('p2', 'p3'))})?"
    rf"\s*[,;:]?\s*(?:{_interval('pi_lower', 'pi_upper', ('p4', 'p5'))})?\s*(?P<p6>%?)"
)
#: Nominal coverages that stand before CI: another percentage there is the estimate.
_LEVELS = "50|80|90|95|97\\.5|98|99|99\\.9"
_CI = (
    r"(?:CIs?\b|C\.\s?I\.|CrIs?\b|ICs?\b|KI\b|UI\b|(?:confidence|credible|uncertainty)\s+(?:intervals?|limits?)\b(?:\s*[\[(]\s*CI\s*[\])])?"
    r"|limits?\b)"
)
_LEVEL = re.compile(
    rf"(?<![\d.])(?P<level>{_LEVELS})\s*%?\s*-?\s*{_CI}\s*[:=,]?"
    rf"|(?:\b(?:CI|IC|KI|CrI)|{_CI})\s*\(?\s*(?P<behind>{_LEVELS})\s*%\s*\)?\s*[:=,]?",
    re.IGNORECASE,
)
_BARE_CI = re.compile(rf"(?<!\w){_CI}\s*[:=,]?", re.IGNORECASE)
_PREDICTION = re.compile(
    rf"(?:(?<![\d.])(?P<level>\d+(?:\.\d+)?)\s*%?\s*-?\s*)?(?:\b(?:prediction|predictive)\s+(?:interval|limit|region)s?"
    rf"(?:\s*[\[(]\s*PI\s*[\])])?|\bP\.?I\b\.?|\bPrI\b)\s*[:=,]?\s*(?:\bwas\b|\bof\b|\bfrom\b)?\s*"
    rf"{_interval('pi_lower', 'pi_upper', ('p4', 'p5'))}",
    re.IGNORECASE,
)
_ASIDE = r"(?:\s*\([^)=\d]*\))?"
_IS = rf"{_ASIDE}\s*(?:=|:|,|of\b|was\b|is\b)?\s*"
_LABELLED = {
    "i2": re.compile(rf"\bI\s*(?:\^?\s*2|-?\s*squared?)\b{_IS}(?P<value>{_NUMBER})\s*(?P<percent>%?)", re.IGNORECASE),
    "tau2": re.compile(rf"\btau\s*(?:\^?\s*2|-?\s*squared?)\b{_IS}(?P<value>{_NUMBER})", re.IGNORECASE),
    "tau": re.compile(rf"\btau\b{_IS}(?P<value>{_NUMBER})", re.IGNORECASE),
    "q": re.compile(rf"\b(?:Q|chi\s*\^?\s*2)\b\s*(?:\([^)]*\))?\s*[=:]\s*(?P<value>{_NUMBER})", re.IGNORECASE),
}
_SPREAD = {
    "half": re.compile(rf"(?:±|\+\s*/?\s*-)\s*(?P<value>{_NUMBER})\s*(?P<percent>%?)"),
    "se": re.compile(
        rf"\b(?:s\.?e\.?m?|standard\s+error)\b\.?{_IS}(?P<value>{_NUMBER})\s*(?P<percent>%?)", re.IGNORECASE
    ),
    "sd": re.compile(
        rf"\b(?:s\.?d|standard\s+deviation)\b\.?{_IS}(?P<value>{_NUMBER})\s*(?P<percent>%?)", re.IGNORECASE
    ),
}
#: Bounds of heterogeneity and of p values say nothing to the digit.
_BOUNDS = re.compile(
    rf"\b(?:I\s*(?:\^?\s*2|-?\s*squared?)|tau\s*(?:\^?\s*2)?|Q)\b\s*[<>≤≥]=?\s*{_NUMBER}\s*%?", re.IGNORECASE
)
#: Limits of I2 or tau2, right behind them; those of the proportion, which then stand before.
_OWN_LIMITS = re.compile(r"\s*[\[(][^\])]*\d[^\])]*[\])]")
_MAIN_LIMITS = re.compile(rf"{_NUMBER}\s*%?\s*{_BETWEEN}\s*{_NUMBER}")
_STUDIES = re.compile(
    r"\bk\s*[=:]\s*(\d+)|(?:\bn\s*[=:]\s*)?\b(\d+)\s+(?:studies|study|reports|articles|trials)\b", re.IGNORECASE
)
_DF = re.compile(r"\bdf\s*[=:]\s*(\d+)|\bQ\s*\(\s*(?:df\s*=\s*)?(\d+)\s*\)(?=\s*[=:])", re.IGNORECASE)
_WHOLE = r"(\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+)"
_UNITS = re.compile(
    rf"\bn\s*[=:]\s*{_WHOLE}|(?:(?<=% of )|(?<![\d.,/])(?<!per )(?<!of )(?<!/ )){_WHOLE}"
    r"\s+(?:patients|participants|persons|subjects)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(?<![\d.,])(?P<events>\d{1,3}(?:,\d{3})+|\d+)\s*(?:/|(?:out\s+)?of\b)\s*(?P<units>\d{1,3}(?:,\d{3})+|\d+)(?![\d.%])"
)
_P = re.compile(
    rf"\bp(?:\s*-?\s*values?)?(?:[\s_-]*(?:for\s+)?(?:heterogeneity|het|Q))?\s*[=<>≤,]+\s*{_NUMBER}", re.IGNORECASE
)
#: Other words in a row; those that make another number of what stands beside them are not passed over.
_OTHERS = re.compile(r"[^\W\d_]{2,}(?:[\s,;:'-]+[^\W\d_]{2,})*")
_TELLING = re.compile(r"\b(?:OR|RR|HR|IRR|odds|ratio|versus|vs|than|per|under|over|above|below)\b", re.IGNORECASE)
_PER = re.compile(r"\bper\s+(\d{1,3}(?:[, ]?000)+|\d+)\b|(?<=\d)\s*/\s*(\d{1,3}(?:[, ]?000)+|10+)\b", re.IGNORECASE)
_SIGNS = {
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-"),
    **dict.fromkeys(map(ord, "∼〜～"), "~"),
    ord("τ"): "tau",
    ord("χ"): "chi",
    ord("\u200b"): "",
    ord("‰"): " per 1000",
}
_FORMS = 'write it as "0.26 [0.16, 0.38]", "26% (16-38)" or "26.1% (95% CI 15.9 to 38.4; 95% PI 5 to 60; I2 = 45%)"'
#: Words that can't be read of which so many are shown.
_SHOWN = 3
#: A limit of a fraction is at most this: on the raw and the log scale it may lie beyond 1 (J).
FURTHEST = 2.0


def read_published(text: str, level: float | None = None) -> Published:
    """The numbers of a published result.

    Args:
        text: As printed: fractions, percent or per 1,000; limits in any brackets; a prediction interval, I2, tau2, tau,
            Q, k, n and events, if given.
        level: Of the limits; by the text, else 0.95, if None.

    Raises:
        UsageError: a part that can't be read is quoted, or the numbers contradict each other.
    """
    plain = _normal(text)
    commas = re.search(r"\d,\d", plain) is not None and re.search(r"\d\.\d", plain) is None
    if not commas or re.search(r"(?<!\d)\.\d", plain):
        return _read(text, plain, level)
    # "0,16,0,38": decimal commas with a comma between.
    spaced = re.sub(r"(\d+,\d+),(?=\d+,\d)", r"\1; ", plain)
    try:
        return _read(text, re.sub(r"(?<=\d),(?=\d)", ".", spaced), level)
    except UsageError as error:
        try:
            return _read(text, plain, level)
        except UsageError:
            raise error from None


def _normal(text: str) -> str:
    """The text in plain signs."""
    plain = unicodedata.normalize("NFKC", text.replace("…", " to ")).translate(_SIGNS)
    plain = re.sub(r"\bper\s*cent\b|\bpercent\b|\bpct\b\.?", "%", plain, flags=re.IGNORECASE)
    plain = re.sub(r"(?<=\d)\s*\.\.\.?\s*(?=[\d.])", " to ", plain)
    return re.sub(r"(?<=\d)[·∙⋅](?=\d)", ".", plain)


def _read(text: str, plain: str, level: float | None) -> Published:
    found: dict[str, Printed | None] = {}
    df, plain = _whole(_DF, plain, "Q")
    studies, plain = _whole(_STUDIES, plain)
    units, plain = _whole(_UNITS, plain)
    plain = _BOUNDS.sub(" ", plain)
    for name, pattern in _LABELLED.items():
        match = pattern.search(plain)
        found[name] = None if match is None else _labelled(match)
        plain = plain if match is None else _cut(plain, match, limits=True)
    plain = _P.sub(" ", plain)
    share, plain = _share(plain, units)
    per, plain = _whole(_PER, plain)
    groups, plain = _named(plain)
    own, plain = _level_of(text, plain, level)
    main, scale = _main(text, _BARE_CI.sub(" ", plain), (groups, per), bool(any(found.values())))
    given = own if own is not None else level
    pi_level = groups.get("level")
    known: dict[str, Any] = {
        "studies": studies if studies is not None or df is None else df + 1,
        "units": share[1] if units is None and share else units,
        "events": share[0] if share else None,
        "pi_level": float(pi_level) / 100 if pi_level else None,
    }
    parts: dict[str, Any] = {**found, **main}
    result = Published(text, level=0.95 if given is None else given, **parts, **known, per=scale)
    _refuse_contradictions(result)
    return result


def _whole(pattern: re.Pattern[str], plain: str, left: str = "") -> tuple[int | None, str]:
    """A whole number that a pattern finds, and the text without it; ``left`` stays of one that starts with it."""
    match = pattern.search(plain)
    if match is None:
        return None, plain
    digits = next(group for group in match.groups() if group is not None)
    keeps = bool(left) and match[0].upper().startswith(left)
    return int(re.sub(r"\D", "", digits)), _cut(plain, match, instead=left if keeps else " ")


def _cut(plain: str, match: re.Match[str], limits: bool = False, instead: str = " ") -> str:
    """The text without what was found and, where the pooled limits stand before it, without limits of its own."""
    before, after = plain[: match.start()], plain[match.end() :]
    own = _OWN_LIMITS.match(after) if limits and _MAIN_LIMITS.search(before) else None
    return f"{before}{instead}{after if own is None else after[own.end() :]}"


def _share(plain: str, units: int | None) -> tuple[tuple[int, int] | None, str]:
    """Events and n of "120/460", and the text without them; a power of ten below a share is what it is per."""
    for match in _SHARE.finditer(plain):
        events, n = (int(match[name].replace(",", "")) for name in ("events", "units"))
        rest = _cut(plain, match)
        if events <= n and n > 1 and (not re.fullmatch(r"10+", str(n)) or _MAIN_LIMITS.search(rest) is None):
            return (events, n), rest
    return None, plain


def _named(plain: str) -> tuple[dict[str, str], str]:
    """Prediction limits with their level, and a standard error or deviation, as text by name."""
    groups: dict[str, str] = {}
    match = _PREDICTION.search(plain)
    if match is not None:
        groups = {name: value for name, value in match.groupdict().items() if value}
        plain = _cut(plain, match)
    for name, pattern in _SPREAD.items():
        match = pattern.search(plain)
        if match is not None:
            groups |= {name: match["value"], **({"p0": "%"} if match["percent"] else {})}
            plain = _cut(plain, match)
    return groups, plain


def _level_of(text: str, plain: str, level: float | None) -> tuple[float | None, str]:
    said = _LEVEL.search(plain)
    if said is None:
        return None, plain
    own = float(said["level"] or said["behind"]) / 100
    if level is not None and abs(own - level) > 1e-9:
        says = f"what was published has {100 * own:g} % limits, --level is {level:g}"
        raise usage(says, "leave --level out", "published")
    return own, _cut(plain, said)


def _labelled(match: re.Match[str]) -> Printed:
    """A number with a name; I2 as a fraction."""
    number, parts = match["value"], match.groupdict()
    in_percent = bool(parts.get("percent")) or ("percent" in parts and float(number) > 1)
    return _printed(number, 2 if in_percent else 0)


def _printed(number: str, powers: int) -> Printed:
    decimals = len(number.partition(".")[2])
    return Printed(float(number) / 10**powers, decimals + powers, number)


def _main(
    text: str, plain: str, given: tuple[dict[str, str], int | None], more: bool
) -> tuple[dict[str, Printed | None], int]:
    """Estimate, limits and what was named, and what they are per."""
    (groups, per), rest = given, _tidy(plain)
    match = _MAIN.fullmatch(rest) or _MAIN.fullmatch(_tidy(_OTHERS.sub(_passed_over, rest)))
    if match is None or (match["estimate"] is None and match["lower"] is None):
        if not rest and (more or groups):
            raise usage("what was published has neither an estimate nor limits", _FORMS, "published")
        raise usage(_unread(rest), _FORMS, "published")
    texts = {name: value for name, value in match.groupdict().items() if value} | groups
    if match["pi_lower"] and "pi_lower" in groups:
        raise usage("what was published has two prediction intervals", _FORMS, "published")
    percent = any(texts.get(f"p{i}") for i in range(7)) or _beyond(texts)
    scale = per or (100 if percent else 1)
    if abs(log10(scale) - round(log10(scale))) > 1e-9:
        what = f"per {scale} is not a power of ten"
        raise usage(what, "give it as a fraction or in percent", "published")
    powers = round(log10(scale))
    found = {
        name: _printed(texts[name], powers) if name in texts else None for name in (*PROPORTIONS, "half", "se", "sd")
    }
    return (_whole_digits(found) if scale == 1 else found), scale


def _passed_over(match: re.Match[str]) -> str:
    """Nothing instead of words that don't stand between two numbers."""
    before, after = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip()
    between = re.search(r"[\d%]$", before) and re.match(r"-?[\d.]", after)
    return match[0] if between or _TELLING.search(match[0]) else " "


def _unread(rest: str) -> str:
    """What of a text can't be read, without the rest of it."""
    words = re.findall(r"[^\W\d_]+(?:[\s'-]+[^\W\d_]+)*|[^\w\s.,;:%()\[\]{}~-]+", rest)
    if words:
        return f"can't read {', '.join(repr(word) for word in words[:_SHOWN])}"
    numbers = re.findall(rf"{_SIGNED}%?", rest)
    if not numbers:
        return f"can't read {rest!r}" if rest else "what was published holds no number"
    return f"can't tell the estimate and its limits among {', '.join(numbers[: 2 * _SHOWN])}"


def _whole_digits(found: dict[str, Printed | None]) -> dict[str, Printed | None]:
    """A bare 0 or 1 among fractions has the digits of the others: nobody rounds fractions to whole numbers."""
    digits = max(part.digits for part in found.values() if part is not None)
    return {
        name: replace(part, digits=digits) if part is not None and part.digits == 0 else part
        for name, part in found.items()
    }


def _beyond(texts: dict[str, str]) -> bool:
    """Whether numbers without a sign can't be fractions: a limit on the raw scale may be a little more than 1."""
    estimate = texts.get("estimate")
    if estimate is not None and float(estimate) > 1:
        return True
    furthest = FURTHEST if estimate is not None else 1
    # Prediction limits on the log scale may lie far beyond 1: they decide only where there are no others.
    limits = [name for name in PROPORTIONS[1:3] if name in texts] or [n for n in PROPORTIONS[3:] if n in texts]
    return any(abs(float(texts[name])) > furthest for name in limits)


def _tidy(plain: str) -> str:
    """The text without words, empty brackets and stray punctuation."""
    rest = re.sub(r"(?<=[A-Za-z])-(?=[A-Za-z])", " ", plain)
    rest = _WORDS.sub(" ", rest).replace("=", " ")
    before = None
    while before != rest:
        before = rest
        rest = re.sub(r"([,;:])\s*(?=[,;:])", " ", rest)
        rest = re.sub(r"[,;:]\s*(?=[\])}])|(?<=[\[({])\s*[,;:]", " ", rest)
        rest = re.sub(r"[\[({]\s*[\])}]", " ", rest)
        rest = re.sub(r"\s+", " ", rest).lstrip(" ,;:").rstrip(" ,;:.")
        # Brackets around everything, as of a text copied with its own: "(0.26 [0.16, 0.38])".
        rest = rest[1:-1] if rest[:1] in "([{" and rest[-1:] in ")]}" and len(re.findall(r"[\[({]", rest)) > 1 else rest
    return rest


def _refuse_contradictions(found: Published) -> None:
    values = [part.value for part in (found.lower, found.estimate, found.upper) if part is not None]
    if values != sorted(values):
        printed = [part.text for part in (found.estimate, found.lower, found.upper) if part is not None]
        says = f"the estimate {printed[0]} does not lie between the limits {' and '.join(printed[1:])}"
        raise usage(says, "check the numbers; percent and fractions can't be mixed", "published")
    if found.estimate is not None and not 0 <= found.estimate.value <= 1:
        raise usage(f"{found.estimate.text} is no proportion", "give a fraction of 0 to 1, or 0 to 100%", "published")
    pi_lower, pi_upper = found.pi_lower, found.pi_upper
    if (pi_lower and pi_lower.value > min(values)) or (pi_upper and pi_upper.value < max(values)):
        says = "the prediction interval does not hold the estimate and its limits"
        raise usage(says, "check the numbers; percent and fractions can't be mixed", "published")
    if any(not -1 <= value <= FURTHEST for value in values):
        raise usage("the limits are no proportions", "give fractions, or percent", "published")
