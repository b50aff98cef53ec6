"""What merging records, or taking them apart, does to citations that were screened already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..bibliography.citations import Citation
from ..bibliography.final_rows import SCREENING
from ..bibliography.screening import Screened, ScreenedFiles
from ..bibliography.screening_states import Screening, State
from ..errors import DataError
from ..kept_rows import read_kept
from .review import SETTINGS
from .settings import read_settings

STATES: Mapping[State, str] = {
    "to_screen": "to be screened",
    "conflict": "in conflict",
    "wanted": "to be read in full",
    "excluded": "excluded",
    "included": "included",
    "awaiting": "awaiting classification",
    "tabled": f"decided in {SCREENING} alone",
}


def moved_citations(folder: Path, before: Sequence[Citation], after: Sequence[Citation]) -> tuple[str, ...]:
    """A sentence with its mend for each citation that now stands elsewhere in screening; none where nobody screened.

    A citation at which nobody had looked, and that is part of a screened one now, is not among them: it loses nothing.

    Args:
        folder: Of the review. before, after: The citations.
    """
    try:
        screened = ScreenedFiles(folder).screened()
        if not screened.screeners and not screened.consensus:
            return ()
        settings, _ = read_settings(folder / SETTINGS)
        rows = frozenset(read_kept(folder / SCREENING, ("report_id",), "report_id").by("report_id"))
    except DataError:  # evidence check tells what is wrong with them
        return ()
    two = (_screening(citations, screened, settings.screening.screeners, rows) for citations in (before, after))
    return tuple(_moved(folder, *two))


def _screening(citations: Sequence[Citation], screened: Screened, needed: int, rows: frozenset[str]) -> Screening:
    made = Screening(tuple(citations), screened, needed)
    return replace(made, tabled=rows - made.spoken_of)


def _moved(folder: Path, before: Screening, after: Screening) -> Iterator[str]:
    groups = [_groups(before), _groups(after)]
    for name in groups[0]:
        if name not in before.by_id and name not in after.by_id:
            continue
        old, new = (group[name] for group in groups)
        was, now = before.state(old), after.state(new)
        if was in (now, "to_screen"):
            continue
        whole, part = (f" as part of {other}" if other != name else "" for other in (old, new))
        joined = [one for one in after.by_id[new].members if one not in before.by_id[old].members]
        part = part or (f" together with {', '.join(joined)}" if joined else "")
        told = f"{name} was {STATES[was]}{whole}, and is {STATES[now]}{part} now"
        yield f"{told}: judge it again if that is wrong: evidence screen {folder} --report {new} --as NAME"


def _groups(screening: Screening) -> dict[str, str]:
    """Id of each record and report -> citation."""
    return {name: one.report_id for one in screening.citations for name in (one.report_id, *one.members)}
