"""What a forest plot says beside its rows: title, model, heterogeneity, tests, notes, and the text for the blind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .. import display
from ..columns import NOT_REPORTED
from ..pooling.rate_result import PooledRate
from ..pooling.result import Note, Pooled
from ..pooling.subgroups import Subgroups
from .forest_rows import Row, headline_value, shows_median
from .forest_tests import spread_words, test_words

SHOWN_SEVERITIES = ("warning", "caution")
#: Notes about pooled numbers: out of place where no pooled number is shown.
ABOUT_POOLED = (
    "weakly-identified",
    "limit-open",
    "mean-median-apart",
    "prediction-wide",
    "tau-infinite",
    "mean-limit-far",
)
#: Notes of no weight that say what the page shows: how the prediction interval came about.
EXPLAINING = ("prediction-bayes", "prediction-narrower")
#: Notes about the prediction interval: out of place where it is switched off.
ABOUT_PREDICTION = ("prediction-wide", "no-prediction", "prediction-without-spread", *EXPLAINING)
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


@dataclass(frozen=True, slots=True)
class Said:
    """What a forest plot shows, for its words.

    Attributes:
        results: One of each panel, or one of each model. models: Whether they are models of the same counts.
        rows: The rows. prediction: How the prediction interval is drawn, or none.
        cut: Whether something lies beyond an axis. references: Further lines, as they are printed.
        blank: Whether cells stand empty for lack of a number. dashes: Whether a fact is not reported.
    """

    results: tuple[Pooled | Subgroups, ...]
    models: bool
    rows: tuple[Row, ...]
    prediction: str = "bar"
    cut: bool = False
    references: tuple[str, ...] = ()
    blank: bool = False
    dashes: bool = False

    @property
    def overall(self) -> list[Pooled]:
        """The results of all arms."""
        return [overall_of(result) for result in self.results]


def title(pooled: Pooled) -> str:
    """The outcome."""
    if pooled.context and pooled.context.title:
        return pooled.context.title
    return "Rates" if isinstance(pooled, PooledRate) else "Proportions"


def titles(said: Said) -> str:
    """The outcome, or the outcomes side by side."""
    names = list(dict.fromkeys(title(pooled) for pooled in said.overall))
    first, *rest = names
    rest = [name[:1].lower() + name[1:] for name in rest]
    return first if not rest else f"{', '.join([first, *rest[:-1]])} and {rest[-1]}"


def subtitle(said: Said) -> list[str]:
    """The observed count with its denominators, then the model, or why nothing is pooled; a line for each panel."""
    overall = said.overall
    if said.models:
        named = "; ".join(pooled.model.title for pooled in overall)
        return [f"{overall[0].headline.observed}.", f"Models of the same counts: {named}."]
    if len(overall) > 1:
        lines = [f"{title(pooled)}: {_under_title(pooled)}" for pooled in overall]
        return [*lines, *_models(overall)]
    return observed_and_model(overall[0])


def observed_and_model(pooled: Pooled) -> list[str]:
    """The observed count with its denominators, then the model, or why nothing is pooled."""
    if pooled.headline.kind == "observed":
        return [f"{pooled.headline.observed}.", pooled.headline.reason or "Nothing is pooled."]
    return [f"{pooled.headline.observed}.", f"Model: {pooled.model.title}."]


def level_text(pooled: Pooled) -> str:
    """``95 %``; ``99.9 %``."""
    return f"{100 * float(pooled.model.level):g} %"


def _under_title(pooled: Pooled) -> str:
    reason = f" {pooled.headline.reason or 'Nothing is pooled.'}" if pooled.headline.kind == "observed" else ""
    return f"{pooled.headline.observed}.{reason}"


def _models(overall: Sequence[Pooled]) -> list[str]:
    named = list(dict.fromkeys(pooled.model.title for pooled in overall if pooled.headline.kind != "observed"))
    return [f"Model: {'; '.join(named)}."] if named else []


def footnotes(said: Said) -> list[str]:
    """Everything below the axis, a paragraph each: key, spread, test, denominators, notes."""
    panels = len(said.results) > 1 and not said.models
    each = [_of_result(result, said.prediction, panels) for result in said.results]
    lines = [" ".join(_key(said))]
    common = [line for line in each[0] if all(line in others for others in each)]
    for pooled, own in zip(said.overall, each, strict=True):
        name = pooled.model.title if said.models else title(pooled)
        different = [line for line in own if line not in common]
        if len(each) == 1:
            return lines + own
        # A paragraph for each panel, so that they are found again.
        lines += [f"{name[:1].upper()}{name[1:]}. {' '.join(different)}"] if different else []
    return lines + common


def _of_result(result: Pooled | Subgroups, prediction: str, panels: bool) -> list[str]:
    """What is said of one result beside its rows of words: of panels the spread has no row."""
    pooled = overall_of(result)
    test = test_words(result) if isinstance(result, Subgroups) else ""
    lines = [line for line in (spread_words(pooled) if panels else "", share_of_case_reports(pooled)) if line]
    # The reason for no test says the same.
    said = ["not-randomised"] if "not formed by chance" in test else []
    said += ABOUT_PREDICTION if prediction == "none" else ()
    return lines + [note.text for note in _shown(pooled) if note.code not in said]


def _shown(pooled: Pooled) -> list[Note]:
    """Warnings, cautions, then what explains the marks, without those about numbers that this figure does not show."""
    notes = [note for note in pooled.notes if note.severity in SHOWN_SEVERITIES or note.code in EXPLAINING]
    if pooled.headline.kind == "observed":
        notes = [note for note in notes if note.code not in (*ABOUT_POOLED, *EXPLAINING)]
    elif not shows_median(pooled):
        notes = [n for n in notes if n.code != "limit-open" or "median" not in n.text or "mean" in n.text]
    return sorted(notes, key=lambda note: (*SHOWN_SEVERITIES, "info").index(note.severity))


def _key(said: Said) -> Iterator[str]:
    """What each kind of mark on the page stands for, and how its limits are made; nothing that is not there."""
    overall = said.overall
    kinds = {row.kind for row in said.rows}
    methods = sorted({study.ci.method for pooled in overall for study in pooled.studies})
    limits = " and ".join(METHODS.get(method, method) for method in methods)
    by = "time at risk" if isinstance(overall[0], PooledRate) else "n"
    yield f"Squares: studies, area by {by}, the smallest kept visible; lines: {limits} limits."
    if any(row.kind == "part" and row.span is not None for row in said.rows):
        yield "Open squares: counts summed over studies; their exact limits assume one common probability."
    elif any(row.kind == "counts" and row.entry.lower is not None for row in said.rows) and "common" not in (
        overall[0].headline.reason or ""
    ):
        yield "Counts together: exact limits, which assume one common probability."
    if "pooled" in kinds:
        yield _of_diamonds(said)
    if "median" in kinds:
        shown = [pooled for pooled in overall if shows_median(pooled) and pooled.ci is not None]
        named = " or ".join(dict.fromkeys(pooled.model.centre for pooled in shown))
        made = " or ".join(dict.fromkeys(pooled.ci.formula for pooled in shown if pooled.ci is not None))
        yield f"Open diamond: {named}, limits {made}."
    if headline_value(overall[0]) is not None:
        yield "Dashed line: the first model's diamond." if said.models else "Dashed line: the overall diamond."
    yield from _further_key(said, "prediction" in kinds)


def _of_diamonds(said: Said) -> str:
    results = [*said.overall]
    results += [group for result in said.results if isinstance(result, Subgroups) for _, group in result.groups]
    shown = [found for result in results if (found := headline_value(result)) is not None]
    named = " or ".join(dict.fromkeys(label[:1].lower() + label[1:] for label, _, _ in shown))
    made = " or ".join(dict.fromkeys(ci.formula for _, _, ci in shown))
    return f"Filled diamonds: {named}, limits {made}."


def _further_key(said: Said, predicted: bool) -> Iterator[str]:
    methods = list(dict.fromkeys(pooled.pi.method for pooled in said.overall if pooled.pi is not None))
    if predicted and len(said.results) > 1 and not said.models:
        yield f"Prediction intervals: {' or '.join(methods)}."
    if predicted and said.prediction == "shade":
        yield "Shade: prediction interval of the next study."
    if predicted and said.prediction == "density":
        yield "Curve: density of the next study's proportion; the bar below it: its prediction interval."
    if said.references:
        lines = "Dotted line: " if len(said.references) == 1 else "Dotted lines: "
        yield lines + " and ".join(said.references) + "."
    if said.cut:
        yield "Arrow: goes on beyond the axis; the numbers beside it are whole."
    if said.dashes:
        yield f"{display.DASH}: {NOT_REPORTED}."
    if said.blank:
        yield "Empty: that study has no count there."


def share_of_case_reports(pooled: Pooled) -> str:
    """How many arms are case reports, and that nobody was compared with anybody; a bare table does not say."""
    context = pooled.context
    if context is None or not context.review:
        return ""
    reports = f"{context.case_reports} of {display.plural(context.arms_in, 'arm')} in the pool come from case reports"
    if context.comparison:
        return f"{reports}; {display.plural(context.comparison, 'arm')} had a comparison group, which is not used here."
    return f"{reports}; no comparison group."


def alt_text(said: Said) -> str:
    """The figure in words."""
    name = titles(said)
    text = f"Forest plot of {name[:1].lower()}{name[1:]}:"
    for result, pooled in zip(said.results, said.overall, strict=True):
        if said.models:
            text += f" {pooled.model.title}: {pooled.headline.text}"
            continue
        text += f" {title(pooled)}: {pooled.headline.text}" if len(said.results) > 1 else f" {pooled.headline.text}"
        if isinstance(result, Subgroups):
            for label, group in result.groups:
                text += (
                    f" {result.heading} {label}: {display.plural(group.k, 'study', 'studies')}, {group.headline.text}"
                )
            text += "".join(f" {result.heading} {label}: no counts." for label, _ in result.silent)
    return text
