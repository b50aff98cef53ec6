"""Sums of log(v + j theta) against exact summation of the same terms."""

from __future__ import annotations

from math import fsum, log

import numpy as np
import pytest

from evidence.pooling.log_products import DIRECT, log_product


@pytest.mark.parametrize("v", [1e-6, 0.3, 1.0])
@pytest.mark.parametrize("theta", [0.0, 1e-8, 3e-4, 0.02, 1.0, 1e4])
@pytest.mark.parametrize("count", [0, 1, DIRECT, DIRECT + 1, 400, 20_000])
def test_sums_are_those_of_their_terms(v: float, theta: float, count: int) -> None:
    found = log_product(np.array([v]), np.array([theta]), np.array([float(count)]))
    s = [v + j * theta for j in range(count)]
    expected = {
        "value": [log(value) for value in s],
        "v": [1 / value for value in s],
        "t": [j / value for j, value in enumerate(s)],
        "vv": [-1 / value**2 for value in s],
        "vt": [-j / value**2 for j, value in enumerate(s)],
        "tt": [-((j / value) ** 2) for j, value in enumerate(s)],
    }
    for name, terms in expected.items():
        # The terms here are rounded too: v + j theta by 1e-16 of itself, and so its logarithm by 1e-16.
        scale = fsum(abs(term) for term in terms)
        assert getattr(found, name)[0] == pytest.approx(fsum(terms), abs=4e-15 * scale + 2e-16 * count), name
