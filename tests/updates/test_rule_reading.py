"""Rules as people write them: what each means, and the mend that a wrong one gets."""

from __future__ import annotations

import re

import pytest

from evidence.toml_values import WrongError
from evidence.updates.rule_reading import parse_rule
from evidence.updates.rules import KNOWN, Condition


def wrong(rule: str) -> tuple[str, str]:
    with pytest.raises(WrongError) as caught:
        parse_rule(rule)
    assert caught.value.code == "bad-rule"
    return str(caught.value), caught.value.mend


def test_a_rule_is_its_conditions() -> None:
    assert parse_rule("the interval excludes 50 % AND k>=3") == (
        Condition("interval", "excludes", 0.5),
        Condition("k", ">=", 3.0),
    )
    assert parse_rule("lower > 33.3 %")[0].value == 0.333


@pytest.mark.parametrize(
    ("rule", "condition", "words"),
    [
        ("I2 < 75 %", Condition("i2", "<", 0.75), "I2 below 75 %"),
        ("I² < .5", Condition("i2", "<", 0.5), "I2 below 50 %"),
        ("width <= 30", Condition("width", "<=", 30.0), "width of the interval at most 30 points"),
        (
            "interval width < 30 percentage points",
            Condition("width", "<", 30.0),
            "width of the interval below 30 points",
        ),
        (
            "prediction interval excludes 50 %",
            Condition("prediction_interval", "excludes", 0.5),
            "prediction interval excludes 50 %",
        ),
        ("prediction_lower > 0.2", Condition("prediction_lower", ">", 0.2), "lower prediction limit above 20 %"),
        ("lower limit ≥ 50 percent", Condition("lower", ">=", 0.5), "lower limit at least 50 %"),
        ("k == 10", Condition("k", "=", 10.0), "equal to 10 studies"),
        ("certainty >= very low", Condition("certainty", ">=", 0.0), "certainty at least very low"),
    ],
)
def test_names_as_authors_write_them(rule: str, condition: Condition, words: str) -> None:
    assert parse_rule(rule) == (condition,)
    assert str(condition) == words


@pytest.mark.parametrize(
    ("rule", "says", "mend"),
    [
        # = of what is computed: the span that is printed so
        ("estimate = 82.5 %", "'=' can't be said of estimate", "estimate >= 82.45 % and estimate < 82.55 %"),
        ("tau = 0", "'=' can't be said of tau", "tau > 0, or tau <= 0"),
        ("observed != 50 %", "'!=' can't be said of observed", "observed > 50 %, or observed <= 50 %"),
        ("estimate equals 0.5", "'equals' can't be said", "estimate >= 0.45 and estimate < 0.55"),
        # numbers
        ("lower > 50", "50 is no proportion", "write 50 %"),
        ("upper < 120 %", "120 % is no proportion: percent go from 0 to 100", "0 % to 100 %"),
        ("upper < 120", "120 is no proportion: percent go from 0 to 100", "0 % to 100 %"),
        ("estimate > 0,5", "'0,5' has a decimal comma", "write a decimal point: estimate > 0.5"),
        ("estimate > 12,5 %", "decimal comma", "estimate > 12.5 %"),
        ("lower > half", "'half' is no number", "write lower > 50 %"),
        ("lower > nan", "'nan' is no number", "write lower > 50 %"),
        ("lower > -5 %", "'-5 %' is below 0", "from 0 on"),
        ("k >= 10 studies", "'10 studies' is no number", "write k >= 10"),
        ("k = 2.5", "k is a whole number", "whole number"),
        ("tau < 50 %", "tau is not in percent", "leave % out"),
        ("estimate > 50 points", "estimate is in percent", "write 50 %"),
        ("width < 30 %", "percentage points", "write width < 30 points"),
        ("width < 0.3", "percentage points", "write width < 30 points"),
        ("width < 130", "130 points is no width", "width < 30 points"),
        ("observed < estimate", "'estimate' is a name", "write observed < 50 %"),
        # comparisons
        ("k => 10", "'=>' can't be said of k", "write k >= 10"),
        ("certainty is low", "'is' can't be said of certainty", "write certainty = low"),
        ("certainty is at least low", "'is at least' can't be said", "write certainty >= low"),
        ("lower above 0.5", "'above' can't be said of lower", "write lower > 0.5"),
        ("interval > 0.5", "'>' can't be said of interval", "write interval excludes 0.5, or lower > 0.5"),
        ("interval < 0.5", "'<' can't be said of interval", "or upper < 0.5"),
        ("interval contains 0.5", "'contains' can't be said of interval", "write interval includes 0.5"),
        ("lower excludes 0.5", "'excludes' can't be said of lower", "write interval excludes 0.5, or lower > 0.5"),
        # names
        ("lowr > 0.5", "'lowr' is nothing", "did you mean lower"),
        ("mean > 0.5", "'mean' is nothing", "write estimate"),
        ("p < 0.05", "'p' is nothing", ", ".join(KNOWN)),
        ("certainty >= good", "'good' is no level of certainty", "low"),
        # parts
        (
            "lower > 50 % or k >= 3",
            "'or' can't be in a rule: its parts are joined by and only",
            "write two conclusions",
        ),
        ("not lower > 50 %", "'not' can't be in a rule", "opposite"),
        ("interval does not exclude 50 %", "'not' can't be in a rule", "includes"),
        ("(k >= 3)", "'(' can't be in a rule", "leave the brackets out"),
        ("k >= 3 && tau < 1", "'&&' can't be in a rule", "write and"),
        ("k >= 3 and", "lacks a comparison beside and", "write rule = "),
        ("interval excludes 50 % lower > 30 %", "is no number", "write and between"),
        ("lower >", "'lower >' is no rule", "names: estimate"),
        ("certainty", "'certainty' is no rule", "names: estimate"),
    ],
)
def test_a_wrong_rule_says_what_is_wrong_and_the_mend_that_fits(rule: str, says: str, mend: str) -> None:
    found = wrong(rule)
    assert says in found[0] and mend in found[1], found


@pytest.mark.parametrize("rule", ["estimate = 82.5 %", "k => 10", "certainty is low", "interval > 50 %", "width < 0.3"])
def test_what_a_mend_writes_is_a_rule(rule: str) -> None:
    """The mend is typed as it stands, up to the other way it offers."""
    _, mend = wrong(rule)
    assert parse_rule(re.sub(r"^write ", "", mend).partition(", or")[0])
