"""Pages as SVG: every point at its place, every text once, nothing that a reader or a page does not need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from evidence.figures import Figure, picture_figure
from evidence.figures.answers import PictureLayout
from evidence.figures.page import Line, Page, Shape, Stroke, Text
from evidence.figures.svg import first_sentence, number, svg_of
from evidence.figures.text import MM_PER_POINT
from tests.figures.pictures import PICTURES

SVG = "{http://www.w3.org/2000/svg}"
#: Points are rounded to hundredths of a printer's point, half of one at most.
ROUNDING = 0.005 + 1e-9
STEP = re.compile(r"([Mlhvz])|(-?(?:\d+\.?\d*|\.\d+))")

Places = list[tuple[float, float]]


def drawn(name: str) -> Figure[PictureLayout]:
    return picture_figure(PICTURES[name], "Does it hold?", banner="Seed.", sentence="It does: mostly.")


def subpaths(data: str) -> Iterator[Places]:
    """The points of each part of a path that has only the commands M, l, h, v and z."""
    found: Places = []
    command, numbers = "", list[float]()
    for letter, value in STEP.findall(data):
        if letter:
            if letter == "M" and found:
                yield found
                found = []
            command, numbers = letter, []
            continue
        numbers.append(float(value))
        x, y = found[-1] if found else (0.0, 0.0)
        if command == "h":
            found.append((x + numbers.pop(), y))
        elif command == "v":
            found.append((x, y + numbers.pop()))
        elif len(numbers) == 2:
            dx, dy = numbers
            found.append((dx, dy) if command == "M" else (x + dx, y + dy))
            numbers = []
    yield found


def in_points(points: tuple[tuple[float, float], ...]) -> Places:
    return [(x / MM_PER_POINT, y / MM_PER_POINT) for x, y in points]


@pytest.mark.parametrize("name", [name for name in PICTURES if name != "contour"])
def test_every_corner_of_every_shape_is_at_its_place(name: str) -> None:
    page = drawn(name).layout.page
    root = ElementTree.fromstring(svg_of(page, "alt"))
    _, *paths = [node.get("d") or "" for node in root.iter(f"{SVG}path")]
    written = [places for data in paths for places in subpaths(data)]
    places = [place for part in written for place in part]
    wanted = [in_points(shape.points) for shape in page.shapes]
    wanted += [in_points(((line.x0, line.y0), (line.x1, line.y1))) for line in page.lines]
    wanted += [in_points(stroke.points) for stroke in page.strokes]
    grid = {(round(100 * x), round(100 * y)) for x, y in places}
    for part in wanted:
        for x, y in part:
            near = {(round(100 * x) + i, round(100 * y) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
            assert near & grid, (x, y)
    assert len(written) <= len(wanted)


def test_a_path_is_exact_to_the_rounding_however_many_steps_it_has() -> None:
    points = tuple((0.0371 * i, 20 + (-1) ** i * 0.0113 * i) for i in range(2000))
    data = svg_of(Page(80, 60, (), (), (), (Stroke(points, "#000000"),)), "alt")
    (_, path) = re.findall(r' d="([^"]+)"', data)
    (written,) = subpaths(path)
    assert len(written) == len(points)
    for (x, y), (wanted_x, wanted_y) in zip(written, in_points(points), strict=True):
        assert abs(x - wanted_x) < ROUNDING and abs(y - wanted_y) < ROUNDING


@pytest.mark.parametrize("name", PICTURES)
def test_every_text_stands_once_and_no_id_without_a_use(name: str) -> None:
    figure = drawn(name)
    root = ElementTree.fromstring(figure.to_svg())
    texts = [(node.text, node.get("x"), node.get("y")) for node in root.iter(f"{SVG}text")]
    wanted = [text for text in figure.layout.page.texts if text.text]
    assert texts == [(text.text, number(text.x / MM_PER_POINT), number(text.y / MM_PER_POINT)) for text in wanted]
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert " ".join(str(found) for found in ids) == root.get("aria-labelledby") and root.get("role") == "img"
    assert [node.tag for node in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text == "Does it hold?" and root[1].text == figure.alt
    assert not list(root.iter(f"{SVG}style")) and not list(root.iter(f"{SVG}defs"))


def test_figures_of_one_page_have_ids_of_their_own() -> None:
    labels = {ElementTree.fromstring(drawn(name).to_svg()).get("aria-labelledby") for name in PICTURES}
    assert len(labels) == len(PICTURES)


def test_looks_are_what_the_page_says() -> None:
    page = Page(
        10,
        10,
        (
            Shape(((1, 1), (2, 1), (2, 2)), "#aa0000", "#00aa00", 0.7, "point"),
            Shape(((0, 0), (9, 0), (9, 9)), "#eeeeee", role="band"),
        ),
        (Line(0, 5, 10, 5, "#0000aa", 0.5, dashed=True), Line(0, 6, 10, 6, "#0000aa", 1.0)),
        (Text(1, 1, "<&\x00\ud800", 7.5, "#111111", "right", bold=True, italic=True),),
        (Stroke(((0, 0), (1, 1), (2, 1)), "#555555", 2.0, (4, 2.5)),),
    )
    root = ElementTree.fromstring(svg_of(page, "A."))
    band, dashed, plain, stroke, point = list(root.iter(f"{SVG}path"))[1:]
    assert band.attrib.keys() == {"fill", "d"} and band.get("fill") == "#eeeeee"
    assert (dashed.get("stroke-dasharray"), dashed.get("stroke-width")) == ("1.5 1", ".5")
    assert plain.get("stroke-width") is plain.get("stroke-dasharray") is None and plain.get("stroke") == "#0000aa"
    assert (stroke.get("fill"), stroke.get("stroke-dasharray"), stroke.get("stroke-width")) == ("none", "8 5", "2")
    assert (point.get("fill"), point.get("stroke"), point.get("stroke-width")) == ("#aa0000", "#00aa00", ".7")
    (text,) = root.iter(f"{SVG}text")
    assert text.text == "<&\ufffd\ufffd" and text.get("text-anchor") == "end"
    (group,) = [node for node in root.iter(f"{SVG}g") if node.get("font-size")]
    assert (group.get("font-weight"), group.get("font-style"), group.get("font-size")) == ("700", "italic", "7.5")


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (-0.001, "0"), (0.5, ".5"), (-0.25, "-.25"), (12.3456, "12.35"), (100, "100"), (-3.1, "-3.1")],
)
def test_numbers_are_short(value: float, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Remission: does it rest on one study? No: it does not.", "Remission: does it rest on one study?"),
        ("Forest plot of remission: 3 of 4 (75 %). More.", "Forest plot of remission"),
        ("Flow of 1.5 reports. More.", "Flow of 1.5 reports"),
        ("", ""),
    ],
)
def test_the_title_is_the_first_sentence(text: str, title: str) -> None:
    assert first_sentence(text) == title
