"""results.json: every number of the document at full precision."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from .findings import Findings, OutcomeFindings
from .found import found as found_sentences
from .given import given
from .inputs import inputs, versions
from .sentences import summary

if TYPE_CHECKING:
    from ..pooling.subgroups import Subgroups


def to_json(findings: Findings, files: tuple[str, ...] = ()) -> str:
    """The results as JSON text; None for what does not exist, never NaN or Infinity.

    Args:
        findings: Everything computed.
        files: Relative paths of all files of the document, so that a later build knows which are its own.
    """
    return json.dumps(to_dict(findings, files), indent=1, ensure_ascii=False, allow_nan=False, default=_plain) + "\n"


def to_dict(findings: Findings, files: tuple[str, ...] = ()) -> dict[str, Any]:
    """The results as plain values in a fixed order."""
    review, analysis = findings.review, findings.analysis
    values = {
        "title": findings.title,
        "banner": findings.banner,
        "review": review.name,
        "status": review.settings.status,
        "analysis": analysis.to_dict(),
        "summary": [sentence.to_dict() for sentence in summary(findings)],
        "found": [sentence.to_dict() for sentence in found_sentences(findings)],
        "outcomes": [_outcome(found) for found in findings.outcomes],
        **({} if findings.changes is None else {"changes": findings.changes.to_dict()}),
        "flow": findings.flow.to_dict(),
        **given(findings),
        "claims": [claim.to_dict() for claim in findings.claims],
        "inputs": {file.name: file.sha256 for file in inputs(analysis, review)},
        "libraries": versions(),
        "files": list(files),
    }
    cleaned = _clean(values)
    assert isinstance(cleaned, dict)
    return cleaned


def _outcome(found: OutcomeFindings) -> dict[str, Any]:
    bounds = found.bounds
    return {
        "name": found.name,
        "title": found.spec.title,
        "definition": found.spec.definition,
        "unit": found.spec.unit,
        "pooled": found.pooled.to_dict(),
        "methods": found.standing.to_dict(),
        "conclusions": [one.to_dict() for one in found.concluded],
        "subgroups": [_groups(grouped.result) for grouped in found.subgroups],
        "sensitivity": [answered.to_dict() for answered in found.answers],
        "bounds": None
        if bounds is None
        else {"treated": bounds.treated, "lowest": bounds.lowest, "highest": bounds.highest},
        "left_out": [
            {
                "arm_id": arm.arm_id,
                "label": arm.label,
                "n_treated": arm.n_treated,
                "reason": arm.reason,
                "text": arm.text,
            }
            for arm in found.selection.left_out
        ],
    }


def _groups(result: Subgroups) -> dict[str, Any]:
    """The groups without what ``pooled`` already says of each study, with the exact limits of their totals."""
    from ..pooling.headline import exact_total

    groups = []
    for label, pooled in result.groups:
        values = pooled.to_dict()
        values["studies"] = [
            {name: value for name, value in study.items() if name != "columns"} for study in values["studies"]
        ]
        values["exact"] = exact_total(pooled).to_dict() if pooled.n else None
        groups.append({"group": label, **values})
    return {
        "by": result.by,
        "heading": result.heading,
        "subgroups": groups,
        "test": result.test,
        "no_test": result.no_test,
    }


def _clean(value: Any) -> Any:
    """Plain Python values; NaN, infinities and pandas' NA as None."""
    if isinstance(value, dict):
        return {str(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return None if str(value) == "<NA>" else value


def _plain(value: Any) -> Any:
    return str(value)
