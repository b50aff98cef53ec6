"""Conclusions that an analysis draws, as rules on printed numbers: whether each holds, before an update and after.

A rule is one condition or several with "and": ``interval excludes 50 %``, ``lower > 0.5``, ``k >= 10 and tau < 1``,
``certainty >= low``. Numbers are compared as computed, not as rounded for print; within 1e-9 they are the same.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..display import number
from ..errors import near
from ..review.certainty_domains import LEVELS
from ..toml_values import WrongError, table, word
from .inclusion import End
from .ties import interval_beside, percent_beside, sides
from .version import NOW

#: What a rule may speak of -> how it is named in a sentence.
PROPORTIONS: Mapping[str, str] = {
    "estimate": "estimate",
    "lower": "lower limit",
    "upper": "upper limit",
    "observed": "observed share",
}
NUMBERS: Mapping[str, str] = {"tau": "tau", "k": "studies", "n": "units", "events": "events"}
_COUNTED = ("k", "n", "events")
CERTAINTY, INTERVAL = "certainty", "interval"
KNOWN = (*PROPORTIONS, INTERVAL, *NUMBERS, CERTAINTY)

OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
HOLDING = ("excludes", "includes")
#: Operator -> how a sentence has it.
_HOW: Mapping[str, str] = {
    "<=": "at most",
    ">=": "at least",
    "!=": "other than",
    "<": "below",
    ">": "above",
    "=": "equal to",
}
#: Number -> what a sentence says after it.
_AFTER: Mapping[str, str] = {"k": "studies", "n": "counted", "events": "with the event"}

_SHAPE = re.compile(r"(?P<of>[a-z_]+)\s*(?P<how><=|>=|!=|==|=|<|>|\b[a-z]+\b)\s*(?P<value>[^\s%]+)\s*(?P<percent>%?)")
_MEND = 'write rule = "interval excludes 50 %", "lower > 0.5", "k >= 10 and tau < 1" or "certainty >= low"'


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison.

    Attributes:
        of: One of ``KNOWN``. how: An operator, or excludes, includes. value: Of certainty the rank of a level.
    """

    of: str
    how: str
    value: float

    @property
    def threshold(self) -> float | None:
        """The proportion that a pooled number must cross for it; None where it speaks of something else."""
        return self.value if self.of in ("estimate", "lower", "upper", INTERVAL) else None

    def __str__(self) -> str:
        """In words: ``interval excludes 50 %``, ``lower limit above 50 %``, ``at least 10 studies``."""
        if self.of == CERTAINTY:
            return f"certainty {_HOW[self.how]} {LEVELS[int(self.value)].replace('_', ' ')}"
        if self.of in _AFTER:
            return f"{_HOW[self.how]} {self.value:g} {_AFTER[self.of]}"
        if self.of == "tau":
            return f"tau, the spread between studies, {_HOW[self.how]} {self.value:g}"
        value = f"{100 * self.value:.6g} %"
        if self.of == INTERVAL:
            return f"interval {self.how} {value}"
        return f"{PROPORTIONS[self.of]} {_HOW[self.how]} {value}"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A conclusion: what it is called, its rule as written, and the conditions that must all hold."""

    name: str
    rule: str
    conditions: tuple[Condition, ...]

    @property
    def said(self) -> str:
        """The name, with the rule in words where the name does not say it."""
        words = " and ".join(str(one) for one in self.conditions)
        return self.name if words.casefold() in self.name.casefold() else f"{self.name} ({words})"

    def to_dict(self) -> dict[str, Any]:
        """Name and rule."""
        return {"name": self.name, "rule": self.rule}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a conclusion holds in a version; None where it can't be told. ``why`` has the numbers, or the reason."""

    holds: bool | None
    why: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"holds": self.holds, "why": self.why}


@dataclass(frozen=True, slots=True)
class Judged:
    """A conclusion in two versions; ``before`` is None where there is no earlier one."""

    conclusion: Conclusion
    before: Verdict | None
    after: Verdict

    @property
    def changed(self) -> bool:
        """Whether the update changed it; also to or from what can't be told."""
        return self.before is not None and self.before.holds != self.after.holds

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        before = None if self.before is None else self.before.to_dict()
        return {**self.conclusion.to_dict(), "before": before, "after": self.after.to_dict(), "changed": self.changed}


def parse_rule(text: Any) -> tuple[Condition, ...]:
    """The conditions of a rule.

    Raises:
        WrongError: what can't be read, with the mend.
    """
    return tuple(_condition(part.strip()) for part in re.split(r"\s+and\s+", word(text).strip(), flags=re.IGNORECASE))


def conclusion_of(value: Any) -> Conclusion:
    """A conclusion from a table of an analysis file.

    Raises:
        WrongError: it lacks name or rule, has something else, or its rule can't be read.
    """
    given = table(value)
    for key in given:
        if key not in ("name", "rule"):
            raise WrongError(f"a conclusion has no {key!r}", near(key, ("name", "rule")), "unknown-key")
    for key in ("name", "rule"):
        if key not in given:
            raise WrongError(f"a conclusion without {key}", f'add {key} = "TEXT"', "missing-key")
    rule = " ".join(word(given["rule"]).split())
    return Conclusion(" ".join(word(given["name"]).split()), rule, parse_rule(rule))


def _condition(text: str) -> Condition:
    found = _SHAPE.fullmatch(text.lower())
    if found is None:
        raise WrongError(f"{text!r} is no rule", _MEND, "bad-rule")
    of, how = found["of"], "=" if found["how"] == "==" else found["how"]
    if of not in KNOWN:
        raise WrongError(f"{of!r} is nothing that a rule can speak of", near(of, KNOWN), "bad-rule")
    allowed = HOLDING if of == INTERVAL else tuple(OPERATORS)
    if how not in allowed:
        raise WrongError(f"{how!r} can't be said of {of}", near(how, allowed), "bad-rule")
    if of == CERTAINTY:
        level = found["value"].replace("-", "_")
        if level not in LEVELS or found["percent"]:
            raise WrongError(f"{found['value']!r} is no level of certainty", near(level, LEVELS), "bad-rule")
        return Condition(of, how, float(LEVELS.index(level)))
    return Condition(of, how, _number(of, found["value"], bool(found["percent"])))


def _number(of: str, text: str, percent_sign: bool) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?|\.\d+", text):
        raise WrongError(f"{text!r} is no number", _MEND, "bad-rule")
    if of in NUMBERS:
        if percent_sign:
            raise WrongError(f"{of} is not in percent", "leave the % out", "bad-rule")
        return float(text)
    value = float(Fraction(text) / 100) if percent_sign else float(text)
    if value > 1:
        raise WrongError(f"{text} is no proportion", f"write {text} %, or a number from 0 to 1", "bad-rule")
    return value


def judge(conclusion: Conclusion, end: End) -> Verdict:
    """Whether a conclusion holds in a version: false as soon as one condition fails, else unknown if one is."""
    found = [_judged(condition, end) for condition in conclusion.conditions]
    answers = [one.holds for one in found]
    holds = False if False in answers else None if None in answers else True
    return Verdict(holds, "; ".join(dict.fromkeys(one.why for one in found)))


def judged(conclusions: Sequence[Conclusion], before: End | None, after: End) -> tuple[Judged, ...]:
    """Every conclusion before and after."""
    return tuple(Judged(one, None if before is None else judge(one, before), judge(one, after)) for one in conclusions)


def _judged(condition: Condition, end: End) -> Verdict:
    if condition.of == CERTAINTY:
        if end.certainty is None:
            return Verdict(None, "the raters settled on no certainty")
        rank = float(LEVELS.index(end.certainty))
        return Verdict(OPERATORS[condition.how](rank, condition.value), f"certainty {end.certainty.replace('_', ' ')}")
    if condition.of == INTERVAL:
        if end.ci is None:
            return _without(end)
        inside = sides(end.ci.lower, condition.value) <= 0 <= sides(end.ci.upper, condition.value)
        said = f"interval {interval_beside(condition.value, end.ci.lower, end.ci.upper)}"
        return Verdict(bool(inside) is (condition.how == "includes"), said)
    value = _value(condition.of, end)
    if value is None:
        return Verdict(None, _missing(condition.of, end))
    side = float(sides(value, condition.value))
    return Verdict(OPERATORS[condition.how](side, 0.0), _said(condition, value))


def _missing(of: str, end: End) -> str:
    """Why a number is not there."""
    if of == "observed" or of in _COUNTED:
        return f"no {end.unit} counted" + (f": {end.reason.rstrip('.')}" if end.reason and not end.n else "")
    return "the model has no tau here" if of == "tau" and end.value is not None else _without(end).why


def _without(end: End) -> Verdict:
    reason = (end.reason or "the model has none").rstrip(".")
    return Verdict(None, f"there is no estimate ({reason[:1].lower()}{reason[1:]})")


def _value(of: str, end: End) -> float | None:
    if of in ("lower", "upper"):
        return None if end.ci is None else float(getattr(end.ci, of))
    if of == "observed":
        return end.events / end.n if end.n else None
    if of in _COUNTED and not end.n:
        return None  # no pool, so nothing was counted: that is not a count of 0
    value = end.value if of == "estimate" else getattr(end, of)
    return None if value is None else float(value)


def _said(condition: Condition, value: float) -> str:
    of = condition.of
    if of in PROPORTIONS:
        return f"{PROPORTIONS[of]} {percent_beside(condition.value, value)}"
    return f"tau {number(value)}" if of == "tau" else f"{NUMBERS[of]} {value:,.0f}"


#: Whether it holds -> what is said.
WORDS: Mapping[bool | None, str] = {True: "holds", False: "does not hold", None: "not known"}


def verdict_text(verdict: Verdict, where: str = "") -> str:
    """A verdict with its reason: ``holds now (tau 0.77)``, ``not known in 2021, because there is no estimate (..)``."""
    word = f"{WORDS[verdict.holds]} {where}".rstrip()
    return f"{word}, because {verdict.why}" if verdict.holds is None else f"{word} ({verdict.why})"


def sentence(found: Judged, before: str, after: str) -> str:
    """A conclusion before and after in one line.

    Args:
        found: The conclusion. before, after: Labels of the versions.
    """
    return f"{found.conclusion.said}: {judgement(found, before, after)}."


def judgement(found: Judged, before: str, after: str) -> str:
    """What is said of a conclusion after its name, as in ``sentence``."""
    now = verdict_text(found.after, after if after == NOW else f"in {after}")
    if found.before is None:
        return now
    then = verdict_text(found.before, f"in {before}")
    return f"{_change(found.before, found.after)}: {then}; {now}"


def _change(before: Verdict, after: Verdict) -> str:
    if before.holds == after.holds:
        return "no change"
    if before.holds is None:
        return "known now"
    return "no longer known" if after.holds is None else "changed"
