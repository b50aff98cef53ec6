"""The page: one file that holds everything and asks nobody for anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .blocks import Cite, Code, FigureBlock, Link, Strong, Text, plain
from .document import Document

if TYPE_CHECKING:
    from jinja2 import Environment

#: Addresses that a link may have; anything else is printed as text.
SAFE_ADDRESS = re.compile(r"(?:https?://|#)\S+\Z")

#: Narrower figures than this are not stretched to the page, but enlarged as much as the others are.
NARROW_MM, ENLARGED = 150.0, 1.3

#: Keeps a percent sign with its number at the end of a line.
NO_BREAK = "\u00a0"


def to_html(document: Document) -> str:
    """The document as one self-contained page."""
    environment = _environment()
    tables = {block.table.name: i for i, block in enumerate(document.tables, start=1)}
    figures = {block.name: i for i, block in enumerate(document.figures, start=1)}
    numbers = document.numbers
    page = environment.get_template("page.html").render(
        document=document,
        css=_css(document.figures),
        table_numbers=tables,
        figure_numbers=figures,
        numbers=numbers,
        kind=lambda block: type(block).__name__,
        runs=lambda text: _runs(text, numbers),
        drawing=drawing,
        safe=lambda href: bool(SAFE_ADDRESS.match(href)),
        plain=plain,
    )
    return page.replace(" %", f"{NO_BREAK}%")


def drawing(figure: FigureBlock) -> Any:
    """The figure's SVG as it stands inside a page: no prolog, ids of its own, a name and a description."""
    from markupsafe import Markup, escape

    start, end = figure.svg.index("<svg"), figure.svg.rindex("</svg>")
    svg = re.sub(r"<metadata>.*?</metadata>", "", figure.svg[start:end], flags=re.DOTALL)
    svg = re.sub(r"<title\b.*?</title>|<desc\b.*?</desc>", "", svg, flags=re.DOTALL)
    prefix = re.sub(r"[^A-Za-z0-9-]", "-", figure.name)
    svg = re.sub(r'(\sid=")', rf"\1{prefix}-", svg)
    svg = re.sub(r'((?:xlink:)?href="#)', rf"\1{prefix}-", svg)
    svg = re.sub(r"(url\(#)", rf"\1{prefix}-", svg)
    name = f'role="img" aria-labelledby="{prefix}-title {prefix}-desc"'
    titles = Markup('<title id="{0}-title">{1}</title><desc id="{0}-desc">{2}</desc>').format(
        prefix, figure.caption, figure.alt
    )
    head, body = svg.split(">", 1)
    head = re.sub(r'\s(?:role|aria-[a-z]+)="[^"]*"', "", head)
    if (width := re.search(r'\swidth="([\d.]+)mm"', head)) and float(width[1]) < NARROW_MM:
        name += f' style="min-width:0;max-width:{ENLARGED * float(width[1]):.0f}mm"'
    return Markup(head + " " + name + ">" + str(escape(titles)) + body + "</svg>")


@cache
def _environment() -> Environment:
    from jinja2 import DictLoader, Environment, StrictUndefined

    folder = files("evidence.document") / "templates"
    sources = {name: (folder / name).read_text(encoding="utf-8") for name in ("page.html", "blocks.html")}
    return Environment(
        loader=DictLoader(sources),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _css(figures: Sequence[FigureBlock]) -> Any:
    """The page's looks, and the font of its figures."""
    from markupsafe import Markup

    from ..figures.fonts import faces_of_drawings

    text = (files("evidence.document") / "templates" / "page.css").read_text(encoding="utf-8")
    return Markup(text + faces_of_drawings(figure.svg for figure in figures))


def _runs(text: Text, numbers: dict[str, int]) -> Any:
    from markupsafe import Markup, escape

    return Markup("").join(_run(run, numbers, escape, Markup) for run in text)


def _run(run: Any, numbers: dict[str, int], escape: Any, markup: Any) -> Any:
    match run:
        case Link(text=words, href=href) if SAFE_ADDRESS.match(href):
            return markup('<a href="{}">{}</a>').format(href, words)
        case Link(text=words) | str(words):
            return escape(words)
        case Strong(text=words):
            return markup("<strong>{}</strong>").format(words)
        case Code(text=words):
            return markup("<code>{}</code>").format(words)
        case Cite(keys=keys):
            links = [markup('<a href="#ref-{0}">{0}</a>').format(numbers[key]) for key in keys]
            return markup('<span class="cite">[{}]</span>').format(markup(", ").join(links))
    raise TypeError(f"no rendering for {run!r}")
