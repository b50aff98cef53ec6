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
    from .courses import patient_courses as patient_courses
    from .coverage import evidence_coverage as evidence_coverage
    from .errors import EvidenceError as EvidenceError
    from .figures import View as View
    from .figures import forest as forest
    from .figures import forest_models as forest_models
    from .figures import forest_panels as forest_panels
    from .figures.answers import answer_figure as answer_figure
    from .figures.harm_matrix import adverse_event_matrix as adverse_event_matrix
    from .figures.map_plot import evidence_map as evidence_map
    from .figures.swimmer_plot import swimmer as swimmer
    from .figures.theme import with_palette as with_palette
    from .harms import harm_counts as harm_counts
    from .many import pool_many as pool_many
    from .outcomes import select as select
    from .pooling import model as model
    from .pooling import pool as pool
    from .pooling.design import Design as Design
    from .pooling.design import design_of as design_of
    from .pooling.regression import regress as regress
    from .pooling.regression import regression as regression
    from .pooling.regression_result import predict as predict
    from .response_extents import responses as responses
    from .review.review import check_review as check_review
    from .review.review import read_review as read_review
    from .review.spreadsheet import read_bare_table as read_bare_table
    from .sensitivity.baujat import baujat as baujat
    from .sensitivity.begg import begg as begg
    from .sensitivity.bubble import bubble as bubble
    from .sensitivity.calibration import calibration as calibration
    from .sensitivity.case_reports import case_reports as case_reports
    from .sensitivity.cumulative import cumulative as cumulative
    from .sensitivity.egger import egger as egger
    from .sensitivity.extractors import extractors as extractors
    from .sensitivity.harms_silence import harms_silence as harms_silence
    from .sensitivity.influence import influence as influence
    from .sensitivity.leave_out import leave_one_out as leave_one_out
    from .sensitivity.missing import missing_outcomes as missing_outcomes
    from .sensitivity.multiverse import multiverse as multiverse
    from .sensitivity.overlap import overlap as overlap
    from .sensitivity.patients import patients as patients
    from .sensitivity.performance import calibrate as calibrate
    from .sensitivity.peters import peters as peters
    from .sensitivity.priors import priors as priors
    from .sensitivity.publication_filter import publication_filter as publication_filter
    from .sensitivity.report_size import report_size as report_size
    from .sensitivity.size_covariate import size_covariate as size_covariate
    from .sensitivity.source_confidence import source_confidence as source_confidence
    from .sensitivity.standing import standing as standing
    from .sensitivity.subsets import subsets as subsets
    from .sensitivity.trim_and_fill import trim_and_fill as trim_and_fill
    from .updates.reading_published import read_published as read_published
    from .updates.replication import replicate as replicate

__version__ = "0.1.0"

#: Public name -> the module it lives in.
_HOMES = {
    "Counts": "counts",
    "Design": "pooling.design",
    "EvidenceError": "errors",
    "Rates": "counts",
    "View": "figures",
    "adverse_event_matrix": "figures.harm_matrix",
    "answer_figure": "figures.answers",
    "baujat": "sensitivity.baujat",
    "begg": "sensitivity.begg",
    "bubble": "sensitivity.bubble",
    "calibrate": "sensitivity.performance",
    "calibration": "sensitivity.calibration",
    "case_reports": "sensitivity.case_reports",
    "check_review": "review.review",
    "cumulative": "sensitivity.cumulative",
    "design_of": "pooling.design",
    "egger": "sensitivity.egger",
    "evidence_coverage": "coverage",
    "evidence_map": "figures.map_plot",
    "extractors": "sensitivity.extractors",
    "forest": "figures",
    "forest_models": "figures",
    "forest_panels": "figures",
    "harm_counts": "harms",
    "harms_silence": "sensitivity.harms_silence",
    "influence": "sensitivity.influence",
    "leave_one_out": "sensitivity.leave_out",
    "missing_outcomes": "sensitivity.missing",
    "model": "pooling",
    "multiverse": "sensitivity.multiverse",
    "overlap": "sensitivity.overlap",
    "patient_courses": "courses",
    "patients": "sensitivity.patients",
    "peters": "sensitivity.peters",
    "pool": "pooling",
    "pool_many": "many",
    "predict": "pooling.regression_result",
    "priors": "sensitivity.priors",
    "publication_filter": "sensitivity.publication_filter",
    "read_bare_table": "review.spreadsheet",
    "read_published": "updates.reading_published",
    "read_review": "review.review",
    "regress": "pooling.regression",
    "regression": "pooling.regression",
    "replicate": "updates.replication",
    "report_size": "sensitivity.report_size",
    "responses": "response_extents",
    "select": "outcomes",
    "select_rates": "bare",
    "select_table": "bare",
    "size_covariate": "sensitivity.size_covariate",
    "source_confidence": "sensitivity.source_confidence",
    "standing": "sensitivity.standing",
    "subsets": "sensitivity.subsets",
    "swimmer": "figures.swimmer_plot",
    "trim_and_fill": "sensitivity.trim_and_fill",
    "with_palette": "figures.theme",
}

__all__ = [
    "Counts",
    "Design",
    "EvidenceError",
    "Rates",
    "View",
    "adverse_event_matrix",
    "answer_figure",
    "baujat",
    "begg",
    "bubble",
    "calibrate",
    "calibration",
    "case_reports",
    "check_review",
    "cumulative",
    "design_of",
    "egger",
    "evidence_coverage",
    "evidence_map",
    "extractors",
    "forest",
    "forest_models",
    "forest_panels",
    "harm_counts",
    "harms_silence",
    "influence",
    "leave_one_out",
    "missing_outcomes",
    "model",
    "multiverse",
    "overlap",
    "patient_courses",
    "patients",
    "peters",
    "pool",
    "pool_many",
    "predict",
    "priors",
    "publication_filter",
    "read_bare_table",
    "read_published",
    "read_review",
    "regress",
    "regression",
    "replicate",
    "report_size",
    "responses",
    "select",
    "select_rates",
    "select_table",
    "size_covariate",
    "source_confidence",
    "standing",
    "subsets",
    "swimmer",
    "trim_and_fill",
    "with_palette",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'evidence' has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
