"""Summary of findings with the certainty that raters typed; where they have not, how to."""

from __future__ import annotations

from ...review.certainty import certainties, certainty_of, not_judged
from ...review.certainty_domains import SOURCES
from ...review.further_tables import CERTAINTY
from ...tables.findings_table import Finding, domains_table, findings_table
from ..blocks import Block, Cite, Details, Section, TableBlock, paragraph
from ..findings import Findings
from .not_yet import not_yet

TITLE = "Summary of findings"


def rows(findings: Findings) -> tuple[Finding, ...]:
    """Each outcome of the analysis with its rating."""
    found = certainties(findings.review)
    return tuple(
        Finding(
            one.spec.title + "".join(f"; {column} = {value}" for column, value in one.request.where.items()),
            str(one.spec.unit),
            one.pooled,
            certainty_of(found, one.request.outcome, one.request.where),
        )
        for one in findings.outcomes
    )


def section(findings: Findings) -> Section:
    """The table, then what is missing of it."""
    made = rows(findings)
    blocks: list[Block] = [TableBlock(findings_table(made))]
    missing = [finding.title for finding in made if finding.certainty is None or finding.certainty.overall is None]
    if len(missing) == len(made):
        blocks = [*not_yet(not_judged(), CERTAINTY), *blocks]
    else:
        how = (
            "Certainty was judged by the raters of the review, domain by domain, and typed into its table; it is not"
            " computed. A rating may end elsewhere than its domains add up to, with a reason."
        )
        blocks.insert(0, paragraph(how, " ", Cite(SOURCES)))
    if missing and len(missing) < len(made):
        blocks.append(paragraph(f"Not judged yet: {', '.join(missing)}.", kind="caution"))
        how_to = not_yet(not_judged(), CERTAINTY)[1:]
        blocks.append(Details("How to add a rating", how_to))
    if others := _elsewhere(findings):
        blocks.append(paragraph(f"Judged, but not analysed here: {', '.join(others)}."))
    if (table := domains_table(made)) is not None:
        blocks.append(Details("Every domain and its reason", (TableBlock(table),)))
    return Section("certainty", TITLE, tuple(blocks))


def _elsewhere(findings: Findings) -> list[str]:
    """Ratings of outcomes, or of arms, that this analysis does not ask for."""
    found = certainties(findings.review)
    used = [certainty_of(found, one.request.outcome, one.request.where) for one in findings.outcomes]
    titles = {name: outcome.title for name, outcome in findings.review.settings.outcomes.items()}
    return [
        titles.get(one.outcome, one.outcome)
        + "".join(f"; {column} = {' or '.join(sorted(values))}" for column, values in one.where.items())
        for one in found
        if not any(one is other for other in used)
    ]
