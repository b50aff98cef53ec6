"""A result in a few lines of plain text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import display
from .result import Interval, Pooled


def summary_lines(pooled: Pooled) -> list[str]:
    """The result in a few lines of plain text: counts first; no pooled number where the headline has none."""
    lines = [f"{pooled.model.title}; {display.plural(pooled.k, 'study', 'studies')}", pooled.headline.observed]
    if pooled.headline.kind == "observed":
        return [*lines, pooled.headline.reason or "", *_exact_line(pooled)]
    lines += [_split_line(line) for line in pooled.headline.lines]
    if pooled.mean is not None:
        lines.append("average study (mean) " + _with_interval(pooled.mean, pooled.mean_ci))
    if pooled.estimate is not None and (pooled.estimate != pooled.mean or pooled.mean is None):
        if pooled.headline.show_median:
            lines.append(f"{pooled.model.centre} " + _with_interval(pooled.estimate, pooled.ci))
        else:
            lines.append(f"{pooled.model.centre}: too weakly identified to be printed")
    return lines + _spread_lines(pooled) + _probability_lines(pooled)


def _exact_line(pooled: Pooled) -> list[str]:
    """Exact limits of the totals; they assume one common proportion."""
    from ..measures.limits import study_limits

    ci = pooled.mean_ci
    if ci is not None and ci.method.startswith("clopper-pearson"):
        return [f"{ci.level:.0%} limits {display.interval(ci.lower, ci.upper)} ({ci.method})"]
    level = ci.level if ci is not None else pooled.model.level
    lower, upper = study_limits([pooled.events], [pooled.n], "clopper-pearson", level)
    exact = "clopper-pearson, tau = 0 assumed"
    return [f"{level:.0%} limits {display.interval(float(lower[0]), float(upper[0]))} ({exact})"]


def _split_line(line: Mapping[str, Any]) -> str:
    limits = display.interval(line["lower"], line["upper"])
    return f"{line['label']}: {line['events']} of {line['n']}, exact limits {limits}"


def _with_interval(value: float, ci: Interval | None) -> str:
    if ci is None:
        return display.proportion(value)
    limits = display.interval(ci.lower, ci.upper)
    return f"{display.proportion(value)}, {ci.level:.0%} CI {limits} ({ci.formula})"


def _spread_lines(pooled: Pooled) -> list[str]:
    parts = []
    if pooled.pi is not None:
        limits = display.interval(pooled.pi.lower, pooled.pi.upper)
        parts.append(f"{pooled.pi.level:.0%} prediction interval {limits} ({pooled.pi.method})")
    spread = pooled.heterogeneity
    if spread is not None and spread.tau is not None:
        text = f"tau {display.number(spread.tau, 3)}"
        if spread.tau_ci is not None:
            lower, upper = spread.tau_ci["lower"], spread.tau_ci["upper"]
            high = "no limit" if upper is None else display.number(upper, 3)
            text += f" [{display.number(lower, 3)}, {high}] ({spread.tau_ci['method']})"
        if spread.i2 is not None:
            text += f"; I2 {display.percent(spread.i2)}"
            if spread.i2_ci is not None:
                text += f" ({display.percent_interval(spread.i2_ci['lower'], spread.i2_ci['upper'])}; from tau2)"
        parts.append(text)
    return ["; ".join(parts)] if parts else []


def _probability_lines(pooled: Pooled) -> list[str]:
    found = pooled.probabilities
    if found is None:
        return []
    above = display.percent(found.above)
    three = (("average study", found.mean), ("typical study", found.median), ("next study", found.next_study))
    chances = ", ".join(f"{who} {display.percent(value)}" for who, value in three)
    units = len(found.next_events) - 1
    expected = sum(x * p for x, p in enumerate(found.next_events))
    unit = pooled.unit if pooled.unit.endswith("s") else pooled.unit + "s"
    return [
        f"probability of lying above {above}: {chances}",
        f"of the next {units} {unit} of a new study {expected:.1f} expected;"
        f" none {display.percent(found.next_events[0])}, all {display.percent(found.next_events[-1])}",
    ]
