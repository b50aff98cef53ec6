"""A value claimed to be used most often, and a claimed range of values, against the arms of the review."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .. import display
from ..review.arm_groups import patients_of
from ..review.codebook import items
from ..tables.records import Row
from .claimed import FEW_STUDIES, CheckedClaim, arms_meant, is_own, parse_filter, studies_of

if TYPE_CHECKING:
    from ..review.review import Review


def check_most_frequent(review: Review, row: Row, model: Any = None) -> CheckedClaim:
    """The value of a column that most arms have: contradicted where another one has more arms."""
    where, names = parse_filter(row["filter"]), items(row["column"] or "")
    known, arms = arms_meant(review, where)
    if len(names) != 1 or row["value"] is None or not known.specs[names[0]].is_numeric:
        return CheckedClaim(row, where)
    unit = f" {row['unit']}" if row["unit"] else ""
    claimed = float(row["value"])
    by_value: dict[float, list[str]] = {}
    for arm in arms:
        if (value := known.arms[arm][names[0]]) is not None:
            by_value.setdefault(float(value), []).append(arm)
    reporting = [arm for found in by_value.values() for arm in found]
    ordered = sorted(by_value.items(), key=lambda item: (-len(item[1]), item[0]))
    told = [
        f"{display.significant(value)}{unit} in {display.plural(len(found), 'arm')}"
        f" ({display.plural(patients_of(known, found), 'patient')})"
        for value, found in ordered
    ]
    most = max((len(found) for found in by_value.values()), default=0)
    is_most = any(len(found) == most and math.isclose(value, claimed) for value, found in ordered)
    studies = studies_of(known, reporting)
    return CheckedClaim(
        row,
        where,
        claimed,
        claimed,
        studies=studies,
        found=f"{_of(len(reporting), len(arms))}{': ' if told else ''}{', '.join(told)}",
        numbers={
            "arms": len(arms),
            "values": [
                {"value": value, "arms": len(found), "patients": patients_of(known, found)} for value, found in ordered
            ],
        },
        own=is_own(review, row, known, reporting),
        verdict="too few data" if studies < FEW_STUDIES else "not contradicted" if is_most else "contradicted",
    )


def check_range(review: Review, row: Row, model: Any = None) -> CheckedClaim:
    """The range of one or two columns: contradicted where an arm reports a value outside it."""
    where, names = parse_filter(row["filter"]), items(row["column"] or "")
    known, arms = arms_meant(review, where)
    if not names or row["lower"] is None or row["upper"] is None:
        return CheckedClaim(row, where)
    if not all(known.specs[name].is_numeric for name in names):
        return CheckedClaim(row, where)
    lower, upper = float(row["lower"]), float(row["upper"])
    values = {arm: [float(v) for name in names if (v := known.arms[arm][name]) is not None] for arm in arms}
    values = {arm: found for arm, found in values.items() if found}
    outside = [arm for arm, found in values.items() if not all(_within(v, lower, upper) for v in found)]
    every = [value for found in values.values() for value in found]
    studies = studies_of(known, values)
    unit = f" {row['unit']}" if row["unit"] else ""
    text = _of(len(values), len(arms))
    if every:
        low, high = display.significant(min(every)), display.significant(max(every))
        text += f": {low if low == high else f'{low} to {high}'}{unit}"
    if outside:
        text += f"; outside the claim: {', '.join(str(known.arms[arm]['study']) for arm in outside)}"
    return CheckedClaim(
        row,
        where,
        lower,
        upper,
        studies=studies,
        found=text,
        numbers={
            "arms": len(arms),
            "arms_reporting": len(values),
            "lowest": min(every, default=None),
            "highest": max(every, default=None),
            "outside": outside,
        },
        own=is_own(review, row, known, list(values)),
        verdict="too few data" if studies < FEW_STUDIES else "contradicted" if outside else "not contradicted",
    )


def _of(reporting: int, arms: int) -> str:
    return f"{reporting} of {display.plural(arms, 'arm')} {'reports' if reporting == 1 else 'report'} it"


def _within(value: float, lower: float, upper: float) -> bool:
    slack = 1e-9 * max(abs(lower), abs(upper))
    return lower - slack <= value <= upper + slack
