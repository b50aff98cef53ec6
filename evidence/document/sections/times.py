"""Time to response and follow-up: what is reported, and by how few."""

from __future__ import annotations

from ...response_times import ResponseTimes, Span
from ...tables.given_tables import count_times_table, patient_times_table, span_words
from .. import given
from ..blocks import Block, Section, TableBlock, paragraph
from ..findings import Findings

TITLE = "Time to response and follow-up"
NO_CURVE = (
    "No curve of the time to response (Kaplan-Meier) is drawn: it needs the time of every patient, of those without a"
    " response too"
)
CHOSEN = ", and the patients described one by one were chosen by whoever wrote of them."


def section(findings: Findings) -> Section:
    """Times of single patients by extent of response, times of the counts, and why there is no curve."""
    found = given.times(findings)
    if not found.any_reported:
        words = (
            "No time to a response, of treatment, of follow-up or of a count is reported for any of the"
            f" {found.treated} treated patients."
        )
        return Section("time-to-response", TITLE, (paragraph(words, kind="caution"),))
    blocks: list[Block] = [paragraph(_patients(found), kind="lead")]
    if found.patients:
        blocks.append(TableBlock(patient_times_table(found)))
    if any(one.arms for one in found.counts):
        blocks += [paragraph(_counts(found)), TableBlock(count_times_table(found))]
    blocks.append(paragraph(NO_CURVE + (CHOSEN if found.patients else ".")))
    return Section("time-to-response", TITLE, tuple(blocks))


def _patients(found: ResponseTimes) -> str:
    if not found.patients:
        return f"None of the {found.treated} treated patients is described one by one."
    every = found.patients[0]
    said = f"{every.patients} of {found.treated} treated patients are described one by one."
    if every.patients == 1:
        said = f"1 of {found.treated} treated patients is described one by one."
    if found.response_column is None:
        said += (
            " The time until a response was not extracted: the tables have no column for it. To add it, give"
            " patients.csv a column response_months, and declare it with its unit in review.toml."
        )
    else:
        said += f" The time until the response is reported for {every.responded.k}{_of(every.responded)}."
    if found.duration_column is not None:
        said += f" How long they were treated is reported for {every.treated.k}{_of(every.treated)}."
    return said + f" How long they were followed is reported for {every.followed.k}{_of(every.followed)}."


def _of(span: Span) -> str:
    return "" if span.lowest is None else f" ({span_words(span.lowest, span.highest)} months)"


def _counts(found: ResponseTimes) -> str:
    parts = [f"{one.outcome} {one.span.k} of {one.arms}" for one in found.counts if not one.with_events and one.arms]
    return f"Arms that report when an outcome was counted, of those that have a count: {'; '.join(parts)}."
