"""Tools to appraise case reports and case series: items in short words of our own, numbered as in the tool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Allowed answers. An item that asks for a virtue is answered yes where the study has it.
JUDGEMENTS: Mapping[str, str] = {
    "yes": "the study meets the item",
    "no": "it does not",
    "unclear": "the report does not tell",
    "not_applicable": "the item does not apply to this study",
}
#: The rater under whose name stands what the raters settled on together.
CONSENSUS = "consensus"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a tool.

    Attributes:
        code: Unique among all tools, as short as a column is narrow: S4 is item 4 of the JBI case series tool.
        number: In the tool. text: What it asks, in our words. domain: Of the tool, "" where it has none.
    """

    code: str
    number: int
    text: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. It has no total score: its items are answered, never added up.

    Attributes:
        name: In appraisals.csv. title: To print. items: In the tool's order.
        source: Where it was published. cite: Key of that publication in methods.bib.
        designs: Designs of studies that it is made for.
    """

    name: str
    title: str
    items: tuple[Item, ...]
    source: str
    cite: str
    designs: tuple[str, ...]

    def item(self, number: int) -> Item | None:
        """The item of that number, or None."""
        return next((item for item in self.items if item.number == number), None)


def _items(letter: str, texts: tuple[str, ...], domains: tuple[str, ...] = ()) -> tuple[Item, ...]:
    named = domains or ("",) * len(texts)
    pairs = zip(texts, named, strict=True)
    return tuple(Item(f"{letter}{i}", i, text, domain) for i, (text, domain) in enumerate(pairs, start=1))


_SERIES = _items(
    "S",
    (
        "Criteria for inclusion are clear",
        "Condition measured in a standard, reliable way in all",
        "Condition identified by valid methods in all",
        "Patients included one after another",
        "All eligible patients included",
        "Demographics reported clearly",
        "Clinical information reported clearly",
        "Outcome or follow-up of all reported clearly",
        "Sites or clinics described clearly",
        "Statistical analysis appropriate",
    ),
)
_REPORTS = _items(
    "R",
    (
        "Demographics described clearly",
        "History described clearly, as a timeline",
        "Condition at presentation described clearly",
        "Diagnostic tests and their results described clearly",
        "Treatment described clearly",
        "Condition after treatment described clearly",
        "Harms and unexpected events told",
        "Lessons to take away given",
    ),
)
_MURAD = _items(
    "M",
    (
        "All patients of the centre, or the way of selecting clear",
        "Exposure ascertained adequately",
        "Outcome ascertained adequately",
        "Other causes of the outcome ruled out",
        "Stopped and given again, with the effect following",
        "More of it, more effect",
        "Follow-up long enough for the outcome to occur",
        "Described in enough detail to be repeated or applied",
    ),
    ("Selection", "Ascertainment", "Ascertainment", *("Causality",) * 4, "Reporting"),
)

#: By name, in the order in which they are shown.
TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "jbi-case-series",
            "JBI case series",
            _SERIES,
            "Munn 2020, 10.11124/JBISRIR-D-19-00099",
            "munn2020",
            ("case_series", "retrospective_cohort", "prospective_single_arm"),
        ),
        Tool(
            "jbi-case-reports",
            "JBI case reports",
            _REPORTS,
            "JBI checklist for case reports, 2017; JBI manual 2020, chapter 7, 10.46658/JBIMES-20-08",
            "jbi2017",
            ("case_report",),
        ),
        Tool(
            "murad-2018",
            "Murad 2018",
            _MURAD,
            "Murad 2018, 10.1136/bmjebm-2017-110853",
            "murad2018",
            ("case_report", "case_series", "retrospective_cohort", "prospective_single_arm"),
        ),
    )
}


#: What may stand in the place of a tool's name: one of the review's own.
OWN_TOOL = "NAME"


def item_named(code: str) -> tuple[Tool, Item] | None:
    """Tool and item of a code, or None."""
    return next(((tool, item) for tool in TOOLS.values() for item in tool.items if item.code == code), None)
