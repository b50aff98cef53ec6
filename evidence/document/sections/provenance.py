"""How the document was made: commands, options, files, libraries, licence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..blocks import Block, Details, Facts, Link, Section, TableBlock, Text, paragraph, text
from ..findings import Findings, OutcomeFindings
from ..inputs import inputs, inputs_table, versions

if TYPE_CHECKING:
    from ...review.review import Review

LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}

FONT = (
    "DejaVu Sans; the page holds the letters that its figures need. Its licence (that of Bitstream Vera, changes in"
    " the public domain) allows this, and stands in the font."
)


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
                ("Licence of the tables", _licence(review)),
                ("Font of the figures", text(FONT)),
            )
        ),
        Details(
            "Options of each outcome, defaults included",
            (Facts(tuple((found.spec.title, text(_options(_request(found)))) for found in findings.outcomes)),),
            "Options of each outcome, defaults included: results.json.",
        ),
        Details(
            "Files and their hashes",
            (TableBlock(inputs_table(inputs(analysis, review))),),
            "The files that were read and their hashes: tables/inputs.csv, results.json.",
        ),
    ]
    return Section("provenance", "How this was made", tuple(blocks))


def _request(found: OutcomeFindings) -> dict[str, Any]:
    """What was asked for, with the review's own time rule where the analysis has none."""
    values = found.request.to_dict()
    return values if values["time"] is not None else {**values, "time": str(found.spec.time)}


def _licence(review: Review) -> Text:
    """The SPDX line of the LICENSE beside the tables or beside the review's folder."""
    for folder in (review.path, review.path.parent):
        file = folder / "LICENSE"
        if file.is_file():
            found = re.search(r"SPDX-License-Identifier: *(\S+)", file.read_text(encoding="utf-8", errors="replace"))
            name = found[1] if found else "see the file LICENSE beside the tables"
            return text(Link(name, LICENCES[name]) if name in LICENCES else name)
    return text("not stated")


def _options(values: Mapping[str, Any]) -> str:
    """Options as they are set, one after the other: ``model: logistic-normal (level 0.95, limits profile-t); ...``."""
    return "; ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in values.items())


def _value(value: Any) -> str:
    match value:
        case {"name": name, **options}:
            return f"{name} ({', '.join(f'{key} {_value(item)}' for key, item in options.items())})"
        case {"question": question, "options": dict() as asked}:
            return f"{question} ({_value(asked)})" if asked else str(question)
        case {"figure": figure, "options": dict() as drawn}:
            return f"{figure} ({_value(drawn)})" if drawn else str(figure)
        case dict():
            return ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) or "none"
        case list():
            return ", ".join(_value(item) for item in value) or "none"
        case None:
            return "not set"
    return str(value)
