"""The caveats a reader must see: code, severity, sentence and citation of each, in one place."""

from __future__ import annotations

from typing import Any

from ..errors import unknown
from .question_notes import QUESTION_NOTES
from .result import Note, NoteSeverity

#: Thresholds marked (J) are our judgement, not guidance from a source.
FEW_STUDIES = 3  #: below it: counts, no pooled headline (J)
FEW_UNITS = 10  #: below it: counts, no pooled headline (J)
LITTLE_INFORMATION_K = 4  #: at or below it frequentist limits carry little (J)
WEAK_TAU = 2.5  #: tau above it: the median is not printed (J)
WEAK_SE = 1.5  #: se of the centre on the logit above it: the median is not printed (J)
WEAK_WIDTH = 0.80  #: the median's interval covers more than this: the median is not printed (J)
DOMINANT_SHARE = 0.50  #: one study with more than this share of the units (J)
WEAK_FOLD = 100.0  #: limits of a median rate further apart than this, as a ratio: it is not printed (J)
APART = 0.05  #: mean and median further apart than this (J)
SINGLETON_SHARE = 0.50  #: more than this share of the studies has one unit (J)
MISSING_SHARE = 0.10  #: more than this share of the treated has no outcome (J)
SERIES_SIZE = 5  #: a series has at least this many units (J)
HETEROGENEITY_P = 0.10  #: a common-effect result carries a warning below this p of the test of tau = 0 (J)

_TEXTS: dict[str, tuple[NoteSeverity, str, tuple[str, ...]]] = {
    **QUESTION_NOTES,
    "few-studies": (
        "warning",
        (
            "{k} studies with {n} {units}: too few to pool (fewer than 3 studies or 10 {units}; our threshold). The"
            " counts are the result."
        ),
        (),
    ),
    "few-studies-rates": (
        "warning",
        "{k} studies: too few to pool (fewer than 3; our threshold). The counts are the result.",
        (),
    ),
    "little-information": (
        "caution",
        "With {k} studies, limits from sampling theory carry little information.",
        (),
    ),
    "no-prediction": ("caution", "No prediction interval: {why}.", ()),
    "mean-extrapolated": (
        "warning",
        (
            "The average study (mean) lies above the rate of every study: with log rates this far apart it rests on the"
            " model's tail, which these data do not show. It is not printed in a summary."
        ),
        (),
    ),
    "mean-limit-far": (
        "caution",
        (
            "The upper limit of the average study (mean), {upper}, lies above the exact limits of every study's rate:"
            " it rests on how far the model's tail may reach, which these data do not show."
        ),
        (),
    ),
    "clipped-rates": ("info", "Limits below 0 were cut off: there is no negative rate.", ()),
    "i2-caveat-rates": (
        "info",
        "I2 of rates is high by construction when studies are large; read tau and the prediction interval.",
        (),
    ),
    "harmonic-mean-rates": (
        "warning",
        (
            "Freeman-Tukey back-transformed with the harmonic mean of the times at risk, which is known to mislead with"
            " proportions when sizes differ."
        ),
        ("schwarzer2019", "roever2022"),
    ),
    "correction-everywhere-rates": (
        "caution",
        "{add} was added to the events of all {k} studies, which raises the estimate.",
        (),
    ),
    "correction-rates": (
        "caution",
        "{corrected} of {k} studies have no events; {add} was added to theirs, which raises the estimate.",
        (),
    ),
    "single-study-rates": ("info", "One study: its own rate and exact limits; nothing is pooled.", ()),
    "common-effect-with-heterogeneity-rates": (
        "warning",
        "The model assumes one common rate, but the studies differ more than chance would make them (p {p}).",
        (),
    ),
    "single-study": ("info", "One study: its own proportion and exact limits; nothing is pooled.", ()),
    "tau-not-identified": (
        "caution",
        (
            "Every study has one {unit}, so differences between studies can't be seen. The observed proportion"
            " estimates the average study, with exact limits, whatever those differences are."
        ),
        (),
    ),
    "tau-weak": (
        "caution",
        (
            "Only {informative} of {k} studies have 2 or more {units}: differences between studies are barely"
            " visible in these data."
        ),
        (),
    ),
    "tau-zero": (
        "info",
        "The estimated between-study standard deviation is 0. No evidence of heterogeneity is not evidence of none.",
        (),
    ),
    "tau-infinite": (
        "warning",
        (
            "Every study is all or none: the likelihood keeps rising as the between-study standard deviation grows, so"
            " it has no estimate."
        ),
        (),
    ),
    "all-zero": ("caution", "No events in any study: exact limits on the totals, which assume one common risk.", ()),
    "all-events": (
        "caution",
        "An event in every {unit} of every study: exact limits on the totals, which assume one common risk.",
        (),
    ),
    "all-or-none": (
        "warning",
        "Each study is all ({all} studies) or none ({none} studies): a typical study does not exist in these data.",
        (),
    ),
    "limit-open": (
        "caution",
        "The {sides} limit of the {what} was never reached; the bound of the scale stands there.",
        (),
    ),
    "weakly-identified": (
        "warning",
        "The typical study (median) is too weakly identified to be printed in a summary: {why}.",
        (),
    ),
    "mean-median-apart": (
        "caution",
        (
            "The average study (mean) and the typical study (median) are {points} percentage points apart: they answer"
            " different questions."
        ),
        (),
    ),
    "dominant-study": ("caution", "{label} holds {share} of all {units} counted.", ()),
    "informative-size": (
        "caution",
        (
            "Small reports and series differ: {small_events} of {small_n} in studies of fewer than 5 {units},"
            " {large_events} of {large_n} in larger ones. Models average studies; patients don't."
        ),
        (),
    ),
    "singletons": (
        "info",
        "{ones} of {k} studies report a single {unit}; such reports are written because something happened.",
        (),
    ),
    "outcome-missing": (
        "caution",
        "{missing} of {treated} treated {units} ({share}) have no usable count for this outcome.",
        (),
    ),
    "low-confidence": (
        "caution",
        "Read with low confidence (success by title, or without a definition): {low} of {k} arms.",
        (),
    ),
    "abstract-only": (
        "caution",
        "Known from an abstract or less, not from the full text: {partly} of {k} arms.",
        (),
    ),
    "overlap": ("caution", "May hold patients of another report, not verified: {arms}.", ()),
    "mixed-concomitant": (
        "caution",
        (
            "Other treatments at the same time: in {given} of {k} arms{silent}, where what is due to which can't be"
            " told."
        ),
        (),
    ),
    "no-year": ("info", "Without a year: {undated} of {k} arms.", ()),
    "prior-dominated": (
        "caution",
        "The prior carries much of this result: the posterior of the centre is more than half as wide as its prior.",
        (),
    ),
    "clipped": ("info", "Limits beyond 0 or 1 were cut off on the proportion scale.", ()),
    "harmonic-mean": (
        "warning",
        "Freeman-Tukey back-transformed with the harmonic mean of n: known to mislead when sizes differ.",
        ("schwarzer2019", "roever2022"),
    ),
    "hk-q-below-1": (
        "info",
        "The studies differ less than their variances and tau2 say: the Hartung-Knapp factor below 1 was {action}.",
        ("knapp2003",),
    ),
    "hk-narrower-than-wald": (
        "caution",
        "The Hartung-Knapp interval is narrower than the Wald interval; hk-floor prevents it.",
        ("knapp2003",),
    ),
    "i2-caveat": (
        "info",
        "I2 of proportions is high by construction when studies are large; read tau and the prediction interval.",
        ("migliavaca2022",),
    ),
    "correction-everywhere": (
        "caution",
        "{add} was added to the events and the non-events of all {k} studies, which pulls the estimate towards 50 %.",
        (),
    ),
    "correction": (
        "caution",
        (
            "{corrected} of {k} studies have no events or only events; {add} was added to both cells there, which pulls"
            " the estimate towards 50 %."
        ),
        (),
    ),
    "several-arms": (
        "info",
        "{studies} contribute several arms; {how}.",
        (),
    ),
    "few-clusters": (
        "warning",
        (
            "The robust variance rests on {df} degrees of freedom (fewer than 4; our threshold): too few studies for"
            " its limits to be trusted, and no p value is given."
        ),
        ("pustejovsky2018",),
    ),
    "prediction-without-spread": (
        "caution",
        (
            "The prediction interval takes the between-study standard deviation to be 0, as it was estimated: it leaves"
            " out how much studies may differ, and will hold too few new ones."
        ),
        (),
    ),
    "prediction-bayes": (
        "info",
        (
            "The prediction interval (bayes-predictive) is that of the Bayesian model, whose prior says how much"
            " studies may differ: {why}, so that the likelihood alone can hardly say it."
        ),
        (),
    ),
    "prediction-narrower": (
        "info",
        (
            "The prediction interval is narrower than the limits of the average study (mean) and does not contradict"
            " them: the limits ({limits}) allow every spread between studies that the data do not rule out, the"
            " prediction interval ({prediction}) takes {spread}."
        ),
        (),
    ),
    "prediction-wide": (
        "caution",
        "The next study's proportion may be anything: the prediction interval runs from below 5 % to above 95 %.",
        (),
    ),
    "common-effect-with-heterogeneity": (
        "warning",
        "The model assumes one common proportion, but the studies differ more than chance would make them (p {p}).",
        (),
    ),
    "tau-common": (
        "info",
        (
            "The between-study standard deviation is the one common to {groups} ({k} studies): by itself a group with"
            " fewer than 3 studies of 2 or more {units} hardly shows one (our threshold)."
        ),
        (),
    ),
    "subgroup-single": ("info", "A group with one study shows that study's exact limits.", ()),
    "not-randomised": ("warning", "Groups were not formed by chance: they are not compared and not ranked.", ()),
    "groups-not-tested": (
        "info",
        (
            "{groups} took no part in the test for subgroup differences: with one study, no events or events only, or"
            " one {unit} in each study, a group says nothing of the spread within groups."
        ),
        (),
    ),
    "tested-without-spread": (
        "warning",
        (
            "The test for subgroup differences takes the studies of a group to have one common proportion: where they"
            " differ more than chance would make them, its p is too small."
        ),
        (),
    ),
    "not-randomised-covariates": (
        "warning",
        (
            "Covariates were not set by chance: a coefficient says how studies that differ in it differ, not what a"
            " change of it would do."
        ),
        (),
    ),
    "few-studies-per-covariate": (
        "caution",
        "{k} studies for {coefficients} besides the intercept: fewer than {wanted} for each (our threshold).",
        (),
    ),
    "covariate-missing": ("caution", "{left_out} arms lack a covariate and are left out: {arms}.", ()),
    "nearly-singular": (
        "caution",
        "{columns}: nearly a combination of the other covariates in these arms, and can hardly be told from them.",
        (),
    ),
    "several-arms-shared": (
        "info",
        "{studies} contribute several arms, each with its own covariates; the arms of a study share its random effect.",
        (),
    ),
    "several-arms-independent": (
        "warning",
        "{studies} contribute several arms; these limits count the arms as independent studies (limits cr2 would not).",
        (),
    ),
    "several-arms-robust": (
        "info",
        "{studies} contribute several arms; the robust variance allows for their correlation.",
        (),
    ),
    "coefficient-open": ("caution", "A limit was never reached and is infinite: {names}.", ()),
    "tau-not-identified-regression": (
        "caution",
        (
            "Every study has one {unit}, so differences between studies can't be seen: this is a logistic regression"
            " without them, whose coefficients describe the average study."
        ),
        (),
    ),
    "permutation-coarse": (
        "caution",
        "Only {count} permutations exist: the smallest p they can give is {smallest}.",
        (),
    ),
}


def note(code: str, /, **values: Any) -> Note:
    """The note of this code, its sentence filled in.

    Raises:
        UsageError: the code is not known.
    """
    if code not in _TEXTS:
        raise unknown("note", code, sorted(_TEXTS))
    severity, text, cites = _TEXTS[code]
    return Note(code, severity, text.format(**values), cites)


def template(code: str) -> str | None:
    """The sentence of a code, with places for its values in braces; None where the code is not known."""
    return _TEXTS[code][1] if code in _TEXTS else None


def codes() -> tuple[str, ...]:
    """All codes."""
    return tuple(_TEXTS)


def citations() -> tuple[str, ...]:
    """Citation keys that any note may use."""
    return tuple(sorted({key for _, _, cites in _TEXTS.values() for key in cites}))
