"""I2 and H2: how much of the variation of effects is between studies, from tau2 and from Cochran's Q, with limits.

From tau2: i2 = tau2 / (tau2 + s2) and h2 = 1 + tau2 / s2, s2 the typical sampling variance; their limits are those of
tau2. From Q: h2_q = Q / (k - 1), at least 1, and i2_q = 1 - 1 / h2_q; their limits are test-based, of log H.
Source of both: Higgins and Thompson 2002, 10.1002/sim.1186.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite, log, sqrt
from typing import Any

from scipy.special import chdtrc, ndtri

#: Name of the limits from Q.
TEST_BASED = "higgins-thompson"


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """The parts of a result's heterogeneity that compare tau2, or Q, with the sampling variances; limits as dicts."""

    i2: float
    i2_ci: dict[str, Any]
    h2: float
    h2_ci: dict[str, Any]
    i2_q: float
    i2_q_ci: dict[str, Any] | None
    h2_q: float
    h2_q_ci: dict[str, Any] | None
    q: float
    q_df: int
    q_p: float


def inconsistency(tau2: float, tau2_ci: dict[str, Any], s2: float, q: float, df: int) -> Inconsistency:
    """Everything at once.

    Args:
        tau2: Between-study variance.
        tau2_ci: Its limits: ``lower``, ``upper``, ``level``, ``method``.
        s2: The typical sampling variance.
        q, df: Cochran's Q and its degrees of freedom, k - 1 > 0.
    """
    named = {"level": tau2_ci["level"], "method": tau2_ci["method"]}
    low, high = tau2_ci["lower"], tau2_ci["upper"]
    h2_q, limits = max(1.0, q / df), q_limits(q, df + 1, tau2_ci["level"])
    from_q = {"level": tau2_ci["level"], "method": TEST_BASED}
    return Inconsistency(
        i2=tau2 / (tau2 + s2),
        i2_ci={"lower": low / (low + s2), "upper": high / (high + s2), **named},
        h2=1 + tau2 / s2,
        h2_ci={"lower": 1 + low / s2, "upper": 1 + high / s2, **named},
        i2_q=1 - 1 / h2_q,
        i2_q_ci=None if limits is None else {"lower": 1 - 1 / limits[0], "upper": 1 - 1 / limits[1], **from_q},
        h2_q=h2_q,
        h2_q_ci=None if limits is None else {"lower": limits[0], "upper": limits[1], **from_q},
        q=q,
        q_df=df,
        q_p=float(chdtrc(df, q)),
    )


def q_limits(q: float, k: int, level: float) -> tuple[float, float] | None:
    """Limits of H2 = Q / (k - 1) from the standard error of log H; None for 2 studies with Q <= 2, where it has none.

    Args:
        q: Cochran's Q. k: Studies, at least 2. level: Nominal coverage, a fraction.

    Returns:
        lower and upper, both at least 1.
    """
    if q > k:
        se = 0.5 * (log(q) - log(k - 1)) / (sqrt(2 * q) - sqrt(2 * k - 3))
    elif k > 2:
        se = sqrt((1 - 1 / (3 * (k - 2) ** 2)) / (2 * (k - 2)))
    else:
        return None
    h2, reach = max(1.0, q / (k - 1)), exp(2 * float(ndtri(0.5 * (1 + level))) * se)
    return (max(1.0, h2 / reach), h2 * reach) if isfinite(h2 * reach) else None
