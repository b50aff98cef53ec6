"""A study that one version has and the other does not, because its reports were excluded there: and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: report_id -> what was decided of it, and the reason or None.
Decisions = Mapping[str, tuple[str, str | None]]
INCLUDED, EXCLUDED, MERGED = "included", "excluded", "duplicate_report"


def decisions_of(screening: Iterable[Mapping[str, Any]], names: Mapping[tuple[str, str], str]) -> Decisions:
    """What was decided of each report; ids that were renamed later are called as they are now."""
    return {
        names.get(("reports", row["report_id"]), row["report_id"]): (row["decision"], row.get("reason"))
        for row in screening
        if row.get("decision")
    }


def reports_by_study(
    reports: Iterable[Mapping[str, Any]], names: Mapping[tuple[str, str], str]
) -> dict[str, tuple[str, ...]]:
    """The reports of each study, by ids as they are now."""
    found: dict[str, list[str]] = {}
    for row in reports:
        if study := row.get("study_id"):
            name = names.get(("reports", row["report_id"]), row["report_id"])
            found.setdefault(names.get(("studies", study), study), []).append(name)
    return {study: tuple(ids) for study, ids in found.items()}


def exclusion(reports: Iterable[str], decisions: Decisions) -> str | None:
    """Why a study is not in a version: ``excluded: wrong population``; None where it was not excluded.

    Args:
        reports: Of the study, in the version that has it. decisions: Of the version that does not.
    """
    found = [decisions[report] for report in reports if report in decisions]
    if any(decision == INCLUDED for decision, _ in found):
        return None
    reasons = [reason for decision, reason in found if decision == EXCLUDED]
    if reasons:
        return "; ".join(dict.fromkeys(_words(reason) for reason in reasons))
    merged = found and all(decision == MERGED for decision, _ in found)
    return "reports of another study" if merged else None


def _words(reason: str | None) -> str:
    return f"excluded: {reason.replace('_', ' ')}" if reason else "excluded"
