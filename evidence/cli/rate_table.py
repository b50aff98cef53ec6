"""Pooled rates on a terminal: what was computed, and the studies with their events and times at risk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from .. import display
from ..pooling.rate_result import StudyRate, pooled_rates, rate_interval, unprinted_median
from .study_table import GAP, LABEL_MAX, LABEL_MIN, PLOT_MAX, PLOT_MIN, counts_only, plot_line

if TYPE_CHECKING:
    from ..pooling.rate_result import PooledRate
    from ..pooling.result import Interval

#: What gives way where the terminal is narrow, the first one first.
SPARE = ("Weight", "Rate", "Time")
#: The axis of the plot ends at most at so many times the largest rate.
AXIS_REACH = 3.0


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the table: its cells by column, and what is plotted."""

    cells: dict[str, str]
    span: tuple[float, float, float] | None
    pooled: bool = False


def rate_values(pooled: PooledRate) -> Iterator[tuple[str, str, str]]:
    """Name, value and formula of each number to print above the studies."""
    if counts_only(pooled):
        if pooled.status in ("all-zero", "single-study") and pooled.estimate is not None and pooled.ci is not None:
            yield "Observed", *_value(pooled, pooled.estimate, pooled.ci)
        if pooled.status != "single-study":
            yield "Pooled", "not pooled: counts only", ""
        return
    for what, value, ci in pooled_rates(pooled):
        yield what[:1].upper() + what[1:], *_value(pooled, value, ci)
    if hidden := unprinted_median(pooled):
        yield hidden[:1].upper() + hidden[1:], "not printed", "too weakly identified"
    if pooled.pi is not None:
        how = f"{pooled.pi.level:.0%} prediction interval, {pooled.pi.formula}"
        yield "Next study (prediction)", rate_interval(pooled.pi), how
    elif any(found.code == "no-prediction" for found in pooled.notes):
        yield "Next study (prediction)", "not given", "see the note below"


def _value(pooled: PooledRate, value: float, ci: Interval) -> tuple[str, str]:
    shown = f"{display.significant(value)} {rate_interval(ci)}"
    return shown, f"per {pooled.time_unit}; {ci.level:.0%} CI, {ci.formula}"


def rate_table(pooled: PooledRate, width: int) -> Table:
    """All studies, and what was pooled; nothing is cut, less important columns give way."""
    lines = list(_lines(pooled))
    level = f"{pooled.model.level:.0%} CI"
    shown = _columns(lines, width, level)
    end = _axis_end(lines)
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold", collapse_padding=True)
    for name, room in shown.items():
        heading = {"plot": _axis(end, room), "CI": level}.get(name, name)
        justify: Any = "left" if name in ("Study", "plot") else "right"
        table.add_column(
            Text(heading, style="dim" if name == "plot" else ""),
            justify=justify,
            width=room,
            no_wrap=name != "Study",
            overflow="fold",
        )
    for line in lines:
        if line.pooled:
            table.add_row()
        cells = (_plot(line, end, room) if name == "plot" else line.cells.get(name, "") for name, room in shown.items())
        table.add_row(*map(Text, cells), style="bold" if line.pooled else "")
    return table


def _lines(pooled: PooledRate) -> Iterator[_Line]:
    for study in pooled.studies:
        if isinstance(study, StudyRate):
            weight = "" if study.weight is None else display.percent(study.weight, 1)
            cells = _cells(study.label, study.events, study.time) | _numbers(study.estimate, study.ci)
            yield _Line(cells | {"Weight": weight}, (study.ci.lower, study.estimate, study.ci.upper))
    if pooled.status == "single-study":
        return
    found = pooled_rates(pooled)
    if counts_only(pooled) or not found:
        yield _Line(_cells("All studies (not pooled: counts only)", pooled.events, pooled.time), None, pooled=True)
        return
    what, value, ci = found[0]
    name = "mean" if what.startswith("average") else what
    cells = _cells(f"All studies ({name})", pooled.events, pooled.time) | _numbers(value, ci)
    yield _Line(cells, (ci.lower, value, ci.upper), pooled=True)


def _cells(label: str, events: int, time: float) -> dict[str, str]:
    return {"Study": label, "Events": f"{events:,}", "Time": f"{time:,.6g}"}


def _numbers(value: float, ci: Interval) -> dict[str, str]:
    return {"Rate": display.significant(value), "CI": rate_interval(ci)}


def _columns(lines: list[_Line], width: int, level: str) -> dict[str, int]:
    names = ("Events", "Time", "Rate", "CI", "Weight")
    heads = {"CI": level}
    widths = {
        name: max(len(heads.get(name, name)), *(cell_len(line.cells.get(name, "")) for line in lines)) for name in names
    }
    if not any(line.cells.get("Weight") for line in lines):
        del widths["Weight"]
    longest = max(len("Study"), *(cell_len(line.cells["Study"]) for line in lines))
    for spare in SPARE:
        if width - _total(widths) < min(longest, LABEL_MIN + 6):
            widths.pop(spare, None)
    left = width - _total(widths)
    label = max(LABEL_MIN, min(longest, LABEL_MAX, left))
    room = left - label - GAP
    plot = {"plot": min(room, PLOT_MAX)} if room >= PLOT_MIN else {}
    return {"Study": label, **widths, **plot}


def _total(widths: dict[str, int]) -> int:
    return sum(widths.values()) + GAP * len(widths)


def _axis_end(lines: list[_Line]) -> float:
    """Where the axis ends, a round number: the largest upper limit, or a few times the largest rate."""
    spans = [line.span for line in lines if line.span is not None]
    point = max((span[1] for span in spans), default=0.0)
    ends = [span[2] for span in spans if point == 0 or span[2] <= AXIS_REACH * point]
    most = max(chain(ends, [point])) or 1.0
    digit = 10.0 ** (len(f"{most:.0f}") - 1) if most >= 1 else 10.0 ** -(_leading_zeros(most) + 1)
    return float(f"{-(-most // digit) * digit:.3g}")


def _leading_zeros(value: float) -> int:
    return -int(f"{value:e}".partition("e")[2]) - 1


def _axis(end: float, room: int) -> str:
    return "0" + display.significant(end).rjust(room - 1)


def _plot(line: _Line, end: float, room: int) -> str:
    """Limits and point; ``>`` where they go on beyond the axis."""
    if line.span is None:
        return ""
    low, point, high = (min(value / end, 1.0) for value in line.span)
    drawn = plot_line((low, point, high), room, pooled=line.pooled)
    return drawn[:-1] + ">" if line.span[2] > end and point < 1 else drawn
