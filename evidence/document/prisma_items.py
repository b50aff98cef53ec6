"""The items of PRISMA 2020, in our own words: where a document can have each, and what it lacks as the data stand.

Source: Page and others 2021, 10.1136/bmj.n71; numbers and topics are the source's, every word is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from .. import display
from ..review.extraction import FOLDER
from .findings import Findings

State = Literal["reported", "in part", "not stated", "not done yet", "left to the authors"]

#: In the order in which they are counted.
STATES: Sequence[State] = ("reported", "in part", "not done yet", "not stated", "left to the authors")
#: Questions about what was never published, or never written down.
UNPUBLISHED = frozenset({"publication-filter", "report-size", "egger", "begg", "peters", "trim-and-fill"})


@dataclass(frozen=True, slots=True)
class Gap:
    """What an item lacks: how it stands, and what to do."""

    state: State
    todo: str


Rule = Callable[[Findings], Gap | None]


@dataclass(frozen=True, slots=True)
class Item:
    """One item.

    Attributes:
        part: Of the checklist. number, topic: Of the item.
        places: Sections that can have it, by name, the main one first; a document may lack any of them.
        gap: What the data don't hold of it.
    """

    part: str
    number: str
    topic: str
    places: tuple[str, ...] = ()
    gap: Rule = lambda findings: None


def _title(findings: Findings) -> Gap | None:
    if "systematic review" in findings.title.casefold():
        return None
    return Gap("not stated", "call it a systematic review in the title, if it is one: title of the analysis or review")


def _authors(todo: str, state: State = "left to the authors") -> Rule:
    return lambda findings: Gap(state, todo)


def _stated(*keys: str) -> Rule:
    """A text of review.toml that readers look for."""

    def gap(findings: Findings) -> Gap | None:
        empty = [key for key in keys if not getattr(findings.review.settings, key)]
        return Gap("not stated", f"fill {' and '.join(empty)} in review.toml") if empty else None

    return gap


def _selection(findings: Findings) -> Gap | None:
    if findings.review.searched.people:
        return None
    return Gap("in part", "say how many people screened, independently or not, and with which tools")


def _eligibility(findings: Findings) -> Gap | None:
    stated = findings.review.settings.eligibility
    empty = [key for key, value in stated.items() if not value]
    if not stated:
        return Gap("not stated", "add [eligibility] to review.toml: population, intervention, outcome, designs")
    return Gap("in part", f"fill {', '.join(empty)} under [eligibility] in review.toml") if empty else None


def _sources(findings: Findings) -> Gap | None:
    settings = findings.review.settings
    if not settings.databases:
        return Gap("not done yet", "search bibliographic databases, and name them as databases in review.toml")
    return None if settings.search_date else Gap("in part", "fill search_date in review.toml")


def _strategy(findings: Findings) -> Gap | None:
    searches = findings.review.searches
    if not searches:
        return Gap(
            "not done yet", "keep a search log: searches.csv with source, date, query and records of each search"
        )
    silent = [str(row["search_id"]) for row in searches if not row["query"]]
    return Gap("in part", f"write the query of {', '.join(silent)} into searches.csv") if silent else None


def _identified(findings: Findings) -> Gap | None:
    if all(stream.records is not None for stream in findings.flow.searched):
        return None
    return Gap("in part", "the number of records found is not recorded: records of each search in searches.csv")


def _extraction(findings: Findings) -> Gap | None:
    people = len(list((findings.review.path / FOLDER).glob("extractor_*_outcomes.csv")))
    if not people:
        return Gap("not stated", f"keep what each extractor entered: {FOLDER}/extractor_NAME_outcomes.csv")
    if people == 1:
        return Gap("in part", "a second extractor has not entered the counts")
    if "extractors" not in _answered(findings):
        return Gap("in part", 'show how far the extractors agree: sensitivity = ["extractors"] in the analysis')
    return None


def _appraised(findings: Findings) -> Gap | None:
    judged = {str(row["study_id"]) for row in findings.review.rows("appraisals")}
    if not judged:
        return Gap("not done yet", "judge each study from its full text, item by item, in appraisals.csv")
    missing = [row for row in findings.review.rows("studies") if str(row["study_id"]) not in judged]
    many = display.plural(len(missing), "study is", "studies are")
    return Gap("in part", f"{many} not judged in appraisals.csv") if missing else None


def _graded(findings: Findings) -> Gap | None:
    rated = {str(row["outcome"]) for row in findings.review.rows("certainty")}
    missing = [found.spec.title for found in findings.outcomes if found.request.outcome not in rated]
    if len(missing) == len(findings.outcomes):
        return Gap("not done yet", "judge each domain of GRADE for each outcome; it is never computed")
    return Gap("in part", f"not judged: {', '.join(missing)}") if missing else None


def _contributing(findings: Findings) -> Gap | None:
    """What is known of the studies of each synthesis, risk of bias among it."""
    gap = _appraised(findings)
    return gap and Gap("in part", "their risk of bias is not judged, or not of all")


def _unpublished(findings: Findings) -> Gap | None:
    if _answered(findings) & UNPUBLISHED:
        return None
    return Gap("not done yet", 'ask for it in the analysis: sensitivity = ["publication-filter", "report-size"]')


def _heterogeneity(findings: Findings) -> Gap | None:
    if any(found.subgroups for found in findings.outcomes) or "regression" in _answered(findings):
        return None
    return Gap("not done yet", "ask for groups (by) or the question regression in the analysis")


def _robust(findings: Findings) -> Gap | None:
    if any(len(found.standing.rows) > 1 for found in findings.outcomes) or _answered(findings):
        return None
    return Gap("not done yet", "ask questions of the outcomes in the analysis: sensitivity = [...]")


def _interpretation(findings: Findings) -> Gap | None:
    if findings.claims:
        return Gap("in part", "claims of earlier reviews are compared; what it all means is left to the authors")
    return Gap("left to the authors", "say what the results mean beside other evidence")


def _answered(findings: Findings) -> set[str]:
    """Names of the questions that were answered, of any outcome."""
    return {one.request.question for found in findings.outcomes for one in found.answers if one.reason is None}


_METHODS, _RESULTS, _OTHER = "Methods", "Results", "Other information"

ITEMS: Sequence[Item] = (
    Item("Title", "1", "Called a systematic review", (), _title),
    Item(
        "Abstract",
        "2",
        "Abstract",
        ("summary",),
        _authors("the summary is not a structured abstract: write one from it", "in part"),
    ),
    Item("Introduction", "3", "Why the review was done", (), _authors("say what was known and what was not")),
    Item("Introduction", "4", "The question", ("question",)),
    Item(_METHODS, "5", "Which studies were eligible", ("question",), _eligibility),
    Item(_METHODS, "6", "Sources that were searched, and when", ("flow",), _sources),
    Item(_METHODS, "7", "Full search strategies", ("flow",), _strategy),
    Item(
        _METHODS,
        "8",
        "How studies were selected",
        ("flow",),
        _selection,
    ),
    Item(_METHODS, "9", "How data were collected", ("methods", "sensitivity"), _extraction),
    Item(_METHODS, "10a", "Outcomes that were sought", ("question", "results")),
    Item(_METHODS, "10b", "Other variables that were sought", ("characteristics", "treatment")),
    Item(_METHODS, "11", "How risk of bias was judged", ("risk-of-bias",), _appraised),
    Item(_METHODS, "12", "Effect measures", ("methods",)),
    Item(_METHODS, "13a", "Which studies went into which synthesis", ("methods", "results")),
    Item(_METHODS, "13b", "How data were prepared", ("methods",)),
    Item(_METHODS, "13c", "How results are tabulated and drawn", ("results", "methods")),
    Item(_METHODS, "13d", "How results were combined", ("methods",)),
    Item(_METHODS, "13e", "How differences between studies were explored", ("methods",), _heterogeneity),
    Item(_METHODS, "13f", "Sensitivity analyses", ("methods",), _robust),
    Item(_METHODS, "14", "How missing results were assessed", ("methods",), _unpublished),
    Item(_METHODS, "15", "How certainty was assessed", ("certainty",), _graded),
    Item(_RESULTS, "16a", "Flow of records and studies", ("flow",), _identified),
    Item(_RESULTS, "16b", "Studies that seemed eligible and were excluded", ("excluded", "flow")),
    Item(_RESULTS, "17", "Characteristics of each study", ("characteristics", "treatment")),
    Item(_RESULTS, "18", "Risk of bias in each study", ("risk-of-bias",), _appraised),
    Item(_RESULTS, "19", "Results of each study", ("results", "other-results")),
    Item(_RESULTS, "20a", "The studies of each synthesis", ("results", "risk-of-bias"), _contributing),
    Item(_RESULTS, "20b", "Results of each synthesis", ("results", "summary")),
    Item(_RESULTS, "20c", "What explains differences between studies", ("results", "sensitivity"), _heterogeneity),
    Item(_RESULTS, "20d", "Results of sensitivity analyses", ("sensitivity", "results"), _robust),
    Item(_RESULTS, "21", "Bias by missing results", ("sensitivity",), _unpublished),
    Item(_RESULTS, "22", "Certainty of each outcome", ("certainty",), _graded),
    Item("Discussion", "23a", "Interpretation beside other evidence", ("claims",), _interpretation),
    Item("Discussion", "23b", "Limits of the evidence", ("summary", "notes")),
    Item(
        "Discussion",
        "23c",
        "Limits of how the review was done",
        ("notes",),
        _authors("say what searching, selecting and extracting may have missed"),
    ),
    Item(
        "Discussion",
        "23d",
        "Implications for practice, policy and research",
        (),
        _authors("say what follows, and what does not"),
    ),
    Item(_OTHER, "24a", "Registration", ("question",), _stated("registration")),
    Item(_OTHER, "24b", "Where the protocol is", ("question",), _stated("protocol")),
    Item(
        _OTHER,
        "24c",
        "Changes to registration or protocol",
        (),
        _authors("say what was changed since, or that nothing was"),
    ),
    Item(_OTHER, "25", "Funding and the funders' role", ("question",), _stated("funding")),
    Item(_OTHER, "26", "Competing interests", ("question",), _stated("interests")),
    Item(_OTHER, "27", "Data, code and other materials", ("provenance",)),
)
