"""The drapery plot: the p-value function of each study, of the result, and the region of a new study.

Source: Ruecker and Schwarzer 2021, 10.1002/jrsm.1481.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isnan

from .. import display
from ..errors import usage
from ..measures.exact_p import exact_p
from ..pooling.confidence_curve import ConfidenceCurve, Limits, confidence_curve
from ..pooling.rate_result import PooledRate
from ..pooling.result import Interval, Pooled
from ..pooling.subgroups import Subgroups
from .figure import Figure
from .forest_rows import headline_value
from .forest_words import METHODS, level_text, observed_and_model, overall_of, title
from .marks import Look, key, lighter
from .page import Line, Page, Shape, Stroke, Text, rectangle
from .pen import Pen
from .plot import Plot, below_axis
from .scales import Scale, whole_proportion
from .style import Style, style_named
from .text import width_mm

#: Height of the box, room for the counts above it and for the levels beside it, in mm.
HEIGHT, RISE, BESIDE = 86.0, 5.5, 11.0
#: Proportions at which the studies' functions are computed.
POINTS = tuple(i / 400 for i in range(401))
TICKS = (0.05, 0.2, 0.4, 0.6, 0.8, 1.0)
#: The lightest study, as a share of white; least room between two counts, in mm.
LIGHTEST, APART = 0.68, 1.4
#: More curves than this are thin and light, so that the result is seen, and have no counts above them.
MANY = 30


@dataclass(frozen=True, slots=True)
class StudyCurve:
    """Studies with the same counts: events, n, how many they are, and p along ``POINTS``."""

    events: int
    n: int
    studies: int
    p: tuple[float, ...]

    @property
    def words(self) -> str:
        """``1/1 ×8``."""
        return f"{self.events}/{self.n}" + (f" ×{self.studies}" if self.studies > 1 else "")


@dataclass(frozen=True, slots=True)
class DraperyLayout:
    """The curves placed.

    Attributes:
        page: Everything to draw. plot: The axes: proportion, and p. studies: The largest first.
        pooled, new: Points (proportion, p) of the result's curve and the border of the region of a new study; empty
            where there is none. alt: Description.
    """

    page: Page
    plot: Plot
    studies: tuple[StudyCurve, ...]
    pooled: tuple[tuple[float, float], ...]
    new: tuple[tuple[float, float], ...]
    alt: str


def drapery(
    result: Pooled | Subgroups, *, style: str | Style = "default", prediction: bool = True, labels: bool = True
) -> Figure[DraperyLayout]:
    """A drapery plot.

    Args:
        result: A pooled result; of groups all arms together are drawn. style: A style or its name.
        prediction: Whether to shade the region of a new study. labels: Whether to write the counts above the curves.

    Raises:
        UsageError: an unknown style, or rates. ComputeError: the model has no answer at some level.
    """
    if isinstance(result, PooledRate):
        raise usage("a drapery plot of rates can't be drawn", "read their limits with evidence pool", "rates")
    pooled = overall_of(result)
    pen = Pen(style_named(style) if isinstance(style, str) else style)
    first = headline_value(pooled)
    curve = None if first is None else confidence_curve(pooled).finer()
    centre = () if curve is None or first is None else outline(_headline(curve, pooled), curve, first[1])
    region = () if curve is None or curve.new is None or not prediction else outline(curve.new, curve, None)
    pen.title(title(pooled))
    if pooled.context is not None and pooled.context.banner:
        pen.banner(pooled.context.banner)
    pen.y += 0.8
    for line in observed_and_model(pooled):
        pen.paragraph(line, pen.style.margin_mm, pen.width, pen.style.font_pt, pen.style.ink)
    studies = study_curves(pooled)
    plot, left_out = _box(pen, studies if labels and len(studies) <= MANY else ())
    _draw(pen, plot, pooled, studies, (centre, region))
    _key(pen, pooled, region)
    pen.feet(list(_words(result, pooled, left_out, bool(region))))
    layout = DraperyLayout(pen.page(), plot, studies, centre, region, alt_text(pooled, len(studies)))
    return Figure(layout)


def _headline(curve: ConfidenceCurve, pooled: Pooled) -> Limits:
    """The limits of what the forest plot's diamond shows."""
    found = curve.mean if pooled.mean is not None and pooled.mean_ci is not None else curve.centre
    assert found is not None
    return found


def study_curves(pooled: Pooled) -> tuple[StudyCurve, ...]:
    """The studies' exact functions, those of the same counts once; the largest first."""
    amounts = Counter((row.events, row.n) for row in pooled.studies)
    counts = sorted(amounts, key=lambda pair: (-pair[1], pair[0]))
    values = exact_p([x for x, _ in counts], [n for _, n in counts], POINTS)
    return tuple(
        StudyCurve(x, n, amounts[x, n], tuple(float(p) for p in row))
        for (x, n), row in zip(counts, values, strict=True)
    )


def outline(limits: Limits, curve: ConfidenceCurve, middle: float | None) -> tuple[tuple[float, float], ...]:
    """From the lowest limit of the highest level up to the middle, and down to the highest limit."""
    p = [float(value) for value in curve.p]
    left = [(float(x), y) for x, y in zip(limits.lower, p, strict=True) if not isnan(x)]
    right = [(float(x), y) for x, y in zip(limits.upper, p, strict=True) if not isnan(x)]
    return (*reversed(left), *([] if middle is None else [(middle, 1.0)]), *right)


def _box(pen: Pen, studies: Sequence[StudyCurve]) -> tuple[Plot, int]:
    """Axes, ticks, words and the counts above; also how many counts found no room."""
    style = pen.style
    pen.y += 0.8
    pen.paragraph("p (left) and level of the limits (right)", style.margin_mm, pen.width, style.note_pt, style.muted)
    pen.y += (RISE + style.line_mm) if studies else 2.0
    y = Scale(0.0, 1.0, ticks=tuple((tick, f"{tick:g}") for tick in TICKS))
    left = style.margin_mm + max(width_mm(words, style.note_pt) for _, words in y.ticks) + 2.4
    right = style.width_mm - style.margin_mm - BESIDE
    plot = Plot(left, right, pen.y, pen.y + HEIGHT, whole_proportion(), y)
    for value, words in y.ticks:
        at = plot.at_y(value)
        pen.lines.append(Line(plot.left, at, plot.right, at, style.faint, 0.4))
        pen.texts.append(Text(plot.left - 1.6, at + 0.85, words, style.note_pt, style.ink, "right"))
        level = f"{100 * (1 - value):.0f} %"
        pen.texts.append(Text(plot.right + 1.6, at + 0.85, level, style.note_pt, style.ink))
    pen.lines.append(Line(plot.left, plot.bottom, plot.right, plot.bottom, style.ink, 0.7))
    left_out = _counts(pen, plot, studies)
    pen.y = plot.bottom
    below_axis(pen, plot, "Proportion, %")
    return plot, left_out


def _counts(pen: Pen, plot: Plot, studies: Sequence[StudyCurve]) -> int:
    """The counts above their curves, side by side: of the largest studies, as many as have room."""
    style = pen.style
    shown: list[StudyCurve] = []
    room = plot.right - plot.left
    for study in studies:
        room -= width_mm(study.words, style.note_pt) + APART
        if room < 0:
            break
        shown.append(study)
    shown.sort(key=lambda study: (study.events / study.n, study.n))
    peaks = [plot.at_x(study.events / study.n) for study in shown]
    widths = [width_mm(study.words, style.note_pt) for study in shown]
    for x, wide, peak, study in zip(_side_by_side(peaks, widths, plot), widths, peaks, shown, strict=True):
        pen.texts.append(Text(x, plot.top - RISE, study.words, style.note_pt, style.ink))
        middle = min(max(peak, x + 0.5), x + wide - 0.5)
        pen.lines.append(Line(middle, plot.top - RISE + 0.8, peak, plot.top, style.muted, 0.35))
    return len(studies) - len(shown)


def _side_by_side(middles: Sequence[float], widths: Sequence[float], plot: Plot) -> list[float]:
    """Left ends of words near their middles (rising), within the box and apart from each other."""
    found: list[float] = []
    free = plot.left
    for middle, wide in zip(middles, widths, strict=True):
        found.append(max(free, middle - wide / 2))
        free = found[-1] + wide + APART
    limit = plot.right
    for i in reversed(range(len(found))):
        found[i] = min(found[i], limit - widths[i])
        limit = found[i] - APART
    return found


def _draw(
    pen: Pen,
    plot: Plot,
    pooled: Pooled,
    studies: Sequence[StudyCurve],
    curves: tuple[Sequence[tuple[float, float]], Sequence[tuple[float, float]]],
) -> None:
    """The region at the back, then the studies from the smallest to the largest, then the result."""
    style, (centre, region) = pen.style, curves
    if region:
        points = tuple(plot.at(x, y) for x, y in region)
        base = ((points[0][0], plot.bottom), *points, (points[-1][0], plot.bottom))
        pen.shapes.append(Shape(base, lighter(style.prediction, 0.45), role="band"))
        pen.strokes.append(Stroke(points, style.prediction, 0.9))
    largest = max(study.n for study in studies) ** 0.5
    many = len(studies) > MANY
    for study in reversed(studies):
        shade = LIGHTEST * (1 - study.n**0.5 / largest)
        shade = 0.5 + 0.5 * shade if many else shade
        line = [plot.at(x, p) for x, p in zip(POINTS, study.p, strict=True)]
        pen.strokes.append(Stroke(tuple(line), lighter(style.study, shade), 0.4 if many else 0.8))
    at = plot.at_y(1 - float(pooled.model.level))
    pen.strokes.append(Stroke(((plot.left, at), (plot.right, at)), style.muted, 0.7, (4, 2.5)))
    if centre:
        pen.strokes.append(Stroke(tuple(plot.at(x, y) for x, y in centre), style.pooled, 2.4))


def _key(pen: Pen, pooled: Pooled, region: Sequence[object]) -> None:
    style = pen.style
    entries: list[tuple[Look | Shape, str]] = [(Look(style.study), "studies, the darker the larger")]
    value = headline_value(pooled)
    if value is not None:
        entries.insert(0, (Look(style.pooled), f"{value[0][:1].lower()}{value[0][1:]} ({value[2].formula})"))
    if region and pooled.pi is not None:
        box = rectangle(-2.0, -1.0, 2.0, 1.0)
        shade = Shape(box, lighter(style.prediction, 0.45), style.prediction, 0.6, "key")
        entries.append((shade, f"region of a new study ({pooled.pi.method})"))
    entries.append((Look(style.muted, (4, 2.5)), f"{level_text(pooled)} limits"))
    before, strokes = len(pen.shapes), len(pen.strokes)
    key(pen, entries)
    # The lines have no points, and the result's is as wide as in the plot.
    pen.shapes[before:] = [shape for shape in pen.shapes[before:] if shape.role == "key"]
    if value is not None:
        pen.strokes[strokes] = replace(pen.strokes[strokes], width_pt=2.4)


def _words(result: Pooled | Subgroups, pooled: Pooled, left_out: int, region: bool) -> Iterator[str]:
    yield (
        "Each curve: the two-sided p of every proportion; as high as p it is as wide as the limits of the level 1 - p."
        " Studies: exact p (twice the smaller binomial tail), flat on top because counts are whole numbers."
        " After Rücker and Schwarzer 2021, 10.1002/jrsm.1481."
    )
    shown = (("result", pooled.mean_ci or pooled.ci), ("new study", pooled.pi if region else None))
    bayes = [name for name, ci in shown if _bayes(ci)]
    if bayes:
        yield f"Of the {' and the '.join(bayes)} it is no p but 1 - the posterior probability between the limits."
    other = {row.ci.method for row in pooled.studies} - {"clopper-pearson"}
    if other:
        yield f"The studies' limits elsewhere are {' and '.join(METHODS.get(name, name) for name in sorted(other))}."
    if pooled.headline.kind == "observed":
        yield f"No curve of a result: {pooled.headline.reason or 'nothing is pooled'}"
    elif pooled.pi is not None and pooled.pi.method.startswith("bootstrap"):
        yield "The simulated prediction interval has one level only and is not drawn."
    if left_out:
        yield f"Without room for their counts: {display.plural(left_out, 'further curve')}, of the smallest studies."
    if isinstance(result, Subgroups):
        yield "All arms together: groups are not drawn apart."


def _bayes(ci: Interval | None) -> bool:
    return ci is not None and ci.method in ("equal-tailed", "hpd", "bayes-predictive")


def alt_text(pooled: Pooled, curves: int) -> str:
    """The figure in words."""
    text = (
        f"Drapery plot of {title(pooled)[:1].lower()}{title(pooled)[1:]}: p-value functions of"
        f" {display.plural(len(pooled.studies), 'arm')} ({display.plural(curves, 'curve')})."
    )
    value = headline_value(pooled)
    if value is not None:
        name, centre, ci = value
        limits = display.percent_with_interval(centre, ci.lower, ci.upper)
        text += f" {name}: {limits}, {level_text(pooled)} limits {ci.formula}."
    if pooled.pi is not None:
        text += f" A new study: {display.percent_interval(pooled.pi.lower, pooled.pi.upper)} ({pooled.pi.method})."
    return text
