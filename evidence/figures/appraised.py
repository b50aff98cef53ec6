"""What both figures of risk of bias are made from: judgements by tool, and the sentences under them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..display import DASH, number, plural
from ..measures.two_raters import two_raters
from ..review.appraisal import Appraised, ItemAgreement, appraisals, not_done, of_tool, rater_agreement
from ..review.appraisal_tools import Tool
from .figure import Figure
from .lights import MISSING
from .not_done import NotDone, words_instead
from .pen import Pen
from .style import Style, style_named

if TYPE_CHECKING:
    from ..review.review import Review


@dataclass(frozen=True, slots=True)
class Group:
    """The studies appraised with one tool.

    Attributes:
        tool: Which. studies: (label, item's code -> judgement) in the order of studies.csv, every item of the tool.
        agreement: Of each pair of raters on each item.
        single: Studies that one rater alone judged.
    """

    tool: Tool
    studies: tuple[tuple[str, Mapping[str, str]], ...]
    agreement: tuple[ItemAgreement, ...]
    single: int

    def counts(self, code: str) -> dict[str, int]:
        """Judgement -> studies, of one item."""
        found: dict[str, int] = {}
        for _, judged in self.studies:
            found[judged[code]] = found.get(judged[code], 0) + 1
        return found

    @property
    def used(self) -> tuple[str, ...]:
        """Judgements that occur."""
        return tuple({judgement for _, judged in self.studies for judgement in judged.values()})


@dataclass(frozen=True, slots=True)
class Bias:
    """All that was appraised: groups by tool; labels of studies that were not."""

    groups: tuple[Group, ...]
    silent: tuple[str, ...]
    studies: int


def bias(review: Review, tool: str = "") -> Bias:
    """The judgements of a review, of one tool or of all.

    Raises:
        UsageError: no such tool; the known ones are listed.
    """
    found = of_tool(appraisals(review), tool, review.settings.tools)
    labels = {str(row["study_id"]): str(row["label"]) for row in review.rows("studies")}
    groups = []
    for one in review.settings.tools.values():
        mine = [row for row in found if row.tool.name == one.name]
        if mine:
            groups.append(_group(one, mine, labels))
    judged = {row.study for row in found}
    silent = tuple(label for study, label in labels.items() if study not in judged)
    return Bias(tuple(groups), silent, len(labels))


def opened(review: Review, tool: str, title: str, style: str | Style) -> tuple[Pen, Bias] | Figure[NotDone]:
    """A page with its title and banner, and what is drawn on it; or, where nothing was appraised, how to add it.

    Raises:
        UsageError: an unknown style or tool.
    """
    look = style_named(style) if isinstance(style, str) else style
    found, banner = bias(review, tool), review.settings.banner
    if not found.groups:
        return words_instead(title, not_done(tool, review.settings.tools), look, banner)
    pen = Pen(look)
    pen.title(title)
    if banner:
        pen.banner(banner)
    return pen, found


def _group(tool: Tool, rows: Sequence[Appraised], labels: Mapping[str, str]) -> Group:
    by_study: dict[str, list[Appraised]] = {}
    for row in rows:
        by_study.setdefault(row.study, []).append(row)
    studies, single = [], 0
    for study, judged in by_study.items():
        final = {row.item.code: row.final for row in judged}
        studies.append((labels[study], {item.code: final.get(item.code, MISSING) for item in tool.items}))
        single += len({rater for row in judged for rater in row.judgements}) == 1
    return Group(tool, tuple(studies), rater_agreement(rows), single)


def heading(group: Group) -> str:
    """Tool, source and number of studies."""
    return f"{group.tool.title}: {plural(len(group.studies), 'study', 'studies')}"


def group_head(pen: Pen, group: Group) -> None:
    """The tool above its studies or its items."""
    pen.y += 2.0
    pen.paragraph(heading(group), pen.style.margin_mm, pen.width, pen.style.font_pt + 1, pen.style.ink, bold=True)


def item_key(pen: Pen, group: Group, left: float, width: float) -> None:
    """The items with their codes, one below the other; domains before their items."""
    for item in group.tool.items:
        domain = f"{item.domain}: " if item.domain else ""
        pen.paragraph(f"{item.code} {domain}{item.text}", left, width, pen.style.note_pt, pen.style.ink)
    pen.y += 1.0


def footnotes(found: Bias) -> Iterator[str]:
    """What the judgements are, whose tools, what was not appraised."""
    yield "Each item is judged by itself; nothing is weighted or added up to a score. Item texts are ours, in short."
    yield "Tools: " + "; ".join(f"{group.tool.title} ({group.tool.source})" for group in found.groups) + "."
    for group in found.groups:
        if group.single:
            yield f"{group.tool.title}: {plural(group.single, 'study was', 'studies were')} judged by one rater only."
    if found.silent:
        named = ", ".join(found.silent)
        yield f"Not appraised here, {len(found.silent)} of {plural(found.studies, 'study', 'studies')}: {named}."


def agreement_notes(found: Bias) -> Iterator[str]:
    """How far raters agree, item by item."""
    for group in found.groups:
        for pair in dict.fromkeys(row.raters for row in group.agreement):
            yield _agreements(group, pair)


def _agreements(group: Group, pair: tuple[str, str]) -> str:
    rows = [row for row in group.agreement if row.raters == pair]
    told = []
    kappas = [two_raters(row.pairs).kappa.value for row in rows]
    for row, kappa in zip(rows, kappas, strict=True):
        shown = number(kappa).replace("-", "\u2212")
        told.append(f"{row.item.code}\u00a0{100 * row.agree / row.n:.0f}\u00a0%\u00a0({shown})")
    undefined = None in kappas
    dash = f", {DASH}: both used one word throughout" if undefined else ""
    most = max(row.n for row in rows)
    studies = plural(most, "study", "studies")
    return (
        f"{group.tool.title}: raters {pair[0]} and {pair[1]} alike before consensus, of {studies}"
        f" (Cohen's kappa{dash}): {', '.join(told)}."
    )
