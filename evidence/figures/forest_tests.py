"""What a forest plot says in rows of words: the spread between studies, and the test for subgroup differences."""

from __future__ import annotations

from collections.abc import Iterator

from .. import display
from ..pooling.result import Heterogeneity, Pooled
from ..pooling.subgroups import Subgroups, degrees


def spread_words(pooled: Pooled) -> str:
    """tau, I2, Q and the likelihood-ratio test, as far as the model has them; empty where nothing is pooled."""
    if pooled.heterogeneity is None or pooled.headline.kind == "observed" or pooled.status == "single-study":
        return ""
    parts = list(_heterogeneity(pooled.heterogeneity))
    return f"Heterogeneity: {'; '.join(parts)}." if parts else ""


def _heterogeneity(spread: Heterogeneity) -> Iterator[str]:
    if spread.tau is not None or spread.tau_ci is not None:
        text = f"tau {display.number(spread.tau, 2)}"
        if spread.tau_ci is not None:
            upper = spread.tau_ci["upper"]
            high = "no upper limit" if upper is None else display.number(upper, 2)
            text += f" ({display.number(spread.tau_ci['lower'], 2)} to {high}, {spread.tau_ci['method']})"
        yield text
    if spread.i2 is not None:
        yield f"I2 {display.percent(spread.i2)}"
    if spread.q is not None:
        yield f"Q {display.number(spread.q, 1)} on {spread.q_df} df, p {display.p_value(spread.q_p)}"
    if spread.lr is not None:
        yield f"likelihood-ratio test of tau = 0: {display.number(spread.lr, 2)}, p {display.p_value(spread.lr_p)}"


def test_words(result: Subgroups) -> str:
    """The test for subgroup differences, or why the groups are not compared."""
    if result.test is None:
        return result.no_test or "No test for subgroup differences."
    statistic, p = display.number(result.test["statistic"], 2), display.p_value(result.test["p"])
    return f"Test for subgroup differences ({result.test['name']}): {statistic} on {degrees(result.test)} df, p {p}."


def silent_words(arms: int) -> str:
    """What stands below the heading of a group of which no arm has a count."""
    return f"No counts ({display.plural(arms, 'arm')})"
