"""How reports were found and what became of them: PRISMA's boxes, with a number only where one was recorded."""

from __future__ import annotations

from collections.abc import Iterator

from ... import display
from ...bibliography.flow import Flow
from ...tables.table import Cell, Table, TableColumn, cell, words
from ..blocks import Block, Details, Section, TableBlock, paragraph
from ..findings import Findings

NOT_RECORDED = "not recorded"
REMOVED = (
    "Duplicate records removed",
    "Records marked as ineligible by automation tools",
    "Records removed for other reasons",
)
NO_LOG = (
    "What was asked of each source, word for word, is not done yet: no search is logged. Each search goes into"
    " searches.csv of the review as one row, with its source, kind, date, query and the number of records found."
)
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
        *_update(flow),
        paragraph(_seen(flow)),
        *_searches(findings),
    ]
    if not findings.review.searches:
        blocks.append(paragraph(NO_LOG, kind="caution"))
    return Section("flow", "Search and flow of reports", tuple(blocks))


def _update(flow: Flow) -> Iterator[Block]:
    """What the previous version is that the flow diagram speaks of; and every number that does not agree."""
    if flow.since is not None:
        of = f"The flow diagram shows what came in since the version {flow.since.label}; the table is of all versions."
        yield paragraph(" ".join((of, *flow.since.notes, *flow.since.said)))
    yield from (paragraph(f"Does not add up: {one}", kind="caution") for one in flow.differences)


#: What PRISMA-S asks of each search (Rethlefsen 2021, 10.1186/s13643-020-01542-z), as far as the log has it.
SEARCH_COLUMNS = (
    TableColumn("source", "Source"),
    TableColumn("kind", "Kind"),
    TableColumn("date", "Date"),
    TableColumn("query", "Query", wide=True),
    TableColumn("notes", "Limits and notes", wide=True),
    TableColumn("records", "Records", "right"),
    TableColumn("duplicates_removed", "Duplicates removed", "right"),
)


def _searches(findings: Findings) -> Iterator[Block]:
    """Each search with its query, word for word, where a log was kept."""
    rows = findings.review.searches
    if rows:
        columns = tuple(one for one in SEARCH_COLUMNS if any(row.get(one.key) is not None for row in rows))
        cells = tuple(tuple(cell(row.get(column.key)) for column in columns) for row in rows)
        table = Table("searches", "Every search, with its query as it was typed.", columns, cells)
        yield Details("Searches and their queries", (TableBlock(table),))


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
    flow = findings.flow
    meanings = dict(findings.review.settings.vocabulary.get(("screening", "reason"), {}))
    to_screen, to_read, to_enter = (
        sum(getattr(one, name) for one in flow.searched) for name in ("to_screen", "to_read", "to_enter")
    )
    rows = [*_identified(findings), ("Screened", "Reports", flow.found + to_read + to_enter)]
    rows += [("Screened", "Still to be screened", to_screen)] if to_screen else []
    for stage, at in (("title_abstract", "Title or abstract"), ("full_text", "Full report")):
        rows.append((at, SETTLED[stage], flow.at(stage)))
        for decision, name in (("excluded", "Excluded"), ("awaiting_classification", "Awaiting classification")):
            for reason, n in flow.reasons(decision, stage).items():
                rows.append((at, f"{name}: {meanings.get(reason) or words(reason)}", n))
    rows += [("Full report", "Still to be sought or read", to_read)] if to_read else []
    rows += [("Full report", "Included, the study still to be entered", to_enter)] if to_enter else []
    rows += [
        ("Included", "Reports that carry a study", flow.total("included")),
        ("Included", "Further reports of an included study", flow.total("duplicate_report")),
        ("Included", "Studies", flow.studies),
        ("Included", "Patients treated in them", flow.treated),
    ]
    if flow.previous:
        named = f" ({flow.since.label})" if flow.since else ""
        rows.append(("Included", f"Studies that were in the previous version{named}", flow.previous.studies))
        rows.append(("Included", "New studies", flow.new.studies))
    if flow.since and flow.since.gone:
        rows.append(("Included", "Studies of the previous version that are no longer in", flow.since.gone))
    columns = (
        TableColumn("phase", "Phase"),
        TableColumn("box", "What", wide=True),
        TableColumn("reports", "Number", "right"),
    )
    cells = tuple((Cell(phase, phase), Cell(box, box), Cell(str(n), n)) for phase, box, n in rows)
    return Table("flow", "Flow of reports, counted from the screening table.", columns, cells)


def _identified(findings: Findings) -> Iterator[tuple[str, str, int | str]]:
    """What was found and what was removed before screening, of all versions of the review together."""
    settings, flow = findings.review.settings, findings.flow
    records = {stream.way: stream.records for stream in flow.searched}
    indexed = "databases" in records or bool(settings.databases)
    found = records.get("databases")
    yield "Identified", "Databases", (NOT_RECORDED if found is None else found) if indexed else "not searched"
    if indexed:
        known = None not in records.values()
        yield "Identified", "All sources together", sum(n or 0 for n in records.values()) if known else flow.found
    else:
        others = "; ".join(settings.other_sources)
        yield "Identified", f"Other sources ({others})" if others else "Other sources", flow.found
    for i, what in enumerate(REMOVED):
        numbers = [stream.removed[i] for stream in flow.searched]
        if None not in numbers:
            yield "Before screening", what, sum(n or 0 for n in numbers)
        elif i == 0:
            yield "Before screening", what, NOT_RECORDED


def _seen(flow: Flow) -> str:
    parts = [f"{words(code)} {n}" for code, n in flow.seen.items()]
    included = [f"{words(code)} {n}" for code, n in flow.seen_included.items()]
    return (
        f"How much was read of the {display.plural(sum(flow.seen.values()), 'report')}: {', '.join(parts)}. Of the"
        f" {display.plural(flow.total('included'), 'report')} that carry a study: {', '.join(included)}."
    )
