"""What the commands `pool` and `forest` ask in the same words."""

from __future__ import annotations

from typing import Annotated

import typer

Source = Annotated[
    str,
    typer.Argument(
        metavar="REVIEW|FILE",
        help="A review's folder or name, or a table: CSV, TSV, XLSX, or - for standard input.",
        show_default=False,
    ),
]
Outcome = Annotated[str | None, typer.Option(help="Outcome of the review, e.g. complete_remission.")]
By = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column that forms groups.")]
Cut = Annotated[
    str | None,
    typer.Option(metavar="A,B", help="Where to cut a numeric --by, e.g. 100,200."),
]
GroupTau = Annotated[
    str,
    typer.Option(
        metavar="HOW",
        help="Between-study standard deviation of groups: by-size (common only to those too thin for one of their own),"
        " separate or common.",
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN=VALUE",
        help="Only these arms, e.g. route=topical. May be repeated; one column twice means either value.",
    ),
]
Time = Annotated[
    str | None,
    typer.Option(metavar="RULE", help="Which row of an arm: last, first, nearest=12 (months)."),
]
Unread = Annotated[
    str | None,
    typer.Option(metavar="HOW", help="Arms whose extent was not read: left-out, as-non-events, as-events."),
]

Sheet = Annotated[str | None, typer.Option(metavar="NAME", help="Worksheet of a workbook.")]
Events = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the events.")]
Total = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the totals.")]
Label = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the labels.")]
Study = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Column that says which rows are arms of one study."),
]
Unit = Annotated[
    str | None,
    typer.Option(metavar="NOUN", help="What is counted, in the singular.  [patient; event]"),
]

Exposure = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Column of the times at risk: rates are pooled, not proportions."),
]
TimeUnit = Annotated[
    str | None,
    typer.Option(metavar="NOUN", help="What time at risk is counted in, in the singular.  [by its header]"),
]

ModelName = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="logistic-normal, beta-binomial, bayesian, common-effect or inverse-variance; of rates poisson-normal,"
        " common-effect or inverse-variance.  [logistic-normal; poisson-normal]",
    ),
]
Limits = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="profile-t, profile, t, wald, hk, hk-floor."),
]
Measure = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="inverse-variance: PR, PLN, PLO, PRZ, PAS, PFT; IR, IRLN, IRS, IRFT."),
]
Tau2 = Annotated[str | None, typer.Option(metavar="NAME", help="inverse-variance: REML, ML, DL, PM, EB, HE, HS, SJ.")]
Prediction = Annotated[str | None, typer.Option(metavar="NAME", help="Prediction interval: t, riley, normal.")]
Level = Annotated[str | None, typer.Option(metavar="FRACTION", help="Of the intervals.  [0.95]")]
Option = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Any other option of the model, e.g. add=0.25, tau_prior=half-cauchy. May be repeated.",
    ),
]
StudyLimits = Annotated[
    str,
    typer.Option(metavar="NAME", help="Limits of each study: clopper-pearson, wilson, jeffreys, ..."),
]
