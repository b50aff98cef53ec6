"""One analysis for all arms and one for each group of arms: never a ranking, a test only where it means something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from .. import display
from ..counts import Counts
from ..errors import usage
from .arm_notes import notes_of_arms
from .assemble import Parts, assemble, in_context
from .common_tau import GROUP_TAU, common_parts, has_common_tau, shares_tau
from .notes import FEW_STUDIES, note
from .options import check_choice
from .result import Context, Pooled

if TYPE_CHECKING:
    import pandas as pd

    from . import Model
    from .group_test import GroupTest


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
        test: ``{"name", "statistic", "df", "p"}``, with ``df_residual`` where the statistic is an F; or None where no
            test is meaningful; ``no_test`` says why.
        by: Column that forms the groups.
        heading: Its printed name.
        no_test: Why there is no test, or None.
        labels: Every group in display order, those without a usable arm included.
        silent: (label, arms) of the groups of which no arm has a usable count.
    """

    overall: Pooled
    groups: tuple[tuple[str, Pooled], ...]
    test: dict[str, Any] | None
    by: str
    heading: str
    no_test: str | None = None
    labels: tuple[str, ...] = ()
    silent: tuple[tuple[str, int], ...] = ()

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


def pool_selection(
    selection: Selected, model: Model, study_limits: str, group_tau: str = "by-size"
) -> Pooled | Subgroups:
    """Pool all arms of a selection, and each of its groups.

    Args:
        group_tau: One of ``GROUP_TAU``: which groups have a between-study standard deviation of their own. A Bayesian
            group always has: its prior carries what a thin group can't tell.

    Raises:
        UsageError: an unknown ``group_tau``, or one that the model does not have. DataError: no arm has a usable count.
    """
    check_group_tau(group_tau, model)
    everything = tuple(range(selection.counts.k))
    overall = _pool_arms(selection, everything, selection.context, model, study_limits)
    if selection.groups is None or selection.by is None:
        return overall
    counted = selection.counts.counted_in(selection.context.unit)
    members = {label: counted.take(np.asarray(at, dtype=int)) for label, at in selection.groups.items() if at}
    usable = {label: arms for label, arms in members.items() if (arms.n > 0).any()}
    shared = common_parts(model, usable, [label for label, arms in usable.items() if shares_tau(group_tau, arms)])
    groups = tuple(
        (label, _pool_arms(selection, arms, selection.group_contexts[label], model, study_limits, shared.get(label)))
        for label, arms in selection.groups.items()
        if arms
    )
    groups = tuple((label, _said_single(pooled)) for label, pooled in groups)
    heading = str(selection.context.headings.get(selection.by, selection.by))
    tested = _test(members, model, counted.units)
    overall = replace(overall, notes=(*overall.notes, note("not-randomised"), *tested.notes))
    labels = tuple(dict.fromkeys((*selection.group_contexts, *dict(groups))))
    silent = tuple((name, selection.group_contexts[name].arms_all) for name in labels if name not in dict(groups))
    return Subgroups(overall, groups, tested.test, selection.by, heading, tested.why, labels, silent)


def check_group_tau(group_tau: str, model: Model | None) -> None:
    """Refuse a name that is not known, and a common tau of a model that has none.

    Raises:
        UsageError: as said.
    """
    check_choice("group_tau", group_tau, GROUP_TAU)
    if model is not None and group_tau == "common" and not has_common_tau(model):
        raise usage(
            f"group_tau 'common' with the {model.name} model, whose groups share none",
            "leave group_tau out, or use logistic-normal, beta-binomial or inverse-variance",
            "group_tau",
        )


def _test(members: Mapping[str, Counts], model: Model, units: str) -> GroupTest:
    """The test for subgroup differences, or why there is none."""
    from .group_test import GroupTest, group_test

    return group_test(model, members) if may_test(members) else GroupTest(None, NO_TEST.format(units=units))


def _pool_arms(
    selection: Selected,
    arms: tuple[int, ...],
    context: Context,
    model: Model,
    study_limits: str,
    shared: Parts | None = None,
) -> Pooled:
    """The result of some arms; ``shared`` are the parts of a group whose spread is common to the groups."""
    counts = selection.counts.take(np.asarray(arms, dtype=int)).counted_in(context.unit)
    pooled = model.fit(counts, study_limits) if shared is None else assemble(model, counts, shared, study_limits)
    columns = {selection.counts.keys[i]: dict(selection.study_columns[i]) for i in arms}
    studies = tuple(replace(study, columns=columns.get(study.key, {})) for study in pooled.studies)
    notes = (*pooled.notes, *notes_of_arms([selection.study_columns[i] for i in arms]))
    return in_context(replace(pooled, studies=studies, notes=notes), context)


def _said_single(pooled: Pooled) -> Pooled:
    """A group of one study says whose limits it shows."""
    if pooled.status != "single-study":
        return pooled
    return replace(pooled, notes=(*pooled.notes, note("subgroup-single")))


def may_test(groups: Mapping[str, Counts]) -> bool:
    """Whether two groups each have at least 3 studies of 2 or more units (J)."""
    enough = [int(np.sum(counts.by_study().n >= 2)) >= FEW_STUDIES for counts in groups.values()]
    return sum(enough) >= 2


NO_TEST = (
    "No test for subgroup differences: fewer than two groups have 3 studies of 2 or more {units} (our threshold)."
    " The groups were not formed by chance and are not ranked."
)


def _test_sentence(test: dict[str, Any] | None) -> str:
    if test is None:
        return "No test for subgroup differences."
    return (
        f"Test for subgroup differences ({test['name']}): {test['statistic']:.2f}, {degrees(test)} df,"
        f" p {display.p_value(test['p'])}; the groups were not randomised."
    )


def degrees(test: Mapping[str, Any]) -> str:
    """Degrees of freedom of a test as they are printed: one number, or two of an F."""
    return f"{test['df']} and {test['df_residual']}" if "df_residual" in test else str(test["df"])
