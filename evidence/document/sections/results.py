"""Each outcome: what was counted, what was computed, what every other method says, and who is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ... import display
from ...pooling.result import Interval, Note
from ...tables.result_tables import arm_table, left_out_table, standing_table, subgroup_table
from ...tables.table import Table
from ...updates.conclusions import verdict_text
from ..blocks import Block, Code, Details, Heading, Notes, Points, Section, Strong, TableBlock, paragraph, text
from ..findings import Findings, OutcomeFindings
from ..sentences import beside, lower, range_sentence, units

CONCLUSIONS = "Conclusions, each by a rule of the analysis"
#: What stands under the sentences on what would change a conclusion.
ASSUMED = (
    "The rates of new series are assumed: half way from the threshold to the end of the scale that would change it, and"
    " that end; new series are pooled as studies of their own, by the same model."
)

#: Codes of notes that speak of pooled values only.
ABOUT_ESTIMATES = frozenset(
    {
        "all-or-none",
        "limit-open",
        "little-information",
        "mean-limit-far",
        "mean-median-apart",
        "prediction-bayes",
        "prediction-narrower",
        "prediction-wide",
        "tau-infinite",
        "tau-not-identified",
        "tau-weak",
        "tau-zero",
        "weakly-identified",
    }
)


def section(findings: Findings) -> Section:
    """All outcomes in the order of the analysis."""
    blocks = [block for found in findings.outcomes for block in _outcome(findings, found)]
    return Section("results", "Results", tuple(blocks))


def _outcome(findings: Findings, found: OutcomeFindings) -> list[Block]:
    title, name, pooled = found.spec.title, found.name, found.pooled
    where = "".join(f"; {column} = {value}" for column, value in found.request.where.items())
    blocks: list[Block] = [Heading(title + where, anchor=f"outcome-{name}")]
    blocks.append(paragraph(found.spec.definition.rstrip(".") + "."))
    if found.request.caveat:
        blocks.append(paragraph(found.request.caveat, kind="caution"))
    blocks += _lead(found)
    arms = arm_table(name, title, findings.review, found.selection, pooled)
    blocks += [replace(drawing.block, rows=arms.name) for drawing in found.figures]
    blocks += _concluded(findings, found)
    if len(found.standing.rows) > 1:
        blocks += [Heading("The same counts by every method", 4), paragraph(range_sentence(found))]
        blocks.append(_beside(standing_table(name, title, found.standing), found))
    for grouped in found.subgroups:
        heading = f"By {lower(grouped.result.heading)}: shown, not compared"
        table = subgroup_table(name, title, grouped.result, grouped.selection.group_contexts)
        blocks += [Heading(heading, 4), _beside(table, found)]
    if notes := _notes(found):
        blocks += [Heading("Notes", 4), Notes(notes)]
    what = f"{title}, arm by arm: counts and where they were read"
    blocks.append(Details(what, (TableBlock(arms),), f"{what}: tables/{arms.name}.csv."))
    if found.selection.left_out:
        left_out = TableBlock(left_out_table(name, title, found.selection))
        many = display.plural(len(found.selection.left_out), "arm")
        blocks.append(Details(f"{many} not counted, and why", (left_out,)))
    return blocks


def _concluded(findings: Findings, found: OutcomeFindings) -> list[Block]:
    """Whether each conclusion of the analysis holds, why, and what would change that; nothing where it draws none."""
    if not found.concluded:
        return []
    points = [
        text(Strong(one.conclusion.said), f": {verdict_text(one.verdict)}.", f" {one.change[1]}" if one.change else "")
        for one in found.concluded
    ]
    command = f"evidence matter {findings.review.name} --outcome {found.request.outcome}"
    if any(one.change for one in found.concluded):
        last = paragraph(f"{ASSUMED} Other rates and sizes: ", Code(command), ".")
    elif any(one.left for one in found.concluded):
        last = paragraph("How much new evidence would change that takes long with this model: ", Code(command), ".")
    else:
        return [Heading(CONCLUSIONS, 4), Points(tuple(points))]
    return [Heading(CONCLUSIONS, 4), Points(tuple(points)), last]


def _beside(table: Table, found: OutcomeFindings) -> TableBlock:
    """A table of estimates with what must stand beside every one of them."""
    said = beside(found)
    return TableBlock(replace(table, footnotes=(*table.footnotes, f"All arms: {said}")) if said else table)


def _notes(found: OutcomeFindings) -> tuple[Note, ...]:
    """The notes of what is printed: where nothing is pooled, those about the pooled values are left to results.json."""
    return tuple(note for note in found.pooled.notes if found.is_pooled or note.code not in ABOUT_ESTIMATES)


def _lead(found: OutcomeFindings) -> list[Block]:
    """The headline: counts first, parts where one study dominates, then the pooled value if there is one."""
    first = found.pooled.headline
    blocks: list[Block] = [paragraph(first.observed + ".", kind="lead")]
    if first.reason:
        blocks.append(paragraph(first.reason.rstrip(".")[:1].upper() + first.reason.rstrip(".")[1:] + "."))
    if first.kind == "split":
        blocks.append(Points(tuple(text(_part(line)) for line in first.lines)))
    blocks += [paragraph(line, kind="estimate") for line in _estimates(found)]
    blocks += [paragraph(line) for line in (beside(found), _missing(found)) if line]
    return blocks


def _part(line: Mapping[str, Any]) -> str:
    limits = display.percent_interval(line["lower"], line["upper"])
    members, named = line["members"], ""
    if members:
        named = " (" + ", ".join(f"{m['label']} {m['events']} of {m['n']}" for m in members) + ")"
    label = str(line["label"])
    return f"{label[:1].upper()}{label[1:]}: {line['events']} of {line['n']}, exact limits {limits}{named}."


def _estimates(found: OutcomeFindings) -> list[str]:
    pooled = found.pooled
    if not found.is_pooled or pooled.mean is None:
        return []
    lines = [_value("Average study (mean over studies)", pooled.mean, pooled.mean_ci)]
    if pooled.estimate is not None and pooled.estimate != pooled.mean:
        if pooled.headline.show_median:
            centre = str(pooled.model.centre)
            lines.append(_value(centre[:1].upper() + centre[1:], pooled.estimate, pooled.ci))
        else:
            lines.append(f"The {pooled.model.centre} is too weakly identified to be printed.")
    if pooled.pi is not None:
        limits = display.percent_interval(pooled.pi.lower, pooled.pi.upper)
        lines.append(
            f"{display.percent(pooled.pi.level)} prediction interval of a new study: {limits} ({pooled.pi.method})."
        )
    spread = pooled.heterogeneity
    if spread is not None and spread.tau is not None:
        lines.append(
            f"Between-study standard deviation (tau): {display.number(spread.tau)}{_tau_limits(spread.tau_ci)}."
        )
    return [" ".join(lines)]


def _tau_limits(ci: Mapping[str, Any] | None) -> str:
    if ci is None:
        return ""
    upper = "no upper limit" if ci["upper"] is None else display.number(ci["upper"])
    return f" ({display.number(ci['lower'])} to {upper}, {ci['method']})"


def _value(what: str, value: float, ci: Interval | None) -> str:
    limits = ""
    if ci is not None:
        span = display.percent_interval(ci.lower, ci.upper)
        limits = f", {display.percent(ci.level)} limits {span} ({ci.formula})"
    return f"{what} {display.percent(value)}{limits}."


def _missing(found: OutcomeFindings) -> str:
    bounds = found.bounds
    if bounds is None:
        return ""
    low = f"{bounds.lowest} of {bounds.treated} ({display.percent(bounds.lowest / bounds.treated)})"
    high = f"{bounds.highest} of {bounds.treated} ({display.percent(bounds.highest / bounds.treated)})"
    return (
        f"If none of the treated {units(found)} without a count had the outcome, it would be {low}; if all of them had"
        f" it, {high}."
    )
