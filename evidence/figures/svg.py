"""A page to SVG: text as text, no id without a use, few bytes, the same on every machine.

Coordinates are in points, rounded to hundredths: 0.0035 mm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby, pairwise
from xml.sax.saxutils import escape, quoteattr

from ..characters import without_unseen
from .page import Line, Page, Shape, Stroke, Text
from .text import FAMILIES, MM_PER_POINT

#: Shapes of these roles lie under the lines.
BENEATH = ("stripe", "band")
#: Edges of their own colour close the seams between pieces that share a border; in points.
SEAM = 0.6
ANCHORS = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}

Points = Sequence[tuple[float, float]]


def svg_of(page: Page, alt: str, face: str = "") -> str:
    """The page as an SVG document.

    Args:
        page: What is drawn. alt: What it shows, for those who can't see it; its first sentence is the title.
        face: CSS of fonts that the file brings along, or empty.
    """
    title, description = (escape(without_unseen(words)) for words in (first_sentence(alt), alt))
    inner = "".join(f"{piece}\n" for piece in _layers(page))
    # Two figures of one page have different ids, the same figure always the same.
    key = "f" + sha256(f"{alt}\n{inner}".encode("utf-8", "replace")).hexdigest()[:8]
    width, height = (number(side / MM_PER_POINT) for side in (page.width, page.height))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{page.width:g}mm" height="{round(page.height, 3):g}mm"'
        f' viewBox="0 0 {width} {height}" role="img" aria-labelledby="{key}-title {key}-desc">\n'
        f'<title id="{key}-title">{title}</title>\n<desc id="{key}-desc">{description}</desc>\n'
        f"{f'<style>{face}</style>' if face else ''}"
        f'<path d="M0 0h{width}v{height}h-{width}z" fill="#fff"/>\n{inner}</svg>\n'
    )


def first_sentence(text: str) -> str:
    """A question whole; of another sentence what stands before its colon or its full stop."""
    sentence = re.split(r"(?<=[.?!])\s", text, maxsplit=1)[0]
    return sentence if sentence.endswith("?") else sentence.split(": ")[0].removesuffix(".")


def number(value: float) -> str:
    """A number with two decimals at most and no needless sign or zero."""
    return _written(round(100 * value))


def _written(hundredths: int) -> str:
    sign, whole, part = "-" if hundredths < 0 else "", abs(hundredths) // 100, abs(hundredths) % 100
    decimals = f".{part:02d}".rstrip("0") if part else ""
    return f"{sign}{whole if whole or not decimals else ''}{decimals}"


def _layers(page: Page) -> Iterator[str]:
    """The lowest come first; what has the same look stands in one group."""
    beneath = [shape for shape in page.shapes if shape.role in BENEATH]
    fields = [shape for shape in page.shapes if shape.role == "field"]
    above = [shape for shape in page.shapes if shape.role not in (*BENEATH, "field")]
    yield from _shapes(beneath)
    yield from _lines(page.lines)
    yield from _fields(fields)
    yield from _strokes(page.strokes)
    yield from _shapes(above)
    yield from _texts(page.texts)


def _shapes(shapes: Iterable[Shape]) -> Iterator[str]:
    def look(shape: Shape) -> str:
        edge = f' stroke="{shape.edge}"{_width(shape.width_pt)}' if shape.edge else ""
        return f'fill="{shape.fill or "none"}"{edge}'

    for attributes, found in groupby(shapes, look):
        paths = [_path([shape.points], closed=True) for shape in found]
        if len(paths) == 1:
            yield f'<path {attributes} d="{paths[0]}"/>'
        else:
            yield f"<g {attributes}>" + "".join(f'<path d="{path}"/>' for path in paths) + "</g>"


def _fields(fields: Sequence[Shape]) -> Iterator[str]:
    """All pieces of one colour are one path: thousands of them cost little, and have no seams."""
    pieces: dict[str, list[Points]] = {}
    for shape in fields:
        pieces.setdefault(shape.fill or "none", []).append(shape.points)
    for fill, points in pieces.items():
        edge = f'stroke="{fill}" stroke-width="{number(SEAM)}" stroke-linejoin="round"'
        yield f'<path fill="{fill}" {edge} d="{_path(points, closed=True)}"/>'


def _lines(lines: Iterable[Line]) -> Iterator[str]:
    def look(line: Line) -> str:
        dashes = (3.0, 2.0) if line.dashed else ()
        return f'fill="none" stroke="{line.colour}"{_width(line.width_pt)}{_dashes(dashes, line.width_pt)}'

    for attributes, found in groupby(lines, look):
        yield f'<path {attributes} d="{_path([((line.x0, line.y0), (line.x1, line.y1)) for line in found])}"/>'


def _strokes(strokes: Iterable[Stroke]) -> Iterator[str]:
    def look(stroke: Stroke) -> str:
        ends = _dashes(stroke.dashes, stroke.width_pt) or ' stroke-linecap="square"'
        return f'fill="none" stroke="{stroke.colour}"{_width(stroke.width_pt)} stroke-linejoin="round"{ends}'

    for attributes, found in groupby(strokes, look):
        yield f'<path {attributes} d="{_path([stroke.points for stroke in found])}"/>'


def _width(points: float) -> str:
    return "" if points == 1 else f' stroke-width="{number(points)}"'


def _dashes(dashes: Sequence[float], width: float) -> str:
    """Lengths of ink and gap in points; they are given in widths of the line."""
    return f' stroke-dasharray="{" ".join(number(length * width) for length in dashes)}"' if dashes else ""


def _path(parts: Iterable[Points], closed: bool = False) -> str:
    """Path data, each part from its first point in steps: exact to the rounding of each point, however many they are.

    A part that begins where the one before it ended goes on from there.
    """
    data, end = "", (-1, -1)
    for points in parts:
        at = [(round(100 * x / MM_PER_POINT), round(100 * y / MM_PER_POINT)) for x, y in points]
        if closed or at[0] != end:
            data += f"M{_pair(*at[0])}"
        data += "".join(_steps(at)) + ("z" if closed else "")
        end = at[-1]
    return data


def _steps(points: Sequence[tuple[int, int]]) -> Iterator[str]:
    last = ""
    for (x0, y0), (x1, y1) in pairwise(points):
        dx, dy = x1 - x0, y1 - y0
        if dx and dy:
            pair = _pair(dx, dy)
            yield f"{'l' if last != 'l' else '' if pair.startswith('-') else ' '}{pair}"
            last = "l"
        elif dx or dy:
            yield f"h{_written(dx)}" if dx else f"v{_written(dy)}"
            last = "hv"


def _pair(x: int, y: int) -> str:
    first, second = _written(x), _written(y)
    return f"{first}{second}" if second.startswith("-") else f"{first} {second}"


def _texts(texts: Sequence[Text]) -> Iterator[str]:
    def look(text: Text) -> str:
        weight = ' font-weight="700"' if text.bold else ""
        style = ' font-style="italic"' if text.italic else ""
        return f'fill="{text.colour}" font-size="{number(text.size_pt)}"{weight}{style}'

    yield f"<g font-family={quoteattr(', '.join(_quoted(name) for name in FAMILIES))}>"
    for attributes, found in groupby((text for text in texts if text.text), look):
        yield f"<g {attributes}>"
        for text in found:
            place = f'x="{number(text.x / MM_PER_POINT)}" y="{number(text.y / MM_PER_POINT)}"{ANCHORS[text.align]}'
            yield f"<text {place}>{escape(without_unseen(text.text))}</text>"
        yield "</g>"
    yield "</g>"


def _quoted(name: str) -> str:
    return f"'{name}'" if " " in name else name
