"""Evidence synthesis from published case reports and case series.

The public names are imported on first use, so ``import evidence`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bare import select_rates as select_rates
    from .bare import select_table as select_table
    from .counts import Counts as Counts
    from .counts import Rates as Rates
    from .errors import EvidenceError as EvidenceError
    from .figures import forest as forest
    from .figures.answers import answer_figure as answer_figure
    from .outcomes import select as select
    from .pooling import model as model
    from .pooling import pool as pool
    from .pooling.design import Design as Design
    from .pooling.design import design_of as design_of
    from .pooling.regression import regress as regress
    from .pooling.regression import regression as regression
    from .pooling.regression_result import predict as predict
    from .review.review import check_review as check_review
    from .review.review import read_review as read_review
    from .review.spreadsheet import read_bare_table as read_bare_table
    from .sensitivity.leave_out import leave_one_out as leave_one_out
    from .sensitivity.priors import priors as priors
    from .sensitivity.standing import standing as standing

__version__ = "0.1.0"

#: Public name -> the module it lives in.
_HOMES = {
    "Counts": "counts",
    "Design": "pooling.design",
    "EvidenceError": "errors",
    "Rates": "counts",
    "answer_figure": "figures.answers",
    "check_review": "review.review",
    "design_of": "pooling.design",
    "forest": "figures",
    "leave_one_out": "sensitivity.leave_out",
    "model": "pooling",
    "pool": "pooling",
    "predict": "pooling.regression_result",
    "priors": "sensitivity.priors",
    "read_bare_table": "review.spreadsheet",
    "read_review": "review.review",
    "regress": "pooling.regression",
    "regression": "pooling.regression",
    "select": "outcomes",
    "select_rates": "bare",
    "select_table": "bare",
    "standing": "sensitivity.standing",
}

__all__ = [
    "Counts",
    "Design",
    "EvidenceError",
    "Rates",
    "answer_figure",
    "check_review",
    "design_of",
    "forest",
    "leave_one_out",
    "model",
    "pool",
    "predict",
    "priors",
    "read_bare_table",
    "read_review",
    "regress",
    "regression",
    "select",
    "select_rates",
    "select_table",
    "standing",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'evidence' has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
