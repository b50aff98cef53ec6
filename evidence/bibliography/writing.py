"""Records to the files of other programs, such that reading them again gives the same records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .bibtex_writing import write_bibtex
from .csv_writing import write_csv
from .record import Record
from .ris_writing import write_ris


@dataclass(frozen=True, slots=True)
class Target:
    """A format to write: its name for people, its file ending, and the text of records with their ids."""

    title: str
    suffix: str
    write: Callable[[Sequence[tuple[str, Record]]], str]


#: Name -> target.
TARGETS: Mapping[str, Target] = {
    "ris": Target("RIS", ".ris", write_ris),
    "bibtex": Target("BibTeX", ".bib", write_bibtex),
    "csv": Target("CSV", ".csv", write_csv),
}
