"""The two reviews of this repository, as their dataset cards say they are."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from evidence.review.codebook import CORE
from evidence.review.review import Review, book_of, check_review, read_review, review_names


@pytest.fixture(scope="module")
def skin(calcinosis: Path) -> Review:
    return read_review(calcinosis)


@pytest.fixture(scope="module")
def vessels(calciphylaxis: Path) -> Review:
    return read_review(calciphylaxis)


def sizes(review: Review) -> dict[str, int]:
    return {name: len(frame) for name, frame in review.tables.items()}


def test_calcinosis_has_every_row(skin: Review) -> None:
    assert sizes(skin) == {
        "reports": 69,
        "screening": 69,
        "studies": 23,
        "arms": 23,
        "outcomes": 59,
        "adverse_events": 7,
        "patients": 18,
        "claims": 26,
        "continuous_results": 5,
        "searches": 0,
        "appraisals": 0,
        "certainty": 0,
        "overlap": 0,
        "changes": 0,
    }
    assert skin.tables["studies"]["n_treated"].sum() == skin.tables["arms"]["n_treated"].sum() == 110
    assert skin.tables["outcomes"]["arm_id"].nunique() == 20
    assert len(skin.references) == 69


def test_calciphylaxis_has_every_row(vessels: Review) -> None:
    assert sizes(vessels) == {
        "reports": 35,
        "screening": 35,
        "studies": 8,
        "arms": 8,
        "outcomes": 18,
        "adverse_events": 3,
        "patients": 0,
        "claims": 31,
        "continuous_results": 0,
        "searches": 0,
        "appraisals": 0,
        "certainty": 0,
        "overlap": 0,
        "changes": 0,
    }
    assert vessels.tables["studies"]["n_treated"].sum() == 145
    assert vessels.tables["outcomes"]["arm_id"].nunique() == 7


def test_flow_is_that_of_the_card(skin: Review) -> None:
    screening = skin.tables["screening"]
    assert Counter(screening["decision"]) == {
        "included": 23,
        "duplicate_report": 7,
        "awaiting_classification": 15,
        "excluded": 24,
    }
    excluded = screening[screening["decision"] == "excluded"]
    assert Counter(excluded["reason"]) == {
        "review": 10,
        "wrong_population": 6,
        "wrong_intervention": 4,
        "registry_no_results": 3,
        "no_outcome": 1,
    }


@pytest.mark.parametrize(("name", "seen"), [("skin", "59 of 69 reports"), ("vessels", "31 of 35 reports")])
def test_seed_banner(name: str, seen: str, request: pytest.FixtureRequest) -> None:
    review: Review = request.getfixturevalue(name)
    assert review.settings.status == "seed"
    banner = review.settings.banner
    assert banner is not None
    for part in ("not a finished systematic review", "no database searched", f"{seen} known at abstract level"):
        assert part in banner
    assert "not for treatment decisions" in banner


def test_what_is_not_stated_is_none_and_warned_of(skin: Review) -> None:
    settings = skin.settings
    stated = (settings.search_date, settings.registration, settings.protocol, settings.funding, settings.interests)
    assert stated == (None,) * 5
    assert settings.curators == ()
    missing = {problem.column for problem in skin.problems if problem.code == "not-stated"}
    assert missing == {"search_date", "registration", "protocol", "funding", "interests", "curators"}


def test_a_declared_search_has_no_banner(third_review: Path) -> None:
    settings = read_review(third_review).settings
    assert (settings.banner, settings.search_date, settings.databases) == (None, "2024-05-01", ("Example database",))


def test_outcomes_and_their_relations(skin: Review, vessels: Review) -> None:
    outcomes = skin.settings.outcomes
    assert list(outcomes) == ["complete_remission", "any_response", "no_response", "recurrence", "any_adverse_event"]
    assert outcomes["complete_remission"].part_of == "any_response"
    assert outcomes["no_response"].complement_of == "any_response"
    assert str(outcomes["any_response"].time) == "last"
    assert str(vessels.settings.outcomes["death"].time) == "nearest = 12"


def test_warnings_are_those_that_a_reader_needs(skin: Review) -> None:
    assert all(problem.severity == "warning" for problem in skin.problems)
    codes = Counter(problem.code for problem in skin.problems)
    assert codes["no-year"] == 6
    assert {p.message.split()[0] for p in skin.problems if p.code == "arm-without-outcome"} == {
        "esmed2096-1",
        "nih2024-1",
        "jpeds2012-1",
    }
    (larger,) = [p for p in skin.problems if p.code == "adverse-total-exceeds-arm"]
    assert "gauffenic2023-1" in larger.message
    not_seen = {problem.message.split(":")[0] for problem in skin.problems if problem.code == "not-seen"}
    assert not_seen == {key for key, ref in skin.references.items() if not ref.title or not ref.authors}
    assert len(not_seen) == codes["not-seen"] > 30


def test_types_and_missing_values(skin: Review) -> None:
    arms, outcomes = skin.tables["arms"], skin.tables["outcomes"]
    assert str(arms["n_treated"].dtype) == str(outcomes["events"].dtype) == "Int64"
    assert str(arms["concentration_mg_ml"].dtype) == "Float64"
    assert arms["vehicle"].isna().sum() == 12
    assert all(value is pd.NA for value in arms["vehicle"][arms["vehicle"].isna()])
    assert list(arms.columns) == list(skin.codebook["arms"].names)


def test_claims_are_told_apart(skin: Review) -> None:
    claims, results = skin.tables["claims"], skin.tables["continuous_results"]
    first = claims.iloc[0]
    assert (first["kind"], first["outcome"], first["filter"]) == (
        "proportion",
        "complete_remission",
        "route=intralesional",
    )
    assert (first["lower"], first["upper"]) == (50, 100)
    assert set(claims["kind"]) == {"proportion", "most_frequent", "range", "named_events", "not_checkable"}
    assert not claims.loc[claims["kind"] == "not_checkable", "check_note"].isna().any()
    assert results["result_id"].tolist() == [f"claim{i}" for i in range(27, 32)]
    assert set(results["arm_id"]) == {"esmed2096-1", "nih2024-1"}


@pytest.mark.parametrize("name", ["calcinosis", "calciphylaxis"])
def test_tables_and_files_hold_the_same(name: str, request: pytest.FixtureRequest) -> None:
    """Every cell of every file is in its table, under its column."""
    folder: Path = request.getfixturevalue(name)
    review = read_review(folder)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        frame = review.tables[path.stem]
        assert len(frame) == len(rows)
        for column in rows[0] if rows else ():
            for text, value in zip([row[column] for row in rows], frame[column], strict=True):
                if pd.isna(value):
                    assert text == ""
                elif isinstance(value, str):
                    assert text == value
                else:
                    assert float(text) == float(value)


def test_card_names_every_change(calcinosis: Path) -> None:
    card = (calcinosis / "README.md").read_text(encoding="utf-8")
    for caveat in (
        "35",
        "acetazolamide",
        "Possible overlaps",
        "lackresponse_iv_nd",
        "heal without STS",
        "biased upwards",
    ):
        assert caveat in card
    assert re.search(r"claim01 to claim26 .*claim27 to claim31", card)


def test_reviews_are_found_by_name(monkeypatch: pytest.MonkeyPatch, calcinosis: Path) -> None:
    monkeypatch.chdir(calcinosis.parents[1])
    assert review_names() == ("sts-calcinosis-cutis", "sts-calciphylaxis", "synthetic-example")
    assert read_review("sts-calciphylaxis").path == Path("data/sts-calciphylaxis")
    assert str(check_review("sts-calciphylaxis")[0].file).startswith(str(Path("data/sts-calciphylaxis")))
    assert read_review(str(calcinosis)).name == "sts-calcinosis-cutis"


def test_own_columns_follow_the_core_ones(skin: Review) -> None:
    for name, table in book_of(skin.settings).items():
        core = len(CORE[name].columns)
        assert not any(column.own for column in table.columns[:core])
        assert all(column.own for column in table.columns[core:])
    assert skin.codebook["arms"].column("concentration_mg_ml") is not None
