"""`evidence gallery`: every kind of figure on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PAGE = "index.html"
HELP = "Draw every kind of figure of the analyses on one page."


def command(
    analyses: Annotated[
        list[str] | None,
        typer.Argument(metavar="ANALYSIS", help="TOML files or names under analyses/; none means all of them."),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the page.")] = Path(
        "reports/gallery"
    ),
) -> None:
    """Draw every kind of figure of the first outcome of each analysis on one page, with the command that draws it.

    evidence gallery sts-calcinosis-cutis
    """
    from rich.console import Console

    from ..analysis_file import find_analyses, read_analysis
    from ..document.gallery import make_gallery
    from ..document.html import to_html
    from ..files import write_whole

    found = [read_analysis(path) for path in find_analyses(analyses or ())]
    with Console(stderr=True).status("gallery", spinner="line") as status:

        def progress(step: str) -> None:
            status.update(step.replace("[", "\\["))

        page = to_html(make_gallery(found, progress))
    content = page.encode("utf-8")
    output.mkdir(parents=True, exist_ok=True)
    write_whole(output / PAGE, content)
    typer.echo(f"wrote {output / PAGE}, {len(content) / 1e6:.1f} MB")
