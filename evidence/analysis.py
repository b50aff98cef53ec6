"""What analyses/<name>.toml asks for, parsed and checked. TOML has no code: names and values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import DataError, EvidenceError, Problem, UsageError

#: Where analyses live, seen from the project folder.
FOLDER = Path("analyses")
#: Where reviews live, seen from the project folder.
REVIEWS = Path("data")
#: The primary model of METHODS section 1, every option of it explicit.
MODEL: Mapping[str, Any] = {"name": "logistic-normal"}
STUDY_LIMITS = "clopper-pearson"
STYLE = "default"


@dataclass(frozen=True, slots=True)
class FigureRequest:
    """A figure that is drawn.

    Attributes:
        figure: Its name. options: Of the figure, as given. line: Where it stands in the file.
    """

    figure: str
    options: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Name and options."""
        return {"figure": self.figure, "options": dict(self.options)}


FIGURES = (FigureRequest("forest"),)


@dataclass(frozen=True, slots=True)
class QuestionRequest:
    """A question that is asked of an outcome.

    Attributes:
        question: Its name. options: Of the question, as given.
        here: Whether the outcome itself asks it, not the file for all of its outcomes.
        line: Where it stands in the file.
    """

    question: str
    options: Mapping[str, Any] = field(default_factory=dict)
    here: bool = True
    line: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Name and options."""
        return {"question": self.question, "options": dict(self.options)}


@dataclass(frozen=True, slots=True)
class OutcomeAnalysis:
    """What is done with one outcome.

    Attributes:
        outcome: Name in review.toml.
        model: Frozen specification; ``study_limits`` is how each study's own limits are made.
        by: Columns that form subgroups, one set of subgroups for each.
        where: Column -> value or values: arms that stay.
        cut: Numeric column of ``by`` -> cut points.
        time: ``first``, ``last``, ``{"nearest": months}``; None = the outcome's own rule in review.toml.
        columns: Columns of the forest plot beside the counts; the column that groups it is left out.
        figures: Drawn of its result.
        caveat: A sentence without numbers that stands beside the outcome, or None.
        group_tau: Whose the between-study standard deviation of a group is: by-size, separate or common.
        line: Where it stands in the file.
        sensitivity: Questions asked of it, its own or else those of the file.
        conclusions: Rules on its printed numbers (``updates.conclusions.Conclusion``) that an update may change.
    """

    outcome: str
    model: Any
    study_limits: str
    by: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    cut: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    time: str | Mapping[str, float] | None = None
    columns: tuple[str, ...] = ()
    figures: tuple[FigureRequest, ...] = FIGURES
    caveat: str | None = None
    group_tau: str = "by-size"
    line: int | None = None
    sensitivity: tuple[QuestionRequest, ...] = ()
    conclusions: tuple[Any, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Every option, the defaults too; conclusions where there are any."""
        found = {
            "outcome": self.outcome,
            "model": self.model.to_dict(),
            "study_limits": self.study_limits,
            "by": list(self.by),
            "where": dict(self.where),
            "cut": {name: list(points) for name, points in self.cut.items()},
            "time": dict(self.time) if isinstance(self.time, Mapping) else self.time,
            "columns": list(self.columns),
            "figures": [drawn.to_dict() for drawn in self.figures],
            "caveat": self.caveat,
            "group_tau": self.group_tau,
            "sensitivity": [asked.to_dict() for asked in self.sensitivity],
        }
        concluded = [one.to_dict() for one in self.conclusions]
        return {**found, **({"conclusions": concluded} if concluded else {})}


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis file.

    Attributes:
        name: Name of the file without suffix; the report's folder has it too.
        path: The file.
        review: Folder or name of the review, as ``read_review`` takes it.
        title: Title of the document; None = the review's title.
        outcomes: In the order of the document.
        sections: Names of sections in the order of the document; None = all, in their own order.
        selection: A sentence without numbers on how cases came to be reported, or None.
        caveats: Further sentences without numbers for the summary.
        figures: Drawn of the whole review. style: Look of all figures.
        csl: Way from the file's folder to the style of citations and references; None = our own, numeric one.
        csl_line: Where it stands in the file.
        review_line: Where the review stands in the file.
    """

    name: str
    path: Path
    review: str
    title: str | None
    outcomes: tuple[OutcomeAnalysis, ...]
    sections: tuple[str, ...] | None = None
    selection: str | None = None
    caveats: tuple[str, ...] = ()
    figures: tuple[FigureRequest, ...] = ()
    style: str = STYLE
    csl: str | None = None
    csl_line: int | None = None
    review_line: int | None = None

    @property
    def csl_path(self) -> Path | None:
        """File of the style of citations and references; None = our own."""
        return None if self.csl is None else self.path.parent / self.csl

    def to_dict(self) -> dict[str, Any]:
        """Every option, the defaults too."""
        return {
            "name": self.name,
            "title": self.title,
            "outcomes": [outcome.to_dict() for outcome in self.outcomes],
            "sections": list(self.sections) if self.sections is not None else None,
            "selection": self.selection,
            "caveats": list(self.caveats),
            "figures": [drawn.to_dict() for drawn in self.figures],
            "style": self.style,
            "csl": self.csl,
        }

    def place_of_review(self, error: DataError) -> DataError:
        """The error with the line that names the review, where it has no place of its own: there is no such review."""
        place = (str(self.path), self.review_line, "review")
        return DataError(
            problem if problem.file else Problem(problem.code, problem.message, problem.mend, *place)
            for problem in error.problems
        )

    def place(self, error: EvidenceError, outcome: OutcomeAnalysis) -> EvidenceError:
        """The error with this file and the outcome's line, where it has no place of its own."""
        problems = [
            problem
            if problem.file
            else Problem(problem.code, problem.message, problem.mend, str(self.path), outcome.line, outcome.outcome)
            for problem in error.problems
        ]
        return DataError(problems) if isinstance(error, UsageError) else type(error)(problems)
