"""The heads of a table on a page, and the text of its cells."""

from __future__ import annotations

from collections.abc import Sequence

from .forest_fields import Field, Span, heading_lines
from .page import Line, Text
from .pen import Pen
from .style import Style
from .text import MM_PER_POINT, width_mm


def column_heads(
    pen: Pen,
    fields: Sequence[Field],
    style: Style,
    first: Sequence[str] = ("Study",),
    over: Sequence[Span] = (),
    titles: Sequence[Span] = (),
) -> None:
    """Headings of the columns, those of the labels in lines, and a line below them.

    Args:
        pen: Writes. fields: The columns. style: Sizes. first: Over the labels.
        over: Headings over several columns. titles: Over those, headings of whole panels.
    """
    for spans in (titles, over):
        _spans(pen, spans, style)
    heads = [heading_lines(f, style) for f in fields]
    bottom = pen.y + max([1, len(first), *(len(lines) for lines in heads)]) * style.line_mm
    for i, line in enumerate(first):
        y = bottom - 0.8 - (len(first) - 1 - i) * style.line_mm
        pen.texts.append(Text(style.margin_mm, y, line, style.font_pt, style.ink, bold=True))
    for f, lines in zip(fields, heads, strict=True):
        for i, line in enumerate(lines):
            y = bottom - 0.8 - (len(lines) - 1 - i) * style.line_mm
            pen.texts.append(_head_text(f, line, y, style))
    pen.y = bottom + 0.6
    pen.lines.append(Line(style.margin_mm, pen.y, style.width_mm - style.margin_mm, pen.y, style.ink, 0.7))
    pen.y += 0.6


def _spans(pen: Pen, spans: Sequence[Span], style: Style) -> None:
    """Headings over several columns, each with a line that shows how far it reaches."""
    if not spans:
        return
    bottom = pen.y + max(len(span.lines) for span in spans) * style.line_mm
    for span in spans:
        for i, line in enumerate(span.lines):
            y = bottom - 0.8 - (len(span.lines) - 1 - i) * style.line_mm
            middle = 0.5 * (span.x0 + span.x1)
            pen.texts.append(Text(middle, y, line, style.font_pt, style.ink, "center", True))
        pen.lines.append(Line(span.x0, bottom + 0.3, span.x1, bottom + 0.3, style.muted, 0.4))
    pen.y = bottom + 0.8


def _head_text(f: Field, text: str, y: float, style: Style) -> Text:
    if f.align == "range":
        return Text(f.x + 0.5 * f.width, y, text, style.font_pt, style.ink, "center", True)
    return cell_text(f, text, y, style, True)


def cell_text(f: Field, text: str, y: float, style: Style, bold: bool) -> Text:
    """One line of a cell in its column."""
    if f.align == "right":
        return Text(f.x + f.width, y, text, style.font_pt, style.ink, "right", bold)
    if f.align == "range":
        before = width_mm(text.partition(f.token)[0], style.font_pt, bold)
        words = text.lstrip()
        ahead = width_mm(text[: len(text) - len(words)], style.font_pt, bold)
        return Text(f.x + f.split - before + ahead, y, words, style.font_pt, style.ink, "left", bold)
    return Text(f.x, y, text, style.font_pt, style.ink, "left", bold)


def baselines(lines: Sequence[str], middle: float, style: Style) -> list[tuple[str, float]]:
    """The lines of a cell and their baselines around the middle of a row."""
    first = middle - 0.5 * style.line_mm * (len(lines) - 1) + 0.36 * style.font_pt * MM_PER_POINT
    return [(line, first + i * style.line_mm) for i, line in enumerate(lines) if line]
