"""Conclusions that an analysis draws, as rules on printed numbers: whether each holds, before an update and after.

Numbers are compared as computed, not as rounded for print; within 1e-9 they are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import near
from ..review.certainty_domains import LEVELS
from ..toml_values import WrongError, table, word
from .inclusion import End
from .rule_reading import parse_rule
from .rules import (
    CERTAINTY,
    COUNTED,
    INTERVAL,
    OPERATORS,
    PREDICTED,
    PREDICTION,
    PROPORTIONS,
    SPANS,
    TAU,
    WIDTH,
    Condition,
)
from .ties import interval_beside, number_beside, percent_beside, points_beside, sides
from .version import NOW


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
    """A conclusion in two versions.

    Attributes:
        conclusion: The conclusion. before, after: Its verdicts; ``before`` is None where there is no earlier version.
        note: Why numbers of the two can't be compared, or nothing.
    """

    conclusion: Conclusion
    before: Verdict | None
    after: Verdict
    note: str = ""

    @property
    def changed(self) -> bool:
        """Whether the update changed it; also to or from what can't be told."""
        return self.before is not None and self.before.holds != self.after.holds

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        before = None if self.before is None else self.before.to_dict()
        return {
            **self.conclusion.to_dict(),
            "before": before,
            "after": self.after.to_dict(),
            "changed": self.changed,
            "note": self.note or None,
        }


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


def judge(conclusion: Conclusion, end: End) -> Verdict:
    """Whether a conclusion holds in a version: false as soon as one condition fails, else unknown if one is."""
    found = [_judged(condition, end) for condition in conclusion.conditions]
    answers = [one.holds for one in found]
    holds = False if False in answers else None if None in answers else True
    return Verdict(holds, "; ".join(dict.fromkeys(one.why for one in found)))


def judged(conclusions: Sequence[Conclusion], before: End | None, after: End) -> tuple[Judged, ...]:
    """Every conclusion before and after."""
    if before is None:
        return tuple(Judged(one, None, judge(one, after)) for one in conclusions)
    return tuple(Judged(one, judge(one, before), judge(one, after), _note(one, before, after)) for one in conclusions)


def _note(conclusion: Conclusion, before: End, after: End) -> str:
    """That tau was on another scale, where the rule speaks of it and another kind of model was fitted."""
    if not any(one.of == TAU for one in conclusion.conditions) or before.tau is None or after.tau is None:
        return ""
    if _scale(before.side.model) == _scale(after.side.model):
        return ""
    models = [end.model.partition(";")[0] for end in (before, after)]
    return (
        f"tau is on the scale of each model ({models[0]}, then {models[1]}), and so not compared with the same number"
    )


def _scale(model: Any) -> tuple[type, str | None]:
    return type(model), getattr(model, "measure", None)


def _judged(condition: Condition, end: End) -> Verdict:
    if condition.of == CERTAINTY:
        if end.certainty is None:
            return Verdict(None, "the raters settled on no certainty")
        rank = float(LEVELS.index(end.certainty))
        return Verdict(OPERATORS[condition.how](rank, condition.value), f"certainty {end.certainty.replace('_', ' ')}")
    if condition.of in SPANS:
        span = end.ci if condition.of == INTERVAL else end.pi
        if span is None:
            return Verdict(None, _missing(condition.of, end))
        inside = sides(span.lower, condition.value) <= 0 <= sides(span.upper, condition.value)
        said = f"{SPANS[condition.of]} {interval_beside(condition.value, span.lower, span.upper)}"
        return Verdict(bool(inside) is (condition.how == "includes"), said)
    value = _value(condition.of, end)
    if value is None:
        return Verdict(None, _missing(condition.of, end))
    side = float(sides(value, condition.value))
    return Verdict(OPERATORS[condition.how](side, 0.0), _said(condition, value))


def _missing(of: str, end: End) -> str:
    """Why a number is not there."""
    if of == "observed" or of in COUNTED:
        return f"no {end.unit} is counted" + (f": {end.reason.rstrip('.')}" if end.reason and not end.n else "")
    if end.value is None:
        reason = (end.reason or "the model has none").rstrip(".")
        return f"there is no estimate ({reason[:1].lower()}{reason[1:]})"
    lacking = {TAU: "tau", "i2": "I2", **dict.fromkeys((PREDICTION, *PREDICTED), "prediction interval")}
    return f"the model ({end.model.partition(';')[0]}) has no {lacking.get(of, 'interval')} here"


def _value(of: str, end: End) -> float | None:
    if of == "observed":
        return end.events / end.n if end.n else None
    if of in COUNTED and not end.n:
        return None  # no pool, so nothing was counted: that is not a count of 0
    if of == WIDTH:
        return None if end.ci is None else 100 * (end.ci.upper - end.ci.lower)
    span, _, limit = of.rpartition("_")
    if limit in ("lower", "upper"):
        interval = end.pi if span else end.ci
        return None if interval is None else float(getattr(interval, limit))
    value = end.value if of == "estimate" else getattr(end, of)
    return None if value is None else float(value)


def _said(condition: Condition, value: float) -> str:
    of = condition.of
    if of in PROPORTIONS:
        return f"{PROPORTIONS[of]} {percent_beside(condition.value, value)}"
    if of == WIDTH:
        return f"width of the interval {points_beside(condition.value, value)}"
    return f"tau {number_beside(condition.value, value)}" if of == TAU else f"{_NAMED[of]} {value:,.0f}"


#: Whole numbers -> how each is named before its value.
_NAMED: Mapping[str, str] = {"k": "studies", "n": "units", "events": "events"}

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
    note = f"; {found.note}" if found.note else ""
    return f"{_change(found.before, found.after)}: {then}; {now}{note}"


def _change(before: Verdict, after: Verdict) -> str:
    if before.holds == after.holds:
        return "no change"
    if before.holds is None:
        return "known now"
    return "no longer known" if after.holds is None else "changed"
