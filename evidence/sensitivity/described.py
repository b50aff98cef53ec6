"""How each question is answered, in the words of a methods section, with keys of methods.bib."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..pooling.notes import FEW_STUDIES, FEW_UNITS
from .calibration import FAMILY_ERROR, FIXED_TAUS, LARGEST_TAU
from .influence import COOK_PROBABILITY, DFFITS_FACTOR
from .influence import FEWEST as FEW_TO_VARY
from .patients import FEWEST_PER_COVARIATE, FEWEST_STUDIES
from .small_study import FEWEST as FEW_FOR_TESTS
from .subsets import DRAWN, EXACT_STUDIES


@dataclass(frozen=True, slots=True)
class Described:
    """One question's method: whole sentences, and the sources that they rest on."""

    words: str
    cites: tuple[str, ...] = ()


_ASYMMETRY = f"was made on request, from {FEW_FOR_TESTS} studies on; on proportions it rejects without any bias"

#: By the name of the question.
DESCRIBED: Mapping[str, Described] = {
    "leave-one-out": Described(
        "The analysis was repeated without each study in turn; the arms of a study leave together."
    ),
    "cumulative": Described(
        "Studies are added one after the other, by year, by size or by precision, and those in so far are pooled."
    ),
    "report-size": Described(
        "The analysis was repeated with the reports of at least, and of at most, each size that occurs, beside the"
        " observed counts."
    ),
    "case-reports": Described(
        "Reports of few units, or what is a case report by design, were set against the others by one regression with"
        " the contrast and a between-study standard deviation in common, beside the counts of both."
    ),
    "size-covariate": Described(
        "A regression on the logarithm of the size of a report was fitted; a funnel shows proportions against size,"
        " with the limits between which the model expects 95 % of studies of that size."
    ),
    "publication-filter": Described(
        "The likelihood was maximised as if small reports without any event were published with a probability below 1,"
        " over a range of probabilities and of sizes that count as small: a selection model with the selection assumed,"
        " not estimated.",
        ("copas2001",),
    ),
    "missing-outcomes": Described(
        "Patients without a count are taken as all without the outcome, then as all with it: first those whose extent"
        f" was not read, then all treated. Nothing is pooled where the counts as read are fewer than {FEW_STUDIES}"
        f" studies or {FEW_UNITS} units."
    ),
    "harms-silence": Described(
        "Arms whose report is silent about the event are left out, then taken to have had none."
    ),
    "overlap": Described(
        "Every choice of arms was analysed that counts no patient twice and leaves out no arm whose patients no other"
        " arm has."
    ),
    "extractors": Described("The counts that each extractor entered were analysed beside the adjudicated ones."),
    "source-confidence": Described(
        "The analysis was repeated with counts from full texts only, with those read with high confidence only, with"
        " both restrictions, and without the weaker sources."
    ),
    "multiverse": Described(
        "Every combination of model, source and confidence, reading of unread extents, choice among overlapping arms,"
        " and case reports in or out was analysed; combinations without an estimate are kept with the reason. Unread"
        " extents read as all without, or all with, the outcome are bounds and not counted among them."
    ),
    "influence": Described(
        "Deletion diagnostics were computed on the analysis scale, each study left out: Cook's distance, beyond the"
        f" {COOK_PROBABILITY:.0%} quantile of chi-squared with 1 degree of freedom called influential, as is DFFITS"
        f" beyond {DFFITS_FACTOR:g} / sqrt(k - 1); covariance ratio and tau without the study. From {FEW_TO_VARY}"
        " studies on.",
        ("viechtbauer2010",),
    ),
    "baujat": Described(
        "What each study adds to the differences between studies (its squared Pearson residual; of a likelihood model"
        " the fall in deviance without it, tau fixed) is set against the squared shift of the result without it, over"
        " its variance.",
        ("baujat2002",),
    ),
    "subsets": Described(
        f"Every subset of the studies was analysed where there are at most {EXACT_STUDIES} of them, else {DRAWN:,}"
        " random subsets (GOSH).",
        ("olkin2012",),
    ),
    "regression": Described(
        "A regression on the year of the report, or on another column, was fitted on the model's scale; its line is the"
        " model's average study, the points are observed proportions."
    ),
    "calibration": Described(
        "Data sets with the sizes of these studies are simulated at the fitted marginal mean, with tau as estimated,"
        f" {' and '.join(f'{tau:g}' for tau in FIXED_TAUS)} and its upper limit (at most {LARGEST_TAU:g}). Every method"
        " is fitted to each; bias, coverage and width stand with their Monte-Carlo errors. A coverage is called too low"
        f" below the exact binomial limit, with a chance of {FAMILY_ERROR:.0%} over all methods and values of tau"
        " together (our threshold)."
    ),
    "patients": Described(
        "Generalised estimating equations with a logit link were fitted to patients described one by one, clustered by"
        f" study, with bias-reduced standard errors; from {FEWEST_STUDIES} studies and {FEWEST_PER_COVARIATE} events"
        " and non-events for each covariate on.",
        ("liang1986", "mancl2001"),
    ),
    "egger": Described(f"Egger's regression test {_ASYMMETRY}.", ("egger1997", "hunter2014")),
    "begg": Described(f"Begg and Mazumdar's rank test {_ASYMMETRY}.", ("begg1994", "hunter2014")),
    "peters": Described(
        f"A test after Peters, of effects on 1 / n with weights n, {_ASYMMETRY}.", ("peters2006", "hunter2014")
    ),
    "trim-and-fill": Described(
        f"Duval and Tweedie's trim and fill was done around an inverse-variance pool, on request, from {FEW_FOR_TESTS}"
        " studies on; what it takes for gaps arises on proportions without any bias.",
        ("duval2000", "hunter2014"),
    ),
}
