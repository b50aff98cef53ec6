"""Test for a difference between groups, the between-study spread common to all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import chdtrc

from ..counts import Counts
from ..errors import ComputeError
from .boundaries import classify
from .common_tau import apart, effects_regression, says_nothing, shares_tau, stacked
from .family import LOGISTIC_NORMAL, Family
from .joint import Joint, together
from .likelihood_rows import binomial_log_likelihood
from .notes import note
from .result import Note

if TYPE_CHECKING:
    from . import Model

NO_TEST_OF = "No test for subgroup differences: {why}."
TOO_THIN = (
    "of the groups that say something of the spread within groups (several studies, events and non-events, not one"
    " {unit} in each study), fewer than two have 3 studies of 2 or more {units} (our threshold)"
)
RISING = "nearly every study is all or none, so that the spread has no estimate"

#: A test, or a clause that says why there is none.
Tested = tuple[dict[str, Any] | None, str | None]


@dataclass(frozen=True, slots=True)
class GroupTest:
    """The test for subgroup differences.

    Attributes:
        test: ``{"name", "statistic", "df", "p"}``, with ``df_residual`` where the statistic is an F; or None.
        why: A sentence that says why there is none, or None.
        notes: Which groups took no part, and what the test leaves out.
    """

    test: dict[str, Any] | None
    why: str | None = None
    notes: tuple[Note, ...] = ()


def group_test(model: Model, groups: Mapping[str, Counts]) -> GroupTest:
    """The model's test of one centre for all groups against one for each.

    In a likelihood with a spread, groups that say nothing of it take no part: one study, no events, events only, or
    one unit in each study. The others are tested.

    Args:
        groups: Groups of one analysis; those without a unit are left out.
    """
    there = apart({label: arms.present() for label, arms in groups.items() if arms.n.sum() > 0})
    made = _TESTS.get(model.name)
    if made is None:
        return _none(f"the {model.name} model has none")
    left_out = [label for label, arms in there.items() if hasattr(model, "family") and says_nothing(model, arms)]
    tested = {label: arms for label, arms in there.items() if label not in left_out}
    if left_out and sum(not shares_tau("by-size", arms) for arms in tested.values()) < 2:
        first = there[left_out[0]]
        return _none(TOO_THIN.format(unit=first.unit, units=first.units))
    if len(tested) < 2:
        return _none("there is one group")
    crossing = _crossing(tested)
    if crossing:
        return _none(f"arms of {crossing} are in several groups, which are not independent")
    test, why = made(model, tested)
    if test is None:
        return _none(why or "")
    notes = []
    if left_out:
        notes.append(note("groups-not-tested", groups=" and ".join(left_out), unit=there[left_out[0]].unit))
    if model.name == "common-effect":
        notes.append(note("tested-without-spread"))
    return GroupTest(test, None, tuple(notes))


def _none(why: str) -> GroupTest:
    return GroupTest(None, NO_TEST_OF.format(why=why))


def _crossing(groups: Mapping[str, Counts]) -> str:
    """Studies with arms in several groups."""
    of = [set(arms.studies) for arms in groups.values()]
    shared = {study for i, some in enumerate(of) for study in some if any(study in other for other in of[i + 1 :])}
    return ", ".join(sorted(shared))


def likelihood_ratio_test(groups: Sequence[Counts], family: Family = LOGISTIC_NORMAL) -> dict[str, Any] | None:
    """One centre for all groups against one for each, with a common spread.

    Returns:
        ``{"name", "statistic", "df", "p"}``; None where the likelihood has no inner maximum (all 0, all n, ...).
    """
    studies = [group.by_study() for group in groups]
    events, n = (np.concatenate([getattr(s, name) for s in studies]) for name in ("events", "n"))
    if str(classify(events[None], n[None])[0]) != "ok" or any(_boundary(s) for s in studies):
        return None
    rise = Joint.of(studies, family).maximum().value - together(studies, family)
    return _against_chi2("likelihood ratio, common tau", 2 * rise, len(studies) - 1)


def _against_chi2(name: str, statistic: float, df: int) -> dict[str, Any]:
    statistic = max(0.0, statistic)
    return {"name": name, "statistic": statistic, "df": df, "p": float(chdtrc(df, statistic))}


def _boundary(studies: Counts) -> bool:
    """Whether a group's centre is infinite whatever the spread is."""
    return int(studies.events.sum()) in (0, int(studies.n.sum()))


def _by_likelihood(model: Any, groups: Mapping[str, Counts]) -> Tested:
    test = likelihood_ratio_test(list(groups.values()), model.family)
    return test, None if test is not None else RISING


def _without_spread(model: Any, groups: Mapping[str, Counts]) -> Tested:
    """One proportion for all against one for each: no spread within groups."""
    values = [_binomial(arms) for arms in groups.values()]
    rise = sum(values) - _binomial(stacked(groups)[0])
    return _against_chi2("likelihood ratio, tau = 0", 2 * rise, len(groups) - 1), None


def _binomial(arms: Counts) -> float:
    share = np.array([arms.events.sum() / arms.n.sum()])
    return float(binomial_log_likelihood(arms.events[None], arms.n[None], share)[0])


def _by_effects(model: Any, groups: Mapping[str, Counts]) -> Tested:
    """Wald test of the groups' coefficients in a regression of the effects, whose spread is common."""
    from .design import INTERCEPT, Design

    arms, design = stacked(groups)
    if model.limits == "cr2" or arms.shares_studies:
        return None, "robust limits (cr2), which studies with several arms need, have none"
    values = np.column_stack([np.ones(arms.k), design.values[:, 1:]])
    try:
        fitted = effects_regression(model, model.limits).fit(arms, Design((INTERCEPT, *design.names[1:]), values))
    except ComputeError as error:
        return None, error.problems[0].message
    test = fitted.omnibus
    if test is None:
        return None, "there is one group"
    found = {"name": "Wald, common tau", "statistic": test.statistic, "df": test.df, "p": test.p}
    return found | ({} if test.df_residual is None else {"df_residual": test.df_residual}), None


_TESTS: Mapping[str, Callable[[Any, Mapping[str, Counts]], Tested]] = {
    "logistic-normal": _by_likelihood,
    "beta-binomial": _by_likelihood,
    "common-effect": _without_spread,
    "inverse-variance": _by_effects,
}
