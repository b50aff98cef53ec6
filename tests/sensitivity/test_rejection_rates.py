"""How often the tests of asymmetry reject where nothing is missing: the shares that their sentences name."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from evidence import Counts, egger, model, peters

#: Sizes of the reports of any response of the first review.
SIZES = np.array([28, 6, 3, 3, 2, *[1] * 15])
SETS = 2000


@pytest.mark.slow
def test_rejections_with_the_sizes_of_the_first_review() -> None:
    """Median logit 2.2, tau 0.5: a Monte-Carlo standard error of a share is at most 1.1 points of 2,000 sets."""
    rng = np.random.default_rng(6)
    x = rng.binomial(SIZES, expit(2.2 + 0.5 * rng.standard_normal((SETS, SIZES.size))))
    scale = model("inverse-variance")
    sets = [Counts(row, SIZES) for row in x]
    by_egger = np.mean([egger(one, scale).fitted.p < 0.10 for one in sets])
    by_peters = np.mean([peters(one, scale).fitted.p < 0.10 for one in sets])
    assert by_egger == pytest.approx(0.75, abs=0.035)
    assert by_peters == pytest.approx(0.90, abs=0.035)
