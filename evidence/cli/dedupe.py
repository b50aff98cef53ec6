"""`evidence dedupe`: which records are one publication."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..review.duplicates import Found

HELP = "Find duplicates among the imported records; decisions can be undone."

#: Pairs that are printed for a person; the rest is counted.
MOST_PAIRS = 20


def command(
    review: Annotated[str, typer.Argument(metavar="REVIEW", help="Folder or name of a review.")],
    decide: Annotated[
        tuple[str, str, str] | None,
        typer.Option("--decide", metavar="ID ID same|different", help="Decide on a pair yourself, or undo a merge."),
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="What the decision rests on.")] = "",
    ask: Annotated[bool, typer.Option("--ask", help="Go through the open pairs one by one.")] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Forget what the rule said before; people's decisions stay.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Find duplicates among the imported records and the reports that the review knows already.

    A pair is the same, different, or a person has to look. Each decision is a row of records/duplicates.csv; write
    different there (or --decide) to undo a merge. A merged record keeps every source and id. People's decisions and
    earlier rows stay when the command runs again.

    evidence dedupe sts-calcinosis-cutis
    """
    from ..review.duplicates import decide_pair, find
    from .asking import say_as_warnings
    from .stepping import share_bar

    if decide is not None:
        typer.echo(decide_pair(review, decide[:2], decide[2], by, reason))
        return
    with share_bar("comparing records") as tell:
        found = find(review, anew, lambda done, of: tell(done / of))
    say_as_warnings(found.unknown)
    if json:
        _print_json(found)
        return
    _print_text(found, review)
    if ask:
        _ask(found, review, by)


def _print_text(found: Found, review: str) -> None:
    from ..display import plural

    records, left = len(found.store.records), len(found.citations)
    merged = sum(len(one.members) > 1 for one in found.citations)
    counted = (plural(records, "record"), plural(left, "citation"), plural(records - left, "duplicate"))
    typer.echo("{}, {}: {} in {}".format(*counted, plural(merged, "group")))
    known = sum(one.known for one in found.citations)
    if known:
        typer.echo(f"  {plural(known, 'citation')} of reports that the review had before")
    typer.echo(f"  {plural(len(found.new), 'new pair')} in records/duplicates.csv; write different there to undo one")
    for line in (*found.conflicts, *found.moved):
        typer.echo(f"  {line}")
    if found.open:
        typer.echo(f"{plural(len(found.open), 'pair')} to look at (evidence dedupe {review} --ask --by NAME):")
        for row in found.open[:MOST_PAIRS]:
            typer.echo(f"  {row.first} and {row.second} ({row.score}): {row.reason}")
        if len(found.open) > MOST_PAIRS:
            typer.echo(f"  and {len(found.open) - MOST_PAIRS:,} more")
    else:
        typer.echo(f"No pair is open. Next: evidence screen {review} --as NAME")


def _ask(found: Found, review: str, by: str) -> None:
    """Go through the open pairs: s same, d different, k keep open, q quit."""
    from ..display import plural
    from ..errors import usage
    from ..review.duplicates import decide_pair

    if not by.strip():
        raise usage("a person's decision needs a name", "say who decides: --by NAME", "no-name")
    left = len(found.open)
    for i, row in enumerate(found.open, 1):
        typer.echo(f"\n{i} of {len(found.open)}, likeness {row.score}: {row.reason}")
        for name in (row.first, row.second):
            typer.echo(_shown(found, name))
        answer = _answer("same (s), different (d), keep open (k), quit (q)")
        if answer.startswith("q"):
            break
        word = {"s": "same", "d": "different"}.get(answer[:1])
        if word:
            typer.echo(decide_pair(review, (row.first, row.second), word, by, "looked at side by side"))
            left -= 1
    typer.echo(f"{plural(len(found.open) - left, 'pair')} decided now, {left} to go")


def _answer(question: str) -> str:
    """What is typed; the end of the input is to quit, as in screening."""
    try:
        return str(typer.prompt(question, prompt_suffix="? ")).strip().casefold()
    except typer.Abort as error:
        if not isinstance(error.__context__, EOFError):
            raise
        typer.echo("")
        return "q"


def _shown(found: Found, name: str) -> str:
    record = found.record(name)
    where = [part for part in (record.journal, record.volume, record.issue, record.pages) if part]
    lines = [
        f"  {name} ({found.source(name)})",
        f"    {record.title or '[no title]'}",
        f"    {'; '.join(record.authors) or '[no author]'}",
        f"    {record.year or '[no year]'}; {', '.join(where) or '[no journal]'}; DOI {record.doi or 'not given'}",
    ]
    return "\n".join(lines)


def _print_json(found: Found) -> None:
    import json
    from dataclasses import asdict

    said = {
        "records": len(found.store.records),
        "citations": [
            {"report_id": one.report_id, "known": one.known, "members": one.members, "sources": one.sources}
            for one in found.citations
        ],
        "new": [asdict(row) for row in found.new],
        "open": [asdict(row) for row in found.open],
    }
    typer.echo(json.dumps(said, ensure_ascii=False, allow_nan=False, indent=2))
