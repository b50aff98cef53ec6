"""Figures of a review: values at their places, states told apart without colour, nothing lost or clipped."""

from __future__ import annotations

from dataclasses import replace
from math import pi
from pathlib import Path
from typing import Any

import pytest

from evidence import adverse_event_matrix, evidence_map, harm_counts, patient_courses, swimmer
from evidence.display import DASH
from evidence.errors import UsageError
from evidence.figures import FIGURES, STYLES
from evidence.figures.figure import Figure
from evidence.figures.glyphs import filled_share, sector
from evidence.figures.harm_matrix import STATES, cell_words
from evidence.figures.page import Page, Shape
from evidence.figures.style import DEFAULT
from evidence.harms import HarmCell
from evidence.review.review import Review
from tests.extractedreview import extracted_review, read_once, untimed_review
from tests.figures.looking import assert_whole

NAMES = ("adverse-events", "swimmer", "evidence-map")
NARROW = replace(DEFAULT, width_mm=84.0)


def words(page: Page) -> list[str]:
    return [text.text for text in page.texts]


def shapes(page: Page, *roles: str) -> list[Shape]:
    return [shape for shape in page.shapes if shape.role in roles]


def middle(shape: Shape) -> tuple[float, float]:
    xs, ys = zip(*shape.points, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def drawn(name: str, review: Review, **options: Any) -> Figure[Any]:
    return FIGURES[name].draw(review, options.pop("style", "default"), options)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Review:
    """40 events in 4 arms and 90 patients, with long names and letters of other scripts."""
    arms = {"ada-low": 14, "bo": 12, "cy": 25, "na-1": 1}
    classes = ("", "Nervous system disorders", "Skin and subcutaneous tissue disorders")
    events = "".join(
        f"{arm},event {i} with a long name Å ß η 漢,{classes[i % 3]},{'' if i % 5 == 0 else i % 2},{n},not_reported,\n"
        for i in range(40)
        for arm, n in arms.items()
        if (i + n) % 3
    )
    responses = ("complete", "partial", "none", "worse", "not_reported")
    patients = "".join(
        f"p{i},{tuple(arms)[i % 4]},{20 + i},F,{responses[i % 5]},,{'' if i % 4 else i},{'' if i % 3 else i}\n"
        for i in range(90)
    )
    return extracted_review(tmp_path_factory.mktemp("crowd") / "x", events, patients)


@pytest.mark.parametrize("width", [174.0, 84.0])
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_clipped_and_no_words_touch(
    name: str, style: str, width: float, calcinosis: Path, calciphylaxis: Path
) -> None:
    for folder in (calcinosis, calciphylaxis):
        review = read_once(folder)
        figure = drawn(name, review, style=replace(STYLES[style], width_mm=width))
        assert_whole(figure.layout.page)
        assert figure.layout.page.width == width
        said = " ".join(words(figure.layout.page))
        assert review.settings.banner and review.settings.banner.split(";")[0] in said
        assert len(figure.alt) > 60


@pytest.mark.parametrize("name", NAMES)
def test_many_rows_and_long_words_have_their_place(name: str, crowd: Review) -> None:
    for style in (DEFAULT, NARROW):
        options = {"columns": "guided"} if name == "evidence-map" else {}
        page = drawn(name, crowd, style=style, **options).layout.page
        assert_whole(page)
    if name == "adverse-events":
        rows = " ".join(words(drawn(name, crowd).layout.page))
        assert all(f"event {i} with" in rows for i in range(40)) and "漢" in rows.rpartition("font")[2]
    if name == "swimmer":
        layout = drawn(name, crowd).layout
        assert len(layout.row_y) == 90 and len(set(layout.row_y)) == 90


@pytest.mark.parametrize("name", NAMES)
def test_a_page_too_narrow_is_an_error_with_a_mend(name: str, calcinosis: Path) -> None:
    with pytest.raises(UsageError) as caught:
        drawn(name, read_once(calcinosis), style=replace(DEFAULT, width_mm=50.0))
    assert "50 mm wide" in caught.value.problems[0].message and "wider style" in caught.value.problems[0].mend


@pytest.mark.parametrize("name", NAMES)
def test_it_is_registered_and_can_be_written(name: str, calcinosis: Path, tmp_path: Path) -> None:
    assert FIGURES[name].of == "review"
    svg = drawn(name, read_once(calcinosis)).to_svg()
    assert svg.count("<svg") == 1 and "Seed: not a finished systematic review" in svg


# The matrix of adverse events


def test_each_cell_says_its_counts_and_limits_at_its_place(calcinosis: Path) -> None:
    layout = adverse_event_matrix(read_once(calcinosis)).layout
    assert layout.grid is not None and len(layout.row_y) == len(layout.counts.rows) == 8
    row = [row.term for row in layout.counts.rows].index("application site inflammation")
    y, x = layout.row_y[row], layout.grid.middle(1)
    near = [t.text for t in layout.page.texts if abs(t.x - x) < 0.01 and abs(t.y - y) < 3.5]
    assert near == ["1/38", "<1 to 14"]
    (mark,) = [s for s in shapes(layout.page, "estimate") if abs(middle(s)[1] - y) < 5 and abs(middle(s)[0] - x) < 15]
    (limits,) = [s for s in shapes(layout.page, "limits") if abs(middle(s)[1] - y) < 5 and abs(middle(s)[0] - x) < 15]
    (track,) = [s for s in shapes(layout.page, "track") if abs(middle(s)[1] - y) < 5 and abs(middle(s)[0] - x) < 15]
    start, wide = track.points[0][0], track.points[1][0] - track.points[0][0]
    assert (middle(mark)[0] - start) / wide == pytest.approx(1 / 38)
    cell = layout.counts.rows[row].cells[1]
    ends = [(point[0] - start) / wide for point in limits.points[:2]]
    assert ends == pytest.approx([cell.lower, cell.upper])


def test_states_are_told_apart_without_colour(calciphylaxis: Path) -> None:
    page = adverse_event_matrix(read_once(calciphylaxis)).layout.page
    boxes = {state: shapes(page, state) for state in STATES}
    # Any event: 2 of 3 groups and all; pain: number not given twice, none once; prolongation: once and all.
    assert {state: len(found) for state, found in boxes.items()} == {
        "events": 5,
        "none": 1,
        "number-not-given": 2,
        "not-reported": 0,
    }
    fills = {state: {shape.fill for shape in found} for state, found in boxes.items()}
    assert fills["none"] == fills["number-not-given"] == {"white"} and "white" not in fills["events"]
    assert len(shapes(page, "part")) == 2  # half of the boxes of "number not given" is shaded
    # 3 x 4 cells, of which 8 have a box: the others are dashes; the key has all four states.
    assert words(page).count(DASH) == 12 - 8
    assert all(text in words(page) for text in STATES.values())


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (HarmCell("events", 1, 38, 0.0007, 0.138, ("A",)), ("1/38", "<1 to 14")),
        (HarmCell("none", 0, 3, 0.0, 0.708, ("A",)), ("0/3", "0 to 71")),
        (HarmCell("number-not-given", None, 0, unnumbered=("A",), unnumbered_n=4), ("?/4", "")),
        (HarmCell("number-not-given", 0, 3, 0.0, 0.708, ("B",), ("A",), 4), ("0/3 + ?/4", "")),
        (HarmCell("events", 2, 3, 0.09, 0.99, ("B",), ("A",), 4), ("2/3 + ?/4", "9 to 99")),
        (HarmCell("not-reported"), (DASH, "")),
    ],
)
def test_words_of_a_cell(cell: HarmCell, said: tuple[str, str]) -> None:
    assert cell_words(cell) == said


def test_no_adverse_event_at_all_is_a_sentence(tmp_path: Path) -> None:
    figure = adverse_event_matrix(extracted_review(tmp_path / "x"))
    assert "Nothing recorded" in " ".join(words(figure.layout.page)) and figure.layout.grid is None
    assert "not the same as freedom" in figure.alt
    assert_whole(figure.layout.page)


def test_the_alt_text_of_the_matrix_has_the_numbers(calcinosis: Path) -> None:
    alt = adverse_event_matrix(read_once(calcinosis)).alt
    assert "6 of 23 arms, with 48 of 110 treated patients" in alt
    assert "application site inflammation: intralesional 0 of 1 (0 to 98 %); topical 1 of 38 (<1 to 14 %);" in alt
    assert "nothing said: intravenous, route not reported." in alt
    assert len(harm_counts(read_once(calcinosis)).rows) == alt.count(": intralesional ")


# The swimmer plot


def test_bars_end_where_the_months_are_and_unknown_is_not_drawn(calcinosis: Path) -> None:
    layout = swimmer(read_once(calcinosis)).layout
    bars, dots = shapes(layout.page, "treatment"), shapes(layout.page, "follow-up-end")
    people = layout.courses.patients
    treated = [(one, y) for one, y in zip(people, layout.row_y, strict=True) if one.treated is not None]
    followed = [(one, y) for one, y in zip(people, layout.row_y, strict=True) if one.followed is not None]
    assert len(bars) == len(treated) == 5 and len(dots) == len(followed) == 3
    for bar, (one, y) in zip(bars, treated, strict=True):
        assert bar.points[0][0] == pytest.approx(layout.axis[0])
        assert bar.points[1][0] == pytest.approx(layout.x(one.treated or 0.0))
        assert middle(bar)[1] == pytest.approx(y)
    for dot, (one, _) in zip(dots, followed, strict=True):
        assert middle(dot)[0] == pytest.approx(layout.x(one.followed or 0.0))
    assert layout.x(60.0) == pytest.approx(layout.axis[1])
    assert words(layout.page).count(f"{DASH} / {DASH}") == 12


def test_0_months_have_a_mark_and_unknown_months_words(tmp_path: Path) -> None:
    patients = "a,bo,,,complete,no,0,0\nb,bo,,,complete,no,,\n"
    page = swimmer(extracted_review(tmp_path / "x", patients=patients)).layout.page
    assert len(shapes(page, "treatment")) == 1 and "0 / 0" in words(page)
    assert f"{DASH} / {DASH}" in words(page) and "not reported" in words(page)


def test_the_time_of_the_response_has_a_mark(tmp_path: Path) -> None:
    patients = "patient_id,arm_id,response,seen_months,followup_months\na,bo,complete,2,10\nb,bo,none,,10\n"
    columns = {"seen_months": ("months", "Time to response")}
    figure = swimmer(untimed_review(tmp_path / "x", patients, columns))
    (mark,) = shapes(figure.layout.page, "response-time")
    assert middle(mark)[0] == pytest.approx(figure.layout.x(2.0)) and "response seen" in words(figure.layout.page)
    assert "response seen at 2 months" in figure.alt


def test_every_patient_is_named_once_with_response_and_recurrence(calcinosis: Path) -> None:
    layout = swimmer(read_once(calcinosis)).layout
    said = words(layout.page)
    assert [said.count(name) for name in ("Martins 2025", "Bair 2011, 1", "Bair 2011, 2")] == [1, 1, 1]
    assert [said.count(word) for word in ("complete", "partial", "none", "worse")] == [4, 4, 2, 1]
    assert "Route: topical (10 patients)" in said and said.count("yes") == said.count("no") == 1
    feet = " ".join(said[said.index("Months") :])
    assert "18 of 110 treated patients" in feet and "response of 7, recurrence of 16" in feet


def test_on_a_narrow_page_recurrence_is_beside_the_mark(calcinosis: Path) -> None:
    said = words(swimmer(read_once(calcinosis), style=NARROW).layout.page)
    assert said.count("R+") == said.count("R−") == 1 and any("R+ = recurrence" in line for line in said)


def test_nobody_and_no_column_of_time_are_said(calciphylaxis: Path, tmp_path: Path) -> None:
    nobody = swimmer(read_once(calciphylaxis))
    assert "none of the 145 treated patients is described individually" in nobody.alt
    assert "Nothing recorded" in " ".join(words(nobody.layout.page))
    untimed = swimmer(untimed_review(tmp_path / "x"))
    assert "declare one under [columns.patients]" in " ".join(words(untimed.layout.page))
    assert_whole(untimed.layout.page)


def test_responses_of_another_vocabulary_have_marks_in_their_order(tmp_path: Path) -> None:
    core, own = ("complete", "partial", "none", "worse"), ("gone", "smaller", "same")
    assert [filled_share(term, core) for term in core] == [1.0, 0.5, 0.0, None]
    assert [filled_share(term, own) for term in own] == [1.0, 0.5, 0.0]
    more = '\n[vocabulary.patients]\nresponse = ["gone", "smaller", "same"]\n'
    patients = "a,bo,,,same,no,1,1\nb,bo,,,gone,no,,\n"
    review = extracted_review(tmp_path / "x", patients=patients, more=more)
    assert [one.response for one in patient_courses(review).patients] == ["gone", "same"]
    assert_whole(swimmer(review).layout.page)


# The evidence map


def test_bubbles_have_areas_in_proportion_to_patients(calcinosis: Path) -> None:
    layout = evidence_map(read_once(calcinosis)).layout
    cells = layout.coverage.cells
    assert len(layout.bubbles) == sum(cell.arms > 0 for row in cells for cell in row) == 9
    largest = max(layout.bubbles, key=lambda bubble: bubble.radius)
    assert cells[largest.row][largest.column].patients == 46
    for bubble in layout.bubbles:
        patients = cells[bubble.row][bubble.column].patients
        assert (bubble.radius / largest.radius) ** 2 == pytest.approx(patients / 46)
        left, right = layout.grid.columns[bubble.column]
        assert left <= bubble.x - bubble.radius and bubble.x + bubble.radius <= right


def test_numbers_are_printed_and_empty_cells_say_so(calcinosis: Path) -> None:
    page = evidence_map(read_once(calcinosis)).layout.page
    said = words(page)
    assert said.count("none found") == len(shapes(page, "empty")) == 11
    assert said.count("n = 46") == 2 and said.count("n = 110") == 1 and said.count("23 arms") == 1


def test_the_dark_part_is_the_patients_of_case_reports(calcinosis: Path) -> None:
    review = read_once(calcinosis)
    sectors = shapes(evidence_map(review).layout.page, "sector")
    # Of 9 cells with arms 4 have both kinds, 1 no case report, 4 case reports only.
    assert len(sectors) == 4
    assert not shapes(evidence_map(review, split=False).layout.page, "sector")
    points = sector(0.0, 0.0, 1.0, 0.5)
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, (*points[1:], points[0]), strict=True))
    assert abs(twice) / 2 == pytest.approx(pi / 2, rel=0.01)  # a polygon of 24 steps


def test_headings_that_do_not_fit_are_numbered_and_told(calcinosis: Path) -> None:
    said = words(evidence_map(read_once(calcinosis), style=NARROW).layout.page)
    assert "1" in said and any(line.startswith("1 = Dystrophic; 2 = Metastatic;") for line in said)


def test_the_alt_text_of_the_map_names_what_is_there_and_what_is_not(calcinosis: Path) -> None:
    alt = evidence_map(read_once(calcinosis)).alt
    assert "23 arms, 110 patients, 16 of them in case reports" in alt
    assert "Intravenous: dystrophic 2 arms, 15 patients; none found: metastatic, iatrogenic, mixed, unspecified." in alt
    assert "Route not reported: dystrophic 2 arms, 2 patients" in alt
