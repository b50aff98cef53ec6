"""Equal counts are fitted once: the same arms are pooled for the whole outcome and again beside every grouping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..counts import Counts
    from ..pooling.result import Pooled


class Remembering:
    """A model that keeps what it fitted; every other question goes to the model itself."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._fitted: dict[object, Pooled] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def fit(self, counts: Counts, study_limits: str = "clopper-pearson") -> Pooled:
        """As the model's own ``fit``."""
        arms = (counts.labels, counts.studies, counts.keys, counts.unit)
        key = (counts.events.tobytes(), counts.n.tobytes(), counts.shape, arms, study_limits)
        if key not in self._fitted:
            self._fitted[key] = self._model.fit(counts, study_limits)
        return self._fitted[key]
