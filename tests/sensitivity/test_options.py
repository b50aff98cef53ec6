"""Options of the questions: declared once, checked before anything is computed; and models by their names."""

from __future__ import annotations

import json
from collections.abc import Callable
from inspect import signature
from typing import Any

import pytest

import evidence
from evidence import Counts, model
from evidence.errors import UsageError
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.option import Option, chosen, shown
from evidence.sensitivity.questions import QUESTIONS, ask

DECLARED = {
    "most": Option(3, "a number"),
    "share": Option(0.5, "a fraction"),
    "force": Option(False, "yes or no"),
    "by": Option("year", "a word"),
    "exempt": Option((), "words"),
}


def test_what_is_not_given_has_its_default() -> None:
    assert chosen({}, DECLARED) == {"most": 3, "share": 0.5, "force": False, "by": "year", "exempt": ()}
    assert chosen({"share": 1, "exempt": "a, b,"}, DECLARED)["exempt"] == ("a", "b")
    assert chosen({"exempt": ["a"]}, DECLARED)["exempt"] == ("a",)


@pytest.mark.parametrize(
    ("given", "says", "mend"),
    [
        ({"force": 1}, "force = 1 is not possible", "write it like force = false"),
        ({"most": True}, "most = true is not possible", "write it like most = 3"),
        ({"most": 0.5}, "most = 0.5 is not possible", "write it like most = 3"),
        ({"by": 3}, "by = 3 is not possible", "write it like by = year"),
        ({"exempt": 3}, "3 is not a list of words", 'write ["a", "b"], or a,b on the command line'),
        ({"mst": 3}, "the question has no option 'mst'", "did you mean most"),
    ],
)
def test_other_values_have_a_mend(given: dict[str, Any], says: str, mend: str) -> None:
    with pytest.raises(UsageError) as refused:
        chosen(given, DECLARED)
    assert refused.value.problems[0].message == says and (refused.value.problems[0].mend or "").startswith(mend)


def test_values_are_shown_as_they_are_typed() -> None:
    assert [shown(value) for value in (True, 3, ("a", "b"), "year", 0.5)] == ["true", "3", "a,b", "year", "0.5"]


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_refuses_an_option_that_it_does_not_declare(name: str, bare_three: Any) -> None:
    with pytest.raises(UsageError, match="no option 'zzz'"):
        ask(name, Asked(bare_three, model("common-effect"), options={"zzz": 1}))
    assert all(option.meaning and not option.meaning.endswith(".") for option in QUESTIONS[name].options.values())


#: Question -> its function, where that is not its name with underscores.
FUNCTIONS = {"missing-outcomes": "missing_outcomes", "regression": "bubble"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_defaults_are_those_of_the_function(name: str) -> None:
    parameters = signature(getattr(evidence, FUNCTIONS.get(name, name.replace("-", "_")))).parameters
    for option, declared in QUESTIONS[name].options.items():
        # A fixed text or number; what a review must say (events, covariates) has no default in the function.
        if option in parameters and parameters[option].default is not parameters[option].empty:
            default = parameters[option].default
            assert declared.default in (default, (default,))


THREE = Counts([3, 5, 8, 9], [10, 15, 25, 12])
TEN = Counts([3, 5, 8, 9, 1, 2, 7, 4, 3, 2], [10, 15, 25, 12, 3, 6, 9, 11, 5, 4])
OF_COUNTS: dict[str, Callable[[Any], Any]] = {
    "leave-one-out": lambda model: evidence.leave_one_out(THREE, model),
    "cumulative": lambda model: evidence.cumulative(THREE, model, by="size"),
    "report-size": lambda model: evidence.report_size(THREE, model),
    "case-reports": lambda model: evidence.case_reports(THREE, model, most=12),
    "size-covariate": lambda model: evidence.size_covariate(THREE, model),
    "influence": lambda model: evidence.influence(THREE, model),
    "baujat": lambda model: evidence.baujat(THREE, model),
    "subsets": lambda model: evidence.subsets(THREE, model),
    "calibration": lambda model: evidence.calibration(THREE, model, draws=200),
    "egger": lambda model: evidence.egger(TEN, model),
    "begg": lambda model: evidence.begg(TEN, model),
    "peters": lambda model: evidence.peters(TEN, model),
    "trim-and-fill": lambda model: evidence.trim_and_fill(TEN, model),
}


@pytest.mark.parametrize("name", OF_COUNTS)
def test_a_model_may_be_given_by_its_name(name: str) -> None:
    by_name, by_model = (OF_COUNTS[name](given) for given in ("inverse-variance", model("inverse-variance")))
    assert json.dumps(by_name.to_dict()) == json.dumps(by_model.to_dict())


@pytest.mark.parametrize(
    "name", ["missing_outcomes", "overlap", "extractors", "source_confidence", "multiverse", "harms_silence"]
)
def test_so_may_the_model_of_a_review(name: str, sts: Any) -> None:
    with pytest.raises(UsageError, match="common-effct"):
        getattr(evidence, name)(sts, "any_response", "common-effct")


def test_the_filter_takes_a_name_of_a_likelihood() -> None:
    with pytest.raises(evidence.EvidenceError, match="no report of 1 patient or fewer"):
        evidence.publication_filter(THREE, "beta-binomial", most=1)
