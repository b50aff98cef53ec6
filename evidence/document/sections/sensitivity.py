"""Questions asked of each result: the question, the answer in a sentence; figure, notes and numbers belong to it."""

from __future__ import annotations

from ... import display
from ...tables.answer_tables import answer_table
from ..blocks import Block, Details, Heading, Notes, Points, Section, Strong, TableBlock, paragraph, text
from ..findings import Findings, OutcomeFindings
from ..questioning import Answered

INTRODUCTION = (
    "Each result was put to the questions that a careful reader asks of it, with the model of the analysis. To each"
    " answer belong its figure, its notes and its numbers. In the tables of every number a proportion is a part of 1,"
    " mean is the average study, estimate beside it the typical study (median), each with its lower and upper limit,"
    " and k the number of studies."
)


def section(findings: Findings) -> Section | None:
    """All questions of all outcomes; None where the analysis asks none."""
    asked = [found for found in findings.outcomes if found.answers]
    if not asked:
        return None
    blocks: list[Block] = [paragraph(INTRODUCTION)]
    for found in asked:
        blocks += _outcome(found)
    return Section("sensitivity", "Sensitivity", tuple(blocks))


def _outcome(found: OutcomeFindings) -> list[Block]:
    where = "".join(f"; {column} = {value}" for column, value in found.request.where.items())
    blocks: list[Block] = [Heading(found.spec.title + where, anchor=f"sensitivity-{found.name}")]
    for answered in found.answers:
        if answered.reason is None:
            blocks += _answered(found, answered)
    not_asked = [answered for answered in found.answers if answered.reason is not None]
    if not_asked:
        blocks.append(Heading("Not asked", 4))
        blocks.append(Points(tuple(text(Strong(a.title), f" {_sentence(a.reason or '')}") for a in not_asked)))
    if found.put_off:
        blocks.append(paragraph(f"Asked of the first outcome only: {' '.join(found.put_off)}"))
    return blocks


def _answered(found: OutcomeFindings, answered: Answered) -> list[Block]:
    anchor = f"sensitivity-{found.name}-{answered.name}"
    again = _again(found, answered)
    blocks: list[Block] = [
        Heading(answered.title + again, 4, anchor),
        paragraph(str(answered.answer)),
    ]
    inner = _details(found, answered)
    if inner:
        blocks.append(Details(_summary(answered, inner), tuple(inner), tab=_tab(answered) + again))
    return blocks


def _tab(answered: Answered) -> str:
    """The question in a word or three."""
    words = answered.request.question.replace("-", " ")
    return words[:1].upper() + words[1:]


def _again(found: OutcomeFindings, answered: Answered) -> str:
    """What tells a question apart that is asked more than once."""
    if sum(other.request.question == answered.request.question for other in found.answers) < 2:
        return ""
    return "".join(f"; {name} {value}" for name, value in answered.request.options.items())


def _details(found: OutcomeFindings, answered: Answered) -> list[Block]:
    inner: list[Block] = []
    if answered.drawing is not None:
        inner.append(answered.drawing.block)
    if answered.answer.notes:
        inner.append(Notes(answered.answer.notes))
    name = f"sensitivity-{found.name}-{answered.name}"
    table = answer_table(name, f"{found.spec.title}, {answered.request.question.replace('-', ' ')}.", answered.answer)
    if table is not None:
        inner.append(Details("Every number", (TableBlock(table),), f"Every number: tables/{name}.csv, results.json."))
    elif rows := len(answered.answer.to_frame()):
        command = f"evidence sensitivity {found.selection.context.review} --outcome {found.request.outcome}"
        words = f"{display.plural(rows, 'row')} of numbers: {command} --question {answered.request.question} --json"
        inner.append(paragraph(words))
    return inner


def _summary(answered: Answered, inner: list[Block]) -> str:
    parts = ["figure"] if answered.drawing is not None else []
    if answered.answer.notes:
        parts.append(display.plural(len(answered.answer.notes), "note"))
    if any(isinstance(block, Details) for block in inner):
        parts.append("numbers")
    words = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts) or "numbers"
    return words[:1].upper() + words[1:]


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:].rstrip(".") + "."
