"""Analyses of all sizes as few stacks: each analysis is filled up with absent studies to one of a few widths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..counts import Counts, Rates
from ..pooling.packed import widths_of
from .batches import Hashes, Index


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Analyses one after another.

    Attributes:
        sizes: Rows of each analysis, shape (analyses,). events, total: Of each row, shape (rows,).
        studies: Number that rows of one study share within an analysis, or None where every row is a study.
        of_rates: Whether ``total`` is a time at risk.
    """

    sizes: npt.NDArray[np.integer[Any]]
    events: npt.NDArray[Any]
    total: npt.NDArray[Any]
    studies: Hashes | None
    of_rates: bool

    @property
    def analysis(self) -> Index:
        """The analysis of each row."""
        return np.repeat(np.arange(self.sizes.size), self.sizes)


def single(ragged: Ragged, one: int) -> Counts | Rates:
    """One analysis as it stands in the table: its rows in their order, shape (k,)."""
    begin = int(ragged.sizes[:one].sum())
    rows = slice(begin, begin + int(ragged.sizes[one]))
    studies = None if ragged.studies is None else [str(study) for study in ragged.studies[rows].tolist()]
    kind = Rates if ragged.of_rates else Counts
    return kind(ragged.events[rows], ragged.total[rows], studies=studies)


def ordered(ragged: Ragged) -> tuple[Ragged, Index]:
    """The same with the arms of a study beside each other, studies of several arms first.

    Returns:
        The analyses, and for each row how many arms its study has.
    """
    if ragged.studies is None:
        return ragged, np.ones(ragged.events.size, dtype=np.int64)
    analysis = ragged.analysis
    order = np.lexsort((ragged.studies, analysis))
    studies, of = ragged.studies[order], analysis[order]
    new = np.concatenate([[True], (studies[1:] != studies[:-1]) | (of[1:] != of[:-1])])[: of.size]
    arms = np.diff(np.append(np.flatnonzero(new), of.size))
    many = np.repeat(arms, arms)
    again = np.lexsort((np.arange(of.size), -many, of))
    order, many = order[again], many[again]
    found = Ragged(ragged.sizes, ragged.events[order], ragged.total[order], ragged.studies[order], ragged.of_rates)
    return found, many


def summed(ragged: Ragged, arms: Index) -> Ragged:
    """Arms of one study as one row; ``ragged`` and ``arms`` are those of ``ordered``."""
    if ragged.studies is None:
        return ragged
    analysis, studies = ragged.analysis, ragged.studies
    new = np.concatenate([[True], (studies[1:] != studies[:-1]) | (analysis[1:] != analysis[:-1])])[: analysis.size]
    begins = np.flatnonzero(new)
    sizes = np.bincount(analysis[begins], minlength=ragged.sizes.size)
    events, total = (np.add.reduceat(part, begins) if begins.size else part for part in (ragged.events, ragged.total))
    return Ragged(sizes, events, total, None, ragged.of_rates)


def stacks_of(ragged: Ragged, arms: Index) -> Iterator[tuple[Index, Counts | Rates]]:
    """The analyses by width and, where studies have several arms, by how many: ``arms`` of the study of each row.

    Yields:
        Which analyses, and their stack.
    """
    begins = np.cumsum(ragged.sizes) - ragged.sizes
    widths = widths_of(ragged.sizes)
    patterns = _patterns(ragged, arms)
    for pattern, members in patterns:
        for width in np.unique(widths[members]).tolist():
            which = members[widths[members] == width]
            there = np.arange(width) < ragged.sizes[which][:, None]
            at = np.where(there, begins[which][:, None] + np.arange(width), 0)
            events, total = (np.where(there, part[at], 0) for part in (ragged.events, ragged.total))
            kind = Rates if ragged.of_rates else Counts
            yield which, kind(events, total, studies=_labels(pattern, width))


def _patterns(ragged: Ragged, arms: Index) -> Iterator[tuple[tuple[int, ...], Index]]:
    """Numbers of arms of the studies that have several, and the analyses that have such studies."""
    analysis = ragged.analysis
    shared = np.zeros(ragged.sizes.size, dtype=bool)
    shared[analysis[arms > 1]] = True
    yield (), np.flatnonzero(~shared)
    found: dict[tuple[int, ...], list[int]] = {}
    begins = np.cumsum(ragged.sizes) - ragged.sizes
    for one in np.flatnonzero(shared).tolist():
        many = arms[begins[one] : begins[one] + ragged.sizes[one]]
        values, counts = np.unique(many[many > 1], return_counts=True)
        pattern = tuple(np.repeat(values, counts // values)[::-1].tolist())
        found.setdefault(pattern, []).append(one)
    for pattern, members in sorted(found.items()):
        yield pattern, np.array(members, dtype=np.int64)


def _labels(pattern: tuple[int, ...], width: int) -> list[str] | None:
    if not pattern:
        return None
    shared = [f"study {i}" for i, size in enumerate(pattern) for _ in range(size)]
    return shared + [f"alone {i}" for i in range(width - len(shared))]
