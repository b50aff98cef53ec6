"""The tables and columns of every review, declared once; a review adds its own in review.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .further_tables import APPRAISALS, CERTAINTY, CHANGES, OVERLAP, SEARCHES
from .specs import LIST_SEPARATOR, NUMERIC, ColumnSpec, ColumnType, TableSpec, items

__all__ = ["CORE", "LIST_SEPARATOR", "NUMERIC", "ColumnSpec", "ColumnType", "TableSpec", "codebook", "items"]

#: Designs of reports and studies.
DESIGNS = {
    "case_report": "one patient",
    "case_series": "several patients described together, without a plan made before",
    "retrospective_cohort": "patients of a setting, looked up afterwards",
    "prospective_single_arm": "patients treated by a plan made before, without a comparison group",
    "controlled_trial": "with a comparison group by plan",
    "review": "a review of other reports",
    "other": "none of these",
}
_YES_NO_UNKNOWN = {"yes": "", "no": "", "not_reported": "not stated in what was read"}
_BASIS = {
    "reported": "read as such",
    "secondary": "read in a text about the report",
    "derived": "follows from what was read; see derivation",
}
_CONFIDENCE = {
    "high": "counts or an unambiguous statement",
    "medium": "a clear statement without detail",
    "low": "success by title only or without a definition, a group statement without per-patient counts, "
    "or an extent inferred from improvement",
}
_CLAIM_KINDS = {
    "proportion": "a share of patients with an outcome of this review",
    "most_frequent": "the value of a column used most often",
    "range": "the range of values of one or two columns",
    "named_events": "events said to occur, or not to",
    "not_checkable": "cannot be held against these tables; check_note says why",
}


def _notes() -> ColumnSpec:
    return ColumnSpec("notes", "text", "Anything a reader should know")


def _year() -> ColumnSpec:
    return ColumnSpec("year", "year", "Year of publication where seen", minimum=1800, maximum=2100)


def _design(meaning: str = "Design", required: bool = True) -> ColumnSpec:
    return ColumnSpec("design", "term", meaning, required=required, terms=DESIGNS)


def _country() -> ColumnSpec:
    return ColumnSpec("country", "list", "Countries where seen")


def _treated() -> ColumnSpec:
    return ColumnSpec("n_treated", "integer", "Patients treated", required=True, minimum=1, heading="Treated")


def _ref(name: str, table: str, meaning: str, required: bool = True) -> ColumnSpec:
    return ColumnSpec(name, "ref", meaning, required=required, refers=(table, name))


def _statistic_columns() -> tuple[ColumnSpec, ...]:
    return (
        ColumnSpec("topic", "text", "What the figure is about, in our words", required=True),
        ColumnSpec("statistic", "text", "Kind of figure: proportion, mean, median, p value ..."),
        ColumnSpec("value", "number", "The figure"),
        ColumnSpec("lower", "number", "Lower limit or start of the range"),
        ColumnSpec("upper", "number", "Upper limit or end of the range"),
        ColumnSpec("unit", "text", "Unit of the figure"),
    )


REPORTS = TableSpec(
    "reports",
    "report (publication)",
    (
        ColumnSpec("report_id", "id", "Name of the report, and its key in references.bib", required=True),
        _ref("study_id", "studies", "Study it belongs to; empty for a report of no included study", required=False),
        _year(),
        _design("Design; needed where the report belongs to a study", required=False),
        _country(),
        ColumnSpec("language", "text", "Language, ISO 639-1"),
        ColumnSpec(
            "publication_type",
            "term",
            "Kind of publication",
            terms=dict.fromkeys(
                ("article", "letter", "abstract", "thesis", "registry", "news", "preprint", "other"), ""
            ),
        ),
        ColumnSpec(
            "source_seen",
            "term",
            "How much of it was read",
            required=True,
            terms={
                "full_text": "the full text, to the extent it could be seen",
                "abstract": "abstract level",
                "secondary": "only a text about it",
                "title_only": "only its title",
            },
        ),
        ColumnSpec("url_or_doi", "text", "The DOI where seen, else the address read"),
        _notes(),
    ),
)

SCREENING = TableSpec(
    "screening",
    "report",
    (
        ColumnSpec(
            "report_id",
            "id",
            "Report that was screened: one of reports.csv, or a record of records/ excluded by title or abstract",
            required=True,
        ),
        ColumnSpec("source", "text", "Where it was found; several sources separated by `; `"),
        ColumnSpec(
            "decision",
            "term",
            "What was decided",
            required=True,
            terms={
                "included": "the report of an included study",
                "excluded": "not eligible; see reason",
                "awaiting_classification": "could not be decided",
                "duplicate_report": "a further report of an included study",
            },
        ),
        ColumnSpec(
            "stage",
            "term",
            "How it was decided",
            terms={
                "title_abstract": "settled by title or abstract",
                "full_text": "the report itself was sought for data, to the extent it could be seen",
            },
        ),
        ColumnSpec(
            "reason",
            "term",
            "Why it is not included; the words are the review's; not_retrieved at the stage full_text: the report was"
            " sought and could not be had; may be empty where a record of records/ is excluded by title or abstract",
        ),
        ColumnSpec("version", "integer", "Version of the review whose search found it; empty = the first", minimum=1),
        _notes(),
    ),
)

STUDIES = TableSpec(
    "studies",
    "included study",
    (
        ColumnSpec("study_id", "id", "Name of the study; it may have several reports", required=True),
        ColumnSpec("label", "text", "Name to print", required=True, heading="Study"),
        _year(),
        _country(),
        _design(),
        _treated(),
        ColumnSpec(
            "incidental",
            "yes_no",
            "The report is about something else and tells of this treatment in passing: it was published whatever the"
            " outcome",
        ),
    ),
)

ARMS = TableSpec(
    "arms",
    "group of patients treated alike",
    (
        ColumnSpec("arm_id", "id", "Name of the arm", required=True),
        _ref("study_id", "studies", "Study it belongs to"),
        ColumnSpec("label", "text", "Name to print", required=True, heading="Arm"),
        _treated(),
        ColumnSpec("comparison_group", "yes_no", "Whether the report also tells of a group without the treatment"),
        ColumnSpec(
            "same_patients_as",
            "ref",
            "Arm that already counts these patients; while that arm is in a pool, this one is left out as overlap",
            refers=("arms", "arm_id"),
        ),
        ColumnSpec(
            "possible_overlap",
            "refs",
            "Arms that may share patients with this one, not verified",
            refers=("arms", "arm_id"),
        ),
        _notes(),
    ),
)

OUTCOMES = TableSpec(
    "outcomes",
    "arm x outcome x time point",
    (
        _ref("arm_id", "arms", "Arm"),
        ColumnSpec("outcome", "term", "Outcome, as defined in review.toml", required=True),
        ColumnSpec("unit", "term", "What is counted", required=True, terms={"patient": "one person"}),
        ColumnSpec("events", "integer", "Units with the outcome", required=True, minimum=0),
        ColumnSpec("total", "integer", "Units whose outcome is known", required=True, minimum=1),
        ColumnSpec("definition", "text", "How the source puts it"),
        ColumnSpec(
            "timepoint_months",
            "number",
            "Time of the count since the start; empty = not stated",
            unit="months",
            minimum=0,
            heading="Time",
        ),
        ColumnSpec("basis", "term", "How the count was come by", required=True, terms=_BASIS),
        ColumnSpec("derivation", "text", "What a derived count follows from"),
        ColumnSpec("source_location", "text", "Where in the report the count was read", required=True),
        ColumnSpec("confidence", "term", "How sure the reading is", required=True, terms=_CONFIDENCE),
        ColumnSpec("agreed_by_both", "yes_no", "Both extractors entered these counts by themselves"),
        _notes(),
    ),
)

ADVERSE_EVENTS = TableSpec(
    "adverse_events",
    "arm x term",
    (
        _ref("arm_id", "arms", "Arm"),
        ColumnSpec("term", "text", "The event", required=True),
        ColumnSpec("system_organ_class", "term", "MedDRA system organ class"),
        ColumnSpec("events", "integer", "Units with at least one event; empty = number not given", minimum=0),
        ColumnSpec("total", "integer", "Units observed", required=True, minimum=1),
        ColumnSpec(
            "serious",
            "term",
            "yes = called serious by the source; no = described as transient or self-limited",
            terms=_YES_NO_UNKNOWN,
        ),
        ColumnSpec("management", "text", "What was done"),
        ColumnSpec(
            "no_other_event",
            "yes_no",
            "yes = the report says that nothing happened in the arm beside the events named in these rows",
        ),
        ColumnSpec("source_location", "text", "Where in the report it was read"),
        _notes(),
    ),
    required=False,
    filled=False,
)

PATIENTS = TableSpec(
    "patients",
    "individually described patient",
    (
        ColumnSpec("patient_id", "id", "Name of the patient's row", required=True),
        _ref("arm_id", "arms", "Arm"),
        ColumnSpec("age_years", "number", "Age", unit="years", minimum=0, maximum=120),
        ColumnSpec("sex", "term", "Sex", terms={"F": "female", "M": "male"}),
        ColumnSpec(
            "response",
            "term",
            "Best response",
            terms={
                "complete": "",
                "partial": "",
                "none": "",
                "worse": "",
                "not_reported": "also: responded, extent not read",
            },
        ),
        ColumnSpec("recurrence", "term", "Came back after response", terms=_YES_NO_UNKNOWN),
        ColumnSpec("followup_months", "number", "Follow-up", unit="months", minimum=0),
        _notes(),
    ),
    required=False,
    filled=False,
)

CLAIMS = TableSpec(
    "claims",
    "figure stated in a report about other reports",
    (
        ColumnSpec("claim_id", "id", "Name of the claim", required=True),
        _ref("report_id", "reports", "Report that states it"),
        ColumnSpec("kind", "term", "How it can be held against the tables", required=True, terms=_CLAIM_KINDS),
        ColumnSpec("outcome", "term", "Outcome of a proportion"),
        ColumnSpec("column", "list", "Column or columns of arms that a most frequent value or range is about"),
        ColumnSpec("filter", "list", "Arms it speaks of: column=value; column=value"),
        ColumnSpec("events", "list", "Events that it names, in the words of adverse_events.csv where they stand there"),
        ColumnSpec("denied", "yes_no", "yes = it says that these events do not occur"),
        ColumnSpec("check_note", "text", "Why it cannot be checked, or what to bear in mind"),
        *_statistic_columns(),
        ColumnSpec("n_reports", "integer", "Reports behind it", minimum=0),
        ColumnSpec("n_patients", "integer", "Patients behind it", minimum=0),
        _notes(),
    ),
    required=False,
    filled=False,
)

CONTINUOUS_RESULTS = TableSpec(
    "continuous_results",
    "result of an included study that fits no dichotomous outcome",
    (
        ColumnSpec("result_id", "id", "Name of the result", required=True),
        _ref("arm_id", "arms", "Arm"),
        _ref("report_id", "reports", "Report that states it"),
        *_statistic_columns(),
        ColumnSpec("n_patients", "integer", "Patients behind it", minimum=0),
        _notes(),
    ),
    required=False,
    filled=False,
)

#: The tables of a review, in the order in which they are read and shown.
CORE: Mapping[str, TableSpec] = {
    table.name: table
    for table in (
        REPORTS,
        SCREENING,
        STUDIES,
        ARMS,
        OUTCOMES,
        ADVERSE_EVENTS,
        PATIENTS,
        CLAIMS,
        CONTINUOUS_RESULTS,
        SEARCHES,
        APPRAISALS,
        CERTAINTY,
        OVERLAP,
        CHANGES,
    )
}

#: Core columns whose words are the outcomes of review.toml.
OUTCOME_COLUMNS = (("outcomes", "outcome"), ("claims", "outcome"), ("certainty", "outcome"))


def codebook(
    own: Mapping[str, Mapping[str, ColumnSpec]],
    outcomes: Mapping[str, str],
    vocabulary: Mapping[tuple[str, str], Mapping[str, str]],
) -> dict[str, TableSpec]:
    """The tables of one review: the core ones with its own columns, outcomes and words.

    Args:
        own: Table name -> column name -> column that the review declares.
        outcomes: Outcome name -> title.
        vocabulary: ``(table, column)`` -> terms that replace those of a core column.
    """
    terms = dict(vocabulary)
    terms.update((place, outcomes) for place in OUTCOME_COLUMNS)
    tables = {}
    for name, table in CORE.items():
        columns = tuple(replace(column, terms=terms.get((name, column.name), column.terms)) for column in table.columns)
        tables[name] = replace(table, columns=columns).with_columns(own.get(name, {}))
    return tables
