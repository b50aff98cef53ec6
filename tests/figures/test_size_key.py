"""The key of areas: round sizes, with circles as large as points of that size."""

from __future__ import annotations

import pytest

from evidence.figures import picture_figure
from evidence.figures.points_layout import LARGEST, SMALLEST
from evidence.figures.size_key import sizes_of
from evidence.sensitivity.pictures import Points
from tests.figures.looking import assert_whole


@pytest.mark.parametrize(
    ("largest", "sizes"),
    [
        (84.0, (50, 20, 2)),
        (28.0, (20, 5, 1)),
        (1.0, (1,)),
        (3.0, (2, 1)),
        (0.4, (0.2, 0.1, 0.02)),
        (9000, (5000, 2000, 200)),
    ],
)
def test_sizes_are_round(largest: float, sizes: tuple[float, ...]) -> None:
    assert sizes_of(largest) == pytest.approx(sizes)


def test_circles_are_as_large_as_points_of_that_size() -> None:
    picture = Points((0.1, 0.5, 0.9), (1.0, 2.0, 4.0), ("a", "b", "c"), "x", "y", size=(1.0, 20.0, 84.0))
    page = picture_figure(picture, "Title").layout.page
    assert_whole(page)
    circles = [shape for shape in page.shapes if shape.role == "key"]
    radii = [0.5 * (max(x for x, _ in c.points) - min(x for x, _ in c.points)) for c in circles]
    assert radii == pytest.approx([max(SMALLEST, LARGEST * (n / 84) ** 0.5) for n in (50, 20, 2)], rel=1e-6)
    written = [text.text for text in page.texts]
    assert written[written.index("Size:") + 1 :][:3] == ["50", "20", "2"]


def test_points_without_sizes_have_no_key_and_those_of_none_neither() -> None:
    for size in ((), (0.0, 0.0)):
        page = picture_figure(Points((0.1, 0.5), (1.0, 2.0), ("a", "b"), "x", "y", size=size), "Title").layout.page
        assert "Size:" not in [text.text for text in page.texts]
