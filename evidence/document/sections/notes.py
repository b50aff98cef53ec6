"""What the check of the tables warns of."""

from __future__ import annotations

from collections import Counter

from ... import display
from ..blocks import Block, Details, Points, Section, paragraph, text
from ..findings import Findings


def section(findings: Findings) -> Section | None:
    """Warnings of ``evidence check``, grouped by kind."""
    problems = findings.review.problems
    if not problems:
        return None
    kinds = Counter(problem.code for problem in problems)
    listed = ", ".join(f"{code} {n}" for code, n in sorted(kinds.items()))
    blocks: list[Block] = [
        paragraph(
            f"The check of the tables finds no error and {display.plural(len(problems), 'warning')} ({listed})."
            " They are part of the evidence: places where a reading is incomplete or strange."
        ),
        Details(
            "All warnings",
            (Points(tuple(text(_problem(problem)) for problem in problems)),),
            f"All warnings: evidence check {findings.review.name}.",
        ),
    ]
    return Section("notes", "Warnings about the data", tuple(blocks))


def _problem(problem: object) -> str:
    from pathlib import PurePath

    file = getattr(problem, "file", None)
    place = ":".join(
        str(part)
        for part in (
            PurePath(file).name if file else None,
            getattr(problem, "line", None),
            getattr(problem, "column", None),
        )
        if part is not None
    )
    return f"{place}: {getattr(problem, 'message', '')}"
