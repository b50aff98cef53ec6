"""Limits by Newton on two equations: where it can't get there, no warning and no loss."""

from __future__ import annotations

import warnings

import numpy as np

from evidence import Counts, model
from tests.properties.stacks import sparse


def test_a_step_without_an_end_is_no_warning() -> None:
    """All-or-none rows, where the likelihood is flat in tau and the equations have no solution inside."""
    x, n = sparse(np.random.default_rng(20), 120)
    rows = ((x == 0) | (x == n)).all(1) & (n.max(1) > 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = model("beta-binomial", limits="profile-t", prediction="none").estimate(Counts(x[rows], n[rows]))
    assert (found.status == "tau-infinite").any()
    there = found.status == "tau-infinite"
    assert (found.mean_lower[there] < found.mean[there]).all() and (found.mean[there] < found.mean_upper[there]).all()
