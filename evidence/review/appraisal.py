"""Risk of bias: what raters judged of each study, item by item, and how far they agree. No score is ever added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from .appraisal_tools import CONSENSUS, JUDGEMENTS, TOOLS, Item, Tool
from .further_tables import APPRAISALS

if TYPE_CHECKING:
    from .review import Review

#: What a mapping of judgements holds where raters differ and have not settled it.
OPEN = "open"


@dataclass(frozen=True, slots=True)
class Appraised:
    """One item of one study.

    Attributes:
        study, tool, item: Which.
        judgements: Rater -> judgement, without the consensus.
        consensus: What the raters settled on, None where no such row is there.
        support: Sentences that the judgements rest on, each once.
    """

    study: str
    tool: Tool
    item: Item
    judgements: Mapping[str, str]
    consensus: str | None
    support: tuple[str, ...] = ()

    @property
    def final(self) -> str:
        """The consensus; else what all raters said; ``open`` where they differ."""
        if self.consensus is not None:
            return self.consensus
        said = set(self.judgements.values())
        return said.pop() if len(said) == 1 else OPEN


@dataclass(frozen=True, slots=True)
class ItemAgreement:
    """What two raters said on one item, of each study that both judged.

    Attributes:
        tool, item: Which. raters: Their names.
        pairs: What the two said of each study.
    """

    tool: Tool
    item: Item
    raters: tuple[str, str]
    pairs: tuple[tuple[str, str], ...]

    @property
    def n(self) -> int:
        """Studies judged by both."""
        return len(self.pairs)

    @property
    def agree(self) -> int:
        """Those judged alike."""
        return sum(first == second for first, second in self.pairs)


def appraisals(review: Review) -> tuple[Appraised, ...]:
    """Every item of every study that somebody judged, in the order of studies.csv, tools and items."""
    order, tools = {row["study_id"]: i for i, row in enumerate(review.rows("studies"))}, review.settings.tools
    cells: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for row in review.rows(APPRAISALS.name):
        cells.setdefault((row["study_id"], row["tool"], row["item"]), []).append(row)
    names = list(tools)
    keys = sorted(cells, key=lambda key: (order.get(key[0], len(order)), names.index(key[1]), key[2]))
    made = []
    for study, name, number in keys:
        tool, rows = tools[name], cells[study, name, number]
        item = tool.item(number)
        if item is not None:
            made.append(_appraised(study, tool, item, rows))
    return tuple(made)


def _appraised(study: str, tool: Tool, item: Item, rows: Sequence[Mapping[str, Any]]) -> Appraised:
    said = {str(row["rater"]): str(row["judgement"]) for row in rows}
    consensus = said.pop(CONSENSUS, None)
    support = dict.fromkeys(str(row["support"]) for row in rows if row["support"] is not None)
    return Appraised(study, tool, item, said, consensus, tuple(support))


def judgements(review: Review, tool: str = "") -> Mapping[str, Mapping[str, str]]:
    """The settled judgements: study_id -> code of the item (``S4``) -> yes, no, unclear, not_applicable or open.

    ``open``: raters differ and have not settled it. A study or an item that nobody judged is not in it.

    Args:
        review: The review. tool: Name of one tool; all of them if empty.

    Raises:
        UsageError: no such tool.
    """
    found: dict[str, dict[str, str]] = {}
    for one in of_tool(appraisals(review), tool, review.settings.tools):
        found.setdefault(one.study, {})[one.item.code] = one.final
    return found


def of_tool(appraised: Iterable[Appraised], tool: str, tools: Mapping[str, Tool] = TOOLS) -> tuple[Appraised, ...]:
    """Those of one tool, or all if its name is empty.

    Args:
        appraised: All of them. tool: Name of the tool. tools: Those that there are, for a review with its own ones.

    Raises:
        UsageError: no such tool; the known ones are listed.
    """
    from ..errors import unknown

    if tool and tool not in tools:
        raise unknown("tool", tool, tuple(tools))
    return tuple(one for one in appraised if not tool or one.tool.name == tool)


def in_order(tools: Iterable[Tool]) -> tuple[Tool, ...]:
    """Each tool once, in the order in which they are shown: ours, then those of the review by their first letters."""
    each, ours = {tool.name: tool for tool in tools}, list(TOOLS)
    return tuple(
        sorted(
            each.values(), key=lambda one: (ours.index(one.name) if one.name in ours else len(ours), one.items[0].code)
        )
    )


def not_done(tool: str = "", known: Mapping[str, Tool] = TOOLS) -> tuple[str, ...]:
    """What is said where nothing was appraised, or nothing with one tool, everywhere in the same words.

    Args:
        tool: Name of the tool. known: Those that there are, for a review with its own ones.
    """
    columns = ", ".join(column.name for column in APPRAISALS.columns)
    tools = "; ".join(f"{one.name} ({len(one.items)} items; {one.source})" for one in known.values())
    return (
        f"Not done yet: no study has been appraised{f' with {tool}' if tool else ''}.",
        f"To add it, put {APPRAISALS.file} beside the other tables of the review, one row for each {APPRAISALS.row},"
        f" with the columns {columns}.",
        f"Tools: {tools}.",
        f"Judgements: {', '.join(JUDGEMENTS)}. Give each rater rows of their own, and the rater {CONSENSUS} for what"
        " they settled on.",
    )


def rater_agreement(appraised: Sequence[Appraised]) -> tuple[ItemAgreement, ...]:
    """What each pair of raters said on each item, over the studies that both judged; before consensus."""
    pairs: dict[tuple[str, int, str, str], list[tuple[str, str]]] = {}
    for one in appraised:
        for first, second in combinations(sorted(one.judgements), 2):
            key = (one.tool.name, one.item.number, first, second)
            pairs.setdefault(key, []).append((one.judgements[first], one.judgements[second]))
    tools = {tool.name: tool for tool in in_order(one.tool for one in appraised)}
    names = list(tools)
    made = []
    for name, number, first, second in sorted(pairs, key=lambda key: (names.index(key[0]), *key[1:])):
        tool = tools[name]
        item = tool.item(number)
        if item is not None:
            made.append(ItemAgreement(tool, item, (first, second), tuple(pairs[name, number, first, second])))
    return tuple(made)
