"""Numbers of a built page against its results.json: what a block prints must be a rounding of what is stored for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree, html

from evidence import display

#: Without the full stop or comma that ends a clause.
NUMBER = r"-?\d(?:[\d.,]*\d)?"
#: What is looked for, in this order; what one finds is not looked at by the next.
TOKENS = (
    re.compile(rf"[<>]?{NUMBER} to [<>]?{NUMBER}(?: %)?(?![\d/])"),
    re.compile(r"\d[\d,]* of (?:the )?\d[\d,]*\d|\d[\d,]* of (?:the )?\d|\b\d+/\d+"),
    re.compile(rf"[<>]?{NUMBER} %"),
    re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?"),
)
#: Names of two ends of one interval, as results.json has them.
ENDS = (("lower", "upper"), ("lowest", "highest"), ("estimate", "estimate_to"), ("low", "high"))
#: Elements that hold one line of text.
LEAVES = ("p", "li", "th", "td", "caption", "figcaption", "desc", "text", "dd")
#: Digits that the page prints of decimals and of percents.
DIGITS = range(5)


def tokens(text: str) -> Iterator[str]:
    """Intervals, counts out of, percents and decimals of a text, in that order."""
    text = text.replace("\u00a0", " ").replace("\u2212", "-")
    for pattern in TOKENS:
        yield from pattern.findall(text)
        text = pattern.sub(" ; ", text)


def words(element: etree._Element) -> Iterator[str]:
    """Texts of an element, one for each line a reader sees."""
    for leaf in element.iter():
        if leaf.tag in LEAVES:
            yield "".join(str(part) for part in leaf.itertext())


def flat(values: Any) -> Iterator[Any]:
    """Every value of a JSON value that is not a list or an object."""
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, list):
        for value in values:
            yield from flat(value)
    elif values is not None:
        yield values


class Stored:
    """What may be printed of a part of results.json."""

    def __init__(self, *parts: Any) -> None:
        values = [value for part in parts for value in flat(part)]
        self.numbers = {value for value in values if isinstance(value, int | float) and not isinstance(value, bool)}
        self.said = " \n ".join(value for value in values if isinstance(value, str))
        self.forms = {form for value in self.numbers for form in _forms(value)}
        self.shares = {share for part in parts for share in _shares(part)}
        self.spans = {span for part in parts for pair in _pairs(part) for span in _spans(*pair)}

    def holds(self, token: str) -> bool:
        """Whether each number of the token is printed from a stored one, or the token stands in a stored text."""
        if token in self.said:
            return True
        if (of_hundred := re.fullmatch(r"(.*) of 100", token)) and f"{of_hundred[1]} %" in self.forms | self.shares:
            return True
        if " to " in token:
            return token.removesuffix(" %") in self.spans
        if token in self.forms or token in self.shares:
            return True
        if token.endswith(" %"):
            return False
        parts = re.findall(rf"[<>]?{NUMBER}", token)
        return all(self._holds_one(part, token) for part in parts)

    def _holds_one(self, part: str, token: str) -> bool:
        return part in self.forms or (token.endswith(" %") and f"{part} %" in self.forms)


def _pairs(values: Any) -> Iterator[tuple[float, float]]:
    """Every two numbers that stand side by side in one object and may be the ends of an interval."""
    if isinstance(values, list):
        for value in values:
            yield from _pairs(value)
    if isinstance(values, dict):
        for value in values.values():
            yield from _pairs(value)
        for low, high in ENDS:
            for key in values:
                if key.endswith(low):
                    lower, upper = values[key], values.get(key.removesuffix(low) + high)
                    if isinstance(lower, int | float) and isinstance(upper, int | float):
                        yield lower, upper


def _shares(values: Any) -> Iterator[str]:
    """Every whole number of an object out of another of the same object."""
    items = values.values() if isinstance(values, dict) else values if isinstance(values, list) else ()
    for value in items:
        yield from _shares(value)
    if isinstance(values, dict):
        counts = [value for value in items if isinstance(value, int) and not isinstance(value, bool) and value > 0]
        for a in (0, *counts):
            for b in counts:
                if a <= b:
                    yield display.percent(a / b)
                    yield display.percent(a / b, 1)
                    yield display.proportion(a / b)


def _spans(lower: float, upper: float) -> Iterator[str]:
    for digits in DIGITS:
        yield display.percent_interval(lower, upper, digits).removesuffix(" %")
        yield f"{display.number(lower, digits)} to {display.number(upper, digits)}"
    yield f"{display.significant(lower)} to {display.significant(upper)}"
    yield f"{display.ratio(lower)} to {display.ratio(upper)}"


def _forms(value: float) -> Iterator[str]:
    for digits in DIGITS:
        yield display.number(value, digits).replace("\u2212", "-")
        if 0 <= value <= 1:
            yield display.percent(value, digits)
            yield display.proportion(value, digits)
    yield display.significant(value)
    yield display.ratio(value)
    yield display.p_value(value)
    if isinstance(value, int):
        yield f"{value:,}"


def strangers(texts: Iterable[str], stored: Stored) -> list[tuple[str, str]]:
    """(number, the line it stands in) of every printed number that is not stored."""
    return [(token, text) for text in texts for token in tokens(text) if not stored.holds(token)]


def page_of(text: str) -> etree._Element:
    """The page, parsed."""
    return html.fromstring(text)
