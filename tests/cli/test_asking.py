"""What is typed becomes a question, or a mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.cli.asking import Arms, cuts, filters, fraction, is_review, model_options, select_arms
from evidence.errors import UsageError


def test_filters_collect_values_by_column() -> None:
    assert filters(["route=topical", "design = case_report", "route=oral"]) == {
        "route": ["topical", "oral"],
        "design": ["case_report"],
    }
    assert filters(["label=a=b"]) == {"label": ["a=b"]}
    for wrong in ("route", "=topical"):
        with pytest.raises(UsageError, match="COLUMN=VALUE"):
            filters([wrong])


def test_cuts_are_rising_numbers() -> None:
    assert cuts("100, 200") == (100.0, 200.0)
    assert cuts(None) == ()
    for wrong in ("", "a", "200,100", "100,100", "nan,1", "1,,2"):
        with pytest.raises(UsageError, match="100,200"):
            cuts(wrong)


def test_any_option_of_the_model_can_be_typed() -> None:
    assert model_options("inverse-variance", ["add=0.25", "to = all"]) == {"add": 0.25, "to": "all"}
    assert model_options("bayesian", ["mu_sd=inf", "likelihood=normal"]) == {
        "mu_sd": float("inf"),
        "likelihood": "normal",
    }
    for wrong, mend in (
        ("add", "NAME=VALUE"),
        ("=1", "NAME=VALUE"),
        ("add=", "NAME=VALUE"),
        ("add=a", "give a number"),
    ):
        with pytest.raises(UsageError, match=mend):
            model_options("inverse-variance", [wrong])


def test_a_level_is_a_fraction_and_95_is_mended() -> None:
    assert fraction("0.9") == 0.9
    for wrong, mend in (("95", "0.95"), ("90%", "0.9"), ("99", "0.99"), ("x", "0.95"), ("0", "0.95"), ("-1", "0.95")):
        with pytest.raises(UsageError) as caught:
            fraction(wrong)
        assert caught.value.problems[0].mend == f"write it as a fraction: --level {mend}"


def test_a_folder_or_a_bare_name_is_a_review_and_a_file_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x", encoding="utf-8")
    assert is_review(tmp_path)
    assert is_review(Path("some-review"))
    assert not is_review(tmp_path / "t.csv")
    assert not is_review(tmp_path / "missing.csv")


def test_a_table_of_a_review_is_not_pooled_by_itself(tmp_path: Path) -> None:
    for name in ("review.toml", "outcomes.csv"):
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        is_review(tmp_path / "outcomes.csv")
    assert str(tmp_path) in caught.value.problems[0].mend


def test_options_of_a_review_are_refused_for_a_table_and_the_other_way_round(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Study,Events,N\nAda,1,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="--outcome and --time can't be used with a bare table"):
        select_arms(str(path), Arms(outcome="death", time="last"))
    with pytest.raises(UsageError, match="--sheet can't be used with a review"):
        select_arms(str(tmp_path), Arms(table={"sheet": "First"}))
