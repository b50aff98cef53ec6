"""A table of many analyses gives what ``pool`` gives one by one; rows that can't be used stop nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidence
from evidence.errors import DataError, EvidenceError, UsageError
from evidence.many.fitting import NUMBERS
from tests.many.singles import same
from tests.many.tables import ODD, many, written

MODELS: list[tuple[str, dict[str, Any]]] = [
    ("logistic-normal", {}),
    ("beta-binomial", {}),
    ("common-effect", {}),
    ("bayesian", {}),
    ("inverse-variance", {}),
    ("inverse-variance", {"measure": "PFT", "tau2": "DL", "limits": "hk", "prediction": "riley"}),
]
#: Analyses of models whose single fits take long.
SLOW = {"logistic-normal": 4, "beta-binomial": 4, "bayesian": 2}


@pytest.mark.parametrize(("name", "options"), MODELS)
def test_each_row_is_the_single_fit(name: str, options: dict[str, Any]) -> None:
    frame, model = many(SLOW.get(name, 25), most=5), evidence.model(name, **options)
    found = evidence.pool_many(frame, model=model)
    assert found["analysis_id"].tolist() == list(dict.fromkeys(frame["analysis_id"]))
    for (_, row), (_, counts) in zip(found.iterrows(), frame.groupby("analysis_id", sort=False), strict=True):
        same(row, model.fit(evidence.Counts(counts["events"], counts["total"])))
        assert row["n"] == counts["total"].sum()


@pytest.mark.parametrize("options", [{}, {"limits": "wald"}, {"tau2": "PM", "limits": "cr2"}])
@pytest.mark.parametrize("name", ["inverse-variance", "common-effect"])
def test_arms_of_one_study(name: str, options: dict[str, str]) -> None:
    if name == "common-effect" and options:
        options = {"limits": "profile"}
    frame, model = many(20, seed=2), evidence.model(name, **options)
    generator = np.random.default_rng(3)
    frame["paper"] = generator.choice(["a", "b", "c", "d", ""], len(frame), p=[0.3, 0.2, 0.2, 0.1, 0.2])
    found = evidence.pool_many(frame, model=model, study="paper").set_index("analysis_id")
    for name_of, counts in frame.groupby("analysis_id", sort=False):
        studies = [paper or f"alone {i}" for i, paper in enumerate(counts["paper"])]
        pooled = model.fit(evidence.Counts(counts["events"], counts["total"], studies=studies))
        same(found.loc[name_of], pooled)


def test_rates() -> None:
    frame, model = many(30, seed=4), evidence.model("inverse-variance", measure="IRLN")
    frame["person_years"] = frame.pop("total") * 1.5
    found = evidence.pool_many(frame, model=model, time="person_years").set_index("analysis_id")
    for name, rates in frame.groupby("analysis_id", sort=False):
        same(found.loc[name], model.fit(evidence.Rates(rates["events"], rates["person_years"])))
        assert found.loc[name]["time"] == rates["person_years"].sum()
    by_name = evidence.pool_many(frame.iloc[:3])
    assert "time" in by_name
    named = evidence.pool_many(frame, model="inverse-variance", time="person_years").set_index("analysis_id")
    pd.testing.assert_frame_equal(named, found)
    common = evidence.pool_many(frame, model="common-effect", time="person_years")
    assert common["pi_lower"].isna().all() and common["status"].isin(["ok", "all-zero", "single-study"]).all()


def test_times_are_no_totals() -> None:
    frame = many(10, seed=4)
    frame["pt"] = frame.pop("total") * 1.5 + 0.25
    found = evidence.pool_many(frame, model="common-effect", total="pt")
    assert (found["status"] == "not-pooled").all()
    assert (
        found["problem"]
        .str.contains(r"not-whole.*times at risk are no totals: name their column with --exposure")
        .all()
    )


def test_rows_that_can_not_be_used_are_told_and_stop_nothing(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(ODD, encoding="utf-8")
    found = evidence.pool_many(path, model="common-effect").fillna({"analysis_id": ""}).set_index("analysis_id")
    codes = {
        "text": ("not-a-number", 5),
        "more": ("events-exceed-total", 7),
        "minus": ("negative", 8),
        "none": ("no-count", 9),
        "half": ("not-whole", 13),
        "zero": ("total-zero", 14),
        "inf": ("not-a-number", 15),
        "short": ("row-too-short", 18),
        "long": ("row-too-long", 19),
        "": ("no-id", 20),
        "date": ("date", 21),
        "huge": ("out-of-range", 22),
    }
    fine = ["007", "NA", 'quo "ted", and long', "alone"]
    assert sorted(found.index) == sorted([*codes, *fine])
    for name, (code, line) in codes.items():
        row = found.loc[name]
        assert row["status"] == "not-pooled" and np.isnan(row["estimate"]) and row["k"] >= 1
        assert row["problem"].startswith(f"{path}:{line}"), row["problem"]
        assert code in row["problem"] and "; mend: " in row["problem"], row["problem"]
    assert (found.loc[fine, "problem"] == "").all()
    assert found.loc[fine, "status"].tolist() == ["ok", "ok", "ok", "single-study"]
    assert found.loc[fine, "n"].tolist() == [27, 33, 40, 5]


def test_a_study_without_a_variance_is_said_in_the_words_of_the_single_fit() -> None:
    table = {"analysis_id": ["a", "a", "b", "b"], "events": [0, 3, 2, 3], "total": [5, 9, 5, 9]}
    found = evidence.pool_many(table, model=evidence.model("inverse-variance", to="none"))
    assert found["status"].tolist() == ["no-fit", "tau-zero"]
    assert "no variance on the scale PLO" in found["problem"][0] and "mend" in found["problem"][0]


def test_an_arm_without_a_variance_is_named_by_its_place_in_the_table() -> None:
    """Arms of one study are put beside each other to be fitted; the second row is the one without an event."""
    events, total, study = [3, 0, 4, 5, 2], [9, 5, 9, 9, 8], list("PQRRS")
    model = evidence.model("inverse-variance", to="none")
    table = {"analysis_id": ["a"] * 5, "events": events, "total": total, "study": study}
    found = evidence.pool_many(table, model=model, study="study")
    with pytest.raises(EvidenceError) as raised:
        model.fit(evidence.Counts(events, total, studies=study))
    assert found["problem"][0].startswith("2: no value") and raised.value.problems[0].message in found["problem"][0]


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_files_tables_and_dicts_give_the_same(ending: str, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    frame = many(30)
    expected = evidence.pool_many(frame, model="common-effect")
    apart = frame.sample(frac=1, random_state=1).sort_values("total", kind="stable")
    for table in (
        written(frame, tmp_path / f"together{ending}"),
        {name: frame[name].to_numpy() for name in frame},
        pyarrow.Table.from_pandas(frame),
    ):
        pd.testing.assert_frame_equal(evidence.pool_many(table, model="common-effect"), expected)
    order = list(dict.fromkeys(apart["analysis_id"]))
    for table in (apart, written(apart, tmp_path / f"apart{ending}")):
        found = evidence.pool_many(table, model="common-effect")
        assert found["analysis_id"].tolist() == order
        # The same sums in another order of the studies.
        numbers = found.set_index("analysis_id").loc[expected["analysis_id"], list(NUMBERS)].to_numpy()
        np.testing.assert_allclose(numbers, expected[list(NUMBERS)].to_numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        (np.array([7, 3, 7]), [7, 3]),
        (np.array([0.5, 3, 0.5]), [0.5, 3]),
        (pd.array([7, None, 7], dtype="Int64"), [7, pd.NA]),
        (["a", "b", "a "], ["a", "b"]),
        (np.array([1, "b", "1"], dtype=object), ["1", "b"]),
        (pd.to_datetime(["2020-01-02", "2020-01-01", "2020-01-02"]), ["2020-01-02 00:00:00", "2020-01-01 00:00:00"]),
    ],
)
def test_ids_stay_numbers_or_text(ids: Any, found: list[Any]) -> None:
    table = pd.DataFrame({"analysis_id": ids, "events": [1, 2, 3], "total": [4, 5, 6]})
    pooled = evidence.pool_many(table, model="common-effect")
    assert pooled["analysis_id"].tolist() == found
    assert pooled["k"].tolist() == [2, 1]
    said = pooled["notes"].str.contains("id-spellings").tolist()
    assert said == [ids[-1] == "a " if isinstance(ids, list) else False, False]


def test_names_of_columns_that_are_no_text() -> None:
    found = evidence.pool_many(many(3).rename(columns={"analysis_id": 0}), by="0", model="common-effect")
    assert found.columns[0] == "0" and len(found) == 3


def test_progress_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    evidence.pool_many(many(5), model="common-effect", progress=lambda *what: told.append(what))
    rows = len(many(5))
    assert told == [("reading", rows, 0), ("pooling", 0, rows), ("pooling", rows, rows)]


def test_a_cluster_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import contextmanager

    from evidence.workers import Here, Workers

    asked: list[Workers] = []

    @contextmanager
    def started(workers: Workers, say: Any) -> Any:
        asked.append(workers)
        yield Here()

    monkeypatch.setattr("evidence.many.running.started", started)
    evidence.pool_many(many(5), model="common-effect", cluster="tcp://127.0.0.1:9")
    assert asked == [Workers(cluster="tcp://127.0.0.1:9")]


def test_columns_by_other_names() -> None:
    frame = many(5).rename(columns={"analysis_id": "k", "events": "dead", "total": "treated"})
    found = evidence.pool_many(frame, by="k", model="common-effect", events="dead", total="treated")
    assert found.columns[:3].tolist() == ["id", "k", "n"]


def of_objects(rows: int, value: Any) -> pd.Series[Any]:
    """A column that holds the same thing in each row."""
    return pd.Series([value for _ in range(rows)], dtype=object)


def test_nothing_to_pool_is_an_empty_table() -> None:
    found = evidence.pool_many(many(3).iloc[:0], model="common-effect")
    assert len(found) == 0 and "estimate" in found


@pytest.mark.parametrize(
    ("arguments", "error", "code"),
    [
        ({"by": "meta"}, DataError, "no-by-column"),
        ({"events": "evnts"}, DataError, "unknown-column"),
        ({"events": "total"}, DataError, "ambiguous-column"),
        ({"by": "events"}, DataError, "ambiguous-column"),
        ({"model": "poison-normal"}, UsageError, "unknown-model"),
        ({"workers": 0}, UsageError, "workers"),
        ({"wrkers": 2}, UsageError, "unknown-argument"),
        ({"cluster": 3}, UsageError, "cluster"),
        ({"cluster": "tcp://127.0.0.1:9", "workers": 2}, UsageError, "workers"),
        ({"progress": True}, UsageError, "progress"),
        ({"by": ["analysis_id"]}, UsageError, "by"),
        ({"by": None}, UsageError, "by"),
        ({"time": 3}, UsageError, "time"),
        ({"time": "total", "total": "total"}, UsageError, "two-sizes"),
        ({"model": 3}, UsageError, "model"),
        ({"model": "poisson-normal"}, DataError, "not-rates"),
        ({"time": "total", "model": "beta-binomial"}, DataError, "rates"),
        ({"table": many(2).assign(events=of_objects(len(many(2)), []))}, DataError, "not-a-value"),
        ({"table": many(2).assign(analysis_id=of_objects(len(many(2)), {}))}, DataError, "not-a-value"),
        ({"table": pd.concat([many(2), many(2)[["analysis_id"]]], axis="columns")}, DataError, "ambiguous-column"),
        ({"table": [1, 2]}, UsageError, "no-table"),
        ({"table": {"analysis_id": [1], "events": [1, 2], "total": [1]}}, DataError, "shape"),
        ({"table": "nowhere.csv"}, DataError, "missing-file"),
    ],
)
def test_what_can_not_be_asked(arguments: dict[str, Any], error: type[Exception], code: str) -> None:
    with pytest.raises(error) as raised:
        evidence.pool_many(**{"table": many(2), **arguments})
    assert raised.value.problems[0].code == code  # type: ignore[attr-defined]
    assert "--" not in str(raised.value)


def test_a_search_that_fails_costs_its_own_analysis_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from evidence.pooling.common_effect import CommonEffect

    estimate = CommonEffect.estimate

    def failing(self: CommonEffect, counts: Any) -> Any:
        if (counts.events == 13).any():
            raise FloatingPointError("overflow")
        return estimate(self, counts)

    monkeypatch.setattr(CommonEffect, "estimate", failing)
    table = {"analysis_id": list("aabbccdd"), "events": [1, 2, 13, 1, 1, 2, 1, 2], "total": [20] * 8}
    found = evidence.pool_many(table, model="common-effect")
    assert found["status"].tolist() == ["ok", "no-fit", "ok", "ok"]
    assert "mend" in found["problem"][1]
