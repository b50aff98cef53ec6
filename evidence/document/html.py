"""The page: one file that holds everything and asks nobody for anything."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..tables.table import Cell
from .blocks import Cite, Code, Emphasis, FigureBlock, Link, Strong, Text
from .document import Document
from .study_links import Rows, link_studies, origins, row_anchor, rows_by_table
from .tabs import in_tabs

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
    tables = {block.table.name: i for i, block in enumerate(document.tables, start=1)}
    figures = {block.name: i for i, block in enumerate(document.figures, start=1)}
    rows, script = rows_by_table(document), _template("page.js")
    page = (
        _environment()
        .get_template("page.html")
        .render(
            document=document,
            description=": ".join(filter(None, (document.title, document.banner))),
            css=_css(document.figures),
            script=_markup(script),
            script_hash=b64encode(sha256(script.encode()).digest()).decode(),
            table_numbers=tables,
            figure_numbers=figures,
            kind=lambda block: type(block).__name__,
            in_tabs=in_tabs,
            runs=lambda text: _runs(text, document),
            cited=lambda keys: _runs((Cite(keys),), document),
            drawing=lambda figure: drawing(figure, rows.get(figure.rows or "", {})),
            row_anchor=row_anchor,
            origins=origins(document),
            sorted_by=sorted_by,
            safe=lambda href: bool(SAFE_ADDRESS.match(href)),
        )
    )
    return page.replace(" %", f"{NO_BREAK}%")


def sorted_by(cell: Cell) -> str | None:
    """The number that a cell is sorted by, where its text is another; None where it is not sorted by a number."""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = f"{value:.9g}".replace("inf", "Infinity")
    return None if number == cell.text else number


def drawing(figure: FigureBlock, rows: Rows | None = None) -> Any:
    """The figure's SVG as it stands inside a page: no prolog, ids of its own, a name and a description.

    Where its studies have rows in a table of the page it holds a link for each, and what is drawn is hidden from those
    who read by ear: the links and the description say all of it.
    """
    from markupsafe import Markup, escape

    start, end = figure.svg.index("<svg"), figure.svg.rindex("</svg>")
    svg = re.sub(r"<metadata>.*?</metadata>", "", figure.svg[start:end], flags=re.DOTALL)
    svg = re.sub(r"<title\b.*?</title>|<desc\b.*?</desc>", "", svg, flags=re.DOTALL)
    prefix = re.sub(r"[^A-Za-z0-9-]", "-", figure.name)
    svg = re.sub(r'(\sid=")', rf"\1{prefix}-", svg)
    svg = re.sub(r'((?:xlink:)?href="#)', rf"\1{prefix}-", svg)
    svg = re.sub(r"(url\(#)", rf"\1{prefix}-", svg)
    svg, links = link_studies(svg, figure, rows or {})
    names = f'aria-labelledby="{prefix}-title" aria-describedby="{prefix}-desc"'
    name = f'role="group" {names}' if links else f'role="img" aria-labelledby="{prefix}-title {prefix}-desc"'
    titles = Markup('<title id="{0}-title">{1}</title><desc id="{0}-desc">{2}</desc>').format(
        prefix, figure.caption, figure.alt
    )
    head, body = svg.split(">", 1)
    head = re.sub(r'\s(?:role|aria-[a-z]+)="[^"]*"', "", head)
    if (width := re.search(r'\swidth="([\d.]+)mm"', head)) and float(width[1]) < NARROW_MM:
        name += f' style="min-width:0;max-width:{ENLARGED * float(width[1]):.0f}mm"'
    if links:
        body = f'<g aria-hidden="true">{body}</g>{links}'
    return Markup(head + " " + name + ">" + str(escape(titles)) + body + "</svg>")


def _template(name: str) -> str:
    return (files("evidence.document") / "templates" / name).read_text(encoding="utf-8")


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)


@cache
def _environment() -> Environment:
    from jinja2 import DictLoader, Environment, StrictUndefined

    sources = {name: _template(name) for name in ("page.html", "blocks.html")}
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
    from ..figures.fonts import faces_of_drawings

    return _markup(_template("page.css") + faces_of_drawings(figure.svg for figure in figures))


def _runs(text: Text, document: Document) -> Any:
    from markupsafe import Markup, escape

    return Markup("").join(_run(run, document, escape, Markup) for run in text)


def _run(run: Any, document: Document, escape: Any, markup: Any) -> Any:
    match run:
        case Link(text=words, href=href) if SAFE_ADDRESS.match(href):
            return markup('<a href="{}">{}</a>').format(href, words)
        case Link(text=words) | str(words):
            return escape(words)
        case Strong(text=words):
            return markup("<strong>{}</strong>").format(words)
        case Code(text=words):
            return markup("<code>{}</code>").format(words)
        case Emphasis(text=words):
            return markup("<em>{}</em>").format(words)
        case Cite(keys=keys):
            looks = "cite" if document.numbered else "cite words"
            return markup('<span class="{}">{}</span>').format(looks, _runs(document.citations[keys], document))
    raise TypeError(f"no rendering for {run!r}")
