"""The references that a document can cite, and where each can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files

from ..bibliography.reading import Reference, read_references
from .blocks import Text

DOI = "https://doi.org/"


@dataclass(frozen=True, slots=True)
class Entry:
    """One reference as it is printed, without its number."""

    key: str
    text: Text


def sources(*bibliographies: Mapping[str, Reference]) -> dict[str, Reference]:
    """References of all bibliographies by key; an earlier one wins."""
    return {key: source for bibliography in reversed(bibliographies) for key, source in bibliography.items()}


def methods_bibliography() -> Mapping[str, Reference]:
    """The sources that models and notes cite."""
    with as_file(files("evidence.document") / "methods.bib") as path:
        return read_references(path)


def href(source: Reference) -> str | None:
    """Where the publication can be read: its DOI, else its address."""
    return DOI + source.doi if source.doi else source.url
