"""How far the screening of a review is: who has judged what, conflicts, agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from ..bibliography.screening import STAGES, WORDS, Stage
from ..bibliography.screening_states import Screening, State
from ..measures.two_raters import two_raters
from .screen_page import STAGES as TITLES

_STATES: tuple[tuple[State, str], ...] = (
    ("to_screen", "to screen by title and abstract"),
    ("wanted", "to read in full"),
    ("conflict", "in conflict"),
    ("excluded", "excluded"),
    ("included", "included"),
    ("awaiting", "awaiting classification"),
    ("tabled", "decided in screening.csv before"),
)

#: Words that there are to choose from at each stage, as far as they differ: by title and abstract unsure is include.
_WORDS: Mapping[Stage, int] = {"title_abstract": len(WORDS) - 1, "full_text": len(WORDS)}


def status(screening: Screening) -> dict[str, Any]:
    """Plain values of where everything stands; of a screener only how much, never what."""
    counts = screening.counts()
    return {
        "citations": len(screening.citations),
        "screeners_needed": screening.needed,
        "states": {state: counts[state] for state, _ in _STATES},
        "screeners": [
            {
                "screener": name,
                "stage": stage,
                "judged": screening.judged(name, stage),
                "left": len(screening.queue(name, stage)),
            }
            for stage in STAGES
            for name in screening.screened.screeners
        ],
        "conflicts": {stage: len(screening.conflicts(stage)) for stage in STAGES},
        "agreement": [
            {"stage": stage, "screeners": [first, second], **two_raters(pairs, _WORDS[stage]).to_dict()}
            for stage in STAGES
            for first, second, pairs in screening.pairs(stage)
        ],
    }


def print_status(title: str, told: dict[str, Any]) -> None:
    """The same for people."""
    from ..display import plural

    needed = told["screeners_needed"]
    how = "one screener" if needed == 1 else f"{needed} screeners, blind to each other,"
    typer.echo(f"{title}: {plural(told['citations'], 'citation')}; {how} for each\n")
    for state, words in _STATES:
        if n := told["states"][state]:
            typer.echo(f"  {n:>6}  {words}")
    if told["screeners"]:
        rows = [
            (one["screener"], TITLES[one["stage"]], str(one["judged"]), str(one["left"])) for one in told["screeners"]
        ]
        _table(("screener", "stage", "judged", "left"), [row for row in rows if row[2:] != ("0", "0")])
    for stage in STAGES:
        if n := told["conflicts"][stage]:
            typer.echo(f"\n{plural(n, 'conflict')} at {TITLES[stage]}: settle them together with --conflicts")
    if told["agreement"]:
        _print_agreement(told["agreement"])


def _print_agreement(rows: list[dict[str, Any]]) -> None:
    """Kappa and AC1 with their limits, what is wrong with them, and what they are."""
    said: dict[str, str] = {}
    heads = ("agreement", "stage", "both", "same", "kappa", "AC1")
    _table(heads, [_agreed(one, said) for one in rows])
    typer.echo("")
    for words, letter in said.items():
        typer.echo(f"  ({letter}) {words}")
    typer.echo(f"  [{100 * rows[0]['kappa']['level']:g}% limits] {_formulas(rows)}")
    typer.echo(
        "  Of what each said alone; by title and abstract, unsure counts as include. Reasons are not compared: two who"
    )
    typer.echo(
        "  exclude at full text for different reasons agree here, and are a conflict, since one reason is printed."
    )


def _formulas(rows: list[dict[str, Any]]) -> str:
    return "\n  ".join(f"{rows[0][name]['name']}: {rows[0][name]['formula']}" for name in ("kappa", "ac1"))


def _agreed(one: dict[str, Any], said: dict[str, str]) -> tuple[str, ...]:
    """A row; reasons and cautions go to ``said`` with the letter that stands for them."""
    share = f"{one['agree']} ({one['agree'] / one['n']:.1%})"
    return (
        " and ".join(one["screeners"]),
        TITLES[one["stage"]],
        str(one["n"]),
        share,
        *(_coefficient(one[name], said) for name in ("kappa", "ac1")),
    )


def _coefficient(found: dict[str, Any], said: dict[str, str]) -> str:
    from ..display import number_with_limits

    shown = number_with_limits(found["value"], found["lower"], found["upper"])
    words = found["reason"] or found["caution"]
    return f"{shown} ({said.setdefault(words, 'abcdefghijklmnop'[len(said) % 16])})" if words else shown


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    typer.echo("")
    for row in [heads, *rows]:
        cells = (cell.ljust(n) if i < 2 else cell.rjust(n) for i, (cell, n) in enumerate(zip(row, widths, strict=True)))
        typer.echo("  " + "  ".join(cells).rstrip())
