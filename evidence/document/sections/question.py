"""What was asked, of whom, and who answers for it."""

from __future__ import annotations

from ..blocks import Block, Facts, Heading, Section, Text, paragraph, text
from ..findings import Findings

NOT_STATED = "not stated"
#: What every review must say of its criteria, in this order; others follow.
PICO = ("population", "intervention", "comparison", "outcome", "designs")


def section(findings: Findings) -> Section:
    """Question, eligibility, outcomes, and what every review must state; nothing left silent."""
    settings = findings.review.settings
    blocks: list[Block] = [paragraph(settings.question, kind="lead")]
    criteria = {**dict.fromkeys(PICO, ""), **settings.eligibility}
    facts = tuple((_heading(name), text(value or NOT_STATED)) for name, value in criteria.items())
    blocks += [Heading("Eligibility"), Facts(facts)]
    blocks += [Heading("Outcomes"), Facts(_outcomes(findings))]
    stated: list[tuple[str, Text]] = [
        (name, text(value or NOT_STATED))
        for name, value in (
            ("Registration", settings.registration),
            ("Protocol", settings.protocol),
            ("Databases", "; ".join(settings.databases) or "none searched"),
            ("Other sources", "; ".join(settings.other_sources)),
            ("Search date", settings.search_date),
            ("Curators", "; ".join(settings.curators)),
            ("Funding", settings.funding),
            ("Competing interests", settings.interests),
        )
    ]
    blocks += [Heading("Registration, search, funding and interests"), Facts(tuple(stated))]
    return Section("question", "Question and eligibility", tuple(blocks))


def _outcomes(findings: Findings) -> tuple[tuple[str, Text], ...]:
    asked = {found.spec.name for found in findings.outcomes}
    facts = []
    for spec in findings.review.settings.outcomes.values():
        unit = f" Counted in {spec.unit}s."
        unused = "" if spec.name in asked else " Extracted, not analysed here."
        facts.append((spec.title, text(spec.definition.rstrip(".") + "." + unit + unused)))
    return tuple(facts)


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()
