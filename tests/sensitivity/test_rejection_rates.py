"""How often the tests of asymmetry reject where nothing is missing: the shares that their sentences name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.special import expit, logit

from evidence import Counts, egger, model, peters
from evidence.sensitivity.small_study import EGGER, LEVEL, PETERS, Rejections

#: Sizes of the reports of any response of the first review.
SINGLES = np.array([28, 6, 3, 3, 2, *[1] * 15])
SETS = 2000


def rejected(sets: Iterator[Counts]) -> tuple[float, float]:
    """The shares in which Egger's test and the Peters-type one reject."""
    scale = model("inverse-variance")
    p = [(egger(one, scale).fitted.p, peters(one, scale).fitted.p) for one in sets]
    by_egger, by_peters = (np.array(p) < LEVEL).mean(0)
    return float(by_egger), float(by_peters)


def of_singles() -> Iterator[Counts]:
    """Median logit 2.2, tau 0.5."""
    rng = np.random.default_rng(6)
    for row in rng.binomial(SINGLES, expit(2.2 + 0.5 * rng.standard_normal((SETS, SINGLES.size)))):
        yield Counts(row, SINGLES)


def of_small_reports(proportion: float, tau: float) -> Iterator[Counts]:
    """20 reports of 1, 2 to 4, 5 to 10 or 11 to 30 patients with probabilities 0.4, 0.3, 0.2 and 0.1."""
    rng, lowest, highest = np.random.default_rng(6), np.array([1, 2, 5, 11]), np.array([1, 4, 10, 30])
    for _ in range(SETS):
        kind = rng.choice(4, size=20, p=[0.4, 0.3, 0.2, 0.1])
        n = rng.integers(lowest[kind], highest[kind] + 1)
        yield Counts(rng.binomial(n, expit(logit(proportion) + tau * rng.standard_normal(20))), n)


def said(rejections: Rejections) -> tuple[float, float]:
    low, high = rejections.small_reports.removesuffix(" %").split(" to ")
    return int(low) / 100, int(high) / 100


@pytest.mark.slow
def test_rejections_with_the_sizes_of_the_first_review() -> None:
    """The Monte-Carlo standard error of a share of 2,000 sets is at most 1.1 points."""
    by_egger, by_peters = rejected(of_singles())
    assert by_egger == pytest.approx(int(EGGER.singles.removesuffix(" %")) / 100, abs=0.035)
    assert by_peters == pytest.approx(int(PETERS.singles.removesuffix(" %")) / 100, abs=0.035)


@pytest.mark.slow
def test_rejections_in_reports_of_one_to_thirty() -> None:
    """The ends of what is said are the ends of four designs, within 3 standard errors of 1.1 points at most."""
    found = np.array([rejected(of_small_reports(share, tau)) for share in (0.8, 0.9) for tau in (0.0, 0.8)])
    for shares, test in zip(found.T, (EGGER, PETERS), strict=True):
        assert (shares.min(), shares.max()) == pytest.approx(said(test), abs=0.035)
