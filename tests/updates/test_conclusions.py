"""Rules of conclusions: what they mean, how they are read, and what a wrong one says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evidence.analysis_file import read_analysis
from evidence.errors import DataError
from evidence.pooling.result import Interval
from evidence.toml_values import WrongError
from evidence.updates.conclusions import Conclusion, Condition, conclusion_of, judge, judged, parse_rule, sentence
from evidence.updates.inclusion import End
from evidence.updates.sources import Side

END = End(
    "now",
    "Healed",
    "patient",
    "model",
    k=12,
    n=40,
    events=24,
    treated=None,
    observed="",
    reason=None,
    value=0.62,
    ci=Interval(0.5, 0.75, 0.95, "wald"),
    what="average study",
    side=Side((), None, {}),
    tau=0.8,
    certainty="low",
)
NOTHING = replace(END, value=None, ci=None, tau=None, certainty=None, reason="One study: nothing is pooled.")


def holds(rule: str, end: End = END) -> bool | None:
    return judge(conclusion_of({"name": "it", "rule": rule}), end).holds


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("interval excludes 50 %", False),  # a limit on the threshold does not exclude it
        ("interval includes 0.5", True),
        ("interval excludes 49.9%", True),
        ("Interval Excludes 0.76", True),
        ("lower > 0.5", False),
        ("lower >= 50%", True),
        ("estimate > 60 %", True),
        ("upper<0.75", False),
        ("observed = 0.6", True),
        ("tau <= 0.8", True),
        ("k >= 13", False),
        ("n != 40", False),
        ("events == 24", True),
        ("certainty >= low", True),
        ("certainty > low", False),
        ("certainty = very_low", False),
        ("certainty >= very-low", True),
        ("k >= 10 and tau < 1", True),
        ("k >= 10 and tau < 0.5", False),
    ],
)
def test_each_rule_by_value(rule: str, expected: bool) -> None:
    assert holds(rule) is expected


def test_without_an_estimate_counts_can_still_be_told() -> None:
    assert holds("lower > 0.5", NOTHING) is None
    assert holds("interval excludes 0.5", NOTHING) is None
    assert holds("certainty >= low", NOTHING) is None
    assert holds("k >= 10", NOTHING) is True
    # One condition that fails decides, whatever can't be told of the other.
    assert holds("k >= 13 and lower > 0.5", NOTHING) is False
    assert holds("k >= 10 and lower > 0.5", NOTHING) is None
    assert judge(conclusion_of({"name": "it", "rule": "tau < 1"}), NOTHING).why == (
        "there is no estimate (one study: nothing is pooled)"
    )


def test_numbers_on_the_threshold_are_on_it_but_for_rounding() -> None:
    on = replace(END, value=0.5 + 7e-16, ci=Interval(0.3, 0.5 - 3e-16, 0.95, "wald"))
    assert holds("estimate > 50 %", on) is False and holds("estimate >= 50 %", on) is True
    assert holds("estimate = 50 %", on) is True and holds("interval includes 50 %", on) is True
    assert parse_rule("lower > 33.3 %")[0].value == 0.333


def test_no_events_at_all_have_an_estimate_of_0_and_no_tau() -> None:
    none = replace(END, value=0.0, events=0, ci=Interval(0.0, 0.09, 0.95, "clopper-pearson"), tau=None)
    assert judge(conclusion_of({"name": "it", "rule": "tau < 1"}), none).why == "the model has no tau here"
    assert holds("interval includes 0", none) is True and holds("estimate = 0", none) is True


def test_a_version_without_the_outcome_has_no_counts_to_judge() -> None:
    lacking = replace(NOTHING, k=0, n=0, events=0, reason="The version does not have the outcome healed.")
    found = judge(conclusion_of({"name": "it", "rule": "k < 5"}), lacking)
    assert (found.holds, found.why) == (None, "no patient counted: The version does not have the outcome healed")


def test_a_number_off_its_threshold_is_printed_off_it() -> None:
    near = replace(END, value=0.50002)
    found = judge(conclusion_of({"name": "it", "rule": "estimate > 50 %"}), near)
    assert (found.holds, found.why) == (True, "estimate 50.002 %")


def test_a_change_is_seen_and_said() -> None:
    one = Conclusion("Most heal", "lower > 0.5", parse_rule("lower > 0.5"))
    later = replace(END, ci=Interval(0.55, 0.8, 0.95, "wald"))
    (found,) = judged([one], END, later)
    assert found.changed and found.before is not None
    assert (found.before.holds, found.after.holds) == (False, True)
    assert sentence(found, "v1", "now") == (
        "Most heal (lower limit above 50 %): changed: does not hold in v1 (lower limit 50.0 %);"
        " holds now (lower limit 55.0 %)."
    )
    (same,) = judged([one], END, END)
    assert not same.changed and "no change" in sentence(same, "v1", "now")
    (first,) = judged([one], None, END)
    assert not first.changed and first.to_dict()["before"] is None
    (lost,) = judged([one], END, NOTHING)
    assert lost.changed and "no longer known: does not hold in v1 (" in sentence(lost, "v1", "now")
    assert "; not known now, because there is no estimate (one study" in sentence(lost, "v1", "now")
    (won,) = judged([one], NOTHING, END)
    assert won.changed and "known now: not known in v1, because" in sentence(won, "v1", "now")


@pytest.mark.parametrize(
    ("name", "rule", "says"),
    [
        ("The interval excludes 50 %", "interval excludes 0.5", "The interval excludes 50 %"),
        ("Most heal", "interval excludes 0.5", "Most heal (interval excludes 50 %)"),
        ("Most heal", "observed >= 12.5 %", "Most heal (observed share at least 12.5 %)"),
        ("Enough", "k >= 10 and n > 40", "Enough (at least 10 studies and above 40 counted)"),
        ("Alike", "tau < 1", "Alike (tau, the spread between studies, below 1)"),
        ("Sure", "certainty > very_low", "Sure (certainty above very low)"),
    ],
)
def test_a_rule_is_said_in_words_where_the_name_does_not_say_it(name: str, rule: str, says: str) -> None:
    assert conclusion_of({"name": name, "rule": rule}).said == says


def test_a_rule_is_its_conditions() -> None:
    assert parse_rule("interval excludes 50 % AND k>=3") == (
        Condition("interval", "excludes", 0.5),
        Condition("k", ">=", 3.0),
    )


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("lower above 0.5", "'above' can't be said of lower"),
        ("interval > 0.5", "'>' can't be said of interval"),
        ("lowr > 0.5", "'lowr' is nothing that a rule can speak of"),
        ("lower > 50", "50 is no proportion"),
        ("lower > half", "'half' is no number"),
        ("tau < 50 %", "tau is not in percent"),
        ("certainty >= good", "'good' is no level of certainty"),
        ("the interval excludes 50 %", "is no rule"),
        ("lower > nan", "'nan' is no number"),
        ("k >= 3 and", "is no rule"),
    ],
)
def test_a_wrong_rule_says_what_is_wrong(rule: str, says: str) -> None:
    with pytest.raises(WrongError, match=says.replace("?", r"\?")):
        parse_rule(rule)


def test_the_file_says_every_problem_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    lines = (
        'review = "heel"',
        "[[outcomes]]",
        'outcome = "healed"',
        "[[outcomes.conclusions]]",
        'name = "right"',
        'rule = "k >= 3"',
        "[[outcomes]]",
        'outcome = "better"',
        "[[outcomes.conclusions]]",
        'name = "right"',
        'rule = "k >= 3"',
        "[[outcomes.conclusions]]",
        'name = "wrong"',
        'rule = "lowr > 0.5"',
        "[[outcomes.conclusions]]",
        'rule = "k > 3"',
        "[[outcomes.conclusions]]",
        'name = "right"',
        'rule = "k > 4"',
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_analysis(path)
    found = [(problem.code, problem.line) for problem in caught.value.problems]
    assert found == [("bad-rule", 14), ("missing-key", 15), ("wrong-value", 18)]
    assert "lower" in caught.value.problems[0].mend


def test_conclusions_are_part_of_an_analysis_only_where_there_are_any(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    text = 'review = "heel"\n[[outcomes]]\noutcome = "healed"\n'
    path.write_text(text, encoding="utf-8")
    assert "conclusions" not in read_analysis(path).outcomes[0].to_dict()
    path.write_text(text + 'conclusions = [{name = "Most", rule = "lower > 50 %"}]\n', encoding="utf-8")
    assert read_analysis(path).outcomes[0].to_dict()["conclusions"] == [{"name": "Most", "rule": "lower > 50 %"}]
