"""What tests of small-study effects share: the effects they are made of, from how many studies on, what to say of them.

Source of the reason against them: Hunter et al. 2014, 10.1016/j.jclinepi.2014.03.003.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..pooling.inverse_variance import InverseVariance
from ..pooling.likelihood_parts import one_analysis
from ..pooling.notes import note
from ..pooling.result import Floats
from .answer import not_askable

if TYPE_CHECKING:
    from ..counts import Counts
    from ..pooling import Model
    from ..pooling.result import Note

#: None of these tests is made with fewer studies.
FEWEST = 10
#: How often Egger's test and a Peters-type one reject at the 0.10 level where nothing is missing; the shares where most
#: reports are of one patient are simulated in tests/sensitivity/test_rejection_rates.py, with the first review's sizes.
EGGER_REJECTS, PETERS_REJECTS = "14 to 23 %", "90 %"
SINGLES_REJECT = "three quarters"


@dataclass(frozen=True, slots=True)
class Effects:
    """Effects of the studies on a measure's scale.

    Attributes:
        y, v, n: Effects, sampling variances and sizes, shape (k,). labels: Of the studies.
        scale: The inverse-variance specification whose scale and correction they have.
        corrected: How many were corrected because they have no events, or only events.
    """

    y: Floats
    v: Floats
    n: Floats
    labels: tuple[str, ...]
    scale: InverseVariance
    corrected: int

    @property
    def axis(self) -> str:
        """What the effects are, for a picture."""
        return self.scale.scale.scale


def effects_of(counts: Counts, model: Model) -> Effects:
    """The studies' effects: on the scale of an inverse-variance model, else as corrected logits; arms are summed.

    Raises:
        NotAskableError: fewer than 10 studies, or one without a variance on that scale.
    """
    studies = one_analysis(counts).by_study()
    if studies.k < FEWEST:
        raise not_askable(f"{studies.k} studies, and never with fewer than {FEWEST}", "add studies")
    scale = model if isinstance(model, InverseVariance) else InverseVariance(level=model.level)
    x, n = studies.events.astype(float), studies.n.astype(float)
    y, v = scale.scale.effects(studies.events, studies.n, scale.add, scale.to)
    if not (v > 0).all():
        raise not_askable("a study has no variance on this scale without a correction", "give the model add = 0.5")
    bare = scale.scale.bare(x, n) if scale.scale.correction(scale.add, scale.to) > 0 else np.zeros(n.size, dtype=bool)
    return Effects(y, v, n, studies.labels, scale, int(bare.sum()))


def reasons() -> tuple[Note, ...]:
    """The note that every one of these answers carries."""
    return (note("egger-invalid", egger=EGGER_REJECTS, singles=SINGLES_REJECT, peters=PETERS_REJECTS),)


def study_rows(effects: Effects, **columns: Any) -> list[dict[str, Any]]:
    """One row for each study: effect, variance, size and further columns of shape (k,)."""
    found = {"effect": effects.y, "variance": effects.v, "n": effects.n, **columns}
    return [
        {"study": label, **{name: float(values[i]) for name, values in found.items()}}
        for i, label in enumerate(effects.labels)
    ]
