"""Every option of every model: a run over many analyses gives what single fits give, to 1e-8, and the same notes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidence
from evidence.measures import ALL
from evidence.pooling.effects import LIMITS, PREDICTIONS
from evidence.pooling.tau2 import TAU2
from tests.many.singles import halves, same_as_one_by_one
from tests.many.tables import many

SHARED = Path(__file__).parents[3] / "shared"
REFERENCE, COCHRANE = SHARED / "reference", SHARED / "corpora" / "cochrane"
Options = dict[str, Any]


def each(name: str, values: Any, **others: Any) -> list[Options]:
    """One specification for each value of an option."""
    return [{name: value, **others} for value in values]


OF_COUNTS = tuple(name for name in ALL if not ALL[name].of_rates)
OF_RATES = tuple(name for name in ALL if ALL[name].of_rates)
CLASSICAL: list[Options] = [
    *each("measure", OF_COUNTS),
    *each("measure", OF_COUNTS, boundary="corrected", prediction="riley"),
    *each("measure", OF_COUNTS, to="none", limits="hk"),
    *each("tau2", TAU2),
    *each("limits", LIMITS, measure="PR"),
    *each("prediction", [name for name in PREDICTIONS if name != "bootstrap"], measure="PFT"),
    *each("to", ("only0", "all", "if0all"), add=0.25, measure="PLN"),
    *each("back", ("harmonic", "harmonic-forced"), measure="PFT"),
    {"level": 0.8, "tau2": "ML", "tau2_limits": "profile"},
]
RATES: list[tuple[str, Options]] = [
    *(("inverse-variance", options) for options in each("measure", OF_RATES)),
    *(("inverse-variance", options) for options in each("measure", OF_RATES, boundary="corrected", tau2="DL")),
    *(("common-effect", options) for options in each("limits", ("exact", "profile", "wald"))),
]
LIKELIHOODS: list[tuple[str, Options]] = [
    *((name, {"limits": way}) for name in ("logistic-normal", "beta-binomial") for way in ("profile-t", "profile")),
    *((name, {"limits": way, "level": 0.9}) for name in ("logistic-normal", "beta-binomial") for way in ("t", "wald")),
    *(("logistic-normal", options) for options in each("prediction", ("riley", "normal", "bayes", "none"), limits="t")),
    *(("common-effect", options) for options in each("limits", ("clopper-pearson", "profile", "wald"))),
]


def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows in another order: those of an analysis stand apart."""
    return frame.sample(frac=1, random_state=5).reset_index(drop=True)


@pytest.mark.parametrize("options", CLASSICAL)
def test_options_of_the_classical_model(options: Options) -> None:
    frame = shuffled(many(8, seed=11))
    assert same_as_one_by_one(frame, evidence.model("inverse-variance", **options)) == 8


@pytest.mark.parametrize(("name", "options"), RATES)
def test_options_of_rates(name: str, options: Options) -> None:
    frame = shuffled(many(8, seed=12)).rename(columns={"total": "time"})
    frame["time"] *= 0.7
    assert same_as_one_by_one(frame, evidence.model(name, **options)) == 8


@pytest.mark.parametrize("name", ["common-effect", "poisson-normal"])
@pytest.mark.parametrize("events", [[3, 4], [0, 0]])
def test_arms_of_the_only_study_of_a_rate(name: str, events: list[int]) -> None:
    """The arms were summed, and that is said, on a boundary as well."""
    frame = pd.DataFrame({"analysis_id": ["a", "a"], "events": events, "time": [9.0, 8.0], "study": ["s", "s"]})
    model = evidence.model(name)
    assert same_as_one_by_one(frame, model, study="study") == 1
    pooled = model.fit(evidence.Rates(events, [9.0, 8.0], studies=["s", "s"]))
    assert "several-arms" in [note.code for note in pooled.notes]


def test_a_limit_beyond_every_number_is_far_from_the_studies() -> None:
    """Two unlike rates at level 0.999: a t quantile of 637, and a limit whose exponential overflows."""
    frame = pd.DataFrame({"analysis_id": ["a", "a"], "events": [24, 35], "time": [62.4, 988.0]})
    model = evidence.model("inverse-variance", measure="IRLN", tau2="ML", limits="hk", level=0.999)
    assert "mean-limit-far" in evidence.pool_many(frame, model=model)["notes"][0]
    assert same_as_one_by_one(frame, model) == 1


@pytest.mark.parametrize("limits", ["profile-t", "wald"])
def test_a_likelihood_of_rates(limits: str) -> None:
    frame = shuffled(many(3, seed=13)).rename(columns={"total": "time"})
    assert same_as_one_by_one(frame, evidence.model("poisson-normal", limits=limits)) == 3


@pytest.mark.parametrize("options", [{}, {"limits": "hk", "tau2": "DL"}, {"measure": "PFT", "boundary": "corrected"}])
def test_arms_of_a_study_in_any_order(options: Options) -> None:
    frame = many(8, seed=14)
    frame["paper"] = np.random.default_rng(15).choice(["a", "b", "c", "d"], len(frame))
    assert same_as_one_by_one(shuffled(frame), evidence.model("inverse-variance", **options), study="paper") == 8


def reference_sets() -> pd.DataFrame:
    """Every table of single arms among the reference sets."""
    rows = []
    for path in sorted(REFERENCE.glob("*.json")):
        data = json.loads(path.read_text("utf-8")).get("data")
        for row in data if isinstance(data, list) else []:
            if isinstance(row.get("xi"), int) and isinstance(row.get("ni"), int) and row["ni"] > 0:
                rows.append((path.stem, row["xi"], row["ni"]))
    return pd.DataFrame(rows, columns=["analysis_id", "events", "total"])


def cochrane_arms() -> pd.DataFrame:
    """Both arms of every dichotomous outcome (DIC) of the exports of Cochrane reviews; its first row is their sum."""
    rows = []
    for path in sorted(COCHRANE.rglob("*.csv")):
        outcome = ""
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if row["Data Type"] or not row["Total 1"]:
                    outcome = f"{path.stem} {row['Name']}" if row["Data Type"] == "DIC" else ""
                elif outcome:
                    counts = ((side, int(row[f"Events {side}"]), int(row[f"Total {side}"])) for side in "12")
                    rows += [(f"{outcome} {side}", events, total) for side, events, total in counts]
    return pd.DataFrame(rows, columns=["analysis_id", "events", "total"])


def real_arms() -> pd.DataFrame:
    """Real meta-analyses and their random halves; skips where they are not there."""
    if not REFERENCE.is_dir() or not COCHRANE.is_dir():
        pytest.skip("no folders ../shared/reference and ../shared/corpora/cochrane beside the clone")
    tables = [reference_sets(), cochrane_arms()]
    assert tables[0]["analysis_id"].nunique() >= 35 and tables[1]["analysis_id"].nunique() >= 2
    return shuffled(halves(pd.concat(tables, ignore_index=True), seed=16))


@pytest.mark.slow
@pytest.mark.parametrize("options", CLASSICAL)
def test_classical_models_of_real_arms(options: Options) -> None:
    assert same_as_one_by_one(real_arms(), evidence.model("inverse-variance", **options)) > 100


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), LIKELIHOODS)
def test_likelihoods_of_real_arms(name: str, options: Options) -> None:
    frame = real_arms()
    few = frame[frame.groupby("analysis_id")["events"].transform("size") <= 50]
    assert same_as_one_by_one(few.reset_index(drop=True), evidence.model(name, **options)) > 90


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), [*RATES, ("poisson-normal", {}), ("poisson-normal", {"limits": "t"})])
def test_rates_of_real_arms(name: str, options: Options) -> None:
    """The units of an arm stand in for the time that it was at risk."""
    frame = real_arms()
    few = frame[frame.groupby("analysis_id")["events"].transform("size") <= 50].reset_index(drop=True)
    frame = few.rename(columns={"total": "time"})
    assert same_as_one_by_one(frame, evidence.model(name, **options)) > 90
