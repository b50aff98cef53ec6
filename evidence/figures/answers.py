"""The figure of an answer: its picture under the question, whatever its kind."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import usage
from ..sensitivity.answer import Answer
from ..sensitivity.pictures import Contour, Curves, Intervals, Panels, Picture, Points
from ..sensitivity.questions import QUESTIONS, title_of
from .contour_layout import contour_layout
from .curves_layout import curves_layout
from .figure import Figure
from .intervals_layout import PlacedRows, intervals_layout
from .page import Page
from .pen import Pen
from .picture_words import alt_text
from .plot import Plot
from .points_layout import points_layout
from .specification_layout import Specifications, specification_layout
from .style import Style, style_named

Part = PlacedRows | Specifications | Plot


@dataclass(frozen=True, slots=True)
class PictureLayout:
    """A picture placed.

    Attributes:
        page: Everything to draw.
        parts: Where the values of each picture stand: one, or one for each panel.
        alt: Description for those who can't see it.
    """

    page: Page
    parts: tuple[Part, ...]
    alt: str


def answer_figure(
    answer: Answer, style: str | Style = "default", title: str = "", banner: str | None = None
) -> Figure[PictureLayout]:
    """The figure of an answer.

    Args:
        answer: Of a question. style: A style or its name.
        title: Above the figure; the question itself if not given. banner: A sentence that every output must carry.

    Raises:
        UsageError: an unknown style, or an answer that has nothing to draw.
    """
    picture = answer.picture()
    if picture is None:
        raise usage(f"{answer.question}: there is nothing to draw", "read its sentence and its numbers", "no-picture")
    above = title or (title_of(answer.question, answer) if answer.question in QUESTIONS else answer.question)
    return picture_figure(picture, above, style, banner, str(answer))


def picture_figure(
    picture: Picture,
    title: str,
    style: str | Style = "default",
    banner: str | None = None,
    sentence: str = "",
) -> Figure[PictureLayout]:
    """The figure of a picture; ``sentence`` is said to those who can't see it, before what it shows.

    Raises:
        UsageError: an unknown style.
    """
    pen = Pen(style_named(style) if isinstance(style, str) else style)
    pen.title(title)
    if banner:
        pen.banner(banner)
    parts = [_draw(pen, heading, one) for heading, one in _panels(picture)]
    alt = " ".join(words for words in (_ended(title), sentence, alt_text(picture)) if words)
    return Figure(PictureLayout(pen.page(), tuple(parts), alt))


def _panels(picture: Picture) -> tuple[tuple[str, Intervals | Curves | Points | Contour], ...]:
    return picture.pictures if isinstance(picture, Panels) else (("", picture),)


def _draw(pen: Pen, heading: str, picture: Intervals | Curves | Points | Contour) -> Part:
    if heading:
        pen.y += 2.5
        pen.paragraph(heading, pen.style.margin_mm, pen.width, pen.style.font_pt + 1, pen.style.ink, bold=True)
    match picture:
        case Intervals(specification=True):
            return specification_layout(pen, picture)
        case Intervals():
            return intervals_layout(pen, picture)
        case Curves():
            return curves_layout(pen, picture)
        case Points():
            return points_layout(pen, picture)
        case Contour():
            return contour_layout(pen, picture)


def _ended(text: str) -> str:
    return text if text.endswith(("?", ".", "!")) else f"{text}."
