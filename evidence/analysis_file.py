"""The text of analyses/<name>.toml to an Analysis, or to all of its problems."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import toml_values
from .analysis import (
    FOLDER,
    MODEL,
    REVIEWS,
    STUDY_LIMITS,
    STYLE,
    Analysis,
    FigureRequest,
    OutcomeAnalysis,
    QuestionRequest,
)
from .characters import unseen_values
from .errors import DataError, EvidenceError, Problem, UsageError, near, unknown
from .rows import conflict_markers


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
    return _AnalysisFile(file, source).analysis()


def _text(path: Path) -> str:
    from .encoding import decode

    try:
        content = path.read_bytes()
    except OSError as error:
        mend = "check the file and its permissions"
        raise DataError(Problem("unreadable", f"can't be read: {error.strerror}", mend, str(path))) from error
    text, problems = decode(content, str(path))
    if text is None or any(problem.severity == "error" for problem in problems):
        raise DataError(problems)
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _AnalysisFile:
    """Collects every problem of one file before it speaks."""

    def __init__(self, path: Path, source: str) -> None:
        self.path, self.source = path, source
        self.problems: list[Problem] = []

    def analysis(self) -> Analysis:
        """What the file asks for.

        Raises:
            DataError: every problem at once.
        """
        root = self._parse()
        for at in unseen_values(root):
            message = f"{toml_values.dotted(at)} holds a character that can't be seen"
            self._add("control-character", message, "type the text again without it", at)
        keys = {
            "review": toml_values.word,
            "title": toml_values.word,
            "sections": toml_values.words,
            "model": toml_values.table,
            "study_limits": toml_values.word,
            "group_tau": toml_values.word,
            "sensitivity": toml_values.questions,
            "figures": toml_values.figures,
            "style": toml_values.word,
            "csl": toml_values.word,
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
            figures=self._figures(given.get("figures", ()), ("figures",)),
            style=given.get("style", STYLE),
            csl=given.get("csl"),
            csl_line=self._line(("csl",)) if "csl" in given else None,
            review_line=self._line(("review",)),
        )

    def _parse(self) -> dict[str, Any]:
        if (conflict := conflict_markers(self.source, str(self.path))) is not None:
            raise DataError(conflict)
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
            "figures": toml_values.figures,
            "model": toml_values.table,
            "study_limits": toml_values.word,
            "caveat": toml_values.prose,
            "group_tau": toml_values.word,
            "sensitivity": toml_values.questions,
            "conclusions": toml_values.tables,
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
        if "figures" in found:
            found["figures"] = self._figures(found["figures"], (*at, "figures"))
        found["conclusions"] = self._conclusions(found.get("conclusions", ()), i)
        questions = self._questions(asked, (*at, "sensitivity") if here else ("sensitivity",), here)
        return OutcomeAnalysis(model=model, study_limits=limits, line=self._line(at), sensitivity=questions, **found)

    def _conclusions(self, given: Sequence[Any], i: int) -> tuple[Any, ...]:
        """The conclusions of an outcome; what can't be read is a problem on the line of its rule or its table."""
        from .updates.conclusions import conclusion_of

        found: dict[str, Any] = {}
        for j, value in enumerate(given):
            try:
                one = conclusion_of(value)
                if one.name in found:
                    raise toml_values.WrongError(f"{one.name!r} is concluded twice", "give each its own name")
                found[one.name] = one
            except toml_values.WrongError as wrong:
                key = "rule" if wrong.code == "bad-rule" else "name"
                line = toml_values.find_nested_line(self.source, ("outcomes", i, "conclusions", j, key))
                place = (str(self.path), line or self._line(("outcomes", i)), "outcomes.conclusions")
                self.problems.append(Problem(wrong.code, str(wrong), wrong.mend, *place))
        return tuple(found.values())

    def _questions(
        self, asked: Sequence[tuple[str, Mapping[str, Any]]], at: tuple[str | int, ...], here: bool
    ) -> tuple[QuestionRequest, ...]:
        """The questions, each with the line on which its name stands."""
        return tuple(QuestionRequest(name, options, here, self._line_of(name, at)) for name, options in asked)

    def _figures(
        self, drawn: Sequence[tuple[str, Mapping[str, Any]]], at: tuple[str | int, ...]
    ) -> tuple[FigureRequest, ...]:
        """The figures, each with the line on which its name stands."""
        return tuple(FigureRequest(name, options, self._line_of(name, at)) for name, options in drawn)

    def _line_of(self, name: str, at: tuple[str | int, ...]) -> int | None:
        """The line, at a key or below it, on which a quoted name stands."""
        first = self._line(at)
        lines = self.source.split("\n")[(first or 1) - 1 :]
        there = (i for i, text in enumerate(lines) if f'"{name}"' in text or f"'{name}'" in text)
        return first and first + next(there, 0)

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
