"""A figure to its files, with what they can't show."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .asking import say_problems

if TYPE_CHECKING:
    from ..figures import Figure


def save_figure(figure: Figure[Any], path: Path, dpi: int | None = None) -> tuple[Path, ...]:
    """Write a figure; characters that no font has are said on standard error.

    Raises:
        UsageError: as of ``Figure.save``.
    """
    from ..figures.letters import MissingGlyphsWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", MissingGlyphsWarning)
        written = figure.save(path) if dpi is None else figure.save(path, dpi=dpi)
    say_problems([one.message.problem for one in caught if isinstance(one.message, MissingGlyphsWarning)])
    return written


def print_written(paths: tuple[Path, ...]) -> None:
    """Say where the files are."""
    for path in paths:
        typer.echo(f"wrote {path}")
