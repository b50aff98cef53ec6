"""Rules of conclusions: what they mean, how they are read, and what a wrong one says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import evidence
from evidence.analysis_file import read_analysis
from evidence.errors import DataError
from evidence.pooling.result import Interval, Pooled
from evidence.updates.conclusions import Conclusion, conclusion_of, judge, judged, sentence, verdict_text
from evidence.updates.inclusion import End, _end
from evidence.updates.rule_reading import parse_rule
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
        ("observed <= 0.6", True),
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
    assert holds("estimate <= 50 %", on) is True and holds("interval includes 50 %", on) is True


def test_no_events_at_all_have_an_estimate_of_0_and_no_tau() -> None:
    none = replace(END, value=0.0, events=0, ci=Interval(0.0, 0.09, 0.95, "clopper-pearson"), tau=None)
    assert judge(conclusion_of({"name": "it", "rule": "tau < 1"}), none).why == ("the model (model) has no tau here")
    assert holds("interval includes 0", none) is True and holds("estimate <= 0", none) is True


def test_a_version_without_the_outcome_has_no_counts_to_judge() -> None:
    lacking = replace(NOTHING, k=0, n=0, events=0, reason="The version does not have the outcome healed.")
    found = judge(conclusion_of({"name": "it", "rule": "k < 5"}), lacking)
    assert (found.holds, found.why) == (None, "no patient is counted: The version does not have the outcome healed")


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


LOGIT = evidence.model("inverse-variance", measure="PLO")


def test_tau_of_another_kind_of_model_is_on_another_scale() -> None:
    counts = replace(END, model="beta-binomial, ML", side=Side((), evidence.model("beta-binomial"), {}))
    logits = replace(END, model="inverse-variance, logit; limits t", side=Side((), LOGIT, {}))
    (found,) = judged([conclusion_of({"name": "it", "rule": "tau < 1"})], counts, logits)
    assert found.note == (
        "tau is on the scale of each model (beta-binomial, ML, then inverse-variance, logit),"
        " and so not compared with the same number"
    )
    assert found.note in sentence(found, "v1", "now") and found.to_dict()["note"] == found.note
    narrow = replace(logits, side=Side((), evidence.model("inverse-variance", measure="PLO", tau2="DL"), {}))
    (same,) = judged([found.conclusion], narrow, logits)
    (other,) = judged([conclusion_of({"name": "it", "rule": "lower > 0.5"})], counts, logits)
    assert same.note == other.note == "", "the same scale; a rule that does not speak of tau"


@pytest.mark.parametrize(
    ("rule", "expected", "why"),
    [
        ("i2 < 75 %", True, "I2 60.0 %"),
        ("width < 25", False, "width of the interval 25.0 points"),
        ("width < 24.99 points", False, "width of the interval 25.00 points"),
        ("prediction interval excludes 15 %", True, "prediction interval 20.0 to 95.0 %"),
        ("prediction interval includes 20 %", True, "prediction interval 20.0 to 95.0 %"),
        ("prediction_lower >= 20 %", True, "lower prediction limit 20.0 %"),
        ("prediction_upper < 90 %", False, "upper prediction limit 95.0 %"),
        ("tau < 0.8", False, "tau 0.80"),
    ],
)
def test_spread_and_width_can_be_asked_for(rule: str, expected: bool, why: str) -> None:
    found = judge(conclusion_of({"name": "it", "rule": rule}), replace(END, pi=Interval(0.2, 0.95, 0.95, "t"), i2=0.6))
    assert (found.holds, found.why) == (expected, why)


@pytest.mark.parametrize(
    ("rule", "lacks"),
    [
        ("i2 < 75 %", "I2"),
        ("prediction interval excludes 50 %", "prediction interval"),
        ("prediction_lower > 0", "pred"),
    ],
)
def test_what_a_model_does_not_have_is_not_known_and_why(rule: str, lacks: str) -> None:
    found = judge(conclusion_of({"name": "it", "rule": rule}), END)
    assert found.holds is None and f"the model (model) has no {lacks}" in found.why
    assert verdict_text(found).startswith("not known, because the model (model) has no")


def test_a_tau_off_its_threshold_is_printed_off_it() -> None:
    found = judge(conclusion_of({"name": "it", "rule": "tau < 0.8"}), replace(END, tau=0.79996))
    assert (found.holds, found.why) == (True, "tau 0.79996")


@pytest.mark.parametrize(
    ("name", "measure", "known"), [("inverse-variance", "PLO", True), ("logistic-normal", None, False)]
)
def test_of_a_real_pool_the_numbers_are_those_that_are_printed(name: str, measure: str | None, known: bool) -> None:
    model = evidence.model(name, **({"measure": measure} if measure else {}))
    pooled = evidence.pool(evidence.Counts([3, 5, 2, 6], [5, 6, 9, 8]), model=model)
    assert isinstance(pooled, Pooled) and pooled.pi is not None and pooled.heterogeneity is not None
    end = _end("now", ("Healed", "patient"), pooled, Side((), model, {}), None)
    assert end.pi == pooled.pi and end.i2 == pooled.heterogeneity.i2
    assert (holds("i2 >= 0 %", end) is True) is known and holds("prediction_lower < 99 %", end) is True


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
