"""One analysis for all arms and one for each group of arms: never a ranking, a test only where it means something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..counts import Counts
from .notes import FEW_STUDIES, note
from .result import Context, Pooled

if TYPE_CHECKING:
    import pandas as pd


class Selected(Protocol):
    """Counts with what a review knows about each arm: what ``evidence.select`` returns."""

    @property
    def counts(self) -> Counts: ...
    @property
    def study_columns(self) -> tuple[Mapping[str, Any], ...]: ...
    @property
    def groups(self) -> Mapping[str, tuple[int, ...]] | None: ...
    @property
    def by(self) -> str | None: ...
    @property
    def context(self) -> Context: ...
    @property
    def group_contexts(self) -> Mapping[str, Context]: ...


@dataclass(frozen=True, slots=True)
class Subgroups:
    """An overall result and one for each group.

    Attributes:
        overall: All arms.
        groups: (label, result) in display order; a group without a usable arm has no entry.
        test: ``{"name", "statistic", "df", "p"}`` or None where no test is meaningful; ``no_test`` says why.
        by: Column that forms the groups.
        heading: Its printed name.
        no_test: Why there is no test, or None.
    """

    overall: Pooled
    groups: tuple[tuple[str, Pooled], ...]
    test: dict[str, Any] | None
    by: str
    heading: str
    no_test: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The overall result's dict with ``subgroups`` and ``test``."""
        return {
            **self.overall.to_dict(),
            "by": self.by,
            "subgroups": [{"group": label, **pooled.to_dict()} for label, pooled in self.groups],
            "test": self.test,
            "no_test": self.no_test,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per arm, with its group."""
        import pandas as pd

        frames = [pooled.to_frame().assign(group=label) for label, pooled in self.groups]
        return pd.concat(frames, ignore_index=True)

    def __str__(self) -> str:
        blocks = [str(self.overall)]
        blocks += [f"\n{self.heading}: {label}\n{pooled}" for label, pooled in self.groups]
        blocks.append("\n" + (self.no_test or _test_sentence(self.test)))
        return "\n".join(blocks)


def with_context(pooled: Pooled, selection: Selected, arms: tuple[int, ...]) -> Pooled:
    """The result with each study's columns."""
    by_key = {selection.counts.keys[i]: selection.study_columns[i] for i in arms}
    studies = tuple(replace(study, columns=dict(by_key.get(study.key, {}))) for study in pooled.studies)
    return replace(pooled, studies=studies)


def may_test(groups: Mapping[str, Counts]) -> bool:
    """Whether two groups each have at least 3 studies of 2 or more units (J)."""
    enough = [int(np.sum(counts.by_study().n >= 2)) >= FEW_STUDIES for counts in groups.values()]
    return sum(enough) >= 2


NO_TEST = (
    "No test for subgroup differences: fewer than two groups have 3 studies of 2 or more {units} (our threshold)."
    " The groups were not formed by chance and are not ranked."
)


def not_randomised(pooled: Pooled) -> Pooled:
    """The result with the note that its group is not a randomised one."""
    return replace(pooled, notes=(*pooled.notes, note("not-randomised")))


def _test_sentence(test: dict[str, Any] | None) -> str:
    if test is None:
        return "No test for subgroup differences."
    return (
        f"Test for subgroup differences ({test['name']}): {test['statistic']:.2f}, {test['df']} df, p {test['p']:.3f};"
        " the groups were not randomised."
    )
