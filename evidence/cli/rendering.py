"""A pooled result on a terminal: what was counted first, then what was computed, then the caveats.

Text comes from the result; here it is only laid out. Nothing is ever cut: where the terminal is narrow, cells fold and
less important columns give way.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .. import display
from ..pooling.rate_result import PooledRate
from .rate_table import rate_table, rate_values
from .study_table import counts_only, mean_name, study_table

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from ..pooling.result import Note, Pooled
    from ..pooling.subgroups import Subgroups

STYLES = {"warning": "bold yellow", "caution": "cyan", "info": "dim"}
SEVERITIES = tuple(STYLES)
#: Up to this many arms left out are listed without being asked.
SHORT_LIST = 6
#: Up to this many studies are named beside the counts of a part.
FEW_NAMES = 3
#: Below this width, notes and values stand under their names instead of beside them.
NARROW = 60
NAME_WIDTH = 26
#: From this width on, names are not folded.
WIDE = 96
#: Statuses whose limits are exact limits of the totals.
EXACT = ("all-zero", "all-events", "single-study")
REASONS = {
    "no-outcome": "without a count of this outcome",
    "wrong-unit": "counted in another unit",
    "overlap": "with the patients of another arm",
    "filter": "outside the filter",
}
PLAIN_SIGNS = str.maketrans(
    {"─": "-", "━": "=", "■": "o", "◆": "#", "–": "-", "—": "-", "∞": "inf", "…": "...", "’": "'"}
)


def terminal() -> Console:
    """Standard output, printing every text as it is."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False)


def show(result: Pooled | Subgroups, console: Console, left_out: Sequence[Any] = (), verbose: bool = False) -> None:
    """Print a result.

    Args:
        result: Of one analysis, or of one for all arms and one for each group.
        console: Where to; its width and encoding decide the layout.
        left_out: Arms that are not in the pool, with ``label`` and ``text`` (why).
        verbose: Whether to list all arms left out.
    """
    print_blocks(_blocks(result, overall(result), console.width, left_out, verbose), console)


def print_blocks(blocks: Iterable[RenderableType], console: Console) -> None:
    """Print blocks with an empty line between them, in the signs that the console has, without blanks at line ends."""
    unicode = console.encoding.lower().startswith("utf")
    if unicode and console.is_terminal:
        _print(blocks, console)
        return
    with console.capture() as captured:
        _print(blocks, console)
    lines = (line.rstrip() for line in captured.get().splitlines())
    text = "\n".join(lines) + "\n"
    console.file.write(text if unicode else plain(text))


def _print(blocks: Iterable[RenderableType], console: Console) -> None:
    for position, block in enumerate(blocks):
        if position:
            console.print()
        console.print(block)


def plain(text: str) -> str:
    """Text for a terminal without Unicode: signs by their look, letters without accents."""
    decomposed = unicodedata.normalize("NFKD", text.translate(PLAIN_SIGNS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def overall(result: Pooled | Subgroups) -> Pooled:
    """The result for all arms."""
    from ..pooling.subgroups import Subgroups

    return result.overall if isinstance(result, Subgroups) else result


def _blocks(
    result: Pooled | Subgroups, pooled: Pooled, width: int, left_out: Sequence[Any], verbose: bool
) -> Iterator[RenderableType]:
    context = pooled.context
    if context is not None and context.banner:
        yield Text(context.banner, style="yellow")
    yield _heading(pooled)
    if isinstance(pooled, PooledRate):
        spread = () if counts_only(pooled) else _spread_rows(pooled)
        yield _values([*rate_values(pooled), *spread], width)
    else:
        yield _values([*_split_rows(pooled), *_value_rows(pooled)], width)
    sentence = _source_sentence(pooled)
    if sentence:
        yield Text(sentence)
    yield rate_table(pooled, width) if isinstance(pooled, PooledRate) else study_table(result, width)
    if result is not pooled:
        yield Text(_test_sentence(result))
    notes = list(_merged_notes(result, pooled))
    shown = [(note, labels) for note, labels in notes if verbose or not labels or note.severity == "warning"]
    if shown:
        yield notes_block(shown, width)
    if len(shown) < len(notes):
        hidden = display.plural(len(notes) - len(shown), "further note")
        yield Text(f"{hidden} on single groups (--verbose lists them)", style="dim")
    if left_out:
        yield _left_out(left_out, verbose, width)
    yield Text(pooled.model.title, style="dim")


def _heading(pooled: Pooled) -> Text:
    headline, context = pooled.headline, pooled.context
    text = Text()
    if context is not None and context.title:
        text.append(context.title + "\n", style="bold")
    text.append(headline.observed)
    if headline.reason:
        text.append("\n" + _capital(headline.reason).rstrip(".") + ".")
    return text


def _values(rows: Sequence[tuple[str, str, str]], width: int) -> RenderableType:
    if width < NARROW:
        lines: list[RenderableType] = []
        for name, value, how in rows:
            lines += [Text(name), Padding(Text.assemble((value, "bold"), "  ", (how, "dim")), (0, 0, 0, 2))]
        return Group(*lines)
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(max_width=NAME_WIDTH if width < WIDE else None)
    grid.add_column(no_wrap=True)
    grid.add_column()
    for name, value, how in rows:
        grid.add_row(Text(name), Text(value, style="bold"), Text(how, style="dim"))
    return grid


def _split_rows(pooled: Pooled) -> Iterator[tuple[str, str, str]]:
    for line in () if pooled.status == "single-study" else pooled.headline.lines:
        label = str(line["label"])
        shown = f"{display.proportion(line['estimate'])} {display.interval(line['lower'], line['upper'])}"
        members = ", ".join(str(member["label"]) for member in line["members"])
        if len(line["members"]) > FEW_NAMES:
            members = display.plural(len(line["members"]), "study", "studies")
        how = f"{display.count(line['events'], line['n'])}, exact limits"
        yield _capital(label), shown, f"{how}; {members}" if members else how


def _value_rows(pooled: Pooled) -> Iterator[tuple[str, str, str]]:
    if counts_only(pooled):
        if pooled.status in EXACT and pooled.estimate is not None:
            yield "Observed", *_estimate(pooled.estimate, pooled.ci)
        if pooled.status != "single-study":
            yield "Pooled", "not pooled: counts only", ""
        return
    if pooled.mean is not None:
        yield _capital(mean_name(pooled)), *_estimate(pooled.mean, pooled.mean_ci)
    if pooled.estimate is not None and (pooled.mean is None or pooled.estimate != pooled.mean):
        name = _capital(pooled.model.centre)
        if pooled.headline.show_median or pooled.mean is None:
            yield name, *_estimate(pooled.estimate, pooled.ci)
        else:
            yield name, "not printed", "too weakly identified"
    if pooled.pi is not None:
        limits = display.interval(pooled.pi.lower, pooled.pi.upper)
        yield "Next study (prediction)", limits, f"{pooled.pi.level:.0%} prediction interval, {pooled.pi.method}"
    yield from _spread_rows(pooled)


def _spread_rows(pooled: Pooled) -> Iterator[tuple[str, str, str]]:
    spread = pooled.heterogeneity
    if spread is None:
        return
    if spread.tau is not None:
        value, how = display.number(spread.tau, 3), ""
        if spread.tau_ci is not None:
            lower, upper = spread.tau_ci["lower"], spread.tau_ci["upper"]
            high = "no limit" if upper is None else display.number(upper, 3)
            value, how = f"{value} [{display.number(lower, 3)}, {high}]", str(spread.tau_ci["method"])
        yield "Between studies (tau)", value, how
    if spread.q is not None:
        value = f"{display.number(spread.q)}, {spread.q_df} df, p {display.p_value(spread.q_p)}"
        yield "Cochran's Q", value, "" if spread.i2 is None else f"I2 {display.percent(spread.i2)}"
    elif spread.lr_p is not None:
        yield "Test of tau = 0", f"p {display.p_value(spread.lr_p)}", "likelihood ratio"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _estimate(value: float, ci: Any) -> tuple[str, str]:
    if ci is None:
        return display.proportion(value), ""
    shown = f"{display.proportion(value)} {display.interval(ci.lower, ci.upper)}"
    return shown, f"{ci.level:.0%} CI, {ci.formula}"


def _source_sentence(pooled: Pooled) -> str:
    """The share of case reports and whether anything was compared, for reviews that know."""
    context = pooled.context
    if context is None or not context.review:
        return ""
    arms = len(pooled.studies)
    reports = f"{context.case_reports} of {display.plural(arms, 'arm')} in the pool"
    says = f"{reports} {'comes' if context.case_reports == 1 else 'come'} from case reports"
    if context.comparison:
        return f"{says}; {context.comparison} from a study with a comparison group."
    return f"{says}; no comparison group."


def _test_sentence(result: Any) -> str:
    if result.test is None:
        return str(result.no_test or "No test for subgroup differences.")
    from ..pooling.subgroups import degrees

    test = result.test
    return (
        f"Test for subgroup differences ({test['name']}): {test['statistic']:.2f}, {degrees(test)} df,"
        f" p {display.p_value(test['p'])}; the groups were not randomised."
    )


def _merged_notes(result: Any, pooled: Pooled) -> Iterator[tuple[Note, tuple[str, ...]]]:
    """Each note once, the worst first, with the groups it is about (none: about all)."""
    about: dict[Note, list[str]] = {note: [] for note in pooled.notes}
    common = set(about)
    groups = getattr(result, "groups", ())
    for label, group in groups:
        for note in group.notes:
            about.setdefault(note, []).append(str(label))
    for severity in SEVERITIES:
        for note, labels in about.items():
            if note.severity == severity:
                everywhere = note in common or len(labels) == len(groups)
                yield note, () if everywhere else tuple(labels)


def notes_block(notes: Iterable[tuple[Note, tuple[str, ...]]], width: int) -> RenderableType:
    """Notes with the groups that each is about (none: about all)."""
    if width < NARROW:
        return Text("\n").join(
            Text.assemble((note.severity, STYLES[note.severity]), " ", _note_text(note, labels))
            for note, labels in notes
        )
    grid = Table.grid(padding=(0, 2, 0, 0))
    for note, labels in notes:
        grid.add_row(Text(note.severity, style=STYLES[note.severity]), _note_text(note, labels))
    return grid


def _note_text(note: Note, labels: tuple[str, ...]) -> Text:
    text = Text(f"{', '.join(labels)}: " if labels else "", style="")
    text.append(note.text)
    text.append(f" [{note.code}]", style="dim")
    return text


def _left_out(left_out: Sequence[Any], verbose: bool, width: int) -> RenderableType:
    text = Text(f"{display.plural(len(left_out), 'arm')} left out")
    if verbose or len(left_out) <= SHORT_LIST:
        for arm in left_out:
            text.append(f"\n  {arm.label}: {arm.text}")
        return text
    reasons: dict[str, int] = {}
    for arm in left_out:
        reasons[arm.reason] = reasons.get(arm.reason, 0) + 1
    text.append(": " + ", ".join(f"{times} {REASONS.get(reason, reason)}" for reason, times in reasons.items()))
    text.append(" (--verbose lists them)", style="dim")
    return text
