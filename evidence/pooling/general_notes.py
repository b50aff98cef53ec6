"""The caveats of many analyses at once: the words of each code, without the numbers of one of them."""

from __future__ import annotations

import re

from .notes import template

#: Codes whose sentences are made of the numbers of one analysis.
_IN_GENERAL = {
    "few-studies": "Too few to pool (fewer than 3 studies or 10 units; our threshold): the counts are the result.",
    "few-studies-rates": "Too few to pool (fewer than 3 studies; our threshold): the counts are the result.",
    "little-information": "With few studies, limits from sampling theory carry little information.",
    "no-prediction": "There is no prediction interval: fewer than 3 studies, or tau 0 or hardly visible.",
    "mean-limit-far": "The upper limit of the average study (mean) lies above the limits of every study's rate.",
    "correction-everywhere": "Events and non-events of all studies were corrected (by add), which pulls towards 50 %.",
    "correction-everywhere-rates": "The events of all studies were corrected (by add), which raises the estimate.",
    "correction": "Studies without events or with events only were corrected (by add), towards 50 %.",
    "correction-rates": "Studies without events were corrected (by add), which raises the estimate.",
    "tau-not-identified": "Every study has one unit, so differences between studies can't be seen.",
    "tau-weak": "Fewer than 3 studies have 2 or more units: differences between studies are barely visible.",
    "all-events": "An event in every unit: exact limits on the totals, which assume one common risk.",
    "all-or-none": "Each study is all or none: a typical study does not exist in these data.",
    "limit-open": "A limit was never reached; the bound of the scale stands there.",
    "weakly-identified": "The typical study (median) is too weakly identified to be printed in a summary.",
    "mean-median-apart": "Average study (mean) and typical study (median) are more than 5 points apart.",
    "dominant-study": "One study holds more than half of all units.",
    "informative-size": "Small reports and series differ: models average studies, patients don't.",
    "singletons": "More than half of the studies report a single unit.",
    "hk-q-below-1": "The studies differ less than their variances and tau2 say: the Hartung-Knapp factor is below 1.",
    "several-arms": "A study contributes several arms.",
    "few-clusters": "The robust variance rests on fewer than 4 degrees of freedom (our threshold).",
    "prediction-bayes": "The prediction interval is that of the Bayesian model: the likelihood alone can't say it.",
    "prediction-narrower": "The prediction interval is narrower than the limits of the mean, as spread is uncertain.",
    "prediction-wide": "The prediction interval runs from below 5 % to above 95 %.",
    "mean-extrapolated": "The average study (mean) lies above the rate of every study: it rests on the model's tail.",
    "i2-caveat": "I2 is high by construction when studies are large; read tau and the prediction interval.",
    "i2-caveat-rates": "I2 is high by construction when studies are large; read tau and the prediction interval.",
    "prediction-without-spread": "The prediction interval takes tau to be 0, as estimated: it may be too narrow.",
}


def in_general(code: str) -> str:
    """One sentence on a note, for a list of how many analyses have it; empty where the code is not known."""
    if code in _IN_GENERAL:
        return _IN_GENERAL[code]
    text = template(code) or ""
    first = re.split(r"(?<=\.) (?=[A-Z])", text)[0]
    return re.sub(r"\{(\w+)\}", lambda found: found[1].replace("_", " "), first)
