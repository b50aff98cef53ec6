"""How reports were found, read and entered, in the words of a methods section."""

from __future__ import annotations

from collections.abc import Sequence

from .. import display
from ..double_extraction import IDENTICAL, Comparison, DoubleExtraction, double_extraction
from ..review.extraction import read_extractions
from ..review.side_by_side import COUNT
from ..tables.table import words
from .findings import Findings

WORDS = {2: "Two", 3: "Three"}


def found_and_read(findings: Findings) -> str:
    """Sources and date of the search, how far the included reports were read, and who entered the counts."""
    return " ".join((_searched(findings), _read(findings), _entered(findings)))


def _searched(findings: Findings) -> str:
    settings = findings.review.settings
    many = len(settings.databases) > 1
    named = f"database{'s' if many else ''} {_and(settings.databases)} {'were' if many else 'was'} searched."
    texts = [f"The {named}" if settings.databases else "No bibliographic database was searched."]
    if settings.other_sources:
        texts.append(f"Other sources: {_and(settings.other_sources)}.")
    texts.append(f"Date of the search: {settings.search_date or 'not stated'}.")
    return " ".join(texts)


def _read(findings: Findings) -> str:
    flow = findings.flow
    seen = ", ".join(f"{words(code)} {n}" for code, n in flow.seen_included.items())
    carrying = flow.total("included")
    bare = len(unlisted(findings))
    listed = (
        f"; every {'report that was sought in full' if bare else 'report that is not in'} is listed with the reason"
    )
    counted = f", {display.plural(bare, 'record')} excluded by title or abstract {'is' if bare == 1 else 'are'} counted"
    what = "record" if findings.review.searched.tallies else "report"
    return (
        f"{display.plural(flow.found, what)} {'was' if flow.found == 1 else 'were'} screened against the criteria"
        f" of eligibility above{_people(findings)}{listed}{counted if bare else ''}. How much was read of the"
        f" {display.plural(carrying, 'report')} that {'carries' if carrying == 1 else 'carry'} a study: {seen}."
    )


def _people(findings: Findings) -> str:
    """How many screened, where the screeners' files tell it."""
    people, needed = findings.review.searched.people, findings.review.settings.screening.screeners
    if not people:
        return ""
    if people == 1:
        return " by one person"
    many = WORDS.get(needed, str(needed)).casefold()
    return f" by {people} people" + (f", each by {many} who did not see what the other said" if needed > 1 else "")


def unlisted(findings: Findings) -> list[str]:
    """Records that are excluded by title or abstract and have no row in reports.csv: they are counted, not listed."""
    described = {row["report_id"] for row in findings.review.rows("reports")}
    rows = findings.review.rows("screening")
    return [
        str(row["report_id"]) for row in rows if row["decision"] == "excluded" and row["report_id"] not in described
    ]


def _entered(findings: Findings) -> str:
    """Who entered the counts, where it is known."""
    review = findings.review
    people = len(read_extractions(review))
    if people == 0:
        return "How many people entered the counts is not stated."
    if people == 1:
        return "The counts were entered by one extractor; nobody entered them a second time."
    many = WORDS.get(people, str(people))
    found = double_extraction(review)
    text = f"{many} extractors entered the counts, each into a table of their own, and {_settled(found)}"
    rows = review.rows("outcomes")
    alike = sum(row["agreed_by_both"] == "yes" for row in rows)
    if people == 2 and any(row["agreed_by_both"] is not None for row in rows):
        text += f"; {alike} of {display.plural(len(rows), 'count')} in the tables are as both had entered them"
    return f"{text}.{_agreed(found, people)}"


def _settled(found: DoubleExtraction) -> str:
    """Whether counts differed, and whether that was adjudicated."""
    differing, waiting = (sum(one.cell.name == COUNT for one in some) for some in (found.disagreements, found.open))
    if not differing:
        return "no count differed"
    if waiting:
        return f"{display.plural(waiting, 'difference is', 'differences are')} not adjudicated yet"
    return "differences were adjudicated"


def _agreed(found: DoubleExtraction, people: int) -> str:
    """How many counts were alike before adjudication, with exact limits; nothing where none was entered twice."""
    counts = [row for row in found.comparisons if row.metric.startswith(IDENTICAL)]
    if not counts or counts[0].n == 0:
        return ""
    both, either = counts
    every, some, one = ("both", "either", "one") if people == 2 else ("all", "any", "some")
    return (
        f" Before adjudication {_share(both)} that {every} had entered were identical in events and total; with those"
        f" that {one} left empty as disagreements, {_share(either)} that {some} had entered."
        " The limits take all counts as independent; counts of one arm are not."
    )


def _share(row: Comparison) -> str:
    limits = display.percent_interval(row.percent.lower, row.percent.upper)
    return f"{row.agree} of the {row.n} counts ({display.percent(row.percent.value)}, exact limits {limits})"


def _and(parts: Sequence[str]) -> str:
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)
