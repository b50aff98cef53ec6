"""The sections of a document: name -> function. A new section is a function and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from ...analysis import Analysis
from ...errors import DataError, Problem, near
from ...toml_values import find_line
from ..blocks import Section
from ..drawing import Drawing
from ..findings import Findings
from . import (
    certainty,
    changes,
    characteristics,
    checklist,
    claims,
    concomitant,
    crosscheck,
    excluded,
    flow,
    harms,
    methods,
    notes,
    other_results,
    overlap,
    provenance,
    question,
    references,
    results,
    risk_of_bias,
    sensitivity,
    summary,
    times,
    treatment,
)

SectionFunction = Callable[[Findings], Section | None]

#: In the order of the document. A function returns None where the review has nothing for its section.
SECTIONS: Mapping[str, SectionFunction] = {
    "summary": summary.section,
    "question": question.section,
    "flow": flow.section,
    "characteristics": characteristics.section,
    "risk-of-bias": risk_of_bias.section,
    "overlap": overlap.section,
    "results": results.section,
    "changes": changes.section,
    "sensitivity": sensitivity.section,
    "crosscheck": crosscheck.section,
    "harms": harms.section,
    "treatment": treatment.section,
    "time-to-response": times.section,
    "concomitant": concomitant.section,
    "other-results": other_results.section,
    "claims": claims.section,
    "certainty": certainty.section,
    "excluded": excluded.section,
    "notes": notes.section,
    "methods": methods.section,
    "prisma-checklist": checklist.section,
    "references": references.section,
    "provenance": provenance.section,
}


def check_sections(analysis: Analysis) -> None:
    """Refuse sections that can't be made as asked, before anything is computed.

    Raises:
        DataError: every name that is not in SECTIONS, with its line; none at all; a figure whose section is left out.
    """
    if problems := [*_unknown_sections(analysis), *_figures_left_out(analysis)]:
        raise DataError(problems)


def _unknown_sections(analysis: Analysis) -> Iterator[Problem]:
    if analysis.sections is None:
        return
    place = (str(analysis.path), find_line(analysis.path.read_text(encoding="utf-8-sig"), ("sections",)), "sections")
    if not analysis.sections:
        mend = "name at least one, or delete the line: then all are made"
        yield Problem("no-section", "the list of sections is empty", mend, *place)
    for name in analysis.sections:
        if name not in SECTIONS:
            yield Problem("unknown-section", f"{name!r} is not a section", near(name, list(SECTIONS)), *place)


def _figures_left_out(analysis: Analysis) -> Iterator[Problem]:
    from ...figures import FIGURES

    if analysis.sections is None:
        return
    for drawn in analysis.figures:
        kind = FIGURES.get(drawn.figure)
        if kind is not None and kind.of == "review" and kind.section not in analysis.sections:
            message = f"{drawn.figure} stands in the section {kind.section}, which is not among the sections asked for"
            mend = f'add "{kind.section}" to sections, or leave the figure out'
            yield Problem("figure-left-out", message, mend, str(analysis.path), drawn.line, "figures")


def questions_left_out(analysis: Analysis) -> Iterator[Problem]:
    """A warning where questions are asked, and the section that shows their answers is not among those asked for."""
    asked = {question.question for request in analysis.outcomes for question in request.sensitivity}
    if asked and analysis.sections is not None and "sensitivity" not in analysis.sections:
        message = f"the answers to {', '.join(sorted(asked))} stand in results.json only"
        mend = 'add "sensitivity" to sections, or take the questions out'
        line = find_line(analysis.path.read_text(encoding="utf-8-sig"), ("sections",))
        yield Problem("questions-left-out", message, mend, str(analysis.path), line, "sections", severity="warning")


def sections(findings: Findings) -> tuple[Section, ...]:
    """The sections that the analysis asks for, all of them by default.

    Raises:
        DataError: a name that is not in SECTIONS.
    """
    if problems := tuple(_unknown_sections(findings.analysis)):
        raise DataError(problems)
    return tuple(_with_figures(section, findings.figures.get(section.name, ())) for section in made_sections(findings))


def made_sections(findings: Findings, without: str | None = None) -> tuple[Section, ...]:
    """The sections that the analysis asks for and the review has something for, without their figures.

    Args:
        findings: What they are made from.
        without: Name of one that is not made: of one that speaks of the others.
    """
    names = (name for name in findings.analysis.sections or SECTIONS if name != without)
    return tuple(section for name in names if (section := SECTIONS[name](findings)) is not None)


def _with_figures(section: Section, drawings: Sequence[Drawing]) -> Section:
    """The section with the figures of the whole review that stand there."""
    return replace(section, blocks=(*section.blocks, *(drawing.block for drawing in drawings)))
