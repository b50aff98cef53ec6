"""Judgements as lights: a colour, a sign in it and a word for each, told apart in grey as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .page import Shape, Text, round_shape
from .pen import Pen
from .text import MM_PER_POINT, width_mm


@dataclass(frozen=True, slots=True)
class Light:
    """How one judgement looks: the sign in the circle, the word for it, fill, colour of the sign."""

    sign: str
    word: str
    fill: str
    ink: str


#: An item that nobody judged in a study that was appraised.
MISSING = "missing"
#: In the order in which they stand in a bar; from light to dark in grey: unclear, yes, no.
LIGHTS: Mapping[str, Light] = {
    "yes": Light("+", "yes", "#63b3a6", "#102a26"),
    "unclear": Light("?", "unclear", "#f3e2a0", "#3a3000"),
    "no": Light("\u2212", "no", "#9c2f1b", "#ffffff"),
    "not_applicable": Light("n/a", "not applicable", "#ffffff", "#3d3d3d"),
    "open": Light("\u2260", "raters differ, not settled", "#d5d5d5", "#1a1a1a"),
    MISSING: Light("\u2013", "not judged", "#ffffff", "#3d3d3d"),
}
#: The words of tools that rate a risk, such as RoB 2; ``unclear`` is above.
LEVELS: Mapping[str, Light] = {
    "low": Light("+", "low", "#63b3a6", "#102a26"),
    "some": Light("\u2212", "some concerns", "#e0b23c", "#2b2100"),
    "high": Light("\u00d7", "high", "#9c2f1b", "#ffffff"),
}
EDGE = "#4d4d4d"


def draw_light(pen: Pen, judgement: str, x: float, y: float, radius: float) -> None:
    """One light with its middle at (x, y), in mm; a judgement that is missing is a sign without a circle."""
    light = LEVELS.get(judgement) or LIGHTS[judgement]
    if judgement != MISSING:
        pen.shapes.append(Shape(round_shape(x, y, radius), light.fill, EDGE, 0.5, "light"))
    _sign(pen, light, x, y, radius)


def _sign(pen: Pen, light: Light, x: float, y: float, radius: float) -> None:
    """The sign, as large as fits the circle."""
    size = 1.75 * radius / MM_PER_POINT / 1.1
    wide = width_mm(light.sign, size, bold=True)
    size = min(size, size * 1.62 * radius / wide)
    # 0.36: half the height of a sign over the baseline, as a share of the size of the font.
    baseline = y + 0.36 * size * MM_PER_POINT
    if len(light.sign) > 1:
        baseline = y + 0.30 * size * MM_PER_POINT
    pen.texts.append(Text(x, baseline, light.sign, size, light.ink, "center", bold=True))


def light_key(pen: Pen, judgements: Sequence[str], radius: float) -> None:
    """Lights with their words, side by side as far as there is room; only those that occur."""
    style = pen.style
    x = style.margin_mm
    pen.y += 2 * radius + 1.0
    for judgement in (name for name in LIGHTS if name in judgements):
        words = LIGHTS[judgement].word
        needed = 2 * radius + 1.2 + width_mm(words, style.note_pt)
        if x > style.margin_mm and x + needed > style.width_mm - style.margin_mm:
            x = style.margin_mm
            pen.y += 2 * radius + 0.8
        draw_light(pen, judgement, x + radius, pen.y - radius, radius)
        baseline = pen.y - radius + 0.36 * style.note_pt * MM_PER_POINT
        pen.texts.append(Text(x + 2 * radius + 1.2, baseline, words, style.note_pt, style.ink))
        x += needed + 4.0
    pen.y += 1.0
