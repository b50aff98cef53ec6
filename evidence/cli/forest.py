"""`evidence forest`: the forest plot of a review's outcome or of a bare table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import usage
from . import options
from .asking import STDIN, Answer, answer, arms_typed, is_of_review, model_typed, origin_of, say_warnings
from .saving import print_written, save_figure

if TYPE_CHECKING:
    from ..figures.figure import Figure
    from ..figures.forest_view import View
    from ..figures.style import Style

HELP = "Draw a forest plot of an outcome, or of the counts of a spreadsheet."

Columns = Annotated[
    str | None,
    typer.Option(metavar="A,B", help="Columns left of the axis, e.g. route,year; dose:1 with one decimal."),
]
Right = Annotated[
    str | None,
    typer.Option(metavar="A,B", help="Columns right of the axis instead of the style's own, e.g. estimate_ci,weight."),
]
Span = Annotated[
    list[str] | None,
    typer.Option(metavar="HEADING=A,B", help="Heading over neighbouring columns. May be repeated."),
]
Sort = Annotated[
    str,
    typer.Option(
        metavar="HOW",
        help="given, label, year (earliest first), size (largest first) or estimate; -year the other way round.",
    ),
]
Scale = Annotated[str | None, typer.Option(metavar="NAME", help="percent, per-1000 or proportion.  [the style's own]")]
Decimals = Annotated[int | None, typer.Option(metavar="N", help="Of estimates and limits.  [the style's own]")]
Axis = Annotated[
    str | None,
    typer.Option(metavar="LOW,HIGH", help="Ends of the axis as proportions, e.g. 0,0.5: arrows where limits go on."),
]
Reference = Annotated[
    list[float] | None,
    typer.Option(metavar="P", help="Line at a proportion, e.g. 0.5. May be repeated."),
]
PredictionAs = Annotated[str, typer.Option(metavar="HOW", help="Prediction interval as bar, shade, density or none.")]
PageRows = Annotated[
    int | None,
    typer.Option(
        metavar="N", help="Most rows on a page: one PDF of several pages, or a file each.  [all; of a named width 60]"
    ),
]
Beside = Annotated[
    list[str] | None,
    typer.Option(metavar="OUTCOME", help="A further outcome of the review, side by side. May be repeated."),
]
BesideModel = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="What a further model makes of the same counts. May be repeated."),
]
Lights = Annotated[
    str | None,
    typer.Option(
        "--risk-of-bias", metavar="TOOL", help="Beside each row its lights of one tool, e.g. jbi-case-series; or all."
    ),
]
Extents = Annotated[
    bool,
    typer.Option("--responses", help="Beside each row how far its units responded, as a stacked bar (of a review)."),
]


def of_columns(columns: Columns = None, right: Right = None, span: Span = None, sort: Sort = "given") -> None:
    """Options: columns and order."""


def of_view(
    scale: Scale = None,
    decimals: Decimals = None,
    axis: Axis = None,
    reference: Reference = None,
    prediction_as: PredictionAs = "bar",
    page_rows: PageRows = None,
) -> None:
    """Options: scale, axis, prediction interval, pages."""


def of_company(
    beside: Beside = None, beside_model: BesideModel = None, responses: Extents = False, lights: Lights = None
) -> None:
    """Options: what stands beside the result."""


@options.shared(
    options.of_review,
    options.of_groups,
    options.of_table,
    options.of_rates,
    options.of_model,
    options.of_model_further,
    of_columns,
    of_view,
    of_company,
)
def command(
    source: options.Source,
    typed: options.Typed,
    style: options.Look = "default",
    palette: options.Palette = None,
    width: options.Width = None,
    dpi: options.Dpi = 300,
    font: options.Font = None,
    output: options.Drawn = None,
) -> None:
    """Draw the forest plot of a review's outcome, or of the counts of a spreadsheet.

    evidence forest sts-calcinosis-cutis --outcome complete_remission --by route -o remission.svg

    evidence forest counts.csv

    evidence forest counts.csv --style jama --width column --sort size --axis 0,0.5 -o plot.pdf
    """
    from ..figures import style_named, with_palette

    found = _answers(source, typed)
    for one in found:
        say_warnings(one)
    look = replace(with_palette(style, palette) if palette else style_named(style), font=str(font or ""))
    figure = _figure(found, typed, look, width, _view(source, typed))
    path = output or Path(default_name(source, typed["outcome"]))
    print_written(save_figure(figure, path, dpi))


def _answers(source: str, typed: Mapping[str, Any]) -> list[Answer]:
    """The result, then those of further outcomes or models.

    Raises:
        UsageError: both are asked for, or outcomes of a bare table.
    """
    arms, asked, limits = arms_typed(typed), model_typed(typed), typed["study_limits"]
    outcomes, models = typed["beside"] or [], typed["beside_model"] or []
    if outcomes and models:
        raise usage("--beside and --beside-model can't stand together", "use one of them", "beside")
    if outcomes and not is_of_review(source):
        raise usage(f"{source} is a table: it has no further outcome", "use a review, or leave --beside out", "beside")
    found = [answer(source, arms, typed["model"], asked, limits)]
    found += [answer(source, replace(arms, outcome=name), typed["model"], asked, limits) for name in outcomes]
    # The options are those of the first model: another may not have them.
    level = {"level": asked["level"]}
    return found + [answer(source, arms, name, level, limits) for name in models]


def _figure(
    found: Sequence[Answer], typed: Mapping[str, Any], style: Style, width: str | None, view: View
) -> Figure[Any]:
    from ..figures import forest_models, forest_panels

    draw = forest_models if typed["beside_model"] else forest_panels
    right = None if typed["right"] is None else _names(typed["right"])
    results: list[Any] = [one.result for one in found]
    return draw(results, _names(typed["columns"]), right, typed["sort"], style, width, view)


def _view(source: str, typed: Mapping[str, Any]) -> View:
    from ..figures.forest_company import company
    from ..figures.forest_view import View

    beside = {"responses": typed["responses"], "risk_of_bias": typed["lights"] or ""}
    return View(
        scale=typed["scale"] or "",
        decimals=typed["decimals"],
        axis=_ends(typed["axis"]),
        references=tuple(typed["reference"] or ()),
        prediction_as=typed["prediction_as"],
        spans=_spans(typed["span"] or ()),
        page_rows=typed["page_rows"],
        **company(beside, origin_of(source, typed) if any(beside.values()) else None),
    )


def _ends(text: str | None) -> tuple[float, ...]:
    """``"0,0.5"`` to numbers.

    Raises:
        UsageError: something that is no number.
    """
    try:
        return tuple(float(part) for part in _names(text))
    except ValueError:
        raise usage(
            f"--axis {text!r} has something that is no number", "write it as LOW,HIGH, e.g. 0,0.5", "axis"
        ) from None


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _spans(texts: Sequence[str]) -> dict[str, list[str]]:
    """``["Remission=events,n"]`` to headings and the columns below them.

    Raises:
        UsageError: no equals sign, or no columns.
    """
    found = {}
    for text in texts:
        heading, _, names = text.rpartition("=")
        if not heading.strip() or not _names(names):
            raise usage(f"--span {text!r} names no columns", "write it as HEADING=A,B, e.g. Remission=events,n", "span")
        found[heading.strip()] = _names(names)
    return found


def default_name(source: str, outcome: str | None, figure: str = "forest") -> str:
    """Name of the file where none is given: ``forest-counts.svg``, in the current folder."""
    subject = outcome or ("" if source == STDIN else Path(source).stem)
    safe = re.sub(r"[^\w.\-]+", "-", subject).strip("-.")
    return f"{figure}-{safe}.svg" if safe else f"{figure}.svg"
