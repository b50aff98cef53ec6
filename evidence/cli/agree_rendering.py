"""How far extractors agree, on a terminal: what is alike, the numbers of each column, the differences, the results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .. import display
from ..figures.picture_words import remark_words
from ..sensitivity.varied import remark

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..double_extraction import ComparedCell, Comparison, DoubleExtraction, FieldAgreement
    from ..measures.agreement import Coefficient
    from ..review.review import Review
    from ..sensitivity.extractors import Extractors
    from ..sensitivity.pictures import IntervalRow

#: More differences than this are counted, not listed.
MOST_DIFFERENCES = 40
#: Up to so many columns are all shown; of more, those alike throughout are named in one line.
FEW_COLUMNS = 8
#: Code of the problem that a difference is not settled.
OPEN = "not-adjudicated"
#: What every interval of agreement takes for granted, and is not so.
NOT_INDEPENDENT = (
    "Limits take all cells as independent; cells of one arm or report are not, so true limits are often wider."
)
#: What coefficients leave out.
LEFT_EMPTY = "what was left empty by all others is not in them"
#: From this width on, reasons stand beside a difference instead of below it.
WIDE = 110


def agreement_blocks(
    review: Review, found: DoubleExtraction, pooled: Sequence[tuple[str, Extractors]], width: int, verbose: bool
) -> Iterator[RenderableType]:
    """All of it, in the order in which a reviewer asks.

    Args:
        review: The review. found: Its extractors side by side. pooled: The results under each, by outcome.
        width: Of the terminal. verbose: Whether to show columns that are alike throughout, and each pair of several.
    """
    yield _heading(review, found)
    yield from _comparisons(found.comparisons)
    for one in found.not_computed:
        text = Text.assemble((f"Not computed: {one.metric}", "bold"), f"; {one.reason}.")
        for row in one.recorded:
            text.append(f"\n  recorded: {row.metric}, {row}", style="dim")
        yield text
    yield from _by_table(found, verbose)
    yield from _differences(found, width)
    if pooled:
        yield _results(review, pooled)
        yield Text(pooled[0][1].varied.model.title, style="dim")
    yield from _problems(found)


def _problems(found: DoubleExtraction) -> Iterator[RenderableType]:
    """Each problem; the open differences, which are listed, as one."""
    told = [Text(str(problem)) for problem in found.problems if problem.code != OPEN]
    if found.open:
        many = display.plural(len(found.open), "difference is", "differences are")
        mend = f"evidence agree {found.review} --adjudicate, or --settle ARM OUTCOME --final VALUE --reason TEXT"
        told.append(Text(f"{many} open [{OPEN}]\n  mend: {mend}"))
    if told:
        yield Text("\n").join(told)


def _heading(review: Review, found: DoubleExtraction) -> Text:
    text = Text()
    if review.settings.banner:
        text.append(f"{review.settings.banner}\n\n", style="yellow")
    text.append(review.settings.title, style="bold")
    for table, rows in found.tables.items():
        many = ", ".join(f"{name.upper()} {display.plural(n, 'row')}" for name, n in rows.items())
        alone = "" if len(rows) > 1 else "; nobody entered it a second time"
        text.append(f"\n{table}: {many}{alone}")
    return text


def _grid(*heads: tuple[str, str]) -> Table:
    """A table with its heads: (text, ``left`` or ``right``)."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for i, (head, side) in enumerate(heads):
        justify: Literal["left", "right"] = "right" if side == "right" else "left"
        table.add_column(head, justify=justify, no_wrap=i > 0 and side == "right", overflow="fold")
    return table


def _level(one: Coefficient) -> str:
    """``95%``, ``99.5%``."""
    return f"{100 * one.level:g}%"


def _share(percent: Coefficient) -> str:
    return display.percent_with_interval(percent.value, percent.lower, percent.upper)


def _comparisons(rows: Sequence[Comparison]) -> Iterator[RenderableType]:
    if not rows:
        return
    table = _grid(("Entered alike", "left"), ("alike", "right"), ("% (95% CI)", "right"), ("recorded", "right"))
    if all(row.recorded is None for row in rows):
        table = _grid(("Entered alike", "left"), ("alike", "right"), ("% (95% CI)", "right"))
    for row in rows:
        name = Text.assemble(row.metric, (f"\n{row.among}", "dim"))
        if row.remark:
            name.append(f"\n{row.remark}", style="dim")
        cells = [f"{row.agree} of {row.n}", _share(row.percent)]
        if len(table.columns) > 3:
            cells.append(display.DASH if row.recorded is None else f"{row.recorded.agree} of {row.recorded.n}")
        table.add_row(name, *cells)
    table.columns[2].header = f"% ({_level(rows[0].percent)} limits)"
    yield Group(table, Padding(Text(NOT_INDEPENDENT, style="dim"), (0, 0, 0, 2)))


class _Reasons:
    """Why numbers are missing or not to be relied on, each once, with the letter that stands beside them."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def cell(self, one: Coefficient | None) -> str:
        """``0.80 [0.68, 0.91] (a)`` with a caution, ``1.00 (b)`` without limits, ``– (c)`` without a value."""
        if one is None:
            return ""
        shown = display.number_with_limits(one.value, one.lower, one.upper)
        said = one.reason or one.caution
        return shown if said is None else f"{shown} ({self._letter(said)})"

    def _letter(self, said: str) -> str:
        return self._letters.setdefault(said, "abcdefghijklmnop"[len(self._letters) % 16])

    def lines(self) -> Iterable[str]:
        """The letters told."""
        return (f"({letter}) {reason}" for reason, letter in self._letters.items())


def _by_table(found: DoubleExtraction, verbose: bool) -> Iterator[RenderableType]:
    """The columns of each table, then the outcomes."""
    tables = dict.fromkeys(row.table for row in found.fields)
    for table in tables:
        rows = [row for row in found.fields if row.table == table]
        yield from _coefficients(f"Columns of {table}", rows, verbose)
    yield from _coefficients("Counts of each outcome", found.outcomes, verbose)


def _coefficients(title: str, rows: Sequence[FieldAgreement], verbose: bool) -> Iterator[RenderableType]:
    if not rows:
        return
    people = max(len(row.extractors) for row in rows)
    shown = [row for row in rows if verbose or len(row.extractors) == people]
    alike = [row for row in shown if row.either.agree == row.either.n]
    if verbose or len(shown) <= FEW_COLUMNS:
        alike = []
    shown = [row for row in shown if row not in alike]
    told = [f"alike throughout: {', '.join(f'{row.field} ({row.either.n})' for row in alike)}"] if alike else []
    if people > 2 and not verbose:
        told.append(f"of all {people} together; --verbose shows each pair")
    if not shown:
        yield Text.assemble((title, "bold"), *(f"\n  {line}" for line in told))
        return
    reasons = _Reasons()
    table = _coefficient_table(title, shown, reasons, several=people > 2 and verbose)
    formulas = [f"{one.name}: {one.formula}" for one in _formulas(shown)]
    if any(row.both.n < row.either.n for row in shown):
        told.append(f"coefficients are of cells that {'both' if people == 2 else 'two or more'} filled: {LEFT_EMPTY}")
    told += [*reasons.lines(), *([f"[{_level(rows[0].kappa)} limits] {'; '.join(formulas)}"] if formulas else [])]
    yield Group(table, *([Padding(Text("\n".join(told), style="dim"), (0, 0, 0, 2))] if told else []))


def _coefficient_table(title: str, rows: Sequence[FieldAgreement], reasons: _Reasons, several: bool) -> Table:
    every, some = ("both", "either") if max(len(row.extractors) for row in rows) == 2 else ("all", "any")
    numbers = any(row.icc is not None for row in rows)
    heads = [(title, "left"), *([("who", "left")] if several else [])]
    heads += [(f"alike of\n{every}", "right"), (f"alike of\n{some}", "right"), ("kappa", "right"), ("AC1", "right")]
    table = _grid(*heads, *([("ICC(A,1)", "right")] if numbers else []))
    for column in table.columns[3:]:
        column.no_wrap = False
    for row in rows:
        cells = [row.field, *([", ".join(name.upper() for name in row.extractors)] if several else [])]
        cells += [f"{share.agree}/{share.n}" for share in (row.both, row.either)]
        cells += [reasons.cell(one) for one in (row.kappa, row.ac1, *([row.icc] if numbers else []))]
        table.add_row(*map(Text, cells))
    return table


def _formulas(rows: Sequence[FieldAgreement]) -> list[Coefficient]:
    """One coefficient of each name that has limits somewhere."""
    every = [one for row in rows for one in (row.kappa, row.ac1, row.icc) if one is not None and one.lower is not None]
    return list({one.name: one for one in every}.values())


def _differences(found: DoubleExtraction, width: int) -> Iterator[RenderableType]:
    many, waiting = len(found.disagreements), len(found.open)
    said = f"{display.plural(many, 'difference')}, {waiting} open" if many else "No difference."
    text = Text(said, style="bold")
    if found.recorded:
        others = ", ".join(f"{table} {n}" for table, n in found.recorded.items())
        text.append(f"\nfurther rows of the record of adjudication: {others}", style="")
    shown = sorted(found.disagreements, key=lambda one: one.ruling is not None)[:MOST_DIFFERENCES]
    yield text
    if shown:
        yield _difference_table(shown, width)
    if len(shown) < many:
        yield Text(f"{len(shown)} of {many} are shown; --queue FILE writes all of them.", style="dim")


def _difference_table(shown: Sequence[ComparedCell], width: int) -> Table:
    wide, several = width >= WIDE, len({one.cell.table for one in shown}) > 1
    heads = ["row", "field", "entered", "final", *(["why"] if wide else [])]
    table = _grid(*((head, "left") for head in heads))
    for one in shown:
        entries = zip(one.extractors, one.cell.entries, strict=True)
        entered = ", ".join(f"{name.upper()} {entry.text}" for name, entry in entries)
        final = Text("open", style="bold yellow") if one.ruling is None else Text(one.ruling.final)
        reason = "" if one.ruling is None else one.ruling.reason
        field = Text(f"{one.cell.table} {one.cell.field}" if several else one.cell.field)
        if not wide and reason:
            field.append(f"\n{reason}", style="dim")
        table.add_row(Text(one.where), field, Text(entered), final, *([Text(reason, style="dim")] if wide else []))
    return table


def _results(review: Review, pooled: Sequence[tuple[str, Extractors]]) -> Table:
    name = next((one.varied.shown.name for _, one in pooled if one.varied.ends is not None), "pooled")
    table = _grid(("Result under each", "left"), ("observed", "right"), ("%", "right"), (f"{name}, %", "left"))
    for i, (outcome, one) in enumerate(pooled):
        if i:
            table.add_row("", "", "", "")
        table.add_row(Text(review.settings.outcomes[outcome].title, style="bold"), "", "", "")
        varied = one.varied
        for way, label in enumerate(varied.labels):
            shown = varied.shown.row(way, label, remark=remark(str(varied.found.status[way])))
            events, n = int(varied.events[way]), int(varied.n[way])
            lower, upper = (float(side[way]) if n else None for side in (varied.lower, varied.upper))
            observed = display.percent_with_interval(events / n if n else None, lower, upper)
            table.add_row(
                Text(f"  {label}"), display.count(events, n) if n else display.DASH, observed, _reported(shown)
            )
    return table


def _reported(row: IntervalRow) -> str:
    """The reported number with its limits, and what stands beside it."""
    value = "" if row.estimate is None else display.percent_with_interval(row.estimate, row.lower, row.upper)
    return "; ".join(part for part in (value, remark_words(row.remark) if row.remark else "") if part) or display.DASH
