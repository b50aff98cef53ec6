"""How the document was made: commands, options, files, libraries, licence."""

from __future__ import annotations

import json

from ..blocks import Block, Details, Facts, Heading, Link, Section, TableBlock, paragraph, text
from ..findings import Findings
from ..inputs import inputs, inputs_table, versions

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def section(findings: Findings) -> Section:
    """Everything that is needed to make it again."""
    analysis, review = findings.analysis, findings.review
    made = ", ".join(f"{name} {version}" for name, version in versions().items())
    blocks: list[Block] = [
        paragraph(
            "Made by the program evidence from the tables of the review and one analysis file. Every number, sentence,"
            " table and figure comes from the same results, which stand in results.json."
        ),
        Facts(
            (
                ("Check the tables", text(f"evidence check {review.name}")),
                ("Build this document", text(f"evidence build {analysis.name}")),
                ("Libraries", text(made)),
                ("Licence of the tables", text(Link("CC BY 4.0", LICENCE))),
            )
        ),
        Heading("Options of each outcome, defaults included"),
        Facts(
            tuple(
                (found.spec.title, text(json.dumps(found.request.to_dict(), ensure_ascii=False, sort_keys=True)))
                for found in findings.outcomes
            )
        ),
        Details("Files and their hashes", (TableBlock(inputs_table(inputs(analysis, review))),)),
    ]
    return Section("provenance", "How this was made", tuple(blocks))
