"""What several extractors made of the same reports: how far they agree, and what is left to settle."""

from __future__ import annotations

from .agreement import IDENTICAL, Comparison, FieldAgreement, NotComputed, Share
from .joined import ComparedCell, DoubleExtraction, desk_of, double_extraction

__all__ = [
    "IDENTICAL",
    "ComparedCell",
    "Comparison",
    "DoubleExtraction",
    "FieldAgreement",
    "NotComputed",
    "Share",
    "desk_of",
    "double_extraction",
]
