"""What a forest plot says beside its rows: title, model, heterogeneity, tests, notes, and the text for the blind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import display
from ..columns import NOT_REPORTED
from ..pooling.result import Heterogeneity, Note, Pooled
from ..pooling.subgroups import Subgroups, degrees
from .forest_rows import Row, headline_value, shows_median

SHOWN_SEVERITIES = ("warning", "caution")
#: Notes about pooled numbers: out of place where no pooled number is shown.
ABOUT_POOLED = ("weakly-identified", "limit-open", "mean-median-apart", "prediction-wide", "tau-infinite")
METHODS = {
    "clopper-pearson": "exact (Clopper-Pearson)",
    "wilson": "Wilson",
    "wilson-cc": "Wilson with continuity correction",
    "agresti-coull": "Agresti-Coull",
    "jeffreys": "Jeffreys",
    "mid-p": "mid-P",
    "wald": "Wald",
    "wald-cc": "Wald with continuity correction",
}


def overall_of(result: Pooled | Subgroups) -> Pooled:
    """The result of all arms."""
    return result.overall if isinstance(result, Subgroups) else result


def title(pooled: Pooled) -> str:
    """The outcome."""
    return pooled.context.title if pooled.context and pooled.context.title else "Proportions"


def subtitle(pooled: Pooled) -> list[str]:
    """The observed count with its denominators, then the model, or why nothing is pooled."""
    if pooled.headline.kind == "observed":
        return [f"{pooled.headline.observed}.", pooled.headline.reason or "Nothing is pooled."]
    return [f"{pooled.headline.observed}.", f"Model: {pooled.model.title}."]


def axis_title(pooled: Pooled) -> str:
    """What the axis counts."""
    return f"Percent of {pooled.unit if pooled.unit.endswith('s') else pooled.unit + 's'}"


def level_text(pooled: Pooled) -> str:
    """``95 %``; ``99.9 %``."""
    return f"{100 * float(pooled.model.level):g} %"


def footnotes(result: Pooled | Subgroups, rows: Sequence[Row]) -> list[str]:
    """Everything below the axis, a paragraph each: key, spread, test, denominators, notes."""
    pooled = overall_of(result)
    results = [pooled, *(group for _, group in result.groups)] if isinstance(result, Subgroups) else [pooled]
    lines = [" ".join(_key(results, rows))]
    if pooled.headline.kind != "observed":
        lines += _spread(pooled)
    test = _test(result) if isinstance(result, Subgroups) else ""
    lines += [line for line in (test, share_of_case_reports(pooled)) if line]
    # The reason for no test says the same.
    said = ("not-randomised",) if "not formed by chance" in test else ()
    return lines + [note.text for note in _shown(pooled) if note.code not in said]


def _shown(pooled: Pooled) -> list[Note]:
    """Warnings, then cautions, without those about numbers that this figure does not show."""
    notes = [note for note in pooled.notes if note.severity in SHOWN_SEVERITIES]
    if pooled.headline.kind == "observed":
        notes = [note for note in notes if note.code not in ABOUT_POOLED]
    elif not shows_median(pooled):
        notes = [n for n in notes if n.code != "limit-open" or "median" not in n.text or "mean" in n.text]
    return sorted(notes, key=lambda note: SHOWN_SEVERITIES.index(note.severity))


def _key(results: Sequence[Pooled], rows: Sequence[Row]) -> Iterator[str]:
    """What each kind of mark on the page stands for, and how its limits are made; nothing that is not there."""
    kinds = {row.kind for row in rows}
    methods = sorted({study.ci.method for study in results[0].studies})
    limits = " and ".join(METHODS.get(method, method) for method in methods)
    yield f"Squares: studies, area by n, the smallest kept visible; lines: {limits} limits."
    if "part" in kinds:
        yield "Open squares: counts summed over studies; their exact limits assume one common probability."
    elif any(row.kind == "counts" and row.events_n for row in rows) and "common" not in (
        results[0].headline.reason or ""
    ):
        yield "Counts together: exact limits, which assume one common probability."
    if "pooled" in kinds:
        shown = [(found, result) for result in results if (found := headline_value(result)) is not None]
        named = " or ".join(dict.fromkeys(label[:1].lower() + label[1:] for (label, _, _), _ in shown))
        made = " or ".join(dict.fromkeys(ci.formula for (_, _, ci), _ in shown))
        yield f"Filled diamonds: {named}, limits {made}."
    if "median" in kinds:
        centre = results[0].ci
        yield f"Open diamond: {results[0].model.centre}, limits {centre.formula if centre else ''}."
    if headline_value(results[0]) is not None:
        yield "Dashed line: the overall diamond."
    if any(display.DASH in row.cells for row in rows):
        yield f"{display.DASH}: {NOT_REPORTED}."


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
    return f"Test for subgroup differences ({result.test['name']}): {statistic} on {degrees(result.test)} df, p {p}."


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
    pooled = overall_of(result)
    text = f"Forest plot of {title(pooled)[:1].lower()}{title(pooled)[1:]}: {pooled.headline.text}"
    if isinstance(result, Subgroups):
        for label, group in result.groups:
            text += f" {result.heading} {label}: {display.plural(group.k, 'study', 'studies')}, {group.headline.text}"
    return text
