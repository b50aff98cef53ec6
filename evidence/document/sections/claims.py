"""What earlier reviews and letters say, beside our own counts."""

from __future__ import annotations

from ... import display
from ...tables.review_tables import report_name
from ...tables.table import Cell, Table, TableColumn, cell, words
from ..blocks import Block, Details, Section, TableBlock, paragraph
from ..claims import FEW_STUDIES, FEW_UNITS, CheckedClaim
from ..findings import Findings

#: Numbers behind the printed cells, in the CSV file only.
STORED = ("claimed_lower", "claimed_upper", "events", "n", "observed_lower", "observed_upper")


def section(findings: Findings) -> Section | None:
    """Claims about a proportion beside our counts; the others listed."""
    if not findings.claims:
        return None
    checked = [claim for claim in findings.claims if claim.verdict != "not checked"]
    others = [claim for claim in findings.claims if claim.verdict == "not checked"]
    many = display.plural(len(findings.claims), "claim")
    intro = (
        f"{len(checked)} of {many} {'is a proportion' if len(checked) == 1 else 'are proportions'} of an outcome of"
        " this review and stand beside our counts. A claim is contradicted when it lies outside our exact limits;"
        f" with fewer than {FEW_STUDIES} studies or {FEW_UNITS} patients (our threshold) there are too few data. The"
        " limits assume one common probability, and the claims may rest on the same reports as our tables."
        if checked
        else f"{many}, none of them a proportion of an outcome of this review that our counts can stand beside."
    )
    blocks: list[Block] = [paragraph(intro)]
    if checked:
        blocks.append(TableBlock(_checked(findings, checked)))
    if others:
        table, what = _others(findings, others), "Claims that were not held against our counts"
        blocks.append(Details(what, (TableBlock(table),), f"{what}: tables/{table.name}.csv."))
    return Section("claims", "Earlier claims", tuple(blocks))


def _checked(findings: Findings, claims: list[CheckedClaim]) -> Table:
    columns = (
        TableColumn("report", "Stated by"),
        TableColumn("topic", "Claim", wide=True),
        TableColumn("claimed", "Claimed", "right", where="page"),
        TableColumn("counts", "Our counts", "right", where="page"),
        TableColumn("limits", "Exact limits", "right", where="page"),
        *(TableColumn(name, name, "right", where="csv") for name in STORED),
        TableColumn("studies", "Studies", "right"),
        TableColumn("verdict", "Verdict"),
        TableColumn("notes", "Notes", wide=True),
    )
    rows = tuple(
        (
            _report(findings, claim),
            cell(claim.row["topic"]),
            Cell(_claimed(claim)),
            Cell(display.count(claim.events, claim.n)),
            Cell(display.percent_interval(*claim.limits) if claim.limits else display.DASH),
            *(Cell("", claim.to_dict()[name]) for name in STORED),
            cell(claim.studies),
            Cell(claim.verdict, claim.verdict),
            cell(_notes(claim)),
        )
        for claim in claims
    )
    return Table("claims", "Claims about a proportion, beside our counts.", columns, rows)


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
    return Table("claims-not-checked", "Claims that were not held against our counts.", columns, rows)


def _report(findings: Findings, claim: CheckedClaim) -> Cell:
    report = str(claim.row["report_id"])
    return Cell(report_name(findings.review, report), claim.row["claim_id"], None, (report,))


def _claimed(claim: CheckedClaim) -> str:
    if claim.lower is None:
        return display.DASH
    if claim.is_range:
        return display.percent_interval(claim.lower, claim.upper)
    return display.percent(claim.lower)


def _stated(claim: CheckedClaim) -> str:
    row = claim.row
    parts = [cell(row["value"]).text] if row["value"] is not None else []
    if row["lower"] is not None and row["upper"] is not None:
        parts.append(f"{row['lower']:g} to {row['upper']:g}")
    return " ".join([", ".join(parts) or display.DASH, str(row["unit"] or "")]).strip()


def _notes(claim: CheckedClaim) -> str | None:
    found = [str(claim.row[name]) for name in ("check_note", "notes") if claim.row.get(name)]
    return "; ".join(found) or None
