"""Results as tables: at a glance, one outcome by every method, by groups, arm by arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import display
from ..pooling.notes import FEW_UNITS
from ..pooling.result import Context, Interval, Pooled
from .records import by_key, reports_of
from .table import Cell, Table, TableColumn, cell, term, words

if TYPE_CHECKING:
    from ..outcomes import Selection
    from ..pooling.subgroups import Subgroups
    from ..review.review import Review
    from ..sensitivity.standing import Standing, StandingRow

AVERAGE_STUDY = (
    "Average study: the marginal mean over studies. “Not pooled”: fewer than 3 studies or 10 patients (our threshold),"
    " or only events or none; the counts are the result."
)
GROUP_LIMITS = (
    "Groups with fewer than 3 studies or 10 patients are not pooled (our threshold): their limits are the exact limits"
    " of the observed count."
)
#: Numbers behind the printed cells of a result, in the CSV file only.
COUNTS = (
    TableColumn("events", "Events", "right", where="csv"),
    TableColumn("n", "n", "right", where="csv"),
    TableColumn("treated", "Treated", "right", where="csv"),
    TableColumn("arms_in", "Arms in", "right", where="csv"),
    TableColumn("arms_all", "Arms", "right", where="csv"),
    TableColumn("exact_lower", "Exact lower", "right", where="csv"),
    TableColumn("exact_upper", "Exact upper", "right", where="csv"),
    TableColumn("mean_lower", "Mean lower", "right", where="csv"),
    TableColumn("mean_upper", "Mean upper", "right", where="csv"),
)


def glance(rows: Sequence[tuple[str, Pooled]]) -> Table:
    """One row per outcome: what was counted, then what was computed."""
    columns = (
        TableColumn("outcome", "Outcome"),
        TableColumn("observed", "Observed", "right", where="page"),
        TableColumn("observed_limits", "Exact limits", "right", where="page"),
        TableColumn("coverage", "In the pool / treated", "right", where="page"),
        TableColumn("mean", "Average study", "right"),
        TableColumn("mean_limits", "95 % interval", "right", where="page"),
        TableColumn("case_reports", "Case reports / arms", "right"),
        TableColumn("comparison", "Comparison group"),
        *COUNTS,
    )
    footnotes = ("Exact limits assume one common probability in all arms.", AVERAGE_STUDY)
    return Table("results", "Results at a glance.", columns, tuple(_glance(*row) for row in rows), footnotes)


def _glance(title: str, pooled: Pooled) -> tuple[Cell, ...]:
    lower, upper = exact_limits(pooled.events, pooled.n)
    context, mean, ci = pooled.context, *_mean(pooled)
    return (
        Cell(title, title),
        _observed(pooled),
        Cell(display.percent_interval(lower, upper)),
        _coverage(pooled),
        Cell("not pooled" if mean is None else display.percent(mean), mean),
        interval_cell(ci),
        Cell(display.count(context.case_reports, context.arms_in), context.case_reports) if context else cell(None),
        _comparison(pooled),
        *_counts(pooled),
    )


def _observed(pooled: Pooled) -> Cell:
    """Events of n; a percentage only where there are enough units to speak of one."""
    text = display.count(pooled.events, pooled.n)
    return Cell(text if pooled.n < FEW_UNITS else f"{text} ({display.percent(pooled.events / pooled.n)})")


def _comparison(pooled: Pooled) -> Cell:
    context = pooled.context
    if context is None:
        return cell(None)
    arms = display.plural(context.comparison, "arm")
    return Cell(f"{arms}, not used" if context.comparison else "none", context.comparison)


def _coverage(pooled: Pooled) -> Cell:
    treated = pooled.context.treated if pooled.context else None
    return Cell(display.count(pooled.n, treated))


def _mean(pooled: Pooled) -> tuple[float | None, Interval | None]:
    """The headline number, where a headline may say one."""
    return (None, None) if pooled.headline.kind == "observed" else (pooled.mean, pooled.mean_ci)


def _counts(pooled: Pooled) -> tuple[Cell, ...]:
    context, (_, ci) = pooled.context, _mean(pooled)
    values: tuple[Any, ...] = (
        pooled.events,
        pooled.n,
        context.treated if context else None,
        context.arms_in if context else None,
        context.arms_all if context else None,
        *exact_limits(pooled.events, pooled.n),
        ci.lower if ci else None,
        ci.upper if ci else None,
    )
    return tuple(Cell("", value) for value in values)


def exact_limits(events: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson limits of an observed proportion."""
    import numpy as np

    from ..measures.limits import study_limits

    lower, upper = study_limits(np.array([events]), np.array([n]), "clopper-pearson", level)
    return float(lower[0]), float(upper[0])


def interval_cell(ci: Interval | None) -> Cell:
    """An interval in percent."""
    if ci is None:
        return Cell(display.DASH)
    return Cell(display.percent_interval(ci.lower, ci.upper))


def standing_table(name: str, title: str, standing: Standing) -> Table:
    """The same counts by every method, and what is wrong with each at this design."""
    columns = (
        TableColumn("label", "Method"),
        TableColumn("estimates", "What it estimates"),
        TableColumn("counts", "Counts", "right", where="page"),
        TableColumn("events", "Events", "right", where="csv"),
        TableColumn("n", "n", "right", where="csv"),
        TableColumn("estimate", "Estimate", "right"),
        TableColumn("lower", "Lower limit", "right"),
        TableColumn("upper", "Upper limit", "right"),
        TableColumn("method", "Limits by"),
        TableColumn("defect", "Known defect at this design", wide=True),
    )
    rows = tuple(
        (
            Cell(row.label[:1].upper() + row.label[1:], row.label),
            Cell(row.estimates, row.estimates),
            Cell(display.count(row.events, row.n)),
            Cell("", row.events),
            Cell("", row.n),
            Cell(_estimates(row), row.estimate),
            Cell(display.percent(row.lower), row.lower),
            Cell(display.percent(row.upper), row.upper),
            cell(row.method),
            cell(row.defect),
        )
        for row in standing.rows
    )
    return Table(f"{name}-methods", f"{title} by every method.", columns, rows)


def _estimates(row: StandingRow) -> str:
    """One estimate, or the range of several."""
    if row.estimate_to is None:
        return display.percent(row.estimate)
    return display.percent_interval(row.estimate, row.estimate_to)


def subgroup_table(name: str, title: str, result: Subgroups, contexts: Mapping[str, Context]) -> Table:
    """One row per group in the review's order, never ranked; ``contexts`` also names groups without a usable arm."""
    columns = (
        TableColumn("group", result.heading),
        TableColumn("arms", "Arms in / all", "right", where="page"),
        TableColumn("observed", "Observed", "right", where="page"),
        TableColumn("coverage", "In the pool / treated", "right", where="page"),
        TableColumn("mean", "Average study", "right"),
        TableColumn("limits", "95 % limits", "right", where="page"),
        TableColumn("case_reports", "Case reports", "right"),
        *COUNTS,
    )
    found = dict(result.groups)
    rows = tuple(
        _group(label, found[label]) if label in found else _empty_group(label, context)
        for label, context in contexts.items()
    )
    footnotes = (GROUP_LIMITS, result.no_test or _tested(result.test))
    return Table(f"{name}-by-{result.by}", f"{title} by {result.heading.lower()}.", columns, rows, footnotes)


def _group(label: str, pooled: Pooled) -> tuple[Cell, ...]:
    context, mean, ci = pooled.context, *_mean(pooled)
    lower, upper = exact_limits(pooled.events, pooled.n)
    return (
        Cell(words(label) or label, label),
        Cell(display.count(context.arms_in, context.arms_all) if context else display.DASH),
        _observed(pooled),
        _coverage(pooled),
        Cell("not pooled" if mean is None else display.percent(mean), mean),
        interval_cell(ci) if ci else Cell(display.percent_interval(lower, upper) + " (exact)"),
        cell(context.case_reports if context else None),
        *_counts(pooled),
    )


def _empty_group(label: str, context: Context) -> tuple[Cell, ...]:
    values = (0, 0, context.treated, 0, context.arms_all, None, None, None, None)
    return (
        Cell(words(label) or label, label),
        Cell(display.count(0, context.arms_all)),
        Cell("no count"),
        Cell(display.count(0, context.treated)),
        Cell("not pooled"),
        cell(None),
        cell(None),
        *(Cell("", value) for value in values),
    )


def _tested(test: dict[str, Any] | None) -> str:
    if test is None:
        return "No test for subgroup differences; the groups were not randomised and are not ranked."
    from ..pooling.subgroups import degrees

    return (
        f"Test for subgroup differences ({test['name']}): {display.number(test['statistic'])}, {degrees(test)} df, p"
        f" {display.p_value(test['p'])}. The groups were not randomised and are not ranked."
    )


def arm_table(name: str, title: str, review: Review, selection: Selection, pooled: Pooled) -> Table:
    """One row per arm in the pool: its counts, where they were read and how sure the reading is."""
    reports, sources = reports_of(review), by_key(review, "reports", "report_id")
    columns = (
        TableColumn("arm", "Study"),
        TableColumn("counts", "Counts", "right", where="page"),
        TableColumn("limits", "Exact limits", "right", where="page"),
        TableColumn("arm_id", "Arm", where="csv"),
        TableColumn("events", "Events", "right", where="csv"),
        TableColumn("n", "n", "right", where="csv"),
        TableColumn("lower", "Lower", "right", where="csv"),
        TableColumn("upper", "Upper", "right", where="csv"),
        TableColumn("definition", "What was counted", wide=True),
        TableColumn("timepoint_months", "Months", "right"),
        TableColumn("basis", "Basis"),
        TableColumn("source_location", "Read in"),
        TableColumn("source_seen", "Read as"),
        TableColumn("confidence", "Confidence"),
    )
    facts = dict(zip(selection.counts.keys, selection.study_columns, strict=True))
    rows = []
    for study in pooled.studies:
        known = facts.get(study.key, {})
        ids = reports.get(str(known.get("study_id")), ())
        seen = sources[ids[0]]["source_seen"] if ids else None
        rows.append(
            (
                Cell(study.label, study.label, None, ids),
                Cell(display.count(study.events, study.n)),
                interval_cell(study.ci),
                *(Cell("", value) for value in (study.key, study.events, study.n, study.ci.lower, study.ci.upper)),
                cell(known.get("definition")),
                cell(known.get("timepoint_months")),
                term(known.get("basis")),
                cell(known.get("source_location")),
                term(seen),
                term(known.get("confidence")),
            )
        )
    return Table(f"{name}-arms", f"{title}, arm by arm.", columns, tuple(rows))


def left_out_table(name: str, title: str, selection: Selection) -> Table:
    """One row per arm that is not in the pool, and why."""
    columns = (
        TableColumn("arm", "Arm"),
        TableColumn("n_treated", "Treated", "right"),
        TableColumn("reason", "Why it is left out", wide=True),
    )
    rows = tuple(
        (Cell(arm.label, arm.arm_id), cell(arm.n_treated), Cell(arm.text, arm.reason)) for arm in selection.left_out
    )
    return Table(f"{name}-left-out", f"{title}: arms that are not in the pool.", columns, rows)
