"""What the commands `pool` and `forest` ask in the same words."""

from __future__ import annotations

from typing import Annotated

import typer

_SELECTION = "Which arms"
_TABLE = "Bare table (CSV, TSV, XLSX)"
_MODEL = "Model"

Source = Annotated[
    str,
    typer.Argument(
        metavar="REVIEW|FILE",
        help="A review's folder or name, or a table: CSV, TSV, XLSX, or - for standard input.",
        show_default=False,
    ),
]
Outcome = Annotated[
    str | None, typer.Option(help="Outcome of the review, e.g. complete_remission.", rich_help_panel=_SELECTION)
]
By = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column that forms groups.", rich_help_panel=_SELECTION)]
Cut = Annotated[
    str | None,
    typer.Option(metavar="A,B", help="Where to cut a numeric --by, e.g. 100,200.", rich_help_panel=_SELECTION),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN=VALUE",
        help="Only these arms, e.g. route=topical. May be repeated; one column twice means either value.",
        rich_help_panel=_SELECTION,
    ),
]
Time = Annotated[
    str | None,
    typer.Option(
        metavar="RULE", help="Which row of an arm: last, first, nearest=12 (months).", rich_help_panel=_SELECTION
    ),
]
Unread = Annotated[
    str | None,
    typer.Option(
        metavar="HOW",
        help="Arms whose extent was not read: left-out, as-non-events, as-events.",
        rich_help_panel=_SELECTION,
    ),
]

Sheet = Annotated[str | None, typer.Option(metavar="NAME", help="Worksheet of a workbook.", rich_help_panel=_TABLE)]
Events = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the events.", rich_help_panel=_TABLE)]
Total = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the totals.", rich_help_panel=_TABLE)]
Label = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the labels.", rich_help_panel=_TABLE)]
Study = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Column that says which rows are arms of one study.", rich_help_panel=_TABLE),
]
Unit = Annotated[
    str | None,
    typer.Option(metavar="NOUN", help="What is counted, in the singular.  [patient]", rich_help_panel=_TABLE),
]

ModelName = Annotated[
    str,
    typer.Option(
        "--model", metavar="NAME", help="common-effect, inverse-variance, logistic-normal.", rich_help_panel=_MODEL
    ),
]
Limits = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="profile-t, profile, t, wald, hk, hk-floor.", rich_help_panel=_MODEL),
]
Measure = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="inverse-variance: PR, PLN, PLO, PAS, PFT.", rich_help_panel=_MODEL),
]
Tau2 = Annotated[
    str | None, typer.Option(metavar="NAME", help="inverse-variance: DL, REML, PM.", rich_help_panel=_MODEL)
]
Prediction = Annotated[
    str | None, typer.Option(metavar="NAME", help="Prediction interval: t, riley, normal.", rich_help_panel=_MODEL)
]
Level = Annotated[
    str | None, typer.Option(metavar="FRACTION", help="Of the intervals.  [0.95]", rich_help_panel=_MODEL)
]
StudyLimits = Annotated[
    str,
    typer.Option(metavar="NAME", help="Limits of each study.", rich_help_panel=_MODEL),
]
