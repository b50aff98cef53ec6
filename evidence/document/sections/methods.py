"""How the numbers were made, in the models' own words, and what was not done."""

from __future__ import annotations

from ... import display
from ...pooling import MODELS, model
from ...pooling.common_tau import GROUP_TAU
from ...pooling.notes import DOMINANT_SHARE, FEW_STUDIES, FEW_UNITS, SERIES_SIZE
from ..blocks import Block, Cite, Heading, Paragraph, Points, Run, Section, Strong, paragraph, text
from ..findings import Findings

#: Study limits by name -> how a methods section calls them.
LIMITS = {
    "clopper-pearson": "exact binomial (Clopper-Pearson) limits",
    "wilson": "Wilson score limits",
    "jeffreys": "Jeffreys limits",
}


def section(findings: Findings) -> Section:
    """Selection of counts, models, groups, thresholds, and what is missing."""
    blocks: list[Block] = [
        Heading("From tables to counts"),
        paragraph(
            "A count enters an outcome when a report states events and total, or when they follow strictly from what it"
            " states; every arm without one is listed with the reason. An outcome counts one unit only. Where an arm"
            " has several time points, the outcome's time rule chooses one. Arms that share patients are counted once."
        ),
        Heading("Pooling"),
        *_models(findings),
        paragraph(
            "The headline is the observed count, then the average study (the marginal mean over studies): models"
            f" average studies, not patients. With fewer than {FEW_STUDIES} studies or {FEW_UNITS} units, or where only"
            " events or none were seen, the counts are shown and not pooled. Where one study holds more than"
            f" {display.percent(DOMINANT_SHARE)} of the units, where fewer than {FEW_STUDIES} studies have 2 or more"
            " units, or where series and small reports differ beyond their exact limits, series of"
            f" {SERIES_SIZE} or more and smaller reports are shown apart before the pooled value. These thresholds are"
            " our judgement, not guidance from a source."
        ),
        Heading("Sensitivity"),
        paragraph(
            "Every outcome is shown by every method on the same counts, beside what each method estimates and where it"
            " is known to err at this design. Other methods in that table:"
        ),
        Points(tuple(text(words, " ", Cite(keys)) if keys else text(words) for words, keys in _others(findings))),
        *_questions(findings),
        Heading("Groups"),
        paragraph(
            "Groups are shown, never ranked. A test, with the between-study standard deviation common to the groups"
            " (likelihood ratio; of an inverse-variance model Wald; of a Bayesian model none), is given only where two"
            f" groups each have {FEW_STUDIES} studies of 2 or more units (our threshold). {_group_tau(findings)} No"
            " group was formed by chance."
        ),
        Heading("Not done"),
        paragraph(
            "Risk of bias was not appraised and the certainty of the evidence was not graded: both need the full"
            " texts.",
            *_no_asymmetry(findings),
        ),
    ]
    return Section("methods", "Methods", tuple(blocks))


def _answered(findings: Findings) -> set[str]:
    """Names of the questions that were asked and could be answered."""
    return {one.request.question for found in findings.outcomes for one in found.answers if one.reason is None}


def _questions(findings: Findings) -> list[Block]:
    """How each question that was answered was answered; nothing where none was."""
    answered = _answered(findings)
    if not answered:
        return []
    from ...sensitivity.described import DESCRIBED
    from ...sensitivity.questions import QUESTIONS

    chosen = [
        (question.title, DESCRIBED[name]) for name, question in QUESTIONS.items() if name in answered & set(DESCRIBED)
    ]
    items = [
        text(Strong(title), f" {how.words}", *((" ", Cite(how.cites)) if how.cites else ())) for title, how in chosen
    ]
    return [paragraph("The questions of the section on sensitivity, and how each was answered:"), Points(tuple(items))]


def _no_asymmetry(findings: Findings) -> tuple[Run, ...]:
    """That tests of asymmetry are not shown, and why; nothing where one was asked for."""
    if _answered(findings) & {"egger", "begg", "peters", "trim-and-fill"}:
        return ()
    words = " Small-study tests are not shown: on proportions they reject without any bias "
    return (words, Cite(("hunter2014",)), ".")


def _group_tau(findings: Findings) -> str:
    """Whose the between-study standard deviation of a group is, in a sentence for each way that is used."""
    used = dict.fromkeys(found.request.group_tau for found in findings.outcomes)
    return " ".join(f"The between-study standard deviation is {GROUP_TAU[name]}." for name in used)


def _models(findings: Findings) -> list[Paragraph]:
    found = []
    for chosen in {repr(found.request.model): found.request.model for found in findings.outcomes}.values():
        words, keys = chosen.describe()
        used = [found.spec.title for found in findings.outcomes if found.request.model == chosen]
        start = "" if len(used) == len(findings.outcomes) else f"{', '.join(used)}: "
        found.append(paragraph(start + words, *((" ", Cite(keys)) if keys else ())))
    limits = dict.fromkeys(found.request.study_limits for found in findings.outcomes)
    named = " and ".join(LIMITS.get(name, f"{name} limits") for name in limits)
    found.append(paragraph(f"Each arm is shown with {named} of its own count."))
    return found


def _others(findings: Findings) -> list[tuple[str, tuple[str, ...]]]:
    primary = {found.request.model.name for found in findings.outcomes}
    specs = [model(name) for name in MODELS if name not in primary]
    if "inverse-variance" not in primary:
        specs.append(model("inverse-variance", measure="PFT"))
    return [spec.describe() for spec in specs]
