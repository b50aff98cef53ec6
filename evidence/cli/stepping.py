"""A bar that moves with the steps of an analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

    from ..analysis import Analysis


def planned(analysis: Analysis) -> tuple[str, ...]:
    """The steps of an analysis, as they begin when they are told."""
    from ..document.questioning import due

    steps = ["reading"]
    for request in analysis.outcomes:
        steps.append(f"{request.outcome}: pooling")
        steps += [f"{request.outcome}: {asked.question}" for asked in due(analysis, request)]
    return (*steps, "claims and flow")


def _progress() -> Progress:
    """Bars on stderr, gone at the end; none where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(24), TimeElapsedColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


@contextmanager
def share_bar(title: str) -> Iterator[Callable[[float], None]]:
    """A bar that is told the share that is done, 0 to 1."""
    with _progress() as shown:
        task = shown.add_task(title, total=1.0)
        yield lambda share: shown.update(task, completed=share)


@contextmanager
def bar(title: str, steps: tuple[str, ...]) -> Iterator[Callable[[str], None]]:
    """A bar that moves with steps; what it yields is told each of them."""
    with _progress() as shown:
        task = shown.add_task(title, total=len(steps))
        reached = 0

        def tell(step: str) -> None:
            nonlocal reached
            later = (i for i in range(reached, len(steps)) if step.startswith(steps[i]))
            reached = next(later, reached)
            shown.update(task, completed=reached, description=f"{title}: {step}")

        yield tell
