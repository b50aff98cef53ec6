"""What earlier reviews and letters say, each claim beside what our tables hold of it."""

from __future__ import annotations

from ... import display
from ...review.codebook import items
from ...tables.review_tables import report_name
from ...tables.table import Cell, Table, TableColumn, cell, words
from ..blocks import Block, Details, Points, Section, TableBlock, paragraph, text
from ..claimed import FEW_STUDIES, FEW_UNITS, CheckedClaim
from ..findings import Findings

#: Numbers behind the printed cells, in the CSV file only.
STORED = (
    "claimed_lower",
    "claimed_upper",
    "events",
    "n",
    "observed_lower",
    "observed_upper",
    "mean",
    "mean_lower",
    "mean_upper",
    "predicted_lower",
    "predicted_upper",
)
VERDICTS = ("contradicted", "not contradicted", "too few data")
FEW = (
    f"With fewer than {FEW_STUDIES} studies, or fewer than {FEW_UNITS} patients where patients are counted, there are"
    " too few data (our thresholds). Not contradicted is not confirmed: a claim may rest on the very reports that our"
    " tables rest on."
)
OWN_FIT = (
    "The average study beside a claim is fitted to the arms of the claim alone. In the results of a group the spread"
    " between studies may be one common to all groups, so that the same counts can have another average there."
)
#: Kind of claim, of a proportion with whether it is a range -> how it is checked.
HOW = {
    "proportion": "A proportion is contradicted where it lies outside the exact limits of our summed counts (which"
    " assume one common probability) and outside those of the average study.",
    "proportion range": "A range of proportions is taken as one over reports: it is contradicted where the exact limits"
    " of one of our studies (95 % for all of them together), or the prediction interval of a new study, miss it.",
    "most_frequent": "A value said to be used most often is contradicted where more of our arms have another one.",
    "range": "A range of values is contradicted where one of our arms reports a value outside it.",
    "named_events": "Named adverse events are looked for in the arms that say anything about adverse events. One that"
    " is said not to occur and was seen contradicts; one that was not seen proves nothing.",
}


def section(findings: Findings) -> Section | None:
    """Claims that could be checked with their verdicts; the others listed with the reason."""
    if not findings.claims:
        return None
    checked = [claim for claim in findings.claims if claim.verdict != "not checked"]
    others = [claim for claim in findings.claims if claim.verdict == "not checked"]
    blocks: list[Block] = [paragraph(_counted(findings, checked), kind="lead" if checked else "plain")]
    if checked:
        blocks.append(Points(tuple(text(how) for key, how in HOW.items() if key in {_kind(one) for one in checked})))
        blocks.append(paragraph(FEW))
        if any(one.estimate is not None for one in checked):
            blocks.append(paragraph(OWN_FIT))
        blocks.append(TableBlock(_checked(findings, checked)))
    if others:
        table, what = _others(findings, others), "Claims that were not held against our tables"
        blocks.append(Details(f"{what}: {len(others)}", (TableBlock(table),), f"{what}: tables/{table.name}.csv."))
    return Section("claims", "Earlier claims", tuple(blocks))


def _counted(findings: Findings, checked: list[CheckedClaim]) -> str:
    many = display.plural(len(findings.claims), "claim")
    if not checked:
        verb = "was" if len(findings.claims) == 1 else "were"
        return f"{many} of earlier reports {verb} read, none of which our tables can be held against."
    verb = "was" if len(checked) == 1 else "were"
    counts = {verdict: sum(claim.verdict == verdict for claim in checked) for verdict in VERDICTS}
    said = ", ".join(f"{verdict} {n}" for verdict, n in counts.items() if n)
    return f"{len(checked)} of {many} of earlier reports {verb} held against our tables: {said}."


def _kind(claim: CheckedClaim) -> str:
    return f"{claim.row['kind']}{' range' if claim.is_proportion and claim.is_range else ''}"


def _checked(findings: Findings, claims: list[CheckedClaim]) -> Table:
    columns = (
        TableColumn("report", "Stated by"),
        TableColumn("topic", "Claim", wide=True),
        TableColumn("claimed", "Claimed", where="page"),
        TableColumn("verdict", "Verdict"),
        TableColumn("found", "In our tables", wide=True),
        *(TableColumn(name, name, "right", where="csv") for name in STORED),
        TableColumn("studies", "Studies", "right"),
        TableColumn("notes", "Notes", wide=True),
    )
    rows = tuple(
        (
            _report(findings, claim),
            cell(claim.row["topic"]),
            Cell(_claimed(claim)),
            Cell(claim.verdict, claim.verdict),
            Cell(claim.found, claim.found),
            *(Cell("", claim.to_dict()[name]) for name in STORED),
            cell(claim.studies),
            cell(_notes(claim)),
        )
        for claim in claims
    )
    footnotes = (
        "Studies: those of ours that the verdict rests on, of adverse events those that say anything about them.",
    )
    return Table("claims", "Earlier claims beside our tables.", columns, rows, footnotes)


def _others(findings: Findings, claims: list[CheckedClaim]) -> Table:
    columns = (
        TableColumn("report", "Stated by"),
        TableColumn("topic", "Claim", wide=True),
        TableColumn("stated", "Value", "right", where="page"),
        *(TableColumn(name, name, "right", where="csv") for name in ("value", "lower", "upper", "unit")),
        TableColumn("kind", "Kind"),
        TableColumn("notes", "Notes", wide=True),
    )
    rows = tuple(
        (
            _report(findings, claim),
            cell(claim.row["topic"]),
            Cell(_stated(claim)),
            *(cell(claim.row[name]) for name in ("value", "lower", "upper", "unit")),
            Cell(words(claim.row["kind"]) or display.DASH, claim.row["kind"]),
            cell(_notes(claim)),
        )
        for claim in claims
    )
    return Table("claims-not-checked", "Claims that were not held against our tables.", columns, rows)


def _report(findings: Findings, claim: CheckedClaim) -> Cell:
    report = str(claim.row["report_id"])
    return Cell(report_name(findings.review, report), claim.row["claim_id"], None, (report,))


def _claimed(claim: CheckedClaim) -> str:
    if claim.row["kind"] == "named_events":
        names = ", ".join(items(claim.row.get("events") or ""))
        denied = "do not occur" if claim.row.get("denied") == "yes" else ""
        value = _stated(claim) if claim.row["value"] is not None else ""
        return ": ".join(part for part in (names, value or denied) if part) or display.DASH
    if claim.lower is None or claim.row["kind"] != "proportion":
        return _stated(claim)
    return display.percent_interval(claim.lower, claim.upper) if claim.is_range else display.percent(claim.lower)


def _stated(claim: CheckedClaim) -> str:
    row = claim.row
    parts = [display.significant(float(row["value"]))] if row["value"] is not None else []
    if row["lower"] is not None and row["upper"] is not None:
        limits = f"{display.significant(float(row['lower']))} to {display.significant(float(row['upper']))}"
        parts.append(f"({limits})" if parts else limits)
    if not parts:
        return display.DASH
    shown, unit = " ".join(parts), str(row["unit"] or "")
    return f"{shown} {_singular(unit) if shown == '1' else unit}".strip()


def _singular(unit: str) -> str:
    """``patient`` of ``patients``: a unit after the number 1."""
    return unit.removesuffix("s") if " " not in unit else unit


def _notes(claim: CheckedClaim) -> str | None:
    found = [str(claim.row[name]) for name in ("check_note", "notes") if claim.row.get(name)]
    if claim.own:
        found.append("our tables hold the report's own patients too")
    return "; ".join(dict.fromkeys(found)) or None
