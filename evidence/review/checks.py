"""Rules across rows and tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ..bibliography.searched import Searched
from ..errors import Problem, near, near_id
from .appraisal_checks import appraisal_problems, search_problems
from .certainty_checks import certainty_problems
from .changes import change_problems
from .codebook import items
from .conditions import condition_problems
from .example import example_problems
from .overlap_checks import overlap_problems
from .reading import Table
from .screening_checks import screening_problems
from .settings import ReviewSettings
from .study_rows import excluded_study
from .times import surviving

Row = tuple[int, dict[str, Any]]
Tables = Mapping[str, Table]


def check_tables(tables: Tables, settings: ReviewSettings, searched: Searched) -> list[Problem]:
    """Every problem that shows only when rows or tables are seen together.

    A cell that could not be read counts as missing here, so that one mistake is one problem; ids are not looked up
    in a table of which rows could not be read. ``searched``: what was imported.
    """
    problems = _unresolved(tables)
    problems += _duplicate_rows(tables)
    problems += _events_exceed(tables)
    problems += _outcome_relations(tables, settings)
    problems += _time_points(tables, settings)
    problems += _treated(tables)
    problems += _studies_and_reports(tables)
    problems += screening_problems(tables, searched.record_ids, not searched.problems)
    problems += _ranges(tables)
    problems += _claims(tables, settings)
    problems += appraisal_problems(tables, settings.tools)
    problems += search_problems(tables, settings, searched)
    problems += certainty_problems(tables)
    problems += example_problems(tables, synthetic=settings.status == "synthetic")
    problems += overlap_problems(tables)
    problems += change_problems(tables)
    problems += _warnings(tables, settings)
    return problems


def _rows(table: Table) -> list[Row]:
    return list(enumerate(table.rows))


def _unresolved(tables: Tables) -> list[Problem]:
    problems = []
    for table in tables.values():
        for column in table.spec.columns:
            if column.refers is None:
                continue
            target, key = tables[column.refers[0]], column.refers[1]
            if not target.complete:
                continue
            known = tuple(str(row[key]) for row in target.rows if row[key] is not None)
            for position, row in _rows(table):
                value = row[column.name]
                for name in items(value) if column.type == "refs" and value else [value] if value else []:
                    if name not in known:
                        message = f"{name!r} is not in {target.spec.file}"
                        mend = near_id(name, known, target.spec.file)
                        problems.append(table.problem("unknown-id", position, column.name, message, mend))
    return problems


def _duplicate_rows(tables: Tables) -> list[Problem]:
    table, seen, problems = tables["outcomes"], dict[tuple[Any, ...], int](), []
    for position, row in _rows(table):
        key = tuple(row[name] for name in ("arm_id", "outcome", "unit", "timepoint_months"))
        if None in key[:3]:
            continue
        if key in seen:
            at = "without a time point" if key[3] is None else f"at {key[3]:g} months"
            message = f"{key[0]} {key[1]}: a row {at} stands in line {table.lines[seen[key]]} already"
            mend = "delete one, or give each its own timepoint_months"
            problems.append(table.problem("duplicate-row", position, "outcome", message, mend))
        seen.setdefault(key, position)
    return problems


def _events_exceed(tables: Tables) -> list[Problem]:
    problems = []
    for name, what in (("outcomes", "outcome"), ("adverse_events", "term")):
        table = tables[name]
        for position, row in _rows(table):
            events, total = row["events"], row["total"]
            if events is not None and total is not None and events > total > 0:
                unit = row.get("unit") or "patient"
                message = f"{row['arm_id']} {row[what]}: {events} events of {total} {unit}s"
                mend = "check events and total of this row against the paper"
                problems.append(table.problem("events-exceed-total", position, "events", message, mend))
    return problems


def _outcome_relations(tables: Tables, settings: ReviewSettings) -> list[Problem]:
    """Parts are not larger than their whole, complements make the total."""
    table, found = tables["outcomes"], defaultdict[tuple[Any, ...], dict[str, Row]](dict)
    for position, row in _rows(table):
        if None not in (row["events"], row["total"]):
            found[row["arm_id"], row["unit"], row["timepoint_months"]].setdefault(row["outcome"], (position, row))
    problems = []
    for rows in found.values():
        for name, outcome in settings.outcomes.items():
            if name not in rows:
                continue
            if outcome.part_of in rows:
                problems += _part_problems(table, rows[name], rows[outcome.part_of])
            if outcome.complement_of in rows:
                problems += _complement_problems(table, rows[name], rows[outcome.complement_of])
    return problems


def _part_problems(table: Table, part: Row, whole: Row) -> list[Problem]:
    position, row = part
    other, line = whole[1], table.lines[whole[0]]
    named = f"{row['arm_id']} {row['outcome']}: {row['events']} of {row['total']}"
    against = f"{other['outcome']} is {other['events']} of {other['total']} (line {line})"
    mend = "check both rows against the paper"
    if row["events"] > other["events"]:
        message = f"{named}, but {against}, which holds it"
        return [table.problem("part-exceeds-whole", position, "events", message, mend)]
    if row["total"] > other["total"]:
        return [table.problem("total-exceeds-whole", position, "total", f"{named}, but {against}", mend)]
    return []


def _complement_problems(table: Table, part: Row, whole: Row) -> list[Problem]:
    position, row = part
    other, line = whole[1], table.lines[whole[0]]
    if row["total"] == other["total"] == row["events"] + other["events"]:
        return []
    message = (
        f"{row['arm_id']}: {row['outcome']} {row['events']} of {row['total']} and {other['outcome']} "
        f"{other['events']} of {other['total']} (line {line}) do not make the total"
    )
    mend = "both have one total, and their events add up to it"
    return [table.problem("parts-differ-from-total", position, "events", message, mend)]


def _time_points(tables: Tables, settings: ReviewSettings) -> list[Problem]:
    """Rows of one arm, outcome and unit of which the outcome's time rule can't choose one."""
    table, found = tables["outcomes"], defaultdict[tuple[Any, ...], list[Row]](list)
    for position, row in _rows(table):
        if row["outcome"] in settings.outcomes:
            found[row["arm_id"], row["outcome"], row["unit"]].append((position, row))
    problems = []
    for (arm, outcome, _), rows in found.items():
        rule = settings.outcomes[outcome].time
        left = surviving(rule, [row["timepoint_months"] for _, row in rows])
        times = [rows[i][1]["timepoint_months"] for i in left]
        if len(left) > 1 and len(set(times)) == len(times):
            lines = " and ".join(str(table.lines[rows[i][0]]) for i in left)
            message = f"{arm} {outcome}: the time rule {rule} can't choose between lines {lines}"
            mend = f"give each a timepoint_months, or set time = {{ nearest = 12 }} under [outcomes.{outcome}]"
            problems.append(table.problem("two-time-points", rows[left[-1]][0], "timepoint_months", message, mend))
    return problems


def _treated(tables: Tables) -> list[Problem]:
    arms, problems = tables["arms"], []
    treated = {row["arm_id"]: row["n_treated"] for row in arms.rows if row["n_treated"] is not None}
    table = tables["outcomes"]
    for position, row in _rows(table):
        n = treated.get(row["arm_id"])
        if row["unit"] == "patient" and None not in (n, row["total"]) and row["total"] > n:
            message = f"{row['arm_id']} {row['outcome']}: total {row['total']}, but {n} were treated in the arm"
            mend = "check total here and n_treated in arms.csv"
            problems.append(table.problem("total-exceeds-treated", position, "total", message, mend))
    sums = defaultdict[Any, int](int)
    for row in arms.rows:
        if row["same_patients_as"] is None:
            sums[row["study_id"]] += row["n_treated"] or 0
    studies = tables["studies"]
    for position, row in _rows(studies):
        n = row["n_treated"]
        if arms.complete and n is not None and 0 < n != sums[row["study_id"]] > 0:
            message = f"{row['study_id']}: {n} treated, but its arms add up to {sums[row['study_id']]}"
            mend = "n_treated of a study is the sum of its arms"
            severity = studies.problem if sums[row["study_id"]] > n else studies.warning
            problems.append(severity("treated-differs", position, "n_treated", message, mend))
    return problems


def _studies_and_reports(tables: Tables) -> list[Problem]:
    reports, screening = tables["reports"], tables["screening"]
    decided = {row["report_id"]: row["decision"] for row in screening.rows}
    out = _without(tables["studies"], reports, decided) if reports.complete else []
    whole = {tables["studies"].rows[position]["study_id"] for position in out}
    problems = []
    for position, row in _rows(reports):
        decision = decided.get(row["report_id"])
        if row["report_id"] is not None and decision is None and screening.complete:
            message = f"{row['report_id']} has no decision in screening.csv"
            problems.append(reports.problem("not-screened", position, "report_id", message, "add its row there"))
        belongs = decision in ("included", "duplicate_report")
        if belongs and row["study_id"] is None:
            message = f"{row['report_id']} is {decision} but names no study"
            mend = "fill study_id, or change the decision in screening.csv"
            problems.append(reports.problem("report-without-study", position, "study_id", message, mend))
        if decision is not None and not belongs and row["study_id"] is not None and row["study_id"] not in whole:
            message = f"{row['report_id']} is {decision} but belongs to the study {row['study_id']}"
            mend = "empty study_id, or change the decision in screening.csv"
            problems.append(reports.problem("study-not-included", position, "study_id", message, mend))
    problems += [_no_report(tables, position, decided) for position in out]
    problems += _no_arm(tables["studies"], tables["arms"])
    return problems


def _without(studies: Table, reports: Table, decided: Mapping[Any, Any]) -> list[int]:
    """Positions of the studies none of whose reports is included."""
    named = {row["study_id"] for row in reports.rows if decided.get(row["report_id"]) == "included"}
    return [i for i, row in _rows(studies) if row["study_id"] is not None and row["study_id"] not in named]


def _no_report(tables: Tables, position: int, decided: Mapping[Any, Any]) -> Problem:
    """The problem of a study without an included report: one for all of its rows."""
    table = tables["studies"]
    message = f"{table.rows[position]['study_id']} has no report that is included"
    plain = table.problem("study-without-report", position, "study_id", message, "add its row to reports.csv")
    return excluded_study(tables, position, decided) or plain


def _no_arm(studies: Table, arms: Table) -> list[Problem]:
    if not arms.complete:
        return []
    named = {row["study_id"] for row in arms.rows}
    return [
        studies.problem("study-without-arm", i, "study_id", f"{row['study_id']} has no arm", "add its row to arms.csv")
        for i, row in _rows(studies)
        if row["study_id"] is not None and row["study_id"] not in named
    ]


def _ranges(tables: Tables) -> list[Problem]:
    """``x_min`` is not above ``x_max``, ``lower`` not above ``upper``."""
    problems = []
    for table in tables.values():
        pairs = [(name, name.removesuffix("_min") + "_max") for name in table.spec.names if name.endswith("_min")]
        pairs += [("lower", "upper")]
        for low, high in pairs:
            columns = table.spec.column(low), table.spec.column(high)
            if not all(column is not None and column.is_numeric for column in columns):
                continue
            for position, row in _rows(table):
                if None not in (row[low], row[high]) and row[low] > row[high]:
                    message = f"{low} {row[low]:g} is above {high} {row[high]:g}"
                    problems.append(table.problem("range-reversed", position, low, message, "swap them"))
    return problems


def _claims(tables: Tables, settings: ReviewSettings) -> list[Problem]:
    table, arms = tables["claims"], tables["arms"].spec
    problems = []
    for position, row in _rows(table):
        if row["kind"] == "proportion" and row["outcome"] is None:
            mend = f"give one of {', '.join(settings.outcomes)}, or make the claim not_checkable"
            problems.append(table.problem("claim-without-outcome", position, "outcome", "no outcome given", mend))
        if row["kind"] in ("most_frequent", "range") and row["column"] is None:
            mend = "name the column of arms it is about"
            problems.append(table.problem("claim-without-column", position, "column", "no column given", mend))
        for name in items(row["column"] or ""):
            if arms.column(name) is None:
                message = f"column: {name!r} is not a column of arms"
                problems.append(table.problem("unknown-column", position, "column", message, near(name, arms.names)))
        for condition in items(row["filter"] or ""):
            problems += condition_problems(table, position, "filter", condition, tables)
    return problems


def _warnings(tables: Tables, settings: ReviewSettings) -> list[Problem]:
    arms, problems = tables["arms"], []
    treated = {row["arm_id"]: row["n_treated"] for row in arms.rows}
    table = tables["adverse_events"]
    for position, row in _rows(table):
        n = treated.get(row["arm_id"])
        if n is not None and row["total"] is not None and row["total"] > n:
            message = f"{row['arm_id']} {row['term']}: total {row['total']}, but {n} were treated in the arm"
            mend = "say in notes whom the total counts beside the arm"
            problems.append(table.warning("adverse-total-exceeds-arm", position, "total", message, mend))
    outcomes = tables["outcomes"]
    named = {row["arm_id"] for row in outcomes.rows}
    for position, row in _rows(arms):
        if outcomes.complete and row["arm_id"] is not None and row["arm_id"] not in named:
            message = f"{row['arm_id']} has no row in outcomes.csv"
            mend = "add its counts, or leave it: it is then counted as treated, without outcome"
            problems.append(arms.warning("arm-without-outcome", position, "arm_id", message, mend))
    for position, row in _rows(outcomes):
        outcome = settings.outcomes.get(row["outcome"] or "")
        if outcome and row["unit"] is not None and row["unit"] != outcome.unit:
            message = f"{row['arm_id']} {outcome.name}: counts {row['unit']}s, the outcome counts {outcome.unit}s"
            mend = f"nothing, if that is so: the row stays out of every pool of {outcome.unit}s"
            problems.append(outcomes.warning("unit-differs", position, "unit", message, mend))
    for position, row in _rows(tables["studies"]):
        if row["year"] is None and row["study_id"] is not None:
            message = f"{row['study_id']}: the year is not stated"
            problems.append(tables["studies"].warning("no-year", position, "year", message, "fill it when it is seen"))
    return problems
