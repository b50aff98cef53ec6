"""Arms laid out by a column: which groups there are, those without an arm included, and which arms each holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import unknown, usage
from .arm_columns import NOT_REPORTED, ArmColumns, arm_columns
from .codebook import ColumnSpec
from .groups import NOT_REPORTED_LABEL, group_labels

if TYPE_CHECKING:
    from .review import Review


@dataclass(frozen=True, slots=True)
class ArmGroups:
    """The arms of a review by one column.

    Attributes:
        column: The column.
        arms: Label -> arm_id of its arms, in display order, "not reported" last.
    """

    column: ColumnSpec
    arms: Mapping[str, tuple[str, ...]]

    @property
    def heading(self) -> str:
        """Heading of the column, with its unit."""
        return self.column.title


def treatment_column(review: Review) -> str:
    """The column that a figure of treatments is laid out by unless one is named.

    It is the last column of terms that the review declares for its arms (a review says what was treated before it says
    how), or the design of the study where it declares none.
    """
    own = _own_terms(review)
    return own[-1] if own else "design"


def crossing_column(review: Review, other: str) -> str:
    """The column that crosses ``other`` unless one is named: the review's first column of terms, or the design."""
    own = [name for name in _own_terms(review) if name != other]
    return own[0] if own else "design" if other != "design" else "source_seen"


def _own_terms(review: Review) -> list[str]:
    return [name for name, spec in review.settings.columns.get("arms", {}).items() if spec.type == "term"]


def worded_groups(review: Review, name: str) -> ArmGroups:
    """The arms by a column of words, each arm in one place.

    Words of a column that the review declares for itself are groups even if no arm has them.

    Raises:
        UsageError: an unknown column (with the near ones), or a column of numbers or lists.
    """
    known = arm_columns(review)
    spec = known.specs.get(name)
    if spec is not None and (spec.is_numeric or spec.type in ("list", "refs")):
        worded = [other for other, one in known.specs.items() if one.type in ("term", "yes_no")]
        what = "a number" if spec.is_numeric else "a list"
        raise usage(f"{name} is {what}: an arm has no one place by it", f"use one of {', '.join(worded)}", "not-a-term")
    return arm_groups(review, name, empty=spec is not None and spec.own)


def arm_groups(review: Review, name: str, cut: Sequence[Any] = (), empty: bool = False) -> ArmGroups:
    """The arms of a review by one of their columns, their study's or their report's.

    Args:
        review: The review.
        name: The column. cut: Where a number is cut.
        empty: Whether words that no arm has are groups too; "not reported" never is.

    Raises:
        UsageError: an unknown column (with the near ones), a number without cuts, or cuts that do not fit.
    """
    known = arm_columns(review)
    if name not in known.specs:
        raise unknown("column", name, tuple(known.specs))
    column = known.specs[name]
    labels = group_labels(column, {arm: cells[name] for arm, cells in known.arms.items()}, _numbers(name, cut))
    arms: dict[str, tuple[str, ...]] = {}
    if empty:
        arms = {_shown(term): () for term in column.terms if term != NOT_REPORTED}
    for arm, label in labels.items():
        arms[label] = (*arms.get(label, ()), arm)
    if NOT_REPORTED_LABEL in arms:
        arms[NOT_REPORTED_LABEL] = arms.pop(NOT_REPORTED_LABEL)
    return ArmGroups(column, arms)


def _shown(term: str) -> str:
    return " ".join(term.replace("_", " ").split())


def _numbers(name: str, cut: Sequence[Any]) -> tuple[float, ...]:
    try:
        return tuple(float(value) for value in cut)
    except (TypeError, ValueError):
        shown = ", ".join(map(str, cut))
        raise usage(f"the cuts {shown} of {name} are not all numbers", "write cut=100,200", "bad-cut") from None


def counted_once(known: ArmColumns, arms: Collection[str]) -> tuple[str, ...]:
    """The arms without those whose patients another arm among them counts already; of two that name each other the
    first stays.
    """
    kept: list[str] = []
    for arm in (arm for arm in known.arms if arm in arms):
        other = known.arms[arm]["same_patients_as"]
        named_back = other in known.arms and known.arms[other]["same_patients_as"] == arm
        if other in arms and other != arm and not (named_back and other not in kept):
            continue
        kept.append(arm)
    return tuple(kept)


def arm_label(known: ArmColumns, arm_id: str) -> str:
    """The study's label; the arm's too where the study has several arms."""
    arm = known.arms[arm_id]
    several = sum(other["study_id"] == arm["study_id"] for other in known.arms.values()) > 1
    return " ".join(f"{arm['study']}: {arm['label']}".split() if several else str(arm["study"]).split())


def patients_of(known: ArmColumns, arms: Collection[str]) -> int:
    """Patients treated in these arms, each counted once."""
    return sum(int(known.arms[arm]["n_treated"]) for arm in counted_once(known, arms))
