"""Our numbers against the numbers kept in this folder. How many of each there are is pinned: none may vanish."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidence.measures import MEASURES
from tests.reference.matching import PROCEDURES, Pair, numbers

HERE = Path(__file__).parent


@cache
def content(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return found


def rows(name: str) -> Iterator[dict[str, Any]]:
    for row in content(name)["rows"]:
        yield dict(zip(content(name)["columns"], row, strict=True))


def counts_of(row: dict[str, Any], name: str) -> tuple[np.ndarray, np.ndarray]:
    source = content("datasets")["sets"][row["dataset"]] if "dataset" in row else content(name)
    return np.array(source["xi"], dtype=float), np.array(source["ni"], dtype=float)


def pairs(name: str, procedure: str) -> Iterator[tuple[dict[str, Any], Pair]]:
    for row in rows(name):
        xi, ni = counts_of(row, name)
        if procedure in ("rma", "reference_tau2", "confint") and xi.size < 2:
            continue
        for pair in PROCEDURES[procedure](xi, ni, row, row):
            yield row, pair


# file, procedure, numbers compared, of which are explained divergences of the reference
PINNED = [
    ("escalc", "escalc", 1758, 150),
    ("escalc_grid", "escalc", 6236, 676),
    ("rma", "rma", 12860, 135),
    ("tau2", "reference_tau2", 815, 0),
    ("confint", "confint", 2042, 0),
    ("proportion_limits", "study_limits", 6084, 334),
]


@pytest.mark.parametrize(("name", "procedure", "compared", "explained"), PINNED)
def test_every_number_matches_or_is_explained(name: str, procedure: str, compared: int, explained: int) -> None:
    found = list(pairs(name, procedure))
    wrong = [(row, pair) for row, pair in found if not pair.matches and pair.explained is None]
    assert not wrong, wrong[:5]
    assert len(found) == compared
    assert sum(pair.explained is not None and not pair.matches for _, pair in found) == explained


def test_transforms_of_metafor() -> None:
    ways: Counter[str] = Counter()
    for row in rows("transforms"):
        x = numbers(row["values"].get("x", row["values"].get("p")))
        reference, procedure, options = numbers(row["values"]["value"]), row["procedure"], row["options"]
        if procedure in ("transf.ipft", "transf.ipft.hm"):
            size = options["harmonic_mean"] if procedure.endswith("hm") else float(options["ni"])
            ours = MEASURES["PFT"].back(x, np.asarray(size))
        elif procedure == "transf.pft":
            size = float(options["ni"])
            ours = MEASURES["PFT"].transformed(x * size, np.asarray(size))[0]
        elif procedure == "transf.iarcsin":
            ours = MEASURES["PAS"].back(x)
        elif procedure == "transf.ilogit":
            ours = MEASURES["PLO"].back(x)
        else:
            ours = MEASURES["PLO"].mean(x, np.asarray(options["tau2"]))
        # Closed forms, and an integral whose reference has 13 digits.
        np.testing.assert_allclose(ours, reference, rtol=1e-12, atol=2e-15)
        ways[procedure] += x.size
    assert ways == {
        "transf.ipft": 315,
        "transf.ipft.hm": 45,
        "transf.pft": 56,
        "transf.iarcsin": 45,
        "transf.ilogit": 25,
        "reference_ilogit_int": 75,
    }


#: Files made by a script of this folder with Debian's metafor.
DEBIANS = ("rates", "pooled_rates", "cr2", "i2", "questions")


def test_every_file_names_its_source() -> None:
    for path in HERE.glob("*.json"):
        found = content(path.stem)
        assert found["versions"]["metafor"] == ("3.8.1" if path.stem in DEBIANS else "5.1.12")
        assert found.get("call") or found.get("source")
    assert sum(path.stat().st_size for path in HERE.glob("*") if path.is_file()) < 1_500_000
