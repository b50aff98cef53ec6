"""What a review says itself of its extractors' agreement: extraction/agreement.csv."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..rows import read_rows
from .extraction import FOLDER

FILE = "agreement.csv"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One row of the record.

    Attributes:
        metric, among: What was compared, and among which things.
        n, agree: Things compared and alike; None where the cell holds no number.
        kappa, notes: As recorded; None = empty.
        file, line: Where it stands.
    """

    metric: str
    among: str
    n: int | None
    agree: int | None
    kappa: float | None
    notes: str | None
    file: str
    line: int

    def __str__(self) -> str:
        """``38 of 38, kappa 1.00``."""
        text = f"{self.agree} of {self.n}" if None not in (self.n, self.agree) else "no counts"
        return text if self.kappa is None else f"{text}, kappa {self.kappa:.2f}"


def read_recorded(folder: Path) -> tuple[Recorded, ...]:
    """The rows of the record; none where a review keeps none, or nothing of it can be read."""
    path = folder / FOLDER / FILE
    if not path.exists():
        return ()
    raw = read_rows(path)
    rows = []
    for line, cells in raw.rows:
        row = dict(zip(raw.header, cells, strict=True))
        n, agree, kappa = (_number(row.get(name, "")) for name in ("n", "n_agree", "cohen_kappa"))
        rows.append(
            Recorded(
                row.get("metric", ""),
                row.get("unit", ""),
                None if n is None else int(n),
                None if agree is None else int(agree),
                kappa,
                row.get("notes") or None,
                raw.file,
                line,
            )
        )
    return tuple(rows)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None
