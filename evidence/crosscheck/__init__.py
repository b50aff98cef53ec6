"""The same analysis by other software: PyMARE, statsmodels, and R where it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .case import case_of, quantities
from .comparison import Answer, CrossCheck, compare

if TYPE_CHECKING:
    from ..counts import Counts, Rates
    from ..pooling import Model
    from .case import Case


def _pymare(case: Case) -> tuple[Answer, ...]:
    from .pymare import answer

    return (answer(case),)


def _statsmodels(case: Case) -> tuple[Answer, ...]:
    from .statsmodels import answer

    return (answer(case),)


def _r(case: Case) -> tuple[Answer, ...]:
    from .r import answers

    return answers(case)


#: Name -> what it says to a case. Another software is a file and a line here.
SOFTWARE: Mapping[str, Callable[[Case], tuple[Answer, ...]]] = {
    "PyMARE": _pymare,
    "statsmodels": _statsmodels,
    "R": _r,
}


def crosscheck(
    counts: Counts | Rates, model: str | Model = "logistic-normal", study_limits: str = "clopper-pearson"
) -> CrossCheck:
    """One analysis by every software that is here.

    Args:
        counts: One analysis of counts, or of rates.
        model: A specification, or a model's name.
        study_limits: Name of the studies' own limits.

    Raises:
        EvidenceError: as ``evidence.pool``. What other software lacks is a remark, never an error.
    """
    return check(case_of(counts, model, study_limits))


def check(case: Case) -> CrossCheck:
    """A case by every software that is here."""
    return put_together(case, [answer for ask in SOFTWARE.values() for answer in ask(case)])


def put_together(case: Case, found: list[Answer]) -> CrossCheck:
    """Answers beside our numbers."""
    ours = quantities(case)
    rows = tuple(row for answer in found for row in compare(ours, answer))
    remarks = tuple((answer.software, answer.says) for answer in found if answer.says)
    return CrossCheck(str(case.model.title), rows, remarks)
