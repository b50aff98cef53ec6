"""What the summary must say first, each sentence made from results; a sentence without data is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .. import display
from ..review.harm_statements import telling_arms
from ..tables.records import by_key, rows_of
from ..tables.table import words
from .claimed import CheckedClaim
from .findings import Findings, OutcomeFindings

if TYPE_CHECKING:
    from ..pooling.subgroups import Subgroups


@dataclass(frozen=True, slots=True)
class Sentence:
    """One point of the summary.

    Attributes:
        name: Stable name of the point.
        title: What the point is about, a few words.
        text: The sentence or sentences.
        numbers: Every number in the text at full precision, by name; text and results.json share them.
        cites: References it leans on.
    """

    name: str
    title: str
    text: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    cites: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"name": self.name, "title": self.title, "text": self.text, "numbers": dict(self.numbers)}


def summary(findings: Findings) -> tuple[Sentence, ...]:
    """Every point that these data give, in the order in which a reader needs them."""
    points = (
        method_range(findings),
        selection(findings),
        coverage(findings),
        definitions(findings),
        groups(findings),
        harms(findings),
        *claims(findings),
        *(Sentence(f"caveat-{i}", "Also", text) for i, text in enumerate(findings.analysis.caveats, start=1)),
    )
    return tuple(point for point in points if point is not None)


def method_range(findings: Findings) -> Sentence | None:
    """How far the estimate depends on the method, widest outcome first, and why."""
    wide = [found for found in findings.outcomes if found.is_pooled and _ends(found) is not None]
    if not wide:
        return None
    wide.sort(key=lambda found: -_width(found))
    texts, numbers = [], {}
    for i, found in enumerate(wide):
        low, high = _ends(found) or (0.0, 0.0)
        counts = f"{found.pooled.events} of {found.pooled.n} {units(found)}"
        texts.append(f"{found.spec.title} {_span(low, high, i, units(found))}, on the same {counts}{_why(found, i)}.")
        parts = [dict(line) for line in found.pooled.headline.lines]
        counted = {"events": found.pooled.events, "n": found.pooled.n, "parts": parts}
        numbers[found.name] = {"lowest": low, "highest": high, **counted}
    return Sentence("method-range", "How much the method matters", " ".join(texts), numbers)


def _span(low: float, high: float, place: int, counted: str) -> str:
    if display.of_hundred(low) == display.of_hundred(high):
        return f"is {display.of_hundred(low)} {counted} by every method"
    return f"ranges {'likewise ' if place else ''}from {display.hundred_interval(low, high)} {counted} by method"


def _why(found: OutcomeFindings, place: int) -> str:
    """Because the series and the small reports differ; said once, for the widest outcome."""
    differ = any(note.code == "informative-size" for note in found.pooled.notes)
    lines = {bool(line["members"]): line for line in found.pooled.headline.lines}
    if place or not differ or set(lines) != {True, False}:
        return ""
    members = " and ".join(f"{m['events']} of {m['n']} in {m['label']}" for m in lines[True]["members"])
    small = lines[False]
    return (
        f", because {lines[True]['label']} say {members}, and {small['label']} together {small['events']} of"
        f" {small['n']}: the models average over studies, however small, and the observed count over patients"
    )


def selection(findings: Findings) -> Sentence | None:
    """Who gets reported, and where the failures are."""
    arms, studies = rows_of(findings.review, "arms"), by_key(findings.review, "studies", "study_id")
    single = sum(studies[str(arm["study_id"])]["design"] == "case_report" for arm in arms)
    texts: list[str] = []
    numbers: dict[str, Any] = {"case_reports": single, "arms": len(arms)}
    if single:
        known = "Case reports are selected for success, since failures are seldom written up"
        texts.append(f"{known}: {_case_reports(single, len(arms))}.")
    if whole := _whole(findings):
        failures, without = _failures(whole)
        texts.append(without)
        numbers |= failures
    if findings.analysis.selection:
        texts.append(findings.analysis.selection)
    return Sentence("selection", "Who gets reported", " ".join(texts), numbers) if texts else None


def _whole(findings: Findings) -> OutcomeFindings | None:
    """The outcome that others are part of, if the review has one."""
    parts = {found.spec.part_of for found in findings.outcomes}
    return next((found for found in findings.outcomes if found.spec.name in parts), None)


def _failures(found: OutcomeFindings) -> tuple[dict[str, int], str]:
    missed: dict[str, int] = {}
    for study in found.pooled.studies:
        if study.n > study.events:
            label = str(study.columns.get("study") or study.label)
            missed[label] = missed.get(label, 0) + study.n - study.events
    total = sum(missed.values())
    if not total:
        return {}, f"Every {units(found, 1)} in the pool is counted as {lower(found.spec.title)}."
    label, most = max(missed.items(), key=lambda item: item[1])
    whose = f"{units(found, total)} not counted as {lower(found.spec.title)}"
    rest = len(missed) - 1
    if not rest:
        text = f"All {total} {whose} are in one study, {label}." if total > 1 else f"The only {whose} is in {label}."
    else:
        studies = display.plural(rest, "other study", "other studies")
        text = f"Of {total} {whose}, {most} {_is(most)} in one study, {label}, and {total - most} in {studies}."
    return {"without": total, "in_one_study": most, "in_others": total - most, "other_studies": rest}, text


def coverage(findings: Findings) -> Sentence | None:
    """How many of the treated are in each estimate, and which groups rest on a few of them."""
    pooled = [found for found in findings.outcomes if found.is_pooled and found.pooled.context is not None]
    if not pooled:
        return None
    whole = _whole(findings)
    pooled.sort(key=lambda found: found is not whole)
    parts = [f"{_counted(found, i)} in {lower(found.spec.title)}" for i, found in enumerate(pooled)]
    text = f"Of {findings.treated} treated patients, {_and(parts)}."
    if any(found.pooled.n < findings.treated for found in pooled):
        text += " Of the others there is no count that could be used."
    numbers: dict[str, Any] = {"treated": findings.treated, **{found.name: found.pooled.n for found in pooled}}
    found = whole or pooled[0]
    for grouped in found.subgroups[:1]:
        result = grouped.result
        shares = [
            (label, _in_pool(result, label), context.treated)
            for label, context in grouped.selection.group_contexts.items()
            if context.treated
        ]
        rests = [
            f"{n} of {treated} treated patients ({name(label)})" for label, n, treated in shares if 2 * n < treated
        ]
        if rests:
            text += f" By {lower(result.heading)}, {lower(found.spec.title)} rests on {_and(rests)}."
            numbers["groups"] = {label: {"n": n, "treated": treated} for label, n, treated in shares}
    return Sentence("coverage", "How many are counted", text, numbers)


def _counted(found: OutcomeFindings, place: int = 0) -> str:
    """How many are counted; what is not a patient is named. After the first place the verb is understood."""
    n = found.pooled.n
    if found.spec.unit != "patient":
        return f"{display.plural(n, str(found.spec.unit))} {_is(n)} counted"
    return str(n) if place else f"{n} {_is(n)} counted"


def _in_pool(result: Subgroups, label: str) -> int:
    return next((pooled.n for name, pooled in result.groups if name == label), 0)


def definitions(findings: Findings) -> Sentence | None:
    """What an outcome mixes, and how far the unread extents move it."""
    texts: list[str] = []
    numbers: dict[str, Any] = {}
    whole = _whole(findings)
    worded, low = _wordings(whole) if whole is not None else (0, 0)
    if whole is not None and worded:
        arms = len(whole.pooled.studies)
        texts.append(
            f"{whole.spec.title} is what each report called so: {display.plural(worded, 'wording')} in"
            f" {display.plural(arms, 'arm')}; {low} of these counts {_was(low)} read with low confidence."
        )
        numbers["wordings"] = {"definitions": worded, "arms": arms, "low_confidence": low}
    for found in sorted(findings.outcomes, key=lambda found: found is not whole):
        if found.request.caveat:
            texts.append(found.request.caveat)
        if moved := _unread(found):
            (low, few), (high, many) = moved
            part = lower(found.spec.title)
            texts.append(
                f"Of {high - low} {units(found, high - low)} it could not be read whether they had {part}. If none of"
                f" these had, {part}"
                f" would be {display.of_hundred(low / few)} {units(found)} ({low} of {few}); if all of them had,"
                f" {display.of_hundred(high / many)} ({high} of {many})."
            )
            numbers[found.name] = {
                "unread": high - low,
                "lowest": low,
                "lowest_n": few,
                "lowest_share": low / few,
                "highest": high,
                "highest_n": many,
                "highest_share": high / many,
            }
    return Sentence("definitions", "What counts as an outcome", " ".join(texts), numbers) if texts else None


def _wordings(found: OutcomeFindings) -> tuple[int, int]:
    rows = found.selection.columns
    return int(rows["definition"].nunique()), int((rows["confidence"] == "low").sum())


def _unread(found: OutcomeFindings) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Events and n with every unread extent counted as without the outcome, and as with it."""
    counted = sorted((int(c.counts.events.sum()), int(c.counts.n.sum())) for c in found.unread.values())
    return (counted[0], counted[-1]) if len(counted) > 1 else None


def groups(findings: Findings) -> Sentence | None:
    """That groups are not compared."""
    headings = list(dict.fromkeys(grouped.result.heading for found in findings.outcomes for grouped in found.subgroups))
    if not headings:
        return None
    tested = any(grouped.result.test for found in findings.outcomes for grouped in found.subgroups)
    what = (
        "Tests are shown where two groups are large enough; groups are never ranked"
        if tested
        else "No test, no ranking"
    )
    text = (
        f"Groups by {_and([lower(heading) for heading in headings])} are shown, not compared. {what}: patients were not"
        " put into them by chance, and the reports differ in more than that."
    )
    return Sentence("groups", "Groups are not compared", text, {})


def harms(findings: Findings) -> Sentence | None:
    """Adverse events and other sparse outcomes: counts in few arms, not rates."""
    review = findings.review
    arms = len(rows_of(review, "arms"))
    telling = harm_arms(findings)
    says = "says" if len(telling) == 1 else "say"
    texts = [f"{len(telling)} of {arms} arms {says} anything about adverse events."] if telling else []
    numbers: dict[str, Any] = {"arms": arms, "arms_telling": len(telling)}
    for found in findings.outcomes:
        if not found.is_pooled:
            texts.append(f"{found.spec.title}: {_observed(found)}.")
            numbers[found.name] = {"events": found.pooled.events, "n": found.pooled.n}
    if not texts:
        return None
    silence = " An arm that says nothing is not free of them." if telling else ""
    few = "in few arms" if 2 * len(telling) < arms else "in those arms"
    texts.append(f"These are counts {few}, not rates.{silence}")
    return Sentence("harms", "Harms, and what is too sparse to pool", " ".join(texts), numbers)


def _observed(found: OutcomeFindings) -> str:
    """The count, in how many arms, and how many of the treated that is."""
    pooled, context = found.pooled, found.pooled.context
    text = f"{pooled.events} of {pooled.n} {units(found)}"
    if context is None:
        return text
    text += f" in {context.arms_in} of {display.plural(context.arms_all, 'arm')}"
    return text if context.treated is None else f"{text}; of {context.treated} treated patients {_counted(found)}"


def harm_arms(findings: Findings) -> frozenset[str]:
    """Arms with any statement about adverse events."""
    return telling_arms(findings.review)


def claims(findings: Findings) -> tuple[Sentence, ...]:
    """Claims of a range of proportions, beside our counts."""
    return tuple(
        _claim(findings, claim)
        for claim in findings.claims
        if claim.is_proportion and claim.is_range and claim.verdict != "not checked"
    )


def _claim(findings: Findings, claim: CheckedClaim) -> Sentence:
    from ..tables.review_tables import report_name

    report = str(claim.row["report_id"])
    stated = display.percent_interval(claim.lower, claim.upper)
    said = {
        "too few data": "The data can't say",
        "not contradicted": "The data do not contradict it",
        "contradicted": "The data contradict it",
        "not checked": "Not checked",
    }[claim.verdict]
    counts = "no count of it in our tables"
    if claim.limits is not None:
        studies = display.plural(claim.studies or 0, "study", "studies")
        limits = display.percent_interval(*claim.limits)
        counts = (
            f"{claim.events} of {claim.n} patients in {studies}, which fits anything from {limits} (exact 95 % limits)"
        )
    text = f"{report_name(findings.review, report)} states {stated} for “{claim.row['topic']}”. {said}: {counts}."
    return Sentence(f"claim-{claim.row['claim_id']}", "An earlier claim", text, claim.to_dict(), (report,))


def beside(found: OutcomeFindings) -> str:
    """What stands beside every estimate: the share of case reports, and whether anything was compared."""
    context = found.pooled.context
    if context is None or not context.arms_in:
        return ""
    share = display.percent(context.case_reports / context.arms_in)
    text = f"{_case_reports(context.case_reports, context.arms_in, f' ({share})')}; "
    if not context.comparison:
        return text + "no comparison group."
    return text + f"{display.plural(context.comparison, 'arm')} with a comparison group, which these counts do not use."


def range_sentence(found: OutcomeFindings) -> str:
    """The range over methods in one sentence, and how far unread extents move the count."""
    ends = _ends(found)
    counts = f"{found.pooled.events} of {found.pooled.n} {units(found)}"
    if ends is None:
        return f"{counts}: one way to read the counts."
    text = f"{display.percent_interval(*ends)} by method, on the same {counts}."
    if moved := _unread(found):
        (low, few), (high, many) = moved
        text += (
            f" With the extents that were not read: {display.percent(low / few)} ({low} of {few}) if none of them"
            f" counts, {display.percent(high / many)} ({high} of {many}) if all do."
        )
    return text


def _case_reports(single: int, arms: int, share: str = "") -> str:
    return f"{single} of {arms} arms{share} {'is a case report' if single == 1 else 'are case reports'}"


def _ends(found: OutcomeFindings) -> tuple[float, float] | None:
    """Lowest and highest estimate on the same counts."""
    same = [row for row in found.standing.rows if row.same_counts]
    values = [value for row in same for value in (row.estimate, row.estimate_to) if value is not None]
    return (min(values), max(values)) if len(values) > 1 else None


def _width(found: OutcomeFindings) -> float:
    low, high = _ends(found) or (0.0, 0.0)
    return high - low


def _is(n: int) -> str:
    return "is" if n == 1 else "are"


def _was(n: int) -> str:
    return "was" if n == 1 else "were"


def units(found: OutcomeFindings, n: int = 2) -> str:
    """What is counted, in the plural unless n is 1."""
    unit = str(found.spec.unit)
    return unit if n == 1 else unit + "s"


def lower(title: str) -> str:
    """A title inside a sentence: its first letter small, unless it is an abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def name(label: str) -> str:
    """A group's label as words."""
    return words(label) or label


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
