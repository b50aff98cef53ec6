"""How the numbers were made, in the models' own words, and what was not done."""

from __future__ import annotations

import re

from ... import display
from ...crosscheck.stored import path_of, read_stored
from ...pooling.common_tau import GROUP_TAU
from ...pooling.notes import DOMINANT_SHARE, FEW_STUDIES, FEW_UNITS, SERIES_SIZE
from .. import given
from ..blocks import Block, Cite, Heading, Paragraph, Points, Run, Section, Strong, paragraph, text
from ..findings import Findings
from ..inputs import versions
from ..search_words import found_and_read

#: Name of the program among the versions.
OWN = "evidence"
COUNTS = (
    "A count enters an outcome when a report states events and total, or when they follow strictly from what it states;"
    " every arm without one is listed with the reason. An outcome counts one unit only. Where an arm has several time"
    " points, the outcome's time rule chooses one. Arms that are known to share patients are counted once."
)
HEADLINE = (
    "The headline is the observed count, then the average study (the marginal mean over studies): models average"
    f" studies, not patients. With fewer than {FEW_STUDIES} studies or {FEW_UNITS} units, or where only events or none"
    " were seen, the counts are shown and not pooled. Where one study holds more than"
    f" {display.percent(DOMINANT_SHARE)} of the units, where fewer than {FEW_STUDIES} studies have 2 or more units, or"
    " where series and small reports differ beyond their exact limits, series of"
    f" {SERIES_SIZE} or more and smaller reports are shown apart before the pooled value. These thresholds are our"
    " judgement, not guidance from a source."
)
SPREAD = (
    " Differences between studies are told by the between-study standard deviation (tau) with its limits, and by the"
    " prediction interval of a new study."
)
#: Study limits by name -> how a methods section calls them.
LIMITS = {
    "clopper-pearson": "exact binomial (Clopper-Pearson) limits",
    "wilson": "Wilson score limits",
    "jeffreys": "Jeffreys limits",
}


def section(findings: Findings) -> Section:
    """Search, counts, models, groups, thresholds, what else is told, software, and what is missing."""
    blocks: list[Block] = [
        Heading("Search, selection and extraction"),
        paragraph(found_and_read(findings)),
        Heading("From tables to counts"),
        paragraph(COUNTS),
        Heading("Pooling"),
        *_models(findings),
        paragraph(HEADLINE),
        *_sensitivity(findings),
        *_groups(findings),
        *_told(findings),
        Heading("Software"),
        paragraph(_software(findings)),
        *_not_done(findings),
    ]
    return Section("methods", "Methods", tuple(blocks))


def _sensitivity(findings: Findings) -> list[Block]:
    """The methods beside the primary one, and how the questions were answered; nothing where neither is."""
    others = _others(findings)
    blocks: list[Block] = []
    if others:
        blocks.append(
            paragraph(
                "Every outcome that is pooled is shown by every method on the same counts, beside what each method"
                " estimates and where it is known to err at this design. The other methods in that table:"
            )
        )
        blocks.append(
            Points(tuple(text(_spaced(words), *((" ", Cite(keys)) if keys else ())) for words, keys in others))
        )
        blocks.append(paragraph(_priors(findings)))
    blocks += _questions(findings)
    return [Heading("Sensitivity"), *blocks] if blocks else []


def _priors(findings: Findings) -> str:
    from ...sensitivity.priors import PRIORS

    default, *others = PRIORS
    text = f"The Bayesian model was also fitted with other priors than its own ({default}): {'; '.join(others)}."
    if any(len(found.unread) > 1 for found in findings.outcomes):
        text += (
            " Where an arm has events of the wider outcome whose extent was not read, the counts stand there too with"
            " all of those taken as without, and with all of them taken as with, the outcome."
        )
    return text


def _groups(findings: Findings) -> list[Block]:
    """How groups are shown; nothing where none is."""
    if not any(found.subgroups for found in findings.outcomes):
        return []
    return [
        Heading("Groups"),
        paragraph(
            "Groups are shown, never ranked. A test, with the between-study standard deviation common to the groups"
            " (likelihood ratio; for an inverse-variance model Wald; for a Bayesian model none), is given only where"
            f" two groups each have {FEW_STUDIES} studies of 2 or more units (our threshold). {_group_tau(findings)}"
            " Patients were not allocated to the groups by chance."
        ),
    ]


def _told(findings: Findings) -> list[Block]:
    """How what is counted but not pooled is told: treatment, times, adverse events, claims."""
    texts = []
    if given.treatment(findings).quantities:
        texts.append(
            "Numbers of the treatment are summarised over arms, each counting once, as median and range beside how many"
            " arms report them; a range stands in the median with its middle. Nothing was filled in where an arm"
            " reports nothing, and no text was turned into a number."
        )
    texts.append("Adverse events are counts in the arms that say anything about them; silence is not taken as none.")
    if any(claim.verdict != "not checked" for claim in findings.claims):
        texts.append(
            "Claims of earlier reports were held against the tables by one rule for each kind, which stands beside"
            " them."
        )
    return [Heading("What is counted and not pooled"), paragraph(" ".join(texts))]


def _software(findings: Findings) -> str:
    made = ", ".join(f"{name} {version}" for name, version in versions().items() if name != OWN)
    own = f" {versions()[OWN]}" if OWN in versions() else ""
    text = f"Everything was computed by the program {OWN}{own}, with {made}."
    if read_stored(path_of(findings.analysis.path)) is not None:
        text += " What other software made of the same analyses stands in a section of its own."
    return text


def _not_done(findings: Findings) -> list[Block]:
    """What a reader of a systematic review looks for and does not find here."""
    runs: list[Run] = []
    if not findings.review.rows("appraisals"):
        runs.append("Risk of bias was not appraised: that needs the full texts.")
    if not findings.review.rows("certainty"):
        runs.append("The certainty of the evidence was not graded.")
    if not _answered(findings) & {"egger", "begg", "peters", "trim-and-fill"}:
        runs += [
            "Small-study tests are not shown: on proportions they reject without any bias ",
            Cite(("hunter2014",)),
            ".",
        ]
    spaced = [
        f"{run} " if isinstance(run, str) and run.endswith(".") and i + 1 < len(runs) else run
        for i, run in enumerate(runs)
    ]
    return [Heading("Not done"), paragraph(*spaced)] if runs else []


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
        text(Strong(title), f" {_spaced(how.words)}", *((" ", Cite(how.cites)) if how.cites else ()))
        for title, how in chosen
    ]
    return [paragraph("The questions asked of the results, and how each was answered:"), Points(tuple(items))]


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
        found.append(paragraph(start + _spaced(words), *((" ", Cite(keys)) if keys else ())))
    limits = dict.fromkeys(found.request.study_limits for found in findings.outcomes)
    named = " and ".join(LIMITS.get(name, f"{name} limits") for name in limits)
    found.append(paragraph(f"Each arm is shown with {named} of its own count.{SPREAD if _pooled(findings) else ''}"))
    return found


def _pooled(findings: Findings) -> bool:
    return any(found.is_pooled for found in findings.outcomes)


def _spaced(words: str) -> str:
    """Percent signs as everywhere else in the document."""
    return re.sub(r"(?<=\d)%", " %", words)


def _others(findings: Findings) -> list[tuple[str, tuple[str, ...]]]:
    """The other models of the standing tables, in their own words, each once."""
    from ...sensitivity.standing import standing_models

    shown = [found.request.model for found in findings.outcomes if len(found.standing.rows) > 1]
    primary = [found.request.model for found in findings.outcomes]
    described: dict[str, tuple[str, ...]] = {}
    for one in shown:
        described |= dict(other.describe() for other in standing_models(one) if other not in primary)
    return list(described.items())
