"""How reports were found and what became of them: PRISMA's boxes, with a number only where one was recorded."""

from __future__ import annotations

from ... import display
from ...bibliography.flow import Flow
from ...tables.table import Cell, Table, TableColumn, words
from ..blocks import Block, Section, TableBlock, paragraph
from ..findings import Findings

NOT_RECORDED = "not recorded"
SETTLED = {
    "title_abstract": "Reports settled by title or abstract",
    "full_text": "Reports sought for data, to the extent they could be seen",
}


def section(findings: Findings) -> Section:
    """Counts of screening.csv in the order of the PRISMA flow diagram."""
    flow, settings = findings.flow, findings.review.settings
    date = settings.search_date or "not stated"
    blocks: list[Block] = [
        paragraph(f"{_searched(findings)} Date of the search: {date}."),
        TableBlock(_table(findings)),
        paragraph(_seen(flow)),
    ]
    return Section("flow", "Search and flow of reports", tuple(blocks))


def _searched(findings: Findings) -> str:
    settings, flow = findings.review.settings, findings.flow
    names = "; ".join(settings.databases)
    databases = f"Databases: {names}." if names else "Databases: not searched."
    if not settings.other_sources:
        return databases
    others = f"Other sources ({'; '.join(settings.other_sources)})"
    if names:
        return f"{databases} {others}. All together: {display.plural(flow.found, 'report')}."
    return f"{databases} {others}: {flow.found}."


def _table(findings: Findings) -> Table:
    settings, flow = findings.review.settings, findings.flow
    meanings = dict(settings.vocabulary.get(("screening", "reason"), {}))
    databases = "; ".join(settings.databases)
    sources = f"Other sources ({'; '.join(settings.other_sources)})" if settings.other_sources else "Other sources"
    rows = [
        ("Identified", "Databases", NOT_RECORDED if databases else "not searched"),
        ("Identified", "All sources together" if databases else sources, flow.found),
        ("Before screening", "Duplicate records removed", NOT_RECORDED),
        ("Screened", "Reports", flow.found),
    ]
    for stage, at in (("title_abstract", "Title or abstract"), ("full_text", "Full report")):
        rows.append((at, SETTLED[stage], flow.at(stage)))
        for decision, name in (("excluded", "Excluded"), ("awaiting_classification", "Awaiting classification")):
            for reason, n in flow.reasons(decision, stage).items():
                rows.append((at, f"{name}: {meanings.get(reason) or words(reason)}", n))
    rows += [
        ("Included", "Reports that carry a study", flow.total("included")),
        ("Included", "Further reports of an included study", flow.total("duplicate_report")),
        ("Included", "Studies", flow.studies),
        ("Included", "Patients treated in them", flow.treated),
    ]
    columns = (
        TableColumn("phase", "Phase"),
        TableColumn("box", "What", wide=True),
        TableColumn("reports", "Number", "right"),
    )
    cells = tuple((Cell(phase, phase), Cell(box, box), Cell(str(n), n)) for phase, box, n in rows)
    return Table("flow", "Flow of reports, counted from the screening table.", columns, cells)


def _seen(flow: Flow) -> str:
    parts = [f"{words(code)} {n}" for code, n in flow.seen.items()]
    included = [f"{words(code)} {n}" for code, n in flow.seen_included.items()]
    return (
        f"How much was read of the {display.plural(flow.found, 'report')}: {', '.join(parts)}. Of the"
        f" {display.plural(flow.total('included'), 'report')} that carry a study: {', '.join(included)}."
    )
