"""Results as tables: at a glance, one outcome by every method, by groups, arm by arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import display
from ..pooling.notes import FEW_UNITS
from ..pooling.result import Context, Interval, Pooled, StudyEffect
from .extracted import extracted_cells
from .records import address, by_key, reports_of
from .said import how_of, said
from .table import Cell, Table, TableColumn, cell, count_cell, term, words

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
        TableColumn("coverage", "Counted / treated", "right", where="page"),
        TableColumn("mean", "Average study", "right"),
        TableColumn("mean_limits", "95 % interval", "right", where="page"),
        TableColumn("case_reports", "Case reports / arms", "right"),
        TableColumn("comparison", "Comparison group"),
        *COUNTS,
    )
    footnotes = ("Exact limits assume one common probability in all arms.", AVERAGE_STUDY)
    cells = tuple(_glance(*row) for row in rows)
    copied = tuple(_said(title, pooled) for title, pooled in rows)
    return Table("results", "Results at a glance.", columns, cells, footnotes, said=copied)


def _said(name: str, pooled: Pooled) -> str:
    """The pooled number with its limits; where there is none, the counts with their exact limits."""
    mean, ci = _mean(pooled)
    counts = display.count(pooled.events, pooled.n)
    if mean is not None and ci is not None:
        return said(f"{name}, average study", counts, display.percent(mean), ci.lower, ci.upper, how_of(ci))
    limits, observed = exact_limits(pooled.events, pooled.n), display.percent(pooled.events / pooled.n)
    return said(f"{name}, observed", counts, observed, *limits, "95 %, clopper-pearson")


def _glance(title: str, pooled: Pooled) -> tuple[Cell, ...]:
    lower, upper = exact_limits(pooled.events, pooled.n)
    context, mean, ci = pooled.context, *_mean(pooled)
    return (
        Cell(title, title),
        _observed(pooled),
        Cell(display.percent_interval(lower, upper), lower),
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
    many = f"{text} ({display.percent(pooled.events / pooled.n)})"
    return count_cell(pooled.events, pooled.n, text if pooled.n < FEW_UNITS else many)


def _comparison(pooled: Pooled) -> Cell:
    context = pooled.context
    if context is None:
        return cell(None)
    arms = display.plural(context.comparison, "arm")
    return Cell(f"{arms}, not used" if context.comparison else "none", context.comparison)


def _coverage(pooled: Pooled) -> Cell:
    treated = pooled.context.treated if pooled.context else None
    return count_cell(pooled.n, treated)


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
    """An interval in percent; sorted by its lower limit."""
    if ci is None:
        return Cell(display.DASH)
    return Cell(display.percent_interval(ci.lower, ci.upper), ci.lower)


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
            count_cell(row.events, row.n),
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
    copied = tuple(
        said(
            f"{title}, {row.label}",
            display.count(row.events, row.n),
            _estimates(row),
            row.lower,
            row.upper,
            f", {row.method or ''}",
        )
        for row in standing.rows
    )
    return Table(f"{name}-methods", f"{title} by every method.", columns, rows, said=copied)


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
        TableColumn("coverage", "Counted / treated", "right", where="page"),
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
    copied = tuple(
        _said(f"{title}, {words(label) or label}", found[label]) if label in found else "" for label in contexts
    )
    caption = f"{title} by {result.heading.lower()}."
    return Table(f"{name}-by-{result.by}", caption, columns, rows, footnotes, said=copied)


def _group(label: str, pooled: Pooled) -> tuple[Cell, ...]:
    context, mean, ci = pooled.context, *_mean(pooled)
    lower, upper = exact_limits(pooled.events, pooled.n)
    return (
        Cell(words(label) or label, label),
        count_cell(context.arms_in, context.arms_all) if context else cell(None),
        _observed(pooled),
        _coverage(pooled),
        Cell("not pooled" if mean is None else display.percent(mean), mean),
        interval_cell(ci) if ci else Cell(display.percent_interval(lower, upper) + " (exact)", lower),
        cell(context.case_reports if context else None),
        *_counts(pooled),
    )


def _empty_group(label: str, context: Context) -> tuple[Cell, ...]:
    values = (0, 0, context.treated, 0, context.arms_all, None, None, None, None)
    return (
        Cell(words(label) or label, label),
        count_cell(0, context.arms_all),
        Cell("no count"),
        count_cell(0, context.treated),
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
    """One row per arm in the pool: its counts, where they were read, by whom, and how sure the reading is."""
    facts = dict(zip(selection.counts.keys, selection.study_columns, strict=True))
    finals = [_final(study, facts.get(study.key, {}), selection.context) for study in pooled.studies]
    extracted = extracted_cells(review, finals)
    columns = (
        TableColumn("arm", "Study"),
        TableColumn("counts", "Counts", "right", where="page"),
        TableColumn("proportion", "Proportion", "right", where="page"),
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
        *([TableColumn("extracted", "Extractors")] if extracted else []),
        TableColumn("report", "Report"),
    )
    sources = _Sources(reports_of(review), by_key(review, "reports", "report_id"))
    rows = tuple(
        (*_arm(study, facts.get(study.key, {}), sources), *extracted[i : i + 1], sources.link(final["study_id"]))
        for i, (study, final) in enumerate(zip(pooled.studies, finals, strict=True))
    )
    keys, copied = (study.key for study in pooled.studies), map(_arm_said, pooled.studies)
    return Table(f"{name}-arms", f"{title}, arm by arm.", columns, rows, keys=tuple(keys), said=tuple(copied))


@dataclass(frozen=True, slots=True)
class _Sources:
    """The reports of each study: their ids, that which carries the study first, and their rows."""

    ids: Mapping[str, tuple[str, ...]]
    reports: Mapping[str, Mapping[str, Any]]

    def seen(self, study: str) -> Any:
        """How much of the first report was read."""
        ids = self.ids.get(study, ())
        return self.reports[ids[0]]["source_seen"] if ids else None

    def link(self, study: str) -> Cell:
        """Where the first report can be read."""
        ids = self.ids.get(study, ())
        href = address(self.reports[ids[0]]["url_or_doi"]) if ids else None
        if href is None:
            return cell(None)
        return Cell("DOI" if href.startswith("https://doi.org/") else "page", href, href)


def _final(study: StudyEffect, known: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The adjudicated row that an arm's counts are."""
    row = {"outcome": context.outcome, "unit": context.unit, "timepoint_months": known.get("timepoint_months")}
    return {**row, "arm_id": study.key, "study_id": study.study, "events": study.events, "total": study.n}


def _arm(study: StudyEffect, known: Mapping[str, Any], sources: _Sources) -> tuple[Cell, ...]:
    values = (study.key, study.events, study.n, study.ci.lower, study.ci.upper)
    return (
        Cell(study.label, study.label, None, sources.ids.get(study.study, ())),
        count_cell(study.events, study.n),
        Cell(display.percent(study.estimate), study.estimate),
        interval_cell(study.ci),
        *(Cell("", value) for value in values),
        cell(known.get("definition")),
        cell(known.get("timepoint_months")),
        term(known.get("basis")),
        cell(known.get("source_location")),
        term(sources.seen(study.study)),
        term(known.get("confidence")),
    )


def _arm_said(study: StudyEffect) -> str:
    counts, estimate = display.count(study.events, study.n), display.percent(study.estimate)
    return said(study.label, counts, estimate, study.ci.lower, study.ci.upper, how_of(study.ci))


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
    return Table(f"{name}-left-out", f"{title}: arms that are not counted.", columns, rows)
