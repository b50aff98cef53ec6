"""What both figures of risk of bias are made from: judgements by tool, and the sentences under them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..display import DASH, plural
from ..review.appraisal import Appraised, ItemAgreement, appraisals, of_tool, rater_agreement
from ..review.appraisal_tools import TOOLS, Tool
from .lights import MISSING
from .pen import Pen

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
    found = of_tool(appraisals(review), tool)
    labels = {str(row["study_id"]): str(row["label"]) for row in review.rows("studies")}
    groups = []
    for one in TOOLS.values():
        mine = [row for row in found if row.tool.name == one.name]
        if mine:
            groups.append(_group(one, mine, labels))
    judged = {row.study for row in found}
    silent = tuple(label for study, label in labels.items() if study not in judged)
    return Bias(tuple(groups), silent, len(labels))


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


def item_key(pen: Pen, group: Group) -> None:
    """The items with their codes, in two columns where there is room; domains before their items."""
    style, items = pen.style, group.tool.items
    columns = 2 if pen.width > 120 else 1
    width = (pen.width - (columns - 1) * style.gap_mm) / columns
    half = (len(items) + columns - 1) // columns
    top, lowest = pen.y, pen.y
    for column in range(columns):
        pen.y = top
        for item in items[column * half : (column + 1) * half]:
            domain = f"{item.domain}: " if item.domain else ""
            x = style.margin_mm + column * (width + style.gap_mm)
            pen.paragraph(f"{item.code} {domain}{item.text}", x, width, style.note_pt, style.ink)
        lowest = max(lowest, pen.y)
    pen.y = lowest + 1.0


def footnotes(found: Bias) -> Iterator[str]:
    """What the judgements are, how far raters agree, what was not appraised."""
    yield "Each item is judged by itself; nothing is weighted or added up to a score. Item texts are ours, in short."
    for group in found.groups:
        yield f"{group.tool.title}: {group.tool.source}."
        yield from _agreements(group)
        if group.single:
            yield (f"{group.tool.title}: {plural(group.single, 'study was', 'studies were')} judged by one rater only.")
    if found.silent:
        named = ", ".join(found.silent)
        yield f"Not appraised here, {len(found.silent)} of {plural(found.studies, 'study', 'studies')}: {named}."


def _agreements(group: Group) -> Iterator[str]:
    pairs = dict.fromkeys(row.raters for row in group.agreement)
    for pair in pairs:
        rows = [row for row in group.agreement if row.raters == pair]
        told = []
        for row in rows:
            kappa = DASH if row.agreement.kappa is None else f"{row.agreement.kappa:.2f}".replace("-", "\u2212")
            told.append(f"{row.item.code} {100 * (row.agreement.share or 0):.0f} % ({kappa})")
        most = max(row.agreement.n for row in rows)
        yield (
            f"{group.tool.title}, raters {pair[0]} and {pair[1]} alike before consensus in"
            f" {plural(most, 'study', 'studies')}, percent (Cohen's kappa, {DASH} = not defined): {', '.join(told)}."
        )
