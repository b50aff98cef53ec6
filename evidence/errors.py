"""What went wrong, where, and the mend: every error of the package is one of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about one place of an input.

    Attributes:
        code: Stable name of the kind of problem, e.g. ``events-exceed-total``.
        message: What was found, with the value.
        mend: What to do, as an instruction.
        file: Path as the user gave it, or None where the input is not a file.
        line: 1-based physical line in the file, or None.
        column: Name of the column (or TOML key), or None.
        severity: ``error`` fails a check, ``warning`` does not.
    """

    code: str
    message: str
    mend: str
    file: str | None = None
    line: int | None = None
    column: str | None = None
    severity: Severity = "error"

    @property
    def place(self) -> str:
        """``file:line:column``, as far as known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        warning = "warning: " if self.severity == "warning" else ""
        return f"{place}{warning}{self.message} [{self.code}]\n  mend: {self.mend}"


class EvidenceError(Exception):
    """Something the user can mend. Carries its problems; ``exit_code`` is the command line's."""

    exit_code = 3

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[EvidenceError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class DataError(EvidenceError):
    """The tables, counts or an analysis file hold something that can't be used."""

    exit_code = 1


class UnknownReviewError(DataError):
    """A review that does not exist: wrong usage where it was typed, an error of the file where one names it."""

    exit_code = 2


class UsageError(EvidenceError):
    """A name or option that does not exist or does not fit."""

    exit_code = 2


class ComputeError(EvidenceError):
    """The numbers asked for can't be computed from these data."""

    exit_code = 3


def usage(message: str, mend: str, code: str = "usage") -> UsageError:
    """A UsageError of one problem."""
    return UsageError(Problem(code, message, mend))


def data_error(message: str, mend: str, code: str) -> DataError:
    """A DataError of one problem that has no place in a file."""
    return DataError(Problem(code, message, mend))


def unknown(kind: str, name: str, known: Sequence[str], code: str | None = None) -> UsageError:
    """The error for a name that does not exist: lists the near names, or all of them."""
    return usage(f"{kind} {name!r} is not known", near(name, known), code or f"unknown-{kind.replace(' ', '-')}")


#: Likeness from which an id counts as near, and another name: ids differ in few letters, and a wrong one does harm.
ID_LIKENESS, LIKENESS = 0.7, 0.5
#: Letters of an id up to which it is short.
_SHORT = 3


def near_id(name: str, known: Sequence[str], file: str) -> str:
    """The mend for an id that a table lacks: the near ones, or all of a few; in a short id one letter is much."""
    mend = near(name, known, ID_LIKENESS if len(name) > _SHORT else LIKENESS)
    if len(known) <= 8:
        return mend
    return mend.partition(" Known:")[0] if "did you mean" in mend else f"use an id of {file}, or add it there"


def near(name: str, known: Sequence[str], likeness: float = LIKENESS) -> str:
    """The mend for an unknown name: the near names first."""
    close = get_close_matches(name.casefold(), [k.casefold() for k in known], n=3, cutoff=likeness)
    same = [k for k in known if k.casefold() == name.casefold()]
    names = same or sorted((k for k in known if k.casefold() in close), key=lambda k: close.index(k.casefold()))
    if names:
        return f"did you mean {' or '.join(names)}? Known: {', '.join(known)}"
    return f"use one of {', '.join(known)}" if known else "none are known here"
