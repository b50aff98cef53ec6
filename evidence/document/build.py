"""One analysis to a folder: page, Word file, Markdown, tables, figures and results, swapped in as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis import Analysis
from ..errors import DataError, Problem
from . import swap
from .citation_style import style_of
from .document import Document, assemble
from .findings import Findings, find
from .html import to_html
from .markdown import document_to_markdown
from .questioning import Progress
from .references import methods_bibliography, sources
from .results_json import to_json
from .sections import check_sections, questions_left_out, sections
from .sums import SUMS, sums
from .word import to_docx

if TYPE_CHECKING:
    from ..review.review import Review

#: Written beside the rest, with what differs between machines and runs: not for committing.
LOG = "build.log"
WORD = "report.docx"


@dataclass(frozen=True, slots=True)
class Built:
    """A document that was written.

    Attributes:
        folder: Where. files: Relative path -> size in bytes of every file.
        left_out: What was computed and stands in results.json only. warnings: Those of the review's tables.
        unfinished: Who is not in it because counts are still to be entered.
    """

    folder: Path
    files: dict[str, int]
    left_out: tuple[Problem, ...] = ()
    warnings: int = 0
    unfinished: tuple[Problem, ...] = ()


def make(findings: Findings) -> Document:
    """The document of these findings."""
    known = sources(findings.review.references, methods_bibliography())
    return assemble(findings.title, findings.banner, sections(findings), known, style_of(findings.analysis))


def render(findings: Findings, document: Document | None = None) -> dict[str, str]:
    """Relative path -> text of every text file of the document; the same text for the same input.

    Args:
        findings: Everything computed. document: Of these findings, where it is made already.
    """
    from ..tables.latex import to_latex
    from ..tables.rendering import to_csv

    document = document or make(findings)
    files = {"index.html": to_html(document), "report.md": document_to_markdown(document)}
    files |= {f"tables/{block.table.name}.csv": to_csv(block.table) for block in document.tables}
    files |= {f"tables/{block.table.name}.tex": to_latex(block.table) for block in document.tables}
    files |= {f"figures/{block.name}.svg": block.svg for block in document.figures}
    names = tuple(sorted([*files, WORD, swap.MARK, SUMS, LOG]))
    files[swap.MARK] = to_json(findings, names)
    return dict(sorted(files.items()))


def build(
    analysis: Analysis,
    parent: Path,
    progress: Progress = lambda step: None,
    log: Callable[[], str] = lambda: "",
) -> Built:
    """Build one analysis into ``parent/<name of the analysis>``.

    Args:
        analysis: What to build.
        parent: Folder of reports.
        progress: Told each step.
        log: Text for build.log, made when everything else is written.

    Raises:
        EvidenceError: bad data, an impossible request, or a folder that can't be replaced; the previous document is
            untouched.
    """
    from ..review.review import read_review
    from ..review.unfinished import UNFINISHED
    from ..sensitivity.store import beside

    check_sections(analysis)
    folder = parent / analysis.name
    if done := swap.restore(folder):
        progress(done)
    swap.refuse_foreign(folder)
    progress("reading the tables")
    try:
        review: Review = read_review(analysis.review)
    except DataError as error:
        raise analysis.place_of_review(error) from error
    findings = find(analysis, review, progress, beside(analysis.path))
    progress("writing")
    document = make(findings)
    files = {name: text.encode() for name, text in render(findings, document).items()}
    progress("writing the Word file")
    files[WORD] = to_docx(document, review.settings.curators)
    files[SUMS] = sums(files).encode()
    swap.replace(folder, lambda new: _write(new, files, log), generated)
    sizes = {name: len(content) for name, content in sorted(files.items())}
    unfinished = tuple(problem for problem in review.problems if problem.code == UNFINISHED)
    return Built(folder, sizes, tuple(questions_left_out(analysis)), len(review.problems), unfinished)


def _write(folder: Path, files: dict[str, bytes], log: Callable[[], str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / LOG).write_text(log(), encoding="utf-8", newline="\n")


def generated(folder: Path) -> frozenset[str]:
    """Files that an earlier build wrote into a folder, as its results.json lists them."""
    try:
        listed = json.loads((folder / swap.MARK).read_text(encoding="utf-8")).get("files", [])
    except (OSError, ValueError, AttributeError):
        listed = []
    return frozenset({swap.MARK, LOG, *map(str, listed)})
