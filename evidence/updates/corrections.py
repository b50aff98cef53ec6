"""Why counts of an arm were corrected, as the record of adjudication or a note beside them says."""

from __future__ import annotations

from collections.abc import Iterable

from .difference import Difference

#: Characters of a cell that are shown, the rest is in the tables; of a reason.
SHOWN, OF_REASON = 60, 180
_COUNTED = ("events", "total", "unit", "timepoint_months")


def shortened(text: str | None, width: int = SHOWN) -> str:
    """A text on one line, cut at a word with an ellipsis where it is long."""
    plain = " ".join((text or "").split())
    return plain if len(plain) <= width else plain[:width].rsplit(" ", 1)[0] + " ..."


def reasons_of(found: Difference, outcome: str, arms: Iterable[str]) -> dict[str, str]:
    """arm_id -> why its counts of an outcome were corrected, where somebody said.

    Args:
        found: What differs in the tables. outcome: Its name. arms: By ids as they are now.
    """
    said: dict[str, list[str]] = {}
    starts = {f"{arm} {outcome} ": arm for arm in arms}
    changes = [change for table in found.tables if table.table == "outcomes" for change in table.changes]
    for change in changes:
        arm = next((arm for start, arm in starts.items() if f"{change.row} ".startswith(start)), None)
        if arm is not None and change.why and change.column in _COUNTED:
            said.setdefault(arm, []).append(shortened(change.why, OF_REASON))
    return {arm: "; ".join(dict.fromkeys(reasons)) for arm, reasons in said.items()}
