"""The analyses of a chunk, fitted: what a worker does, with nothing but arrays given and taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..errors import EvidenceError, Problem
from ..pooling.boundaries import STATUSES
from ..pooling.convergence import MEND
from ..pooling.stack_facts import Facts, facts_of, needs_arms
from .stacks import Ragged, ordered, single, stacks_of, summed

if TYPE_CHECKING:
    from ..counts import Counts, Rates
    from ..pooling import Model
    from ..pooling.result import Estimates

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

#: Numbers of an analysis, in the order of the table that comes out.
NUMBERS = (
    "estimate",
    "lower",
    "upper",
    "mean",
    "mean_lower",
    "mean_upper",
    "tau",
    "I2",
    "tau2",
    "pi_lower",
    "pi_upper",
    "effect",
    "se",
    "log_likelihood",
)
_NO_FIT = STATUSES.index("no-fit")


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What is to be fitted: the specification and the analyses, all of which can be pooled."""

    model: Model
    analyses: Ragged


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What came of it.

    Attributes:
        studies: Of each analysis, shape (analyses,).
        numbers: Shape (len(NUMBERS), analyses); NaN where not defined.
        status: Position in ``STATUSES``. notes: Position in ``spellings``.
        spellings: Codes of notes, joined by ``;``.
        failed: Analysis -> why it has no fit.
    """

    studies: npt.NDArray[np.int64]
    numbers: Floats
    status: npt.NDArray[np.int8]
    notes: npt.NDArray[np.int32]
    spellings: Sequence[str]
    failed: dict[int, Problem]


def fit_piece(piece: Piece) -> Fitted:
    """Fit the analyses of a piece; one that has no fit says why, and stops none of the others."""
    model = piece.model
    arms, of_study = ordered(piece.analyses)
    studies = summed(arms, of_study)
    several = None if piece.analyses.studies is None else studies.sizes < arms.sizes
    given = (arms, of_study) if needs_arms(model) else (studies, np.ones(studies.events.size, dtype=np.int64))
    size = arms.sizes.size
    out = Fitted(
        studies.sizes.astype(np.int64),
        np.full((len(NUMBERS), size), np.nan),
        np.full(size, _NO_FIT, dtype=np.int8),
        np.zeros(size, dtype=np.int32),
        [""],
        {},
    )
    known = {"": 0}
    for which, stack in stacks_of(*given):
        for part, fitted, estimates in _estimated(model, stack, np.arange(which.size)):
            marked = None if several is None or needs_arms(model) else several[which[part]]
            _write(out, which[part], estimates, facts_of(model, fitted, estimates, marked), known)
        for row in np.flatnonzero(out.status[which] == _NO_FIT).tolist():
            out.failed[int(which[row])] = _reason(model, single(piece.analyses, int(which[row])))
    return Fitted(out.studies, out.numbers, out.status, out.notes, list(known), out.failed)


def _estimated(model: Any, stack: Any, rows: Index) -> Iterator[tuple[Index, Any, Estimates]]:
    """The estimates; rows that no search foresaw are found by halving and left without any."""
    if rows.size == 0:
        return
    given = stack if rows.size == stack.n.shape[0] else _part(stack, rows)
    try:
        found = model.estimate(given)
    except Exception:
        if rows.size > 1:
            half = rows.size // 2
            yield from _estimated(model, stack, rows[:half])
            yield from _estimated(model, stack, rows[half:])
        return
    yield rows, given, found


def _part(stack: Counts | Rates, rows: Index) -> Any:
    return stack.like(stack.events[rows], stack.n[rows], stack.labels, stack.studies, stack.keys)


def _reason(model: Any, arms: Counts | Rates) -> Problem:
    """Why one analysis has no fit, in the words of its single fit, which names arms by their place in the table."""
    try:
        model.fit(arms)
    except EvidenceError as error:
        return error.problems[0]
    except Exception as error:
        return Problem("no-fit", f"{type(error).__name__}: {error}", MEND)
    return Problem("no-fit", "the search had not settled", MEND)


def _write(out: Fitted, which: Index, estimates: Estimates, facts: Facts, known: dict[str, int]) -> None:
    for i, name in enumerate(NUMBERS):
        out.numbers[i, which] = facts.i2 if name == "I2" else getattr(estimates, name)
    for code, status in enumerate(STATUSES):
        out.status[which[estimates.status == status]] = code
    out.notes[which] = _spelled(facts, which.size, known)


def _spelled(facts: Facts, rows: int, known: dict[str, int]) -> npt.NDArray[np.int32]:
    """The codes of each analysis as the position of their spelling; new spellings are added to the known ones."""
    if not facts.notes:
        return np.zeros(rows, dtype=np.int32)
    marked = np.array([where for _, where in facts.notes])
    bits = (np.int64(1) << np.arange(len(facts.notes))) @ marked
    different, at = np.unique(bits, return_inverse=True)
    positions = []
    for one in different.tolist():
        codes = dict.fromkeys(code for i, (code, _) in enumerate(facts.notes) if one >> i & 1)
        positions.append(known.setdefault(";".join(codes), len(known)))
    return np.array(positions, dtype=np.int32)[at.reshape(-1)]
