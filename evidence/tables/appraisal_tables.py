"""Risk of bias as tables: what was settled of each study, how far raters agree, and every judgement behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from .. import display
from ..measures.two_raters import two_raters
from ..review.appraisal import OPEN, Appraised, in_order, rater_agreement
from ..review.appraisal_tools import JUDGEMENTS
from .records import reports_of
from .table import Cell, Table, TableColumn, cell, term, words

if TYPE_CHECKING:
    from ..measures.agreement import Coefficient
    from ..review.appraisal_tools import Tool
    from ..review.review import Review

NO_SCORE = "Each item is judged by itself; nothing is weighted or added up to a score."
#: Marks a settled judgement on which raters differed at first.
DIFFERED = "*"
MARKS = (
    f"{DIFFERED} = raters differed and settled it together. {OPEN} = they differ and have not settled it."
    f" n/a = the item does not apply to this study. {display.DASH} = nobody judged it."
)
KAPPA = (
    "Before consensus. Kappa is Cohen's (1960, 10.1177/001316446002000104), AC1 Gwet's (2008, 10.1348/000711006X126600)"
    " with the words that there are to choose from: 1 where raters agree always, 0 where they agree as often as by the"
    " chance that each assumes. Kappa falls where nearly all studies get the same word, AC1 hardly."
    f" {display.DASH} = both raters used one word throughout, so that kappa is not defined."
)
#: Marks limits that are not to be relied on.
CAUTION = "\u2020"
_SHORT = {"not_applicable": "n/a"}


def tools_used(appraised: Sequence[Appraised]) -> tuple[Tool, ...]:
    """The tools that studies were appraised with, in the order in which they are shown."""
    return in_order(one.tool for one in appraised)


def settled_table(review: Review, appraised: Sequence[Appraised], tool: Tool) -> Table:
    """One row per study appraised with a tool, one column per item."""
    labels, reports = study_labels(review), reports_of(review)
    cells: dict[str, dict[int, Appraised]] = {}
    for one in appraised:
        if one.tool.name == tool.name:
            cells.setdefault(one.study, {})[one.item.number] = one
    columns = (
        TableColumn("study", "Study"),
        *(TableColumn(item.code, item.code, "center") for item in tool.items),
        TableColumn("raters", "Raters"),
    )
    rows = tuple(
        (
            Cell(labels[study], study, None, reports.get(study, ())),
            *(_settled(judged.get(item.number)) for item in tool.items),
            cell(", ".join(dict.fromkeys(rater for one in judged.values() for rater in one.judgements))),
        )
        for study, judged in cells.items()
    )
    meanings = "; ".join(f"{item.code} {_domain(item.domain)}{item.text}" for item in tool.items)
    title = f"{tool.title}: judgements of each study, item by item."
    return Table(f"risk-of-bias-{tool.name}", title, columns, rows, (f"Items, in our words: {meanings}.", MARKS))


def _domain(domain: str) -> str:
    return f"({domain}) " if domain else ""


def _settled(one: Appraised | None) -> Cell:
    if one is None:
        return cell(None)
    word = _SHORT.get(one.final, one.final)
    differed = len(set(one.judgements.values())) > 1 and one.final != OPEN
    return Cell(word + DIFFERED if differed else word, one.final)


def agreement_table(appraised: Sequence[Appraised]) -> Table:
    """One row per item and pair of raters who both judged it."""
    columns = (
        TableColumn("tool", "Tool"),
        TableColumn("item", "Item"),
        TableColumn("text", "What it asks", wide=True),
        TableColumn("raters", "Raters"),
        TableColumn("n", "Studies judged by both", "right"),
        TableColumn("agree", "Judged alike", "right"),
        TableColumn("share", "Share alike", "right"),
        TableColumn("kappa", "Kappa [95% limits]", "right"),
        TableColumn("kappa_lower", "Kappa, lower limit", "right", where="csv"),
        TableColumn("kappa_upper", "Kappa, upper limit", "right", where="csv"),
        TableColumn("ac1", "AC1 [95% limits]", "right"),
        TableColumn("ac1_lower", "AC1, lower limit", "right", where="csv"),
        TableColumn("ac1_upper", "AC1, upper limit", "right", where="csv"),
    )
    found = [(one, two_raters(one.pairs, len(JUDGEMENTS))) for one in rater_agreement(appraised)]
    rows = tuple(
        (
            cell(one.tool.title),
            cell(one.item.code),
            cell(one.item.text),
            cell(" and ".join(one.raters)),
            cell(told.n),
            cell(told.agree),
            Cell(display.percent(told.percent.value), told.percent.value),
            *_with_limits(told.kappa),
            *_with_limits(told.ac1),
        )
        for one, told in found
    )
    notes = (KAPPA, *_no_limits([one for _, told in found for one in (told.kappa, told.ac1)]))
    return Table("risk-of-bias-agreement", "Agreement of raters, item by item.", columns, rows, notes)


def _with_limits(one: Coefficient) -> Iterator[Cell]:
    """The coefficient with its limits, then each limit for the file."""
    shown = display.number_with_limits(one.value, one.lower, one.upper)
    yield Cell(f"{shown}{CAUTION}" if one.caution else shown, one.value)
    yield Cell("", one.lower)
    yield Cell("", one.upper)


def _no_limits(found: Sequence[Coefficient]) -> Iterator[str]:
    """Why numbers stand without limits, and which limits are not to be relied on."""
    reasons = dict.fromkeys(one.reason for one in found if one.value is not None and one.reason)
    if reasons:
        yield f"Without limits: {'. Or: '.join(reasons)}."
    yield from (f"{CAUTION} {said}." for said in dict.fromkeys(one.caution for one in found if one.caution))


def judgements_table(review: Review, appraised: Sequence[Appraised]) -> Table:
    """One row per study and item: each rater, the consensus, and what it rests on."""
    labels = study_labels(review)
    raters = tuple(dict.fromkeys(rater for one in appraised for rater in one.judgements))
    columns = (
        TableColumn("study", "Study"),
        TableColumn("tool", "Tool"),
        TableColumn("item", "Item"),
        TableColumn("text", "What it asks", wide=True),
        *(TableColumn(f"rater_{i}", f"Rater {rater}") for i, rater in enumerate(raters, start=1)),
        TableColumn("consensus", "Consensus"),
        TableColumn("settled", "Settled"),
        TableColumn("support", "What it rests on", wide=True),
    )
    rows = tuple(
        (
            Cell(labels[one.study], one.study),
            Cell(one.tool.title, one.tool.name),
            cell(one.item.code),
            cell(one.item.text),
            *(term(one.judgements.get(rater)) for rater in raters),
            term(one.consensus),
            Cell(words(one.final) or display.DASH, one.final),
            cell(" ".join(_sentence(text) for text in one.support) or None),
        )
        for one in appraised
    )
    return Table("risk-of-bias-judgements", "Every judgement, and what it rests on.", columns, rows)


def _sentence(text: str) -> str:
    return text if text.rstrip().endswith((".", "!", "?")) else f"{text.rstrip()}."


def study_labels(review: Review) -> Mapping[str, str]:
    """Study -> name to print."""
    return {str(row["study_id"]): str(row["label"]) for row in review.rows("studies")}
