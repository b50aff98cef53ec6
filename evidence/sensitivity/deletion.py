"""What leaving each study out does to a pooled effect, on the analysis scale: shared by influence and Baujat's plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..pooling.anatomy import has_weights, known_effects
from ..pooling.normal_likelihood import weights
from ..pooling.result import Floats
from ..pooling.tau2 import cochran_q
from .leave_out import without

if TYPE_CHECKING:
    from ..counts import Counts
    from ..pooling import Model
    from ..pooling.result import Estimates


@dataclass(frozen=True, slots=True)
class Deletions:
    """A pooled effect with and without each study.

    Attributes:
        effect, se: Of all studies. effect_without, se_without: Without each, shape (studies,); NaN on a boundary.
    """

    effect: float
    se: float
    effect_without: Floats
    se_without: Floats

    @property
    def cook(self) -> Floats:
        """Squared shift over the squared standard error of all studies."""
        return np.asarray(((self.effect - self.effect_without) / self.se) ** 2)

    @property
    def dffits(self) -> Floats:
        """Shift over the standard error without the study."""
        return np.asarray((self.effect - self.effect_without) / self.se_without)

    @property
    def covariance_ratio(self) -> Floats:
        """Squared standard error without the study over that of all."""
        return np.asarray((self.se_without / self.se) ** 2)


@dataclass(frozen=True, slots=True)
class WeightedDeletions:
    """What exists where the pooled effect is a weighted mean; shape (studies,), NaN where not defined.

    Attributes:
        hat: The study's leverage, which for a mean is its share of the weights. weight: The same share.
        rstudent: Distance of its effect from the pooled one without it over the standard error of that distance; for
            studies with one arm only. The factor of Hartung and Knapp, where used, applies to all of that variance.
        dfbetas: Shift over the standard error of all studies at the tau2 without it.
        q_without: Cochran's Q of the others.
    """

    hat: Floats
    weight: Floats
    rstudent: Floats
    dfbetas: Floats
    q_without: Floats


def weighted_deletions(model: Model, arms: Counts, whole: Estimates, left: Estimates) -> WeightedDeletions | None:
    """The same for one analysis of arms present; None for models without weights.

    Args:
        whole: Estimates of all, shape (1,). left: Without each study in the order of ``arms.by_study()``.
    """
    effects = known_effects(model, arms) if has_weights(model) else None
    if effects is None:
        return None
    order = list(dict.fromkeys(arms.studies))
    member = np.array([[study == name for study in arms.studies] for name in order])
    y, v = effects
    hat = member @ _shares(v + whole.tau2[0])
    rest_y, rest_v = known_effects(model, without(arms, member)) or (y, v)
    shift = whole.effect[0] - left.effect
    inflation = left.se**2 * weights(rest_y, rest_v, left.tau2)[1]
    one_arm = member.sum(1) == 1
    single_y, single_v = member @ y, member @ v
    variance = inflation * (single_v + left.tau2) + left.se**2
    distance = np.where(one_arm, single_y - left.effect, np.nan)
    everything = (1 / (v + left.tau2[:, None])).sum(1)
    return WeightedDeletions(
        hat=hat,
        weight=hat,
        rstudent=distance / np.sqrt(variance),
        dfbetas=shift / np.sqrt(inflation / everything),
        q_without=cochran_q(rest_y, rest_v),
    )


def _shares(variance: Floats) -> Floats:
    weight = 1 / variance
    return np.asarray(weight / weight.sum())


def with_twins(studies: tuple[str, ...], values: Floats, i: int) -> str:
    """The name of study ``i``, and how many others have the same value: studies of equal counts can't be told apart."""
    others = int(np.sum(np.isclose(values, values[i], rtol=1e-9, atol=1e-12))) - 1
    if others == 0:
        return studies[i]
    return f"{studies[i]}, like {others} {'other' if others == 1 else 'others'} of the same counts,"
