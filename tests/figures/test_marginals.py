"""Bars at the edges of a density: as long as there are points, the flagged part next to the box."""

from __future__ import annotations

import numpy as np
import pytest

from evidence.figures import picture_figure
from evidence.figures.marginals import LONGEST
from evidence.figures.page import Shape
from evidence.figures.plot import Plot
from evidence.figures.style import DEFAULT
from evidence.sensitivity.pictures import Points
from tests.figures.looking import assert_whole
from tests.figures.results import words


def crowd(flagged: bool) -> Points:
    rng = np.random.default_rng(5)
    x, y = rng.beta(3, 5, 900), rng.random(900)
    flags = tuple(bool(f) for f in rng.random(900) < 0.25) if flagged else ()
    return Points(tuple(x), tuple(y), ("",) * 900, "estimate", "tau", flagged=flags)


def length(shape: Shape, axis: int) -> float:
    along = [point[1 - axis] for point in shape.points]
    return max(along) - min(along)


@pytest.mark.parametrize("flagged", [False, True])
def test_bars_are_as_long_as_there_are_points(flagged: bool) -> None:
    layout = picture_figure(crowd(flagged), "Title").layout
    assert_whole(layout.page)
    (plot,) = layout.parts
    assert isinstance(plot, Plot)
    bars = [shape for shape in layout.page.shapes if shape.role == "marginal"]
    above = [bar for bar in bars if max(y for _, y in bar.points) < plot.top]
    beside = [bar for bar in bars if bar not in above]
    assert all(min(x for x, _ in bar.points) > plot.right for bar in beside)
    for axis, group, high in ((0, above, plot.right - plot.left), (1, beside, plot.bottom - plot.top)):
        total: dict[float, float] = {}
        for bar in group:
            at = round(min(point[axis] for point in bar.points), 6)
            total[at] = total.get(at, 0.0) + length(bar, axis)
        # 900 points in bars of which the longest is 8 mm.
        assert max(total.values()) == pytest.approx(LONGEST) and len(total) <= high / 2.6
    dark = [bar for bar in bars if bar.fill == DEFAULT.study]
    assert bool(dark) == flagged
    share = sum(length(bar, 0) for bar in dark if bar in above) / sum(length(bar, 0) for bar in above)
    # Bars of both kinds have one scale: the dark share is that of the flagged points.
    assert share == pytest.approx(np.mean(crowd(flagged).flagged) if flagged else 0.0, abs=1e-9)
    assert ("dark those that stand out" in words(layout.page)) == flagged
