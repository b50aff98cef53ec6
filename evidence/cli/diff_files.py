"""A difference for other programs and for people: JSON, CSV or Markdown, by the ending of the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from ..updates.change_text import Told

#: Endings of the files of one difference; of the history of all versions.
ENDINGS, OF_HISTORY = (".md", ".json", ".csv"), (".md",)


def check_ending(output: Path, history: bool) -> None:
    """That the file can be written.

    Raises:
        UsageError: its ending says another format.
    """
    from ..errors import usage

    known = OF_HISTORY if history else ENDINGS
    if output.suffix.casefold() not in known:
        what = "the history of all versions" if history else "a difference"
        mend = f"write -o {output.with_suffix('.md')}" if history else f"end it in {', '.join(known)}"
        if history and output.suffix.casefold() in ENDINGS:
            mend += ", or name the earlier version with --from"
        raise usage(f"{output}: {what} is written as {' or '.join(known)}", mend, "ending")


def json_of(told: Told) -> str:
    """The difference as JSON: every row and cell that differs, and every outcome with its sources at full precision."""
    import json

    values: dict[str, Any] = {
        "review": told.after.review,
        "from": told.before.label,
        "to": told.after.label,
        "notes": list(dict.fromkeys((*told.before.notes, *told.after.notes))),
        "uncompared": told.uncompared,
        **told.difference.to_dict(),
        "outcomes": [one.to_dict() for one in told.outcomes],
    }
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)


def write_difference(output: Path, told: Told, explained: bool) -> None:
    """Write a difference whole.

    Args:
        output: Its ending says how. told: The difference.
        explained: Whether outcomes were asked for: a CSV has their sources then, else the rows and cells that differ.
    """
    from ..files import write_whole
    from ..tables.change_files import differences_table, sources_table
    from ..tables.rendering import to_csv
    from ..updates.change_text import markdown

    ending = output.suffix.casefold()
    if ending == ".csv":
        text = to_csv(sources_table(told.outcomes) if explained else differences_table(told.difference))
    else:
        text = f"{json_of(told)}\n" if ending == ".json" else markdown(told)
    write_whole(output, text.encode())
    typer.echo(f"wrote {output}")
