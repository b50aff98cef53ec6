"""The forest plot: rows by value, places by geometry, files by structure."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.figures import STYLES, Figure, forest
from evidence.figures.forest_layout import ForestLayout
from evidence.pooling import pool
from evidence.pooling.result import Pooled
from tests.figures.forests import LABELS, Chosen, assert_placed, context, grouped, pooled, studies


@pytest.fixture(scope="module")
def figure() -> Figure[ForestLayout]:
    return forest(grouped(), columns=["dose"])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("k", [1, 3, 23, 80])
def test_nothing_is_lost_clipped_or_overlapping(k: int, style: str) -> None:
    layout = forest(pooled(studies(k)), style=style).layout
    assert_placed(layout)
    assert sum(row.kind == "study" for row in layout.rows) == k
    assert sum(shape.role == "study" for shape in layout.page.shapes) == k


@pytest.mark.parametrize("columns", [[], ["route"], ["route", "dose"], ["n", "weight", "events"]])
def test_columns_fit_beside_groups(columns: list[str]) -> None:
    assert_placed(forest(grouped(), columns=columns).layout)


@pytest.mark.parametrize(
    ("events", "n"),
    [([0, 0, 0], [9, 8, 7]), ([9, 8, 7], [9, 8, 7]), ([5] * 6, [10] * 6), ([0, 9, 0, 9], [9] * 4), ([1], [1])],
)
def test_extreme_data_are_drawn(events: list[int], n: list[int]) -> None:
    assert_placed(forest(pooled(Counts(events, n))).layout)


def test_rows_say_what_the_result_says(figure: Figure[ForestLayout]) -> None:
    rows = {row.label: row for row in figure.layout.rows}
    result = grouped()
    study = result.overall.studies[0]
    row = rows[study.label]
    assert (row.entry.events, row.entry.n) == (study.events, study.n)
    assert row.span == (study.ci.lower, study.estimate, study.ci.upper)
    overall = [r for r in figure.layout.rows if r.kind == "pooled" and r.level == 0]
    assert result.overall.mean_ci is not None
    assert [r.span for r in overall] == [
        (result.overall.mean_ci.lower, result.overall.mean, result.overall.mean_ci.upper)
    ]


def test_marks_stand_where_their_numbers_are(figure: Figure[ForestLayout]) -> None:
    layout = figure.layout
    marks = [shape for shape in layout.page.shapes if shape.role == "study"]
    rows = [(row, y) for row, y in zip(layout.rows, layout.row_y, strict=True) if row.kind == "study"]
    for shape, (row, y) in zip(marks, rows, strict=True):
        assert row.span is not None
        assert sum(p[0] for p in shape.points) / 4 == pytest.approx(layout.x(row.span[1]))
        assert sum(p[1] for p in shape.points) / 4 == pytest.approx(y)


def test_mark_areas_are_proportional_to_n(figure: Figure[ForestLayout]) -> None:
    layout = figure.layout
    marks = [shape for shape in layout.page.shapes if shape.role == "study"]
    sizes = [row.entry.size for row in layout.rows if row.kind == "study"]
    area = {n: (m.points[1][0] - m.points[0][0]) ** 2 for n, m in zip(sizes, marks, strict=True)}
    large, half = max(area), min(area, key=lambda n: abs(n - max(area) / 2))
    assert area[large] / area[half] == pytest.approx(large / half, rel=1e-6)


def test_a_group_of_one_study_has_no_diamond_and_thin_groups_are_not_pooled(figure: Figure[ForestLayout]) -> None:
    kinds = [row.kind for row in figure.layout.rows]
    labels = [row.label for row in figure.layout.rows]
    one = labels.index("Route: intravenous")
    assert kinds[one : one + 3] == ["group", "study", "gap"]
    pooled_rows = [row for row in figure.layout.rows if row.kind == "pooled"]
    diamonds = [shape for shape in figure.layout.page.shapes if shape.role == "pooled"]
    assert len(pooled_rows) == len(diamonds) > 0


def test_two_studies_are_not_pooled() -> None:
    layout = forest(pooled(Counts([1, 0], [1, 1]))).layout
    assert not [shape for shape in layout.page.shapes if shape.role in ("pooled", "prediction", "median")]
    assert [row.label for row in layout.rows if row.kind == "counts"] == ["Together, not pooled (fewer than 3 studies)"]


def test_no_prediction_interval_where_it_was_switched_off() -> None:
    from evidence.pooling import model

    counts = Counts([3, 6, 10, 1], [11, 17, 21, 6])
    for prediction, drawn in (("t", 1), ("none", 0)):
        result = pool(counts, model("logistic-normal", prediction=prediction))
        assert isinstance(result, Pooled)
        shapes = forest(result).layout.page.shapes
        assert sum(shape.role == "prediction" for shape in shapes) == drawn


def test_the_banner_and_the_reason_for_no_test_are_on_the_page(figure: Figure[ForestLayout]) -> None:
    words = " ".join(text.text for text in figure.layout.page.texts)
    assert "Seed: not for treatment decisions." in words
    assert "No test for subgroup differences" in words
    assert "no comparison group" in words


def test_every_label_stands_once_and_literally_in_the_svg(figure: Figure[ForestLayout]) -> None:
    root = ElementTree.fromstring(figure.to_svg())
    texts = ["".join(node.itertext()).strip() for node in root.iter("{http://www.w3.org/2000/svg}text")]
    for label in LABELS:
        assert texts.count(label) == 1, label


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for suffix in ("svg", "pdf", "png", "tiff"):
        paths = [tmp_path / f"{i}.{suffix}" for i in range(2)]
        for path in paths:
            forest(pooled(studies(5))).save(path, dpi=100)
        assert paths[0].read_bytes() == paths[1].read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_pdf_embeds_its_fonts(tmp_path: Path) -> None:
    forest(pooled(studies(3))).save(tmp_path / "a.pdf")
    assert b"/FontFile2" in (tmp_path / "a.pdf").read_bytes()


def test_an_unknown_ending_or_folder_is_said(tmp_path: Path) -> None:
    figure = forest(pooled(studies(3)))
    with pytest.raises(UsageError, match=r"\.svg, \.pdf, \.png, \.tiff"):
        figure.save(tmp_path / "a.docx")
    with pytest.raises(UsageError, match="does not exist"):
        figure.save(tmp_path / "nowhere" / "a.svg")


def test_unknown_names_list_the_near_ones() -> None:
    with pytest.raises(UsageError, match="did you mean route"):
        forest(grouped(), columns=["rout"])
    with pytest.raises(UsageError, match="default"):
        forest(pooled(studies(3)), style="defualt")


def test_too_many_columns_is_an_error_not_a_squeeze() -> None:
    left, right = ["route", "dose", "n", "events", "estimate_ci:6"], ["route", "ci:6", "estimate:6"]
    with pytest.raises(UsageError, match="fewer columns"):
        forest(grouped(), columns=left, right=right)


def test_characters_without_a_glyph_are_said() -> None:
    layout = forest(pooled(Counts([1, 2, 3], [4, 5, 6], ["山田 2020", "B", "C"]))).layout
    assert any(text.text.endswith("has them: 山田") for text in layout.page.texts)


def test_the_alternative_text_tells_the_result(figure: Figure[ForestLayout]) -> None:
    assert figure.alt.startswith("Forest plot of complete remission:")
    assert re.search(r"Route topical: \d+ studies", figure.alt)


def test_drawing_leaves_matplotlib_as_it_was() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    forest(pooled(studies(3))).to_svg()
    assert dict(mpl.rcParams) == before


def test_five_hundred_studies_are_drawn_whole() -> None:
    layout = forest(pooled(studies(500), "common-effect")).layout
    assert_placed(layout)
    assert len({row.key for row in layout.rows if row.kind == "study"}) == 500
    assert sum(shape.role == "study" for shape in layout.page.shapes) == 500


def test_very_long_labels_are_wrapped_in_their_column() -> None:
    long = "Kollaborationsgruppe zur Untersuchung der Kalziphylaxie und verwandter Zustände " * 3 + "x" * 120
    layout = forest(pooled(Counts([1, 2, 3], [4, 5, 6], [long, "B", "山田太郎 他 2020"])), ["n"]).layout
    assert_placed(layout)
    (row,) = (i for i, r in enumerate(layout.rows) if r.label == long)
    y, following = layout.row_y[row], layout.row_y[row + 1]
    assert y is not None and following is not None and following - y > 15
    written = [text.text for text in layout.page.texts if text.x == layout.page.texts[0].x]
    assert long.replace(" ", "") in "".join(written).replace(" ", "")


def test_a_group_without_a_usable_arm_keeps_its_heading() -> None:
    counts = studies(6)
    groups = {"oral": (0, 1, 2, 3, 4, 5), "intravenous": ()}
    chosen = Chosen(counts, ({"route": "oral"},) * 6, groups, "route", context(6), {r: context(6) for r in groups})
    layout = forest(pool(chosen, "common-effect")).layout
    assert_placed(layout)
    headings = ["Route: oral", "Route: intravenous", "All studies"]
    assert [row.label for row in layout.rows if row.kind == "group"] == headings
    after = layout.rows[[row.label for row in layout.rows].index("Route: intravenous") + 1]
    assert (after.kind, after.label) == ("words", "No counts (8 arms)")
    assert "Route intravenous: no counts." in layout.alt


def test_a_drawing_is_what_it_was(tmp_path: Path) -> None:
    """A new look is looked at first, then put in the place of the old one."""
    kept = Path(__file__).parent / "snapshots" / "forest.svg"
    counts = Counts([3, 0, 10, 9], [11, 7, 21, 9], ["Ångström 2019", "Größe 2020", "Παππάς 2021", "Smith 2022"])
    svg = forest(pooled(counts, "common-effect"), ["n"], width="column", style="jama").to_svg()
    (tmp_path / "forest.svg").write_text(svg, encoding="utf-8", newline="\n")
    assert svg == kept.read_text(encoding="utf-8"), f"compare {tmp_path / 'forest.svg'} with {kept}"


def test_weights_that_a_model_does_not_have_are_said() -> None:
    said = " ".join(text.text for text in forest(pooled(studies(5)), right=["estimate_ci", "weight"]).layout.page.texts)
    assert "No weights: this model gives studies none." in said
