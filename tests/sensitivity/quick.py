"""Models with limits that cost little, for tests whose subject is not the limits."""

from __future__ import annotations

from typing import Any

import evidence
from evidence.pooling import Model

_LIMITS: dict[str, dict[str, Any]] = {
    "inverse-variance": {"limits": "wald"},
    "logistic-normal": {"limits": "wald", "prediction": "none"},
    "beta-binomial": {"limits": "wald", "prediction": "none"},
}


def quick(name: str) -> Model:
    """The model with Wald limits where it has a choice, and without a prediction interval that is slow."""
    return evidence.model(name, **_LIMITS.get(name, {}))
