"""The result from what each extractor entered, beside the adjudicated one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import display
from ..pooling import specified
from ..pooling.result import Note
from .answer import not_askable
from .asked import Asked
from .varied import Varied, VariedAnswer, Way

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model
    from ..review.review import Review

ADJUDICATED = "adjudicated"


@dataclass(frozen=True, slots=True, eq=False)
class Extractors(VariedAnswer):
    """The result under each extractor, and adjudicated.

    Attributes:
        varied: Each extractor in order of names, the adjudicated counts last.
        differing: For each of these, how many arms have other counts than the adjudicated, or are in one only.
    """

    differing: tuple[int, ...]
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "extractors"

    def __str__(self) -> str:
        varied = self.varied
        parts = []
        for i, label in enumerate(varied.labels):
            differs = "" if i == varied.first else f", {_differ(self.differing[i])}"
            parts.append(f"{label} {varied.counted(i)}{differs}")
        text = f"{'; '.join(parts)}; {varied.range()}."
        return f"{text[:1].upper()}{text[1:]}"

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The ways as plain rows for JSON, with the arms that differ."""
        rows = zip(self.varied.rows(), self.differing, strict=True)
        return [{**row, "differing": differing} for row, differing in rows]

    def to_frame(self) -> pd.DataFrame:
        """One row per extractor and one adjudicated: counts, arms that differ, exact limits, estimates."""
        return self.varied.to_frame().assign(differing=self.differing)


def extractors(
    review: Review,
    outcome: str,
    model: str | Model,
    where: Mapping[str, Any] | None = None,
    time: Any = None,
    unread: str = "left-out",
) -> Extractors:
    """The result from the counts that each extractor entered before adjudication.

    They stand in extraction/extractor_NAME_outcomes.csv of the review; arms, studies and reports are the final ones.

    Args:
        review: The review.
        outcome: Name of the outcome.
        model: The primary model.
        where, time, unread: How arms and rows are selected, as for ``evidence.select``.

    Raises:
        NotAskableError: fewer than two extractors, or time points that can't be told apart.
        DataError: a file of an extractor can't be read.
    """
    model = specified(model)
    from ..outcomes import select
    from ..review.extraction import FOLDER, read_extractions

    final = select(review, outcome, where=where, time=time, unread=unread).counts
    tables = read_extractions(review)
    if len(tables) < 2:
        number = "one extractor" if tables else "no values of single extractors are kept"
        raise not_askable(number, f"keep those of each in {FOLDER}/extractor_NAME_outcomes.csv")
    ways = [
        Way(f"extractor {name.upper()}", _entered(review, outcome, table, where, (time, unread)))
        for name, table in tables.items()
    ]
    ways.append(Way(ADJUDICATED, final, True))
    return Extractors(Varied.of(ways, model), tuple(_differing(way.counts, final) for way in ways))


def _entered(
    review: Review, outcome: str, table: Any, where: Mapping[str, Any] | None, rules: tuple[Any, str]
) -> Counts | None:
    """The counts that one extractor entered; None where there is none."""
    from ..errors import ComputeError, DataError, UsageError
    from ..outcomes import select
    from ..review.extraction import as_extracted

    time, unread = rules
    try:
        return select(as_extracted(review, table), outcome, where=where, time=time, unread=unread).counts
    except DataError as error:
        reason = f"{table.file}: several counts of one arm and outcome can't be told apart by time"
        raise not_askable(reason, "add the column timepoint_months") from error
    except ComputeError:
        return None
    except UsageError:
        # A word that only adjudicated rows have: no row of this extractor passes the filter.
        if where:
            return None
        raise


def _differ(arms: int) -> str:
    return f"{display.plural(arms, 'arm')} differ{'s' if arms == 1 else ''}" if arms else "no arm differs"


def _differing(counts: Counts | None, final: Counts) -> int:
    """Arms with other counts, or in one of the two only."""
    ours, theirs = (
        {key: (int(x), int(n)) for key, x, n in zip(one.keys, one.events, one.n, strict=True)}
        if one is not None
        else {}
        for one in (counts, final)
    )
    return int(np.sum([ours.get(key) != theirs.get(key) for key in {**ours, **theirs}]))


def asked_extractors(asked: Asked) -> Extractors:
    """For the registry."""
    review, outcome = asked.of_review()
    return extractors(review, outcome, asked.model, asked.where, asked.time, asked.unread)
