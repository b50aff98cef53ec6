"""The Bayesian model under other priors."""

from __future__ import annotations

import pytest

from evidence import Counts
from evidence.errors import DataError
from evidence.pooling import model
from evidence.sensitivity.priors import priors

TOPICAL = Counts([1, 1, 3, 1, 0, 0], [1, 1, 28, 1, 1, 1])


def test_each_row_is_the_model_with_that_prior() -> None:
    found = priors(TOPICAL)
    default = model("bayesian").fit(TOPICAL)
    wide = model("bayesian", mu_sd=2.5).fit(TOPICAL)
    frame = found.to_frame().set_index("prior")
    assert len(frame) == 5
    assert frame["mean"].iloc[0] == default.mean and frame.loc["tau half-normal 1, mu sd 2.5", "mean"] == wide.mean
    assert default.mean is not None and found.means[0] <= default.mean <= found.means[1]
    assert found.means == (frame["mean"].min(), frame["mean"].max())
    assert found.limits == (frame["mean_lower"].min(), frame["mean_upper"].max())
    assert "under 5 priors" in str(found)


def test_a_wider_prior_of_the_centre_moves_away_from_one_half() -> None:
    found = priors(TOPICAL).results
    tight, wide = (found[f"tau half-normal 1, mu sd {sd}"].mean for sd in ("1.5", "2.5"))
    assert tight is not None and wide is not None and wide < tight < 0.5


def test_one_study_has_no_prior_row() -> None:
    with pytest.raises(DataError, match="one study"):
        priors(Counts([1], [3]))
