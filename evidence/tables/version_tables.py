"""Every version of a review as a row: what it counts, what it estimates, what differs from the one before it."""

from __future__ import annotations

from ..counts import plural_of
from ..display import DASH, percent, percent_interval
from ..updates.conclusions import WORDS, Verdict
from ..updates.history import History
from ..updates.inclusion import End
from ..updates.version import NOW
from .table import Cell, Table, TableColumn, count_cell

NONE = "no estimate"
_RULES = "Conclusions are judged by today's rules in every version."
_POINTS = "Points are percentage points of the estimate."


def version_table(name: str, history: History) -> Table:
    """One outcome over the versions, the oldest first.

    Args:
        name: Of its file. history: The versions.
    """
    units = plural_of(history.ends[-1].unit)
    columns = (
        TableColumn("version", "Version"),
        TableColumn("tells_of", "Tells of", where="csv"),
        TableColumn("studies", "Studies", "right"),
        TableColumn("events", "With the event", "right", where="csv"),
        TableColumn("counted", "Counted", "right", where="csv"),
        TableColumn("events_of", f"{units[:1].upper()}{units[1:]} with the event", "right", where="page"),
        TableColumn("estimate_percent", "Estimate, %", "right", where="csv"),
        TableColumn("lower_percent", "Lower limit, %", "right", where="csv"),
        TableColumn("upper_percent", "Upper limit, %", "right", where="csv"),
        TableColumn("estimate_limits", "Estimate (limits)", where="page"),
        *(column for i, one in enumerate(history.conclusions, 1) for column in _concluded(i, one.name)),
        TableColumn("in_words", "What differs from the version before", wide=True),
    )
    rows = tuple(
        (*_row(end, date), *(cell for verdict in verdicts for cell in _verdict(verdict)), _words(end, step))
        for end, date, verdicts, step in zip(
            history.ends, _dates(history), history.verdicts, history.steps, strict=True
        )
    )
    caption = f"{history.title}: what each version of the review says."
    moved = any(step.endswith("points") for step in history.steps)
    feet = (*((_RULES,) if history.conclusions else ()), *((_POINTS,) if moved else ()))
    return Table(name, caption, columns, rows, (" ".join(feet),) if feet else ())


def _dates(history: History) -> tuple[str | None, ...]:
    return history.dates or (None,) * len(history.ends)


def _concluded(number: int, title: str) -> tuple[TableColumn, TableColumn]:
    key = f"conclusion_{number}"
    return TableColumn(key, title), TableColumn(f"{key}_because", f"{title}: because", where="csv")


def _verdict(verdict: Verdict) -> tuple[Cell, Cell]:
    return Cell(WORDS[verdict.holds], WORDS[verdict.holds]), Cell("", verdict.why)


def _row(end: End, date: str | None) -> tuple[Cell, ...]:
    lower, upper = (None, None) if end.ci is None else (end.ci.lower, end.ci.upper)
    return (
        Cell(_called(end.label, date), end.label),
        Cell("", date),
        Cell(str(end.k), end.k),
        Cell("", end.events),
        Cell("", end.n),
        count_cell(end.events, end.n),
        *(Cell("", None if value is None else 100 * value) for value in (end.value, lower, upper)),
        Cell(_estimate(end), end.value),
    )


def _called(label: str, date: str | None) -> str:
    """The version with what it tells of, where its label does not say that."""
    if label == NOW:
        return "Now"
    known = date is None or date.removeprefix("end of ") in label
    return label if known else f"{label} ({date})"


def _estimate(end: End) -> str:
    if end.value is None:
        return NONE
    limits = "" if end.ci is None else f" ({percent_interval(end.ci.lower, end.ci.upper).removesuffix(' %')})"
    return f"{percent(end.value)}{limits}"


def _words(end: End, step: str) -> Cell:
    """Why there is no estimate, and what differs from the version before."""
    reason = "" if end.value is not None else f"{(end.reason or 'The model has none').rstrip('.')}."
    said = f"{step[:1].upper()}{step[1:]}." if step else ""
    text = " ".join(part for part in (said, reason) if part)
    return Cell(text or DASH, text or None)
