"""The numbers of the classic funnel: effects and standard errors of each scale, and where p has each value."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.measures import MEASURES
from evidence.pooling import pool
from evidence.pooling.result import Pooled
from evidence.sensitivity.contour_funnel import contour_funnel

COUNTS = Counts([3, 0, 12, 5, 7, 9], [9, 4, 40, 5, 30, 28])


def pooled(counts: Counts = COUNTS, model: str = "inverse-variance") -> Pooled:
    found = pool(counts, model)
    assert isinstance(found, Pooled)
    return found


@pytest.mark.parametrize("measure", ["PLO", "PRZ", "PLN", "PAS", "PR"])
def test_effects_are_those_of_the_measure_and_corrected_ones_are_known(measure: str) -> None:
    found = contour_funnel(pooled(), measure)
    y, v = MEASURES[measure].effects(COUNTS.events, COUNTS.n)
    assert (found.x == y).all() and (found.y == np.sqrt(v)).all()
    bare = (False, True, False, True, False, False)
    assert found.corrected == (bare if measure != "PAS" else (False,) * 6)
    assert contour_funnel(pooled(), measure, "size").y == pytest.approx(np.sqrt(COUNTS.n))


def test_on_a_contour_p_is_what_it_says() -> None:
    found = contour_funnel(pooled(), null=0.5)
    assert found.null and found.centre == 0.5 and found.at == 0 and found.name == "a given null"
    assert [contour.p for contour in found.contours] == [0.1, 0.05, 0.01]
    for contour in found.contours:
        z = (contour.right[1:] - found.at) / contour.height[1:]
        # Closed forms.
        assert 2 * ndtr(-z) == pytest.approx(contour.p, abs=1e-12)
        assert contour.left == pytest.approx(-contour.right, abs=1e-12)
        assert contour.left[0] == contour.right[0] == 0 and contour.height[-1] >= found.y.max()


def test_against_size_a_contour_has_the_standard_error_of_its_own_proportion() -> None:
    found = contour_funnel(pooled(), "PR", "size", 0.3)
    contour = found.contours[1]
    expected = 1.959963984540054 * np.sqrt(0.3 * 0.7) / contour.height
    # Closed form; the quantile to 15 digits.
    assert contour.right - 0.3 == pytest.approx(expected, rel=1e-12)


def test_without_a_null_the_pooled_centre_is_in_the_middle() -> None:
    result = pooled()
    found = contour_funnel(result)
    assert not found.null and found.centre == result.estimate and found.name == "typical study (median)"
    assert result.analysis is not None and found.at == pytest.approx(result.analysis["estimate"], abs=1e-10)


def test_a_median_that_is_hardly_known_gives_way_to_the_mean() -> None:
    result = pooled(Counts([1] * 12 + [9, 0, 2], [1] * 12 + [28, 1, 2]), "logistic-normal")
    assert not result.headline.show_median
    found = contour_funnel(result)
    assert found.centre == result.mean and found.name == "average study (mean)"


@pytest.mark.parametrize(
    "counts", [Counts([2], [9]), Counts([0, 0, 0], [9, 9, 5]), Counts([9, 9, 5], [9, 9, 5])], ids=["k1", "0", "n"]
)
def test_a_result_without_a_centre_has_contours_only_around_a_named_null(counts: Counts) -> None:
    found = contour_funnel(pooled(counts))
    assert found.centre is None and found.at is None and found.contours == ()
    assert len(contour_funnel(pooled(counts), null=0.2).contours) == 3


def test_arms_of_one_study_are_points_of_their_own() -> None:
    counts = Counts([2, 3, 1, 4], [5, 6, 7, 9], studies=["a", "a", "b", "c"])
    assert len(contour_funnel(pooled(counts)).x) == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measure": "PFT"}, "use one of"),
        ({"measure": "PL"}, "PL"),
        ({"height": "weight"}, "weight"),
        ({"null": 1.0}, "between 0 and 1"),
        ({"null": "half"}, "between 0 and 1"),
    ],
)
def test_what_is_not_possible_is_said(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        contour_funnel(pooled(), **options)  # type: ignore[arg-type]
