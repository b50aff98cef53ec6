"""What was found and extracted: characteristics, adverse events, continuous results, reports that are not in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import display
from ..bibliography.streams import NOT_RETRIEVED
from .records import Row, address, by_key, reports_of, rows_of
from .table import Cell, Table, TableColumn, cell, term, words

if TYPE_CHECKING:
    from ..review.review import Review

#: Own columns of the arms shown where the review gives no heading to any of them.
OWN_COLUMNS_SHOWN = 4
#: Letters of a title that name a report whose authors were not seen.
TITLE_SHOWN = 60
#: What a report was decided on: a full report may be cut off where it was read.
SOUGHT = "report sought, as far as it could be had"
STAGES = {"title_abstract": "title or abstract", "full_text": "report, as far as it could be read"}


def own_columns(review: Review) -> tuple[Any, ...]:
    """The review's own columns of arms that a reader needs first: those it gives a heading to."""
    specs = tuple(review.settings.columns.get("arms", {}).values())
    return tuple(spec for spec in specs if spec.heading) or specs[:OWN_COLUMNS_SHOWN]


def characteristics(review: Review) -> Table:
    """One row per arm: its study, how much of the report was read, and what was given."""
    studies, reports, seen = by_key(review, "studies", "study_id"), reports_of(review), _seen(review)
    own = own_columns(review)
    columns = (
        TableColumn("study", "Study"),
        TableColumn("year", "Year", "right"),
        TableColumn("country", "Country"),
        TableColumn("design", "Design"),
        TableColumn("arm", "Arm", wide=True),
        TableColumn("n_treated", "Treated", "right"),
        *(TableColumn(spec.name, spec.title, "right" if spec.is_numeric else "left") for spec in own),
        TableColumn("source_seen", "Read as"),
        TableColumn("source_location", "Counts read in"),
        TableColumn("confidence", "Confidence"),
        TableColumn("notes", "Notes", wide=True),
    )
    read, links = _read(review), _links(review)
    rows = []
    for arm in rows_of(review, "arms"):
        study = studies[str(arm["study_id"])]
        cites = reports.get(str(arm["study_id"]), ())
        rows.append(
            (
                Cell(str(study["label"]), arm["arm_id"], links.get(str(arm["study_id"])), cites),
                cell(study["year"]),
                cell(study["country"]),
                term(study["design"]),
                cell(arm["label"]),
                cell(arm["n_treated"]),
                *(own_cell(arm.get(spec.name), spec) for spec in own),
                Cell(*seen.get(str(arm["study_id"]), (display.DASH, None))),
                cell(read.get(str(arm["arm_id"]), {}).get("source_location")),
                cell(read.get(str(arm["arm_id"]), {}).get("confidence")),
                cell(arm["notes"]),
            )
        )
    footnote = f"{display.DASH} = not reported in what was read. Every column of every arm is in arms.csv of the data."
    return Table(
        "characteristics", "Characteristics of the included studies and their arms.", columns, tuple(rows), (footnote,)
    )


def own_cell(value: Any, spec: Any) -> Cell:
    """A cell of a column that the review declares itself."""
    return term(value) if spec.type == "term" else cell(value)


def _read(review: Review) -> dict[str, dict[str, str]]:
    """Arm -> where its counts were read, and how sure the readings are, each value once."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in rows_of(review, "outcomes"):
        for name in ("source_location", "confidence"):
            values = found.setdefault(str(row["arm_id"]), {}).setdefault(name, [])
            if row[name] is not None and str(row[name]) not in values:
                values.append(str(row[name]))
    return {arm: {name: "; ".join(values) for name, values in names.items()} for arm, names in found.items()}


def _links(review: Review) -> dict[str, str | None]:
    """Study -> where its first report can be read."""
    reports = by_key(review, "reports", "report_id")
    return {study: address(reports[ids[0]]["url_or_doi"]) for study, ids in reports_of(review).items()}


def _seen(review: Review) -> dict[str, tuple[str, Any]]:
    """Study -> how much of its first report was read, as words and as code."""
    reports = by_key(review, "reports", "report_id")
    found = {}
    for study, ids in reports_of(review).items():
        code = reports[ids[0]]["source_seen"]
        found[study] = (words(code) or display.DASH, code)
    return found


def adverse_events(review: Review) -> Table:
    """One row per arm and event: counts in arms, never rates."""
    arms, studies = by_key(review, "arms", "arm_id"), by_key(review, "studies", "study_id")
    reports = reports_of(review)
    columns = (
        TableColumn("study", "Study"),
        TableColumn("arm", "Arm", wide=True),
        TableColumn("term", "Event"),
        TableColumn("events", "Patients with it", "right"),
        TableColumn("total", "Patients observed", "right"),
        TableColumn("serious", "Serious"),
        TableColumn("management", "What was done"),
        TableColumn("source_location", "Read in"),
        TableColumn("notes", "Notes", wide=True),
    )
    rows = []
    for row in rows_of(review, "adverse_events"):
        arm = arms[str(row["arm_id"])]
        study = str(arm["study_id"])
        rows.append(
            (
                Cell(str(studies[study]["label"]), row["arm_id"], None, reports.get(study, ())),
                cell(arm["label"]),
                cell(row["term"]),
                cell(row["events"]),
                cell(row["total"]),
                term(row["serious"]),
                cell(row["management"]),
                cell(row["source_location"]),
                cell(row["notes"]),
            )
        )
    return Table("adverse_events", "Adverse events as the reports tell them.", columns, tuple(rows))


def continuous_results(review: Review) -> Table:
    """Results of included studies that no proportion can hold."""
    arms, studies = by_key(review, "arms", "arm_id"), by_key(review, "studies", "study_id")
    columns = (
        TableColumn("study", "Study"),
        TableColumn("topic", "Result", wide=True),
        TableColumn("statistic", "Kind"),
        TableColumn("value", "Value", "right"),
        TableColumn("lower", "Lower", "right", where="csv"),
        TableColumn("upper", "Upper", "right", where="csv"),
        TableColumn("unit", "Unit"),
        TableColumn("n_patients", "Patients", "right"),
        TableColumn("notes", "Notes", wide=True),
    )
    rows = []
    for row in rows_of(review, "continuous_results"):
        study = studies[str(arms[str(row["arm_id"])]["study_id"])]
        rows.append(
            (
                Cell(str(study["label"]), row["arm_id"], None, (str(row["report_id"]),)),
                cell(row["topic"]),
                cell(row["statistic"]),
                _range_cell(row),
                cell(row["lower"]),
                cell(row["upper"]),
                cell(row["unit"]),
                cell(row["n_patients"]),
                cell(row["notes"]),
            )
        )
    return Table("continuous_results", "Results that fit no dichotomous outcome.", columns, tuple(rows))


def arms_without_outcome(review: Review) -> Table:
    """One row per arm that has no count of any outcome."""
    studies, reports = by_key(review, "studies", "study_id"), reports_of(review)
    counted = {row["arm_id"] for row in rows_of(review, "outcomes")}
    columns = (
        TableColumn("study", "Study"),
        TableColumn("n_treated", "Treated", "right"),
        TableColumn("arm", "Arm", wide=True),
        TableColumn("notes", "What was found", wide=True),
    )
    rows = tuple(
        (
            Cell(
                str(studies[str(arm["study_id"])]["label"]), arm["arm_id"], None, reports.get(str(arm["study_id"]), ())
            ),
            cell(arm["n_treated"]),
            cell(arm["label"]),
            cell(arm["notes"]),
        )
        for arm in rows_of(review, "arms")
        if arm["arm_id"] not in counted
    )
    return Table("no-outcome", "Arms without a count of any outcome.", columns, rows)


def _range_cell(row: Row) -> Cell:
    text = cell(row["value"]).text
    if row["lower"] is not None and row["upper"] is not None:
        limits = f"{row['lower']:g} to {row['upper']:g}"
        text = limits if row["value"] is None else f"{text} ({limits})"
    return Cell(text, row["value"])


def not_included(review: Review, decisions: Sequence[str], name: str, caption: str) -> Table:
    """Reports with one of these decisions, each with its reason; records without a row in reports.csv are left out."""
    reports, meanings = by_key(review, "reports", "report_id"), _reasons(review)
    columns = (
        TableColumn("report", "Report"),
        TableColumn("year", "Year", "right"),
        TableColumn("reason", "Reason"),
        TableColumn("stage", "Decided by"),
        TableColumn("notes", "Notes", wide=True),
    )
    rows = []
    for row in rows_of(review, "screening"):
        report = reports.get(str(row["report_id"]))
        if row["decision"] not in decisions or report is None:
            continue
        reason = meanings.get(str(row["reason"])) or words(row["reason"]) or display.DASH
        rows.append(
            (
                Cell(
                    report_name(review, str(row["report_id"])),
                    row["report_id"],
                    address(report["url_or_doi"]),
                    (str(row["report_id"]),),
                ),
                cell(report["year"]),
                Cell(reason, row["reason"]),
                Cell(_decided_by(row), row["stage"]),
                cell(row["notes"]),
            )
        )
    return Table(name, caption, columns, tuple(rows))


def _decided_by(row: Mapping[str, Any]) -> str:
    """What was read when a report was decided on."""
    if row["stage"] == "full_text" and row["reason"] == NOT_RETRIEVED:
        return SOUGHT
    return STAGES.get(str(row["stage"]), display.DASH)


def report_name(review: Review, report_id: str) -> str:
    """First author and year of a report where seen, else its title, else its id."""
    source = review.references.get(report_id)
    if source is None:
        return report_id
    year = f" {source.year}" if source.year else ""
    if source.authors:
        return source.authors[0].partition(",")[0] + year
    return shortened(source.title) if source.title else report_id


def _reasons(review: Review) -> dict[str, str]:
    """Reason for exclusion -> what it means, where the review says so."""
    return dict(review.settings.vocabulary.get(("screening", "reason"), {}))


def shortened(title: str) -> str:
    """The first words of a long title."""
    if len(title) <= TITLE_SHOWN:
        return title
    return title[:TITLE_SHOWN].rsplit(" ", 1)[0].rstrip(" ,;:-–") + "…"


def designs(review: Review) -> dict[str, int]:
    """Design -> number of included studies, most frequent first."""
    counted = Counter(str(row["design"]) for row in rows_of(review, "studies"))
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
