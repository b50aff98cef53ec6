"""Random sparse data for the tests of stacks: small studies, many of them all or none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_STUDIES, LARGEST = 40, 60


def sparse(rng: np.random.Generator, rows: int, most: int = MOST_STUDIES) -> tuple[Integers, Integers]:
    """Events and units of shape (rows, most): 1 to ``most`` studies of 1 to 60 units, many with 0 or only events."""
    k = rng.integers(1, most + 1, rows)
    n = np.where(
        rng.random((rows, most)) < 0.4, rng.integers(1, 4, (rows, most)), rng.integers(1, LARGEST + 1, (rows, most))
    )
    # A third of the analyses has one size throughout, so that cells repeat and effects are identical.
    n = np.where(rng.random((rows, 1)) < 1 / 3, n[:, :1], n)
    # Absent studies lie anywhere, not only at the end.
    n[rng.permuted(np.broadcast_to(np.arange(most), (rows, most)), axis=1) >= k[:, None]] = 0
    spread = rng.choice([0.0, 0.5, 1.0, 3.0, 10.0], rows)[:, None]
    p = expit(rng.choice([-4.0, -1.0, 0.0, 2.0], rows)[:, None] + spread * rng.normal(size=(rows, most)))
    x = rng.binomial(n, p)
    extreme = rng.random((rows, most))
    share = rng.choice([0.0, 0.3, 1.0], rows)[:, None]
    x = np.where(extreme < 0.5 * share, 0, np.where(extreme < share, n, x))
    return x, n


def sparse_rates(rng: np.random.Generator, rows: int, most: int = MOST_STUDIES) -> tuple[Integers, Floats]:
    """Events and times of shape (rows, most), times over six orders of magnitude."""
    k = rng.integers(1, most + 1, rows)
    time = 10.0 ** (rng.uniform(-2, 2, (rows, 1)) + rng.uniform(-1, 1, (rows, most)))
    time[np.arange(most) >= k[:, None]] = 0.0
    spread = rng.choice([0.0, 0.5, 2.0], rows)[:, None]
    rate = np.exp(rng.choice([-2.0, 0.0, 1.0], rows)[:, None] + spread * rng.normal(size=(rows, most)))
    x = rng.poisson(np.minimum(rate * time, 1e4))
    return np.where(rng.random((rows, most)) < rng.choice([0.0, 0.5], rows)[:, None], 0, x), time
