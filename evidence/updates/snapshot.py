"""Freezing a version: tables, settings, references, analyses and results into data/<review>/versions/<label>/.

The files are kept as they are, not packed: people can read them, and git keeps the same bytes only once.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import ComputeError, DataError, EvidenceError, Problem, usage
from ..outcomes import select
from ..pooling import pool
from ..review.review import Review
from .requests import Requests
from .version import MANIFEST, VERSIONS, Version, check_label, manifest, written


def frozen(version: Version, label: str, made: str, results: Mapping[str, Any]) -> Version:
    """The version as it is frozen under a label.

    Args:
        version: What is frozen. label: Its name. made: When, as 2026-11-28T15:03:11Z. results: Analysis -> outcomes.

    Raises:
        UsageError: the label can't be one.
    """
    return replace(version, label=check_label(label), made=made, tool=f"evidence {__version__}", results=results)


def results_of(review: Review, analyses: Sequence[Requests]) -> dict[str, Any]:
    """The numbers of every analysis: outcome by outcome its pool, or why there is none.

    Raises:
        EvidenceError: an analysis asks for what the review does not have, with the place in its file.
    """
    return {
        analysis.name: [_result(review, analysis, i) for i in range(len(analysis.outcomes))] for analysis in analyses
    }


def _result(review: Review, analysis: Requests, which: int) -> dict[str, Any]:
    request = analysis.outcomes[which]
    named = {"outcome": request.outcome, "where": dict(request.where)}
    try:
        selection = select(review, request.outcome, request.where, time=request.time)
        pooled = pool(selection, request.model, request.study_limits).to_dict()
        studies = [{name: value for name, value in study.items() if name != "columns"} for study in pooled["studies"]]
        return {**named, "pooled": pooled | {"studies": studies}, "none": None}  # the tables have the columns
    except ComputeError as error:
        return {**named, "pooled": None, "none": error.problems[0].message}
    except EvidenceError as error:
        raise analysis.place(error, request) from error


def place_of(folder: Path, label: str) -> Path:
    """Where a version goes.

    Raises:
        UsageError: the label can't be one, or is taken.
    """
    place = folder / VERSIONS / check_label(label)
    there = {path.name.casefold() for path in place.parent.iterdir()} if place.parent.is_dir() else set()
    if label.casefold() in there:
        whole = (place / MANIFEST).exists() or not place.is_dir()
        what = f"the review has a version {label} already: {place}"
        mend = "give another label: a version is never written over"
        if not whole:
            what = f"{place} is there already, and it holds no version: it has no {MANIFEST}"
            mend = f"remove the folder {place}, then run it again; or give another label"
        raise usage(what, mend, "version-exists")
    return place


def write_version(folder: Path, version: Version) -> Path:
    """Write a version, whole or not at all.

    Raises:
        UsageError: the label is taken. DataError: the folder can't be written.
    """
    place = place_of(folder, version.label)
    aside = place.with_name(f".{version.label}.part")
    try:
        for name, content in {**written(version), MANIFEST: manifest(version)}.items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        aside.rename(place)
    except OSError as error:
        mend = "check the rights of the folder and the room on the disk"
        raise DataError(Problem("write", f"can't be written: {error.strerror}", mend, str(place))) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return place
