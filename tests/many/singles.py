"""A row of a table of many analyses against the single fit of its studies."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidence
from evidence.errors import EvidenceError
from evidence.many.fitting import NUMBERS
from evidence.pooling.stack_facts import UNTOLD


def alone(pooled: Any) -> dict[str, float]:
    """The numbers of a single fit under the names of the columns; NaN where it has none."""
    told = pooled.to_dict()
    spread, analysis = told["heterogeneity"] or {}, told["analysis"] or {}
    pairs = {"": ("ci", "estimate"), "mean_": ("mean_ci", "mean"), "pi_": ("pi", None)}
    found = {"effect": analysis.get("estimate"), "se": analysis.get("se"), "log_likelihood": told["log_likelihood"]}
    found |= {"tau": spread.get("tau"), "tau2": spread.get("tau2"), "I2": spread.get("i2")}
    for prefix, (limits, value) in pairs.items():
        found |= {prefix + side: (told[limits] or {}).get(side, math.nan) for side in ("lower", "upper")}
        if value is not None:
            found[value] = told[value]
    for prefix, (limits, _) in pairs.items():
        if told[limits] is not None and told[limits]["upper"] is None:
            found[prefix + "upper"] = math.inf
    return {name: math.nan if value is None else value for name, value in found.items()}


def same(row: Any, pooled: Any) -> None:
    """A row of the table is the single fit, to the size of what a search leaves: 1e-8."""
    assert (row["status"], row["k"], row["events"]) == (pooled.status, pooled.k, pooled.events)
    codes = dict.fromkeys(note.code for note in pooled.notes if note.code not in UNTOLD)
    assert row["notes"] == ";".join(codes)
    expected = alone(pooled)
    for name in NUMBERS:
        assert row[name] == pytest.approx(expected[name], rel=1e-8, abs=1e-8, nan_ok=True), name


def same_as_one_by_one(frame: pd.DataFrame, model: Any, **columns: Any) -> int:
    """Every analysis of a table (analysis_id, events, and total or time) against its single fit.

    Args:
        columns: As of ``pool_many``; ``study`` among them where rows are arms.

    Returns:
        How many were compared, those without a fit among them: they say why in the words of the single fit.
    """
    found = evidence.pool_many(frame, model=model, **columns).set_index("analysis_id")
    assert found.index.tolist() == list(dict.fromkeys(frame["analysis_id"]))
    size = "time" if "time" in frame else "total"
    kind = evidence.Rates if "time" in frame else evidence.Counts
    for name, rows in frame.groupby("analysis_id", sort=False):
        studies = rows[columns["study"]].tolist() if "study" in columns else None
        row, pooled = found.loc[name], single(kind(rows["events"], rows[size], studies=studies), model)
        if isinstance(pooled, str):
            assert row["status"] == "no-fit" and pooled in row["problem"]
        else:
            same(row, pooled)
            assert row["time" if "time" in frame else "n"] == pytest.approx(rows[size].sum(), rel=1e-12)
    return len(found)


def single(given: Any, model: Any) -> Any:
    """The result of a single fit, or what it says of why there is none."""
    try:
        return evidence.pool(given, model)
    except EvidenceError as error:
        return error.problems[0].message


def halves(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Each analysis as it is and as two random halves, in the order of its rows."""
    generator = np.random.default_rng(seed)
    half = pd.Series(generator.integers(0, 2, len(frame)), index=frame.index).map({0: " a", 1: " b"})
    parts = frame.assign(analysis_id=frame["analysis_id"] + half)
    return pd.concat([frame, parts], ignore_index=True)
