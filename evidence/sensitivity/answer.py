"""What every question asked of an analysis gives back, and how one says that it can't be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from ..errors import ComputeError, Problem
from .pictures import Picture

if TYPE_CHECKING:
    import pandas as pd

    from ..pooling.result import Note


class Answer(Protocol):
    """A frozen result: ``str`` is its reading in a sentence or two.

    An answer may have ``heads``, column of its frame -> heading, and ``about``, what it was asked about.
    """

    #: Name of the question, as analyses and the command line say it.
    question: ClassVar[str]

    @property
    def notes(self) -> tuple[Note, ...]:
        """Caveats of this answer."""

    def to_frame(self) -> pd.DataFrame:
        """Every number of the answer, one row for each variation."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: no NaN, no infinity."""

    def picture(self) -> Picture | None:
        """What a figure needs, plain numbers and words; None where there is nothing to draw."""


class NotAskableError(ComputeError):
    """The question makes no sense of these data: one study, no year, one extractor."""


def not_askable(reason: str, mend: str) -> NotAskableError:
    """The error of a question that can't be asked.

    Args:
        reason: A clause for a reader: "fewer than 3 studies".
        mend: What would make it askable.
    """
    return NotAskableError(Problem("not-askable", reason, mend))


@dataclass(frozen=True, slots=True)
class NotAsked:
    """In the place of an answer: why there is none.

    Attributes:
        question: Its name. reason: A clause without a full stop.
        about: What it was about, where it is asked of several things; else None.
    """

    question: str
    reason: str
    about: str | None = None
    notes: tuple[Note, ...] = ()

    def __str__(self) -> str:
        return f"Not asked: {self.reason}."

    def to_frame(self) -> pd.DataFrame:
        """No rows."""
        import pandas as pd

        return pd.DataFrame()

    def to_dict(self) -> dict[str, Any]:
        """The reason."""
        return {"question": self.question, "not_asked": self.reason}

    def picture(self) -> None:
        """Nothing to draw."""
        return
