"""Made-up patients: no review yet describes enough of them one by one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from evidence.review.codebook import CORE

#: Patients of each made-up study: five studies with several.
SIZES = (4, 3, 5, 2, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1)


def made_up(sizes: tuple[int, ...] = SIZES, seed: int = 3) -> Any:
    """A review with made-up patients, as far as the question looks at one: tables and codebook."""
    generator = np.random.default_rng(seed)
    arms = pd.DataFrame(
        {
            "arm_id": [f"study{i}-1" for i in range(len(sizes))],
            "study_id": [f"study{i}" for i in range(len(sizes))],
            "n_treated": [size + 1 for size in sizes],
            "same_patients_as": pd.array([pd.NA] * len(sizes), dtype="string"),
            "comparison_group": ["yes" if i % 2 else "no" for i in range(len(sizes))],
        }
    )
    rows = []
    for i, size in enumerate(sizes):
        shift = generator.normal(0, 0.5)
        for j in range(size):
            age, sex = int(generator.integers(20, 80)), "MF"[int(generator.integers(2))]
            happened = generator.random() < 1 / (1 + np.exp(-shift - 0.03 * (50 - age) - 0.5 * (sex == "F")))
            rows.append((f"study{i}-1-p{j}", f"study{i}-1", age, sex, "complete" if happened else "none"))
    people = pd.DataFrame(rows, columns=["patient_id", "arm_id", "age_years", "sex", "response"])
    return SimpleNamespace(tables={"arms": arms, "patients": people}, codebook=CORE)
