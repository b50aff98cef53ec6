"""From a review to counts: who is in, who is left out and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .counts import Counts
from .errors import ComputeError, DataError, Problem, unknown, usage
from .pooling.result import Context
from .review.arm_columns import NOT_REPORTED, ArmColumns, Filter, arm_columns, outcome_rows
from .review.groups import group_labels, one_line
from .review.settings import OutcomeSpec, TimeRule, time_rule
from .review.times import surviving
from .review.unfinished import UNFINISHED

if TYPE_CHECKING:
    import pandas as pd

    from .review.review import Review

Reason = Literal["no-outcome", "wrong-unit", "overlap", "filter"]
Unread = Literal["left-out", "as-non-events", "as-events"]
UNREAD: tuple[Unread, ...] = ("left-out", "as-non-events", "as-events")

#: What a row that stands for an unread extent says in its ``basis`` column.
ASSUMED = "assumed"

_COMPARED = ("controlled_trial",)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An arm that is not in the pool.

    Attributes:
        arm_id, label, study_id: Which arm.
        n_treated: Patients treated in it, or None.
        reason: ``no-outcome``, ``wrong-unit``, ``overlap`` or ``filter``.
        text: The reason as a sentence.
    """

    arm_id: str
    label: str
    study_id: str
    n_treated: int | None
    reason: Reason
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The arms of one outcome, ready to pool.

    Attributes:
        counts: Events and totals of the arms in the pool, in the order of arms.csv.
        study_columns: What is known of each of these arms, by column name; None = not reported.
        groups: Group label -> positions in ``counts``, in display order, "not reported" last; groups without an arm
            in the pool are not here. None without ``by``.
        by: The column of the groups.
        context: What stands beside the estimate; ``arms_all`` and ``treated`` count the arms that pass the filter.
        group_contexts: The same for each group, those without an arm in the pool included.
        left_out: The arms that are not in the pool.
        columns: ``study_columns`` as a frame, one row per arm in the order of ``counts``.
        asked: arm_id of the arms that ``context`` counts, in the pool or not; empty for a bare table.
    """

    counts: Counts
    study_columns: tuple[Mapping[str, Any], ...]
    groups: Mapping[str, tuple[int, ...]] | None
    by: str | None
    context: Context
    group_contexts: Mapping[str, Context]
    left_out: tuple[LeftOut, ...]
    columns: pd.DataFrame
    asked: tuple[str, ...] = ()


def select(
    review: Review,
    outcome: str,
    where: Mapping[str, Any] | None = None,
    by: str | None = None,
    time: TimeRule | str | Mapping[str, Any] | None = None,
    cut: Sequence[float] = (),
    unread: str = "left-out",
) -> Selection:
    """The counts of one outcome, one per arm.

    Args:
        review: The review.
        outcome: Name of an outcome of review.toml.
        where: Column -> value or list of values that an arm must have: columns of arms, studies and reports, and of the
            outcome's row (basis, confidence, ...). "not_reported" is an empty cell too. A list column needs one item.
        by: Column that makes groups; a number needs ``cut``.
        time: ``last``, ``first``, or ``nearest = 12`` (months); the outcome's own rule in review.toml if None.
            A row without a time point gives way to dated ones under ``nearest``, and can't be placed beside one under
            ``last`` and ``first``: then the selection is refused.
        cut: Where a number is cut: (100, 200) makes < 100, 100 to < 200, >= 200.
        unread: For an outcome that is part of another: what an arm is that has the whole but not the part:
            ``left-out``, ``as-non-events`` or ``as-events`` (the events of the whole).

    Raises:
        UsageError: an unknown name or value (with the near ones), or a cut that does not fit.
        DataError: the time rule leaves two rows of one arm and outcome.
        ComputeError: no arm is left.
    """
    spec = _outcome(review, outcome)
    if unread not in UNREAD:
        raise unknown("unread option", unread, UNREAD)
    if unread != "left-out" and spec.part_of is None:
        mend = "leave unread out, or declare part_of in review.toml"
        raise usage(f"{outcome} is not part of another outcome, so no extent can be unread", mend, "not-a-part")
    known, rows = arm_columns(review), outcome_rows(review)
    question = _Question(
        review,
        spec,
        known,
        known.filters(where or {}, rows),
        spec.time if time is None else time_rule(time),
        unread,
    )
    chosen, left_out = _decide(question, rows)
    if not chosen:
        raise ComputeError(Problem("no-arms", *_nobody(question, left_out)))
    return _selection(question, chosen, left_out, by, cut)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of a review."""

    review: Review
    outcome: OutcomeSpec
    known: ArmColumns
    filters: tuple[Filter, ...]
    time: TimeRule
    unread: str

    def passes(self, cells: Mapping[str, Any], of_row: bool) -> bool:
        """Whether an arm (or its row) passes the filters."""
        return all(f.passes(cells.get(f.column.name)) for f in self.filters if f.of_row is of_row)

    def left_out(self, arm_id: str, reason: Reason, text: str) -> LeftOut:
        """An arm that is not in, and why."""
        arm = self.known.arms[arm_id]
        return LeftOut(arm_id, self.label(arm_id), arm["study_id"], arm["n_treated"], reason, text)

    def label(self, arm_id: str) -> str:
        """The study's label; the arm's too where the study has several arms."""
        arm = self.known.arms[arm_id]
        several = sum(other["study_id"] == arm["study_id"] for other in self.known.arms.values()) > 1
        return one_line(f"{arm['study']}: {arm['label']}" if several else str(arm["study"]))


def _outcome(review: Review, name: str) -> OutcomeSpec:
    outcomes = review.settings.outcomes
    if name not in outcomes:
        raise unknown("outcome", name, tuple(outcomes))
    return outcomes[name]


Row = Mapping[str, Any]


def _decide(question: _Question, rows: Sequence[Row]) -> tuple[dict[str, Row], list[LeftOut]]:
    """The row of each arm in the pool, and the arms that are not in it, both in the order of arms.csv.

    Raises:
        DataError: the time rule can't choose, for every such arm at once.
    """
    chosen: dict[str, Row] = {}
    left_out: list[LeftOut] = []
    problems: list[Problem] = []
    for arm_id, arm in question.known.arms.items():
        if not question.passes(arm, of_row=False):
            left_out.append(question.left_out(arm_id, "filter", _filter_text(question, of_row=False)))
            continue
        found = _row_of(question, arm_id, [row for row in rows if row["arm_id"] == arm_id])
        if isinstance(found, Problem):
            problems.append(found)
        elif isinstance(found, LeftOut):
            left_out.append(found)
        elif not question.passes(found, of_row=True):
            left_out.append(question.left_out(arm_id, "filter", _filter_text(question, of_row=True)))
        else:
            chosen[arm_id] = found
    if problems:
        raise DataError(problems)
    return _without_overlap(question, chosen, left_out)


def _filter_text(question: _Question, of_row: bool) -> str:
    return "does not pass the filter: " + "; ".join(str(f) for f in question.filters if f.of_row is of_row)


def _row_of(question: _Question, arm_id: str, rows: Sequence[Row]) -> Row | LeftOut | Problem:
    outcome = question.outcome
    named = [row for row in rows if row["outcome"] == outcome.name]
    assumed = not named and question.unread != "left-out"
    if assumed:
        named = [row for row in rows if row["outcome"] == outcome.part_of]
    if not named:
        return question.left_out(arm_id, "no-outcome", _no_outcome_text(question, arm_id, rows))
    fitting = [row for row in named if row["unit"] == outcome.unit]
    if not fitting:
        text = f"counts {named[0]['unit']}s, not {outcome.unit}s"
        return question.left_out(arm_id, "wrong-unit", text)
    left = surviving(question.time, [row["timepoint_months"] for row in fitting])
    if len(left) > 1:
        return _undecided(question, [fitting[i] for i in left])
    row = fitting[left[0]]
    if not assumed:
        return row
    events = row["events"] if question.unread == "as-events" else 0
    return {**row, "outcome": outcome.name, "events": events, "basis": ASSUMED}


def _undecided(question: _Question, rows: Sequence[Row]) -> Problem:
    lines = " and ".join(str(row["line"]) for row in rows)
    times = ", ".join("no time" if row["timepoint_months"] is None else f"{row['timepoint_months']:g}" for row in rows)
    file = str(question.review.path / "outcomes.csv")
    message = (
        f"{rows[0]['arm_id']} {rows[0]['outcome']}: the time rule {question.time} can't choose between lines {lines} "
        f"(months: {times})"
    )
    mend = "use another time rule, such as nearest = 12; a row without a time point is neither first nor last"
    return Problem("two-time-points", message, mend, file, rows[-1]["line"], "timepoint_months")


def _no_outcome_text(question: _Question, arm_id: str, rows: Sequence[Row]) -> str:
    title = question.outcome.title.lower()
    whole = _whole_row(question, rows)
    if whole is not None and question.outcome.part_of:
        name = question.review.settings.outcomes[question.outcome.part_of].title.lower()
        return f"{name} {whole['events']} of {whole['total']}, but {title} was not read"
    continuous = arm_id in set(question.review.tables["continuous_results"]["arm_id"])
    if not rows and continuous:
        return "continuous results only"
    return f"no count of {title}" if rows else "no outcome that can be counted"


def _whole_row(question: _Question, rows: Sequence[Row]) -> Row | None:
    """The row of the outcome that this one is part of, where the time rule finds one."""
    outcome = question.outcome
    whole = [row for row in rows if row["outcome"] == outcome.part_of and row["unit"] == outcome.unit]
    left = surviving(question.time, [row["timepoint_months"] for row in whole])
    return whole[left[0]] if len(left) == 1 else None


def _without_overlap(
    question: _Question, chosen: dict[str, Row], left_out: list[LeftOut]
) -> tuple[dict[str, Row], list[LeftOut]]:
    """Without the arms whose patients another arm of the pool counts already."""
    kept: dict[str, Row] = {}
    for arm_id, row in chosen.items():
        other = question.known.arms[arm_id]["same_patients_as"]
        if other in chosen and other != arm_id and not (other not in kept and _names(question, other, arm_id)):
            text = f"the same patients as {question.label(other)}, which is in"
            left_out.append(question.left_out(arm_id, "overlap", text))
        else:
            kept[arm_id] = row
    order = list(question.known.arms)
    return kept, sorted(left_out, key=lambda item: order.index(item.arm_id))


def _names(question: _Question, arm_id: str, other: str) -> bool:
    return bool(question.known.arms[arm_id]["same_patients_as"] == other)


def _nobody(question: _Question, left_out: Sequence[LeftOut]) -> tuple[str, str]:
    if not question.review.rows("studies"):
        path = question.review.path
        started = any(problem.code == UNFINISHED for problem in question.review.problems)
        mend = f"fill the cells that evidence check {path} lists" if started else f"add one: evidence add {path} KEY"
        return "no study of the review has counts yet", mend
    reasons = {item.reason for item in left_out}
    title = question.outcome.title.lower()
    if reasons == {"filter"}:
        return f"no arm passes the filter ({'; '.join(map(str, question.filters))})", "widen the filter"
    return f"no arm of the selection has a count of {title}", "choose another outcome, or widen the filter"


def _selection(
    question: _Question, chosen: Mapping[str, Row], left_out: Sequence[LeftOut], by: str | None, cut: Sequence[float]
) -> Selection:
    import pandas as pd

    if by is None and cut:
        raise usage("cuts are given, but no column to group by", "add by, or leave the cuts out", "cut-without-by")
    columns = tuple(_study_columns(question, arm_id, row) for arm_id, row in chosen.items())
    counts = Counts(
        [row["events"] for row in chosen.values()],
        [row["total"] for row in chosen.values()],
        labels=[question.label(arm_id) for arm_id in chosen],
        studies=[question.known.arms[arm_id]["study_id"] for arm_id in chosen],
        keys=list(chosen),
        unit=question.outcome.unit,
    )
    asked = _asked(question, chosen, left_out)
    labels = _labels(question, by, cut, asked, columns)
    groups: dict[str, tuple[int, ...]] = {}
    contexts: dict[str, Context] = {}
    order = list(chosen)
    for label in dict.fromkeys(labels.values()):
        members = [arm_id for arm_id in asked if labels.get(arm_id) == label]
        contexts[label] = _context(question, members, chosen)
        positions = tuple(sorted(order.index(arm_id) for arm_id in members if arm_id in chosen))
        if positions:
            groups[label] = positions
    return Selection(
        counts,
        columns,
        groups if by is not None else None,
        by,
        _context(question, asked, chosen),
        contexts,
        tuple(left_out),
        pd.DataFrame(list(columns), dtype=object),
        tuple(asked),
    )


def _asked(question: _Question, chosen: Mapping[str, Row], left_out: Sequence[LeftOut]) -> list[str]:
    """Arms that the question is about, in the pool or not: those that pass the filter on arms, each patient once."""
    passing = [arm_id for arm_id, arm in question.known.arms.items() if question.passes(arm, of_row=False)]
    doubled = {item.arm_id for item in left_out if question.known.arms[item.arm_id]["same_patients_as"] in passing}
    return [arm_id for arm_id in passing if arm_id in chosen or arm_id not in doubled]


def _study_columns(question: _Question, arm_id: str, row: Row) -> dict[str, Any]:
    cells = dict(question.known.arms[arm_id])
    cells.update((name, row[name]) for name in question.known.row_specs)
    cells["outcome_notes"] = row["notes"]
    return {name: None if value == NOT_REPORTED else value for name, value in cells.items()}


def _labels(
    question: _Question,
    by: str | None,
    cut: Sequence[float],
    asked: Sequence[str],
    columns: Sequence[Mapping[str, Any]],
) -> dict[str, str]:
    if by is None:
        return {}
    column = question.known.column(by)
    if by in question.known.specs:
        return group_labels(column, {arm_id: question.known.arms[arm_id][by] for arm_id in asked}, cut)
    return group_labels(column, {str(cells["arm_id"]): cells[by] for cells in columns}, cut)


def _context(question: _Question, members: Sequence[str], chosen: Mapping[str, Row]) -> Context:
    review, outcome = question.review, question.outcome
    arms = {arm_id: question.known.arms[arm_id] for arm_id in members}
    pooled = [arm for arm_id, arm in arms.items() if arm_id in chosen]
    return Context(
        review=review.name,
        outcome=outcome.name,
        title=outcome.title,
        unit=outcome.unit,
        arms_in=len(pooled),
        arms_all=len(arms),
        treated=sum(arm["n_treated"] for arm in arms.values() if arm["same_patients_as"] not in arms),
        case_reports=sum(arm["design"] == "case_report" for arm in pooled),
        comparison=sum(arm["design"] in _COMPARED or arm["comparison_group"] == "yes" for arm in pooled),
        headings=question.known.headings(),
        banner=review.settings.banner,
        column_units=question.known.units(),
    )
