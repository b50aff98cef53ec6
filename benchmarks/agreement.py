"""Whether the answers that were timed agree: a time of another answer would say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import ours, tasks
from .others import metafor_says

#: Start of a task's key -> largest difference on the logit scale, and why it is not less.
CLOSENESS = {
    "reml": (2e-4, "metafor's iterations stop when tau2 moves by less than 1e-5"),
    "dl": (1e-10, "a closed formula"),
    "glmm": (5e-3, "rma.glmm integrates over 7 nodes and stops early"),
    "leave": (5e-3, "rma.glmm integrates over 7 nodes and stops early"),
}
#: Columns that metafor's file has, and ours.
COLUMNS = ("effect", "se", "tau2", "pi_lower", "pi_upper")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far one task's answers are from metafor's.

    Attributes:
        task: Its title. compared: Analyses with a maximum inside in both. apart: Analyses beyond the closeness.
        largest: Largest difference on the logit scale. closeness, why: What is allowed.
    """

    task: str
    compared: int
    apart: int
    largest: float
    closeness: float
    why: str

    def __str__(self) -> str:
        """One line of the table's foot."""
        end = f"; {self.apart} differ by more" if self.apart else ""
        return (
            f"{self.task}: {self.compared} compared with metafor, largest difference {self.largest:.1e}"
            f" (allowed {self.closeness:.0e}: {self.why}){end}"
        )


def agreement(folder: Path, task: tasks.Task) -> Agreement | None:
    """Estimates, standard errors, tau2 and prediction limits beside metafor's; None where there is no metafor."""
    theirs = metafor_says(folder, task)
    if theirs is None:
        return None
    found = ours.estimates(task)
    own = np.stack([found.effect, found.se, found.tau2, _logit(found.pi_lower), _logit(found.pi_upper)], -1)
    inside = np.isin(found.status, ("ok", "tau-zero"))
    gaps = np.abs(own - theirs)[inside]
    if task.key.startswith("reml"):
        fewest = (task.n[: task.others] > 0).sum(-1)[inside] >= 3
        gaps[~fewest, 3:] = 0  # below three studies ours prints no prediction interval
    elif gaps.shape[1] == len(COLUMNS):
        gaps = gaps[:, :3]
    closeness, why = CLOSENESS[task.key.partition("-")[0]]
    worst = gaps.max(-1)
    return Agreement(task.title, len(gaps), int((~(worst <= closeness)).sum()), float(worst.max()), closeness, why)


def _logit(p: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(p) - np.log1p(-p))
