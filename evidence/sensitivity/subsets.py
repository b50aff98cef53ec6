"""All subsets of the studies (GOSH): whether the result is that of one body of evidence, or of two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from .. import display
from ..errors import usage
from ..pooling import specified
from ..pooling.anatomy import i2_of
from ..pooling.notes import note
from ..pooling.result import Floats, Note
from ..pooling.spread import centre_part, estimates
from ..workers import spread_over
from .answer import not_askable
from .asked import Asked, Progress, headlines, known, silent
from .leave_out import without
from .option import Option
from .pictures import Points

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model
    from ..workers import Workers

Bools = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

#: Fewer studies have too few subsets.
FEWEST = 3
#: Up to so many studies every subset is fitted: 2^16 - 1 of them.
EXACT_STUDIES = 16
#: Random subsets above that.
DRAWN = 2**15
#: Quantiles over subsets that are reported.
QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)
#: Subsets are numbered by how many studies of each kind they hold; above this a number is no longer exact.
LARGEST_CODE = 2.0**62
#: Status of a subset without a spread -> what it has, in words.
_WITHOUT: Mapping[str, str] = {
    "single-study": "one study",
    "all-zero": "no events",
    "all-events": "events only",
    "tau-infinite": "studies that are all or none",
    "tau-not-identified": "one unit in each study",
    "no-fit": "no fit",
}
#: A study whose presence moves the middle of the subsets by more than this is said to split them (J).
SPLITS = 0.05


@dataclass(frozen=True, slots=True)
class Subsets:
    """The analysis of every subset of the studies, or of random ones.

    Attributes:
        studies: Their names. events, n: Their counts, shape (studies,).
        inside: Which are in each subset, shape (subsets, studies).
        value: The reported number of each, shape (subsets,); NaN where there is none. name: What it is.
        spread: I2 (from tau2) of inverse variances, else tau; NaN where not defined, as of one study.
        spread_name: Which of the two.
        status: Of each fit. whole: The reported number of all studies.
        exact: Whether every subset is here. possible: How many there are. seed: Of the random ones, else None.
        fitted: Fits that were made: subsets of the same counts have the same one.
        model: The specification.
    """

    studies: tuple[str, ...]
    events: np.ndarray
    n: np.ndarray
    inside: Bools
    value: Floats
    name: str
    spread: Floats
    spread_name: str
    status: npt.NDArray[np.str_]
    whole: float | None
    exact: bool
    possible: int
    seed: int | None
    fitted: int
    model: Model
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "subsets"

    @property
    def quantiles(self) -> Floats:
        """Of the reported number over the subsets, at ``QUANTILES``."""
        there = self.value[np.isfinite(self.value)]
        return np.quantile(there, QUANTILES) if there.size else np.full(len(QUANTILES), np.nan)

    @property
    def split(self) -> Floats:
        """Median over the subsets with each study less that over those without it, shape (studies,)."""
        there = np.isfinite(self.value)
        return np.array([_median(self.value[there & has]) - _median(self.value[there & ~has]) for has in self.inside.T])

    @property
    def splitting(self) -> int | None:
        """The study whose presence moves the middle of the subsets most."""
        split = np.abs(self.split)
        return int(np.nanargmax(split)) if np.isfinite(split).any() else None

    def __str__(self) -> str:
        there = self.value[np.isfinite(self.value)]
        if there.size == 0:
            return "No subset of the studies has an estimate."
        low, high = self.quantiles[[0, -1]]
        which = f"all {self.value.size:,}" if self.exact else f"{self.value.size:,} random"
        reach = (
            f"Over {which} subsets of the {len(self.studies)} studies the {self.name} lies between"
            f" {display.percent(there.min())} and {display.percent(there.max())}, in 95 % of them between"
            f" {display.percent(low)} and {display.percent(high)}"
        )
        return f"{self._splits()} {reach}."

    def _splits(self) -> str:
        """Whether the subsets with a study lie apart from those without it."""
        i = self.splitting
        if i is None:
            return "No study can be told from the others."
        there = np.isfinite(self.value)
        with_it, without_it = (_median(self.value[there & (self.inside[:, i] == has)]) for has in (True, False))
        sides = (
            f"half of the subsets with it lie below {display.percent(with_it)}, half of those without it below"
            f" {display.percent(without_it)}"
        )
        twins = int(np.sum((self.events == self.events[i]) & (self.n == self.n[i]))) - 1
        name = f"{self.studies[i]}{f', like {twins} more of the same counts,' if twins else ''}"
        if abs(with_it - without_it) <= SPLITS:
            return (
                f"As far as single studies tell, this is one body of evidence: even {name} moves it by less than"
                f" {100 * SPLITS:.0f} percentage points ({sides}; our threshold)."
            )
        return f"{name} makes most of the difference: {sides}."

    @property
    def drawn(self) -> Bools:
        """Which subsets the figure shows: those with an estimate and a spread."""
        return np.asarray(np.isfinite(self.value) & np.isfinite(self.spread))

    def to_frame(self) -> pd.DataFrame:
        """One row per subset: studies in it, estimate, I2 or tau, status, and a column for each study."""
        import pandas as pd

        found = {"k": self.inside.sum(1), "value": self.value, self.spread_name: self.spread, "status": self.status}
        members = {f"in: {study}": self.inside[:, i] for i, study in enumerate(self.studies)}
        return pd.DataFrame({**found, **members})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: what the subsets say, not each of them."""
        there = self.value[np.isfinite(self.value)]
        names, numbers = np.unique(self.status, return_counts=True)
        return {
            "question": self.question,
            "model": self.model.to_dict(),
            "exact": self.exact,
            "subsets": int(self.value.size),
            "possible": self.possible,
            "fitted": self.fitted,
            "seed": self.seed,
            "name": self.name,
            "whole": self.whole,
            "lowest": known(there.min()) if there.size else None,
            "highest": known(there.max()) if there.size else None,
            "quantiles": [{"at": at, "value": known(v)} for at, v in zip(QUANTILES, self.quantiles, strict=True)],
            "split": [{"study": s, "shift": known(v)} for s, v in zip(self.studies, self.split, strict=True)],
            "statuses": {str(name): int(number) for name, number in zip(names, numbers, strict=True)},
            "sentence": str(self),
            "notes": [note.to_dict() for note in self.notes],
        }

    def picture(self) -> Points:
        """A point for each subset with an estimate and a spread, those with the splitting study marked."""
        shown = self.drawn
        i = self.splitting
        marked = np.zeros(shown.sum(), dtype=bool) if i is None else self.inside[shown, i]
        label = "I2" if self.spread_name == "i2" else "standard deviation between studies (tau)"
        marking = "" if i is None else f" (marked: subsets with {self.studies[i]})"
        return Points(
            tuple(self.value[shown].tolist()),
            tuple(self.spread[shown].tolist()),
            ("",) * int(shown.sum()),
            f"{self.name}{marking}",
            label,
            flagged=tuple(marked.tolist()),
            vertical=self.whole,
            x_proportion=True,
            y_proportion=self.spread_name == "i2",
        )


def _median(values: Floats) -> float:
    return float(np.median(values)) if values.size else float("nan")


def subsets(
    counts: Counts,
    model: str | Model,
    drawn: int = DRAWN,
    seed: int = 1,
    progress: Progress = silent,
    workers: Workers | int | None = None,
) -> Subsets:
    """The analysis of every subset of the studies, as one stack; of random subsets above 16 studies.

    As in metafor's gosh every subset of 1 to k studies counts, 2^k - 1 in all, and random ones are drawn uniformly from
    them (each study in or out with probability 1/2, with replacement). Subsets of the same counts are fitted once.

    Args:
        counts: One analysis, shape (k,); the arms of a study are in or out together.
        drawn: Random subsets where there are more than 16 studies. seed: Of their generator.
        progress: Told how many are fitted.
        workers: Processes that fit, see ``evidence.spread_over``; the answer does not depend on it.

    Source: Olkin, Dahabreh and Trikalinos 2012, 10.1002/jrsm.1053.

    Raises:
        NotAskableError: fewer than 3 studies. UsageError: fewer than 2 subsets, or a seed below 0.
    """
    model = specified(model)
    if drawn < 2 or seed < 0:
        raise usage(f"drawn {drawn}, seed {seed}", f"give drawn = {DRAWN} and seed = 1, for example", "subsets")
    arms = counts.present()
    k = len(set(arms.studies))
    if k < FEWEST:
        raise not_askable("fewer than 3 studies", "add studies")
    exact = k <= EXACT_STUDIES
    inside = _every(k) if exact else _random(k, drawn, seed)
    with spread_over(workers):
        answer = _fitted(arms, model, inside, None if exact else seed, progress)
    return replace(answer, notes=_notes(answer))


def _fitted(arms: Counts, model: Model, inside: Bools, seed: int | None, progress: Progress) -> Subsets:
    """The analysis of the subsets, without notes; ``seed`` of random ones."""
    studies = arms.by_study()
    stack, row = _stack(arms, inside)
    found = next(estimates([(model, stack)], centre_part, partial(_told, progress)))
    shown, i2 = headlines(found, model), i2_of(model, stack, found.tau2)
    return Subsets(
        studies.labels,
        studies.events,
        studies.n,
        inside,
        shown.value[row],
        shown.name,
        (found.tau if i2 is None else i2)[row],
        "tau" if i2 is None else "i2",
        found.status[row],
        known(shown.value[-1]),
        seed is None,
        2 ** inside.shape[1] - 1,
        seed,
        stack.shape[0] - 1,
        model,
    )


def _stack(arms: Counts, inside: Bools) -> tuple[Counts, Index]:
    """The subsets that hold other counts, and all studies together as the last row; which row each subset is."""
    studies = list(dict.fromkeys(arms.studies))
    of_arm = np.array([studies.index(study) for study in arms.studies])
    first, row = distinct_subsets(inside, _kinds(arms, of_arm, len(studies)))
    member = np.concatenate([inside[first], np.ones((1, len(studies)), dtype=bool)])[:, of_arm]
    return without(arms, ~member), row


def _told(progress: Progress, done: int, rows: int) -> None:
    progress(f"{done:,} of {rows:,} subsets of the studies")


def _notes(found: Subsets) -> tuple[Note, ...]:
    """How many subsets there are, and why some are not in the figure."""
    notes = []
    if not found.exact:
        drawn, possible = f"{found.value.size:,}", f"{found.possible:,}"
        notes.append(note("random-subsets", drawn=drawn, possible=possible, seed=found.seed))
    missing = ~found.drawn
    if missing.any():
        names, times = np.unique(found.status[missing], return_counts=True)
        words = [_WITHOUT.get(str(name), "no estimate") for name in names]
        why = ", ".join(f"{n:,} have {said}" for n, said in zip(times, words, strict=True))
        spread = "I2" if found.spread_name == "i2" else "tau"
        shown, every = f"{int(found.drawn.sum()):,}", f"{found.value.size:,}"
        notes.append(note("subsets-not-drawn", shown=shown, all=every, why=why, spread=spread))
    return tuple(notes)


def _every(k: int) -> Bools:
    """Every subset but the empty one, shape (2^k - 1, k)."""
    return np.asarray((np.arange(1, 2**k)[:, None] >> np.arange(k)) & 1, dtype=bool)


def _random(k: int, drawn: int, seed: int) -> Bools:
    """Subsets drawn uniformly with replacement, none of them empty, shape (drawn, k)."""
    generator = np.random.default_rng(seed)
    inside = generator.random((drawn, k)) < 0.5
    while (empty := np.flatnonzero(~inside.any(1))).size:
        inside[empty] = generator.random((empty.size, k)) < 0.5
    return inside


def _kinds(arms: Counts, of_arm: Index, k: int) -> Index:
    """The number of each study's kind, shape (k,): studies of one kind have the same arms."""
    contents = [
        tuple(sorted((int(arms.events[i]), float(arms.n[i])) for i in np.flatnonzero(of_arm == j))) for j in range(k)
    ]
    numbers = {content: i for i, content in enumerate(dict.fromkeys(contents))}
    return np.array([numbers[content] for content in contents])


def distinct_subsets(inside: Bools, kinds: Index) -> tuple[Index, Index]:
    """Subsets that hold other numbers of each kind of study.

    Returns:
        first: A subset of each, shape (distinct,); every subset by itself where there are too many kinds to number.
        row: Which of them each subset is, shape (subsets,).
    """
    radix = np.cumprod([1, *(np.bincount(kinds) + 1)], dtype=float)
    if radix[-1] > LARGEST_CODE:
        return np.arange(inside.shape[0]), np.arange(inside.shape[0])
    code = (inside.astype(np.int64) * radix[kinds].astype(np.int64)).sum(1)
    _, first, row = np.unique(code, return_index=True, return_inverse=True)
    return first, row.reshape(-1)


OPTIONS = {
    "drawn": Option(DRAWN, f"random subsets where there are more than {EXACT_STUDIES} studies"),
    "seed": Option(1, "of the random numbers"),
}


def asked_subsets(asked: Asked) -> Subsets:
    """For the registry; options ``drawn`` and ``seed``."""
    asked.progress("fitting subsets of the studies")
    return subsets(asked.counts, asked.model, **asked.given(OPTIONS), progress=asked.progress)
