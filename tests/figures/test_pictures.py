"""Figures of answers: values at their places, nothing lost or clipped, the same bytes each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evidence import Counts, model
from evidence.errors import UsageError
from evidence.figures import STYLES, answer_figure, picture_figure
from evidence.figures.intervals_layout import PlacedRows
from evidence.figures.page import Page
from evidence.figures.plot import Plot
from evidence.figures.specification_layout import Specifications
from evidence.figures.style import of_width
from evidence.sensitivity.answer import NotAsked
from evidence.sensitivity.leave_out import leave_one_out
from evidence.sensitivity.pictures import Curve, Curves, Intervals, Panels, Picture, Points
from tests.figures.looking import assert_whole
from tests.figures.pictures import (
    PICTURES,
    contour,
    crowd,
    differences,
    funnel,
    intervals,
    publication,
    sizes,
    specification,
)


def page_of(picture: Picture, title: str = "Does it hold?", style: str = "default") -> Page:
    return picture_figure(picture, title, style, "Seed: not for treatment decisions.").layout.page


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_clipped_and_no_words_touch(name: str, style: str) -> None:
    assert_whole(page_of(PICTURES[name], style=style))


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_clipped_on_the_column_of_a_journal(name: str) -> None:
    page = picture_figure(PICTURES[name], "Does it hold?", of_width(STYLES["default"], 84.0), "Seed.").layout.page
    assert page.width == 84.0
    assert_whole(page)


@pytest.mark.parametrize("name", PICTURES)
def test_it_is_a_file_with_the_title_and_the_banner(name: str) -> None:
    figure = picture_figure(PICTURES[name], "Is <it> & $x_1$?", banner="Seed.", sentence="It is so.")
    root = ElementTree.fromstring(figure.to_svg())
    words = ["".join(node.itertext()).strip() for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words[0] == "Is <it> & $x_1$?" and "Seed." in words
    assert figure.alt.startswith("Is <it> & $x_1$? It is so. ") and len(figure.alt) > 60


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for suffix, name in (("svg", "panels"), ("pdf", "contour"), ("png", "subsets"), ("tiff", "sizes")):
        paths = [tmp_path / f"{i}.{suffix}" for i in range(2)]
        for path in paths:
            picture_figure(PICTURES[name], "Title").save(path, dpi=40)
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_marks_of_intervals_stand_where_their_numbers_are() -> None:
    layout = picture_figure(intervals(), "Title").layout
    (part,) = layout.parts
    assert isinstance(part, PlacedRows) and part.plot.x.low == 0 and part.plot.x.high == 1
    marks = [shape for shape in layout.page.shapes if shape.role in ("estimate", "primary")]
    rows = [(row, y) for row, y in zip(part.rows, part.y, strict=True) if row.estimate is not None]
    assert len(marks) == len(rows) == 5 and marks[-1].role == "primary"
    for shape, (row, y) in zip(marks, rows, strict=True):
        assert row.estimate is not None
        assert sum(p[0] for p in shape.points) / 4 == pytest.approx(part.plot.at_x(row.estimate))
        assert sum(p[1] for p in shape.points) / 4 == pytest.approx(y)


def test_a_row_without_an_estimate_says_why_and_a_remark_beside_one_is_a_footnote() -> None:
    words = " ".join(text.text for text in page_of(intervals()).texts)
    assert "the model has no answer here" in words
    assert "line at all (a)" in words and "(a) no spread between studies was found (tau = 0)." in words
    assert "20 to no limit" in words


def test_an_open_side_and_a_limit_beyond_the_axis_are_arrows() -> None:
    open_side = [shape for shape in page_of(intervals()).shapes if shape.role == "arrow"]
    page = page_of(differences())
    beyond = [shape for shape in page.shapes if shape.role == "arrow"]
    assert len(open_side) == len(beyond) == 1
    assert any("beyond the axis" in text.text for text in page.texts)
    assert any("402.00" in text.text for text in page.texts)


@pytest.mark.parametrize("columns", range(9))
def test_columns_of_words_are_never_lost(columns: int) -> None:
    written = " ".join(text.text for text in page_of(differences(columns)).texts)
    assert written.count("0.25") >= 8 * columns


def test_seventy_rows_are_seventy_rows() -> None:
    rows = tuple(replace(intervals().rows[0], label=f"row {i}") for i in range(70))
    page = page_of(Intervals(rows, "mean", ("left",)))
    assert sum(shape.role == "estimate" for shape in page.shapes) == 70
    assert {text.text for text in page.texts} >= {f"row {i}" for i in range(70)}


def test_specifications_are_sorted_and_their_choices_marked() -> None:
    layout = picture_figure(specification(), "Title").layout
    (part,) = layout.parts
    assert isinstance(part, Specifications)
    shown = [row.estimate for row in part.rows if row.estimate is not None]
    assert shown == sorted(shown) and part.rows[-1].estimate is None and len(part.rows) == 24
    chosen = {(head, choice): members for head, choice, members in part.choices}
    assert len(chosen[("Model", "Bayesian")]) == 8 and ("Reports", "") not in chosen
    dots = [shape for shape in layout.page.shapes if shape.role == "choice"]
    assert len(dots) == sum(len(members) for members in chosen.values())
    at = part.rows.index(next(row for row in part.rows if row.primary))
    diamond = next(shape for shape in layout.page.shapes if shape.role == "primary")
    assert sum(p[0] for p in diamond.points) / 4 == pytest.approx(part.x[at])


def test_curves_run_in_the_direction_of_their_x_and_break_where_a_value_is_missing() -> None:
    (part,) = picture_figure(publication(), "Title").layout.parts
    assert isinstance(part, Plot)
    assert part.at_x(1.0) < part.at_x(0.05) and part.y.ticks[-1] == (1.0, "100")
    strokes = page_of(PICTURES["sizes"]).strokes
    solid = [stroke for stroke in strokes if not stroke.dashes]
    assert [len(stroke.points) for stroke in solid] == [2, 2]


def test_curves_close_together_get_an_axis_of_their_own() -> None:
    (part,) = picture_figure(PICTURES["coverage"], "Title").layout.parts
    assert isinstance(part, Plot) and 0.5 < part.y.low < 0.8 and part.y.high <= 1


def test_one_point_and_equal_values_are_drawn() -> None:
    page_of(Curves((3.0,), "x", "y", (Curve("a", (0.5,), (0.5,), (0.5,)),)))
    page_of(Curves((1.0, 2.0), "x", "y", (Curve("a", (2.0, 2.0)),), proportion=False, log_x=True))
    page_of(Curves((0.0, 2.0), "x", "y", (Curve("a", (None, None)),), log_x=True))
    page_of(Points((1.0,), (0.0,), ("a",), "x", "y", (0.0,), log_y=True))
    page_of(replace(contour(), z=tuple((0.5,) * 7 for _ in range(6))))


def test_points_that_stand_out_have_names_and_those_on_each_other_a_number() -> None:
    words = [text.text for text in page_of(funnel()).texts]
    assert "Author 7" in words and "Author 8" in words and "Author 0" not in words
    assert "×3" in words


def test_points_on_each_other_say_how_many_and_a_footnote_names_those_to_be_named() -> None:
    picture = Points((1, 1, 1, 2), (1, 1, 1, 2), ("A", "B", "C", "D"), "x", "y", (1, 2, 1, 5))
    words = [text.text for text in page_of(picture).texts]
    assert "×3 (a)" in words and "(a) A; B; C." in words and "D" in words
    assert not {"A", "B", "C"} & set(words)
    none = [text.text for text in page_of(replace(picture, x=(1, 3, 4, 2))).texts]
    assert {"A", "B", "C", "D"} <= set(none) and not any("×" in text for text in none)


def test_the_largest_point_has_its_name_however_many_there_are_and_lines_over_it() -> None:
    k = 30
    x, sizes = tuple(i / k for i in range(k)), tuple(100.0 if i == 20 else 1.0 for i in range(k))
    names = tuple(f"Author {i}" for i in range(k))
    sides = tuple(((x[20] + 0.01 * j, x[20] + 0.01 * j), (0.0, 1.0), "all over") for j in range(-60, 30))
    for lines in ((), sides):
        page = page_of(Points(x, x, names, "x", "y", sizes, lines=lines))
        assert [text.text for text in page.texts if text.text.startswith("Author")] == ["Author 20"]
        grounds = [shape for shape in page.shapes if shape.role == "label"]
        assert len(grounds) == bool(lines)


def test_both_borders_of_a_funnel_look_the_same_and_stand_in_the_key_once() -> None:
    picture = replace(funnel(), lines=((*funnel().lines[0][:2], "95 % of studies"), (*funnel().lines[1][:2], "")))
    page = page_of(picture)
    # Unbroken: the borders and their sample in the key; the line of all data is dashed.
    assert sum(not stroke.dashes for stroke in page.strokes) == 3
    assert [text.text for text in page.texts].count("95 % of studies") == 1


def test_panels_have_their_axes_and_columns_at_the_same_places() -> None:
    rows = replace(intervals(), rows=tuple(replace(row, label=f"{row.label} longer") for row in intervals().rows))
    inner = (("As counts", intervals()), ("As pooled", rows))
    layout = picture_figure(Panels(inner), "Title").layout
    first, second = layout.parts
    assert isinstance(first, PlacedRows) and isinstance(second, PlacedRows)
    assert (first.plot.left, first.plot.right) == (second.plot.left, second.plot.right)
    heads = [text.x for text in layout.page.texts if text.text == "Percent"]
    assert len(heads) == 2 and len(set(heads)) == 1
    words = [text.text for text in layout.page.texts]
    assert sum(text.startswith("Diamond:") for text in words) == 1
    curves = Panels((("Names at the right", sizes()), ("No names", publication()), ("Area", contour())))
    boxes = {(part.left, part.right) for part in picture_figure(curves, "T").layout.parts if isinstance(part, Plot)}
    assert len(boxes) == 1


@pytest.mark.parametrize(
    ("lower", "said"),
    [
        ((0.1, 0.1, 0.1), "Band: limits of main."),
        ((0.1, None, 0.1), "Bar of its colour: limits of main."),
        ((0.1, 0.1, None), "Band: limits of main."),
        ((None, None, None), ""),
    ],
)
def test_limits_are_explained_as_they_are_drawn(lower: tuple[float | None, ...], said: str) -> None:
    main = Curve("main", (0.5, 0.5, 0.5), lower, tuple(None if v is None else 0.9 for v in lower))
    page = page_of(Curves((1, 2, 3), "x", "y", (main, Curve("other", (0.4, 0.4, 0.4))), reference=0.3))
    found = [text.text for text in page.texts if "limits" in text.text]
    assert found == ([said] if said else [])
    assert any(shape.role == "band" for shape in page.shapes) == said.startswith("Band")
    assert "Dashed level line: 30 %." in [text.text for text in page.texts]


def test_a_name_without_room_is_said_below() -> None:
    page = page_of(crowd(120, 120))
    words = " ".join(text.text for text in page.texts)
    assert "Without room for their names" in words
    assert all(f"name {i}" in words for i in range(120))
    assert sum(shape.role == "flagged" for shape in page.shapes) == 120


def test_a_density_counts_every_point() -> None:
    from numpy import array

    from evidence.figures.density import cells_of

    picture = PICTURES["subsets"]
    assert isinstance(picture, Points)
    (part,) = picture_figure(picture, "Title").layout.parts
    assert isinstance(part, Plot)
    places = array([part.at(x, y) for x, y in zip(picture.x, picture.y, strict=True)])
    found = cells_of(places[:, 0], places[:, 1], array(picture.flagged))
    assert found.amount.sum() == 5000 and found.flagged.sum() == sum(picture.flagged)
    assert found.edges[-1] == found.amount.max()
    # A point is never further from the centre of its cell than the cell's corners.
    lone = cells_of(places[:1, 0], places[:1, 1], array([True]))
    assert abs(lone.x[0] - places[0, 0]) <= 1.5 and abs(lone.y[0] - places[0, 1]) <= 1.5


def test_steps_of_a_contour_cover_what_is_defined_and_nothing_else() -> None:
    """The areas of the pieces add up to the box without the cell that has an undefined corner."""
    picture = contour()
    layout = picture_figure(picture, "Title").layout
    (part,) = layout.parts
    assert isinstance(part, Plot)
    covered = sum(area(shape.points) for shape in layout.page.shapes if shape.role == "field")
    whole = (part.right - part.left) * (part.bottom - part.top)
    gap = abs(part.at_x(0.1) - part.at_x(0.05)) * abs(part.at_y(2.0) - part.at_y(3.0))
    assert covered == pytest.approx(whole - gap, rel=1e-9)  # sums of some thousand products in double precision
    assert {"50", "60", "70"} <= {text.text for text in layout.page.texts}


def area(points: tuple[tuple[float, float], ...]) -> float:
    pairs = zip(points, (*points[1:], points[0]), strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def test_the_figure_of_an_answer_has_its_question_and_its_sentence() -> None:
    answer = leave_one_out(Counts([9, 5, 1, 0], [28, 6, 1, 2], ["A", "B", "C", "D"]), model("beta-binomial"))
    figure = answer_figure(answer)
    assert figure.alt.startswith(f"Does the result rest on one study? {answer} ")
    assert "without A" in figure.to_svg()


def test_an_answer_without_a_picture_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing to draw"):
        answer_figure(NotAsked("leave-one-out", "fewer than 3 studies"))  # type: ignore[arg-type]
