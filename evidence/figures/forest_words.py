"""What a forest plot says beside its rows: title, model, heterogeneity, tests, notes, and the text for the blind."""

from __future__ import annotations

from collections.abc import Iterator

from .. import display
from ..pooling.result import Heterogeneity, Pooled
from ..pooling.subgroups import Subgroups
from .text import missing_characters

SHOWN_SEVERITIES = ("warning", "caution")


def title(pooled: Pooled) -> str:
    """The outcome."""
    return pooled.context.title if pooled.context and pooled.context.title else "Proportions"


def subtitle(pooled: Pooled) -> list[str]:
    """The observed count with its denominators, then the model."""
    return [f"{pooled.headline.observed}.", f"Model: {pooled.model.title}."]


def footnotes(result: Pooled | Subgroups) -> list[str]:
    """Everything below the axis, a paragraph each."""
    pooled = result.overall if isinstance(result, Subgroups) else result
    lines = ["Squares: each study, area by n; lines: its exact limits. " + _legend(pooled)]
    if pooled.headline.kind != "observed":
        lines += list(_spread(pooled))
    if isinstance(result, Subgroups):
        lines.append(_test(result))
    if pooled.context is not None:
        lines.append(share_of_case_reports(pooled))
    lines += [f"{note.text}" for note in pooled.notes if note.severity in SHOWN_SEVERITIES]
    lacking = missing_characters([study.label for study in pooled.studies])
    if lacking:
        lines.append(f"The font of this figure lacks {lacking}; viewers with another font show them in the SVG.")
    return lines


def _legend(pooled: Pooled) -> str:
    methods = {study.ci.method for study in pooled.studies}
    text = f"Study limits: {', '.join(sorted(methods))}."
    if pooled.headline.kind != "observed" and pooled.mean_ci is not None:
        text += f" Filled diamond: average study (mean), limits {pooled.mean_ci.method}."
        if pooled.headline.show_median and pooled.estimate not in (None, pooled.mean):
            text += f" Open diamond: {pooled.model.centre}."
    if pooled.headline.kind == "split":
        text += " Open squares: counts summed, limits assume one common probability."
    return text


def _spread(pooled: Pooled) -> Iterator[str]:
    spread = pooled.heterogeneity
    if spread is None:
        return
    parts = list(_heterogeneity(spread))
    if parts:
        yield "Heterogeneity: " + "; ".join(parts) + "."


def _heterogeneity(spread: Heterogeneity) -> Iterator[str]:
    if spread.tau is not None or spread.tau_ci is not None:
        text = f"tau {display.number(spread.tau, 2)}"
        if spread.tau_ci is not None:
            upper = spread.tau_ci["upper"]
            high = "no upper limit" if upper is None else display.number(upper, 2)
            text += f" ({display.number(spread.tau_ci['lower'], 2)} to {high}, {spread.tau_ci['method']})"
        yield text
    if spread.i2 is not None:
        yield f"I2 {display.percent(spread.i2)}"
    if spread.q is not None:
        yield f"Q {display.number(spread.q, 1)} on {spread.q_df} df, p {display.p_value(spread.q_p)}"
    if spread.lr is not None:
        yield f"likelihood-ratio test of tau = 0: {display.number(spread.lr, 2)}, p {display.p_value(spread.lr_p)}"


def _test(result: Subgroups) -> str:
    if result.test is None:
        return result.no_test or "No test for subgroup differences."
    statistic, p = display.number(result.test["statistic"], 2), display.p_value(result.test["p"])
    return (
        f"Test for subgroup differences ({result.test['name']}): {statistic} on {result.test['df']} df, p {p};"
        " groups were not formed by chance."
    )


def share_of_case_reports(pooled: Pooled) -> str:
    """How many arms are case reports, and that nobody was compared with anybody; a bare table does not say."""
    context = pooled.context
    if context is None or not context.review:
        return ""
    reports = f"{context.case_reports} of {display.plural(context.arms_in, 'arm')} in the pool come from case reports"
    if context.comparison:
        return f"{reports}; {display.plural(context.comparison, 'arm')} had a comparison group, which is not used here."
    return f"{reports}; no comparison group."


def alt_text(result: Pooled | Subgroups) -> str:
    """The figure in words."""
    pooled = result.overall if isinstance(result, Subgroups) else result
    text = f"Forest plot of {title(pooled)[:1].lower()}{title(pooled)[1:]}: {pooled.headline.text}"
    if isinstance(result, Subgroups):
        for label, group in result.groups:
            text += f" {result.heading} {label}: {display.plural(group.k, 'study', 'studies')}, {group.headline.text}"
    return text
