"""The questions by name: a new one is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from ..errors import unknown
from .answer import Answer, NotAskableError, NotAsked

if TYPE_CHECKING:
    from .asked import Asked


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        title: The question in a reader's words. home: Module and function that answers it, given an ``Asked``.
        costly: Whether it takes more than a second or two: asked of the primary outcome only, and kept.
    """

    title: str
    home: str
    costly: bool = False

    def ask(self, asked: Asked) -> Answer:
        """The answer.

        Raises:
            NotAskableError: these data do not allow the question. UsageError: an unknown option of the question.
        """
        module, _, function = self.home.partition(":")
        return cast("Callable[[Asked], Answer]", getattr(import_module(f".{module}", __package__), function))(asked)


QUESTIONS: Mapping[str, Question] = {
    "leave-one-out": Question("Does the result rest on one study?", "leave_out:asked_leave_one_out"),
    "report-size": Question("What is left as small reports go?", "report_size:asked_report_size"),
    "case-reports": Question("Do case reports tell another story than series?", "case_reports:asked_case_reports"),
    "size-covariate": Question("Does the result go with the size of a report?", "size_covariate:asked_size_covariate"),
    "publication-filter": Question(
        "What if small reports without success were published less often?",
        "publication_filter:asked_publication_filter",
        costly=True,
    ),
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
        return cast("Answer", NotAsked(name, error.problems[0].message))
