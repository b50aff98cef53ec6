"""A replication on a terminal: which recipes match and what they are, then the primary model, then the update."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite, log10
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .. import display
from ..updates.calls import calls
from ..updates.computing import PREDICTIONS
from ..updates.published import PARTS, PROPORTIONS, ROUNDINGS
from ..updates.replication import headline_number

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..pooling.result import Pooled
    from ..updates.matching import Fit
    from ..updates.replication import Replication

#: Decimals of a recipe's numbers beyond the printed ones.
_MORE = 2
#: Groups of matching recipes that are told in full; the others only by name.
_TOLD = 3
_NEAR_SHOWN = 5
#: Recipes without limits that are named.
_WITHOUT = 3
#: Matching recipes that are named beyond those.
_ALSO = 12
_NAMES = {"i2": "I2", "q": "Q", "pi_lower": "PI lower", "pi_upper": "PI upper", "half": "+-", "se": "SE", "sd": "SD"}
GUESSES = "Guesses, which only another look at the papers can settle:"
CHANCE = (
    "A match does not prove that it was done so: with few printed digits several recipes agree, some by chance. More"
    " digits, I2 or tau2 in --published tell them apart."
)
CAUSES = (
    "Commonly the cause: the table is not the one that was pooled (another study in it, a patient more or less in one"
    " of them), studies at 0 % or 100 % were left out or corrected by another constant than 0.5, a subgroup was"
    " printed, or the number was mistyped."
)


def blocks(
    found: Replication, until: int | None, undated: Sequence[str], verbose: bool, width: int
) -> Iterator[RenderableType]:
    """What is printed, part by part."""
    yield _heading(found, until, undated)
    yield Text(str(found), style="bold")
    for group in found.groups[:_TOLD]:
        yield _group(found, group, width)
    others = [fit.recipe.key for group in found.groups[_TOLD:] for fit in group]
    if others:
        more = f" and {len(others) - _ALSO} more, which --json lists" if len(others) > _ALSO else ""
        yield Text(f"Also: {', '.join(others[:_ALSO])}{more}.")
    if found.matched:
        yield Text(CHANCE if len(found.matched) > 1 else CHANCE.partition(":")[0] + ".", style="dim")
    else:
        yield _fits(found, "The nearest, and how far they are from what was published:", found.nearest)
        yield _named(found.nearest)
    yield from _hints(found)
    if not found.matched:
        yield Text(CAUSES)
    for why, keys in found.without.items():
        more = f" and {len(keys) - _WITHOUT} more" if len(keys) > _WITHOUT else ""
        yield Text(f"No limits from these data by {', '.join(keys[:_WITHOUT])}{more}: {why}.", style="dim")
    settled = any(not fit.recipe.unusual for fit in found.matched)
    near = () if settled else [fit for fit in found.near if found.matched or fit not in found.nearest]
    if near:
        yield _fits(found, "Near, every number within 2 of its last digit:", near[:_NEAR_SHOWN])
    yield _results(found)
    if found.change:
        yield Text(found.change)
    yield from _caveats(found)
    if verbose:
        yield _fits(found, "Every recipe:", found.fits)


def _hints(found: Replication) -> Iterator[RenderableType]:
    """What speaks against the data, then tables that nobody has seen but that would give the numbers."""
    for hint in found.hints:
        if not hint.guess:
            yield Text(hint.text)
    guesses = [hint for hint in found.hints if hint.guess]
    if guesses:
        grid = Table.grid()
        grid.add_row(Text(GUESSES))
        for hint in guesses:
            grid.add_row(Padding(Text(hint.text), (0, 0, 0, 2)))
        yield grid


def _heading(found: Replication, until: int | None, undated: Sequence[str]) -> Text:
    context = found.primary.context
    text = Text()
    if context is not None and context.title:
        text.append(f"{context.title}\n", style="bold")
    when = f" until {until}" if until is not None else ""
    text.append(f"Published: {found.published.text} ({found.published.level:.0%} limits)\n")
    text.append(f"Data{when}: {found.primary.headline.observed}")
    if undated:
        text.append(f"\nWithout a year, in the update only: {'; '.join(undated)}")
    return text


def _group(found: Replication, group: Sequence[Fit], width: int) -> RenderableType:
    """Recipes with the same numbers: the first in full, the others by name."""
    first = group[0]
    recipe = first.recipe
    lines = [
        (recipe.key, f"{_numbers(found, first)}, {ROUNDINGS[first.rounding or '']}"),
        ("what", recipe.words),
        *[("used by" if i == 0 else "", text) for i, text in enumerate(recipe.documented)],
        *[("in R" if i == 0 else "", call) for i, call in enumerate(calls(recipe))],
        ("known", " ".join(recipe.wrong) or "nothing against it here"),
    ]
    if first.i2_kind is not None:
        lines.append(("I2", "from Q" if first.i2_kind == "i2_q" else "from tau2"))
    if first.pi_kind is not None:
        lines.append(("PI", PREDICTIONS[first.pi_kind]))
    if first.absent:
        lines.append(("not given", ", ".join(_NAMES.get(name, name) for name in first.absent)))
    if len(group) > 1:
        rest = [fit.recipe.key for fit in group[1:]]
        more = f" and {len(rest) - _ALSO} more" if len(rest) > _ALSO else ""
        lines.append(("the same", ", ".join(rest[:_ALSO]) + more))
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=9)
    grid.add_column()
    for name, value in lines[1:]:
        grid.add_row(Text(name, style="dim"), Text(value))
    outer = Table.grid()
    outer.add_row(Text.assemble((f"{lines[0][0]}  ", "bold"), lines[0][1]))
    outer.add_row(Padding(grid, (0, 0, 0, 2)))
    return outer


def _named(fits: Sequence[Fit]) -> RenderableType:
    """What recipes are, in words."""
    grid = Table.grid()
    for fit in fits:
        grid.add_row(Padding(Text(f"{fit.recipe.key}: {fit.recipe.words}."), (0, 0, 0, 2)))
    return grid


def _numbers(found: Replication, fit: Fit) -> str:
    """The recipe's estimate and limits with two digits more than were printed."""
    return _unit(found, [fit.values[name] for name in PARTS[:3]])


def _unit(found: Replication, values: Sequence[float | None]) -> str:
    """An estimate and its limits in the unit that was printed."""
    per = found.published.per
    digits = max((part.digits for name, part in found.published.parts.items() if name in PARTS[:3]), default=2)
    decimals = max(digits - round(log10(per)), 0) + _MORE
    shown = [display.number(None if value is None else value * per, decimals) for value in values]
    unit = "" if per == 1 else " %" if per == 100 else f" per {per:,}"
    return f"{shown[0]} [{shown[1]}, {shown[2]}]{unit}"


def _fits(found: Replication, title: str, fits: Sequence[Fit]) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    for fit in fits:
        grid.add_row(Text(fit.recipe.key), Text(_numbers(found, fit)), Text(_difference(found, fit), style="dim"))
    outer = Table.grid()
    outer.add_row(Text(title))
    outer.add_row(Padding(grid, (0, 0, 0, 2)))
    return outer


def _difference(found: Replication, fit: Fit) -> str:
    """The recipe's numbers less the printed ones, each in the printed unit."""
    if fit.matches:
        return f"matches, {ROUNDINGS[fit.rounding or '']}"
    if not isfinite(fit.distance):
        return fit.why or "no number from these data"
    said = []
    for name, printed in found.published.parts.items():
        value = fit.values.get(fit.i2_kind or name if name == "i2" else name)
        if value is None:
            continue
        scale = found.published.per if name in (*PROPORTIONS, "sd") else 100 if name == "i2" else 1
        digits = max(printed.digits - round(log10(scale)), 0) + 1
        said.append(f"{_NAMES.get(name, name)} {_signed((value - printed.value) * scale, digits)}")
    return ", ".join(said)


def _signed(value: float, digits: int) -> str:
    text = display.number(value, digits)
    return text if text.startswith("-") or float(text) == 0 else f"+{text}"


def _results(found: Replication) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column()
    grid.add_column(overflow="fold")
    grid.add_column()
    published = found.published
    grid.add_row(Text("Published"), Text(published.text), Text())
    if found.matched:
        key = found.matched[0].recipe.key
        grid.add_row(Text("By its recipe, same data"), Text(_numbers(found, found.matched[0])), Text(key, style="dim"))
    _add_primary(grid, found, "Primary model, same data", found.primary)
    if found.updated is not None:
        if found.updated_fits:
            again = found.matched[0].recipe.key
            fit = next(fit for fit in found.updated_fits if fit.recipe.key == again)
            grid.add_row(Text("By its recipe, updated data"), Text(_numbers(found, fit)), Text(again, style="dim"))
        _add_primary(grid, found, "Primary model, updated data", found.updated)
    return grid


def _add_primary(grid: Table, found: Replication, name: str, pooled: Pooled) -> None:
    number = headline_number(pooled)
    if number is None:
        grid.add_row(Text(name), Text("not pooled"), Text(pooled.headline.reason or "", style="dim"))
        return
    what, value, ci = number
    text = Text(_unit(found, (value, ci.lower, ci.upper)), style="bold")
    grid.add_row(Text(name), text, Text(f"{what[:1].lower()}{what[1:]}, {ci.formula}", style="dim"))


def _caveats(found: Replication) -> Iterator[RenderableType]:
    """What stands before the pooled number of the last data, and its warnings."""
    last = found.updated or found.primary
    if found.updated is not None:
        yield Text(f"Updated data: {last.headline.observed}")
        if found.not_carried:
            yield Text(f"Check the update: {' '.join(found.not_carried)}", style="yellow")
    if last.headline.reason and last.headline.kind == "split":
        yield Text(f"Read the parts first: {last.headline.text}")
    warnings = [note.text for note in last.notes if note.severity == "warning"]
    if warnings:
        yield Text(" ".join(warnings), style="yellow")
