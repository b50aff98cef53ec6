"""Risk of bias of each study: what raters judged item by item, and how far they agree; never a total score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ... import display
from ...review.appraisal import OPEN, appraisals, not_done, rater_agreement
from ...review.further_tables import APPRAISALS
from ...tables.appraisal_tables import (
    NO_SCORE,
    agreement_table,
    judgements_table,
    settled_table,
    study_labels,
    tools_used,
)
from ..blocks import Block, Cite, Details, Run, Section, TableBlock, paragraph
from ..findings import Findings
from .not_yet import not_yet

if TYPE_CHECKING:
    from ...review.appraisal import Appraised
    from ...review.appraisal_tools import Tool

TITLE = "Risk of bias in the studies"
#: Studies that are named where they were not appraised; of more the number stands.
NAMED = 12
FULL_TEXT = "Appraise full texts: an abstract does not answer most items, so nobody fills this table from abstracts."


def section(findings: Findings) -> Section:
    """What was settled with each tool, agreement, and every judgement; how to add them where there are none."""
    review = findings.review
    appraised = appraisals(review)
    if not appraised:
        return Section("risk-of-bias", TITLE, not_yet((*not_done(known=review.settings.tools), FULL_TEXT), APPRAISALS))
    blocks: list[Block] = [paragraph(_how_many(findings, appraised), kind="lead")]
    blocks.append(paragraph(NO_SCORE, *_sources(tools_used(appraised))))
    if said := _agreed(appraised):
        blocks.append(paragraph(said))
    blocks += [TableBlock(settled_table(review, appraised, tool)) for tool in tools_used(appraised)]
    agreement = agreement_table(appraised)
    if agreement.rows:
        what = "Agreement of raters, item by item"
        blocks.append(Details(what, (TableBlock(agreement),)))
    every = judgements_table(review, appraised)
    what = "Every judgement of every rater, and what it rests on"
    blocks.append(Details(what, (TableBlock(every),), f"{what}: tables/{every.name}.csv."))
    return Section("risk-of-bias", TITLE, tuple(blocks))


def _sources(tools: Sequence[Tool]) -> Iterator[Run]:
    """Where the tools were published; of the review's own ones what it says of them."""
    published = tuple(tool.cite for tool in tools if tool.cite)
    if published:
        yield " "
        yield Cite(published)
    for tool in tools:
        if not tool.cite:
            yield f" {tool.title}: {tool.source}."


def _how_many(findings: Findings, appraised: tuple[Appraised, ...]) -> str:
    """Studies with each tool, and those that nobody appraised."""
    labels = study_labels(findings.review)
    judged = {one.study for one in appraised}
    tools = ", ".join(
        f"{tool.title} {len({one.study for one in appraised if one.tool.name == tool.name})}"
        for tool in tools_used(appraised)
    )
    text = f"{len(judged)} of {display.plural(len(labels), 'study', 'studies')} appraised: {tools}."
    silent = [label for study, label in labels.items() if study not in judged]
    if silent:
        named = ", ".join(silent) if len(silent) <= NAMED else display.plural(len(silent), "study", "studies")
        text += f" Not appraised: {named}."
    return text


def _agreed(appraised: tuple[Appraised, ...]) -> str:
    """How many judgements raters shared, how often they agreed, and what they left open."""
    pairs = rater_agreement(appraised)
    n, agree = sum(one.n for one in pairs), sum(one.agree for one in pairs)
    single = sum(len(one.judgements) == 1 for one in appraised)
    unsettled = sum(one.final == OPEN for one in appraised)
    text = []
    if n:
        raters = dict.fromkeys(rater for one in pairs for rater in one.raters)
        text.append(
            f"Before consensus, {' and '.join(raters) if len(raters) == 2 else f'pairs of {len(raters)} raters'} judged"
            f" {agree} of {n} items alike ({display.percent(agree / n)})."
        )
    if single:
        text.append(f"{single} of {display.plural(len(appraised), 'judgement')} come from one rater only.")
    if unsettled:
        text.append(f"Raters differ on {display.plural(unsettled, 'judgement')} and have not settled it.")
    return " ".join(text)
