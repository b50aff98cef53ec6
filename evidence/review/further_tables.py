"""Core tables that a review may leave out: searches, appraisals, certainty, overlap of patients, reasons of changes."""

from __future__ import annotations

from .appraisal_tools import JUDGEMENTS, TOOLS
from .certainty_domains import CERTAINTIES, DOMAINS, OVERALL, START
from .certainty_domains import JUDGEMENTS as LEVEL_JUDGEMENTS
from .overlap import DECISIONS
from .specs import ColumnSpec, TableSpec

#: Kinds of sources, as PRISMA keeps them apart.
SEARCH_KINDS = {
    "database": "bibliographic database",
    "register": "register of trials or studies",
    "website": "site on the web",
    "organisation": "an organisation was asked",
    "citation": "references of a report, or reports that cite it",
    "other": "none of these",
}


def _removed(name: str, how: str) -> ColumnSpec:
    return ColumnSpec(name, "integer", f"Records {how} before screening; 0 = none, empty = not recorded", minimum=0)


SEARCHES = TableSpec(
    "searches",
    "search of one source",
    (
        ColumnSpec("search_id", "id", "Name of the search", required=True),
        ColumnSpec("source", "text", "What was searched, in the words of screening.csv", required=True),
        ColumnSpec("kind", "term", "Kind of source, as PRISMA keeps them apart", required=True, terms=SEARCH_KINDS),
        ColumnSpec("date", "text", "Day of the search, as 2024-05-31"),
        ColumnSpec("query", "text", "What was asked, word for word"),
        ColumnSpec(
            "records", "integer", "Records found; empty = not recorded, or counted from the imported records", minimum=0
        ),
        _removed("duplicates_removed", "of this search removed as duplicates"),
        _removed("automation_removed", "of this search marked as ineligible by automation tools"),
        _removed("otherwise_removed", "of this search removed for other reasons"),
        ColumnSpec("version", "integer", "Version of the review it was made for; empty = the first", minimum=1),
        ColumnSpec("notes", "text", "Anything a reader should know"),
    ),
    required=False,
    filled=False,
)

APPRAISALS = TableSpec(
    "appraisals",
    "judgement of one rater on one item of one study",
    (
        ColumnSpec("study_id", "ref", "Study", required=True, refers=("studies", "study_id")),
        ColumnSpec("tool", "term", "Tool", required=True, terms={name: tool.title for name, tool in TOOLS.items()}),
        ColumnSpec("item", "integer", "Number of the item in the tool", required=True, minimum=1),
        ColumnSpec("rater", "text", "Who judged; `consensus` for what the raters settled on together", required=True),
        ColumnSpec("judgement", "term", "Answer to the item", required=True, terms=JUDGEMENTS),
        ColumnSpec("support", "text", "What the judgement rests on, in our words"),
        ColumnSpec("source_location", "text", "Where in the report it was read"),
    ),
    required=False,
    filled=False,
)

CERTAINTY = TableSpec(
    "certainty",
    "judgement of one rater on one domain of GRADE for one outcome",
    (
        ColumnSpec("outcome", "term", "Outcome, as defined in review.toml", required=True),
        ColumnSpec(
            "selection", "list", "Arms that the outcome is analysed in: column=value; column=value. Empty = all arms"
        ),
        ColumnSpec(
            "domain",
            "term",
            f"What is judged; `{START}` and `{OVERALL}` have a certainty, the others a judgement",
            required=True,
            terms={
                START: "the level at which the rating starts",
                **{domain.name: domain.title for domain in DOMAINS.values()},
                OVERALL: "the level at which it ends",
            },
        ),
        ColumnSpec("judgement", "term", "Judgement on the domain", terms=LEVEL_JUDGEMENTS),
        ColumnSpec("certainty", "term", f"Level of `{START}` or `{OVERALL}`", terms=CERTAINTIES),
        ColumnSpec("reason", "text", "Why, in our words; printed under the summary of findings"),
        ColumnSpec("rater", "text", "Who judged; `consensus` for what the raters settled on together", required=True),
    ),
    required=False,
    filled=False,
)

OVERLAP = TableSpec(
    "overlap",
    "pair of arms that was looked at for patients in both",
    (
        ColumnSpec("arm_a", "ref", "One arm", required=True, refers=("arms", "arm_id")),
        ColumnSpec("arm_b", "ref", "The other; a pair stands once", required=True, refers=("arms", "arm_id")),
        ColumnSpec("decision", "term", "What was decided, as arms.csv then has it", required=True, terms=DECISIONS),
        ColumnSpec("reason", "text", "Why, in our words", required=True),
        ColumnSpec("decided_by", "text", "Who decided"),
        ColumnSpec("date", "text", "Day of the decision, as 2024-05-31"),
        ColumnSpec("notes", "text", "Anything a reader should know"),
    ),
    required=False,
    filled=False,
)

CHANGES = TableSpec(
    "changes",
    "change of one cell, with its reason",
    (
        ColumnSpec("table", "text", "Table that was changed, as outcomes", required=True),
        ColumnSpec(
            "row",
            "text",
            "Its row as evidence diff names it: the id; of outcomes arm, outcome, unit and time point",
            required=True,
        ),
        ColumnSpec("column", "text", "Column that was changed", required=True),
        ColumnSpec("old", "text", "What stood there; empty = nothing"),
        ColumnSpec("new", "text", "What stands there now; empty = nothing"),
        ColumnSpec("reason", "text", "Why, in our words; evidence diff tells it beside the change", required=True),
        ColumnSpec("date", "text", "Day of the change, as 2024-05-31"),
        ColumnSpec("changed_by", "text", "Who changed it"),
        ColumnSpec("notes", "text", "Anything a reader should know"),
    ),
    required=False,
    filled=False,
)
