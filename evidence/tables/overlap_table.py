"""Arms that share patients, or may: each pair with what was decided and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..review.overlap import KnownPair, known_pairs
from .records import by_key, reports_of
from .table import Cell, Table, TableColumn, cell

if TYPE_CHECKING:
    from ..review.review import Review

#: What a pair is called that nobody decided on in overlap.csv.
NAMED = {"same_patients_as": "same patients", "possible_overlap": "unclear, not verified"}


def overlap_table(review: Review) -> Table | None:
    """One row per pair of arms that arms.csv or overlap.csv names; None where there is none."""
    pairs = known_pairs(review.rows("arms"), review.rows("overlap"))
    if not pairs:
        return None
    columns = (
        TableColumn("arm_a", "Arm"),
        TableColumn("arm_b", "Other arm"),
        TableColumn("n_a", "Treated", "right"),
        TableColumn("n_b", "Treated in the other", "right"),
        TableColumn("decision", "Same patients?"),
        TableColumn("reason", "Reason", wide=True),
        TableColumn("decided_by", "Decided by"),
        TableColumn("date", "Date"),
        TableColumn("notes", "Notes", wide=True),
    )
    rows = tuple(_row(review, one) for one in pairs)
    # A ledger that nobody keeps has no reasons, names and days: columns of dashes say nothing.
    kept = [i for i, column in enumerate(columns) if i < _ALWAYS or any(row[i].value is not None for row in rows)]
    return Table(
        "overlap-decisions",
        "Pairs of arms that share patients, or may.",
        tuple(columns[i] for i in kept),
        tuple(tuple(row[i] for i in kept) for row in rows),
    )


_ALWAYS = 5


def _row(review: Review, one: KnownPair) -> tuple[Cell, ...]:
    arms = by_key(review, "arms", "arm_id")
    decision = one.decision
    text = decision.decision.replace("_", " ") if decision else NAMED[str(one.named)]
    return (
        _arm(review, one.first),
        _arm(review, one.second),
        cell(arms[one.first]["n_treated"]),
        cell(arms[one.second]["n_treated"]),
        Cell(text, decision.decision if decision else one.named),
        *(cell(getattr(decision, name, None)) for name in ("reason", "decided_by", "date", "notes")),
    )


def _arm(review: Review, arm_id: str) -> Cell:
    """An arm by its study, and by its own name where the study has several."""
    arms, studies = by_key(review, "arms", "arm_id"), by_key(review, "studies", "study_id")
    arm = arms[arm_id]
    study = str(arm["study_id"])
    several = sum(str(other["study_id"]) == study for other in arms.values()) > 1
    label = str(studies[study]["label"])
    name = f"{label}: {arm['label']}" if several else label
    return Cell(name, arm_id, None, reports_of(review).get(study, ()))
