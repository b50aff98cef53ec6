"""The studies of a result as a table for a terminal, with a small forest plot of text where there is room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .. import display

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..pooling.result import Pooled, StudyEffect
    from ..pooling.subgroups import Subgroups

GAP = 2
LABEL_MIN, LABEL_READABLE, LABEL_MAX = 12, 26, 40
PLOT_MIN, PLOT_MAX = 15, 41
AXIS = ("0", "0.5", "1")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: ``kind`` is group (a heading), study, pooled or overall."""

    kind: str
    label: str
    events: str = ""
    estimate: str = ""
    limits: str = ""
    weight: str = ""
    span: tuple[float, float, float] | None = None
    indent: int = 0


def study_table(result: Pooled | Subgroups, width: int) -> Table:
    """All studies, by group where there are groups, and what was pooled."""
    rows = list(table_rows(result))
    shown = _columns(rows, width)
    level = f"{_level(result):.0%} CI"
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold", collapse_padding=True)
    for name in shown:
        justify: Any = "left" if name in ("Study", "plot") else "right"
        heading = {"plot": _axis(shown.get("plot", PLOT_MIN)), "CI": level}.get(name, name)
        table.add_column(
            Text(heading, style="dim" if name == "plot" else ""),
            justify=justify,
            width=shown[name],
            no_wrap=name != "Study",
            overflow="fold",
        )
    for row, before in zip(rows, [None, *rows], strict=False):
        if before is not None and row.kind in ("group", "overall"):
            table.add_row()
        table.add_row(*_cells(row, shown), style="" if row.kind == "study" else "bold")
    return table


def table_rows(result: Pooled | Subgroups) -> Iterator[Row]:
    """The lines of the table, top to bottom."""
    groups = getattr(result, "groups", None)
    pooled: Any = getattr(result, "overall", result)
    if groups is None:
        yield from (_study(study, indent=0) for study in pooled.studies)
        if pooled.status != "single-study":
            yield _pooled("overall", pooled, "All studies")
        return
    for label, group in groups:
        yield Row("group", f"{getattr(result, 'heading', '')}: {label}".lstrip(": "))
        yield from (_study(study, indent=2) for study in group.studies)
        if group.status != "single-study":
            yield _pooled("pooled", group, "Together", indent=2)
    yield _pooled("overall", pooled, "All studies")


def _study(study: StudyEffect, indent: int) -> Row:
    ci = study.ci
    return Row(
        "study",
        study.label,
        display.count(study.events, study.n),
        display.proportion(study.estimate, 2),
        display.interval(ci.lower, ci.upper, 2),
        "" if study.weight is None else display.percent(study.weight, 1),
        (ci.lower, study.estimate, ci.upper),
        indent,
    )


def _pooled(kind: str, pooled: Pooled, label: str, indent: int = 0) -> Row:
    events = display.count(pooled.events, pooled.n)
    value, ci = (pooled.mean, pooled.mean_ci) if pooled.mean is not None else (pooled.estimate, pooled.ci)
    if counts_only(pooled) or value is None or ci is None:
        return Row(kind, f"{label} (not pooled: counts only)", events, indent=indent)
    limits = display.interval(ci.lower, ci.upper, 2)
    what = "mean" if pooled.mean is not None and mean_name(pooled) != pooled.model.centre else pooled.model.centre
    name = f"{label} ({what})"
    return Row(kind, name, events, display.proportion(value, 2), limits, "", (ci.lower, value, ci.upper), indent)


def counts_only(pooled: Pooled) -> bool:
    """Whether no pooled number may be shown; a measure that merely has no mean still has its estimate."""
    headline = pooled.headline
    return headline.kind == "observed" and (headline.reason is not None or pooled.estimate is None)


def mean_name(pooled: Pooled) -> str:
    """What the mean is: that of a model with one common proportion is this proportion, not an average of studies."""
    common = pooled.mean == pooled.estimate and "median" not in pooled.model.centre
    return str(pooled.model.centre) if common else "average study (mean)"


def _columns(rows: list[Row], width: int) -> dict[str, int]:
    """Each column's width; what does not fit gives way: the plot first, then weights, then the estimate."""
    widths = {
        "Events": max(len("Events"), *(cell_len(row.events) for row in rows)),
        "Prop.": max(len("Prop."), *(cell_len(row.estimate) for row in rows)),
        "CI": max(len("95% CI"), *(cell_len(row.limits) for row in rows)),
        "Weight": max((cell_len(row.weight) for row in rows), default=0),
    }
    if widths["Weight"]:
        widths["Weight"] = max(widths["Weight"], len("Weight"))
    else:
        del widths["Weight"]
    longest = max(len("Study"), *(cell_len(row.label) + row.indent for row in rows))
    for spare in ("Weight", "Prop."):
        if width - _total(widths) < min(longest, LABEL_MIN + 6):
            widths.pop(spare, None)
    left = width - _total(widths)
    label = max(LABEL_MIN, min(longest, LABEL_MAX, left))
    if left - label - GAP < PLOT_MIN <= left - LABEL_READABLE - GAP:
        label = max(LABEL_READABLE, left - GAP - PLOT_MAX)
    room = left - label - GAP
    plot = {"plot": min(room, PLOT_MAX)} if room >= PLOT_MIN else {}
    return {"Study": label, **widths, **plot}


def _level(result: Any) -> float:
    studies = getattr(result, "overall", result).studies
    return float(studies[0].ci.level) if studies else 0.95


def _total(widths: dict[str, int]) -> int:
    return sum(widths.values()) + GAP * len(widths)


def _cells(row: Row, shown: dict[str, int]) -> Iterator[RenderableType]:
    texts = {"Events": row.events, "Prop.": row.estimate, "CI": row.limits, "Weight": row.weight}
    for name, width in shown.items():
        if name == "Study":
            yield Padding(Text(row.label), (0, 0, 0, row.indent))
        elif name == "plot":
            yield Text(plot_line(row.span, width, pooled=row.kind in ("pooled", "overall")))
        else:
            yield Text(texts[name])


def plot_line(span: tuple[float, float, float] | None, width: int, pooled: bool) -> str:
    """Limits and point on 0 to 1, ``width`` characters wide."""
    if span is None:
        return ""
    low, point, high = (round(value * (width - 1)) for value in span)
    line, mark = ("━", "◆") if pooled else ("─", "■")
    cells = [" "] * width
    cells[low : high + 1] = line * (high - low + 1)
    cells[point] = mark
    return "".join(cells)


def _axis(width: int) -> str:
    cells = [" "] * width
    cells[0] = AXIS[0]
    middle = (width - 1) // 2 - 1
    cells[middle : middle + 3] = AXIS[1]
    cells[-1] = AXIS[2]
    return "".join(cells)
