"""What must be true of every page, whatever it shows."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.figures.page import Page, Text
from evidence.figures.text import MM_PER_POINT, width_mm

#: Descents of one line and ascents of the next may meet where lines are close, as in a key.
TOUCH_MM = 0.05

Box = tuple[float, float, float, float]


def box(text: Text) -> Box:
    """Left, top, right and bottom of a text in mm; 0.76 and 0.24 of the size are DejaVu's ascent and descent."""
    width = width_mm(text.text, text.size_pt, text.bold)
    left = {"left": text.x, "center": text.x - width / 2, "right": text.x - width}[text.align]
    size = text.size_pt * MM_PER_POINT
    return left, text.y - 0.76 * size, left + width, text.y + 0.24 * size


def assert_whole(page: Page) -> None:
    """Nothing beyond the page, and no two texts over each other."""
    boxes = [(text.text, box(text)) for text in page.texts]
    for words, (left, top, right, bottom) in boxes:
        assert left >= 0 and top >= 0 and right <= page.width + 0.01 and bottom <= page.height, words
    assert not list(touching(boxes))
    places = [point for shape in page.shapes for point in shape.points]
    places += [point for stroke in page.strokes for point in stroke.points]
    places += [point for line in page.lines for point in ((line.x0, line.y0), (line.x1, line.y1))]
    assert all(-1e-6 <= x <= page.width + 1e-6 and -1e-6 <= y <= page.height + 1e-6 for x, y in places)


def touching(boxes: list[tuple[str, Box]]) -> Iterator[tuple[str, str]]:
    """Pairs of texts that lie over each other; in the order of their tops, so that 500 rows are quick."""
    ordered = sorted((found for found in boxes if found[0].strip()), key=lambda found: found[1][1])
    for i, (first, a) in enumerate(ordered):
        for second, b in ordered[i + 1 :]:
            if b[1] >= a[3] - TOUCH_MM:
                break
            if min(a[2], b[2]) - max(a[0], b[0]) > TOUCH_MM:
                yield first, second
