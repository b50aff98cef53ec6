"""An answer on a terminal: the question, its sentence, what its figure shows as far as text can, the notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from .. import display
from ..figures.picture_words import remark_words
from ..sensitivity.pictures import Contour, Curves, IntervalRow, Intervals, Panels, Picture, Points

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from ..sensitivity.answer import Answer

#: More rows than this are not printed: a screen holds no more.
MOST_ROWS = 40
#: Least and most characters of the drawn axis.
PLOT = (12, 24)
#: Characters of a cell up to which it is not broken, and least characters of a column of names.
CELL_MOST, NAME_LEAST = 18, 20


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
            yield from _curves(picture, width)
        case Points():
            yield from _points(picture, width)
        case Intervals() | Contour():
            yield Text("--figure FILE draws it; --json prints every number.", style="dim")


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a table: the name, the cells beside it, and how it is printed."""

    name: str
    cells: tuple[str, ...]
    style: str = ""


def _width_of(head: str, cells: Sequence[str]) -> int:
    """Width of a column: its cells whole up to a width, its words always, the heading broken between words."""
    longest = max((cell_len(word) for text in (head, *cells) for word in text.split()), default=0)
    return max(longest, min(max((cell_len(cell) for cell in cells), default=0), CELL_MOST))


def _table(
    heads: Sequence[str], rows: Sequence[_Row], keep: Sequence[int], width: int, drawn: int = 0
) -> Iterator[RenderableType]:
    """Rows under headings. Names are broken between words; where columns have no room the last ones go first, and a
    line says which.

    Args:
        heads: Of the names and of each column. rows: The lines. keep: Columns that stay, counted from the names on.
        width: Of the terminal. drawn: Width of the last column if it is a drawing, else 0.
    """
    from rich.table import Table
    from rich.text import Text

    columns = list(range(1, len(heads)))
    widths = {i: _width_of(heads[i], [row.cells[i - 1] for row in rows]) for i in columns}
    if drawn:
        widths[columns[-1]] = drawn
    names = [heads[0], *(row.name for row in rows)]
    longest = max(cell_len(name) for name in names)
    least = max(NAME_LEAST, *(cell_len(word) for name in names for word in name.split()), 1)
    dropped: list[int] = []
    while min(longest, least) + sum(widths[i] + 2 for i in columns) > width:
        if not (loose := [i for i in columns if i not in keep]):
            break
        columns.remove(loose[-1])
        dropped.insert(0, loose[-1])
    grid = Table.grid(padding=(0, 2, 0, 0))
    room = width - sum(widths[i] + 2 for i in columns)
    grid.add_column(width=max(min(longest, room), 1), overflow="fold")
    for i in columns:
        grid.add_column(justify="right", width=widths[i], overflow="fold")
    grid.add_row(*(Text(heads[i], style="dim") for i in (0, *columns)))
    for row in rows:
        grid.add_row(Text(row.name, style=row.style), *(Text(row.cells[i - 1], style=row.style) for i in columns))
    yield grid
    if dropped:
        gone = "; ".join(heads[i] for i in dropped)
        yield Text(f"without room here: {gone}; a wider terminal shows them, --json prints every number.", style="dim")


def _intervals(picture: Intervals, width: int) -> Iterator[RenderableType]:
    """A line for each row with a drawn one where there is room; a remark where there is no estimate."""
    from rich.text import Text

    shown = picture.rows[:MOST_ROWS]
    limits = [_limits(row, picture.proportion) for row in shown]
    bounded = any(limits)
    value = "%" if picture.proportion else picture.axis if picture.ratio else "value"
    heads = ["", *picture.heads, value, *(["limits"] if bounded else [])]
    cells = [
        (*row.cells, _value(row.estimate, picture.proportion), *([between] if bounded else []))
        for row, between in zip(shown, limits, strict=True)
    ]
    taken = sum(_width_of(head, column) + 2 for head, column in zip(heads[1:], zip(*cells, strict=True), strict=True))
    taken += min(28, max(cell_len(row.label) for row in shown)) + 2
    plot = min(width - taken, PLOT[1]) if picture.proportion and width - taken >= PLOT[0] else 0
    if plot:
        heads.append("0" + "100".rjust(plot - 1))
        cells = [(*cell, _line(row, plot)) for cell, row in zip(cells, shown, strict=True)]
    rows = [_Row(row.label, cell, "bold" if row.primary else "") for row, cell in zip(shown, cells, strict=True)]
    yield from _table(heads, rows, range(len(picture.heads) + 1, len(heads)), width, plot)
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


def _curves(picture: Curves, width: int) -> Iterator[RenderableType]:
    """A line for each x with the value of each curve; the limits of the first one."""
    from rich.text import Text

    main = picture.curves[0]
    limits = main.lower is not None and main.upper is not None
    unit = ", %" if picture.proportion else ""
    first, *further = (curve.label for curve in picture.curves)
    heads = [picture.x_label, first, *(["limits"] if limits else []), *further]
    words = picture.ticks or tuple(f"{x:g}" for x in picture.x)
    rows = []
    for i, word in enumerate(words[:MOST_ROWS]):
        values = [_value(curve.y[i], picture.proportion) for curve in picture.curves]
        row = IntervalRow(
            "", main.y[i], (main.lower or ())[i] if limits else None, (main.upper or ())[i] if limits else None
        )
        between = [_limits(row, picture.proportion)] if limits else []
        rows.append(_Row(word, (values[0], *between, *values[1:])))
    yield Text(f"{picture.y_label}{unit}", style="dim")
    yield from _table(heads, rows, (1, 2) if limits else (1,), width)
    if len(words) > MOST_ROWS:
        yield _more(len(words) - MOST_ROWS)


def _points(picture: Points, width: int) -> Iterator[RenderableType]:
    """The points that stand out, or all of them where they are few."""
    from rich.text import Text

    chosen = [i for i, flag in enumerate(picture.flagged) if flag and picture.labels[i]]
    if not chosen and len(picture.x) <= MOST_ROWS:
        chosen = list(range(len(picture.x)))
    if not chosen:
        yield Text(f"{len(picture.x):,} points: --figure FILE draws them; --json prints every number.", style="dim")
        return
    rows = []
    for i in chosen[:MOST_ROWS]:
        x, y = _value(picture.x[i], picture.x_proportion), _value(picture.y[i], picture.y_proportion)
        x, y = (f"{v} %" if p else v for v, p in ((x, picture.x_proportion), (y, picture.y_proportion)))
        rows.append(_Row(picture.labels[i], (x, y)))
    heads = [f"{len(chosen)} of {len(picture.x):,} points", picture.x_label, picture.y_label]
    yield from _table(heads, rows, (1, 2), width)


def _more(rows: int) -> Text:
    from rich.text import Text

    return Text(f"and {display.plural(rows, 'more row')}: --json prints every number.", style="dim")
