"""`evidence pool`: pooled proportions of a review's outcome or of a bare table, or pooled rates of the latter."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .asking import Answer, Arms, answer, say_warnings

HELP = "Pool an outcome of a review, or the counts of a spreadsheet."


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
    exposure: options.Exposure = None,
    time_unit: options.TimeUnit = None,
    model: options.ModelName = None,
    limits: options.Limits = None,
    measure: options.Measure = None,
    tau2: options.Tau2 = None,
    prediction: options.Prediction = None,
    level: options.Level = None,
    option: options.Option = None,
    study_limits: options.StudyLimits = "clopper-pearson",
    json: Annotated[bool, typer.Option("--json", help="Print every number as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="List every arm left out.")] = False,
) -> None:
    """Pool an outcome of a review, or the counts of a spreadsheet.

    evidence pool sts-calcinosis-cutis --outcome complete_remission --by route

    evidence pool counts.csv

    evidence pool rates.csv --exposure person_years
    """
    from .rendering import show, terminal

    table = {"sheet": sheet, "events": events, "total": total, "label": label, "study": study, "unit": unit}
    table |= {"exposure": exposure, "time-unit": time_unit}
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
    if json:
        _print_json(found)
    else:
        show(found.result, terminal(), found.left_out, verbose)


def _print_json(found: Answer) -> None:
    import json

    typer.echo(json.dumps(found.result.to_dict(), ensure_ascii=False, allow_nan=False, indent=2))
