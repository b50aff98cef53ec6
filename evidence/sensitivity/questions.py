"""The questions by name: a new one is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, cast

from ..errors import unknown
from .answer import Answer, NotAskableError, NotAsked

if TYPE_CHECKING:
    from .asked import Asked
    from .option import Options


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        title: The question in a reader's words. home: Module and function that answers it, given an ``Asked``.
        costly: Whether it takes more than a second or two: asked of the primary outcome only, and kept.
        of_counts: Whether it is asked where there is too little to pool: it answers in counts, or says itself why not.
        of_review: Whether it is about the curation, so that a bare table can't be asked.
        title_of: The title where the option ``on`` names something else than its default; "" without such an option.
    """

    title: str
    home: str
    costly: bool = False
    of_counts: bool = False
    of_review: bool = False
    title_of: str = ""

    @property
    def options(self) -> Options:
        """What can be chosen, as the question's file declares it in ``OPTIONS``; empty where nothing can."""
        return cast("Options", getattr(self._module, "OPTIONS", {}))

    @property
    def _module(self) -> ModuleType:
        return import_module(f".{self.home.partition(':')[0]}", __package__)

    def ask(self, asked: Asked) -> Answer:
        """The answer.

        Raises:
            NotAskableError: these data do not allow the question. UsageError: an unknown option of the question.
        """
        asked.given(self.options)
        if self.of_review:
            asked.of_review()
        if not self.of_counts:
            asked.refuse_too_few()
        answers: Callable[[Asked], Answer] = getattr(self._module, self.home.partition(":")[2])
        return answers(asked)


QUESTIONS: Mapping[str, Question] = {
    "leave-one-out": Question("Does the result rest on one study?", "leave_out:asked_leave_one_out"),
    "cumulative": Question("How did the result come about as studies were added?", "cumulative:asked_cumulative"),
    "report-size": Question("What is left as small reports go?", "report_size:asked_report_size", of_counts=True),
    "case-reports": Question(
        "Do case reports tell another story than series?", "case_reports:asked_case_reports", of_counts=True
    ),
    "size-covariate": Question(
        "Does the result go with the size of a report?", "size_covariate:asked_size_covariate", of_counts=True
    ),
    "publication-filter": Question(
        "What if small reports without success were published less often?",
        "publication_filter:asked_publication_filter",
        costly=True,
        of_counts=True,
    ),
    "missing-outcomes": Question(
        "What if the patients without a count had done badly, or well?",
        "missing:asked_missing_outcomes",
        of_counts=True,
        of_review=True,
    ),
    "harms-silence": Question(
        "Does silence about adverse events mean that none happened?",
        "harms_silence:asked_harms_silence",
        of_counts=True,
        of_review=True,
    ),
    "overlap": Question(
        "Does it matter which of several reports of the same patients is used?",
        "overlap:asked_overlap",
        of_counts=True,
        of_review=True,
    ),
    "extractors": Question(
        "Does the result depend on who read the reports?", "extractors:asked_extractors", of_counts=True, of_review=True
    ),
    "source-confidence": Question(
        "Does the result rest on abstracts and on readings of low confidence?",
        "source_confidence:asked_source_confidence",
        of_counts=True,
        of_review=True,
    ),
    "multiverse": Question(
        "Would another analyst, with other defensible choices, have found something else?",
        "multiverse:asked_multiverse",
        costly=True,
        of_counts=True,
        of_review=True,
    ),
    "influence": Question("Which studies move the result most?", "influence:asked_influence"),
    "baujat": Question("Which studies make the studies differ?", "baujat:asked_baujat"),
    "subsets": Question("Is this one body of evidence, or two?", "subsets:asked_subsets", costly=True),
    "regression": Question(
        "Does the result change with the year of the report?",
        "bubble:asked_bubble",
        title_of="Does the result change with {}?",
    ),
    "calibration": Question(
        "How often do the limits hold the truth with studies like these?", "calibration:asked_calibration", costly=True
    ),
    "patients": Question(
        "What goes with the outcome in patients described one by one?",
        "patients:asked_patients",
        of_counts=True,
        of_review=True,
    ),
    "egger": Question("What does Egger's test say, valid or not?", "egger:asked_egger"),
    "begg": Question("What does Begg's rank test say, valid or not?", "begg:asked_begg"),
    "peters": Question("What does a Peters-type test say, valid or not?", "peters:asked_peters"),
    "trim-and-fill": Question("What would trim-and-fill add, valid or not?", "trim_and_fill:asked_trim_and_fill"),
}


def ask(name: str, asked: Asked) -> Answer:
    """The answer to a question, or the sentence that says why there is none.

    Raises:
        UsageError: an unknown question (near names are listed) or an unknown option of it.
    """
    if name not in QUESTIONS:
        raise unknown("question", name, tuple(QUESTIONS))
    try:
        return QUESTIONS[name].ask(asked)
    except NotAskableError as error:
        return cast("Answer", NotAsked(name, error.problems[0].message, _about(QUESTIONS[name], asked)))


def title_of(name: str, answer: Answer) -> str:
    """A question that was answered, in a reader's words."""
    question, about = QUESTIONS[name], getattr(answer, "about", None)
    return question.title_of.format(about) if about and question.title_of else question.title


def _about(question: Question, asked: Asked) -> str | None:
    """What it was asked about, where that is not the default."""
    if not question.title_of:
        return None
    from .bubble import about

    return about(asked.given(question.options)["on"], asked.selection.context.headings)
