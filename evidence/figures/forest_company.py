"""What a review tells beside the rows of a forest plot: how far each arm responded, and each study's risk of bias."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import unknown, usage
from ..review.appraisal_tools import TOOLS

if TYPE_CHECKING:
    from ..review.review import Review

#: Option -> its default.
COMPANY: Mapping[str, Any] = {"responses": False, "risk_of_bias": ""}
#: Judgements with any tool.
EVERY_TOOL = "all"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a result comes from: the review, and what was selected from it."""

    review: Review
    outcome: str
    where: Mapping[str, Any] = field(default_factory=dict)
    time: str | Mapping[str, Any] | None = None


def check_company(options: Mapping[str, Any], tools: Iterable[str] = TOOLS) -> None:
    """Refuse values that can't be, before anything is computed.

    Args:
        options: By name. tools: Names of the tools that there are, those of the review among them.

    Raises:
        UsageError: as said; the tools are listed.
    """
    shown, tool = options.get("responses", False), options.get("risk_of_bias", "")
    if not isinstance(shown, bool):
        raise usage(f"responses = {shown!r} is neither true nor false", "write responses=true", "option-value")
    if tool != "" and tool not in (*tools, EVERY_TOOL):
        raise unknown("tool", str(tool), (*tools, EVERY_TOOL))


def company(options: Mapping[str, Any], origin: Origin | None) -> dict[str, Any]:
    """What ``View`` shows beside the rows, by the names of its fields.

    Args:
        options: ``responses``: whether; ``risk_of_bias``: name of a tool, ``all``, or empty.
        origin: Of the result; None of a bare table.

    Raises:
        UsageError: a value that can't be, a bare table, an outcome without extents, or nothing appraised yet.
    """
    check_company(options, TOOLS if origin is None else origin.review.settings.tools)
    responses, tool = options.get("responses", False), options.get("risk_of_bias", "")
    if origin is None and (responses or tool):
        what = "no extents of response" if responses else "no appraisals"
        option = "responses" if responses else "risk_of_bias"
        raise usage(f"a bare table has {what}", f"draw a review, or leave {option} out", "no-review")
    found: dict[str, Any] = {}
    if responses and origin is not None:
        from ..response_extents import responses as extents

        found["responses"] = extents(origin.review, origin.outcome, origin.where, origin.time)
    if tool and origin is not None:
        found["lights"] = _judged(origin.review, "" if tool == EVERY_TOOL else tool)
        own = origin.review.settings.own_tools.values()
        found["light_texts"] = {item.code: item.text for one in own for item in one.items}
    return found


def _judged(review: Review, tool: str) -> Mapping[str, Mapping[str, str]]:
    from ..review.appraisal import judgements, not_done

    found = judgements(review, tool)
    if not found:
        said, mend, *_ = not_done(tool, review.settings.tools)
        raise usage(said, mend, "not-appraised")
    return found
