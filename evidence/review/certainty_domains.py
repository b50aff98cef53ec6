"""GRADE: the domains that lower or raise the certainty of evidence, and how many levels each judgement moves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: The four levels, lowest first.
LEVELS = ("very_low", "low", "moderate", "high")
#: Level -> what it means, in our words (Balshem 2011, 10.1016/j.jclinepi.2010.07.015).
CERTAINTIES: Mapping[str, str] = {
    "high": "the true value is very likely close to the estimate",
    "moderate": "it is probably close to the estimate, but may be substantially different",
    "low": "it may be substantially different from the estimate",
    "very_low": "it is likely to be substantially different from the estimate",
}
#: Rows that hold a level and no judgement: where the rating starts, and where it ends.
START, OVERALL = "start", "overall"
#: Keys of methods.bib: the levels, what lowers and raises them, and that the end is a judgement and not a sum.
SOURCES = ("balshem2011", "guyatt2011", "guyatt2013")


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain.

    Attributes:
        name: In certainty.csv. title: To print.
        judgements: Word -> levels it moves the certainty: below 0 lower, above 0 higher.
        expected: A complete rating has a judgement on it.
    """

    name: str
    title: str
    judgements: Mapping[str, int]
    expected: bool = True


_LOWERING = {"not_serious": 0, "serious": -1, "very_serious": -2, "extremely_serious": -3}

#: By name, in the order in which they are shown.
DOMAINS: Mapping[str, Domain] = {
    domain.name: domain
    for domain in (
        Domain("risk_of_bias", "Risk of bias", _LOWERING),
        Domain("inconsistency", "Inconsistency", _LOWERING),
        Domain("indirectness", "Indirectness", _LOWERING),
        Domain("imprecision", "Imprecision", _LOWERING),
        Domain("publication_bias", "Publication bias", {"undetected": 0, "strongly_suspected": -1, **_LOWERING}),
        Domain("large_effect", "Large effect", {"none": 0, "large": 1, "very_large": 2}, expected=False),
        Domain("dose_response", "Dose-response gradient", {"none": 0, "present": 1}, expected=False),
        Domain("plausible_confounding", "Plausible confounding", {"none": 0, "present": 1}, expected=False),
    )
}

#: Word of a judgement -> what it does.
JUDGEMENTS: Mapping[str, str] = {
    "not_serious": "no reason to rate down",
    "serious": "one level down",
    "very_serious": "two levels down",
    "extremely_serious": "three levels down",
    "undetected": "publication bias: no reason to rate down",
    "strongly_suspected": "publication bias: one level down",
    "none": "no reason to rate up",
    "large": "large effect: one level up",
    "very_large": "large effect: two levels up",
    "present": "dose-response gradient, plausible confounding: one level up",
}


def moved(start: str, levels: int) -> str:
    """The level that is so many levels above ``start``; the scale ends at very low and high."""
    return LEVELS[min(max(LEVELS.index(start) + levels, 0), len(LEVELS) - 1)]
