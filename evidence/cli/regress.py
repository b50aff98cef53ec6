"""`evidence regress`: proportions regressed on what is known of the arms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from .. import display
from ..errors import usage
from . import options
from .asking import Arms, arms_typed, fraction, select_arms

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from ..outcomes import Selection
    from ..pooling.design import Term
    from ..pooling.regression_result import Regressed

HELP = "Regress an outcome on what is known of the arms: year, route, ..."


@options.shared(options.of_review, options.of_table)
def command(
    source: options.Source,
    on: Annotated[str, typer.Option("--on", metavar="A,B", help="Covariates by column, e.g. year,route.")],
    typed: options.Typed,
    model: Annotated[
        str, typer.Option("--model", metavar="NAME", help="logistic-normal or inverse-variance.")
    ] = "logistic-normal",
    limits: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="profile-t, profile, t, wald; inverse-variance: hk, hk-floor, cr2, t, wald."),
    ] = None,
    measure: options.Measure = None,
    tau2: options.Tau2 = None,
    permutations: Annotated[
        int | None, typer.Option(metavar="N", help="inverse-variance: permutations of a test of each covariate.")
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Of random permutations.  [1]")] = None,
    level: options.Level = None,
    json: Annotated[bool, typer.Option("--json", help="Print every number as JSON.")] = False,
) -> None:
    """Regress an outcome on what is known of the arms. Covariates are not randomised: it describes, no more.

    evidence regress sts-calcinosis-cutis --outcome complete_remission --on year

    evidence regress counts.csv --on year,route --model inverse-variance --limits cr2
    """
    arms = arms_typed(typed)
    asked = {"limits": limits, "measure": measure, "tau2": tau2, "permutations": permutations, "seed": seed}
    found, selection = _regressed(source, arms, on, model, {**asked, "level": level})
    if json:
        _print_json(found)
        return
    from .rendering import print_blocks, terminal

    print_blocks(_blocks(found, selection), terminal())


def _regressed(source: str, arms: Arms, on: str, model: str, asked: Mapping[str, Any]) -> tuple[Regressed, Selection]:
    from ..pooling.regression import regress, regression

    names = [name.strip() for name in on.split(",") if name.strip()]
    if not names:
        raise usage("--on names no covariate", "write it as --on year,route", "covariates")
    given = {name: value for name, value in asked.items() if value is not None}
    if "level" in given:
        given["level"] = fraction(str(given["level"]))
    specification = regression(model, **given)
    selection, problems = select_arms(source, arms)
    for problem in problems:
        typer.echo(str(problem), err=True)
    return regress(selection, names, specification), selection


def _print_json(found: Regressed) -> None:
    import json

    content = found.to_dict() | {"predicted": [row for term in found.design.terms for row in _settings(found, term)]}
    typer.echo(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2))


def _blocks(found: Regressed, selection: Selection) -> Iterator[RenderableType]:
    from rich.text import Text

    context, counts = selection.context, found.counts
    if context.banner:
        yield Text(context.banner, style="yellow")
    title = Text(f"{context.title}\n" if context.title else "", style="bold")
    studies = display.plural(found.k, "study", "studies")
    says = f"{counts.events.sum()} of {display.plural(int(counts.n.sum()), counts.unit)} in {studies}"
    yield Text.assemble(title, says, f" ({display.plural(counts.k, 'arm')})" if counts.k > found.k else "")
    yield _coefficients(found)
    yield _spread(found)
    yield _predicted(found)
    yield _notes(found)
    yield Text(found.model.title, style="dim")


def _grid(heads: Sequence[str], first: str = "") -> Table:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold")
    for _ in heads:
        grid.add_column(justify="right", no_wrap=True)
    grid.add_row(Text(first, style="dim"), *(Text(head, style="dim") for head in heads))
    return grid


def _coefficients(found: Regressed) -> RenderableType:
    """Coefficients with limits and p; of a logit model the odds ratios below."""
    from rich.console import Group
    from rich.text import Text

    from ..pooling.regression_text import limits_text

    logit = getattr(found.model, "measure", "PLO") == "PLO"
    permuted, level = found.permutations is not None, f"{found.model.level:.0%} limits"
    heads = ["log odds" if logit else "coefficient", level, "p", *(["p permuted"] if permuted else [])]
    grid = _grid(heads)
    for c in found.coefficients:
        cells = [display.number(c.estimate, 3), limits_text(c), display.p_value(c.p)]
        cells += [display.p_value(c.p_permutation)] if permuted else []
        grid.add_row(Text(c.name), *(Text(cell) for cell in cells))
    said = [f"{t.name} against {t.reference}" for t in found.design.terms if t.reference is not None]
    blocks: list[RenderableType] = [Text("; ".join(said), style="dim")] if said else []
    return Group(*blocks, grid, *([Text(), _ratios(found, level)] if logit else []))


def _ratios(found: Regressed, level: str) -> RenderableType:
    """Odds ratios of every coefficient but the intercept's."""
    from rich.text import Text

    grid = _grid(["odds ratio", level])
    for i, c in enumerate(found.coefficients):
        if i != found.design.intercept:
            none = c.lower is None and c.upper is None and c.p is None
            limits = f"[{_ratio(c.lower, 0.0)}, {_ratio(c.upper, np.inf)}]"
            grid.add_row(Text(c.name), Text(_ratio(c.estimate, 1.0)), Text(display.DASH if none else limits))
    return grid


def _ratio(log_ratio: float | None, never: float) -> str:
    value = never if log_ratio is None else float(np.exp(np.clip(log_ratio, -700, 700)))
    return "∞" if value == np.inf else display.significant(value)


def _spread(found: Regressed) -> RenderableType:
    from rich.text import Text

    from ..pooling.regression_text import omnibus_line, spread_line

    lines = [spread_line(found)]
    if found.omnibus is not None:
        lines.append(omnibus_line(found.omnibus))
    return Text("\n".join(lines))


def _settings(found: Regressed, term: Term) -> list[dict[str, Any]]:
    """What is expected at each category of a covariate, or at the least, middle and largest value of a number.

    Other covariates are at their most frequent category or their median.
    """
    from ..pooling.regression_result import predict

    middle = {t.name: _middle(found, t) for t in found.design.terms}
    values = _values(found, term)
    at = predict(found, [{**middle, term.name: value} for value in values]).to_dict()
    return [
        {"covariate": term.name, "value": value, **{name: column[i] for name, column in at.items()}}
        for i, value in enumerate(values)
    ]


def _numbers(found: Regressed, term: Term) -> Any:
    return found.design.values[:, found.design.names.index(term.name)]


def _middle(found: Regressed, term: Term) -> Any:
    return term.reference if term.reference is not None else float(np.median(_numbers(found, term)))


def _values(found: Regressed, term: Term) -> list[Any]:
    if term.reference is not None:
        return [term.reference, *term.levels]
    numbers = _numbers(found, term)
    return sorted({float(numbers.min()), float(np.median(numbers)), float(numbers.max())})


def _predicted(found: Regressed) -> RenderableType:
    """Expected proportions: the mean where the scale has one, else the median."""
    from rich.text import Text

    rows = [row for term in found.design.terms for row in _settings(found, term)]
    mean = all(row["mean"] is not None for row in rows)
    kind = "mean" if mean else "estimate"
    lower, upper = ("mean_lower", "mean_upper") if mean else ("lower", "upper")
    what = "average study (mean)" if mean else "typical study (median)"
    grid = _grid([what, f"{found.model.level:.0%} limits"], "expected proportion")
    for row in rows:
        value = row["value"] if isinstance(row["value"], str) else f"{row['value']:g}"
        limits = display.interval(row[lower], row[upper])
        grid.add_row(Text(f"{row['covariate']} {value}"), Text(display.proportion(row[kind])), Text(limits))
    return grid


def _notes(found: Regressed) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    from .rendering import SEVERITIES, STYLES

    grid = Table.grid(padding=(0, 2, 0, 0))
    for severity in SEVERITIES:
        for note in found.notes:
            if note.severity == severity:
                code = Text(f" [{note.code}]", style="dim")
                grid.add_row(Text(severity, style=STYLES[severity]), Text.assemble(note.text, code))
    return grid
