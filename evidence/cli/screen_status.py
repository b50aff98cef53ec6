"""How far the screening of a review is: who has judged what, conflicts, agreement."""

from __future__ import annotations

from typing import Any

import typer

from ..bibliography.screening import STAGES
from ..bibliography.screening_states import Screening, State
from ..review.agreement import agreement
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
            {"stage": stage, "screeners": [first, second], "n": found.n, "agree": found.agree, "kappa": found.kappa}
            for stage in STAGES
            for first, second, pairs in screening.pairs(stage)
            for found in [agreement(pairs)]
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
        _table(("agreement", "stage", "both", "same", "kappa"), [_agreed(one) for one in told["agreement"]])
        typer.echo("\n  Cohen's kappa of what each said alone; by title and abstract, unsure counts as include.")


def _agreed(one: dict[str, Any]) -> tuple[str, ...]:
    kappa = "not defined" if one["kappa"] is None else f"{one['kappa']:.2f}"
    share = f"{one['agree']} ({one['agree'] / one['n']:.1%})"
    return (" and ".join(one["screeners"]), TITLES[one["stage"]], str(one["n"]), share, kappa)


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    typer.echo("")
    for row in [heads, *rows]:
        cells = (cell.ljust(n) if i < 2 else cell.rjust(n) for i, (cell, n) in enumerate(zip(row, widths, strict=True)))
        typer.echo("  " + "  ".join(cells).rstrip())
