"""What an analysis asks of an outcome, as far as its pool depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import EvidenceError


class Request(Protocol):
    """What is done with one outcome: an ``OutcomeAnalysis`` is one."""

    @property
    def outcome(self) -> str:
        """Name in review.toml."""

    @property
    def model(self) -> Any:
        """Frozen specification."""

    @property
    def study_limits(self) -> str:
        """How each study's own limits are made."""

    @property
    def where(self) -> Mapping[str, Any]:
        """Column -> value or values: arms that stay."""

    @property
    def time(self) -> Any:
        """Which row of an arm; None = the outcome's own rule."""

    @property
    def conclusions(self) -> Sequence[Any]:
        """Conclusions drawn from it, each a ``Conclusion``."""


class Requests(Protocol):
    """One analysis file: an ``Analysis`` is one."""

    @property
    def name(self) -> str:
        """Name of the file without suffix."""

    @property
    def outcomes(self) -> Sequence[Request]:
        """What is asked of each outcome."""

    def place(self, error: EvidenceError, outcome: Any) -> EvidenceError:
        """The error with the place of the outcome in the file."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """What is done with an outcome that no analysis asks for."""

    outcome: str
    model: Any
    study_limits: str = "clopper-pearson"
    where: Mapping[str, Any] = field(default_factory=dict)
    time: None = None
    conclusions: tuple[Any, ...] = ()
