"""`evidence overlap`: which arms may have the same patients, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..review.overlap import KnownPair
    from ..review.overlap_candidates import Candidate, Found

HELP = "Find arms that may have the same patients, and record decisions on them."

#: Pairs shown without being asked for all.
SHOWN = 10
_SAYS = {"same": "probably the same patients", "ask": "may share patients", "different": "little speaks for it"}


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.", show_default=False)],
    every: Annotated[
        bool, typer.Option("--all", help="All pairs for which anything speaks, not the strongest alone.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the pairs as JSON.")] = False,
    decide: Annotated[
        tuple[str, str, str] | None,
        typer.Option(
            metavar="ARM ARM DECISION",
            help="Record a decision on two arms: same_patients (the first arm gives way to the second), distinct or"
            " unclear.",
        ),
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; a decision needs it.")] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who decided.")] = None,
) -> None:
    """Print the pairs of arms that are known to share patients, or may, and those that nobody has looked at yet.

    Pairs of different studies are compared by authors, country and centre, years, age and sex of patients, what was
    done, counts, and notes that name the other. A review says which of its columns tell more: [overlap] of its
    review.toml with where = ["centre"], alike = ["site"], years = ["recruited_from", "recruited_to"]. What is not known
    counts neither way. Nothing is decided by the points: they only order what a person looks at.

    A decision is a row of overlap.csv; what arms.csv must say then is written there too, every other byte as it was.

    evidence overlap sts-calcinosis-cutis

    evidence overlap my-review --decide costa2020-1 silva2019-1 same_patients --reason "same woman, hand"
    """
    from ..errors import usage

    if decide is None and (reason is not None or by is not None):
        raise usage("--reason and --by belong to a decision", "add --decide ARM ARM DECISION", "no-decision")
    if decide is not None and json:
        raise usage("--json is of the list of pairs", "leave it out, or decide in a command of its own")
    if decide is not None:
        _decide(review, decide, reason, by)
        return
    found = _found(review)
    if json:
        _print_json(review, found)
    else:
        _print_text(review, found, every)


def _decide(name: str, decide: tuple[str, str, str], reason: str | None, by: str | None) -> None:
    from datetime import date

    from ..review.overlap_checks import DIFFERS
    from ..review.overlap_deciding import change, decided
    from ..review.review import read_review

    one = decided(*decide, reason, by, date.today())
    made = change(read_review(name, but=(DIFFERS,)), one)
    made.write()
    for sentence in made.said:
        typer.echo(sentence)


def _found(name: str) -> Found:
    from ..errors import DataError
    from ..review.overlap_candidates import find_overlap
    from ..review.overlap_checks import DIFFERS
    from ..review.review import read_review

    try:
        review = read_review(name, but=(DIFFERS,))
    except DataError as error:
        raise type(error)(problem for problem in error.problems if problem.severity == "error") from None
    with _bar() as tell:
        return find_overlap(review, tell)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, gone at the end."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(24), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("comparing arms", total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)


def _print_text(name: str, found: Found, every: bool) -> None:
    from .rendering import print_blocks, terminal

    shown = found.candidates if every else found.of("same", "ask")[:SHOWN]
    print_blocks(_blocks(name, found, shown), terminal())
    for line in _rest(name, found, shown):
        typer.echo(line)


def _blocks(name: str, found: Found, shown: Sequence[Candidate]) -> Iterator[RenderableType]:
    from rich.text import Text

    from ..display import plural

    yield Text(f"{name}: {plural(found.pairs, 'pair')} of arms of different studies compared.")
    if found.everywhere:
        are = "is an author" if len(found.everywhere) == 1 else "are authors"
        yield Text(f"Not counted: {'; '.join(found.everywhere)} {are} of more than half of the studies.", style="dim")
    if found.known:
        open_ = sum(known.decision is None for known, _ in found.known)
        decided = len(found.known) - open_
        yield Text(f"Known pairs: {len(found.known)}, {decided} decided in overlap.csv, {open_} not", style="bold")
        for known, candidate in found.known:
            yield _known(known, candidate)
    if shown:
        yield Text(f"Not looked at yet: {len(shown)}, the strongest first", style="bold")
        for candidate in shown:
            yield _candidate(candidate)
    else:
        yield Text("No other pair is worth a look: too little links two studies.")
    if found.outside:
        yield Text(f"Reports that are not in, whose notes name a study that is: {len(found.outside)}", style="bold")
        for one in found.outside:
            yield _entry(f"{one.report_id} ({one.decision.replace('_', ' ')}) and {one.study}", [one.text])


def _rest(name: str, found: Found, shown: Sequence[Candidate]) -> Iterator[str]:
    """What was not shown, what was not known, and how to decide."""
    from ..display import plural

    yield ""
    if more := len(found.candidates) - len(shown):
        yield f"{plural(more, 'weaker pair')} not shown: --all lists {'it' if more == 1 else 'them'}."
    if found.without_authors:
        yield (
            f"No author was seen of {found.without_authors} of {plural(found.studies, 'study', 'studies')}:"
            " what shared authors would tell of them is not known."
        )
    example = shown[0] if shown else next((one for known, one in found.known if known.decision is None), None)
    if example is not None:
        yield "To decide (DECISION is same_patients, distinct or unclear):"
        yield f'  evidence overlap {name} --decide {example.first} {example.second} DECISION --reason "..."'


def _known(known: KnownPair, candidate: Candidate | None) -> RenderableType:
    names = candidate.names if candidate is not None else (known.first, known.second)
    lines = [f"{known.first} {known.second}: {said(known)}"]
    if candidate is not None and candidate.text:
        lines.append(f"what the tables say ({candidate.score:g} points): {candidate.text}")
    return _entry(" and ".join(names), lines)


def said(known: KnownPair) -> str:
    """What is known of a pair, and who said it."""
    named = {
        "same_patients_as": "the same patients by same_patients_as of arms.csv",
        "possible_overlap": "may share patients by possible_overlap of arms.csv",
    }
    one = known.decision
    if one is None:
        return f"{named[known.named]}; no decision in overlap.csv" if known.named else "no decision"
    who = ", ".join(part for part in (one.decided_by, one.date) if part)
    return f"{one.decision.replace('_', ' ')}: {one.reason}" + (f" ({who})" if who else "")


def _candidate(candidate: Candidate) -> RenderableType:
    head = f"{candidate.names[0]} and {candidate.names[1]}: {_SAYS[candidate.outcome]}"
    return _entry(head, [f"{candidate.first} {candidate.second}, {candidate.score:g} points", candidate.text])


def _entry(head: str, lines: Sequence[str]) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    return Group(
        Padding(Text(head, style="cyan"), (0, 0, 0, 2)),
        *(Padding(Text(line), (0, 0, 0, 4)) for line in lines),
    )


def _print_json(name: str, found: Found) -> None:
    import json
    from dataclasses import asdict

    known = [
        {
            "arm_a": one.first,
            "arm_b": one.second,
            "named_in": one.named,
            "decision": None if one.decision is None else asdict(one.decision),
            "found": None if candidate is None else _values(candidate),
        }
        for one, candidate in found.known
    ]
    values = {
        "review": name,
        "pairs": found.pairs,
        "authors_not_counted": list(found.everywhere),
        "known": known,
        "candidates": [_values(one) for one in found.candidates],
        "outside": [asdict(one) for one in found.outside],
    }
    typer.echo(json.dumps(values, ensure_ascii=False, allow_nan=False, indent=2))


def _values(candidate: Candidate) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "arm_a": candidate.first,
        "arm_b": candidate.second,
        "names": list(candidate.names),
        "outcome": candidate.outcome,
        "score": candidate.score,
        "reasons": [{**asdict(reason), "points": round(reason.points, 1)} for reason in candidate.reasons],
    }
