"""A drawn figure on its way into a document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure as SVG: name of its file, what it shows for those who can't see it, caption."""

    name: str
    svg: str
    alt: str
    caption: str
