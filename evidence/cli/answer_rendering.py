"""An answer on a terminal: the question, its sentence, what its figure shows as far as text can, the notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .. import display
from ..figures.picture_words import remark_words
from ..sensitivity.pictures import Contour, Curves, IntervalRow, Intervals, Panels, Picture, Points

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from ..sensitivity.answer import Answer

#: More rows than this are not printed: a screen holds no more.
MOST_ROWS = 40
#: Least and most characters of the drawn axis.
PLOT = (12, 24)


def answer_blocks(title: str, answer: Answer, width: int) -> Iterator[RenderableType]:
    """The question and its sentence, what the picture shows, the notes.

    Args:
        title: The question. answer: Its answer, or the reason why there is none. width: Of the terminal.
    """
    from rich.text import Text

    from .rendering import SEVERITIES, notes_block

    yield Text.assemble((title, "bold"), "\n", str(answer))
    picture = answer.picture()
    if picture is not None:
        yield from _picture(picture, width)
    notes = sorted(answer.notes, key=lambda note: SEVERITIES.index(note.severity))
    if notes:
        yield notes_block([(note, ()) for note in notes], width)


def _picture(picture: Picture, width: int) -> Iterator[RenderableType]:
    from rich.text import Text

    match picture:
        case Panels(pictures=inner):
            for heading, one in inner:
                yield Text(heading, style="bold")
                yield from _picture(one, width)
        case Intervals(specification=False):
            yield from _intervals(picture, width)
        case Curves():
            yield from _curves(picture)
        case Points():
            yield _points(picture)
        case Intervals() | Contour():
            yield Text("--figure FILE draws it; --json prints every number.", style="dim")


def _grid(heads: Sequence[str]) -> Table:
    """A table whose first column folds, the others to the right."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold")
    for _ in heads[1:]:
        grid.add_column(justify="right", no_wrap=True)
    grid.add_row(*(Text(head, style="dim") for head in heads))
    return grid


def _intervals(picture: Intervals, width: int) -> Iterator[RenderableType]:
    """A line for each row with a drawn one where there is room; a remark where there is no estimate."""
    from rich.text import Text

    shown = picture.rows[:MOST_ROWS]
    numbers = [(_value(row.estimate, picture.proportion), _limits(row, picture.proportion)) for row in shown]
    words = [max(len(text) for text in column) for column in zip(*(row.cells for row in shown), strict=True)]
    taken = sum(max(length, len(head)) + 2 for length, head in zip(words, picture.heads, strict=True))
    taken += (
        sum(max(len(pair[i]) for pair in numbers) + 2 for i in (0, 1)) + min(28, max(len(r.label) for r in shown)) + 2
    )
    plot = min(width - taken, PLOT[1]) if picture.proportion and width - taken >= PLOT[0] else 0
    grid = _grid(
        [
            "",
            *picture.heads,
            "%" if picture.proportion else "value",
            "limits",
            *(["0" + "100".rjust(plot - 1)] if plot else []),
        ]
    )
    for row, (value, limits) in zip(shown, numbers, strict=True):
        style = "bold" if row.primary else ""
        drawn = [Text(_line(row, plot))] if plot else []
        cells = [
            Text(row.label, style=style),
            *(Text(cell, style=style) for cell in row.cells),
            Text(value, style=style),
        ]
        grid.add_row(*cells, Text(limits, style=style), *drawn)
    yield grid
    remarks = [f"{row.label}: {remark_words(row.remark)}" for row in shown if row.remark and row.estimate is None]
    if remarks:
        yield Text("\n".join(remarks), style="dim")
    if len(picture.rows) > MOST_ROWS:
        yield _more(len(picture.rows) - MOST_ROWS)


def _line(row: IntervalRow, width: int) -> str:
    from .study_table import plot_line

    if row.estimate is None:
        return "".ljust(width)
    lower = row.estimate if row.lower is None and row.upper is None else row.lower or 0.0
    upper = row.estimate if row.lower is None and row.upper is None else 1.0 if row.upper is None else row.upper
    return plot_line((lower, row.estimate, upper), width, row.primary).ljust(width)


def _value(value: float | None, proportion: bool) -> str:
    return display.percent(value).removesuffix(" %") if proportion else display.significant(value)


def _limits(row: IntervalRow, proportion: bool) -> str:
    if row.lower is None and row.upper is None:
        return ""
    low, high = ("no limit" if v is None else _value(v, proportion) for v in (row.lower, row.upper))
    return f"{low} to {high}"


def _curves(picture: Curves) -> Iterator[RenderableType]:
    """A line for each x with the value of each curve; the limits of the first one."""
    from rich.text import Text

    main = picture.curves[0]
    limits = main.lower is not None and main.upper is not None
    unit = ", %" if picture.proportion else ""
    heads = [picture.x_label, *(curve.label for curve in picture.curves)]
    grid = _grid([*heads[:2], *(["limits"] if limits else []), *heads[2:]])
    for column in grid.columns[1:]:
        column.no_wrap = False
    words = picture.ticks or tuple(f"{x:g}" for x in picture.x)
    for i, word in enumerate(words[:MOST_ROWS]):
        values = [_value(curve.y[i], picture.proportion) for curve in picture.curves]
        row = IntervalRow(
            "", main.y[i], (main.lower or ())[i] if limits else None, (main.upper or ())[i] if limits else None
        )
        between = [_limits(row, picture.proportion)] if limits else []
        grid.add_row(*(Text(text) for text in (word, values[0], *between, *values[1:])))
    yield Text(f"{picture.y_label}{unit}", style="dim")
    yield grid
    if len(words) > MOST_ROWS:
        yield _more(len(words) - MOST_ROWS)


def _points(picture: Points) -> RenderableType:
    """The points that stand out, or all of them where they are few."""
    from rich.text import Text

    chosen = [i for i, flag in enumerate(picture.flagged) if flag and picture.labels[i]]
    if not chosen and len(picture.x) <= MOST_ROWS:
        chosen = list(range(len(picture.x)))
    if not chosen:
        return Text(f"{len(picture.x):,} points: --figure FILE draws them; --json prints every number.", style="dim")
    grid = _grid([f"{len(chosen)} of {len(picture.x):,} points", picture.x_label, picture.y_label])
    for column in grid.columns[1:]:
        column.no_wrap = False
    for i in chosen[:MOST_ROWS]:
        x, y = _value(picture.x[i], picture.x_proportion), _value(picture.y[i], picture.y_proportion)
        x, y = (f"{v} %" if p else v for v, p in ((x, picture.x_proportion), (y, picture.y_proportion)))
        grid.add_row(Text(picture.labels[i]), Text(x), Text(y))
    return grid


def _more(rows: int) -> Text:
    from rich.text import Text

    return Text(f"and {display.plural(rows, 'more row')}: --json prints every number.", style="dim")
