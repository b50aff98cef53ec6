"""What several commands ask in the same words: each option is declared once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

Source = Annotated[
    str,
    typer.Argument(
        metavar="REVIEW|FILE",
        help="A review's folder or name, or a table: CSV, TSV, XLSX, or - for standard input.",
        show_default=False,
    ),
]
Outcome = Annotated[str | None, typer.Option(metavar="NAME", help="Outcome of the review, e.g. complete_remission.")]
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
ProportionModel = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="logistic-normal, beta-binomial, bayesian, common-effect or inverse-variance.  [logistic-normal]",
    ),
]
ProportionMeasure = Annotated[
    str | None, typer.Option("--measure", metavar="CODE", help="inverse-variance: PR, PLN, PLO, PRZ, PAS, PFT.")
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
Prediction = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Prediction interval: t, riley, normal, bootstrap or none; also bayes (logistic-normal, beta-binomial),"
        " beta-plug-in (beta-binomial), t-classic, riley-classic, normal-classic (inverse-variance).",
    ),
]
Level = Annotated[str | None, typer.Option(metavar="FRACTION", help="Of the intervals.  [0.95]")]
Option = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Any other option of the model, e.g. add=0.25, tau_scale=0.5. May be repeated.",
    ),
]
StudyLimits = Annotated[
    str,
    typer.Option(metavar="NAME", help="Limits of each study: clopper-pearson, wilson, jeffreys, ..."),
]

#: Of what takes long: who computes.
WorkerCount = Annotated[
    int, typer.Option(metavar="N", min=1, help="Processes on this machine; more than 1 need the extra [cluster].")
]
Cluster = Annotated[str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler, e.g. tcp://10.0.0.1:8786.")]

#: Of a figure: its look, width, resolution and file.
Look = Annotated[str, typer.Option(metavar="NAME", help="Look of a journal: default, jama, bmj, lancet, revman5.")]
Palette = Annotated[str | None, typer.Option(metavar="NAME", help="Colours: a palette of seaborn, e.g. colorblind.")]
Width = Annotated[
    str | None,
    typer.Option(
        metavar="WIDTH",
        help="column (84 mm), two-columns (174), page (257: A4 across), as high as paper; or mm, one tall page.",
    ),
]
Dpi = Annotated[int, typer.Option(metavar="N", help="Of .png and .tiff.", min=50, max=2400)]
Font = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Font for letters that DejaVu Sans lacks, e.g. of East Asia; of .pdf a .ttf."),
]
Drawn = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="File to write; its ending decides: .svg, .pdf, .png, .tiff."),
]

#: What was typed for shared options, by name; None = not said.
Typed = Mapping[str, Any]


def of_review(outcome: Outcome = None, where: Where = None, time: Time = None, unread: Unread = None) -> None:
    """Options: which arms of a review, or of a table that says."""


def of_groups(by: By = None, cut: Cut = None, group_tau: GroupTau = "by-size") -> None:
    """Options: groups of arms."""


def of_table(
    sheet: Sheet = None,
    events: Events = None,
    total: Total = None,
    label: Label = None,
    study: Study = None,
    unit: Unit = None,
) -> None:
    """Options: where the counts stand in a bare table."""


def of_rates(exposure: Exposure = None, time_unit: TimeUnit = None) -> None:
    """Options: where the times at risk stand in a bare table."""


def of_model(
    model: ModelName = None,
    limits: Limits = None,
    measure: Measure = None,
    tau2: Tau2 = None,
    prediction: Prediction = None,
    level: Level = None,
) -> None:
    """Options: the model."""


def of_proportion_model(
    model: ProportionModel = None,
    limits: Limits = None,
    measure: ProportionMeasure = None,
    tau2: Tau2 = None,
    prediction: Prediction = None,
    level: Level = None,
) -> None:
    """Options: the model of proportions."""


def of_model_further(option: Option = None, study_limits: StudyLimits = "clopper-pearson") -> None:
    """Options: what else a model takes, and the limits of each study."""


def of_work(workers: WorkerCount = 1, cluster: Cluster = None) -> None:
    """Options: who computes; what comes out does not depend on it."""


def shared(
    *parts: Callable[..., None], arguments: tuple[str, ...] = ("source",)
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command the options that functions declare; it is called with what was typed for them as ``typed``.

    Args:
        parts: Functions whose parameters are options. arguments: The command's own parameters that come first.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        declared = {name: given for part in parts for name, given in _parameters(part).items()}
        own = _parameters(command)
        del own["typed"]
        first = {name: own.pop(name) for name in arguments}
        everything = {**first, **declared, **own}

        @wraps(command)
        def called(**given: Any) -> None:
            typed = {name: given.pop(name) for name in declared}
            command(typed=typed, **given)

        called.__signature__ = Signature(list(everything.values()))  # type: ignore[attr-defined]
        called.__annotations__ = {name: parameter.annotation for name, parameter in everything.items()}
        del called.__wrapped__
        return called

    return decorate


def _parameters(function: Callable[..., None]) -> dict[str, Parameter]:
    """The parameters of a function as named ones, with their annotations as values."""
    hints = get_type_hints(function, include_extras=True)
    return {
        name: parameter.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY)
        for name, parameter in signature(function).parameters.items()
    }
