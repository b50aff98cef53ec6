"""R's binom::binom.confint at 95 %, as kept in statsmodels (BSD-3).

Seen in statsmodels/stats/tests/results/results_proportion.py and tests/test_proportion.py (test_confint_proportion,
test_confint_proportion_wilson_clip). Agresti-Coull and asymptotic limits beyond 0 and 1 are cut off here.
"""

from __future__ import annotations

import numpy as np
import pytest

from evidence.measures.limits import study_limits

NAMES = {
    "agresti-coull": "agresti-coull",
    "asymptotic": "wald",
    "exact": "clopper-pearson",
    "prop.test": "wilson-cc",
    "wilson": "wilson",
}
#: Events, units, limits by name, and the digits they are kept with.
TABLE = [
    (
        (18, 20),
        {
            "agresti-coull": (0.6867561125596077, 0.984343760998137),
            "asymptotic": (0.768521618913513, 1.0),
            "exact": (0.6830172859809176, 0.9876514728297052),
            "prop.test": (0.668722403162941, 0.982487361226571),
            "wilson": (0.6989663547715128, 0.972133518786232),
        },
        1e-12,
    ),
    (
        (4, 20),
        {
            "agresti-coull": (0.0749115102767071, 0.4217635845549845),
            "asymptotic": (0.0246954918846837, 0.3753045081153163),
            "exact": (0.05733399705003284, 0.436614002996668),
            "prop.test": (0.0661062308910436, 0.442686245059445),
            "wilson": (0.0806576625797981, 0.4160174322518935),
        },
        1e-12,
    ),
    (
        (0, 30),
        {
            "agresti-coull": (0.0, 0.1347117),
            "asymptotic": (0.0, 0.0),
            "exact": (0.0, 0.11570331),
            "prop.test": (0.0, 0.14132048),
            "wilson": (0.0, 0.11351339),
        },
        5e-8,
    ),
    (
        (30, 30),
        {
            "agresti-coull": (0.8652883, 1.0),
            "asymptotic": (1.0, 1.0),
            "exact": (0.8842967, 1.0),
            "prop.test": (0.8586795, 1.0),
            "wilson": (0.8864866, 1.0),
        },
        5e-8,
    ),
]


@pytest.mark.parametrize(("counts", "limits", "digits"), TABLE)
def test_limits(counts: tuple[int, int], limits: dict[str, tuple[float, float]], digits: float) -> None:
    for name, expected in limits.items():
        np.testing.assert_allclose(study_limits(*counts, NAMES[name]), expected, rtol=0, atol=digits)


def test_wilson_stays_inside() -> None:
    lower, upper = study_limits([19, 38, 0], [38, 38, 77], "wilson")
    np.testing.assert_allclose((lower[0], upper[0]), (0.348499283643951, 0.651500716356049), rtol=1e-12)
    assert upper[1] == 1 and lower[2] == 0
