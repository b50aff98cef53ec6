"""Scripts: the labels come back as they were, every option is written, and what can't be done is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.counts import Counts
from evidence.crosscheck.case import Case, case_of
from evidence.crosscheck.quoting import REPLACEMENT, comment, r_string, stata_string
from evidence.crosscheck.script import script
from evidence.errors import UsageError
from evidence.pooling import model

LABELS = ['Ada "2001"', "Bo \\ 'x'", "$cost `macro'", "Ödön; Ćirić 2003", "line\nbreak", '"; quit() #', "/* */ // ///"]


def read_r(literal: str) -> str:
    """The text of an R literal."""
    assert literal.startswith('"') and literal.endswith('"') and literal.isascii()
    pattern = r'\\u([0-9a-f]{4})|\\U([0-9a-f]{8})|\\(["\\])|([^"\\])'
    text, place = "", 1
    while place < len(literal) - 1:
        found = re.compile(pattern).match(literal, place)
        assert found is not None, literal[place:]
        text += chr(int(found[1] or found[2], 16)) if found[1] or found[2] else found[3] or found[4]
        place = found.end()
    return text


def read_stata(expression: str) -> str:
    """The text of an expression of Stata made of plain strings and uchar()."""
    text, place = "", 0
    while place < len(expression):
        found = re.compile(r'(?:"([^"`$\\]*)"|uchar\((\d+)\))(?: \+ |$)').match(expression, place)
        assert found is not None, expression[place:]
        text += chr(int(found[2])) if found[2] else found[1]
        place = found.end()
    return text


def holdable(text: str) -> str:
    return "".join(REPLACEMENT if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)


@given(st.text(st.characters(), max_size=30))
def test_any_label_comes_back_from_r_and_stata(text: str) -> None:
    assert read_r(r_string(text)) == holdable(text)
    assert read_stata(stata_string(text)) == holdable(text)


@pytest.mark.parametrize("label", [*LABELS, "", "\0", "\ud800", "x" * 3000])
def test_hard_labels_come_back(label: str) -> None:
    assert read_r(r_string(label)) == holdable(label)
    assert read_stata(stata_string(label)) == holdable(label)[:2045]
    assert "\n" not in comment(label) and "*/" not in comment(label) and "/*" not in comment(label)


def case(name: str = "logistic-normal", **options: object) -> Case:
    if name == "logistic-normal":  # the quickest to fit
        options = {"limits": "wald", "prediction": "none"} | options
    return case_of(Counts([1, 2, 0, 5, 3, 2, 4], [4, 6, 5, 9, 8, 8, 8], LABELS), model(name, **options))


def r_vector(text: str, name: str) -> list[str]:
    (body,) = re.findall(rf"^{name} <- c\((.*?)\)$", text, re.MULTILINE | re.DOTALL)
    return re.split(r",\s+(?=[\"\d])", body)


@pytest.mark.parametrize("to", ["metafor", "meta"])
def test_the_data_of_an_r_script_are_the_counts(to: str) -> None:
    text = script(case(), to)
    assert [int(x) for x in r_vector(text, "events")] == [1, 2, 0, 5, 3, 2, 4]
    assert [int(x) for x in r_vector(text, "n")] == [4, 6, 5, 9, 8, 8, 8]
    (body,) = re.findall(r"^study <- c\((.*?)\)\n", text, re.MULTILINE | re.DOTALL)
    literals = re.findall(r'"(?:[^"\\]|\\.)*"', body)
    assert [read_r(literal) for literal in literals] == LABELS


def test_a_metafor_script_names_every_option_and_the_expected_numbers() -> None:
    chosen = case("inverse-variance", measure="PAS", tau2="PM", limits="hk", level=0.9, prediction="t")
    text = script(chosen, "metafor", "heading\nquit()")
    for part in (
        'measure = "PAS"',
        "add = 0.0",
        'to = "only0"',
        'method = "PM"',
        'test = "knha"',
        "level = 90",
        "maxiter = 5000",
        "transf.iarcsin",
        'type = "QP"',
        "# heading quit()",
        f"estimate           {chosen.pooled.analysis['estimate']!r}",  # type: ignore[index]
    ):
        assert part in text, part


def test_arms_of_one_study_are_summed_and_listed() -> None:
    counts = Counts([1, 2, 3, 5], [5, 6, 7, 9], studies=["a", "a", "b", "c"])
    text = script(case_of(counts, "logistic-normal"))
    assert r_vector(text, "events") == ["3", "3", "5"] and r_vector(text, "arm_events") == ["1", "2", "3", "5"]


@pytest.mark.parametrize(
    ("name", "options", "parts"),
    [
        ("logistic-normal", {}, ["melogit events || id:, binomial(n)", "intpoints(100)", "version 14"]),
        (
            "inverse-variance",
            {"measure": "PLO", "prediction": "riley"},
            ["se(khartung, truncated)", "random(reml)", "x + 0.5 if events == 0", "predinterval(95)", "version 16"],
        ),
        ("inverse-variance", {"measure": "PFT", "limits": "wald"}, ["asin(sqrt((events + 1) / (n + 1)))", "k - 1"][:1]),
        ("common-effect", {}, ["glm events, family(binomial n)", "cii proportions 48 17, exact level(95)"]),
    ],
)
def test_a_do_file_has_the_commands_and_the_labels(name: str, options: dict[str, object], parts: list[str]) -> None:
    text = script(case(name, **options), "stata")
    for part in parts:
        assert part in text, part
    expressions = re.findall(r"^replace study = (.*) in \d+$", text, re.MULTILINE)
    assert [read_stata(expression) for expression in expressions] == LABELS


def test_data_on_a_boundary_give_a_script_of_exact_limits() -> None:
    zero = case_of(Counts([0, 0, 0], [2, 3, 4]), "logistic-normal")
    assert "binom.test" in script(zero) and "rma.glmm" not in script(zero)
    assert "cii proportions 9 0, exact" in script(zero, "stata")


@pytest.mark.parametrize(
    ("name", "options", "to", "code"),
    [
        ("beta-binomial", {"limits": "wald", "prediction": "none"}, "metafor", "no-such-model"),
        ("bayesian", {}, "stata", "no-such-model"),
        ("common-effect", {}, "meta", "no-such-model"),
        ("inverse-variance", {"measure": "PRZ"}, "metafor", "no-such-model"),
        ("common-effect", {}, "spss", "unknown-language"),
    ],
)
def test_what_a_software_can_t_do_is_refused(name: str, options: dict[str, object], to: str, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        script(case(name, **options), to)
    assert refused.value.problems[0].code == code


def test_a_meta_script_has_its_own_words() -> None:
    text = script(case("inverse-variance", measure="PR", limits="hk-floor", tau2="DL"), "meta")
    for part in ('sm = "PRAW"', 'method.random.ci = "HK", adhoc.hakn.ci = "se"', 'method.tau = "DL"', "incr = 0.5"):
        assert part in text
    assert 'method = "GLMM"' in script(case(), "meta") and "nAGQ = 100" in script(case(), "meta")
