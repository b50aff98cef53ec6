"""`evidence forest`: the forest plot of a review's outcome or of a bare table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from . import options
from .asking import STDIN, Arms, answer, say_warnings

HELP = "Draw a forest plot of an outcome, or of the counts of a spreadsheet."


def command(
    source: options.Source,
    outcome: options.Outcome = None,
    by: options.By = None,
    cut: options.Cut = None,
    group_tau: options.GroupTau = "by-size",
    where: options.Where = None,
    time: options.Time = None,
    unread: options.Unread = None,
    sheet: options.Sheet = None,
    events: options.Events = None,
    total: options.Total = None,
    label: options.Label = None,
    study: options.Study = None,
    unit: options.Unit = None,
    model: options.ModelName = None,
    limits: options.Limits = None,
    measure: options.Measure = None,
    tau2: options.Tau2 = None,
    prediction: options.Prediction = None,
    level: options.Level = None,
    option: options.Option = None,
    study_limits: options.StudyLimits = "clopper-pearson",
    columns: Annotated[
        str | None, typer.Option(metavar="A,B", help="Columns beside the labels, e.g. route,year.")
    ] = None,
    style: Annotated[str, typer.Option(metavar="NAME", help="default or jama.")] = "default",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="File to write; its ending decides: .svg, .pdf, .png, .tiff."),
    ] = None,
) -> None:
    """Draw the forest plot of a review's outcome, or of the counts of a spreadsheet.

    evidence forest sts-calcinosis-cutis --outcome complete_remission --by route -o remission.svg

    evidence forest counts.csv
    """
    table = {"sheet": sheet, "events": events, "total": total, "label": label, "study": study, "unit": unit}
    arms = Arms(outcome, by, cut, tuple(where or ()), time, unread, table, group_tau)
    asked = {
        "limits": limits,
        "measure": measure,
        "tau2": tau2,
        "prediction": prediction,
        "level": level,
        "option": option,
    }
    found = answer(source, arms, model, asked, study_limits)
    say_warnings(found)
    from ..figures import forest, style_named

    names = [name.strip() for name in (columns or "").split(",") if name.strip()]
    figure = forest(found.result, columns=names, style=style_named(style))
    path = output or Path(default_name(source, outcome))
    figure.save(path)
    typer.echo(f"wrote {path}")


def default_name(source: str, outcome: str | None) -> str:
    """Name of the file where none is given: ``forest-counts.svg``, in the current folder."""
    subject = outcome or ("" if source == STDIN else Path(source).stem)
    safe = re.sub(r"[^\w.\-]+", "-", subject).strip("-.")
    return f"forest-{safe}.svg" if safe else "forest.svg"
