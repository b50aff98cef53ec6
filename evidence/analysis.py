"""What analyses/<name>.toml asks for, parsed and checked. TOML has no code: names and values only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import toml_values
from .errors import DataError, EvidenceError, Problem, UsageError, near, unknown

#: Where analyses live, seen from the project folder.
FOLDER = Path("analyses")
#: Where reviews live, seen from the project folder.
REVIEWS = Path("data")
#: The primary model of METHODS section 1, every option of it explicit.
MODEL: Mapping[str, Any] = {"name": "logistic-normal"}
STUDY_LIMITS = "clopper-pearson"
FIGURES = ("forest",)


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
        figures: Names of figures.
        caveat: A sentence without numbers that stands beside the outcome, or None.
        group_tau: Whose the between-study standard deviation of a group is: by-size, separate or common.
        line: Where it stands in the file.
        sensitivity: Questions asked of it, its own or else those of the file.
    """

    outcome: str
    model: Any
    study_limits: str
    by: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    cut: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    time: str | Mapping[str, float] | None = None
    columns: tuple[str, ...] = ()
    figures: tuple[str, ...] = FIGURES
    caveat: str | None = None
    group_tau: str = "by-size"
    line: int | None = None
    sensitivity: tuple[QuestionRequest, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Every option, the defaults too."""
        return {
            "outcome": self.outcome,
            "model": self.model.to_dict(),
            "study_limits": self.study_limits,
            "by": list(self.by),
            "where": dict(self.where),
            "cut": {name: list(points) for name, points in self.cut.items()},
            "time": dict(self.time) if isinstance(self.time, Mapping) else self.time,
            "columns": list(self.columns),
            "figures": list(self.figures),
            "caveat": self.caveat,
            "group_tau": self.group_tau,
            "sensitivity": [asked.to_dict() for asked in self.sensitivity],
        }


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
    """

    name: str
    path: Path
    review: str
    title: str | None
    outcomes: tuple[OutcomeAnalysis, ...]
    sections: tuple[str, ...] | None = None
    selection: str | None = None
    caveats: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Every option, the defaults too."""
        return {
            "name": self.name,
            "title": self.title,
            "outcomes": [outcome.to_dict() for outcome in self.outcomes],
            "sections": list(self.sections) if self.sections is not None else None,
            "selection": self.selection,
            "caveats": list(self.caveats),
        }

    def place(self, error: EvidenceError, outcome: OutcomeAnalysis) -> EvidenceError:
        """The error with this file and the outcome's line, where it has no place of its own."""
        problems = [
            problem
            if problem.file
            else Problem(problem.code, problem.message, problem.mend, str(self.path), outcome.line, outcome.outcome)
            for problem in error.problems
        ]
        return DataError(problems) if isinstance(error, UsageError) else type(error)(problems)


def find_analyses(names: Sequence[str] = (), folder: Path = FOLDER) -> tuple[Path, ...]:
    """Files of these names or paths; all of ``folder`` if none is given.

    Raises:
        UsageError: no file of that name (near names are listed), or no analysis at all.
    """
    known = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if names:
        return tuple(_find(name, folder, known) for name in names)
    if not known:
        raise UsageError(
            Problem("no-analysis", f"there is no analysis in {folder}/", "write analyses/NAME.toml or give a path")
        )
    return tuple(known)


def _find(name: str, folder: Path, known: Sequence[Path]) -> Path:
    for path in (Path(name), folder / f"{name}.toml", folder / name):
        if path.is_file():
            return path
    if Path(name).is_dir():
        raise UsageError(
            Problem("analysis-is-folder", f"{name} is a folder", "give the .toml file or the name of an analysis")
        )
    raise unknown("analysis", name, [path.stem for path in known])


def read_analysis(path: str | Path) -> Analysis:
    """The analysis of a file, or of a name under analyses/.

    Raises:
        UsageError: there is no such file.
        DataError: every problem of the file at once, with line and mend.
    """
    file = _find(str(path), FOLDER, sorted(FOLDER.glob("*.toml")) if FOLDER.is_dir() else [])
    source = _text(file)
    return _Reader(file, source).analysis()


def _text(path: Path) -> str:
    from .review.encoding import decode

    try:
        content = path.read_bytes()
    except OSError as error:
        mend = "check the file and its permissions"
        raise DataError(Problem("unreadable", f"can't be read: {error.strerror}", mend, str(path))) from error
    text, problems = decode(content, str(path))
    if text is None or any(problem.severity == "error" for problem in problems):
        raise DataError(problems)
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Reader:
    """Collects every problem of one file before it speaks."""

    def __init__(self, path: Path, source: str) -> None:
        self.path, self.source = path, source
        self.problems: list[Problem] = []

    def analysis(self) -> Analysis:
        root = self._parse()
        keys = {
            "review": toml_values.word,
            "title": toml_values.word,
            "sections": toml_values.words,
            "model": toml_values.table,
            "study_limits": toml_values.word,
            "group_tau": toml_values.word,
            "sensitivity": toml_values.questions,
        }
        given = self._take(root, {**keys, "summary": toml_values.table, "outcomes": toml_values.tables}, ())
        if "review" not in given:
            self._add("missing-key", "no review is named", 'add review = "NAME"', ())
        summary = self._take(
            given.get("summary", {}), {"selection": toml_values.prose, "caveats": toml_values.proses}, ("summary",)
        )
        given["model"] = self._model(given.get("model", MODEL), ("model",) if "model" in given else ())
        outcomes = [self._outcome(given, table, i) for i, table in enumerate(given.get("outcomes", []))]
        if not outcomes:
            self._add("no-outcome", "no outcome is asked for", 'add [[outcomes]] with outcome = "NAME"', ())
        self._refuse_repeats(outcomes)
        if self.problems:
            raise DataError(self.problems)
        return Analysis(
            name=self.path.stem,
            path=self.path,
            review=_review(self.path, given["review"]),
            title=given.get("title"),
            outcomes=tuple(outcome for outcome in outcomes if outcome is not None),
            sections=given.get("sections"),
            selection=summary.get("selection"),
            caveats=summary.get("caveats", ()),
        )

    def _parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.source)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"\(at line (\d+)", str(error))
            line = int(place[1]) if place else None
            says = re.sub(r" \(at .*\)$", "", str(error))
            mend = 'write name = "text", name = 1 or name = ["a", "b"], one on a line'
            raise DataError(Problem("not-toml", says, mend, str(self.path), line)) from error

    def _outcome(self, given: Mapping[str, Any], table: Any, i: int) -> OutcomeAnalysis | None:
        at: tuple[str | int, ...] = ("outcomes", i)
        keys: dict[str, toml_values.Check] = {
            "outcome": toml_values.word,
            "by": toml_values.words,
            "where": toml_values.where,
            "cut": toml_values.cuts,
            "time": toml_values.time,
            "columns": toml_values.words,
            "figures": toml_values.words,
            "model": toml_values.table,
            "study_limits": toml_values.word,
            "caveat": toml_values.prose,
            "group_tau": toml_values.word,
            "sensitivity": toml_values.questions,
        }
        found = self._take(table, keys, at)
        if "outcome" not in found:
            self._add("missing-key", "an [[outcomes]] without outcome", 'add outcome = "NAME"', at)
            return None
        if isinstance(found.get("cut"), tuple):
            found["cut"] = self._cut_of_one(found, at)
        spec = found.pop("model", None)
        model = given["model"] if spec is None else self._model(spec, (*at, "model"))
        found["group_tau"] = self._group_tau(found.get("group_tau", given.get("group_tau")), model, at)
        limits = found.pop("study_limits", given.get("study_limits", STUDY_LIMITS))
        here = "sensitivity" in found
        asked = found.pop("sensitivity", given.get("sensitivity", ()))
        questions = self._questions(asked, (*at, "sensitivity") if here else ("sensitivity",), here)
        return OutcomeAnalysis(model=model, study_limits=limits, line=self._line(at), sensitivity=questions, **found)

    def _questions(
        self, asked: Sequence[tuple[str, Mapping[str, Any]]], at: tuple[str | int, ...], here: bool
    ) -> tuple[QuestionRequest, ...]:
        """The questions, each with the line on which its name stands."""
        first = self._line(at)
        lines = self.source.split("\n")[(first or 1) - 1 :]

        def line(name: str) -> int | None:
            there = (i for i, text in enumerate(lines) if f'"{name}"' in text or f"'{name}'" in text)
            return first and first + next(there, 0)

        return tuple(QuestionRequest(name, options, here, line(name)) for name, options in asked)

    def _cut_of_one(self, found: Mapping[str, Any], at: tuple[str | int, ...]) -> dict[str, tuple[float, ...]]:
        columns = found.get("by", ())
        if len(columns) == 1:
            return {columns[0]: found["cut"]}
        self._add("cut-of-what", "cut is a list, but by is not one column", "write cut = {COLUMN = [..]}", (*at, "cut"))
        return {}

    def _group_tau(self, name: str | None, model: Any, at: tuple[str | int, ...]) -> str:
        """The name, if it is one and the model has it; by-size where none is given."""
        from .pooling.subgroups import check_group_tau

        try:
            check_group_tau(name or "by-size", model)
        except UsageError as error:
            problem = error.problems[0]
            self._add(problem.code, problem.message, problem.mend, (*at, "group_tau"))
        return name or "by-size"

    def _model(self, spec: Mapping[str, Any], at: tuple[str | int, ...]) -> Any:
        from . import pooling

        options = dict(spec)
        name = options.pop("name", MODEL["name"])
        try:
            return pooling.model(name, **options)
        except EvidenceError as error:
            for problem in error.problems:
                self._add(problem.code, problem.message, problem.mend, at)
        except TypeError as error:
            self._add("model-option", f"model {name}: {error}", "check the names and values of its options", at)
        return None

    def _take(self, table: Any, keys: Mapping[str, toml_values.Check], at: tuple[str | int, ...]) -> dict[str, Any]:
        """The values of a table that are what they must be; everything else becomes a problem."""
        if not isinstance(table, dict):
            self._add(
                "not-a-table", f"{toml_values.dotted(at)} is not a table", "write key = value lines under [[...]]", at
            )
            return {}
        found: dict[str, Any] = {}
        for key, value in table.items():
            here = (*at, key)
            if key not in keys:
                self._add("unknown-key", f"{key!r} is not known", near(key, sorted(keys)), here)
                continue
            try:
                found[key] = keys[key](value)
            except toml_values.WrongError as wrong:
                self._add(wrong.code, f"{toml_values.dotted(here)} = {value!r}: {wrong}", wrong.mend, here)
        return found

    def _refuse_repeats(self, outcomes: Sequence[OutcomeAnalysis | None]) -> None:
        seen: list[tuple[str, Any]] = []
        for i, outcome in enumerate(outcomes):
            if outcome is None:
                continue
            key = (outcome.outcome, dict(outcome.where))
            if key in seen:
                mend = "merge the two, or give them another where"
                self._add("repeated-outcome", f"{outcome.outcome} is asked for twice", mend, ("outcomes", i))
            seen.append(key)

    def _add(self, code: str, message: str, mend: str, at: tuple[str | int, ...]) -> None:
        column = ".".join(str(part) for part in at if not isinstance(part, int)) or None
        self.problems.append(Problem(code, message, mend, str(self.path), self._line(at), column))

    def _line(self, at: tuple[str | int, ...]) -> int | None:
        return toml_values.find_line(self.source, at)


def _review(path: Path, name: str) -> str:
    """The review's folder where it stands beside the analysis; else the name as given."""
    for folder in (path.parent / name, path.parent.parent / REVIEWS / name):
        if folder.is_dir():
            return str(folder)
    return name
